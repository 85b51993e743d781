"""The subjects of a deletion request. Their identifiers are never shown."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from scrubber.errors import InputError, Place
from scrubber.storage import LargeFile, UnfitFile, read_small

_MOST: Final = 64 << 20  # bytes
_SUBJECT: Final = "subject"


@dataclass(frozen=True, slots=True)
class Subject:
    """A person: the `id` in the subject field of the raw data, and further identifiers in other
    people's texts (names, addresses, numbers)."""

    id: str = field(repr=False)
    identifiers: tuple[str, ...] = field(default=(), repr=False)


def read_subjects(name: str) -> tuple[Subject, ...]:
    """The subjects in the file `name`, or on standard input for ``-``.

    A line is an id, or a JSON object with the key ``subject`` and further identifiers, texts or
    lists of texts under any other key. Empty lines are skipped, and blanks around an id.

    Raises: InputError ``subjects-unreadable``, ``subjects-form``, ``subjects-empty``.
    """
    place = Place(file=None if name == "-" else Path(name).name)
    try:
        raw = sys.stdin.buffer.read(_MOST + 1) if name == "-" else _read(name)
        text = raw.decode("utf-8-sig") if len(raw) <= _MOST else None
    except (LargeFile, UnfitFile, UnicodeDecodeError, OSError):
        text = None
    if text is None:
        said = "the subjects cannot be read: a UTF-8 file of at most 64 MiB is needed"
        raise InputError("subjects-unreadable", said, place=place, hint="- reads standard input")
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"), 1)]
    return as_subjects(
        _parsed(line, Place(file=place.file, line=number)) for number, line in lines if line
    )


def as_subjects(subjects: Iterable[Subject | str]) -> tuple[Subject, ...]:
    """Distinct subjects, from ids or subjects.

    Raises: InputError ``subjects-empty``, ``subjects-form``.
    """
    found: dict[str, Subject] = {}
    for given in subjects:
        subject = Subject(given) if isinstance(given, str) else given
        if not isinstance(subject, Subject) or not subject.id.strip():
            raise _malformed(Place())
        known = found.get(subject.id)
        more = (*(known.identifiers if known else ()), *subject.identifiers)
        found[subject.id] = Subject(subject.id, tuple(dict.fromkeys(more)))
    if not found:
        hint = "one id per line"
        raise InputError("subjects-empty", "there are no subjects to delete", hint=hint)
    return tuple(found.values())


def _read(name: str) -> bytes:
    return read_small(Path(name), _MOST).content


def _parsed(line: str, place: Place) -> Subject:
    if not line.startswith("{"):
        return Subject(line)
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):  # its text quotes the line
        record = None
    if not isinstance(record, dict):
        raise _malformed(place)
    given = record.pop(_SUBJECT, None)
    if isinstance(given, bool) or not isinstance(given, str | int) or not str(given).strip():
        raise _malformed(place)
    identifiers: list[str] = []
    for value in record.values():
        for item in value if isinstance(value, list) else [value]:
            if not isinstance(item, str) or not item.strip():
                raise _malformed(place)
            identifiers.append(item.strip())
    return Subject(str(given), tuple(identifiers))


def _malformed(place: Place) -> InputError:
    text = "a subject is an id, or a JSON object of texts with the key subject"
    return InputError("subjects-form", text, place=place, hint='{"subject": "…", "name": "…"}')
