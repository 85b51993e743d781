"""Utility: nothing is lost where nothing changed, and what is taken away is seen."""

from __future__ import annotations

import random

import numpy as np
import pytest

from scrubber.assess.clues import Making
from scrubber.assess.pairing import Table
from scrubber.assess.utility import utility
from scrubber.errors import InputError

pytest.importorskip("sklearn")

PLAIN = Making("forms", shows="form")


def customers(records: int, seed: int = 0) -> Table:
    """Records whose target follows from x, and not from y."""
    chance = random.Random(seed)
    x = [chance.randrange(100) for _ in range(records)]
    return Table(
        {
            "x": [str(v) for v in x],
            "y": [str(chance.randrange(100)) for _ in range(records)],
            "kind": [chance.choice("abc") for _ in range(records)],
            "target": ["yes" if v > 50 else "no" for v in x],
        }
    )


def made(table: Table) -> dict[str, Making]:
    return dict.fromkeys(table.columns, PLAIN)


def test_identity_loses_nothing() -> None:
    source = customers(600)
    found = utility(source, source, np.arange(600), made(source), "target")
    for one in found.compared:
        assert one.raw == one.scrubbed
        assert one.raw.share > 0.9
        assert (one.change.low, one.change.high) == (0, 0)
    assert all(share == pytest.approx(1) for _, share in found.kept)
    assert found.correlations == pytest.approx(0)
    assert 0.4 < found.baseline < 0.7


def test_without_the_field_that_matters_accuracy_falls() -> None:
    source = customers(600)
    fewer = Table({name: column for name, column in source.columns.items() if name != "x"})
    found = utility(source, fewer, np.arange(600), made(source), "target")
    for one in found.compared:
        assert one.change.high < -0.2
    assert dict(found.kept)["x"] == 0


def test_coarser_values_keep_a_part() -> None:
    source = customers(600)
    bins = [f"[{int(v) // 20 * 20}, {int(v) // 20 * 20 + 20})" for v in source.columns["x"]]
    out = Table({**source.columns, "x": bins, "kind": ["*"] * 600})
    found = utility(source, out, np.arange(600), made(source), "target", models=["boosted"])
    assert 0.8 < dict(found.kept)["x"] < 1
    assert dict(found.kept)["kind"] == 0
    assert found.compared[0].scrubbed.share > 0.85


def test_surrogates_are_no_features() -> None:
    source = customers(300)
    out = Table({"x": [f"t{v}" for v in source.columns["x"]], "target": source.columns["target"]})
    with pytest.raises(InputError, match="no-fields"):
        utility(source, out, np.arange(300), {"x": Making("hidden")}, "target")


REFUSED = [
    (customers(99), "target", "too-few-records"),
    (Table({"x": ["1", "2"] * 100, "target": ["a"] * 200}), "target", "target-constant"),
]


@pytest.mark.parametrize(("table", "target", "code"), REFUSED, ids=[code for *_, code in REFUSED])
def test_what_says_nothing_is_refused(table: Table, target: str, code: str) -> None:
    with pytest.raises(InputError, match=code):
        utility(table, table, np.arange(len(table)), made(table), target)
