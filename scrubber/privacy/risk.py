"""Re-identification risk of a table, from the sizes of its equivalence classes.

Prosecutor risk: the attacker knows that the person is in the table, and finds the record in a class
of f persons with probability 1/f. Journalist risk: the attacker does not know it, and the class has
F persons in the population. Marketer risk: the expected share of correct links for an attacker who
links all records. (El Emam, "Guide to the De-Identification of Personal Health Information", 2013,
ch. 16; Dankar and El Emam, "A method for evaluating marketer re-identification risk", 2010.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from scrubber.privacy.uniques import Counts

BANDS = ((1, 1), (2, 2), (3, 4), (5, 9), (10, 19), (20, 49), (50, 99), (100, None))

Band = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Risk:
    """The risk that follows from class sizes. Risks and shares range from 0 to 1, and are 0 for a
    table without records.

    `highest` and `mean` are prosecutor risks. `at_risk` is the share of records with a risk above
    `threshold`, `unique` the share of records alone in their class. `mean` is also the marketer
    risk: the expected share of correct links is classes / records. `average_size` is records /
    classes (LeFevre et al. 2006 divide it by k). `discernibility` is the sum of size^2 over the
    classes (Bayardo and Agrawal 2005). `histogram` has (from, to, classes, records) per band of
    class sizes.
    """

    records: int
    classes: int
    smallest: int
    highest: float
    mean: float
    threshold: float
    at_risk: float
    unique: float
    average_size: float
    discernibility: int
    histogram: tuple[tuple[int, int | None, int, int], ...]


@dataclass(frozen=True, slots=True)
class Journalist:
    """The risk relative to a population table: the highest and mean 1/F over the records, and the
    records whose class is missing in the population, so that it does not protect them."""

    highest: float
    mean: float
    absent: int


def risk_of(sizes: Counts, threshold: float = 0.2) -> Risk:
    """The risk of a table with these numbers of persons per class; sizes of 0 are ignored."""
    sizes = sizes[sizes > 0]
    records, classes = int(sizes.sum()), len(sizes)
    smallest = int(sizes.min()) if classes else 0
    exposed = int(sizes[1 / sizes > threshold].sum()) if classes else 0
    return Risk(
        records=records,
        classes=classes,
        smallest=smallest,
        highest=1 / smallest if classes else 0.0,
        mean=classes / records if classes else 0.0,
        threshold=threshold,
        at_risk=exposed / records if classes else 0.0,
        unique=int((sizes == 1).sum()) / records if classes else 0.0,
        average_size=records / classes if classes else 0.0,
        discernibility=sum(size * size for size in sizes.tolist()),  # may exceed 2^63
        histogram=tuple(_banded(sizes, low, high) for low, high in BANDS),
    )


def journalist_risk(sample: Counts, population: Counts) -> Journalist:
    """The risk if the attacker links to a population.

    The arrays are aligned by class; `population` is 0 for a class that it lacks. A class in the
    population counts as at least as large as in the sample.
    """
    present = sample > 0
    sample, population = sample[present], population[present]
    records = int(sample.sum())
    if not records:
        return Journalist(0.0, 0.0, 0)
    sizes = np.maximum(sample, population)
    return Journalist(
        highest=float((1 / sizes).max()),
        mean=float((sample / sizes).sum() / records),
        absent=int(sample[population == 0].sum()),
    )


def population_uniques(sizes: Counts, population: int) -> float | None:
    """The expected share of population uniques, estimated from a simple random sample with these
    class `sizes`; None if the population is smaller than the sample.

    Zayatz' conditional estimate (1991), for the sampling fraction p and class sizes distributed in
    the population as in the sample (shares s_j): a class with one record in the sample has one in
    the population with the probability s_1 p / sum_j s_j j p (1 - p)^(j - 1).
    """
    sizes = sizes[sizes > 0]
    n = int(sizes.sum())
    if not n or population < n:
        return None
    p = n / population
    if p == 1:
        return float((sizes == 1).sum() / n)
    values, counts = np.unique(sizes, return_counts=True)
    shares = counts / counts.sum()
    chance = shares * values * p * np.exp((values - 1) * math.log1p(-p))
    alone = float(chance[values == 1].sum())
    if not alone:
        return 0.0
    given = alone / float(chance.sum())
    return min(1.0, given * float((sizes == 1).sum()) / p / population)


def _banded(sizes: Counts, low: int, high: int | None) -> tuple[int, int | None, int, int]:
    inside = (sizes >= low) if high is None else (sizes >= low) & (sizes <= high)
    return low, high, int(inside.sum()), int(sizes[inside].sum())
