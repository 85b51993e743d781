"""Writing plain text so that :mod:`scrubber.formats.text.reader` reads the same records."""

from __future__ import annotations

import pyarrow as pa

from scrubber.errors import OutputError, Place
from scrubber.formats.base import ByteSink, Source
from scrubber.formats.io.stream import ByteStream
from scrubber.formats.tables.text import as_text, has_text
from scrubber.model.fieldpath import FieldPath


class TextEncoder:
    """Writes records as lines, as paragraphs with a blank line between, or one after another.

    A null record is empty.
    """

    def __init__(self, sink: ByteSink, records: str, terminator: str) -> None:
        self._sink = sink
        self._records = records
        self._terminator = terminator
        self._begun = False

    def write(self, table: pa.Table) -> None:
        for chunk in table.column(0).chunks:
            texts = [text or "" for text in as_text(chunk).to_pylist()]
            if self._records == "file":
                self._sink.write("".join(texts).encode())
                continue
            if self._records == "line" and any("\n" in text for text in texts):
                raise _unfit("a text of several lines cannot be written as a line")
            blank = self._terminator if self._records == "paragraph" else ""
            for text in texts:
                before = blank if self._begun else ""
                self._sink.write(f"{before}{text}{self._terminator}".encode())
                self._begun = True

    def finish(self) -> None:
        """Do nothing: a text has no end."""


def open_encoder(
    sink: ByteSink, schema: pa.Schema, format_name: str, like: Source | None
) -> TextEncoder:
    """An encoder of records of one field, cut and ended as in `like`, if that is a text.

    Raises: OutputError ``fields-in-text`` for several fields, or one that is no text.
    """
    if len(schema) != 1 or not has_text(schema.field(0).type):
        place = Place(field=str(FieldPath((schema.names[-1],)))) if len(schema) else None
        raise _unfit("a text holds one field of text", place)
    if like is None or like.format != format_name:
        return TextEncoder(sink, "line", "\n")
    with ByteStream(like) as stream:
        head = stream.read(2**16)
    terminator = "\r\n" if head.partition(b"\n")[0].endswith(b"\r") else "\n"
    return TextEncoder(sink, (like.form).records, terminator)


def _unfit(text: str, place: Place | None = None) -> OutputError:
    hint = "drop the other fields, or write jsonl or parquet"
    return OutputError("fields-in-text", text, place=place, hint=hint)
