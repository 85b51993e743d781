"""Rewriting a file without some of its records.

JSON records that stay keep their bytes. Parquet keeps its row groups, Arrow its batches, CSV its
dialect: what stays is written as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from scrubber import formats
from scrubber.errors import ConservationError, Place
from scrubber.formats.base import Source, Written
from scrubber.formats.io.sink import Outlet
from scrubber.formats.io.writer import Writer
from scrubber.formats.registry import FORMATS
from scrubber.model.opened import Rows


def rewritten_without(source: Source, gone: Rows, target: Path | Outlet) -> Written:
    """Write `source` to `target` without the records at the positions `gone` (from 0, rising).

    Raises: InputError, as for reading; OutputError, as for writing; ConservationError ``rows-lost``
    if the source has fewer records than `gone` says.
    """
    verbatim = FORMATS[source.format].verbatim
    tables: Iterator[pa.Table]
    if verbatim is not None:
        encoder, tables = verbatim.open_encoder, verbatim.read(source)
        schema = verbatim.schema
        writer = Writer(
            target,
            schema,
            source.compression,
            lambda sink, kept: encoder(sink, kept, source.format, source),
            keep_absent=True,
        )
    else:
        schema = formats.schemas([source])[source.alias]
        writer = formats.open_writer(target, schema, source.format, source.compression, like=source)
        tables = (chunk.table for chunk in formats.read(source, schema))
    first = 0
    with writer:
        for table in tables:
            here = gone[(gone >= first) & (gone < first + table.num_rows)] - first
            if len(here):
                kept = np.setdiff1d(np.arange(table.num_rows), here)
                writer.write(table.take(pa.array(kept)))
            else:
                writer.write(table)
            first += table.num_rows
    written = writer.close()
    if written.rows != first - len(gone):
        place = Place(file=source.alias)
        raise ConservationError("rows-lost", "other records than those to go", place=place)
    return written
