"""Compiled regexes of Presidio and of the house, kept in the cache.

The regex module takes half a second to parse some hundred patterns, most of which Presidio compiles
for validation only. Pickled patterns are loaded a hundred times as fast. Patterns of rule files are
not cached.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from threading import get_ident
from typing import Any

import regex

from scrubber.detect.prefilter.cache import FORMAT, CacheFolder
from scrubber.detect.prefilter.positives import positives

_compile = regex.compile


@dataclass(slots=True)
class Regexes:
    """Compiled regexes by pattern and flags; `keep` writes down the new ones."""

    cache: CacheFolder | None = None
    _known: dict[tuple[str, int], Any] = field(default_factory=dict, repr=False)
    _fresh: bool = False

    def __post_init__(self) -> None:
        stored = self.cache.read(_name()) if self.cache is not None else None
        if stored is not None:
            with suppress(Exception):  # of another making: start anew
                known = _Reader(io.BytesIO(stored)).load()
                known = {key: made for key, made in known.items() if made.pattern == key[0]}
                if all(map(_finds_its_own, known.items())):
                    self._known = known

    def compile(self, pattern: str, flags: int) -> Any:
        """Compile like ``regex.compile``."""
        made = self._known.get((pattern, flags))
        if made is None:
            made = _compile(pattern, flags)
            if not made.named_lists and not made.flags & regex.LOCALE:
                self._known[pattern, flags] = made
                self._fresh = True
        return made

    def keep(self) -> None:
        """Write down what is new."""
        if self.cache is not None and self._fresh:
            self.cache.write(_name(), pickle.dumps(dict(self._known)))  # others may add
            self._fresh = False

    def disbelieve(self) -> None:
        """Forget what was read from the cache: everything is compiled anew, and written down."""
        self._known.clear()

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Within it, Presidio's own code takes these where it compiles its own patterns."""
        here = get_ident()

        def compile_(pattern: Any, flags: int = 0, *rest: Any, **more: Any) -> Any:
            if rest or more or not isinstance(pattern, str) or get_ident() != here:
                return _compile(pattern, flags, *rest, **more)
            return self.compile(pattern, int(flags))

        regex.compile = compile_
        try:
            yield
        finally:
            regex.compile = _compile


def regexes() -> Regexes:
    """Those of this user, in this process."""
    return _kept_in(CacheFolder.of_user("prefilter"))


@cache
def _kept_in(folder: CacheFolder | None) -> Regexes:
    return Regexes(folder)


def _finds_its_own(one: tuple[tuple[str, int], Any]) -> bool:
    """True if a regex matches in the texts that are made from its pattern."""
    (pattern, flags), made = one
    return all(made.search(text, timeout=1) for text in positives(pattern, flags))


class _Reader(pickle.Unpickler):
    """Reads compiled regexes and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if name == "compile" and module == regex._regex.compile.__module__:
            return regex._regex.compile
        raise pickle.UnpicklingError


def _name() -> str:
    """Made from all that decides what a compiled regex is."""
    where = (FORMAT, regex.__version__, str(regex.DEFAULT_VERSION), sys.version, platform.machine())
    return f"{hashlib.sha256(chr(0).join(where).encode()).hexdigest()[:32]}.regexes"
