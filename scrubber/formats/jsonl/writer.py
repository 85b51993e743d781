"""Writing JSONL: one compact object per line, keys in the order of the schema, ``\\n`` ends.

A null is written as null, or left out where the field's metadata say that its source left the key
out. Times, dates and decimals are strings (see :mod:`scrubber.formats.tables.text`), binary is
base64, a map is an array of ``{"key": ..., "value": ...}``, a NaN is null. An infinity is refused:
JSON has no word for it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.errors import OutputError, Place
from scrubber.formats.base import ABSENT, CHUNK_ROWS, ByteSink, Source
from scrubber.formats.jsonl.flat_writer import can_join, joined
from scrubber.formats.tables.text import (
    as_text,
    bounds,
    is_binary,
    is_string,
    unwrapped,
    unwrapped_type,
)
from scrubber.model.fieldpath import FieldPath, is_list
from scrubber.model.nested import map_types
from scrubber.model.opened import Rows, map_leaves

_Plain = Callable[[Any], Any]


class JsonlEncoder:
    """One line per record."""

    def __init__(self, sink: ByteSink, schema: pa.Schema) -> None:
        self._sink = sink
        self._schema = map_types(schema, lambda _, kind: _plain_type(kind))
        self._fields = list(schema)
        self._plain = _plain_struct(self._fields)
        self._joins = can_join(
            [f.with_type(p.type) for f, p in zip(schema, self._schema, strict=True)]
        )

    def write(self, table: pa.Table) -> None:
        for start in range(0, table.num_rows, CHUNK_ROWS):
            part = map_leaves(table.slice(start, CHUNK_ROWS), _plain_values, self._schema)
            if self._joins:
                lines = joined(part, self._fields)
                first, last = bounds(lines)
                self._sink.write(memoryview(lines.buffers()[2])[first:last])  # type: ignore[arg-type]
                continue
            records = part.to_pylist()
            if self._plain is not None:
                records = [self._plain(record) for record in records]
            self._sink.write(b"".join(orjson.dumps(record) + b"\n" for record in records))

    def finish(self) -> None:
        """A JSONL file needs no end."""


def open_encoder(
    sink: ByteSink, schema: pa.Schema, format_name: str, like: Source | None
) -> JsonlEncoder:
    """An encoder for `schema`.

    Raises OutputError `type-in-jsonl` for a field that JSON cannot hold.
    """
    del format_name, like  # there is one way to write JSONL
    map_types(schema, _check_type)
    return JsonlEncoder(sink, schema)


def _check_type(path: FieldPath, kind: pa.DataType) -> pa.DataType:
    inner = unwrapped_type(kind)
    if pa.types.is_interval(inner) or (pa.types.is_nested(inner) and not _is_empty_struct(inner)):
        raise OutputError(
            "type-in-jsonl",
            "values of this type cannot be written to JSONL",
            place=Place(field=str(path)),
            hint="drop the field, or write parquet or arrow",
        )
    return kind


def _is_empty_struct(kind: pa.DataType) -> bool:
    return bool(pa.types.is_struct(kind) and not kind.num_fields)


def _plain_type(kind: pa.DataType) -> pa.DataType:
    kind = unwrapped_type(kind)
    if (
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_null(kind)
        or is_string(kind)
        or _is_empty_struct(kind)
    ):
        return kind
    return pa.large_string()


def _plain_values(path: FieldPath, array: pa.Array, rows: Rows) -> pa.Array:
    del rows
    array = unwrapped(array)
    kind = array.type
    if pa.types.is_floating(kind):
        infinite = pc.is_inf(array.cast(pa.float64()) if pa.types.is_float16(kind) else array)
        if pc.any(infinite).as_py():
            raise OutputError(
                "infinity-in-jsonl",
                "JSON cannot represent an infinite number",
                place=Place(field=str(path)),
                hint="write parquet, csv or arrow",
            )
        return array
    if is_binary(kind):
        texts = [None if v is None else base64.b64encode(v).decode() for v in array.to_pylist()]
        return pa.array(texts, pa.large_string())
    return array if _plain_type(kind) == kind else as_text(array)


def _plain_of(kind: pa.DataType) -> _Plain | None:
    """A converter from Python values of this type to values that orjson writes; None if nothing
    must."""
    if pa.types.is_struct(kind):
        return _plain_struct(list(kind))
    if pa.types.is_map(kind):
        return _plain_map(_plain_of(kind.key_type), _plain_of(kind.item_type))
    if is_list(kind):
        inner = _plain_of(kind.value_type)
        return None if inner is None else _each(inner)
    return None


def _each(inner: _Plain) -> _Plain:
    return lambda values: None if values is None else [inner(value) for value in values]


def _plain_map(key: _Plain | None, value: _Plain | None) -> _Plain:
    def plain(entries: Any) -> Any:
        if entries is None:
            return None
        return [
            {"key": key(k) if key else k, "value": value(v) if value else v} for k, v in entries
        ]

    return plain


def _plain_struct(fields: list[pa.Field]) -> _Plain | None:
    inner = {f.name: change for f in fields if (change := _plain_of(f.type)) is not None}
    omitted = frozenset(f.name for f in fields if (f.metadata or {}).get(ABSENT) == b"1")
    if not inner and not omitted:
        return None

    def plain(record: Any) -> Any:
        if record is None:
            return None
        return {
            name: inner[name](value) if name in inner else value
            for name, value in record.items()
            if value is not None or name not in omitted
        }

    return plain
