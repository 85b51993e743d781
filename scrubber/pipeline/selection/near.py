"""Near duplicates by MinHash and locality-sensitive hashing.

The texts of a record are cut into shingles of three words; a script without spaces counts each
character as a word. The Jaccard similarity of two sets of shingles is estimated from
:data:`SIZE` minimums (Broder 1997) with a standard error of at most 0.045. Candidates share one of
several bands (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from scrubber.errors import NotAvailable, how_to_install
from scrubber.transform.crypto.cmac import Cmac

Words = npt.NDArray[np.uint64]
Signatures = npt.NDArray[np.uint32]
Numbers = npt.NDArray[np.int64]

SIZE: Final = 128
_SHINGLE: Final = 3
_WORD: Final = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_]+|\W")
_MEMBERS: Final = 1 << 16
_LEADERS: Final = 1_000
_FOUND: Final = 0.99
"""Minimum probability that two records of exactly the required similarity share a band."""


def shingles(text: str) -> set[str]:
    """The runs of three words of a text, without case, punctuation and widths; the whole text if it
    is shorter.

    >>> sorted(shingles("One two, THREE four"))
    ['one two three', 'two three four']
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    words = [word for word in _WORD.findall(folded) if word.isalnum()]
    if len(words) <= _SHINGLE:
        return {" ".join(words)} if words else set()
    return {" ".join(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1)}


def signatures(sets: Sequence[set[str]], seed: int) -> Signatures:
    """The signature of each set of shingles, a row of :data:`SIZE` numbers.

    Raises: NotAvailable ``not-installed`` without rensa.
    """
    try:
        from rensa import RMinHash
    except ImportError:
        text = "near duplicates need rensa"
        raise NotAvailable("not-installed", text, hint=how_to_install("near")) from None
    ordered = [sorted(one) for one in sets]
    matrix = RMinHash.digest_matrix_from_token_sets(ordered, SIZE, seed)
    return np.asarray(matrix.to_rows(), np.uint32).reshape(len(sets), SIZE)


def rows_per_band(near: float) -> int:
    """The largest power of two of minimums per band that finds pairs of similarity `near` with a
    probability of at least 99 %."""
    rows = 32
    while rows > 1 and 1 - (1 - near**rows) ** (SIZE // rows) < _FOUND:
        rows //= 2
    return rows


def bands(made: Signatures, near: float, mac: Cmac) -> Words:
    """A digest of each band of each signature, of shape (records, bands); never 0."""
    rows = rows_per_band(near)
    count = SIZE // rows
    out = np.empty((len(made), count), np.uint64)
    for band in range(count):
        part = np.ascontiguousarray(made[:, band * rows : (band + 1) * rows]).view(np.uint8)
        digests = mac.of_rows(part.reshape(len(made), -1), bytes([band]))
        out[:, band] = np.ascontiguousarray(digests[:, :8]).view(np.uint64).reshape(-1)
    return np.maximum(out, 1)


class Clusters:
    """Sets of records that join step by step (union by the smaller index)."""

    def __init__(self, records: int) -> None:
        self._above = np.arange(records, dtype=np.int64)

    def root(self, record: int) -> int:
        """The first record of the cluster."""
        above = self._above
        while above[record] != record:
            above[record] = above[above[record]]
            record = int(above[record])
        return record

    def join(self, one: int, other: int) -> None:
        a, b = self.root(one), self.root(other)
        if a != b:
            self._above[max(a, b)] = min(a, b)

    def join_all(self, firsts: Numbers, others: Numbers) -> None:
        """Join each of `others`, which are alone so far, to its first record."""
        self._above[others] = firsts

    def roots(self) -> Numbers:
        """The first record of the cluster of each record."""
        above = self._above
        while True:
            higher = above[above]
            if np.array_equal(higher, above):
                return above
            above = higher


def similar(made: Any, members: Numbers, near: float) -> Iterator[tuple[int, int]]:
    """The pairs of `members` (indices of signatures in `made`, in a fixed order) that join them:
    each record with the first one that it resembles, if it resembles any.

    Members are compared in parts of bounded size, and with the first :data:`_LEADERS` of a part
    that resemble no other; what this leaves apart, another band may join.
    """
    for begin in range(0, len(members), _MEMBERS):
        left = members[begin : begin + _MEMBERS]
        rows = made(left)
        for _ in range(_LEADERS):
            if len(left) < 2:
                break
            like = (rows[1:] == rows[0]).mean(axis=1) >= near
            yield from ((int(left[0]), int(other)) for other in left[1:][like])
            left, rows = left[1:][~like], rows[1:][~like]
