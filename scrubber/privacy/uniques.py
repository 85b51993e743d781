"""Uniques: the distinct combinations of quasi-identifiers, with their numbers of records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scrubber.errors import InputError
from scrubber.privacy.hierarchy import Codes

Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]

UNKNOWN = -1

_KEY_SPACE = 1 << 63
_DENSE = 1 << 18


@dataclass(frozen=True)
class Uniques:
    """Distinct (quasi-identifiers, sensitive values, subject) with their numbers of records.

    `quasi` and `sensitive` hold one code array per field. `subject` holds the number of each
    record's person, or is None if each record counts as a person. All arrays have one entry per
    unique combination. Unknown sensitive values and persons have the code UNKNOWN. Larger data has
    more records per entry, not more entries.
    """

    quasi: tuple[Codes, ...] = field(repr=False)
    records: Counts = field(repr=False)
    sensitive: tuple[Codes, ...] = field(default=(), repr=False)
    subject: Codes | None = field(default=None, repr=False)

    @property
    def total(self) -> int:
        """The number of records."""
        return int(self.records.sum())


@dataclass(frozen=True)
class Classes:
    """A partition of the entries of :class:`Uniques`: `ids[i]` is the class of entry i, below
    `bound`. Not all ids need occur."""

    ids: NDArray[np.int64] = field(repr=False)
    bound: int

    def records(self, uniques: Uniques) -> Counts:
        """The number of records of each class; 0 for an unused id."""
        return self._sum(self.ids, uniques.records)

    def persons(self, uniques: Uniques) -> Counts:
        """The number of distinct known subjects of each class, or 1 if none is known; the number of
        records without a subject field.

        An unknown subject may be any of the known ones, so it adds no person.
        """
        if uniques.subject is None:
            return self.records(uniques)
        known = self._sum(self._pairs(uniques.subject)[0], None)
        return np.maximum(known, self.records(uniques) > 0)

    def histogram(self, values: Codes, uniques: Uniques) -> tuple[NDArray[np.int64], Codes, Counts]:
        """(class, value, records) for each known value of each class, sorted by class and value."""
        ids, codes, places = self._pairs(values)
        weights = uniques.records[values != UNKNOWN]
        records = np.bincount(places, weights=weights, minlength=len(ids))
        return ids, codes, records.astype(np.int64)

    def _pairs(self, values: Codes) -> tuple[NDArray[np.int64], Codes, NDArray[np.intp]]:
        """Each pair of class and known value once, and the pair of each known entry."""
        width, known = int(values.max(initial=0)) + 1, values != UNKNOWN
        keys = self.ids[known] * width + values[known]
        pairs, places = np.unique(keys, return_inverse=True)
        ids, codes = np.divmod(pairs, width)
        return ids, codes.astype(np.int32), places

    def _sum(self, ids: NDArray[np.int64], records: Counts | None) -> Counts:
        # bincount sums in float64, which is exact up to 2^53 records.
        return np.bincount(ids, weights=records, minlength=self.bound).astype(np.int64)


def classes_of(columns: Sequence[Codes], sizes: Sequence[int], entries: int) -> Classes:
    """The classes of entries with equal codes in all `columns`; the codes are below `sizes`.

    Raises: InputError ``key-space`` if the product of the sizes is 2^63 or more.
    """
    check_key_space(sizes)
    bound, ids = 1, np.zeros(entries, dtype=np.int64)
    for column, size in zip(columns, sizes, strict=True):
        if size > 1:
            if bound > 1:
                ids *= size
            ids += column
            bound *= size
    if bound <= max(_DENSE, 2 * entries):
        return Classes(ids, bound)
    distinct, packed = np.unique(ids, return_inverse=True)
    return Classes(packed.astype(np.int64), len(distinct))


def check_key_space(sizes: Sequence[int]) -> None:
    """Refuse quasi-identifiers with more combinations than 63 bits can number.

    Raises: InputError ``key-space``.
    """
    bound = 1
    for size in sizes:
        bound *= max(size, 1)
    if bound >= _KEY_SPACE:
        text = "the quasi-identifiers have 2^63 or more possible combinations"
        raise InputError("key-space", text, hint="use fewer of them, or coarser values")
