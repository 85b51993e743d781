"""Source, Chunk and Written: the common types of all formats, and the limits of a chunk."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from scrubber.errors import InputError
from scrubber.model.fileform import PLAIN, FileForm
from scrubber.storage import Facts


def memory_allowed(environment: Mapping[str, str]) -> int:
    """The value of SCRUBBER_MEMORY_MIB in bytes; 256 MiB if it is not a number.

    >>> memory_allowed({"SCRUBBER_MEMORY_MIB": "1024"}) >> 20, memory_allowed({}) >> 20
    (1024, 256)
    """
    given = environment.get("SCRUBBER_MEMORY_MIB", "")
    return (max(int(given), 1) if given.isascii() and given.isdigit() else 256) * 2**20


CHUNK_ROWS = 65_536
CHUNK_BYTES = 8 * 2**20
"""Maximum uncompressed bytes of a source per chunk; a larger record is a chunk of its own."""
HELD_BYTES = memory_allowed(os.environ)
"""Maximum bytes of a file that a process may have to hold at once: the pages of a Parquet row
group, a compressed record batch. The limit decides which files are refused, never what is written.
"""
MORE_MEMORY = f"raise SCRUBBER_MEMORY_MIB (now {HELD_BYTES >> 20})"
RECORD_BYTES = min(HELD_BYTES // 8, 2**30)
"""Maximum bytes of a record. Several copies of a record are held in memory; Arrow's 32-bit offsets
end at 2 GiB; and one unclosed quote must not load a whole file into memory."""

UNREADABLE = frozenset(
    {
        *("input-empty", "input-unreadable", "compressed-unreadable", "encoding"),
        *("record-too-large", "parquet-unreadable", "parquet-pages"),
        *("arrow-unreadable", "arrow-truncated", "arrow-batch"),
        *("csv-header", "csv-line-ends", "csv-quote", "csv-ragged", "csv-unreadable"),
        *("json-line", "json-depth", "json-duplicate-key", "log-line"),
    }
)
"""Codes of an InputError about a single source: its own bytes cannot be read. They exclude
differences between shards and changes during a run."""

ABSENT = b"scrubber.absent"
"""Field metadata, set to ``b"1"``: nulls stand for keys that the JSON object lacks."""


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """A file to read.

    `path` is a local path or a URL, `alias` its relative name with ``/``, `format` one of FORMATS,
    and `compression` None, ``"gzip"`` or ``"zstd"`` (text formats only). `facts` describe an object
    in a store at discovery; None for a local file. `form` is what the rules say about the file.
    """

    path: str
    alias: str
    format: str
    compression: str | None = None
    facts: Facts | None = None
    form: FileForm = PLAIN


@dataclass(frozen=True)
class Chunk:
    """A part of a source.

    `first_row` is the number of its first record in the source from 1, rejected ones included.
    `rejected` counts malformed records of the part, which are not in `table`. `consumed` is the
    number of bytes of the file read so far (for progress only).
    """

    table: pa.Table
    first_row: int
    rejected: int
    consumed: int

    def __repr__(self) -> str:  # a dataclass would print the table with its data
        return f"Chunk(first_row={self.first_row}, rows={self.table.num_rows})"


@dataclass(frozen=True, slots=True)
class Written:
    """A finished file: SHA-256 (hex), size in bytes, and number of records."""

    sha256: str
    bytes: int
    rows: int


LeaveOut = Callable[[str, str], None]
"""Receives the alias of an unreadable source and the code of the error."""


@contextmanager
def leaving_out(alias: str, leave_out: LeaveOut | None) -> Iterator[None]:
    """Report an unreadable source to `leave_out` and continue; without `leave_out`, raise."""
    try:
        yield
    except InputError as error:
        if leave_out is None or error.code not in UNREADABLE:
            raise
        leave_out(alias, error.code)


class Encoder(Protocol):
    """Encodes tables as a file's bytes; `finish` writes the end of the format."""

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
    """The number of records per chunk, if `rows` records take `size` bytes.

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
