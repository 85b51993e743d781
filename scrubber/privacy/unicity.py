"""Unicity: the fewest fields whose combinations single out most of the persons in a table.

A person is singled out by some fields if a combination of their values belongs to this person
alone. (de Montjoye and others, "Unique in the Crowd", 2013, measure it on location traces; Sweeney,
"Simple Demographics Often Identify People Uniquely", 2000, on census fields.)

Every value is a random 64-bit number, and a combination the sum of its values' numbers modulo 2^64.
Of a million records, two different combinations share a sum with probability below 10^-7.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Subjects = NDArray[np.int64]

MOST: Final = 0.5
"""The share of persons from which on fields single out most of them."""
LARGEST: Final = 4  # fields of a combination
_BEAM: Final = 6  # combinations of a size that are extended
_SEARCHED: Final = 1 << 17  # records, about, that candidates are compared by
_NEARLY_ALL: Final = 0.95  # beyond it, further fields say no more
_LITTLE: Final = 0.005
_SPACE: Final = 1 << 64


@dataclass(frozen=True, slots=True)
class Combination:
    """Fields, and the number of persons that they single out together."""

    fields: tuple[str, ...]
    alone: int


@dataclass(frozen=True, slots=True)
class Unicity:
    """The persons whom combinations of fields single out.

    `persons` counts the subjects, or the records where there is no subject. `by_itself` holds each
    field that singles out most persons without any other; it is in no combination. `best` has the
    combination found for each number of fields, from 1 up to 4. `without` says for each field of
    :attr:`fewest` the number of persons whom the others still single out.
    """

    persons: int
    by_itself: tuple[Combination, ...] = ()
    best: tuple[Combination, ...] = ()
    without: tuple[tuple[str, int], ...] = ()

    @property
    def fewest(self) -> Combination | None:
        """The smallest combination that singles out most persons, else the largest one found."""
        return _fewest(self.best, self.persons)

    def share(self, alone: int) -> float:
        """`alone` as a share of the persons, from 0 to 1."""
        return alone / self.persons if self.persons else 0.0


def unicity(columns: Mapping[str, Hashes], subjects: Subjects | None = None) -> Unicity:
    """The fewest fields that single out most persons, by a beam search over up to four fields.

    `columns` holds a hash per record for each field (:func:`hashes`); `subjects` numbers the person
    of each record from 0, None where each record counts as a person. Figures are exact. Above some
    hundred thousand records, candidates are compared on those combinations whose hash falls into a
    share of all hashes, so another combination may single out slightly more.
    """
    table = _Table(columns, subjects)
    singles = [table.exact((name,)) for name in columns]
    itself = [one for one in singles if one.alone > MOST * table.persons]
    others = [one.fields[0] for one in singles if one not in itself]
    best = list(_search(table, others))
    fewest = _fewest(best, table.persons)
    return Unicity(
        table.persons,
        tuple(sorted(itself, key=lambda one: (-one.alone, one.fields))),
        tuple(best),
        tuple(_without(table, fewest)) if fewest is not None else (),
    )


def _fewest(best: Sequence[Combination], persons: int) -> Combination | None:
    most = (one for one in best if one.alone > MOST * persons)
    return next(most, best[-1] if best else None)


def _without(table: _Table, fewest: Combination) -> Iterator[tuple[str, int]]:
    for name in fewest.fields:
        rest = tuple(other for other in fewest.fields if other != name)
        yield name, table.exact(rest).alone if rest else int(table.persons == 1)


def _search(table: _Table, names: Sequence[str]) -> Iterator[Combination]:
    """The best combination of each size."""
    beam: list[tuple[str, ...]] = [()]
    before = -1
    for size in range(1, min(LARGEST, len(names)) + 1):
        wider = {tuple(sorted({*old, name})) for old in beam for name in names if name not in old}
        ranked = sorted((table.estimate(one) for one in sorted(wider)), reverse=True)
        beam = [fields for *_, fields in ranked[:_BEAM]]
        found = max((table.exact(fields) for fields in beam[:2]), key=lambda one: one.alone)
        if size > 2 and found.alone <= before + _LITTLE * table.persons:
            return  # another field adds next to nobody
        yield found
        before = found.alone
        if size > 1 and found.alone >= _NEARLY_ALL * table.persons:
            return


@dataclass(frozen=True)
class _Table:
    columns: Mapping[str, Hashes] = field(repr=False)
    subjects: Subjects | None = field(repr=False)

    @property
    def records(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    @property
    def persons(self) -> int:
        if self.subjects is None:
            return self.records
        return int(self.subjects.max(initial=-1)) + 1

    def exact(self, fields: tuple[str, ...]) -> Combination:
        return Combination(fields, singled_out(self._keys(fields), self.subjects)[0])

    def estimate(self, fields: tuple[str, ...]) -> tuple[int, int, tuple[str, ...]]:
        """(persons, combinations, fields) among the combinations in the share searched."""
        keys, subjects = self._keys(fields), self.subjects
        if self.records > _SEARCHED:
            kept = keys < np.uint64(_SPACE // (1 + self.records // _SEARCHED))
            keys = keys[kept]
            subjects = subjects[kept] if subjects is not None else None
        return (*singled_out(keys, subjects), fields)

    def _keys(self, fields: Iterable[str]) -> Hashes:
        first, *rest = (self.columns[name] for name in fields)
        if not rest:
            return first
        total = first + rest[0]
        for column in rest[1:]:
            total += column
        return total


def singled_out(keys: Hashes, subjects: Subjects | None = None) -> tuple[int, int]:
    """The number of persons who have a key of their own, and the number of distinct keys.

    Without `subjects` each record is a person.
    """
    if not len(keys):
        return 0, 0
    if subjects is None:
        ordered = np.sort(keys)
        new = _new(ordered)
        return int((new[:-1] & new[1:]).sum()), int(new[:-1].sum())
    order = np.argsort(keys)
    whose = subjects[order]
    starts = np.flatnonzero(_new(keys[order])[:-1])
    own = np.minimum.reduceat(whose, starts) == np.maximum.reduceat(whose, starts)
    found = np.sort(whose[starts[own]])
    return int((found[1:] != found[:-1]).sum()) + int(len(found) > 0), len(starts)


def _new(ordered: Hashes) -> NDArray[np.bool_]:
    """True where another key begins, and behind the last one."""
    edge = np.ones(len(ordered) + 1, dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=edge[1:-1])
    return edge


def mixed(hashes: Hashes, salt: int) -> Hashes:
    """`hashes` made independent of their structure and of other salts (SplitMix64's finalizer)."""
    z = hashes ^ np.uint64(salt % _SPACE)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        z = (z ^ (z >> np.uint64(shift))) * np.uint64(factor)
    result: Hashes = z ^ (z >> np.uint64(31))
    return result
