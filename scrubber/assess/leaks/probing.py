"""The search of a model's outputs for the fingerprints of a leak index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np

from scrubber.assess.leaks.index_file import LeakIndex
from scrubber.assess.leaks.prints import BITS, RUN_WORDS, Fingerprinter, Marks
from scrubber.assess.leaks.words import Flags, Words, seen_text
from scrubber.transform.keys import RootKey

LEAST_RUN: Final = 15
"""Words in a row that count as a verbatim run."""
_GAP: Final = 8
"""Windows between two kept ones of the same run, at most."""
_PREFIX: Final = 24  # bits of the table that decides most look-ups


@dataclass(frozen=True, slots=True)
class Hit:
    """A removed value of an entity `kind` in the record `record` (from 1) of a file of outputs."""

    file: str
    record: int
    kind: str


@dataclass(frozen=True, slots=True)
class Run:
    """`words` words in a row of the training text, in the record `record` (from 1) of a file."""

    file: str
    record: int
    words: int


@dataclass(frozen=True)
class Probed:
    """The result of a probe of `records` records.

    `hits` are the values found and `distinct` the number of different ones by kind; `runs` are the
    verbatim runs. `lookups` windows were looked up among `fingerprints`, so `expected_false` hits
    are expected by chance.
    """

    records: int
    hits: tuple[Hit, ...]
    distinct: tuple[tuple[str, int], ...]
    runs: tuple[Run, ...]
    lookups: int
    fingerprints: int

    @property
    def expected_false(self) -> float:
        """The expected number of hits by chance: look-ups times fingerprints over 2**64."""
        return self.lookups * self.fingerprints / 2.0**BITS

    @property
    def exit_code(self) -> int:
        """1 if a value or a run was found."""
        return int(bool(self.hits or self.runs))

    @property
    def kinds(self) -> dict[str, int]:
        """The number of hits by kind."""
        return dict(sorted(Counter(hit.kind for hit in self.hits).items()))

    def to_json(self) -> dict[str, Any]:
        """The result as plain values; no value of the data is in it."""
        return {
            "records": self.records,
            "hits": [asdict(hit) for hit in self.hits],
            "kinds": self.kinds,
            "distinct": dict(self.distinct),
            "runs": [asdict(run) for run in self.runs],
            "lookups": self.lookups,
            "fingerprints": self.fingerprints,
            "expected_false": self.expected_false,
        }


@dataclass(frozen=True)
class Chunk:
    """Some outputs: texts of the file `file`, and the record of each (from 1)."""

    file: str
    texts: Sequence[str] = field(repr=False)
    records: Sequence[int] = field(repr=False)


class Probe:
    """Looks outputs up in an index, a chunk at a time."""

    def __init__(self, index: LeakIndex, key: RootKey) -> None:
        self._prints = Fingerprinter(key)
        self._kinds = tuple(index.values)
        marks = [index.values[kind] for kind in self._kinds]
        codes = np.repeat(np.arange(len(marks)), [len(part) for part in marks])
        joined = np.concatenate([*marks, np.zeros(0, np.uint64)])
        order = np.argsort(joined, kind="stable")
        self._codes = codes[order]
        self._values, self._runs = _Sorted(joined[order]), _Sorted(index.runs)
        self._hits: list[Hit] = []
        self._found: set[tuple[str, int]] = set()
        self._verbatim: list[Run] = []
        self._lookups = 0

    def add(self, chunk: Chunk) -> None:
        """Look up the texts of a chunk, and those that read differently once escapes, markup and
        words for signs are resolved."""
        words = Words.of(chunk.texts)
        found = list(self._outermost(words))
        known = set(found)
        views = [(number, seen_text(text)) for number, text in enumerate(chunk.texts)]
        changed = [(number, seen) for number, seen in views if seen is not None]
        if changed:
            numbers = [number for number, _ in changed]
            seen_words = Words.of([seen for _, seen in changed])
            more = ((numbers[at], code, mark) for at, code, mark in self._outermost(seen_words))
            found = sorted([*found, *(hit for hit in more if hit not in known)])
        for number, code, mark in found:
            kind = self._kinds[code]
            self._hits.append(Hit(chunk.file, chunk.records[number], kind))
            self._found.add((kind, mark))
        self._add_runs(words, chunk)

    def result(self, records: int) -> Probed:
        """The result for the outputs so far, which have so many records."""
        distinct = Counter(kind for kind, _ in self._found)
        return Probed(
            records,
            tuple(self._hits),
            tuple(sorted(distinct.items())),
            tuple(self._verbatim),
            self._lookups,
            len(self._values),
        )

    def _outermost(self, words: Words) -> Iterator[tuple[int, int, int]]:
        """The text, kind and fingerprint of each value in `words` that lies in no other one."""
        end, previous = 0, (-1, -1)
        for first, last, code, mark in sorted(
            self._spans(words), key=lambda span: (span[0], -span[1])
        ):
            if last > end or (first, last) == previous:
                yield int(words.texts[first]), code, mark
                end, previous = max(end, last), (first, last)

    def _spans(self, words: Words) -> Iterator[tuple[int, int, int, int]]:
        """The values in `words`: first word, end, kind and fingerprint."""
        for first, size, slices in words.candidates():
            marks = self._prints.values(slices)
            self._lookups += len(marks)
            for place in np.flatnonzero(self._values.has(marks)):
                at, mark = int(first[place]), marks[place]
                for entry in range(*self._values.range_of(mark)):
                    yield at, at + size, int(self._codes[entry]), int(mark)

    def _add_runs(self, words: Words, chunk: Chunk) -> None:
        if not len(self._runs):
            return
        first, marks = self._prints.runs(words)
        known = first[self._runs.has(marks)]
        if not len(known):
            return
        texts = words.texts[known]
        apart = (np.diff(known) > _GAP) | (np.diff(texts) > 0)
        for places in np.split(np.arange(len(known)), np.flatnonzero(apart) + 1):
            length = int(known[places[-1]] - known[places[0]]) + RUN_WORDS
            if length >= LEAST_RUN:
                record = chunk.records[texts[places[0]]]
                self._verbatim.append(Run(chunk.file, record, length))


class _Sorted:
    """Sorted numbers, and a table of their first bits, which rule most others out."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._table = np.zeros(1 << _PREFIX, np.bool_)
        self._table[marks >> np.uint64(BITS - _PREFIX)] = True

    def __len__(self) -> int:
        return len(self._marks)

    def has(self, asked: Marks) -> Flags:
        """Marks the numbers of `asked` that are there."""
        flags: Flags = self._table[asked >> np.uint64(BITS - _PREFIX)]
        places = np.flatnonzero(flags)
        if len(places):
            at = np.searchsorted(self._marks, asked[places])
            at = np.minimum(at, len(self._marks) - 1)
            flags[places] = self._marks[at] == asked[places]
        return flags

    def range_of(self, mark: np.uint64) -> tuple[int, int]:
        """The first place of a number, and the one behind its last."""
        return (
            int(np.searchsorted(self._marks, mark)),
            int(np.searchsorted(self._marks, mark, side="right")),
        )


def probed(index: LeakIndex, key: RootKey, chunks: Iterable[Chunk]) -> Probed:
    """The search of the outputs in `chunks` for the fingerprints of `index`, whose key is `key`."""
    probe = Probe(index, key)
    records: dict[str, int] = {}
    for chunk in chunks:
        probe.add(chunk)
        records[chunk.file] = max([records.get(chunk.file, 0), *chunk.records[-1:]])
    return probe.result(sum(records.values()))
