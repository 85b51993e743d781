"""Small local files: written completely or not at all, without replacing anything by accident.

The content is written to a temporary file in the same folder, synced, and renamed in one step. A
symbolic link at the target is never followed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Callable
from io import BufferedRandom
from pathlib import Path

from scrubber.errors import IncompleteError, OutputError, Place

Guard = Callable[[Path], None]
"""A function that raises OutputError for a file that must not be replaced."""

PUBLIC, PRIVATE = 0o666, 0o600  # permissions, before the umask
_NO_LINKS = frozenset({errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.EMLINK, errno.EXDEV})


def write_whole(
    path: Path,
    content: bytes,
    *,
    exists: str = "file-exists",
    hint: str = "name another file",
    replace: Guard | None = None,
    mode: int = PUBLIC,
    parents: bool = False,
) -> None:
    """Write `content` to a new file at `path`; with `replace`, also over a regular file that it
    accepts. `parents` creates missing parent folders.

    Raises: OutputError with the code `exists` (and the `hint`) for an existing file,
    ``output-foreign`` for anything but a regular file, ``output-write`` for a failure of the
    system, and the errors of `replace`; IncompleteError ``disk-full``.
    """
    place = Place(file=str(path))
    try:
        if parents:
            _make(path.parent)
        if replace is not None and _is_there(path):
            if not stat.S_ISREG(path.lstat().st_mode):
                text = "this is not a regular file, so it is not replaced"
                raise OutputError("output-foreign", text, place=place, hint="name another file")
            replace(path)
        put_whole(path, content, replace=replace is not None, mode=mode)
    except FileExistsError:
        text = "the file exists already"
        raise OutputError(exists, text, place=place, hint=hint) from None
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise IncompleteError("disk-full", "the disk is full", place=place) from None
        text = os.strerror(error.errno) if error.errno else "the system refused"
        text = f"the file cannot be written: {text}"
        raise OutputError("output-write", text, place=place) from None


def put_whole(path: Path, content: bytes, *, replace: bool = False, mode: int = PUBLIC) -> None:
    """Write `content` as :func:`write_whole` does, but raise plain errors.

    Raises: OSError; FileExistsError, unless `replace` is true.
    """
    draft = path.with_name(f".scrubber-{secrets.token_hex(8)}.partial")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            draft.replace(path)
        else:
            _name_anew(draft, path)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
    # The file is complete; some file systems cannot sync folders.
    with contextlib.suppress(OSError):
        _sync(path.parent)


def _name_anew(draft: Path, path: Path) -> None:
    """Rename `draft` to the free name `path`.

    Raises: FileExistsError for a name that is taken.
    """
    try:
        os.link(draft, path, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # Reserved from here on.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        draft.replace(path)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from None


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    return True


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def rewrite_end(file: BufferedRandom, at: int, line: bytes) -> None:
    """End the file with `line` at the offset `at`; after a failure, truncate it to `at`."""
    try:
        file.truncate(at)
        file.seek(at)
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    except OSError:
        os.ftruncate(file.fileno(), at)
        raise
