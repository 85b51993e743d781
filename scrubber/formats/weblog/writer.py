"""Writing access logs so that :mod:`scrubber.formats.weblog.reader` reads the same fields."""

from __future__ import annotations

import pyarrow as pa

from scrubber.errors import OutputError, Place
from scrubber.formats.base import ByteSink, Source
from scrubber.formats.tables.text import as_text, has_text
from scrubber.formats.weblog.lines import COLUMNS, Column


class LogEncoder:
    """Writes lines; a null value, and a field that was dropped, is a dash."""

    def __init__(self, sink: ByteSink, columns: tuple[Column, ...]) -> None:
        self._sink = sink
        self._columns = columns

    def write(self, table: pa.Table) -> None:
        columns = [self._texts(table, one) for one in self._columns]
        lines = "".join(" ".join(cells) + "\n" for cells in zip(*columns, strict=True))
        self._sink.write(lines.encode())

    def _texts(self, table: pa.Table, column: Column) -> list[str]:
        if column.name not in table.column_names:
            return [column.written(None)] * table.num_rows
        chunks = table[column.name].chunks
        texts = [text for chunk in chunks for text in as_text(chunk).to_pylist()]
        if not all(text is None or column.fits(text) for text in texts):
            raise OutputError(
                "fields-in-log",
                "a value with blanks, or without any text, cannot be written in this place",
                place=Place(field=column.name),
                hint="drop the field, or write jsonl or parquet",
            )
        return [column.written(text) for text in texts]

    def finish(self) -> None:
        """Do nothing: a log has no end."""


def open_encoder(
    sink: ByteSink, schema: pa.Schema, format_name: str, like: Source | None
) -> LogEncoder:
    """An encoder of lines of the format `format_name`.

    Raises: OutputError ``fields-in-log`` for a field that these logs do not have.
    """
    del like
    columns = COLUMNS[format_name]
    names = {one.name for one in columns}
    for field in schema:
        if field.name not in names or not has_text(field.type):
            raise OutputError(
                "fields-in-log",
                "an access log has no such field",
                place=Place(field=field.name),
                hint="drop the field, or write jsonl or parquet",
            )
    return LogEncoder(sink, columns)
