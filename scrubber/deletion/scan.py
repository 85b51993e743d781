"""The records of subjects in the files of an output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from scrubber import formats
from scrubber.anonymize.labels import subject_labels
from scrubber.deletion.reach import Reach
from scrubber.errors import InputError, Place, printable
from scrubber.formats import FORMATS, Source
from scrubber.model.fieldpath import FieldPath, Inner, leaves, spellings
from scrubber.model.opened import Opened, Rows
from scrubber.storage import Location


@dataclass(frozen=True)
class Hits:
    """The positions (from 0, rising) of records in a source, and of the subjects they are of."""

    rows: Rows = field(repr=False)
    subjects: frozenset[int] = field(repr=False)


def source_at(root: Location, path: str) -> Source:
    """The output file at `path` as a source.

    Raises: InputError ``input-missing`` and the other errors of discovery.
    """
    whole = root.resolve() / path if isinstance(root, Path) else root / path
    (source,) = formats.discover([str(whole)])
    return source


def hits_in(source: Source, reach: Reach) -> Hits:
    """The records of subjects in `source`, by the one field at the path of `reach`.

    Raises: InputError ``subject-missing`` if a file with columns lacks the field, and as for
    reading.
    """
    wanted = pa.array(list(reach.labels), pa.large_string())
    rows: list[Rows] = []
    subjects: set[int] = set()
    first = 0
    for values, places, size in _values(source, reach.path):
        labels = subject_labels(values)
        inside = pc.fill_null(pc.is_in(labels, wanted), False)
        at = np.flatnonzero(inside.to_numpy(zero_copy_only=False))
        if len(at):
            rows.append(places[at] + first)
            subjects.update(reach.labels[one] for one in labels.take(pa.array(at)).to_pylist())
        first += size
    found = np.unique(np.concatenate(rows)) if rows else np.empty(0, np.int64)
    return Hits(found, frozenset(subjects))


def _values(source: Source, path: FieldPath) -> Iterator[tuple[pa.Array, Rows, int]]:
    """The values of the field in each part of the source, their records in it, and its size."""
    verbatim = FORMATS[source.format].verbatim
    if verbatim is not None:
        for table in verbatim.read(source):
            yield from _of_lines(table.column(0).to_pylist(), path.steps)
        return
    schema = formats.schemas([source])[source.alias]
    found = [leaf for leaf, _ in leaves(schema) if path in spellings(leaf)]
    if not found:
        place = Place(file=source.alias, field=printable(str(path)))
        text = "the file does not have the subject field that the manifest names"
        hint = "files without a header (read:) cannot be searched; otherwise: scrubber verify"
        raise InputError("subject-missing", text, place=place, hint=hint)
    others = frozenset(schema.names) - {path.column}
    for chunk in formats.read(source, schema, unasked=others):
        opened = Opened(chunk.table.select([path.column]))
        for leaf in found[:-1]:
            one = opened.leaf(leaf)
            yield one.plain, one.rows, 0
        one = opened.leaf(found[-1])
        yield one.plain, one.rows, chunk.table.num_rows


def _of_lines(
    lines: Sequence[bytes], steps: Sequence[str | Inner]
) -> Iterator[tuple[pa.Array, Rows, int]]:
    by_kind: dict[type, tuple[list[Any], list[int]]] = {}
    for row, line in enumerate(lines):
        value: Any = orjson.loads(line)
        for step in steps:
            value = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, str | int | float | bool):
            values, rows = by_kind.setdefault(type(value), ([], []))
            values.append(value)
            rows.append(row)
    for kind, (values, rows) in by_kind.items():
        as_type = pa.large_string() if kind is int else None  # up to 64 unsigned bits
        texts = [str(value) for value in values] if kind is int else values
        yield pa.array(texts, as_type), np.array(rows, np.int64), 0
    yield pa.nulls(0, pa.large_string()), np.empty(0, np.int64), len(lines)
