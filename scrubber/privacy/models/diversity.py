"""l-diversity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from scrubber.model.direction import Directions, Less, More, each
from scrubber.privacy.hierarchy import Codes, Label
from scrubber.privacy.models.base import SLACK, TOLERANCE
from scrubber.privacy.uniques import Classes, Counts, Mask, Uniques

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Diversity:
    """l-diversity of a sensitive field (Machanavajjhala et al. 2007), over known values; null is
    not one of them.

    ``distinct``: at least `l` values in each class. ``entropy``: -sum p ln p >= ln l. ``recursive``
    (c, l): r1 < c (r_l + ... + r_m), with r1 >= r2 >= ... the counts of the values.
    """

    key: ClassVar[str] = "l"
    title: ClassVar[str] = "l-diversity"
    asked: ClassVar[str] = "as diverse as l asks"
    remedy: ClassVar[str] = "a smaller l, or a larger c"
    directions: ClassVar[Directions] = each(value=More(), c=Less())

    l: float = field(  # noqa: E741  the measure's own name
        metadata={"gt": 1, "description": "Minimum diversity."}
    )
    kind: Literal["distinct", "entropy", "recursive"] = field(
        default="distinct", metadata={"description": "Measure of diversity."}
    )
    c: float = field(
        default=1.0, metadata={"gt": 0, "description": "Factor of recursive diversity."}
    )

    @property
    def value(self) -> float:
        return self.l

    @property
    def factor(self) -> float | None:
        return self.c if self.kind == "recursive" else None

    def broken(
        self,
        classes: Classes,
        uniques: Uniques,
        values: Codes,
        reference: Counts,  # noqa: ARG002
    ) -> Mask:
        bad: Mask = ~_diverse(self, classes, values, uniques)
        return bad

    def holds(self, counts: pl.DataFrame, reference: Mapping[Label, int]) -> bool:  # noqa: ARG002
        return _all_diverse(counts, self)


def _diverse(model: Diversity, classes: Classes, values: Codes, uniques: Uniques) -> Mask:
    ids, _, records = classes.histogram(values, uniques)
    if model.kind == "distinct":
        different: Mask = np.bincount(ids, minlength=classes.bound) >= model.l
        return different
    totals = np.bincount(ids, weights=records, minlength=classes.bound)
    if model.kind == "entropy":
        shares = records / totals[ids]
        entropy = np.bincount(ids, weights=-shares * np.log(shares), minlength=classes.bound)
        enough: Mask = entropy >= np.log(model.l) - TOLERANCE
        return enough
    order = np.lexsort((-records, ids))
    ids, records = ids[order], records[order]
    rank = np.arange(len(ids)) - np.searchsorted(ids, ids)
    first = np.bincount(ids[rank == 0], weights=records[rank == 0], minlength=classes.bound)
    rest = rank >= model.l - 1
    tail = np.bincount(ids[rest], weights=records[rest], minlength=classes.bound)
    return first < model.c * tail


def _all_diverse(counts: pl.DataFrame, model: Diversity) -> bool:
    """True if each class is diverse over its known values; `counts` has class, value and n."""
    import polars as pl

    known = counts.drop_nulls("value")
    if known["class"].n_unique() < counts["class"].n_unique():
        return False
    n = pl.col("n")
    match model.kind:
        case "distinct":
            good = pl.len() >= model.l
        case "entropy":
            good = n.entropy(normalize=True) >= np.log(model.l) - SLACK
        case "recursive":
            ordered = n.sort(descending=True)
            tail = ordered.slice(int(np.ceil(model.l)) - 1).sum()
            good = ordered.first() < model.c * tail
    return bool(known.group_by("class").agg(good.alias("good"))["good"].all())
