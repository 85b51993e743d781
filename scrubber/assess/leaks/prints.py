"""Keyed fingerprints of values and of runs of words.

A fingerprint is the first 64 bits of AES-CMAC (NIST SP 800-38B) of a normal form. Without the key
it tells nothing; with the key one can ask whether a value is there.

Runs of words are fingerprinted by winnowing (Schleimer, Wilkerson and Aiken 2003): of eight
consecutive windows of eight words, the one with the smallest fingerprint is kept. So of any 15
words in a row at least one window is kept, and about two of nine windows are.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from scrubber.assess.leaks.kinds import spellings
from scrubber.assess.leaks.words import Ints, Slices, Words, normal_forms
from scrubber.model.counts import SMALLEST
from scrubber.transform.crypto.cmac import Cmac
from scrubber.transform.keys import RootKey

Marks = np.ndarray[tuple[int], np.dtype[np.uint64]]
Counts = np.ndarray[tuple[int], np.dtype[np.int64]]

BITS: Final = 64
RUN_WORDS: Final = 8
_WINNOWED: Final = 8
PURPOSE: Final = "leak-index"


def index_key(key: RootKey) -> RootKey:
    """The key of leak indexes, derived from the key of runs, which it does not reveal."""
    return RootKey(key.derive(PURPOSE, ""))


@dataclass(frozen=True, eq=False)
class Prints:
    """Fingerprints of removed values by kind, each kind sorted and without repeats; and those of
    runs of words (`runs`, sorted), with the number of texts that have each (`times`)."""

    values: Mapping[str, Marks] = field(default_factory=dict, repr=False)
    runs: Marks = field(default_factory=lambda: np.zeros(0, np.uint64), repr=False)
    times: Counts = field(default_factory=lambda: np.zeros(0, np.int64), repr=False)

    @classmethod
    def together(cls, parts: Iterable[Prints]) -> Prints:
        """The sum of the parts, equal for any order and division of the records."""
        values: dict[str, list[Marks]] = {}
        runs, times = [], []
        for part in parts:
            for kind, marks in part.values.items():
                values.setdefault(kind, []).append(marks)
            runs.append(part.runs)
            times.append(part.times)
        if not runs:
            return cls()
        every, places = np.unique(np.concatenate(runs), return_inverse=True)
        total = np.bincount(places, np.concatenate(times), len(every)).astype(np.int64)
        joined = {kind: np.unique(np.concatenate(marks)) for kind, marks in sorted(values.items())}
        return cls(joined, every, total)

    def rare_runs(self) -> Marks:
        """The runs in fewer than 11 texts. What more texts have in common is boilerplate."""
        return self.runs[self.times < SMALLEST]

    def to_json(self) -> dict[str, Any]:
        """The fingerprints as JSON."""
        return {
            "values": {kind: _text(marks) for kind, marks in self.values.items()},
            "runs": _text(self.runs),
            "times": _text(self.times.astype(np.uint64)),
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Prints:
        """The fingerprints of :meth:`to_json`. Raises: ValueError, KeyError, TypeError."""
        return cls(
            {str(kind): _marks(text) for kind, text in body["values"].items()},
            _marks(body["runs"]),
            _marks(body["times"]).astype(np.int64),
        )


class Fingerprinter:
    """Fingerprints under the key of an index (:func:`index_key`)."""

    def __init__(self, key: RootKey) -> None:
        self._values = Cmac(key.derive(PURPOSE, "values"))
        self._runs = Cmac(key.derive(PURPOSE, "runs"))

    def of_values(self, kind: str, values: Iterable[str]) -> Marks:
        """The fingerprints of the spellings of `values`, sorted and without repeats."""
        return np.unique(self.values(normal_forms(list(spellings(kind, values)))))

    def values(self, slices: Slices) -> Marks:
        """The fingerprint of each normal form."""
        return _first_words(self._values, slices)

    def runs(self, words: Words) -> tuple[Ints, Marks]:
        """All windows of eight words: the first word and the fingerprint of each."""
        first, slices = words.windows(RUN_WORDS)
        return first, _first_words(self._runs, slices)

    def of_texts(self, texts: Sequence[str]) -> Prints:
        """The runs of words in `texts`, winnowed."""
        words = Words.of(texts)
        first, marks = self.runs(words)
        if len(first) < _WINNOWED:
            return Prints()
        whose = words.texts[first]
        inside = whose[_WINNOWED - 1 :] == whose[: -_WINNOWED + 1]
        least = np.lib.stride_tricks.sliding_window_view(marks, _WINNOWED)[inside].argmin(axis=1)
        kept = np.unique(np.flatnonzero(inside) + least)
        pairs = np.unique(np.stack([marks[kept], whose[kept].astype(np.uint64)]), axis=1)
        runs, times = np.unique(pairs[0], return_counts=True)
        return Prints({}, runs, times.astype(np.int64))


def _first_words(mac: Cmac, slices: Slices) -> Marks:
    digests = mac.of_slices(slices.data, slices.starts, slices.sizes)
    first: Marks = digests.view("<u8")[:, 0].astype(np.uint64)
    return first


def _text(marks: Marks) -> str:
    return base64.b64encode(marks.astype("<u8").tobytes()).decode()


def _marks(text: str) -> Marks:
    return np.frombuffer(base64.b64decode(text, validate=True), "<u8").astype(np.uint64)
