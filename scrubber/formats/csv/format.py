"""CSV and TSV, as formats of files."""

from __future__ import annotations

from scrubber.formats.csv import reader, writer
from scrubber.formats.format import Format

CSV = Format(
    "csv",
    (".csv",),
    lambda _: "text/csv",
    reader.read,
    writer.open_encoder,
    reader.schema,
    reader.sample,
    compressible=True,
)
TSV = Format(
    "tsv",
    (".tsv",),
    lambda _: "text/tab-separated-values",
    reader.read,
    writer.open_encoder,
    reader.schema,
    reader.sample,
    compressible=True,
)
