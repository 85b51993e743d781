"""Memory use of Parquet files, from the sizes in page headers.

A reader holds a whole page at once, and the page of a dictionary during its whole column chunk. The
footer describes column chunks only, and pyarrow shows no more. So the headers are parsed here:
Thrift structs in the compact protocol (parquet-format, ``PageHeader``), one before each page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

if TYPE_CHECKING:
    from pyarrow.parquet import ColumnChunkMetaData

_HEADER_BYTES: Final = 1 << 10
_LARGEST_HEADER: Final = 1 << 24  # for a header with the smallest and largest values of its page
_DEPTH: Final = 16
_DICTIONARY_PAGE: Final = 2
_KINDS: Final = (5, 7, 8)  # data page, dictionary page, data page version 2


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its size in the file and decompressed, its number of values (nulls included), and
    true for a dictionary."""

    stored: int
    size: int
    values: int
    is_dictionary: bool

    @property
    def density(self) -> int:
        """Average bytes per value; for a dictionary entry the maximum, since each has a length."""
        if self.is_dictionary:
            return max(self.size - 4 * self.values, 0)
        return self.size // max(self.values, 1)


def pages(file: pa.NativeFile, chunk: ColumnChunkMetaData) -> Iterator[Page]:
    """The pages of a column chunk, in order.

    Raises: ValueError for an invalid header.
    """
    if not chunk.num_values:  # and possibly without a page
        return
    place = chunk.data_page_offset
    if chunk.has_dictionary_page and 0 < (chunk.dictionary_page_offset or 0) < place:
        place = chunk.dictionary_page_offset
    end = place + chunk.total_compressed_size
    while place < end:
        header, length = _header(file, place, end)
        kind, size, stored = (header.get(number) for number in (1, 2, 3))
        if not (isinstance(size, int) and isinstance(stored, int) and min(size, stored) >= 0):
            raise ValueError("a page without a size")
        told = next((header[number] for number in _KINDS if number in header), None)
        values = told.get(1) if isinstance(told, dict) else 0
        if not isinstance(values, int) or values < 0:
            raise ValueError("a page without a count")
        yield Page(stored, size, values, kind == _DICTIONARY_PAGE)
        place += length + stored


def held(all_pages: list[Page]) -> int:
    """Maximum bytes held at once for these pages of a column chunk. A dictionary counts four times:
    as a page, decoded, and both again while its entries are inspected."""
    dictionaries = sum(4 * page.size for page in all_pages if page.is_dictionary)
    others = (page.size + page.stored for page in all_pages if not page.is_dictionary)
    return dictionaries + max(others, default=0)


def _header(file: pa.NativeFile, place: int, end: int) -> tuple[dict[int, Any], int]:
    """The header at `place`, by field number, and its length."""
    size = _HEADER_BYTES
    while True:
        data = file.read_at(min(size, end - place), place)
        compact = _Compact(data)
        try:
            return compact.struct(0), compact.place
        except IndexError:
            if len(data) < size or size >= _LARGEST_HEADER:
                raise ValueError("a page's header does not end") from None
            size *= 16


class _Compact:
    """Thrift's compact protocol, as far as headers need it; IndexError at the end of the bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.place = 0

    def struct(self, depth: int) -> dict[int, Any]:
        """Numbers and structs by field number; other fields are skipped."""
        if depth > _DEPTH:
            raise ValueError("nested too deep")
        found: dict[int, Any] = {}
        number = 0
        while head := self._byte():
            delta, kind = head >> 4, head & 15
            number = number + delta if delta else self._number()
            found[number] = kind == 1 if kind in (1, 2) else self._value(kind, depth)
        return found

    def _value(self, kind: int, depth: int) -> Any:
        match kind:
            case 1 | 2 | 3:  # in a list, a boolean takes a byte
                return self._byte()
            case 4 | 5 | 6:
                return self._number()
            case 7:
                return self._skip(8)
            case 8:
                return self._skip(self._size())
            case 9 | 10:
                head = self._byte()
                count = head >> 4 if head >> 4 != 15 else self._size()
                for _ in range(count):
                    self._value(head & 15, depth + 1)
                return None
            case 12:
                return self.struct(depth + 1)
        raise ValueError("a type that no header has")

    def _byte(self) -> int:
        self.place += 1
        return self._data[self.place - 1]

    def _size(self) -> int:
        """An unsigned number in groups of seven bits, lowest first."""
        value = shift = 0
        while (byte := self._byte()) & 0x80:
            value |= (byte & 0x7F) << shift
            shift += 7
            if shift > 63:
                raise ValueError("a number without an end")
        return value | byte << shift

    def _number(self) -> int:
        value = self._size()
        return (value >> 1) ^ -(value & 1)

    def _skip(self, count: int) -> None:
        self.place += count
        if self.place > len(self._data):
            raise IndexError
