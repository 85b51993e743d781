"""Files in the user's cache folder, trusted only if no other user could write them.

A file that is damaged, stored under another name, owned by another user, or writable for others
counts as missing; an unwritable folder is ignored. Nothing here raises for the state of the disk.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

FORMAT = "3"
"""Of the files, for their names: versions of scrubber beside each other keep their own."""
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH
_DIGEST = hashlib.sha256().digest_size


@dataclass(frozen=True, slots=True)
class CacheFolder:
    """The folder `path`, made when first written to, for the user alone.

    One that is not `believed` is written and never read.
    """

    path: Path
    believed: bool = True

    @classmethod
    def of_user(cls, *parts: str) -> CacheFolder | None:
        """``$XDG_CACHE_HOME/scrubber/<parts>``, or under ``~/.cache``; None where neither is."""
        base = os.environ.get("XDG_CACHE_HOME", "")
        with suppress(RuntimeError):  # no home folder
            root = Path(base) if base and Path(base).is_absolute() else Path.home() / ".cache"
            return cls(root.joinpath("scrubber", *parts))
        return None

    def read(self, name: str) -> bytes | None:
        """The content that :meth:`write` stored under this very `name`, whole and unchanged; None
        otherwise."""
        if not self.believed:
            return None
        try:
            with self._opened() as folder:
                flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK  # a pipe has nothing to say
                with os.fdopen(os.open(name, flags, dir_fd=folder), "rb") as file:
                    _require_private(os.fstat(file.fileno()), stat.S_IFREG)
                    data = file.read()
        except OSError:
            return None
        digest, content = data[:_DIGEST], data[_DIGEST:]
        return content if _seal(name, content) == digest else None

    def write(self, name: str, content: bytes) -> None:
        """Stores `content` under `name` at once, or not at all."""
        draft = f".{secrets.token_hex(16)}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with suppress(OSError):
            for folder in (self.path.parent, self.path):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._opened() as here:
                try:
                    with os.fdopen(os.open(draft, flags, 0o600, dir_fd=here), "wb") as file:
                        file.write(_seal(name, content) + content)
                    os.rename(draft, name, src_dir_fd=here, dst_dir_fd=here)
                except BaseException:
                    with suppress(OSError):
                        os.unlink(draft, dir_fd=here)
                    raise

    @contextmanager
    def _opened(self) -> Iterator[int]:
        """The folder itself, whatever its name comes to mean. Raises: OSError, also where it is not
        the user's own, or where others may put another in its place."""
        for above in self.path.parents:
            mode = above.stat().st_mode
            if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
                raise PermissionError
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
        handle = os.open(self.path, flags)
        try:
            _require_private(os.fstat(handle), stat.S_IFDIR)
            yield handle
        finally:
            os.close(handle)


def _seal(name: str, content: bytes) -> bytes:
    """The digest of `content` under its name: another file is as good as none."""
    digest = hashlib.sha256(name.encode() + b"\0")
    digest.update(content)
    return digest.digest()


def name_of(versions: Iterable[str], made_by: Iterable[ModuleType], kind: str) -> str:
    """The name of a file whose content is a function of `versions`, of the code of these modules,
    and of Python and its tables."""
    digest = hashlib.sha256()
    for part in (FORMAT, *versions, unicodedata.unidata_version, sys.version):
        digest.update(part.encode() + b"\0")
    for module in made_by:
        digest.update(Path(str(module.__file__)).read_bytes())
    return f"{digest.hexdigest()[:32]}.{kind}"


def _require_private(status: os.stat_result, kind: int) -> None:
    """Raises: PermissionError for what is of another kind, another user's, or open to others."""
    mine = status.st_uid == os.geteuid()
    if not mine or stat.S_IFMT(status.st_mode) != kind or status.st_mode & _OTHERS_MAY_WRITE:
        raise PermissionError
