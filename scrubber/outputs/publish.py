"""Renaming a finished folder to the output. An existing folder is replaced only if it is unchanged
since the run started; otherwise it is kept and the run ends with an error."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from scrubber.errors import OutputError, Place
from scrubber.outputs.rename import exchange, move_to_free


def fingerprint(path: Path) -> str | None:
    """A digest of the file or folder at `path`: its identity, and the names, kinds, sizes and times
    in a folder. None if nothing exists.

    Raises: OSError.
    """
    try:
        root = path.lstat()
    except FileNotFoundError:
        return None
    digest = sha256(repr((root.st_dev, root.st_ino)).encode())
    if stat.S_ISDIR(root.st_mode):
        for line in sorted(_lines(path, "")):
            digest.update(os.fsencode(line) + b"\0")
    return digest.hexdigest()


def publish(folder: Path, target: Path, before: str | None, aside: Path) -> None:
    """Rename `folder` to `target`, which had the fingerprint `before`.

    An earlier output ends up at `folder`, or at `aside` (a free name) if the system cannot exchange
    names. With an exchange, readers of `target` always see one complete output; without it, there
    is a moment with neither.

    Raises: OSError; OutputError ``output-changed`` if `target` has changed, which is kept.
    """
    now = fingerprint(target)
    if now is not None and now != before:
        raise _changed(target)
    try:
        if now is None:
            move_to_free(folder, target)
        elif exchange(folder, target):
            if fingerprint(folder) != before:
                exchange(folder, target)
                raise _changed(target)
        else:
            _replace_in_two_steps(folder, target, before, aside)
    except (FileExistsError, FileNotFoundError):
        raise _changed(target) from None


def recover(target: Path, aside: Path) -> None:
    """Restore the earlier output if a run was stopped between its two renames."""
    if fingerprint(aside) is None:
        return
    with contextlib.suppress(OSError):
        target.rmdir()  # only the empty folder made by move_to_free
    if fingerprint(target) is None:
        move_to_free(aside, target)


def _replace_in_two_steps(folder: Path, target: Path, before: str | None, aside: Path) -> None:
    target.rename(aside)
    try:
        if fingerprint(aside) != before:
            raise _changed(target)
        move_to_free(folder, target)
    except BaseException:
        recover(target, aside)
        raise


def _lines(folder: Path, name: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            status, path = entry.stat(follow_symlinks=False), f"{name}/{entry.name}"
            kind = stat.S_IFMT(status.st_mode)
            if kind == stat.S_IFDIR:
                yield f"{path} {kind}"
                yield from _lines(folder / entry.name, path)
            else:
                yield f"{path} {kind} {status.st_size} {status.st_mtime_ns}"


def _changed(target: Path) -> OutputError:
    return OutputError(
        "output-changed",
        "the output folder changed during the run",
        place=Place(file=str(target)),
        hint="move it away and repeat the command, which keeps finished parts",
    )
