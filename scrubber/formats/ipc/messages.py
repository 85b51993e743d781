"""Memory use of Arrow files, from the decompressed sizes in their messages.

A compressed record batch is decompressed as a whole, and a dictionary is kept to the end. pyarrow
does not show these sizes beforehand. So the message headers are parsed here: FlatBuffers tables
(``Message.fbs`` and ``File.fbs`` of Arrow's format).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

_DICTIONARY, _RECORDS = 2, 3  # MessageHeader
_CONTINUED: Final = 0xFFFFFFFF
_FILE_TAIL: Final = 10
_BLOCK: Final = struct.Struct("<qi4xq")
_BUFFER: Final = struct.Struct("<qq")


def batch_sizes(file: pa.NativeFile, is_file: bool, is_mapped: bool) -> Iterator[int]:
    """By record batch, the bytes held to read it: its own, decompressed, and those of the
    dictionaries.

    Mapped, uncompressed bytes do not count. For unmapped files, where each access is a request to a
    store, stored bytes are counted.

    Raises: ValueError, IndexError or struct.error for an invalid file.
    """
    places = _of_file(file) if is_file else _of_stream(file)
    dictionaries: dict[int, int] = {}
    for place, length in places:
        head = _Table.root(_bytes(file, length, place))
        kind, body = head.number(1, "<B"), head.table(2)
        records = body.table(1) if kind == _DICTIONARY and body is not None else body
        size = _decompressed(file, records, place + length) if is_mapped else head.number(3, "<q")
        if kind == _DICTIONARY and body is not None:
            name, grows = body.number(0, "<q"), bool(body.number(2, "<B"))
            dictionaries[name] = size + (dictionaries.get(name, 0) if grows else 0)
        elif kind == _RECORDS:
            yield size + sum(dictionaries.values())


def _bytes(file: pa.NativeFile, length: int, place: int) -> bytes:
    if not 0 <= place <= place + length <= file.size():
        raise ValueError("a place outside of the file")
    return bytes(file.read_at(length, place))


def _decompressed(file: pa.NativeFile, batch: _Table | None, body: int) -> int:
    if batch is None or batch.table(3) is None:
        return 0
    size = 0
    for offset, length in batch.structs(2, _BUFFER):
        if length:
            (claimed,) = struct.unpack("<q", _bytes(file, 8, body + offset))
            size += claimed if claimed >= 0 else length  # -1: not compressed
    return size


def _of_file(file: pa.NativeFile) -> Iterator[tuple[int, int]]:
    """The offsets and lengths of a file's message headers; dictionaries first, in reading order."""
    end = file.size() - _FILE_TAIL
    (length,) = struct.unpack("<i", _bytes(file, 4, end))
    if not 0 < length <= end:
        raise ValueError("no footer")
    footer = _Table.root(_bytes(file, length, end - length))
    for field in (2, 3):
        for place, size, _ in footer.structs(field, _BLOCK):
            yield _head(file, place, size)


def _head(file: pa.NativeFile, place: int, size: int) -> tuple[int, int]:
    """A header without the marker and the length before it."""
    prefix = 8 if struct.unpack("<I", _bytes(file, 4, place))[0] == _CONTINUED else 4
    return place + prefix, size - prefix


def _of_stream(file: pa.NativeFile) -> Iterator[tuple[int, int]]:
    place, size = 0, file.size()
    while place + 4 <= size:
        (length,) = struct.unpack("<I", _bytes(file, 4, place))
        place += 4
        if length == _CONTINUED:
            (length,) = struct.unpack("<I", _bytes(file, 4, place))
            place += 4
        if not length:
            return
        yield place, length
        head = _Table.root(_bytes(file, length, place))
        place += length + max(head.number(3, "<q"), 0)


@dataclass(frozen=True)
class _Table:
    """A FlatBuffers table in `data` at `place`."""

    data: bytes
    place: int

    @staticmethod
    def root(data: bytes) -> _Table:
        return _Table(data, *struct.unpack_from("<I", data))

    def number(self, field: int, form: str) -> int:
        """The number in `field`; 0 if it is absent."""
        place = self._field(field)
        return int(struct.unpack_from(form, self.data, place)[0]) if place else 0

    def table(self, field: int) -> _Table | None:
        place = self._field(field)
        return _Table(self.data, self._target(place)) if place else None

    def structs(self, field: int, form: struct.Struct) -> Iterator[tuple[int, ...]]:
        """The elements of a vector of structs."""
        place = self._field(field)
        if place:
            start = self._target(place)
            (count,) = struct.unpack_from("<I", self.data, start)
            stop = start + 4 + count * form.size
            yield from form.iter_unpack(memoryview(self.data)[start + 4 : stop])

    def _target(self, place: int) -> int:
        return place + int(struct.unpack_from("<I", self.data, place)[0])

    def _field(self, number: int) -> int:
        """The offset of a field; 0 if it is absent."""
        table = self.place - int(struct.unpack_from("<i", self.data, self.place)[0])
        if table < 0:
            raise ValueError("a table outside of the data")
        (size,) = struct.unpack_from("<H", self.data, table)
        entry = 4 + 2 * number
        if entry + 2 > size:
            return 0
        offset = int(struct.unpack_from("<H", self.data, table + entry)[0])
        return self.place + offset if offset else 0
