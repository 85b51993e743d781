"""Moving a folder to a free name, and exchanging two folders, each in one step.

Linux does both with renameat2, macOS with renamex_np. Without these calls, a moved folder can only
replace an empty folder created here.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

_MISSING: Final = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM)
"""Errors of a system or file system without the call; seccomp filters answer with EPERM."""

_Call = Callable[[bytes, bytes], int]


def move_to_free(folder: Path, target: Path) -> None:
    """Rename `folder` to the free name `target`.

    Raises: OSError; FileExistsError if `target` exists, which is kept.
    """
    call = _system()[0]
    if call is None or not _done(call, folder, target):
        target.mkdir()  # fails if anything exists, including a broken link
        made = target.lstat().st_ino
        try:
            folder.rename(target)  # replaces an empty folder only
        except BaseException as error:
            with contextlib.suppress(OSError):
                if target.lstat().st_ino == made:
                    target.rmdir()
            if isinstance(error, OSError) and error.errno in (errno.ENOTEMPTY, errno.ENOTDIR):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
            raise


def exchange(one: Path, other: Path) -> bool:
    """Exchange the files or folders at two names. False, without any change, if the system cannot.

    Raises: OSError; FileNotFoundError if one does not exist.
    """
    call = _system()[1]
    return call is not None and _done(call, one, other)


def _done(call: _Call, source: Path, target: Path) -> bool:
    if call(os.fsencode(source), os.fsencode(target)) == 0:
        return True
    number = ctypes.get_errno()
    if number in _MISSING:
        return False
    raise OSError(number, os.strerror(number))


@cache
def _system() -> tuple[_Call | None, _Call | None]:
    """The system's calls for moving to a free name and for exchanging names."""
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            plain, free, swap = library.renamex_np, 4, 2
            plain.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_uint]
            return (lambda a, b: int(plain(a, b, free))), (lambda a, b: int(plain(a, b, swap)))
        call, here, free, swap = library.renameat2, -100, 1, 2  # AT_FDCWD
        path = (ctypes.c_int, ctypes.c_char_p)
        call.argtypes = [*path, *path, ctypes.c_uint]
    except (OSError, AttributeError):
        return None, None
    return (
        lambda a, b: int(call(here, a, here, b, free)),
        lambda a, b: int(call(here, a, here, b, swap)),
    )
