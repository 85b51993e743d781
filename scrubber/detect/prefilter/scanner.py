"""The one door to hyperscan: where in which text which of many byte patterns match.

One scan goes over many texts at once, with a separator between them that is in no pattern, and
answers for all patterns, so that a recognizer looks only at the places where it can find something.
No match crosses a separator, and an edge of a text is one for the patterns too: neighbours cannot
matter. Without hyperscan, every pattern is possible everywhere: slower, with the same answers.

A prefilter that passes over a match is a leak, and Vectorscan 5.4.12, which the hyperscan package
holds since 0.7.23, does (its issues 358 and 382: the last bytes of a stretch that it looks through
for pairs of bytes). So only versions of the library that were proved are used; any other counts as
missing.
"""

from __future__ import annotations

import hashlib
import platform
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np

from scrubber.detect.prefilter.alphabet import SEPARATOR, project
from scrubber.detect.prefilter.cache import FORMAT, CacheFolder

# Intel's Hyperscan, and the Vectorscan before the one that fails.
_TRUSTED = frozenset({"5.4.2", "5.4.11"})


def _trusted() -> tuple[Any, str]:
    """The hyperscan module and its library's version; None where none can be relied on."""
    try:
        import hyperscan as module
    except ImportError:  # no wheel for this platform
        return None, ""
    probe = module.Database(mode=module.HS_MODE_BLOCK)
    probe.compile(expressions=[b"x"], ids=[0], elements=1, flags=[0])
    library = str(probe.info().split()[1], "ascii")  # b"Version: 5.4.2 Features: AVX2 Mode: BLOCK"
    if library in _TRUSTED:
        return module, library
    warnings.warn(
        f"hyperscan {module.__version__} (library {library}) is not known to find everything, so"
        " scrubber searches without it, far more slowly; install scrubber's own choice of it",
        RuntimeWarning,
        stacklevel=2,
    )
    return None, ""


hyperscan, _LIBRARY = _trusted()

# Code points. So many are scanned at once, unless a text is longer.
_BATCH_LENGTH = 1 << 18

# Code points. Vectorscan counts bytes in 32 bits; nothing is filtered in a text that comes near.
_LENGTH_LIMIT = 1 << 30

# Patterns; no rule file has so many.
_PATTERN_LIMIT = 1 << 16

# Patterns of a database. One database of all takes three times as long to compile as several do,
# and the scan is no quicker. Where the sorted patterns are cut depends on the patterns there, so
# that another set of recognizers has most databases in common with this one.
_LEAST_PATTERNS, _MOST_PATTERNS, _CUT_BELOW = 32, 96, 8

# Where the matches of a pattern end, in order; None: they may be anywhere.
Ends = Sequence[int] | None


@dataclass(frozen=True, slots=True)
class Trigger:
    """A necessary condition for a regex, or another search, to match in a text.

    `sources` are byte patterns over :mod:`scrubber.detect.prefilter.alphabet`, any of which is
    enough; none at all means that nothing is known: then every text may hold a finding. A `private`
    one comes from a rule file and is compiled anew each time, so that its words reach no cache.
    """

    sources: tuple[bytes, ...] = ()
    private: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A text that something may be in: its index, its image in bytes, and by the number of each
    trigger that may be in it the ends of that trigger's matches.

    A finding of code points s to e means a match that ends in s+1 to e+2.
    """

    index: int
    data: bytes
    ends: dict[int, Ends]


class Prefilter:
    """Which of `triggers` are possible where in texts. Not for several threads at once."""

    def __init__(self, triggers: Sequence[Trigger], cache: CacheFolder | None = None) -> None:
        self._all: dict[int, Ends] = dict.fromkeys(range(len(triggers)))
        self._always: dict[int, Ends] = {}
        wanted: dict[bool, dict[bytes, list[int]]] = {False: {}, True: {}}
        for number, trigger in enumerate(triggers):
            if not trigger.sources:
                self._always[number] = None
            for source in trigger.sources:
                wanted[trigger.private].setdefault(source, []).append(number)
        self._databases: list[tuple[Any, int]] = []
        self._numbers: list[tuple[int, ...]] = []
        for private, numbers in wanted.items():
            for sources in _divided(sorted(numbers)):
                self._add(sources, numbers, None if private else cache)

    def hits(self, texts: Sequence[str]) -> Iterator[Hit]:
        """The texts that may contain a match, in order; an empty text never does."""
        for first, last in _batches(texts):
            yield from self._hits(texts, first, last)

    def _hits(self, texts: Sequence[str], first: int, last: int) -> Iterator[Hit]:
        starts = list(accumulate((len(texts[i]) + 1 for i in range(first, last)), initial=0))
        data = _joined(texts[first:last], starts)
        if len(data) > _LENGTH_LIMIT:
            found = dict.fromkeys(range(last - first), self._all)
        else:
            found = self._scan(data, starts)
            if self._always:
                found = {i: self._always | found.get(i, {}) for i in range(last - first)}
        for index, ends in sorted(found.items()):
            if image := data[starts[index] : starts[index + 1] - 1]:
                yield Hit(first + index, image, ends)

    def _scan(self, data: bytes, starts: Sequence[int]) -> dict[int, dict[int, Ends]]:
        """By the number of each text with a match: the ends of matches by trigger, in order."""
        found: dict[int, dict[int, list[int]]] = {}
        ends, patterns = self._matches(data)
        rows = np.searchsorted(starts, ends - 1, side="right") - 1
        within = ends - np.asarray(starts)[rows]
        columns = (rows.tolist(), within.tolist(), patterns.tolist())
        for row, end, pattern in zip(*columns, strict=True):
            own = found.setdefault(row, {})
            for number in self._numbers[pattern]:
                if number in own:
                    own[number].append(end)
                else:
                    own[number] = [end]
        return found  # type: ignore[return-value]  # a list of ends is one of the Ends

    def _matches(self, data: bytes) -> tuple[Any, Any]:
        """The end of each match, in order, with the number of its pattern."""
        found: list[int] = []
        for database, first in self._databases:
            database.scan(data, _noting(found, first))
        both = np.sort(np.array(found, np.int64))
        return both >> 16, both & 0xFFFF

    def _add(
        self,
        sources: Sequence[bytes],
        numbers: Mapping[bytes, Sequence[int]],
        cache: CacheFolder | None,
    ) -> None:
        usable: Sequence[bytes] = ()
        if hyperscan is None or len(self._numbers) + len(sources) > _PATTERN_LIMIT:
            pass
        elif database := _restored(sources, cache):
            usable = sources
        elif database := _compiled(sources):
            usable = sources
            if cache:
                cache.write(_name(sources), hyperscan.dumpb(database))
        else:
            # Vectorscan refuses some pattern and does not say which.
            usable = [source for source in sources if _compiled([source])]
            database = _compiled(usable)
        for source in set(sources).difference(usable):
            self._always |= dict.fromkeys(numbers[source])
        if usable:
            self._databases.append((database, len(self._numbers)))
            self._numbers += [tuple(numbers[source]) for source in usable]


def _noting(found: list[int], first: int) -> Callable[[int, int, int, int, object], None]:
    """A callback that adds the end and the pattern of each match to `found`, for a database whose
    patterns are numbered from `first` on: as one number, so that the garbage collector has nothing
    to visit."""
    note = found.append

    def noted(pattern: int, _start: int, end: int, _flags: int, _context: object) -> None:
        note(end << 16 | pattern + first)

    return noted


def _divided(sources: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """The patterns of each database."""
    first = 0
    for last, source in enumerate(sources, 1):
        count = last - first
        cut = count >= _LEAST_PATTERNS and hashlib.sha256(source).digest()[0] < _CUT_BELOW
        if cut or count == _MOST_PATTERNS or last == len(sources):
            yield sources[first:last]
            first = last


def _batches(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Ranges of texts that are scanned at once."""
    first = length = 0
    for index, text in enumerate(texts):
        if length and length + len(text) > _BATCH_LENGTH:
            yield first, index
            first, length = index, 0
        length += len(text) + 1
    if first < len(texts):
        yield first, len(texts)


def _joined(texts: Sequence[str], starts: Sequence[int]) -> bytes:
    """The images of `texts`, with a separator between them."""
    data = np.frombuffer(bytearray(project(" ".join(texts))), np.uint8)
    data[np.array(starts[1:-1], np.intp) - 1] = SEPARATOR
    return data.tobytes()


def _compiled(sources: Sequence[bytes]) -> Any:
    """A database of these patterns; None where one is refused."""
    if not sources:
        return None
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    try:
        database.compile(
            expressions=list(sources),
            ids=list(range(len(sources))),
            elements=len(sources),
            flags=[0] * len(sources),
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


def _name(sources: Sequence[bytes]) -> str:
    """Made from all that decides what the database is."""
    where = (FORMAT, _LIBRARY, hyperscan.__version__, platform.system(), platform.machine())
    digest = hashlib.sha256("\0".join(where).encode())
    for source in sources:
        digest.update(b"%d\0" % len(source) + source)
    return f"{digest.hexdigest()[:32]}.hs"
