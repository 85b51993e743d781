"""The verdict on each record by the rules that look at all of them.

The records are numbered through all sources. A rule groups them by keyed words in partitions of
bounded size, so memory grows by about ten bytes per record only. The result does not depend on the
division into files, since all orders follow from the records' contents.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt

from scrubber.pipeline.selection.columns import (
    BANDS,
    KEY,
    RANK,
    SAID,
    SAYS_NO,
    SIGNATURE,
    STAYS,
    UNKNOWN,
    name,
)
from scrubber.pipeline.selection.near import Clusters, Numbers, similar
from scrubber.pipeline.selection.spool import Array, Scratch, Spooled
from scrubber.policy.record_rules import Follow, Limit, Repeats, Selection

Codes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]

_PARTITION: Final = 1 << 22
"""Records in a partition, about."""
_CHUNK: Final = 1 << 20
_GONE: Final = 255


def resolve(selection: Selection, sources: Sequence[Spooled], folder: Scratch) -> list[Codes]:
    """The codes of the records of each source (see :class:`Selection`)."""
    return _Resolver(selection, sources, folder).codes()


class _Resolver:
    def __init__(self, selection: Selection, sources: Sequence[Spooled], folder: Scratch) -> None:
        self._selection, self._sources, self._folder = selection, sources, folder
        sizes = [source.rows for source in sources]
        self._starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        self._codes = np.zeros(int(self._starts[-1]), np.uint8)
        for at, source in enumerate(sources):
            stays = source.column(folder, STAYS)
            self._codes[self._starts[at] : self._starts[at + 1]][stays == 0] = _GONE

    def codes(self) -> list[Codes]:
        for number, rule in enumerate(self._selection.rules):
            match rule:
                case Follow():
                    self._follow(number, rule)
                case Limit(n=n):
                    self._keep_first(number, n, nulls=True)
                case Repeats(near=None, keep=keep):
                    self._keep_first(number, keep, nulls=False)
                case Repeats(near=near, keep=keep):
                    assert near is not None
                    self._near(number, near, keep)
        self._codes[self._codes == _GONE] = 0
        return np.split(self._codes, self._starts[1:-1])

    def _follow(self, number: int, rule: Follow) -> None:
        no = self._selection.code(number)
        missing = self._selection.code(number, missing=True)
        for records, words in self._partitions(name(number, KEY)):
            said = self._take(name(number, SAID), records)
            known = words != 0
            refused = np.unique(words[known & (said == SAYS_NO)])
            heard = np.unique(words[known & (said != UNKNOWN)])
            stays = self._codes[records] == 0
            out = stays & known & np.isin(words, refused)
            self._codes[records[out]] = no
            if not rule.keep_missing:
                # a record of an unknown subject follows its own answer, if it has one
                silent = stays & ~out & (said == UNKNOWN) & ~(known & np.isin(words, heard))
                self._codes[records[silent]] = missing

    def _keep_first(self, number: int, keep: int, *, nulls: bool) -> None:
        for records, words in self._partitions(name(number, KEY)):
            there = (self._codes[records] == 0) & (nulls | (words != 0))
            self._drop_rest(number, records[there], words[there], keep)

    def _drop_rest(self, number: int, records: Numbers, groups: Array, keep: int) -> None:
        """Drop all but the first `keep` records of each group, in the keyed order."""
        order = np.lexsort((self._take(RANK, records), groups))
        records, groups = records[order], groups[order]
        firsts = np.searchsorted(groups, groups)
        rest = np.arange(len(groups)) - firsts >= keep
        self._codes[records[rest]] = self._selection.code(number)

    def _near(self, number: int, near: float, keep: int) -> None:
        clusters, signature = Clusters(len(self._codes)), name(number, SIGNATURE)
        alike = self._first_of_equals(number, clusters)
        for band in range(self._width(name(number, BANDS))):
            for records, words in self._partitions(name(number, BANDS), band):
                there = alike[records]
                records, words = records[there], words[there]
                signed = self._take(name(number, KEY), records)
                for members in _groups(records, words, signed):
                    for one, other in similar(partial(self._take, signature), members, near):
                        clusters.join(one, other)
        roots = clusters.roots()
        with_words = np.zeros(len(self._codes), np.bool_)
        for records, words in self._partitions(name(number, KEY)):
            with_words[records[(words != 0) & (self._codes[records] == 0)]] = True
        records = np.flatnonzero(with_words)
        counts = np.bincount(roots[records], minlength=0)
        records = records[counts[roots[records]] > keep]
        self._drop_rest(number, records, roots[records], keep)

    def _first_of_equals(self, number: int, clusters: Clusters) -> npt.NDArray[np.bool_]:
        """The first record of each group of equal signatures; the others join it."""
        first = np.zeros(len(self._codes), np.bool_)
        for records, words in self._partitions(name(number, KEY)):
            there = (self._codes[records] == 0) & (words != 0)
            records, words = records[there], words[there]
            order = np.lexsort((records, words))
            records, words = records[order], words[order]
            heads = np.searchsorted(words, words)
            first[records[heads]] = True
            clusters.join_all(records[heads], records)
        return first

    def _width(self, column: str) -> int:
        return max((s.forms[column][1] for s in self._sources if column in s), default=0)

    def _partitions(self, column: str, at: int | None = None) -> Iterator[tuple[Numbers, Words]]:
        """The records that have the column, with their words, in parts by the highest bits."""
        total = sum(source.rows for source in self._sources if column in source)
        bits = max(0, (total // _PARTITION).bit_length())
        for part in range(1 << bits):
            records, words = [], []
            for number, source in enumerate(self._sources):
                if column not in source:
                    continue
                whole = source.column(self._folder, column)
                for begin in range(0, source.rows, _CHUNK):
                    piece = whole[begin : begin + _CHUNK]
                    chunk = np.asarray(piece if at is None else _band(piece, at))
                    places = (
                        np.flatnonzero(chunk >> np.uint64(64 - bits) == part)
                        if bits
                        else np.arange(len(chunk))
                    )
                    records.append(places + (self._starts[number] + begin))
                    words.append(chunk[places])
            if records:
                yield np.concatenate(records).astype(np.int64), np.concatenate(words)

    def _take(self, column: str, records: Numbers) -> Array:
        """The column's values of some records of sources that have it."""
        owners = np.searchsorted(self._starts, records, "right") - 1
        out: Array | None = None
        for number in np.unique(owners).tolist():
            mine = owners == number
            values = self._sources[number].column(self._folder, column)
            taken = values[records[mine] - self._starts[number]]
            if out is None:
                out = np.empty((len(records), *taken.shape[1:]), taken.dtype)
            out[mine] = taken
        return np.empty(0, np.uint64) if out is None else out


def _band(piece: Array, at: int) -> Words:
    band: Words = piece[:, at] if piece.ndim > 1 else piece
    return band


def _groups(records: Numbers, words: Words, signed: Words) -> Iterator[Numbers]:
    """The groups of more than one record with equal words, each in the order of `signed`."""
    order = np.lexsort((signed, words))
    records, words = records[order], words[order]
    borders = np.flatnonzero(np.diff(words)) + 1
    edges = np.concatenate([[0], borders, [len(words)]])
    for begin, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        if end - begin > 1:
            yield records[begin:end]
