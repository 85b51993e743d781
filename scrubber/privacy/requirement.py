"""Requirements for every equivalence class: k-anonymity, l-diversity, t-closeness."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scrubber.privacy.hierarchy import Codes
from scrubber.privacy.uniques import Classes, Counts, Mask, Uniques

_TOLERANCE = 1e-12

Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Diversity:
    """l-diversity of a sensitive field (Machanavajjhala et al. 2007), by the values that are known:
    a null is none of them.

    ``distinct``: at least `l` values in each class. ``entropy``: -sum p ln p >= ln l.
    ``recursive`` (c, l): r1 < c (r_l + ... + r_m), with r1 >= r2 >= ... the counts of the values.
    """

    l: float  # noqa: E741  the measure's own name
    kind: Literal["distinct", "entropy", "recursive"] = "distinct"
    c: float = 1.0


@dataclass(frozen=True, slots=True)
class Closeness:
    """t-closeness of a sensitive field (Li et al. 2007): the earth mover's distance between a class
    and all records, by the values that are known, is at most `t`.

    ``equal``: 1/2 sum |p - q|. ``ordered``: sum |P - Q| / (m - 1) over the cumulative shares of the
    m values in their order.
    """

    t: float
    kind: Literal["equal", "ordered"] = "equal"


@dataclass(frozen=True)
class Requirement:
    """At least `k` persons in each class, and for the sensitive field of each number the models.

    `reference` has, per sensitive field, the records of each value in the whole table: what
    closeness is measured against.
    """

    k: int
    diversity: tuple[tuple[int, Diversity], ...] = ()
    closeness: tuple[tuple[int, Closeness], ...] = ()
    reference: tuple[Counts, ...] = field(default=(), repr=False)

    def small(self, classes: Classes, uniques: Uniques) -> Mask:
        """Per class: fewer than `k` persons.

        Merging classes never makes one small that was not, which is what the search prunes by.
        """
        return classes.persons(uniques) < self.k

    def broken(self, classes: Classes, uniques: Uniques) -> Mask:
        """Per class: too small, or not diverse or not close. An id without records is broken."""
        bad = self.small(classes, uniques)
        for number, diversity in self.diversity:
            bad |= ~_diverse(diversity, classes, uniques.sensitive[number], uniques)
        for number, closeness in self.closeness:
            values = uniques.sensitive[number]
            bad |= _distance(closeness, classes, values, uniques, self.reference[number]) > (
                closeness.t + _TOLERANCE
            )
        return bad


def _diverse(model: Diversity, classes: Classes, values: Codes, uniques: Uniques) -> Mask:
    ids, _, records = classes.histogram(values, uniques)
    if model.kind == "distinct":
        different: Mask = np.bincount(ids, minlength=classes.bound) >= model.l
        return different
    totals = np.bincount(ids, weights=records, minlength=classes.bound)
    if model.kind == "entropy":
        shares = records / totals[ids]
        entropy = np.bincount(ids, weights=-shares * np.log(shares), minlength=classes.bound)
        enough: Mask = entropy >= np.log(model.l) - _TOLERANCE
        return enough
    order = np.lexsort((-records, ids))
    ids, records = ids[order], records[order]
    rank = np.arange(len(ids)) - np.searchsorted(ids, ids)
    first = np.bincount(ids[rank == 0], weights=records[rank == 0], minlength=classes.bound)
    rest = rank >= model.l - 1
    tail = np.bincount(ids[rest], weights=records[rest], minlength=classes.bound)
    return first < model.c * tail


def _distance(
    model: Closeness, classes: Classes, values: Codes, uniques: Uniques, reference: Counts
) -> Shares:
    """The distance of each class from the whole; 0 for an id without records, and 1 for one without
    known values, unless the whole has none."""
    if not reference.sum():
        return np.zeros(classes.bound)
    ids, codes, records = classes.histogram(values, uniques)
    totals = np.bincount(ids, weights=records, minlength=classes.bound)
    whole = reference / reference.sum()
    shares = records / totals[ids]
    if model.kind == "equal":
        # Half of sum |p - q| is the sum of p - q where p > q.
        over = np.maximum(shares - whole[codes], 0)
        distance = np.bincount(ids, weights=over, minlength=classes.bound).astype(float)
    else:
        distance = _ordered(ids, codes, shares, whole, classes.bound)
    return np.where((totals == 0) & (classes.records(uniques) > 0), 1.0, distance)


def _ordered(
    ids: NDArray[np.int64], codes: Codes, shares: Shares, whole: Shares, bound: int
) -> Shares:
    """sum over the values i of |P(i) - Q(i)| / (m - 1), without a cell per class and value.

    P is constant from one value that occurs in the class to the next; the sum of |P - Q| over such
    a run follows from prefix sums of Q, since Q only grows and crosses P at most once.
    """
    m = len(whole)
    distance = np.zeros(bound)
    if m == 1 or not len(ids):
        return distance
    cumulative = np.cumsum(whole)
    prefix = np.concatenate(([0.0], np.cumsum(cumulative)))
    # A run begins at each value that occurs; one more, with P = 0, before the first of each class.
    head = np.concatenate(([True], ids[1:] != ids[:-1]))
    tail = np.concatenate((head[1:], [True]))
    running = np.cumsum(shares)
    before = (running - shares)[np.flatnonzero(head)][np.cumsum(head) - 1]
    level = running - before
    stop = np.where(tail, m, np.concatenate((codes[1:], [m])))
    runs = [
        (ids[head], np.zeros(int(head.sum()), dtype=np.int64), codes[head], np.zeros(head.sum())),
        (ids, codes.astype(np.int64), stop, level),
    ]
    for owner, start, end, height in runs:
        cross = np.clip(np.searchsorted(cumulative, height), start, end)
        under = height * (cross - start) - (prefix[cross] - prefix[start])
        over = (prefix[end] - prefix[cross]) - height * (end - cross)
        distance += np.bincount(owner, weights=under + over, minlength=bound)
    return distance / (m - 1)
