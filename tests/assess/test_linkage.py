"""Linkage finds everybody where nothing was changed, and by chance alone where all is random."""

from __future__ import annotations

import random

import numpy as np
import pytest

from scrubber.assess.clues import Making, form
from scrubber.assess.linkage import linkage
from scrubber.assess.pairing import UNKNOWN, Table, origins

FORMS, HIDDEN = Making("forms", shows="form"), Making("hidden")
TOKENS = Making("hidden", repeats=True)

FITTING: list[tuple[str | None, str | None, bool]] = [
    ("37", "37", True),
    ("37", "38", False),
    ("37", "[30, 40)", True),
    ("40", "[30, 40)", False),
    ("40", "[30, 40]", True),
    ("30", "(30, 40]", False),
    ("-5", "[-10, 0)", True),
    ("37.5", "[37.5, 38)", True),
    ("91", ">=90", True),
    ("89", ">=90", False),
    ("9", "<10", True),
    ("02139", "021", False),
    ("02139", "021**", True),
    ("02139", "03***", False),
    ("2024-05-17", "2024-05", True),
    ("2024-05-17", "2024", True),
    ("2024-05-17", "2023", False),
    ("2024-05-17", "2024-Q2", True),
    ("2024-05-17", "2024-Q3", False),
    ("2024-05-17", "2024-W20", True),
    ("2024-05-17", "2024-W21", False),
    ("anything", "*", True),
    ("anything", None, True),
    (None, "x", False),
    (None, None, True),
    ("x", "[30, 40)", False),
    ("[30, 40)", "[30, 40)", True),
]


@pytest.mark.parametrize(("value", "label", "fits"), FITTING)
def test_a_published_label_fits_the_values_it_may_stand_for(
    value: str | None, label: str | None, fits: bool
) -> None:
    assert form(value)(label) is fits


def people(records: int, seed: int = 0) -> Table:
    chance = random.Random(seed)
    return Table(
        {
            "age": [str(chance.randrange(18, 90)) for _ in range(records)],
            "zip": [f"{chance.randrange(10**5):05d}" for _ in range(records)],
            "sex": [chance.choice("mf") for _ in range(records)],
        }
    )


KNOWN = ("age", "zip", "sex")
PLAIN = dict.fromkeys(KNOWN, FORMS)


def test_unchanged_records_are_all_found() -> None:
    source = people(500)
    found = linkage(source, source, np.arange(500), PLAIN, KNOWN)
    assert found.found.share == found.right.share > 0.99
    assert found.chance == 1 / 500
    assert found.by_order.share == 1


def test_generalized_records_are_found_as_often_as_their_class_is_small() -> None:
    source = people(2_000)
    out = Table(
        {
            "age": [
                f"[{int(v) // 10 * 10}, {int(v) // 10 * 10 + 10})" for v in source.columns["age"]
            ],
            "zip": [f"{v[:1]}****" for v in source.columns["zip"]],
            "sex": source.columns["sex"],
        }
    )
    classes = len(set(zip(*out.columns.values(), strict=True)))
    found = linkage(source, out, np.arange(2_000), PLAIN, KNOWN)
    low, high = found.found.interval
    assert low <= classes / 2_000 <= high


@pytest.mark.slow
def test_random_records_are_found_by_chance_alone() -> None:
    covered = 0
    for seed in range(200):
        source, out = people(60, seed), people(60, seed + 1_000)
        order = np.random.default_rng(seed).permutation(60)
        found = linkage(source, out, order, PLAIN, ("age", "sex"), seed=seed)
        low, high = found.found.interval
        covered += low <= found.chance <= high
    assert covered >= 183


def test_a_function_without_a_key_is_computed_by_the_attacker() -> None:
    source = people(300)
    towns = [f"town {int(v) % 60}" for v in source.columns["zip"]]
    out = Table({**source.columns, "zip": towns, "age": ["x"] * 300})
    made = {"zip": Making("function"), "age": HIDDEN, "sex": FORMS}
    found = linkage(source, out, np.arange(300), made, KNOWN)
    pairs = len(set(zip(towns, source.columns["sex"], strict=True)))
    low, high = found.found.interval
    assert low <= pairs / 300 <= high
    assert (found.used, found.unused) == (("zip", "sex"), ("age",))


def test_dates_are_looked_for_within_the_largest_shift() -> None:
    source = Table({"day": [f"20{year:02d}-06-15" for year in range(10, 90)]})
    out = Table({"day": [f"20{year:02d}-06-{15 + year % 7:02d}" for year in range(10, 90)]})
    made = {"day": Making("window", days=7, shows="window")}
    found = linkage(source, out, np.arange(80), made, ["day"])
    assert found.found.share == 1
    assert (
        linkage(
            source, out, np.arange(80), {"day": Making("window", days=400, shows="window")}, ["day"]
        ).claimed.share
        == 0
    )


def test_surrogates_that_keep_frequencies_are_read_by_them() -> None:
    names = [f"n{n}" for n in range(12) for _ in range(n + 1)]
    source = Table({"name": names})
    out = Table({"name": [f"t{name}" for name in names]})
    made = {"name": TOKENS}
    found = linkage(source, out, np.arange(len(names)), made, ["name"])
    ((field, share, chance),) = found.by_frequency
    assert (field, share.share, chance) == ("name", 1, 1 / 12)
    assert found.found.share < 0.1
    once = Table({"name": [f"n{n}" for n in range(78)]})
    ((_, share, _),) = linkage(once, once, np.arange(78), made, ["name"]).by_frequency
    assert share.hits == 0


def test_persons_who_are_not_in_the_output_are_the_comparison() -> None:
    source = people(400)
    kept = [row for row in range(400) if row % 4]
    found = linkage(source, source.take(kept), np.array(kept), PLAIN, KNOWN)
    assert found.absent is not None
    assert found.absent.cases == 100
    assert found.absent.share == 0
    assert linkage(source, source, np.arange(400), PLAIN, KNOWN).absent is None
    others = linkage(source, source, np.arange(400), PLAIN, KNOWN, absent=people(50, 9))
    assert others.absent is not None
    assert others.absent.cases == 50


def test_origins_are_found_by_order_and_form() -> None:
    source = people(300)
    kept = [row for row in range(300) if row % 3]
    out = Table({**source.take(kept).columns, "age": ["*"] * len(kept)})
    assert origins(source, out, PLAIN).tolist() == kept
    assert origins(source, source, PLAIN).tolist() == list(range(300))


def test_origins_that_are_not_clear_are_unknown() -> None:
    source = Table({"a": ["x", "y", "y", "z"]})
    out = Table({"a": ["x", "y", "z"]})
    assert origins(source, out, {"a": FORMS}).tolist() == [0, UNKNOWN, 3]
    strangers = Table({"a": ["q"]})
    assert origins(source, strangers, {"a": FORMS}).tolist() == [UNKNOWN]


def test_the_same_seed_makes_the_same_attack() -> None:
    source = people(3_000)
    made = [linkage(source, source, np.arange(3_000), PLAIN, ["age"], seed=s) for s in (1, 1, 2)]
    assert made[0] == made[1] != made[2]
