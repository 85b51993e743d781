"""Facts about regexes, worked out once and kept in the cache.

Working out a superset and a narrowing takes milliseconds, and there are hundreds of patterns. They
are a function of the pattern, its flags and the code of this house, so the file that keeps them is
named by that code: after a change nothing old is believed.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import regex

from scrubber.detect.prefilter import alphabet, narrowing, superset
from scrubber.detect.prefilter import parse as regextree
from scrubber.detect.prefilter.cache import CacheFolder, name_of
from scrubber.detect.prefilter.narrowing import Narrowing

_BYTES = "latin-1"  # one character per byte


@dataclass(frozen=True, slots=True)
class Note:
    """The byte patterns that find at least as much as a regex, and where it must be searched."""

    superset: tuple[bytes, ...]
    narrowing: Narrowing | None

    @classmethod
    def of(cls, pattern: str, flags: int) -> Note:
        return cls(superset.superset(pattern, flags), Narrowing.of(pattern, flags))


@dataclass(slots=True)
class Notes:
    """The notes that were made so far; `keep` writes down those that are not `private`."""

    cache: CacheFolder | None = None
    _known: dict[str, Note] = field(default_factory=dict, repr=False)
    _fresh: bool = False

    def __post_init__(self) -> None:
        stored = self.cache.read(_name()) if self.cache is not None else None
        if stored is not None:
            with suppress(ValueError, TypeError, AttributeError):  # of another making: start anew
                self._known = {name: _read(note) for name, note in json.loads(stored).items()}

    def of(self, pattern: str, flags: int, *, private: bool) -> Note:
        """The note of a regex; a `private` one (of a rule file) reaches no cache."""
        if private:
            return Note.of(pattern, flags)
        name = hashlib.sha256(f"{flags}\0{pattern}".encode()).hexdigest()
        note = self._known.get(name)
        if note is None:
            note = self._known[name] = Note.of(pattern, flags)
            self._fresh = True
        return note

    def keep(self) -> None:
        """Write down what is new."""
        if self.cache is not None and self._fresh:
            content = {name: _written(note) for name, note in self._known.items()}
            self.cache.write(_name(), json.dumps(content).encode())
            self._fresh = False


def _written(note: Note) -> Any:
    runs = note.narrowing.runs.decode(_BYTES) if note.narrowing is not None else None
    return [[source.decode(_BYTES) for source in note.superset], runs]


def _read(stored: Any) -> Note:
    sources, runs = stored
    narrowed = Narrowing(runs.encode(_BYTES)) if runs is not None else None
    return Note(tuple(source.encode(_BYTES) for source in sources), narrowed)


def _name() -> str:
    """Made from all that decides what the notes are: the code, and whose parser and tables it
    reads with."""
    return name_of((regex.__version__,), (alphabet, narrowing, regextree, superset), "notes")
