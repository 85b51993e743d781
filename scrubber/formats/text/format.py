"""Plain text and Markdown, as formats of files."""

from __future__ import annotations

from scrubber.formats.format import Format
from scrubber.formats.text import reader, writer

TXT = Format(
    "txt",
    (".txt", ".text"),
    lambda _: "text/plain",
    reader.read,
    writer.open_encoder,
    reader.schema,
    reader.sample,
    compressible=True,
)
MD = Format(
    "md",
    (".md", ".markdown"),
    lambda _: "text/markdown",
    reader.read,
    writer.open_encoder,
    reader.schema,
    reader.sample,
    compressible=True,
)
