"""Risk measures: worked examples, and what holds for every table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.privacy.risk import journalist_risk, population_uniques, risk_of

CASES = [
    # sizes, records, classes, smallest, highest, mean, at risk (above 0.2), unique, average size,
    # discernibility
    ([], 0, 0, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0),
    ([1], 1, 1, 1, 1.0, 1.0, 1.0, 1.0, 1.0, 1),
    ([5], 5, 1, 5, 0.2, 0.2, 0.0, 0.0, 5.0, 25),
    ([4, 6], 10, 2, 4, 0.25, 0.2, 0.4, 0.0, 5.0, 52),
    ([1, 1, 2, 0], 4, 3, 1, 1.0, 0.75, 1.0, 0.5, 4 / 3, 6),
    ([1 << 32], 1 << 32, 1, 1 << 32, 2**-32, 2**-32, 0.0, 0.0, 2.0**32, 1 << 64),
]


@pytest.mark.parametrize("case", CASES, ids=[str(case[0]) for case in CASES])
def test_worked_examples(case: tuple[Any, ...]) -> None:
    sizes, *expected = case
    risk = risk_of(np.array(sizes, dtype=np.int64))
    assert [
        risk.records,
        risk.classes,
        risk.smallest,
        risk.highest,
        risk.mean,
        risk.at_risk,
        risk.unique,
        risk.average_size,
        risk.discernibility,
    ] == expected


@given(st.lists(st.integers(1, 500)))
def test_the_histogram_holds_every_class_and_record_once(sizes: list[int]) -> None:
    risk = risk_of(np.array(sizes, dtype=np.int64))
    assert sum(band[2] for band in risk.histogram) == len(sizes)
    assert sum(band[3] for band in risk.histogram) == sum(sizes)
    assert 0 <= risk.mean <= risk.highest <= 1


def test_journalist_risk() -> None:
    sample, population = np.array([2, 1, 0, 3]), np.array([10, 0, 50, 2])
    risk = journalist_risk(sample, population)
    # the classes count as 10, 1 and 3: the population cannot have fewer than the sample
    assert risk.highest == 1.0
    assert risk.mean == pytest.approx((2 / 10 + 1 / 1 + 3 / 3) / 6)
    assert risk.absent == 1
    empty = journalist_risk(np.array([0]), np.array([7]))
    assert (empty.highest, empty.mean, empty.absent) == (0.0, 0.0, 0)


@pytest.mark.parametrize(
    ("sizes", "population", "expected"),
    [
        ([], 100, None),
        ([2, 2], 3, None),
        ([1, 1, 2], 4, 0.5),
        ([2, 3], 100, 0.0),
        ([1], 10, 1.0),
    ],
)
def test_population_uniques(sizes: list[int], population: int, expected: float | None) -> None:
    found = population_uniques(np.array(sizes, dtype=np.int64), population)
    assert found == (None if expected is None else pytest.approx(expected))


@given(st.lists(st.integers(1, 30), min_size=1), st.integers(0, 10_000))
def test_population_uniques_are_a_share(sizes: list[int], more: int) -> None:
    found = population_uniques(np.array(sizes, dtype=np.int64), sum(sizes) + more)
    assert found is not None
    assert 0 <= found <= 1
