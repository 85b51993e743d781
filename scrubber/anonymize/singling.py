"""Singling out: the unicity of files, table by table."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa

from scrubber import formats
from scrubber.anonymize.labels import subject_labels, text_labels
from scrubber.formats.datasets import shard_groups
from scrubber.formats.tables.text import has_text
from scrubber.model.fieldpath import FieldPath, leaves
from scrubber.model.opened import Opened
from scrubber.model.views import without_views
from scrubber.privacy.unicity import Combination, Hashes, Subjects, Unicity, mixed, unicity

Omit = Callable[[FieldPath], bool]


@dataclass(frozen=True, slots=True)
class Singled:
    """The unicity of the `table` (the name of its first file), for one value per record of
    `fields`. Lists and their elements are left out."""

    table: str
    fields: tuple[str, ...]
    counted: str
    unicity: Unicity

    def to_json(self) -> dict[str, Any]:
        found = self.unicity

        def one(combination: Combination) -> dict[str, Any]:
            share = found.share(combination.alone)
            return {"fields": list(combination.fields), "alone": combination.alone, "share": share}

        return {
            "table": self.table,
            "fields": list(self.fields),
            "counted": self.counted,
            "persons": found.persons,
            "by_itself": [one(each) for each in found.by_itself],
            "best": [one(each) for each in found.best],
            "fewest": one(found.fewest) if found.fewest is not None else None,
            "without": [
                {"field": name, "alone": alone, "share": found.share(alone)}
                for name, alone in found.without
            ],
        }


def single_out(
    inputs: Sequence[str], subject: str | None = None, omit: Omit = lambda _: False
) -> tuple[Singled, ...]:
    """The unicity of each table of `inputs`, over all of its files.

    The field `subject` tells persons apart in tables that have it; elsewhere records are persons,
    and so are records without a subject. Null is a value. Fields for which `omit` is true are left
    out.

    Raises: InputError for sources that cannot be read.
    """
    sources = formats.discover(list(inputs))
    schemas = formats.schemas(sources)
    key = secrets.randbits(64)

    def tables(group: Sequence[formats.Source]) -> Iterator[pa.Table]:
        for source in group:
            for chunk in formats.read(source, schemas[source.alias]):
                yield chunk.table

    found = []
    for group in shard_groups(sources):
        first = group[0].alias
        every = flat_fields(schemas[first]).items()
        fields = {name: path for name, path in every if name == subject or not omit(path)}
        found.append(_singled(first, fields, tables(group), subject, key))
    return tuple(found)


def single_out_of(
    tables: Sequence[pa.Table], subject: str | None = None, name: str = "frame"
) -> Singled:
    """The unicity of a table in memory, given in pieces of one schema."""
    return _singled(name, flat_fields(tables[0].schema), tables, subject, secrets.randbits(64))


def _singled(
    name: str,
    fields: Mapping[str, FieldPath],
    tables: Iterable[pa.Table],
    subject: str | None,
    key: int,
) -> Singled:
    whose = fields.get(subject) if subject is not None else None
    paths = {field: path for field, path in fields.items() if path != whose}
    columns: dict[str, list[Hashes]] = {field: [] for field in paths}
    labels: list[pa.Array] = []
    for opened in map(Opened, map(without_views, tables)):
        for field, path in paths.items():
            columns[field].append(hashes(text_labels(opened.leaf(path).plain), key, field))
        if whose is not None:
            labels.append(subject_labels(opened.leaf(whose).plain))
    joined = {field: _joined(parts) for field, parts in columns.items()}
    subjects = _numbered(labels) if whose is not None else None
    counted = "subjects" if whose is not None else "records"
    return Singled(name, tuple(paths), counted, unicity(joined, subjects))


def flat_fields(schema: pa.Schema) -> dict[str, FieldPath]:
    """The fields of `schema` with one value per record that has a text."""
    return {str(path): path for path, kind in leaves(schema) if not path.nested and has_text(kind)}


def hashes(labels: pa.Array, key: int, field: str) -> Hashes:
    """A 64-bit number for each label, keyed, and other for another `field`; null is a label."""
    import polars as pl

    digest = blake2b(f"{key}\0{field}".encode(), digest_size=16).digest()
    seed, salt = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:], "big")
    return mixed(pl.Series(pl.from_arrow(labels)).hash(seed).to_numpy(), salt)


def _joined(parts: Sequence[Hashes]) -> Hashes:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint64)


def _numbered(labels: Sequence[pa.Array]) -> Subjects:
    """The number of each record's subject, in 0..persons-1."""
    whole = pa.chunked_array(labels, pa.large_string()).combine_chunks()
    encoded = whole.dictionary_encode()
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.float64)
    unknown = np.isnan(codes)
    codes[unknown] = len(encoded.dictionary) + np.arange(int(unknown.sum()))
    numbers: Subjects = codes.astype(np.int64)
    return numbers
