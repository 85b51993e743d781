"""Writing JSONL: one compact object per line, keys in the order of the schema, ``\\n`` ends.

A null is written as null, or left out where the field's metadata say that its source left the key
out. Times, dates and decimals are strings (see :mod:`scrubber.formats.tables.text`), binary is
base64, a NaN is null, a map is an array of ``{"key": ..., "value": ...}`` unless it was read from a
JSON object. An infinity is refused:
JSON has no word for it.
"""

from __future__ import annotations

import base64

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.errors import OutputError, Place
from scrubber.formats.base import CHUNK_ROWS, ByteSink, Source
from scrubber.formats.io.stream import Bytes
from scrubber.formats.jsonl.array import JSON, is_array
from scrubber.formats.jsonl.flat_writer import can_join, joined
from scrubber.formats.jsonl.tree import records_of
from scrubber.formats.tables.text import (
    as_text,
    bounds,
    is_binary,
    is_string,
    unwrapped,
    unwrapped_type,
)
from scrubber.model.fieldpath import FieldPath
from scrubber.model.nested import map_types
from scrubber.model.opened import Rows, map_leaves


class JsonlEncoder:
    """One line per record."""

    def __init__(self, sink: ByteSink, schema: pa.Schema) -> None:
        self._sink = sink
        self._schema = map_types(schema, lambda _, kind: _plain_type(kind))
        self._fields = list(schema)
        self._joins = can_join(
            [f.with_type(p.type) for f, p in zip(schema, self._schema, strict=True)]
        )

    def write(self, table: pa.Table) -> None:
        for start in range(0, table.num_rows, CHUNK_ROWS):
            part = map_leaves(table.slice(start, CHUNK_ROWS), _plain_values, self._schema)
            if self._joins:
                lines = joined(part, self._fields)
                first, last = bounds(lines)
                self._put(memoryview(lines.buffers()[2])[first:last])
                continue
            records = records_of(part)
            self._put(b"".join(orjson.dumps(record) + b"\n" for record in records))

    def finish(self) -> None:
        """A JSONL file needs no end."""

    def _put(self, lines: Bytes) -> None:
        """Write some lines with their ends."""
        self._sink.write(lines)  # type: ignore[arg-type]


class JsonArrayEncoder(JsonlEncoder):
    """One array of all records."""

    _begun = False

    def finish(self) -> None:
        """Close the array."""
        self._sink.write(b"\n]\n" if self._begun else b"[]\n")

    def _put(self, lines: Bytes) -> None:
        self._sink.write(b",\n" if self._begun else b"[\n")
        self._sink.write(bytes(lines)[:-1].replace(b"\n", b",\n"))
        self._begun = True


def open_encoder(
    sink: ByteSink, schema: pa.Schema, format_name: str, like: Source | None
) -> JsonlEncoder:
    """An encoder for `schema`.

    Raises OutputError `type-in-jsonl` for a field that JSON cannot hold.
    """
    map_types(schema, _check_type)
    if format_name != JSON:
        return JsonlEncoder(sink, schema)
    as_lines = like is not None and like.format == JSON and not is_array(like)
    return JsonlEncoder(sink, schema) if as_lines else JsonArrayEncoder(sink, schema)


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
