"""Aggregates: tables of groups from the scrubbed records, held against Polars."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import scrubber
from scrubber.errors import InputError, NotAvailable, OutputError, RuleError, ScrubberError

KEY = bytes(range(32))
N, MEAN = {"n": "count"}, {"n": "count", "cost": {"mean": "cost", "lower": 0, "upper": 400}}


def rules(*aggregates: dict[str, Any], **more: Any) -> dict[str, Any]:
    fields = [
        {"name": "patient", "transform": "token"},
        {"name": "zip", "transform": {"prefix": {"keep": 3}}},
        {"name": ["month", "cost"], "keep": "a test"},
        {"name": "name", "transform": "drop"},
    ]
    return {
        "version": 1,
        "key": {"env": "K"},
        "subject": "patient",
        "fields": fields,
        "aggregate": list(aggregates),
    } | more


@pytest.fixture(scope="module")
def visits() -> pl.DataFrame:
    chance, zips = random.Random(1), ["02139", "02140", "94110", "10001", "60601"]
    return pl.DataFrame(
        [
            {
                "patient": f"P{chance.randrange(300)}",
                "zip": chance.choices(zips, [30, 20, 10, 3, 1])[0],
                "month": f"2025-0{chance.choices([1, 2, 3], [9, 3, 1])[0]}",
                "cost": round(chance.uniform(5, 500), 2),
                "name": "Jane Roe",
            }
            for _ in range(1500)
        ]
    )


def write(frame: pl.DataFrame, folder: Path, shards: int = 1, kind: str = "csv") -> Path:
    folder.mkdir()
    for i in range(shards):
        part = frame[i::shards]
        path = folder / f"visits-{i}.{kind}"
        part.write_csv(path) if kind == "csv" else part.write_parquet(path)
    return folder


def tables(out: Path) -> dict[str, list[dict[str, str]]]:
    return {
        path.stem: list(csv.DictReader(path.read_text("utf-8").splitlines()))
        for path in sorted((out / "aggregates").iterdir())
    }


def released(frame: pl.DataFrame, tmp: Path, asked: dict[str, Any], **more: Any) -> Any:
    source = write(frame, tmp / "in")
    scrubber.scrub(source, asked, out=tmp / "out", key=KEY, **more)
    return tables(tmp / "out")


def test_groups_are_those_of_a_direct_computation(visits: pl.DataFrame, tmp_path: Path) -> None:
    metrics = {**MEAN, "people": "subjects", "spent": {"sum": "cost"}}
    asked = rules({"name": "by_zip", "by": ["zip", "month"], "metrics": metrics, "min_group": 11})
    found = released(visits, tmp_path, asked)["by_zip"]
    expected = (
        visits.with_columns(pl.col("zip").str.slice(0, 3))
        .group_by("zip", "month")
        .agg(
            pl.len().alias("n"),
            pl.col("cost").clip(0, 400).mean().alias("cost"),
            pl.col("patient").n_unique().alias("people"),
            pl.col("cost").sum().alias("spent"),
        )
        .sort("zip", "month")
    )
    large = expected.filter(pl.col("people") >= 11)
    assert 0 < len(found) <= large.height < expected.height
    for row in found:
        (match,) = expected.filter(
            (pl.col("zip") == row["zip"]) & (pl.col("month") == row["month"])
        ).to_dicts()
        assert (int(row["n"]), int(row["people"])) == (match["n"], match["people"])
        assert float(row["cost"]) == pytest.approx(match["cost"], rel=1e-12)
        assert float(row["spent"]) == pytest.approx(match["spent"], rel=1e-12)
        assert match["people"] >= 11
    manifest = scrubber.read_manifest(tmp_path / "out").data["aggregates"][0]
    assert manifest["rows"] == len(found)
    assert manifest["withheld"] == expected.height - large.height
    assert manifest["withheld"] + manifest["also_withheld"] == expected.height - len(found)
    assert scrubber.verify(tmp_path / "out").exit_code == 0


ASKED = rules(
    {"name": "by_zip", "by": ["zip"], "metrics": MEAN, "max_rows_per_subject": 2},
    {"name": "by_both", "by": ["month", "zip"], "metrics": {"sum": {"sum": "cost"}}},
)


@pytest.mark.parametrize(
    ("shards", "kind", "more"),
    [(1, "csv", {}), (7, "csv", {"workers": 2}), (3, "parquet", {}), (1, "parquet", {})],
)
def test_the_same_tables_for_any_sharding(
    visits: pl.DataFrame, tmp_path: Path, shards: int, kind: str, more: dict[str, Any]
) -> None:
    (tmp_path / "one").mkdir()
    one = released(visits, tmp_path / "one", ASKED)
    source = write(visits.sample(fraction=1, shuffle=True, seed=3), tmp_path / "in", shards, kind)
    scrubber.scrub(source, ASKED, out=tmp_path / "out", key=KEY, **more)
    assert tables(tmp_path / "out") == one


def test_at_most_so_many_records_of_a_subject_count(visits: pl.DataFrame, tmp_path: Path) -> None:
    asked = rules({"name": "all", "by": ["month"], "metrics": N, "max_rows_per_subject": 2})
    found = released(visits, tmp_path, asked)["all"]
    per_person = visits.group_by("patient").len()["len"].clip(upper_bound=2).sum()
    assert sum(int(row["n"]) for row in found) <= per_person
    assert scrubber.read_manifest(tmp_path / "out").data["aggregates"][0]["max_rows"] == 2


def test_records_without_subject_make_no_group_large(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "patient": [None] * 50 + [f"P{i}" for i in range(30)],
            "zip": ["11111"] * 50 + ["22222"] * 30,
            "month": ["1"] * 80,
            "cost": [1.0] * 80,
            "name": ["x"] * 80,
        }
    )
    found = released(frame, tmp_path, rules({"name": "t", "by": ["zip"], "metrics": N}))
    assert found["t"] == []  # the other group would give it away


def test_no_value_of_a_small_group_is_in_the_output(visits: pl.DataFrame, tmp_path: Path) -> None:
    asked = rules({"name": "t", "by": ["zip", "month"], "metrics": N, "min_group": 30})
    found = released(visits, tmp_path, asked)["t"]
    kept = {(row["zip"], row["month"]) for row in found}
    counts = (
        visits.with_columns(pl.col("zip").str.slice(0, 3))
        .group_by("zip", "month")
        .agg(pl.col("patient").n_unique())
    )
    assert kept.isdisjoint({(z, m) for z, m, n in counts.iter_rows() if n < 30})
    assert kept


AGGREGATE = {"name": "t", "by": ["zip"], "metrics": N}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"by": ["name"]}, "field-not-there"),
        ({"by": ["zap"]}, "unknown-field"),
        ({"from": "other"}, "unmatched-table"),
        ({"metrics": {}}, "missing-key"),
        ({"metrics": {"zip": "count"}}, "name-twice"),
        ({"metrics": {"c": {"mean": "cost", "sum": "cost"}}}, "one-of"),
        ({"metrics": {"c": {"mean": "cost", "lower": 5, "upper": 1}}}, "bad-value"),
        ({"metrics": {"c": "median"}}, "unknown-value"),
        ({"by": ["zip", "zip"]}, "name-twice"),
        ({"min_group": 2}, "out-of-range"),
        ({"name": "../x"}, "bad-value"),
        ({"dp": {"epsilon": 1, "max_groups_per_subject": 1}}, "missing-key"),
    ],
)
def test_mistakes_have_a_place(
    visits: pl.DataFrame, tmp_path: Path, asked: dict[str, Any], code: str
) -> None:
    with pytest.raises(RuleError) as caught:
        released(visits, tmp_path, rules(AGGREGATE | asked))
    assert code in [problem.code for problem in caught.value.problems], caught.value.problems


def test_crossed_tables_are_refused(visits: pl.DataFrame, tmp_path: Path) -> None:
    both = {"name": "c", "by": ["zip", "month"], "metrics": N}
    others = [{"name": name, "by": [name], "metrics": N} for name in ("zip", "month")]
    with pytest.raises(RuleError, match="crossed-aggregates"):
        released(visits, tmp_path, rules(*others, both))


def test_what_is_no_number_stops_the_run(visits: pl.DataFrame, tmp_path: Path) -> None:
    frame = visits.with_columns(pl.lit("12 dollars").alias("cost"))
    with pytest.raises(InputError, match="not-a-number") as caught:
        released(frame, tmp_path, rules(AGGREGATE | {"metrics": {"c": {"sum": "cost"}}}))
    assert "dollars" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_huge_number_counts_as_its_bound(visits: pl.DataFrame, tmp_path: Path) -> None:
    frame = visits.with_columns(pl.lit(1e308).alias("cost"))
    summed = AGGREGATE | {"metrics": {"c": {"sum": "cost"}}}
    bounded = AGGREGATE | {"metrics": {"c": {"mean": "cost", "lower": 0, "upper": 5}}}
    with pytest.raises(InputError, match="not-a-number"):
        released(frame, tmp_path, rules(summed))
    scrubber.scrub(tmp_path / "in", rules(bounded), out=tmp_path / "out", key=KEY)
    (table,) = tables(tmp_path / "out").values()
    assert {float(row["c"]) for row in table} == {5.0}


@pytest.mark.parametrize("kind", ["frame", "incremental"])
def test_where_there_are_no_aggregates(visits: pl.DataFrame, tmp_path: Path, kind: str) -> None:
    asked = rules(AGGREGATE)
    expected: type[ScrubberError] = NotAvailable if kind == "frame" else OutputError
    with pytest.raises(expected, match="aggregate-"):
        if kind == "frame":
            scrubber.scrub(visits, asked, key=KEY)
        source = write(visits, tmp_path / "in")
        scrubber.scrub(source, asked, out=tmp_path / "out", key=KEY)
        visits.write_csv(source / "more.csv")
        done = tmp_path / "out"
        scrubber.scrub(source, asked, out=tmp_path / "o2", key=KEY, incremental=done)


def test_a_changed_table_of_groups_is_tampered_with(visits: pl.DataFrame, tmp_path: Path) -> None:
    released(visits, tmp_path, rules(AGGREGATE))
    path = tmp_path / "out" / "aggregates" / "t.csv"
    path.write_text(path.read_text().replace("021", "022"))
    assert scrubber.verify(tmp_path / "out").exit_code == 4
    path.with_name("u.csv").write_text("x")
    failed = [check.id for check in scrubber.verify(tmp_path / "out").checks if not check.passed]
    assert failed == ["output aggregates/t.csv", "beside"]


@pytest.mark.parametrize(
    ("change", "effect"),
    [
        ({"min_group": 20}, "stronger"),
        ({"min_group": 5}, "weaker"),
        ({"by": ["zip", "month"]}, "weaker"),
        ({"metrics": {**N, "people": "subjects"}}, "weaker"),
        ({"max_rows_per_subject": 3}, "weaker"),
    ],
)
def test_diff_of_tables_of_groups(
    visits: pl.DataFrame, tmp_path: Path, change: dict[str, Any], effect: str
) -> None:
    for name, asked in (("a", AGGREGATE), ("b", AGGREGATE | change)):
        (tmp_path / name).mkdir()
        released(visits, tmp_path / name, rules(asked))
    found = scrubber.diff(tmp_path / "a" / "out", tmp_path / "b" / "out")
    effects = {
        change.effect.value
        for change in found.changes
        if change.aspect in ("aggregate", "smallest group")
    }
    assert effects == {effect}


def test_the_page_and_the_plan_show_the_tables(visits: pl.DataFrame, tmp_path: Path) -> None:
    released(visits, tmp_path, rules(AGGREGATE | {"metrics": MEAN}))
    page = Path(scrubber.report(tmp_path / "out").path).read_text("utf-8")
    assert "aggregates/t.csv" in page
    assert "mean of cost from 0 to 400" in page
    data = scrubber.read_manifest(tmp_path / "out").data
    (rule,) = (row for row in data["policy"]["rules"] if row["action"] == "aggregate")
    assert json.loads(json.dumps([dict(p) for p in rule["parameters"]]))
