"""Small files named by users: rule files, hierarchies, keys, trust files, plans, manifests.

A name may lead to a pipe without a writer, to ``/dev/zero`` or to a disk image. Only regular files
are read, up to a size limit.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scrubber.storage.location import Location


class UnfitFile(Exception):
    """A file that cannot be read; `reason` completes an error message."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class MissingFile(UnfitFile):
    """The file does not exist."""


class LargeFile(UnfitFile):
    """The file is larger than its limit."""


@dataclass(frozen=True, slots=True)
class SmallFile:
    """The bytes of a small file, and its permissions (0 in a store)."""

    content: bytes
    mode: int = 0

    def __repr__(self) -> str:
        return f"SmallFile({len(self.content)} bytes)"


def read_small(path: Location, limit: int) -> SmallFile:
    """Read the file at `path`, of at most `limit` bytes.

    Raises: UnfitFile for anything else; the errors of :mod:`scrubber.storage`.
    """
    try:
        if isinstance(path, Path):
            found = _local(path, limit)
        else:
            with path.open("rb") as stream:
                found = SmallFile(_at_most(limit, stream.read))
    except FileNotFoundError:
        raise MissingFile("the file does not exist") from None
    except (OSError, ValueError):  # names with a null character raise ValueError
        raise UnfitFile("the file cannot be read") from None
    return found


def _local(path: Path, limit: int) -> SmallFile:
    # Opening a device or a pipe may act or block, so its kind is checked before and after opening.
    _refuse_irregular(path.stat())
    flags = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
    handle = os.open(path, flags)
    with os.fdopen(handle, "rb") as file:
        facts = os.fstat(handle)
        _refuse_irregular(facts)
        if facts.st_size > limit:
            raise _too_large(limit)
        return SmallFile(_at_most(limit, file.read), stat.S_IMODE(facts.st_mode))


def _refuse_irregular(facts: os.stat_result) -> None:
    if stat.S_ISDIR(facts.st_mode):
        raise UnfitFile("this is a folder, not a file")
    if not stat.S_ISREG(facts.st_mode):
        raise UnfitFile("this is a pipe or device, not a regular file")


def _at_most(limit: int, read: Callable[[int], bytes]) -> bytes:
    content = bytearray()
    while len(content) <= limit:
        piece = read(limit + 1 - len(content))
        if not piece:
            return bytes(content)
        content += piece
    raise _too_large(limit)


def _too_large(limit: int) -> LargeFile:
    size = f"{limit >> 20} MiB" if limit >= 1 << 20 else f"{limit >> 10} KiB"
    return LargeFile(f"the file is larger than {size}")
