"""Figures of an assessment: shares, their differences and rankings, with 95 % intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from scrubber.assess.wilson import bounds

NORMAL: Final = 1.959964
_LEAST_EXPECTED: Final = 10  # false positives, for a rate to say anything


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `cases`, with Wilson's 95 % interval (1927); shares are in 0..1."""

    hits: int
    cases: int

    @property
    def share(self) -> float:
        return self.hits / self.cases if self.cases else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The bounds; (0, 1) without cases."""
        return bounds(self.hits, self.cases) if self.cases else (0.0, 1.0)

    def to_json(self) -> dict[str, Any]:
        low, high = self.interval
        return {"cases": self.cases, "share": self.share, "low": low, "high": high}

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.share:.1%} ({low:.1%} to {high:.1%})"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float

    def __format__(self, form: str) -> str:
        return f"{self.value:{form}} ({self.low:{form}} to {self.high:{form}})"

    def to_json(self) -> dict[str, Any]:
        return {"value": self.value, "low": self.low, "high": self.high}


def difference(one: Share, other: Share) -> Estimate:
    """`one` - `other` for independent cases, with Newcombe's interval (1998, method 10).

    >>> found = difference(Share(56, 70), Share(48, 80))
    >>> round(found.value, 4), round(found.low, 4), round(found.high, 4)
    (0.2, 0.0524, 0.3339)
    """
    (low1, high1), (low2, high2) = one.interval, other.interval
    value = one.share - other.share
    down = math.hypot(one.share - low1, high2 - other.share)
    up = math.hypot(high1 - one.share, other.share - low2)
    return Estimate(value, max(-1.0, value - down), min(1.0, value + up))


@dataclass(frozen=True, slots=True)
class Caught:
    """The share of positives above the score that only `rate` of the negatives exceed; None where
    fewer than ten false positives are expected, which is too few to set the threshold by."""

    rate: float
    caught: Share | None

    def to_json(self) -> dict[str, Any]:
        found = self.caught.to_json() if self.caught is not None else None
        return {"false_positive_rate": self.rate, "true_positive_rate": found}


@dataclass(frozen=True, slots=True)
class Ranking:
    """Scores that should be higher for positives: `auc` is the probability that they are, with the
    interval of Hanley and McNeil (1982)."""

    auc: Estimate
    caught: tuple[Caught, ...]

    def to_json(self) -> dict[str, Any]:
        return {"auc": self.auc.to_json(), "at": [one.to_json() for one in self.caught]}


def ranking(
    positives: NDArray[np.float64], negatives: NDArray[np.float64], rates: Sequence[float]
) -> Ranking:
    """The ranking of scores of both kinds; ties count half.

    >>> found = ranking(np.array([1.0, 2.0, 3.0]), np.array([0.0, 2.0]), (0.01,))
    >>> found.auc.value, found.caught[0].caught
    (0.75, None)
    """
    below = np.sort(negatives)
    lower = np.searchsorted(below, positives, "left")
    upper = np.searchsorted(below, positives, "right")
    auc = float((lower + upper).sum()) / (2 * len(positives) * len(below))
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    square = auc**2
    variance = auc * (1 - auc) + (len(positives) - 1) * (q1 - square)
    variance += (len(below) - 1) * (q2 - square)
    wide = NORMAL * math.sqrt(max(variance, 0.0) / (len(positives) * len(below)))
    estimate = Estimate(auc, max(0.0, auc - wide), min(1.0, auc + wide))
    return Ranking(estimate, tuple(_caught(positives, below, rate) for rate in rates))


def _caught(positives: NDArray[np.float64], below: NDArray[np.float64], rate: float) -> Caught:
    allowed = math.floor(rate * len(below))
    if allowed < _LEAST_EXPECTED:
        return Caught(rate, None)
    threshold = below[-allowed - 1]
    return Caught(rate, Share(int((positives > threshold).sum()), len(positives)))
