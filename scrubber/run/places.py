"""Places in rule files, as manifests state them."""

from __future__ import annotations

from pathlib import PurePath

from scrubber.errors import Mark


def place_of(mark: Mark) -> str:
    """``file:line`` without an absolute path, which would name the machine or the person."""
    path = PurePath(mark.file)
    relative = not path.is_absolute() and ".." not in path.parts
    return f"{path.as_posix() if relative else path.name}:{mark.line}"
