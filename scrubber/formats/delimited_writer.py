"""Writing CSV and TSV: what :mod:`scrubber.formats.delimited` reads back as the same cells."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.errors import OutputError, Place
from scrubber.formats.base import CHUNK_ROWS, ByteSink, Source
from scrubber.formats.delimited import Dialect, dialect_of
from scrubber.formats.text import as_text, bounds, has_text, is_string, unwrapped_type
from scrubber.model.fieldpath import FieldPath

_BLANK = r"^\s*$"


class DelimitedEncoder:
    """Cells are quoted where they must be: for delimiters, quotes and line ends in them, and where
    they are empty or blank (a blank line is no record to some readers). A null is an empty cell
    without quotes."""

    def __init__(self, sink: ByteSink, schema: pa.Schema, dialect: Dialect) -> None:
        self._sink = sink
        self._dialect = dialect
        self._needs_quotes = f'[{dialect.delimiter}"\\r\\n]|{_BLANK}|^\\x{{FEFF}}'
        self._marks = [mark.encode() for mark in (dialect.delimiter, '"', "\r", "\n", "\ufeff")]
        names = pa.chunked_array([pa.array(schema.names, pa.large_string())])
        header = dialect.delimiter.join(self._cells(names).to_pylist())
        if len(schema) > 1:  # only a single empty name must not become an empty line
            header = dialect.delimiter.join(
                cell if name else ""
                for cell, name in zip(self._cells(names).to_pylist(), schema.names, strict=True)
            )
        bom = "\ufeff" if dialect.bom else ""
        sink.write((bom + header + dialect.terminator).encode())

    def write(self, table: pa.Table) -> None:
        for start in range(0, table.num_rows, CHUNK_ROWS):
            self._write(table.slice(start, CHUNK_ROWS))

    def finish(self) -> None:
        """A CSV file needs no end."""

    def _write(self, table: pa.Table) -> None:
        cells = [self._cells(column) for column in table.columns]
        end = _scalar(self._dialect.terminator)
        rows = pc.binary_join_element_wise(*cells, _scalar(self._dialect.delimiter))
        lines = pc.binary_join_element_wise(rows, end, _scalar(""))
        for chunk in lines.chunks if isinstance(lines, pa.ChunkedArray) else [lines]:
            if len(chunk):
                first, last = bounds(chunk)
                self._sink.write(memoryview(chunk.buffers()[2])[first:last])  # type: ignore[arg-type]

    def _cells(self, column: pa.ChunkedArray) -> pa.Array:
        column = column.combine_chunks()
        chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
        texts = [as_text(chunk) for chunk in chunks]
        text = pa.concat_arrays(texts) if texts else pa.array([], pa.large_string())
        if not is_string(unwrapped_type(column.type)):
            return text.fill_null("")
        pattern = self._to_look_for(text)
        if pattern is None:
            return text.fill_null("")
        needed = pc.match_substring_regex(text, pattern)
        if not pc.any(needed).as_py():
            return text.fill_null("")
        quote = _scalar('"')
        doubled = pc.replace_substring(text, '"', '""')
        quoted = pc.binary_join_element_wise(quote, doubled, quote, _scalar(""))
        return pc.if_else(needed, quoted, text).fill_null("")

    def _to_look_for(self, text: pa.Array) -> str | None:
        """What makes a cell need quotes, less what none of these cells can have."""
        first, last = bounds(text)
        data = bytes(memoryview(text.buffers()[2] or b"")[first:last])
        if any(mark in data for mark in self._marks):
            return self._needs_quotes
        return _BLANK if _may_be_blank(text, data) else None


def _may_be_blank(text: pa.Array, data: bytes) -> bool:
    """Whether some of the cells, whose bytes are `data`, is empty or begins with white space."""
    if pc.any(pc.equal(pc.binary_length(text), 0)).as_py():
        return True
    starts = np.frombuffer(text.buffers()[1], np.int64)[text.offset : text.offset + len(text)]
    starts = starts - (starts[0] if len(starts) else 0)
    begins = np.frombuffer(data, np.uint8)[starts[starts < len(data)]]
    return bool((begins <= ord(" ")).any())


def open_encoder(
    sink: ByteSink, schema: pa.Schema, format_name: str, like: Source | None
) -> DelimitedEncoder:
    """An encoder in the dialect of `like` if that is of the same format.

    Raises OutputError `nested-in-csv` for a field that text cannot hold.
    """
    for field in schema:
        if not has_text(field.type):
            raise OutputError(
                "nested-in-csv",
                "a list, struct, map, interval or binary value cannot be written to CSV",
                place=Place(field=str(FieldPath((field.name,)))),
                hint="drop the field, or write parquet, jsonl or arrow",
            )
    dialect = Dialect("\t" if format_name == "tsv" else ",")
    if like is not None and like.format == format_name:
        dialect = dialect_of(like)
    return DelimitedEncoder(sink, schema, dialect)


def _scalar(text: str) -> pa.Scalar:
    return pa.scalar(text, pa.large_string())
