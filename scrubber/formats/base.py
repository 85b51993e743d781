"""Source, Chunk, Written: what the formats speak in, and the limits of a chunk."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from scrubber.errors import InputError
from scrubber.storage import Facts


def memory_allowed(environment: Mapping[str, str]) -> int:
    """The value of SCRUBBER_MEMORY_MIB, in bytes; 256 MiB where it says no number.

    >>> memory_allowed({"SCRUBBER_MEMORY_MIB": "1024"}) >> 20, memory_allowed({}) >> 20
    (1024, 256)
    """
    given = environment.get("SCRUBBER_MEMORY_MIB", "")
    return (max(int(given), 1) if given.isascii() and given.isdigit() else 256) * 2**20


CHUNK_ROWS = 65_536
CHUNK_BYTES = 8 * 2**20
"""How much uncompressed source goes into a chunk; one larger record is a chunk by itself."""
HELD_BYTES = memory_allowed(os.environ)
"""How much of a file a process may have to hold at once, in bytes: the pages of a Parquet row
group, a compressed record batch. It decides what is refused, never what comes out."""
MORE_MEMORY = f"raise SCRUBBER_MEMORY_MIB (now {HELD_BYTES >> 20})"
RECORD_BYTES = min(HELD_BYTES // 8, 2**30)
"""The largest record, in bytes: it passes through memory a dozen times over, Arrow's 32-bit
offsets end at 2 GiB, and one quote that is never closed must not draw a whole file into memory."""

UNREADABLE = frozenset(
    {
        *("input-empty", "input-unreadable", "compressed-unreadable", "encoding"),
        *("record-too-large", "parquet-unreadable", "parquet-pages"),
        *("arrow-unreadable", "arrow-truncated", "arrow-batch"),
        *("csv-header", "csv-line-ends", "csv-quote", "csv-ragged", "csv-unreadable"),
        *("json-line", "json-depth", "json-duplicate-key"),
    }
)
"""The codes of an InputError that tell of one source alone: its bytes cannot be read, whatever the
others are. (That shards differ, or that one changed meanwhile, is not among them.)"""

ABSENT = b"scrubber.absent"
"""Field metadata, set to ``b"1"``: a null here stands for a key that the JSON object lacks."""


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """A file to read. `path` is a local path or a URL, `alias` its relative name with ``/``,
    `format` one of FORMATS, `compression` None, ``"gzip"`` or ``"zstd"`` (text formats only),
    `facts` what an object in a store was when it was found; None for a local file."""

    path: str
    alias: str
    format: str
    compression: str | None = None
    facts: Facts | None = None


@dataclass(frozen=True)
class Chunk:
    """A stretch of a source.

    `first_row` is the number of its first record in the source from 1, rejected ones counted;
    `rejected` is how many records of the stretch could not be read and are not in `table`;
    `consumed` is how many bytes of the file had been read by then (for progress only).
    """

    table: pa.Table
    first_row: int
    rejected: int
    consumed: int

    def __repr__(self) -> str:  # a dataclass would print the table, and with it the data
        return f"Chunk(first_row={self.first_row}, rows={self.table.num_rows})"


@dataclass(frozen=True, slots=True)
class Written:
    """A finished file: SHA-256 of its bytes (hex), its size in bytes, its records."""

    sha256: str
    bytes: int
    rows: int


LeaveOut = Callable[[str, str], None]
"""Takes the alias of a source that cannot be read, and the code that says why."""


@contextmanager
def leaving_out(alias: str, leave_out: LeaveOut | None) -> Iterator[None]:
    """If the source cannot be read in here, tell `leave_out` and go on; without one, raise."""
    try:
        yield
    except InputError as error:
        if leave_out is None or error.code not in UNREADABLE:
            raise
        leave_out(alias, error.code)


class Encoder(Protocol):
    """Turns tables into a file's bytes; `finish` writes what closes the format."""

    def write(self, table: pa.Table) -> None: ...

    def finish(self) -> None: ...


class ByteSink(Protocol):
    """The sink of an encoder's bytes."""

    @property
    def closed(self) -> bool: ...

    def write(self, data: bytes) -> int: ...

    def flush(self) -> None: ...

    def close(self) -> None: ...


def rows_per_chunk(rows: int, size: int) -> int:
    """The number of the `rows` records that take `size` bytes together make a chunk.

    >>> rows_per_chunk(1_000_000, 1_000_000), rows_per_chunk(10, 10 * CHUNK_BYTES)
    (65536, 1)
    """
    return max(1, min(CHUNK_ROWS, CHUNK_BYTES * rows // max(size, 1)))


__all__ = [
    "ABSENT",
    "CHUNK_BYTES",
    "CHUNK_ROWS",
    "HELD_BYTES",
    "MORE_MEMORY",
    "RECORD_BYTES",
    "UNREADABLE",
    "ByteSink",
    "Chunk",
    "Encoder",
    "LeaveOut",
    "Source",
    "Written",
    "leaving_out",
    "rows_per_chunk",
]
