"""Files of our own in the user's cache folder, believed only where nobody else could write them.

A file that is damaged, somebody else's, or open to others is as good as none; a folder that cannot
be written is fine too. Nothing here raises for the state of the disk.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH
_DIGEST = hashlib.sha256().digest_size


@dataclass(frozen=True, slots=True)
class CacheFolder:
    """The folder `path`, made when first written to, for the user alone."""

    path: Path

    @classmethod
    def of_user(cls, *parts: str) -> CacheFolder | None:
        """``$XDG_CACHE_HOME/scrubber/<parts>``, or under ``~/.cache``; None where neither is."""
        base = os.environ.get("XDG_CACHE_HOME", "")
        with suppress(RuntimeError):  # no home folder
            root = Path(base) if base and Path(base).is_absolute() else Path.home() / ".cache"
            return cls(root.joinpath("scrubber", *parts))
        return None

    def read(self, name: str) -> bytes | None:
        """What :meth:`write` stored under `name`, whole and unchanged; None otherwise."""
        try:
            if not _is_private(self.path.lstat(), stat.S_IFDIR):
                return None
            descriptor = os.open(self.path / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
            with os.fdopen(descriptor, "rb") as file:
                if not _is_private(os.fstat(file.fileno()), stat.S_IFREG):
                    return None
                data = file.read()
        except OSError:
            return None
        digest, content = data[:_DIGEST], data[_DIGEST:]
        return content if hashlib.sha256(content).digest() == digest else None

    def write(self, name: str, content: bytes) -> None:
        """Stores `content` under `name` at once, or not at all."""
        with suppress(OSError):
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _is_private(self.path.lstat(), stat.S_IFDIR):
                return
            descriptor, draft = tempfile.mkstemp(dir=self.path)  # readable by the user alone
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(hashlib.sha256(content).digest() + content)
                Path(draft).replace(self.path / name)
            except BaseException:
                Path(draft).unlink(missing_ok=True)
                raise


def name_of(versions: Iterable[str], made_by: Iterable[ModuleType], kind: str) -> str:
    """The name of a file whose content is a function of `versions`, of the code of these modules,
    and of Python and its tables."""
    digest = hashlib.sha256()
    for part in (*versions, unicodedata.unidata_version, sys.version):
        digest.update(part.encode() + b"\0")
    for module in made_by:
        digest.update(Path(str(module.__file__)).read_bytes())
    return f"{digest.hexdigest()[:32]}.{kind}"


def _is_private(status: os.stat_result, kind: int) -> bool:
    mine = not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
    return mine and stat.S_IFMT(status.st_mode) == kind and not status.st_mode & _OTHERS_MAY_WRITE
