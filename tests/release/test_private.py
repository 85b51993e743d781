"""Noisy tables of groups: bounded contributions, epsilon, and a ledger that cannot be overspent."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

import scrubber
from scrubber.errors import GateError, InputError, Mark, RuleError
from scrubber.model.aggregates import Aggregate, Budget, Measure, Metric, Private
from scrubber.release.budget import spend
from scrubber.release.groups import group, keys_of
from scrubber.release.private import noisy
from scrubber.transform.keys import RootKey

pytest.importorskip("opendp")
SECRET = bytes(range(32))
COUNTS = (Metric("n", Measure.COUNT),)


def asked(epsilon: float = 1, rows: int = 2, **more: Any) -> Aggregate:
    private = Private(epsilon, more.pop("delta", 1e-6), more.pop("max_groups", 1))
    if "groups" in more:
        private = replace(private, groups=more.pop("groups"))
    given = {"metrics": COUNTS, "min_group": 3, **more}
    return Aggregate(
        "t",
        None,
        ("g",),
        subject="s",
        max_rows=rows,
        rule="r",
        mark=Mark("r.yaml"),
        private=private,
        **given,
    )


def table(*records: tuple[str, str, float]) -> pa.Table:
    s, g, v = zip(*records, strict=True)
    return pa.table({"s": s, "g": g, "v": v})


def released(one: Aggregate, records: pa.Table) -> dict[str, list[Any]]:
    rows = group(one, [records], RootKey(SECRET)).frame
    return {name: list(column) for name, column in noisy(one, rows, keys_of(one)).columns.items()}


def test_figures_are_near_the_truth_and_groups_of_few_subjects_do_not_show() -> None:
    records = [(f"p{i}", "large", 10.0) for i in range(5000)] + [("x", "alone", 1.0)] * 9
    metrics = (
        *COUNTS,
        Metric("people", Measure.SUBJECTS),
        Metric("mean", Measure.MEAN, "v", 0, 20),
        Metric("sum", Measure.SUM, "v", 0, 20),
    )
    found = released(asked(8, metrics=metrics), table(*records))
    assert found["g"] == ["large"]
    assert found["n"][0] == pytest.approx(5000, abs=60)
    assert found["people"][0] == pytest.approx(5000, abs=60)
    assert found["mean"][0] == pytest.approx(10, abs=0.5)
    assert found["sum"][0] == pytest.approx(50_000, abs=1000)


def test_a_subject_counts_in_so_many_groups_and_with_so_many_records() -> None:
    one = asked(20, rows=4, max_groups=2, groups=(("a", "b", "c"),), min_group=3)
    records = [(f"p{i}", g, 1.0) for i in range(2000) for g in "abc" for _ in range(3)]
    found = released(one, table(*records))
    assert found["g"] == ["a", "b", "c"]
    assert sum(found["n"]) <= 2000 * 4 + 100


def test_listed_groups_are_published_without_delta_and_others_do_not_count() -> None:
    one = asked(20, delta=0, groups=(("a", "b"),))
    found = released(one, table(*[(f"p{i}", "az"[i % 2], 1.0) for i in range(200)]))
    assert found["g"] == ["a"]
    assert found["n"][0] == pytest.approx(100, abs=20)


@pytest.mark.slow
@pytest.mark.parametrize(("spent", "holds"), [(1.0, True), (2.5, False)])
def test_epsilon_is_that_of_neighbouring_data(spent: float, holds: bool) -> None:
    """The likelier event of two neighbours: as likely as e**epsilon allows, and no more.

    With much less noise than epsilon 1 needs, the same test fails, so it can tell them apart.
    """
    one = asked(2 * spent, rows=2, groups=(("a",),), min_group=3)  # two queries, half of it each
    without = [(f"p{i}", "a", 1.0) for i in range(300)]
    draws, likely = 1500, []
    for records in (without + [("x", "a", 1.0)] * 2, without):
        rows = group(one, [table(*records)], RootKey(SECRET)).frame
        found = [noisy(one, rows, keys_of(one)).columns["n"][0] for _ in range(draws)]
        likely.append(sum(n >= 302 for n in found) / draws)
    ratio = math.log(likely[0] / likely[1])
    error = 3 * math.sqrt(sum((1 - p) / (p * draws) for p in likely))
    assert (ratio <= 1 + error) is holds


def test_a_release_is_drawn_once_and_then_repeated(tmp_path: Path) -> None:
    budget = Budget(str(tmp_path / "budget.json"), 1.0, 1e-5)
    first = spend(budget, "id", "t", (0.7, 1e-6), lambda: {"columns": {"n": [1]}})
    again = spend(budget, "id", "t", (0.7, 1e-6), lambda: pytest.fail("drawn again"))
    assert (first.repeated, again.repeated) == (False, True)
    assert first.content == again.content
    assert (tmp_path / "budget.json").stat().st_mode & 0o777 == 0o600
    with pytest.raises(GateError, match="budget-spent"):
        spend(budget, "other", "t", (0.4, 0), lambda: pytest.fail("overspent"))
    spend(budget, "third", "t", (0.3, 9e-6), lambda: {"columns": {"n": [2]}})
    with pytest.raises(GateError, match="budget-spent"):
        spend(budget, "fourth", "t", (1e-9, 0), dict)


def test_a_ledger_that_is_gone_is_refused(tmp_path: Path) -> None:
    budget = Budget(str(tmp_path / "budget.json"), 1.0, 1e-5)
    spend(budget, "id", "t", (0.7, 1e-6), dict)
    (tmp_path / "budget.json").unlink()
    with pytest.raises(InputError, match="is gone") as caught:
        spend(budget, "other", "t", (0.1, 0), lambda: pytest.fail("a second budget"))
    assert ".budget.json.lock" in (caught.value.hint or "")
    (tmp_path / ".budget.json.lock").unlink()
    spend(budget, "other", "t", (0.1, 0), dict)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        '{"form": "scrubber/budget/v1", "releases": [{"id": "x"}]}',
        '{"form": "scrubber/budget/v1", "releases": [{"id": "x", "content": {}, '
        '"epsilon": -5, "delta": 0}]}',
    ],
)
def test_a_damaged_ledger_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "budget.json"
    path.write_text(content)
    with pytest.raises(InputError, match="bad-budget"):
        spend(Budget(str(path), 1, 0), "id", "t", (0.1, 0), dict)
    assert path.read_text() == content


def rules(tmp: Path, **dp: Any) -> dict[str, Any]:
    return {
        "version": 1,
        "key": {"env": "K"},
        "subject": "s",
        "fields": [
            {"name": "s", "transform": "token"},
            {"name": ["g", "v"], "keep": "a test"},
        ],
        "aggregate": [
            {
                "name": "t",
                "by": ["g"],
                "metrics": {"n": "count"},
                "max_rows_per_subject": 2,
                "dp": {"epsilon": 2, "delta": 1e-6, "max_groups_per_subject": 1, **dp},
            }
        ],
        "budget": {"file": str(tmp / "budget.json"), "epsilon": 3, "delta": 1e-5},
    }


def test_a_run_spends_once_for_the_same_data(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        [(f"p{i}", "ab"[i % 2], 1.0) for i in range(800)], ["s", "g", "v"], orient="row"
    )
    frame.write_csv(tmp_path / "in.csv")
    for name in ("one", "two"):
        scrubber.scrub(tmp_path / "in.csv", rules(tmp_path), out=tmp_path / name, key=SECRET)
    first, second = (
        (tmp_path / name / "aggregates" / "t.csv").read_text() for name in ("one", "two")
    )
    assert first == second
    rows = list(csv.DictReader(first.splitlines()))
    assert [row["g"] for row in rows] == ["a", "b"]
    stated = scrubber.read_manifest(tmp_path / "one").data["aggregates"][0]
    assert (stated["epsilon"], stated["delta"], stated["withheld"]) == ("2", "1e-06", None)
    assert "95 % within" in stated["noise"][0]
    assert len(json.loads((tmp_path / "budget.json").read_text())["releases"]) == 1
    frame.head(500).write_csv(tmp_path / "in.csv")
    with pytest.raises(GateError, match="budget-spent"):
        scrubber.scrub(tmp_path / "in.csv", rules(tmp_path), out=tmp_path / "three", key=SECRET)
    assert not (tmp_path / "three").exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"delta": 0}, "missing-key"),
        ({"groups": {"v": ["1"]}}, "bad-value"),
        ({"epsilon": 0}, "out-of-range"),
    ],
)
def test_mistakes(tmp_path: Path, change: dict[str, Any], code: str) -> None:
    frame = pl.DataFrame({"s": ["p"], "g": ["a"], "v": ["1"]})
    frame.write_csv(tmp_path / "in.csv")
    with pytest.raises(RuleError) as caught:
        scrubber.scrub(
            tmp_path / "in.csv", rules(tmp_path, **change), out=tmp_path / "out", key=SECRET
        )
    assert code in [problem.code for problem in caught.value.problems]


def test_what_depends_on_the_records_of_others_is_refused_beside_noise(tmp_path: Path) -> None:
    asked_ = rules(tmp_path)
    asked_["fields"][1] = {"name": ["g", "v"], "transform": {"rare": {"min": 20, "other": "x"}}}
    pl.DataFrame({"s": ["p"], "g": ["a"], "v": ["1"]}).write_csv(tmp_path / "in.csv")
    with pytest.raises(RuleError, match="dp-not-alone"):
        scrubber.scrub(tmp_path / "in.csv", asked_, out=tmp_path / "out", key=SECRET)
