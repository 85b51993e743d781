"""JSON lines, as a format of files."""

from __future__ import annotations

from scrubber.formats.format import Format
from scrubber.formats.jsonl import reader, writer

JSONL = Format(
    "jsonl",
    (".jsonl", ".ndjson"),
    lambda _: "application/jsonl",
    reader.read,
    writer.open_encoder,
    compressible=True,
    keeps_absent=True,
    keeps_kinds=True,
)
