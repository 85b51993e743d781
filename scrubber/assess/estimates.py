"""Unbiased estimates from values with the noise of local differential privacy."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scrubber.assess.figures import NORMAL, Estimate
from scrubber.transform.randomized_response import RandomizedResponse


@dataclass(frozen=True, slots=True)
class Estimated:
    """The estimates for a field: `shares` of the true answers, or the `mean` of the numbers.

    `records` is the number of records with a value. Intervals are of 95 % and hold the noise and
    the sampling of the records, if each subject has one record.
    """

    field: str
    action: str
    records: int
    shares: Mapping[str, Estimate]
    mean: Estimate | None = None

    @property
    def exit_code(self) -> int:
        return 0

    def to_json(self) -> dict[str, Any]:
        return {
            "field": self.field,
            "action": self.action,
            "records": self.records,
            "shares": {value: share.to_json() for value, share in self.shares.items()},
            "mean": None if self.mean is None else self.mean.to_json(),
        }


def true_shares(counts: Mapping[str, int], asked: RandomizedResponse) -> dict[str, Estimate]:
    """The share of each true answer, from the `counts` of the published ones.

    An answer is published with probability p if it is true and q if not, so the observed share s
    of it estimates (s - q) / (p - q) (Warner 1965). A share may come out below 0 or above 1.
    """
    records = sum(counts.values())
    true, other = asked.weights
    total = true + other * (len(asked.values) - 1)
    q, gap = other / total, (true - other) / total
    found = {}
    for value in asked.values:
        share = counts.get(value, 0) / records
        wide = NORMAL * math.sqrt(share * (1 - share) / records) / gap
        centre = (share - q) / gap
        found[value] = Estimate(centre, centre - wide, centre + wide)
    return found


def true_mean(numbers: NDArray[np.float64]) -> Estimate:
    """The mean of the numbers before the noise, which has the mean 0 (at least two numbers)."""
    centre = float(numbers.mean())
    wide = NORMAL * float(numbers.std(ddof=1)) / math.sqrt(len(numbers))
    return Estimate(centre, centre - wide, centre + wide)


__all__ = ["Estimated", "true_mean", "true_shares"]
