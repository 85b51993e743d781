"""Equivalence classes in the manifest: no small count can be had from what is told of them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scrubber.errors import ConservationError
from scrubber.manifest import (
    ClassFacts,
    Facts,
    Fragment,
    Ledger,
    OutputFacts,
    SourceFacts,
    seal,
    validate,
)
from scrubber.manifest.risk import risk_lines
from scrubber.model.batch import BatchRef
from scrubber.model.tally import Tally
from tests.examples import examples
from tests.golden.manifest_facts import CLASSES
from tests.manifest.attacker import Domain, values

LOWS = (1, 2, 3, 5, 10)
SIZES = {1: 1, 2: 2, 3: 4, 5: 9, 10: None}
TOP = 300


def bands(*records: int) -> ClassFacts:
    """Classes with these records per band of sizes 1, 2, 3-4, 5-9 and 10 or more."""
    made = tuple((low, SIZES[low], n) for low, n in zip(LOWS, records, strict=True))
    smallest = next((low for low, _, n in made if n), None)
    return ClassFacts(smallest, sum(-(-n // low) for low, _, n in made), made)


def account(before: ClassFacts, after: ClassFacts, uncounted: int = 0) -> tuple[Facts, Ledger]:
    """A run over one source: `uncounted` records went by a row rule, the difference for privacy."""
    came, out = (sum(n for _, _, n in one.bands or ()) for one in (before, after))
    assert CLASSES[0].risk is not None
    facts = replace(
        CLASSES[0],
        sources=CLASSES[0].sources[:1],
        fields=(),
        outputs=(
            OutputFacts("data/customers.csv", "0" * 64, 9, out, "customers.csv", 0, "78" * 32),
        ),
        risk=replace(CLASSES[0].risk, before=before, after=after, suppressed=came - out),
    )
    rows = came + uncounted
    dropped = Tally({"privacy": came - out, "rows[0]": uncounted})
    ref = BatchRef("customers.csv", 0, 1, rows)
    return facts, Ledger([Fragment(ref, "", rows, out, dropped)])


def section(before: ClassFacts, after: ClassFacts, **options: Any) -> dict[str, Any]:
    data = seal(*account(before, after), **options).to_json()
    assert validate(data) == []
    found: dict[str, Any] = data["risk"]["privacy"]
    return found


def test_large_classes_are_told() -> None:
    told = section(bands(100, 0, 0, 0, 900), bands(0, 0, 0, 0, 900))
    assert told["suppressed"] == {"n": 100}
    assert told["loss"] == 252
    assert [band["records"] for band in told["before"]["class_sizes"]] == [
        {"n": 100}, {"n": 0}, {"n": 0}, {"n": 0}, {"n": 900},
    ]  # fmt: skip
    assert told["before"]["mean_risk"] == 190
    assert told["before"]["smallest_class"] == {"lt": 11}
    assert told["before"]["highest_risk_at_most"] == 1000
    assert told["after"]["highest_risk_at_most"] == 200


def test_a_handful_of_suppressed_records_withholds_the_loss() -> None:
    told = section(bands(0, 0, 4, 0, 900), bands(0, 0, 0, 0, 900))
    assert told["suppressed"] == {"lt": 11}
    assert told["loss"] is told["loss_at_least"] is None
    assert told["before"]["class_sizes"] is told["before"]["mean_risk"] is None


def test_small_bands_withhold_all_of_them() -> None:
    told = section(bands(1, 2, 0, 0, 900), bands(0, 0, 0, 0, 890))
    assert told["before"]["class_sizes"] is None


def test_rounded_counts_come_without_exact_figures() -> None:
    told = section(bands(104, 0, 0, 0, 900), bands(0, 0, 0, 0, 900), base=10)
    assert told["before"]["class_sizes"][0]["records"] == {"n": 100}
    assert told["loss"] is told["before"]["mean_risk"] is None


def test_one_class_is_as_large_as_all_records_together() -> None:
    """Of a small source nothing may be had by subtracting the one class of the other source."""
    facts, ledger = account(bands(0, 0, 0, 0, 900), bands(0, 0, 0, 0, 900))
    assert facts.risk is not None
    whole = replace(bands(0, 0, 0, 0, 900), smallest=900, classes=1)
    few = SourceFacts("few.csv", "text/csv")
    few_rows = OutputFacts("data/few.csv", "0" * 64, 9, 5, "few.csv", 1, "78" * 32)
    data = seal(
        replace(
            facts,
            sources=(*facts.sources, few),
            outputs=(*facts.outputs, few_rows),
            risk=replace(facts.risk, before=whole, after=whole),
        ),
        ledger | Ledger([Fragment(BatchRef("few.csv", 0, 1, 5), "", 5, 5)]),
    ).to_json()
    rows = {file["source"]: file["rows"] for file in data["outputs"]["files"]}
    assert rows["few.csv"] == {"lt": 11}
    told = [data["risk"]["privacy"][when]["smallest_class"] for when in ("before", "after")]
    both = [data["records"][side] for side in ("in", "out")]
    assert {"n": 905} not in both or {"n": 900} not in told
    assert rows["customers.csv"] == told[1]


def test_no_records_at_all() -> None:
    told = section(bands(0, 0, 0, 0, 0), bands(0, 0, 0, 0, 0))
    assert told["after"]["smallest_class"] is None
    assert told["after"]["mean_risk"] is None


def test_sizes_of_persons_are_not_summed_with_records() -> None:
    facts, ledger = account(bands(0, 0, 0, 0, 900), bands(0, 0, 0, 0, 900))
    assert facts.risk is not None
    persons = ClassFacts(11, 40, None)
    risk = replace(facts.risk, before=persons, after=persons, counted="subjects")
    told = seal(replace(facts, risk=risk), ledger).to_json()["risk"]["privacy"]
    assert told["after"]["class_sizes"] is None
    assert told["after"]["smallest_class"] == {"n": 11}
    assert told["after"]["highest_risk_at_most"] == 91


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (bands(0, 0, 0, 0, 900), bands(0, 0, 0, 0, 901)),
        (bands(0, 0, 0, 0, 901), bands(0, 0, 0, 0, 900)),
    ],
)
def test_classes_that_do_not_add_up(before: ClassFacts, after: ClassFacts) -> None:
    facts, ledger = account(bands(0, 0, 0, 0, 900), bands(0, 0, 0, 0, 900))
    assert facts.risk is not None
    wrong = replace(facts, risk=replace(facts.risk, before=before, after=after))
    with pytest.raises(ConservationError, match="class-records"):
        seal(wrong, ledger)


def test_the_screen_tells_it() -> None:
    told = list(risk_lines(seal(*CLASSES).to_json()["risk"]["privacy"]))
    assert told == [
        "classes of at least 5 records with equal values of 2 quasi-identifiers",
        "recursive l-diversity of diagnosis: 2",
        "ordered t-closeness of each sensitive field: 0.3",
        "information loss 25.2%, the lowest found in time, at least 23.3% for any levels",
        "shares of the loss: plan 87%, age 13%",
        "risk before: at most 100%, 40.6% on average",
        "risk after: at most 20%, 6.7% on average",
    ]


small = st.sampled_from([0, 0, 1, 2, 4, 10, 12, 40])


@examples(60)
@example(2, 2, 0, 0, 2, 4)  # ten for privacy, shown as withheld: 12 came in, and none came out
@given(small, small, small, small, small, small)
def test_no_attacker_can_pin_a_small_count(
    ones: int, twos: int, fives: int, large: int, uncounted: int, lost: int
) -> None:
    before = bands(ones, 2 * twos, 0, 5 * fives, 10 * large + lost)
    after = bands(0, 0, 0, 5 * fives, 10 * large)
    facts, ledger = account(before, after, uncounted)
    data = seal(facts, ledger).to_json()
    true: dict[Hashable, int] = {
        "in": ledger.rows_in, "out": ledger.rows_out, "uncounted": uncounted,
        "privacy": ledger.dropped["privacy"], "counted": ledger.rows_in - uncounted,
    }  # fmt: skip
    told: dict[Hashable, Any] = {
        "in": data["records"]["in"],
        "out": data["records"]["out"],
        "counted": None,
    }
    gone = {row["rule"]: row["count"] for row in data["records"]["dropped"]}
    told["privacy"], told["uncounted"] = (gone.get(r, {"n": 0}) for r in ("privacy", "rows[0]"))
    sums: list[tuple[Any, list[Any]]] = [
        ("in", ["counted", "uncounted"]), ("counted", ["out", "privacy"]),
    ]  # fmt: skip
    for when, facts_, total in (("before", before, "counted"), ("after", after, "out")):
        classes = data["risk"]["privacy"][when]["class_sizes"]
        if classes is not None:
            sums.append((total, [(when, low) for low in LOWS]))
            for band, (low, _, n) in zip(classes, facts_.bands or (), strict=True):
                true[when, low], told[when, low] = n, band["records"]
    domains: dict[Hashable, Domain] = {}
    for key, count in told.items():
        match count:
            case {"n": n}:
                domains[key] = (n, n)
            case {"lt": limit}:
                domains[key] = (1, limit - 1)
            case {"suppressed": True}:
                # A small count that a witness needs is withheld as the others are.
                domains[key] = (11 if true[key] >= 11 else 1, 4 * TOP)
            case _:
                domains[key] = (0, 8 * TOP)
    for key in ("privacy", "uncounted"):
        if 0 < true[key] < 11:
            assert len(values(key, domains, sums, 2)) > 1, key
    assert not any(0 < true[key] < 11 for key in true if isinstance(key, tuple))
