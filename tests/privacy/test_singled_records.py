"""Estimates of the records that fields single out: unbiased, and equal for any division."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from scrubber.privacy.singled_records import (
    Kept,
    candidates,
    estimate,
    kept,
    one_in,
    singled_records,
)
from scrubber.privacy.unicity import Hashes, mixed


def hashed(values: np.ndarray, salt: int) -> Hashes:
    return mixed(values.astype(np.uint64), (salt + 1) * 0x9E3779B97F4A7C15)


def table(records: int, seed: int) -> tuple[dict[str, Hashes], int]:
    """Two fields, and the number of records that they single out, by a plain count."""
    chance = np.random.default_rng(seed)
    a, b = chance.integers(0, 300, records), chance.integers(0, 300, records)
    sizes = Counter(zip(a.tolist(), b.tolist(), strict=True))
    alone = sum(size for size in sizes.values() if size == 1)
    return {"a": hashed(a, 2 * seed + 1), "b": hashed(b, 2 * seed + 2)}, alone


def test_estimates_are_unbiased_and_their_bounds_hold() -> None:
    fields, errors, held, of = ("a", "b"), [], 0, 8
    for seed in range(60):
        columns, alone = table(20_000, seed)
        found = estimate(fields, kept(columns, fields, None, of), of)
        errors.append((found.alone - alone) / alone)
        held += found.bound >= alone
    assert abs(np.mean(errors)) < 3 * np.std(errors) / np.sqrt(len(errors))
    assert held >= 55  # a bound of 97.5 % on this side: 58.5 are expected


def test_all_combinations_give_the_exact_number() -> None:
    columns, alone = table(20_000, 1)
    found = estimate(("a", "b"), kept(columns, ("a", "b"), None, 1), 1)
    assert (found.alone, found.bound) == (alone, alone)


@pytest.mark.parametrize("cuts", [[], [5], [0, 7, 7, 900], list(range(0, 1000, 50))])
def test_the_division_into_parts_makes_no_difference(cuts: list[int]) -> None:
    columns, _ = table(1000, 3)
    whose = np.random.default_rng(0).integers(0, 200, 1000)
    whole = estimate(("a",), kept(columns, ("a",), whose, 2), 2)
    edges = [0, *cuts, 1000]
    parts = [kept({"a": columns["a"][i:j]}, ("a",), whose[i:j], 2) for i, j in pairwise(edges)]
    assert estimate(("a",), Kept.together(parts), 2) == whole


def test_records_of_one_subject_are_singled_out_together() -> None:
    values = hashed(np.array([1, 1, 1, 2, 2, 3]), 0)
    whose = np.array([7, 7, 7, 7, 8, 9])
    assert estimate(("a",), kept({"a": values}, ("a",), whose, 1), 1).alone == 4
    assert estimate(("a",), kept({"a": values}, ("a",), None, 1), 1).alone == 1


@pytest.mark.parametrize("whole", [True, False])
def test_a_planted_combination_is_found_and_an_identifier_hides_nothing(whole: bool) -> None:
    n, chance = 4096, np.random.default_rng(5)
    columns = {f"noise{i}": hashed(chance.integers(0, 3, n), i) for i in range(8)}
    columns["number"] = hashed(np.arange(n), 20)
    columns["row"] = hashed(np.arange(n) // 64, 21)
    columns["place"] = hashed(np.arange(n) % 64, 22)
    chosen = candidates(columns, whole=whole)
    found = singled_records(
        n, [estimate(fields, kept(columns, fields, None, 1), 1) for fields in chosen], 1
    )
    assert [one.fields for one in found.by_itself] == [("number",)]
    assert found.fewest is not None
    assert (found.fewest.fields, found.fewest.alone) == (("place", "row"), n)


def test_nothing_is_singled_out_of_nothing() -> None:
    assert candidates({}) == ()
    empty = np.zeros(0, dtype=np.uint64)
    assert estimate(("a",), kept({"a": empty}, ("a",), None, 1), 1).bound == 0
    assert singled_records(0, [], 1).fewest is None


@pytest.mark.parametrize(
    ("records", "of"), [(0, 1), (65_536, 1), (65_537, 2), (131_072, 2), (10**6, 16)]
)
def test_about_as_many_combinations_are_kept_for_any_size(records: int, of: int) -> None:
    assert one_in(records) == of
