"""The one door to hyperscan (Vectorscan): which of many byte patterns can match in which text.

One scan of a text answers for all patterns at once, so that a recognizer runs only on texts that it
can find something in. A text is scanned by itself: its neighbours cannot matter, nor hide a value
at its very start or end. Without hyperscan, every pattern is possible in every text: slower, with
the same answers.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scrubber.detect.alphabet import project
from scrubber.detect.cachefolder import CacheFolder

hyperscan: Any
try:
    import hyperscan as _hyperscan

    hyperscan = _hyperscan
except ImportError:  # no wheel for this platform
    hyperscan = None

Parts = int  # a set of triggers (or of the parts of a recognizer); bit i stands for the i-th

# Code points. Vectorscan counts bytes in 32 bits; nothing is filtered in a text that comes near.
_LENGTH_LIMIT = 1 << 30

_CACHE_FORMAT = "1"


@dataclass(frozen=True, slots=True)
class Trigger:
    """What must be in a text for a regex, or another search, to find something there.

    `sources` are byte patterns over :mod:`scrubber.detect.alphabet`, any of which is enough; none
    at all means that nothing is known: then every text may hold a finding. A `private` one comes
    from a rule file and is compiled anew each time, so that its words reach no cache.
    """

    sources: tuple[bytes, ...] = ()
    private: bool = False


class Prefilter:
    """Which of `triggers` are possible in a text. Not for several threads at once."""

    def __init__(self, triggers: Sequence[Trigger], cache: CacheFolder | None = None) -> None:
        self._all: Parts = (1 << len(triggers)) - 1
        self._always: Parts = 0
        wanted: dict[bool, dict[bytes, Parts]] = {False: {}, True: {}}
        for index, trigger in enumerate(triggers):
            if not trigger.sources:
                self._always |= 1 << index
            for source in trigger.sources:
                bits = wanted[trigger.private]
                bits[source] = bits.get(source, 0) | 1 << index
        self._scanners: list[_Scanner] = []
        for private, bits in wanted.items():
            self._add(bits, None if private else cache)

    def possible(self, text: str) -> Parts:
        """The triggers that may be in `text`, which holds no lone surrogates."""
        if not self._scanners:
            return self._always
        if len(text) > _LENGTH_LIMIT:
            return self._all
        data = project(text)
        parts = self._always
        for scanner in self._scanners:
            parts |= scanner.parts(data)
        return parts

    def _add(self, bits: Mapping[bytes, Parts], cache: CacheFolder | None) -> None:
        sources = sorted(bits)
        if hyperscan is None:
            usable = []
        elif (database := _restored(sources, cache)) or (database := _compiled(sources)):
            usable = sources
            _store(sources, database, cache)
        else:
            # Vectorscan refuses some pattern and does not say which.
            usable = [source for source in sources if _compiled([source])]
            database = _compiled(usable)
        for source in set(sources).difference(usable):
            self._always |= bits[source]
        if usable:
            self._scanners.append(_Scanner(database, tuple(bits[source] for source in usable)))


@dataclass(frozen=True)
class _Scanner:
    """A database, and the triggers that each of its patterns stands for."""

    database: Any
    bits: tuple[Parts, ...]
    _found: list[int] = field(default_factory=list)

    def parts(self, data: bytes) -> Parts:
        found = self._found
        self.database.scan(data, self._note)
        if not found:
            return 0
        parts = 0
        for index in found:
            parts |= self.bits[index]
        found.clear()
        return parts

    def _note(self, index: int, _start: int, _end: int, _flags: int, _context: object) -> None:
        self._found.append(index)


def _compiled(sources: Sequence[bytes]) -> Any:
    """A database of these patterns, each told of once a text; None where one is refused."""
    if not sources:
        return None
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    flags = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_PREFILTER
    try:
        database.compile(
            expressions=list(sources),
            ids=list(range(len(sources))),
            elements=len(sources),
            flags=[flags] * len(sources),
        )
    except hyperscan.error:
        return None
    return database


def _restored(sources: Sequence[bytes], cache: CacheFolder | None) -> Any:
    stored = cache.read(_name(sources)) if cache and sources else None
    if stored is None:
        return None
    try:
        database = hyperscan.loadb(stored, hyperscan.HS_MODE_BLOCK)
        database.scratch = hyperscan.Scratch(database)
        database.scan(b"", lambda *_: None)
    except (hyperscan.error, ValueError, TypeError):
        return None  # of another version or processor
    return database


def _store(sources: Sequence[bytes], database: Any, cache: CacheFolder | None) -> None:
    if cache and cache.read(_name(sources)) is None:
        cache.write(_name(sources), hyperscan.dumpb(database))


def _name(sources: Sequence[bytes]) -> str:
    """Made from all that decides what the database is."""
    where = (_CACHE_FORMAT, hyperscan.__version__, platform.system(), platform.machine())
    digest = hashlib.sha256("\0".join(where).encode())
    for source in sources:
        digest.update(b"%d\0" % len(source) + source)
    return f"{digest.hexdigest()[:32]}.hs"
