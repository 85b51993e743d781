"""The one place where bytes enter: decompressed input, in blocks of records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from scrubber import storage
from scrubber.errors import InputError, Place
from scrubber.formats.base import (
    CHUNK_BYTES,
    CHUNK_ROWS,
    MORE_MEMORY,
    RECORD_BYTES,
    Source,
)
from scrubber.model.arrow_errors import ARROW_ERRORS

Offsets = npt.NDArray[np.int64]
Bytes = bytes | memoryview
FindEnds = Callable[[memoryview], tuple[Offsets, bool]]
"""Finds the ends of records in bytes (offsets after each), and true if the last one is still inside
a quotation."""

PIECE = 2**18
"""Bytes that stay in a core's cache while they are scanned several times."""


def open_file(source: Source, *, exact: bool = False) -> pa.NativeFile:
    """Open the stored bytes of the source for random access. From a store they are fetched in large
    requests for sequential reading, or with `exact` just as requested.

    Raises: OSError for a local file; for an object the errors of :mod:`scrubber.storage`.
    """
    if source.facts is None:
        return pa.OSFile(source.path, "rb")
    try:
        ahead = 0 if exact else storage.READ_AHEAD
        reader = storage.opened(source.path, source.alias, source.facts, ahead)
    except FileNotFoundError:
        raise storage.changed(source.alias) from None
    return pa.PythonFile(reader, "r")


class ByteStream:
    """A source's bytes, decompressed, in order; a context manager.

    Raises: InputError ``input-unreadable``, or ``compressed-unreadable`` for truncated or damaged
    compressed data.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        try:
            self._file = open_file(source)
            self._stream = (
                pa.CompressedInputStream(self._file, source.compression)
                if source.compression
                else self._file
            )
        except (OSError, *ARROW_ERRORS):
            raise self._failure() from None

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes, fewer only at the end."""
        parts, missing = [], size
        try:
            while missing:
                part = self._stream.read(missing)
                if not part:
                    break
                parts.append(part)
                missing -= len(part)
        except (OSError, *ARROW_ERRORS):
            raise self._failure() from None
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def read_behind(self, start: Bytes, size: int) -> memoryview:
        """`start` and `size` further bytes, fewer only at the end."""
        # Arrow reuses memory, so the kernel need not clear it.
        whole = memoryview(pa.allocate_buffer(len(start) + size)).cast("B")
        whole[: len(start)] = start
        filled = len(start)
        try:
            while filled < len(whole):
                count = self._stream.readinto(whole[filled:])
                if not count:
                    break
                filled += count
        except (OSError, *ARROW_ERRORS):
            raise self._failure() from None
        return whole[:filled]

    @property
    def consumed(self) -> int:
        """Bytes read from the file so far."""
        return int(self._file.tell())

    def _failure(self) -> InputError:
        place = Place(file=self._source.alias)
        if self._source.compression:
            text = f"the {self._source.compression} data is truncated or damaged"
            return InputError("compressed-unreadable", text, place=place)
        return InputError("input-unreadable", "the file cannot be read", place=place)

    def __enter__(self) -> ByteStream:
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not self._file:
            self._stream.close()
        if not self._file.closed:
            self._file.close()


@dataclass(frozen=True, eq=False)
class Block:
    """Complete records in some bytes.

    `bounds` are the start of each record and the end of the last. `open` is true if the source
    ended inside a quotation. (`in` cannot search a memoryview for bytes: use `data`.)
    """

    memory: Bytes
    bounds: Offsets
    open: bool

    @property
    def lines(self) -> int:
        """The number of records, empty ones included."""
        return len(self.bounds) - 1

    @property
    def size(self) -> int:
        """The number of bytes."""
        return int(self.bounds[-1] - self.bounds[0])

    @property
    def view(self) -> memoryview:
        """The bytes of the records, without a copy."""
        return memoryview(self.memory)[self.bounds[0] : self.bounds[-1]]

    @cached_property
    def data(self) -> bytes:
        """A copy of the bytes of the records."""
        return bytes(self.view)

    def cut(self, lines: int) -> tuple[Block, Block]:
        """Split after the given number of lines."""
        return (
            Block(self.memory, self.bounds[: lines + 1], False),
            Block(self.memory, self.bounds[lines:], self.open),
        )

    def __repr__(self) -> str:
        return f"Block(bytes={self.size}, lines={self.lines})"


def record_blocks(
    stream: ByteStream,
    place: Callable[[int], Place],
    ends: FindEnds,
    pending: Bytes = b"",
    lines: int = CHUNK_ROWS,
) -> Iterator[Block]:
    """Split `pending` and the rest of `stream` at record ends; `place` describes a record by its
    number.

    Block borders depend on the bytes only: at most CHUNK_ROWS (or `lines`) lines and 2 *
    CHUNK_BYTES each, and more only for one larger record.

    Raises: InputError ``record-too-large`` above RECORD_BYTES.
    """
    want = CHUNK_BYTES
    number = 1
    while True:
        data = stream.read_behind(pending, want)
        last = len(data) < len(pending) + want
        stops, is_open = ends(data)
        if last and data and (not len(stops) or stops[-1] < len(data)):
            stops = np.append(stops, len(data))
        bounds = np.append(0, stops)
        first = 0
        while first < len(stops):
            fitting = int(np.searchsorted(stops, bounds[first] + 2 * CHUNK_BYTES, "right"))
            after = max(first + 1, min(first + lines, first + CHUNK_ROWS, fitting))
            final = last and stops[after - 1] == len(data)
            yield Block(data, bounds[first : after + 1], bool(is_open and final))
            first = after
        number += len(stops)
        if last:
            return
        pending = data[bounds[-1] :]
        if len(pending) > RECORD_BYTES:
            raise InputError(
                "record-too-large",
                f"a record is larger than {RECORD_BYTES >> 20} MiB",
                place=place(number),
                hint=f"is a quote never closed? else split it, or {MORE_MEMORY}",
            )
        want = max(CHUNK_BYTES, min(len(pending), RECORD_BYTES - len(pending)))


def line_ends(data: Bytes) -> Offsets:
    """The offsets after each line break of `data`."""
    each = np.frombuffer(data, np.uint8)
    is_end = np.empty(min(len(each), PIECE), bool)
    found = [np.empty(0, np.int64)]
    for start in range(0, len(each), PIECE):
        piece = each[start : start + PIECE]
        ends = np.flatnonzero(np.equal(piece, ord("\n"), out=is_end[: len(piece)]))
        found.append(ends + (start + 1))
    return np.concatenate(found)


def count_of(data: Bytes, signs: bytes) -> int:
    """The number of bytes of `data` that are in `signs`."""
    each = np.frombuffer(data, np.uint8)  # bytes.count is slower for frequent bytes
    is_one = np.empty(min(len(each), PIECE), bool)
    count = 0
    for start in range(0, len(each), PIECE):
        piece = each[start : start + PIECE]
        for sign in signs:
            count += int(np.count_nonzero(np.equal(piece, sign, out=is_one[: len(piece)])))
    return count


def middle_line(data: bytes) -> int:
    """The start of a line about half way through `data`; 0 if there is only one line."""
    cut = data.find(b"\n", len(data) // 2) + 1
    return cut if 0 < cut < len(data) else data.rfind(b"\n", 0, -1) + 1


def is_utf8(data: Bytes) -> bool:
    """True if `data` is UTF-8 text; makes no copy of it."""
    offsets = pa.py_buffer(np.array([0, len(data)], np.int64))
    whole = pa.Array.from_buffers(pa.large_binary(), 1, [None, offsets, pa.py_buffer(data)])
    try:
        whole.cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True
