"""Feeds, which tables are read from, and stores, which results are added to."""

from __future__ import annotations

import atexit
import errno
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from scrubber.errors import IncompleteError, OutputError

_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class Feed:
    """A table that can be read more than once: its `schema`, and its records as tables."""

    schema: pa.Schema
    tables: Callable[[], Iterator[pa.Table]]


def fed(table: pa.Table) -> Feed:
    """The feed of a table in memory."""
    return Feed(table.schema, lambda: iter((table,)))


class Store(Protocol):
    """Results in order, which can be read more than once."""

    def append(self, table: pa.Table) -> None: ...

    def __iter__(self) -> Iterator[pa.Table]: ...

    def table(self) -> pa.Table:
        """All results as one table."""


class Kept:
    """Results in memory."""

    def __init__(self) -> None:
        self._tables: list[pa.Table] = []

    def append(self, table: pa.Table) -> None:
        self._tables.append(table)

    def __iter__(self) -> Iterator[pa.Table]:
        return iter(self._tables)

    def table(self) -> pa.Table:
        return pa.concat_tables(self._tables)


class Spooled:
    """Results in a private file (Arrow IPC stream), mapped into memory when read.

    The folder of the file is removed at the end of the process: copies of a stream read it too.
    """

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="scrubber-"))  # readable by its owner only
        self.path = self.folder / "scrubbed.arrow"
        self._writer: pa.RecordBatchStreamWriter | None = None
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)

    def append(self, table: pa.Table) -> None:
        """Add a result.

        Raises: IncompleteError ``disk-full``; OutputError ``output-write``.
        """
        try:
            if self._writer is None:
                self._writer = pa.ipc.new_stream(str(self.path), table.schema)
            self._writer.write_table(table)
        except OSError as error:
            if error.errno in _FULL:
                text = "the disk is full"
                raise IncompleteError("disk-full", text) from None
            text = "the private file of a stream cannot be written"
            raise OutputError("output-write", text, hint="TMPDIR names its folder") from None

    def close(self) -> None:
        """Finish the file; nothing can be added any more."""
        if self._writer is not None:
            self._writer.close()

    def __iter__(self) -> Iterator[pa.Table]:
        self.close()
        with pa.memory_map(str(self.path)) as file:
            for batch in pa.ipc.open_stream(file):
                yield pa.Table.from_batches([batch])

    def table(self) -> pa.Table:
        return pa.concat_tables(self)
