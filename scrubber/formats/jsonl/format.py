"""JSON lines and JSON arrays, as formats of files."""

from __future__ import annotations

from scrubber.formats.format import Format, Verbatim
from scrubber.formats.jsonl import reader, verbatim, writer
from scrubber.formats.jsonl.array import JSON as NAME

_VERBATIM = Verbatim(verbatim.LINES, verbatim.read, verbatim.open_encoder)

JSONL = Format(
    "jsonl",
    (".jsonl", ".ndjson"),
    lambda _: "application/jsonl",
    reader.read,
    writer.open_encoder,
    compressible=True,
    keeps_absent=True,
    keeps_kinds=True,
    verbatim=_VERBATIM,
)

JSON = Format(
    NAME,
    (".json",),
    lambda _: "application/json",
    reader.read,
    writer.open_encoder,
    compressible=True,
    keeps_absent=True,
    keeps_kinds=True,
    verbatim=_VERBATIM,
)
