"""Writing CSV and TSV so that :mod:`scrubber.formats.csv.reader` reads the same cells."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.errors import OutputError, Place
from scrubber.formats.base import CHUNK_ROWS, ByteSink, Source
from scrubber.formats.csv.reader import Dialect, dialect_of
from scrubber.formats.tables.text import as_text, bounds, has_text
from scrubber.model.arrow_errors import ARROW_ERRORS
from scrubber.model.fieldpath import FieldPath

_BOM = "\ufeff"
_BLANK_OR_MARKED = r"^\s*$|^\x{FEFF}"


class DelimitedEncoder:
    """Quotes cells with delimiters, quotes or line ends, cells that begin with a byte order mark,
    and empty or blank cells (some readers skip blank lines). Null is an empty cell without quotes.
    """

    def __init__(self, sink: ByteSink, schema: pa.Schema, dialect: Dialect) -> None:
        self._sink = sink
        self._dialect = dialect
        self._marks = (dialect.delimiter, '"', "\r", "\n")
        names = self._cells(pa.array(schema.names, pa.large_string()), True).to_pylist()
        if len(schema) > 1:  # a single empty name must not become an empty line
            names = [cell if name else "" for cell, name in zip(names, schema.names, strict=True)]
        bom = _BOM if dialect.bom else ""
        if not dialect.header:
            sink.write(bom.encode())
            return
        sink.write((bom + dialect.delimiter.join(names) + dialect.terminator).encode())

    def write(self, table: pa.Table) -> None:
        for start in range(0, table.num_rows, CHUNK_ROWS):
            columns = [_texts(column) for column in table.slice(start, CHUNK_ROWS).columns]
            blank = [_may_be_blank(texts) and _some_blank(texts) for texts in columns]
            lines = None if any(blank) else self._plain_lines(columns)
            self._sink.write(self._lines(columns, blank) if lines is None else lines)

    def finish(self) -> None:
        """Do nothing: a CSV file has no end."""

    def _plain_lines(self, columns: list[pa.Array]) -> bytes | None:
        """The lines as written by Arrow, if no cell needs quotes."""
        from pyarrow import csv

        lines = pa.BufferOutputStream()
        try:
            csv.write_csv(
                pa.table(columns, names=[str(i) for i in range(len(columns))]),
                lines,
                csv.WriteOptions(
                    include_header=False,
                    batch_size=CHUNK_ROWS,
                    delimiter=self._dialect.delimiter,
                    quoting_style="none",
                ),
            )
        except ARROW_ERRORS:
            return None
        if self._dialect.terminator == "\n":
            return memoryview(lines.getvalue())  # type: ignore[return-value]
        written: bytes = lines.getvalue().to_pybytes()
        return written.replace(b"\n", self._dialect.terminator.encode())

    def _lines(self, columns: list[pa.Array], blank: list[bool]) -> bytes:
        *cells, last = map(self._cells, columns, blank)
        last = _joined([last, _scalar(self._dialect.terminator)], "")
        lines = _joined([*cells, last], self._dialect.delimiter)
        first, end = bounds(lines)
        return memoryview(lines.buffers()[2])[first:end]  # type: ignore[return-value]

    def _cells(self, texts: pa.Array, some_blank: bool) -> pa.Array:
        """The texts, quoted if necessary."""
        first, last = bounds(texts)
        data = bytes(memoryview(texts.buffers()[2] or b"")[first:last])
        marks = [mark for mark in self._marks if mark.encode() in data]
        tests = [pc.match_substring(texts, mark) for mark in marks]
        if some_blank:
            tests.append(pc.match_substring_regex(texts, _BLANK_OR_MARKED))
        if not tests:
            return texts
        quote = _scalar('"')
        doubled = pc.replace_substring(texts, '"', '""') if '"' in marks else texts
        return pc.if_else(reduce(pc.or_, tests), _joined([quote, doubled, quote], ""), texts)


def _texts(column: pa.ChunkedArray) -> pa.Array:
    """The values as one array of large_string."""
    texts = [as_text(chunk) for chunk in column.chunks]
    return texts[0] if len(texts) == 1 else pa.concat_arrays(texts)


def _may_be_blank(texts: pa.Array) -> bool:
    """True if a cell is empty, or begins like white space or a byte order mark."""
    ends = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset :][: len(texts) + 1]
    empty = ends[1:] == ends[:-1]
    if texts.null_count:
        empty = empty & texts.is_valid().to_numpy(zero_copy_only=False)
    if empty.any():
        return True
    data = np.frombuffer(texts.buffers()[2] or b"", np.uint8)
    if _dark(data[ends[0] : ends[-1]]):  # and so is the first byte of each cell
        return False
    return not _dark(data[ends[:-1][ends[:-1] < len(data)]])


def _dark(signs: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> bool:
    """True if no byte is white space, or the first byte of a byte order mark."""
    return not len(signs) or bool(signs.min() > ord(" ") and signs.max() < _BOM.encode()[0])


def _some_blank(texts: pa.Array) -> bool:
    return bool(pc.any(pc.match_substring_regex(texts, _BLANK_OR_MARKED)).as_py())


def _joined(parts: list[pa.Array | pa.Scalar], between: str) -> pa.Array:
    """Concatenate the parts of each row; null is empty."""
    return pc.binary_join_element_wise(
        *parts, _scalar(between), null_handling="replace", null_replacement=""
    )


def open_encoder(
    sink: ByteSink, schema: pa.Schema, format_name: str, like: Source | None
) -> DelimitedEncoder:
    """An encoder in the dialect of `like`, if that has the same format.

    Raises: OutputError ``nested-in-csv`` for a field that text cannot hold.
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
