"""The one place where bytes leave: hashed, compressed, and synced to disk on request."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from types import TracebackType
from typing import Protocol

import pyarrow as pa

from scrubber.formats.base import ByteSink

_GZIP_LEVEL = 6


class Outlet(Protocol):
    """The sink of a written file's bytes. Closing it does not commit it: the opener does."""

    @property
    def name(self) -> str: ...

    def write(self, data: memoryview, /) -> object: ...

    def sync(self) -> None: ...

    def close(self) -> None: ...


class DiskFile:
    """A local file; unsynced bytes may be lost on closing."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._file = path.open("wb", buffering=2**20)
        self.write = self._file.write
        self.close = self._file.close

    def sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())


class FileSink:
    """A file being written: counts and hashes each byte, and remembers the reason of a failed
    write.

    It has the methods of a file object that pyarrow and gzip need.
    """

    def __init__(self, outlet: Outlet) -> None:
        self._digest = hashlib.sha256()
        self.size = 0
        self.closed = False
        self.failure: OSError | None = None
        self._outlet = outlet

    def write(self, data: bytes) -> int:
        view = memoryview(data).cast("B")
        if self.closed:  # abandoned: libraries still flush on garbage collection
            return view.nbytes
        self._digest.update(view)
        self.size += view.nbytes
        try:
            self._outlet.write(view)
        except OSError as failure:
            self.failure = failure
            raise
        return view.nbytes

    def flush(self) -> None:
        """Do nothing: :meth:`sync` brings the bytes to disk."""

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        return self.size

    def sync(self) -> None:
        """Bring all bytes to disk."""
        try:
            self._outlet.sync()
        except OSError as failure:
            self.failure = failure
            raise

    def close(self) -> None:
        """Close the file; unsynced and later bytes may be lost."""
        if self.closed:
            return
        self.closed = True
        try:
            self._outlet.close()
        except OSError as failure:
            self.failure = failure

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def __enter__(self) -> FileSink:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()


def compressing(sink: FileSink, compression: str | None) -> ByteSink:
    """A sink that compresses into `sink`; equal input bytes give equal output bytes."""
    if compression is None:
        return _Passing(sink)
    if compression == "gzip":
        import gzip

        return gzip.GzipFile("", "wb", _GZIP_LEVEL, sink, mtime=0)
    stream: ByteSink = pa.CompressedOutputStream(pa.PythonFile(_Passing(sink), "w"), compression)
    return stream


class _Passing:
    """Passes bytes on; closing it leaves the file open for the sync."""

    def __init__(self, sink: FileSink) -> None:
        self._sink = sink
        self.closed = False

    def write(self, data: bytes) -> int:
        return self._sink.write(data)

    def flush(self) -> None:
        """Do nothing: nothing is buffered here."""

    def close(self) -> None:
        self.closed = True
