"""Writing a file: an encoder over compression over a sink that hashes the bytes on disk."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import pyarrow as pa

from scrubber.errors import IncompleteError, OutputError, Place
from scrubber.formats.base import ABSENT, ByteSink, Encoder, Written
from scrubber.formats.io.sink import DiskFile, FileSink, Outlet, compressing
from scrubber.model.arrow_errors import ARROW_ERRORS

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class Writer:
    """Writes tables of one schema to a file; a context manager.

    A normal exit closes the file. An exception abandons it; its stage removes it. Use
    :func:`scrubber.formats.open_writer` to create one.
    """

    def __init__(
        self,
        target: Path | Outlet,
        schema: pa.Schema,
        compression: str | None,
        make: Callable[[ByteSink, pa.Schema], Encoder],
        *,
        keep_absent: bool,
    ) -> None:
        self._place = Place(file=target.name)
        self._schema = schema
        self._target = schema if keep_absent else _without_absent(schema)
        self._rows = 0
        self._written: Written | None = None
        self._sink: FileSink | None = None
        try:
            with self._failures():
                self._sink = FileSink(DiskFile(target) if isinstance(target, Path) else target)
                self._outer = compressing(self._sink, compression)
                self._encoder = make(self._outer, self._target)
        except BaseException:
            self._abandon()
            raise

    def write(self, table: pa.Table) -> None:
        """Append the rows of `table`, whose types must be those of the writer's schema.

        Raises: IncompleteError ``disk-full``; OutputError ``output-write``, ``output-encode``.
        """
        if not table.schema.equals(self._schema):
            raise ValueError("the table's schema is not the writer's")
        if not table.num_rows:
            return
        with self._failures():
            self._encoder.write(pa.Table.from_arrays(table.columns, schema=self._target))
        self._rows += table.num_rows

    def close(self) -> Written:
        """Finish the file, sync it to disk, and describe it; a second call returns the same
        description."""
        if self._written is None:
            assert self._sink is not None
            try:
                with self._failures():
                    self._encoder.finish()
                    self._outer.close()
                    self._sink.sync()
            finally:
                self._abandon()
            self._written = Written(self._sink.sha256, self._sink.size, self._rows)
        return self._written

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._abandon()

    def _abandon(self) -> None:
        if self._sink is not None:
            self._sink.close()

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except OSError as failure:
            raise self._error(failure) from None
        except (*ARROW_ERRORS, UnicodeError, OverflowError, TypeError):
            raise self._error(None) from None

    def _error(self, failure: OSError | None) -> IncompleteError | OutputError:
        # The original error, not those caused by it.
        if self._sink is not None and self._sink.failure is not None:
            failure = self._sink.failure
        if failure is None:
            text = "some value cannot be written in this format"
            return OutputError("output-encode", text, place=self._place)
        if failure.errno in _FULL:
            return IncompleteError("disk-full", "the disk is full", place=self._place)
        return OutputError("output-write", "the file cannot be written", place=self._place)


def _without_absent(schema: pa.Schema) -> pa.Schema:
    """The schema without marks that only JSONL uses."""
    return pa.schema([_unmarked(field) for field in schema], metadata=schema.metadata)


def _unmarked(field: pa.Field) -> pa.Field:
    metadata = {k: v for k, v in (field.metadata or {}).items() if k != ABSENT}
    return field.with_type(_unmarked_type(field.type)).with_metadata(metadata or None)


def _unmarked_type(kind: pa.DataType) -> pa.DataType:
    # JSONL is read into structs and plain lists only.
    if pa.types.is_struct(kind):
        return pa.struct([_unmarked(field) for field in kind])
    if pa.types.is_list(kind):
        return pa.list_(_unmarked(kind.value_field))
    return kind
