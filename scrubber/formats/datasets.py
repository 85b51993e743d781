"""The schemas of many sources; shards of one dataset must agree."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

import pyarrow as pa

from scrubber.errors import InputError, Place
from scrubber.formats.base import Source
from scrubber.model.fieldpath import FieldPath

_DIGITS = re.compile(r"\d+")


def shard_groups(sources: Sequence[Source]) -> list[tuple[Source, ...]]:
    """Group the sources by dataset, in order. Shards have one format and folder, and names that
    differ in runs of digits only.

    >>> a, b, c = (Source(n, n, "csv") for n in ("x/p1.csv", "x/p22.csv", "y/p1.csv"))
    >>> [len(group) for group in shard_groups([a, b, c])]
    [2, 1]
    """
    groups: dict[tuple[str, str, str], list[Source]] = {}
    for source in sources:
        name = PurePosixPath(source.alias)
        key = (str(name.parent), _DIGITS.sub("#", name.name), source.format)
        groups.setdefault(key, []).append(source)
    return [tuple(group) for group in groups.values()]


def refuse_drift(schemas: Mapping[str, pa.Schema]) -> None:
    """Refuse shards, by alias, whose schema differs from that of the first.

    Raises: InputError ``schema-drift``.
    """
    first = next(iter(schemas), "")
    agreed: set[int] = set()
    for alias, schema in schemas.items():
        if id(schema) in agreed:
            continue
        field = _difference(schemas[first], schema)
        if field is not None:
            raise InputError(
                "schema-drift",
                f"it differs here from {Place(file=first)}",
                place=Place(file=alias, field=str(FieldPath((field,)))),
                hint="shards of one dataset need the same fields and types",
            )
        agreed.add(id(schema))


def _difference(one: pa.Schema, other: pa.Schema) -> str | None:
    """The first field that is missing in one schema or differs in type, regardless of order."""
    ours, theirs = _types(one), _types(other)
    for name, kind in ours.items():
        if name not in theirs or kind != theirs[name]:
            return name
    return next((name for name in theirs if name not in ours), None)


def _types(schema: pa.Schema) -> dict[str, pa.DataType]:
    return {field.name: field.type for field in schema}
