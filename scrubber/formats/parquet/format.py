"""Parquet, as a format of files."""

from __future__ import annotations

from scrubber.formats.format import Format
from scrubber.formats.parquet import reader

PARQUET = Format(
    "parquet",
    (".parquet",),
    lambda _: "application/vnd.apache.parquet",
    reader.read,
    reader.open_encoder,
    reader.schema,
    reader.sample,
)
