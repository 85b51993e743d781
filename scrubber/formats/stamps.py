"""Sizes of sources, and detection of changes during a run."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from scrubber.errors import InputError, Place
from scrubber.formats.base import Source
from scrubber.formats.io import remote


def source_bytes(source: Source) -> int:
    """The stored size of the source's file in bytes."""
    if source.facts is not None:
        return source.facts.size
    return file_facts(Path(source.path), source.alias).st_size


Stamp = tuple[int, int, int] | None


def stamp(source: Source) -> Stamp:
    """A stamp that detects replaced or modified local files; for objects, their facts do.

    Raises: InputError ``input-unreadable``.
    """
    if source.facts is not None:
        return None
    try:
        facts = Path(source.path).stat()
    except OSError:
        raise unreadable(source.alias) from None
    return facts.st_ino, facts.st_size, facts.st_mtime_ns


def refuse_changed(sources: Sequence[Source], stamps: Mapping[str, Stamp]) -> None:
    """Refuse sources that were replaced or modified since `stamps` were taken.

    Raises: InputError ``source-changed``.
    """
    for source in sources:
        refuse_rewritten(source, stamps[source.alias])
    other = remote.changed(sources)
    if other is not None:
        raise _changed(other)


def refuse_rewritten(source: Source, before: Stamp) -> None:
    """Refuse a source whose stamp is no longer `before`. Objects are always read in the version
    found, so the store is not asked.

    Raises: InputError ``source-changed``.
    """
    if stamp(source) != before:
        raise _changed(source.alias)


def _changed(alias: str) -> InputError:
    text = "the file changed while it was read"
    return InputError("source-changed", text, place=Place(file=alias))


def file_facts(path: Path, alias: str) -> os.stat_result:
    try:
        return path.stat()
    except FileNotFoundError:
        raise InputError(
            "input-missing", "the file does not exist", place=Place(file=alias)
        ) from None
    except OSError:
        raise unreadable(alias) from None


def unreadable(alias: str) -> InputError:
    return InputError("input-unreadable", "the file cannot be read", place=Place(file=alias))
