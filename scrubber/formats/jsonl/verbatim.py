"""Records of JSON, copied as they are written: a record that stays keeps its bytes."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from scrubber.formats.base import ByteSink, Source
from scrubber.formats.jsonl.array import JSON, is_array, opened
from scrubber.formats.jsonl.lines import blocks, texts
from scrubber.formats.jsonl.writer import JsonArrayEncoder, JsonlEncoder

LINES = pa.schema([("record", pa.large_binary())])
"""The schema of records as written."""


def read(source: Source) -> Iterator[pa.Table]:
    """The records in order, each as the bytes of one line without its end. Empty lines are no
    records.

    Raises: InputError, as for reading.
    """
    with opened(source) as stream:
        for block in blocks(stream, source):
            lines = [text.strip() for _, text in texts(block, 1)]
            yield pa.table([pa.array(lines, pa.large_binary())], schema=LINES)


def open_encoder(
    sink: ByteSink, schema: pa.Schema, format_name: str, like: Source | None
) -> JsonlEncoder:
    """An encoder of such records, as lines or as one array, as `like` is."""
    if format_name == JSON and (like is None or is_array(like)):
        return _Array(sink, schema)
    return _Lines(sink, schema)


class _Lines(JsonlEncoder):
    def write(self, table: pa.Table) -> None:
        lines = table.column(0).to_pylist()
        self._put(b"".join(line + b"\n" for line in lines))


class _Array(_Lines, JsonArrayEncoder):
    """One array of all records."""
