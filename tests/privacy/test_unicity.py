"""The fewest fields that single out most persons, held against counting every combination."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubber.privacy.unicity import LARGEST, MOST, Combination, Hashes, Unicity, mixed, unicity

Table = Mapping[str, Sequence[Hashable]]


def salt(name: str) -> int:
    return random.Random(name).getrandbits(64)


def hashed(table: Table) -> dict[str, Hashes]:
    return {
        name: mixed(
            np.array([hash(value) % 2**64 for value in values], dtype=np.uint64), salt(name)
        )
        for name, values in table.items()
    }


def alone(table: Table, fields: Sequence[str], whose: Sequence[int] | None = None) -> int:
    """The persons with a combination of their own, counted one record at a time."""
    rows = list(zip(*(table[name] for name in fields), strict=True))
    persons: dict[tuple[Hashable, ...], set[int]] = defaultdict(set)
    for at, row in enumerate(rows):
        persons[row].add(at if whose is None else whose[at])
    return len(set().union(*(people for people in persons.values() if len(people) == 1)))


def small(seed: int, records: int = 60) -> Table:
    chance = random.Random(seed)
    return {
        name: [chance.randrange(n) for _ in range(records)]
        for name, n in zip("abcde", (2, 3, 5, 7, 40), strict=True)
    }


@pytest.mark.parametrize("seed", range(20))
def test_the_best_of_each_size_is_the_best_of_all(seed: int) -> None:
    table = small(seed)
    found = unicity(hashed(table))
    assert {one.fields[0] for one in found.by_itself} == {
        name for name in table if alone(table, [name]) > MOST * 60
    }
    others = [name for name in table if name not in {one.fields[0] for one in found.by_itself}]
    for one in found.best:
        every = [alone(table, fields) for fields in combinations(others, len(one.fields))]
        assert one.alone == alone(table, one.fields) == max(every)


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_a_subject_counts_once(seed: int, people: int) -> None:
    table, chance = small(seed, 40), random.Random(seed)
    whose = [chance.randrange(people) for _ in range(40)]
    numbers = {person: at for at, person in enumerate(sorted(set(whose)))}
    whose = [numbers[person] for person in whose]
    found = unicity(hashed(table), np.array(whose))
    assert found.persons == len(numbers)
    for one in (*found.best, *found.by_itself):
        assert one.alone == alone(table, one.fields, whose) <= found.persons


def test_a_planted_combination_is_found() -> None:
    chance, n = random.Random(3), 5_000
    table: dict[str, list[int]] = {
        f"noise{i}": [chance.randrange(4) for _ in range(n)] for i in range(12)
    }
    order = list(range(n))
    chance.shuffle(order)
    table["x"], table["y"], table["z"] = (
        [(at // step) % 20 for at in order] for step in (1, 20, 400)
    )
    found = unicity(hashed(table))
    assert found.fewest is not None
    assert set(found.fewest.fields) == {"x", "y", "z"}
    assert found.share(found.fewest.alone) == 1
    assert {name: alone for name, alone in found.without if name != "z"} == {"x": 0, "y": 0}


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({}, Unicity(0)),
        ({"a": []}, Unicity(0, (), (Combination(("a",), 0),), (("a", 0),))),
        ({"a": [1]}, Unicity(1, (Combination(("a",), 1),))),
        ({"a": [1, 1]}, Unicity(2, (), (Combination(("a",), 0),), (("a", 0),))),
        ({"a": [1, 2]}, Unicity(2, (Combination(("a",), 2),))),
    ],
    ids=str,
)
def test_tables_of_next_to_nothing(table: Table, expected: Unicity) -> None:
    assert unicity(hashed(table)) == expected


def test_equal_values_of_two_fields_are_told_apart() -> None:
    table = {"a": [1, 2] * 50, "b": [2, 1] * 50}
    swapped = {"a": [1, 2, 1, 2], "b": [2, 1, 1, 2]}
    assert unicity(hashed(table)).best[-1].alone == 0
    assert unicity(hashed(swapped)).best[-1].alone == 4


@pytest.mark.slow
def test_candidates_are_compared_on_a_share_of_a_large_table() -> None:
    chance, n = np.random.default_rng(1), 600_000
    table = {f"c{i}": chance.integers(0, 3 + 40 * i, n) for i in range(10)}
    columns = {name: mixed(values.astype(np.uint64), salt(name)) for name, values in table.items()}
    found = unicity(columns)
    assert found.fewest is not None
    rows = Counter(zip(*(table[name].tolist() for name in found.fewest.fields), strict=True))
    assert found.fewest.alone == sum(count == 1 for count in rows.values())
    assert len(found.best) <= LARGEST
