"""An object as a seekable file."""

from __future__ import annotations

import io
from typing import Any

from scrubber.errors import IncompleteError, Place
from scrubber.storage.client import asking, changed, client
from scrubber.storage.objects import Facts, facts_of

READ_AHEAD = 8 * 2**20
"""Minimum number of bytes per request for sequential reading."""


_TAIL = 64 * 2**10
"""Number of bytes read at once from the end of an object, where formats keep their metadata."""


class ObjectReader(io.RawIOBase):
    """One version of an object, read by ranges.

    A range that is too short, or from another version of the object, is an error: a truncated file
    is never mistaken for a complete one. Each request fetches at least `ahead` bytes and keeps the
    unread rest for the next call. With 0 it fetches exactly the requested bytes, except that the
    last 64 KiB are fetched once and kept.
    """

    def __init__(self, url: str, name: str, expected: Facts | None, ahead: int) -> None:
        self._name, self._ahead = name, ahead
        self._at = self._start = 0
        self._kept = self._tail = b""
        self._system, self._path = client(url)
        self._file: Any = None
        with asking(name):
            if url.startswith("memory://"):  # where all readers would share one position
                found = facts_of(self._system.info(self._path))
            else:
                self._file = self._system.open(self._path, "rb", cache_type="none")
                found = facts_of(self._file.details)
        if expected is not None and found != expected:
            raise changed(name)
        self._size = found.size

    def read(self, size: int = -1, /) -> bytes:
        size = max(self._size - self._at, 0) if size is None or size < 0 else size
        end = min(self._at + size, self._size)
        if not self._ahead and end - self._at and self._at >= self._size - _TAIL:
            return self._from_tail(end)
        held = self._kept[self._at - self._start :] if self._at >= self._start else b""
        if len(held) < end - self._at:
            first = self._at + len(held)
            fresh = self._fetch(first, min(max(end, first + self._ahead), self._size))
            held = held + fresh if held else fresh
            self._start, self._kept = self._at, held
        data = held[: max(end - self._at, 0)]
        self._at += len(data)
        if not self._ahead:
            self._kept = b""
        return data

    def _from_tail(self, end: int) -> bytes:
        first = max(self._size - _TAIL, 0)
        if not self._tail:
            self._tail = self._fetch(first, self._size)
        data = self._tail[self._at - first : end - first]
        self._at = end
        return data

    def readinto(self, target: Any, /) -> int:
        view = memoryview(target).cast("B")
        data = self.read(view.nbytes)
        view[: len(data)] = data
        return len(data)

    def seek(self, place: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(base + place, 0)
        return self._at

    def tell(self) -> int:
        return self._at

    def __enter__(self) -> ObjectReader:
        return self

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        self._kept = self._tail = b""
        if self._file is not None:
            self._file.close()
        super().close()

    def _fetch(self, start: int, end: int) -> bytes:
        with asking(self._name):
            try:
                if self._file is None:
                    data = bytes(self._system.cat_file(self._path, start=start, end=end))
                else:
                    self._file.seek(start)
                    data = bytes(self._file.read(end - start))
            except FileNotFoundError:
                raise changed(self._name) from None
        if len(data) != end - start:
            raise IncompleteError(
                "storage-unreachable",
                "the store sent a wrong number of bytes",
                place=Place(file=self._name),
                hint="repeat the command, which keeps finished parts",
            )
        return data


def opened(url: str, name: str, expected: Facts | None, ahead: int) -> ObjectReader:
    """A reader of the object.

    Raises: InputError ``source-changed`` if the object is not as `expected`; FileNotFoundError if
    it does not exist.
    """
    return ObjectReader(url, name, expected, ahead)
