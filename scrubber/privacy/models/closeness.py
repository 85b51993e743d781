"""t-closeness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from scrubber.model.direction import Directions, Less, each
from scrubber.privacy.hierarchy import Codes, Label
from scrubber.privacy.models.base import SLACK, TOLERANCE
from scrubber.privacy.uniques import Classes, Counts, Mask, Uniques

if TYPE_CHECKING:
    import polars as pl

Shares = NDArray[np.float64]
_CELLS = 1 << 22


@dataclass(frozen=True, slots=True)
class Closeness:
    """t-closeness of a sensitive field (Li et al. 2007): the earth mover's distance between a class
    and all records, over known values, is at most `t`.

    ``equal``: 1/2 sum |p - q|. ``ordered``: sum |P - Q| / (m - 1) over the cumulative shares of the
    m values in order.
    """

    key: ClassVar[str] = "t"
    title: ClassVar[str] = "t-closeness"
    asked: ClassVar[str] = "as close to the whole as t asks"
    remedy: ClassVar[str] = "a larger t"
    directions: ClassVar[Directions] = each(value=Less())

    t: float = field(
        metadata={
            "ge": 0,
            "le": 1,
            "description": "Maximum distance between a class and the whole table.",
        }
    )
    kind: Literal["equal", "ordered"] = field(
        default="equal",
        metadata={"description": "Distance between values: equal for all pairs, or by order."},
    )

    @property
    def value(self) -> float:
        return self.t

    @property
    def factor(self) -> float | None:
        return None

    def broken(self, classes: Classes, uniques: Uniques, values: Codes, reference: Counts) -> Mask:
        bad: Mask = _distance(self, classes, values, uniques, reference) > self.t + TOLERANCE
        return bad

    def holds(self, counts: pl.DataFrame, reference: Mapping[Label, int]) -> bool:
        return _furthest(counts, reference, self) <= self.t + SLACK


def _distance(
    model: Closeness, classes: Classes, values: Codes, uniques: Uniques, reference: Counts
) -> Shares:
    """The distance of each class from the whole table: 0 for an id without records, and 1 for a
    class without known values, unless the whole table has none."""
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

    P is constant between the values that occur in the class. The sum of |P - Q| over such a run
    follows from prefix sums of Q, since Q only grows and crosses P at most once.
    """
    m = len(whole)
    distance = np.zeros(bound)
    if m == 1 or not len(ids):
        return distance
    cumulative = np.cumsum(whole)
    prefix = np.concatenate(([0.0], np.cumsum(cumulative)))
    # A run begins at each occurring value; another, with P = 0, before the first of each class.
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


def _furthest(counts: pl.DataFrame, reference: Mapping[Label, int], model: Closeness) -> float:
    """The largest distance of a class from the reference, over known values. A new label is
    infinitely far. A class without known values has the maximum distance, if others have some."""
    import polars as pl

    order = {label: i for i, label in enumerate(reference)}
    every, counts = counts["class"].n_unique(), counts.drop_nulls("value")
    if any(label not in order for label in counts["value"].unique().to_list()):
        return float("inf")
    if not reference:
        return 0.0
    whole = np.array(list(reference.values()), dtype=float)
    whole /= max(whole.sum(), 1)
    value = counts["value"].replace_strict(order, return_dtype=pl.Int64).to_numpy()
    owner, n = counts["class"].to_numpy(), counts["n"].to_numpy()
    classes = int(owner.max(initial=-1)) + 1
    furthest = 1.0 if counts["class"].n_unique() < every else 0.0
    step = max(_CELLS // max(len(whole), 1), 1)
    for start in range(0, classes, step):
        here = (owner >= start) & (owner < start + step)
        shares = np.zeros((min(step, classes - start), len(whole)))
        shares[owner[here] - start, value[here]] = n[here]
        shares /= np.maximum(shares.sum(axis=1, keepdims=True), 1)
        apart = shares - whole
        if model.kind == "ordered":
            distance = np.abs(np.cumsum(apart, axis=1)).sum(axis=1) / max(len(whole) - 1, 1)
        else:
            distance = np.abs(apart).sum(axis=1) / 2
        furthest = max(furthest, float(distance.max()))
    return furthest
