"""Check a Parquet footer before pyarrow returns its metadata of column chunks.

If the metadata is wrong or encrypted (a readable footer may have encrypted columns), asking pyarrow
for it ends the process (pyarrow 26), since its C++ exception is not caught there. It is caught
while reading. So each row group is read from a file with nothing but a footer: if the metadata is
valid, that ends at the first byte of data.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from pyarrow.parquet import FileMetaData

_TAIL = 8  # four bytes of the footer's length, and a magic number
_END = 2**16  # most footers are shorter: one request to a store
_BUFFER = 2**12


class _NoData(Exception):
    """The reader reached the data."""


class _Footer(io.RawIOBase):
    """A file of which only the end exists."""

    def __init__(self, raw: pa.NativeFile) -> None:
        self._size, self._place = int(raw.size()), 0
        end = bytes(raw.read_at(min(_END, self._size), max(self._size - _END, 0)))
        length = min(int.from_bytes(end[-_TAIL:-4], "little") + _TAIL, self._size)
        self._start = self._size - length
        whole = length <= len(end)
        self._data = end[-length:] if whole else bytes(raw.read_at(length, self._start))

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._place = offset + (0, self._place, self._size)[whence]
        return self._place

    def tell(self) -> int:
        return self._place

    def read(self, size: int = -1) -> bytes:
        stop = self._size if size < 0 else min(self._place + size, self._size)
        if stop <= self._start < self._size:
            raise _NoData
        missing = max(self._start - self._place, 0)  # the first read is of the last 64 KiB
        data = bytes(missing) + self._data[max(self._place - self._start, 0) : stop - self._start]
        self._place = stop
        return data


def checked_footer(raw: pa.NativeFile) -> FileMetaData:
    """The footer of the Parquet file `raw`, with all its metadata accessible.

    Raises: pyarrow's errors for an invalid footer.
    """
    from pyarrow import parquet

    file = parquet.ParquetFile(
        pa.PythonFile(_Footer(raw), "r"), buffer_size=_BUFFER, pre_buffer=False
    )
    for index in range(file.num_row_groups):
        try:
            next(file.iter_batches(batch_size=1, row_groups=[index], use_threads=False), None)
        except _NoData:
            continue
    return file.metadata
