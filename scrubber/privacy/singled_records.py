"""The records that fields single out: candidates from a sample, and unbiased estimates of them.

A combination of values has a random 64-bit key. The combinations whose key falls into a share p of
all keys are seen whole, with all their records. The records that belong to one person alone among
them, divided by p, are an unbiased estimate of all such records (Horvitz and Thompson, "A
Generalization of Sampling Without Replacement From a Finite Universe", 1952). A sample of records
would not do: what is rare in a sample need not be rare in the data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scrubber.privacy.unicity import Hashes, Subjects, mixed

Fields = tuple[str, ...]

KEPT: Final = 1 << 16
"""About the number of records whose combinations are compared; below it, all are."""
LARGEST: Final = 4
_WIDEST: Final = 24  # fields that are combined: those with most values
_BEAM: Final = 4
_OFFERED: Final = 3  # candidates of each number of fields
_NEARLY_UNIQUE: Final = (0.9, 0.999)
_BITS: Final = 64
_LITTLE: Final = 0.005


@dataclass(frozen=True, slots=True)
class Estimate:
    """The records that `fields` single out: an unbiased estimate, and its upper 95 % bound.

    Both count records. They are equal if all combinations were seen.
    """

    fields: Fields
    alone: float
    bound: float


@dataclass(frozen=True)
class Kept:
    """The keys of the records whose combinations were chosen, and their `subjects`, if any."""

    keys: Hashes = field(repr=False)
    subjects: Subjects | None = field(repr=False)

    @classmethod
    def together(cls, parts: Sequence[Kept]) -> Kept:
        """The records of all parts; at least one."""
        subjects = [part.subjects for part in parts if part.subjects is not None]
        return cls(
            np.concatenate([part.keys for part in parts]),
            np.concatenate(subjects) if subjects else None,
        )


def one_in(records: int) -> int:
    """The number of combinations, a power of two, of which one is compared.

    >>> one_in(1_000), one_in(1_000_000)
    (1, 16)
    """
    return 1 << (-(-max(records, 1) // KEPT) - 1).bit_length()


def kept(columns: Mapping[str, Hashes], fields: Fields, subjects: Subjects | None, of: int) -> Kept:
    """The records whose combination of `fields` has a key in the first of `of` equal parts."""
    keys = columns[fields[0]].copy()
    for name in fields[1:]:
        keys += columns[name]
    keys = mixed(keys, 0)
    if of > 1:
        near = np.flatnonzero(keys < np.uint64(1 << (_BITS + 1 - of.bit_length())))
        keys = keys[near]
        subjects = None if subjects is None else subjects[near]
    return Kept(keys, subjects)


def estimate(fields: Fields, found: Kept, of: int) -> Estimate:
    """The records in combinations that belong to one person alone, from one of `of` parts.

    Without subjects each record is a person. With `of` 1 the figure is exact.
    """
    sizes = _own(found)[0].astype(np.float64)
    alone = float(sizes.sum()) * of
    if of == 1:
        return Estimate(fields, alone, alone)
    # The variance of the estimate is estimated by the sum of size^2 (1 - p) / p^2.
    spread = of * sqrt(float(np.square(sizes).sum()) * (1 - 1 / of))
    return Estimate(fields, alone, max(alone + 1.96 * spread, 3.0 * of))


def _own(found: Kept) -> tuple[NDArray[np.int64], int]:
    """The numbers of records of the combinations that belong to one person alone, and the number of
    all combinations."""
    if not len(found.keys):
        return np.zeros(0, dtype=np.int64), 0
    if found.subjects is None:
        sizes = _sizes(np.sort(found.keys))
        return sizes[sizes == 1], len(sizes)
    order = np.argsort(found.keys)
    sizes = _sizes(found.keys[order])
    starts = np.cumsum(sizes) - sizes
    whose = found.subjects[order]
    own = np.minimum.reduceat(whose, starts) == np.maximum.reduceat(whose, starts)
    return sizes[own], len(sizes)


def _sizes(ordered: Hashes) -> NDArray[np.int64]:
    edges = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    return np.diff(np.concatenate(([0], edges, [len(ordered)])))


def candidates(
    columns: Mapping[str, Hashes], subjects: Subjects | None = None, *, whole: bool = True
) -> tuple[Fields, ...]:
    """The fields, and the combinations of up to four of them, that may single out most records.

    `columns` has the hashes of a sample, or with `whole` of all records. A field that is nearly
    unique in the sample may be so in the data, and would hide all others. So combinations are
    sought twice: without fields that are nearly unique, and without those that certainly are.
    """
    if not columns:
        return ()
    singles = _ranked([(name,) for name in columns], columns, subjects)
    records = len(next(iter(columns.values())))
    found = [fields for alone, _, fields in singles if alone > records / 2]
    for limit in (0.5,) if whole else _NEARLY_UNIQUE:
        names = [fields[0] for alone, _, fields in singles if alone <= limit * records]
        found += _search(names[:_WIDEST], columns, subjects)
    return tuple(dict.fromkeys(found))


def _search(
    names: Sequence[str], columns: Mapping[str, Hashes], subjects: Subjects | None
) -> list[Fields]:
    found: list[Fields] = []
    beam: list[Fields] = [()]
    for _ in range(min(LARGEST, len(names))):
        wider = sorted(
            {tuple(sorted({*old, one})) for old in beam for one in names if one not in old}
        )
        ranked = [fields for *_, fields in _ranked(wider, columns, subjects)]
        found += ranked[:_OFFERED]
        beam = ranked[:_BEAM]
    return found


def _ranked(
    every: Iterable[Fields], columns: Mapping[str, Hashes], subjects: Subjects | None
) -> list[tuple[int, int, Fields]]:
    """(records singled out, combinations, fields), the highest first."""
    rated = []
    for fields in every:
        own, distinct = _own(kept(columns, fields, subjects, 1))
        rated.append((int(own.sum()), distinct, fields))
    return sorted(rated, key=lambda row: (-row[0], -row[1], row[2]))


@dataclass(frozen=True, slots=True)
class SingledRecords:
    """The records that fields single out: `by_itself` has fields that single out most of them
    alone, `best` the best combination found for each number of other fields."""

    records: int
    one_in: int
    by_itself: tuple[Estimate, ...] = ()
    best: tuple[Estimate, ...] = ()

    @property
    def fewest(self) -> Estimate | None:
        """The smallest combination that singles out most records, else the best one."""
        most = (one for one in self.best if one.alone > self.records / 2)
        return next(most, max(self.best, key=lambda one: one.alone, default=None))


def singled_records(records: int, estimates: Iterable[Estimate], of: int) -> SingledRecords:
    """The estimates of :func:`candidates` in order."""
    every = list(estimates)
    alone = [e for e in every if len(e.fields) == 1 and e.alone > records / 2]
    itself = {one.fields[0] for one in alone}
    best: dict[int, Estimate] = {}
    for one in every:
        if itself.isdisjoint(one.fields):
            size = len(one.fields)
            if size not in best or one.alone > best[size].alone:
                best[size] = one
    ranked = sorted(alone, key=lambda one: (-one.alone, one.fields))
    return SingledRecords(records, of, tuple(ranked), tuple(_worth_saying(best, records)))


def _worth_saying(best: Mapping[int, Estimate], records: int) -> Iterator[Estimate]:
    """The combinations, the smallest first, without those whose further field adds next to none."""
    most = -1.0
    for size in sorted(best):
        if size > 1 and best[size].alone <= most + _LITTLE * records:
            continue
        yield best[size]
        most = best[size].alone
