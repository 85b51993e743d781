"""Arrow IPC, files and streams, as a format of files."""

from __future__ import annotations

from scrubber.formats.format import Format
from scrubber.formats.ipc import reader

ARROW = Format(
    "arrow",
    (".arrow", ".feather", ".ipc", ".arrows"),
    reader.media_type,
    reader.read,
    reader.open_encoder,
    reader.schema,
    reader.sample,
)
