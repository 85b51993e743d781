"""Seeded samples of sources, without reading everything where possible.

Parquet and Arrow are sampled by row groups and record batches, large text files by blocks at seeded
positions, compressed text from the beginning. Malformed records are skipped and counted: a sample
describes columns, it does not validate a file.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa

from scrubber.errors import InputError, Place
from scrubber.formats.admission import check_schema
from scrubber.formats.base import CHUNK_BYTES, Chunk, Source
from scrubber.formats.io.stream import open_file
from scrubber.formats.stamps import source_bytes
from scrubber.model.arrow_errors import ARROW_ERRORS
from scrubber.model.views import without_views

BLOCK_BYTES = 2**18
BLOCKS = 48
"""Number of blocks read from a large text file, at seeded positions."""
GROUPS = 16
GROUP_ROWS = 2**17
"""Number of records read from one row group or record batch, at most."""
WHOLE_BYTES = 2 * CHUNK_BYTES
"""Smaller text files are read completely."""


@dataclass(frozen=True)
class Sample:
    """Some records of a dataset.

    `records` is their total number (None: unknown), and `shards` the number of files. `passed_over`
    counts malformed records, and `refusal` is their error for a complete reading.
    """

    name: str
    table: pa.Table
    records: int | None
    shards: int = 1
    passed_over: int = 0
    refusal: InputError | None = None

    def __repr__(self) -> str:  # a dataclass would print the table with its data
        return f"Sample({self.name!r}, rows={self.table.num_rows}, records={self.records})"


class Drawn(NamedTuple):
    """Some records of a source, their total number (None: unknown), and the number of skipped
    ones."""

    table: pa.Table
    records: int | None
    passed_over: int = 0


def generator(seed: int, name: str) -> random.Random:
    """The random generator for the source called `name`: reproducible everywhere."""
    return random.Random(f"{seed}\0{name}")


def drawn(table: pa.Table, rows: int, chance: random.Random) -> pa.Table:
    """`rows` records of `table` (or all), in order."""
    if table.num_rows <= rows:
        return table
    picked = pa.array(sorted(chance.sample(range(table.num_rows), rows)))
    return without_views(table).take(picked).cast(table.schema)


def from_chunks(chunks: Iterable[Chunk], schema: pa.Schema, limit: int | None) -> Drawn:
    """The records of `chunks`; reading ends after `limit` records."""
    tables = [schema.empty_table()]
    count = rejected = 0
    for chunk in chunks:
        tables.append(chunk.table)
        count += chunk.table.num_rows
        rejected += chunk.rejected
        if limit is not None and count >= limit:
            return Drawn(pa.concat_tables(tables), None, rejected)
    return Drawn(pa.concat_tables(tables), count, rejected)


def blocks(source: Source, start: int, chance: random.Random) -> Iterator[tuple[bytes, bool]]:
    """Blocks of an uncompressed file, one from each section, with True if a record begins at the
    start of the block (the first one, at `start`)."""
    try:
        with open_file(source, exact=True) as file:
            size = file.size()
            stretch = max((size - start) // BLOCKS, 1)
            for index in range(BLOCKS):
                place = start + index * stretch
                if index:
                    place += chance.randrange(max(stretch - BLOCK_BYTES, 1))
                file.seek(place)
                yield file.read(BLOCK_BYTES), index == 0
    except OSError:
        text = "the file cannot be read"
        raise InputError("input-unreadable", text, place=Place(file=source.alias)) from None


def is_small(source: Source) -> bool:
    """True if an uncompressed text file is small enough to be read completely."""
    return source_bytes(source) <= WHOLE_BYTES


def picked(count: int, most: int, chance: random.Random) -> list[int]:
    """`most` of `count` numbers from 0 (or all), in order."""
    return sorted(chance.sample(range(count), min(count, most)))


def joined(tables: Sequence[pa.Table], name: str) -> pa.Table:
    """The samples of all shards as one table.

    Raises: InputError ``schema-drift``.
    """
    try:
        whole = pa.concat_tables([table.select(tables[0].schema.names) for table in tables])
    except (KeyError, *ARROW_ERRORS):
        raise InputError(
            "schema-drift", "the shards have different fields", place=Place(file=name)
        ) from None
    check_schema(whole.schema, name)
    return whole
