"""Transforms that count all records first: rare values, and means of what lies outside."""

from __future__ import annotations

import csv
import json
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scrubber
from scrubber.errors import NotAvailable, OutputError, RuleError
from scrubber.policy import load_rules
from scrubber.run.request import Request
from scrubber.run.run import run

KEY = bytes(range(32))
REST = {"name": "**", "transform": "drop"}


def field(*steps: Any, name: str = "v", **more: Any) -> dict[str, Any]:
    return {"name": name, "transform": list(steps) if len(steps) > 1 else steps[0], **more}


def scrubbed(table: dict[str, Any], *fields: dict[str, Any], **more: Any) -> list[Any]:
    rules = {"version": 1, "fields": [*fields, REST], **more}
    made = scrubber.scrub(pa.table(table), rules, key=KEY).data
    return made["v"].to_pylist()  # type: ignore[no-any-return]


def rare(min: int, other: str | None = "Other") -> dict[str, Any]:
    return {"rare": {"min": min} | ({} if other is None else {"other": other})}


SEVEN = ["x"] * 3 + ["y"] * 2 + ["z", None]
RARE: dict[str, tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any], list[Any]]] = {
    # name: (table, rules of fields, more of the rule file, results)
    "joined": ({"v": SEVEN}, [field(rare(2))], {}, ["x"] * 3 + ["y"] * 2 + ["Other", None]),
    "emptied": ({"v": SEVEN}, [field(rare(3, None))], {}, ["x"] * 3 + [None] * 4),
    "numbers": ({"v": [7, 7, 8]}, [field(rare(2))], {}, ["7", "7", "Other"]),
    "numbers that stay": ({"v": [7, 7, 8]}, [field(rare(2, None))], {}, [7, 7, None]),
    "all of them": ({"v": ["a", "b"]}, [field(rare(2))], {}, ["Other", "Other"]),
    "nothing": ({"v": pa.array([], pa.string())}, [field(rare(2))], {}, []),
    "persons": ({"v": ["x", "x", "x", "y", "y"], "who": ["1", "1", "1", "2", "3"]},
                [field(rare(2))], {"subject": "who"}, ["Other"] * 3 + ["y"] * 2),
    "unknown persons": ({"v": ["x", "x", "y", "y"], "who": ["1", None, "2", "3"]},
                        [field(rare(2))], {"subject": "who"}, ["Other"] * 2 + ["y"] * 2),
    "one person in several spellings": ({"v": ["x", "x"], "who": ["7", "7"]},
                                        [field(rare(2))], {"subject": "who"}, ["Other"] * 2),
    "dropped records": ({"v": ["x", "x", "y", "y"], "a": [1, 2, 3, 9]},
                        [field(rare(2))], {"rows": [{"drop": "a > 8", "reason": "r"}]},
                        ["x", "x", "Other"]),
    "after a step": ({"v": ["a@b.com", "c@b.com", "d@e.com"]},
                     [field({"email": {"keep": "domain"}}, rare(2))], {},
                     ["b.com", "b.com", "Other"]),
    "before a step": ({"v": ["x", "x", "y"]},
                      [field(rare(2), {"map": {"values": {"x": "1", "Other": "2"}}})], {},
                      ["1", "1", "2"]),
    "under a condition": ({"v": ["x", "x", "x", "y"], "a": [1, 1, 2, 1]},
                          [field(rare(3), when="a = 1"), field({"redact": {"with": "-"}})],
                          {}, ["Other", "Other", "-", "Other"]),
    "of a derived field": ({"a": [1, 1, 2]}, [field(rare(2))],
                           {"derive": [{"name": "v", "sql": "a + 1"}]}, ["2", "2", "Other"]),
    "a record counts once": ({"v": [["x", "x", "x"], ["y"], ["y"]]}, [field(rare(2), name="v[]")],
                             {}, [["Other"] * 3, ["y"], ["y"]]),
    "before privacy": ({"v": ["x"] * 4 + ["y"]},
                       [field(rare(2), **{"class": "quasi_identifier"})],
                       {"privacy": {"k": 2, "suppression_limit": 0.5, "hierarchies": {"v": []}}},
                       ["x"] * 4),
}  # fmt: skip


@pytest.mark.parametrize("name", RARE)
def test_rare_values(name: str) -> None:
    table, fields, more, results = RARE[name]
    assert scrubbed(table, *fields, **more) == results


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 4)), max_size=30), st.integers(2, 4)
)
def test_rare_is_what_few_persons_have(pairs: list[tuple[str, int]], least: int) -> None:
    persons = Counter(value for value, _ in set(pairs))
    table = {"v": pa.array([v for v, _ in pairs], pa.string()), "who": [who for _, who in pairs]}
    wanted = [value if persons[value] >= least else "Other" for value, _ in pairs]
    table["who"] = pa.array(table["who"], pa.int64())
    assert scrubbed(table, field(rare(least)), subject="who") == wanted


def mean(least: int = 2, **bounds: Any) -> dict[str, Any]:
    return {"clip": {**bounds, "to": "mean", "min_group": least}}


MEANS: dict[str, tuple[list[Any], dict[str, Any], list[Any]]] = {
    "text": (["80", "85", "90", "90"], mean(upper=84), ["80", "88", "88", "88"]),
    "decimals in text": (["1.00", "2.50", "3.25"], mean(upper=2), ["1.00", "2.88", "2.88"]),
    "integers": ([1, 9, 12], mean(upper=5), [1, 10, 10]),
    "floats": ([1.5, 9.5, 12.0], mean(upper=5), [1.5, 10.8, 10.8]),
    "both sides": ([-4, -1, 2, 9, 10], mean(lower=0, upper=5), [-2, -2, 2, 10, 10]),
    "too few": ([1, 9, None], mean(upper=5), [1, None, None]),
    "decimal": ([Decimal("1.10"), Decimal("9.10"), Decimal("9.25")], mean(upper=5),
                [Decimal("1.10"), Decimal("9.18"), Decimal("9.18")]),
    "nobody": ([1, 2], mean(upper=5), [1, 2]),
}  # fmt: skip


@pytest.mark.parametrize("name", MEANS)
def test_means_of_what_lies_outside(name: str) -> None:
    values, step, results = MEANS[name]
    assert scrubbed({"v": values}, field(step)) == results


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 20), min_size=1, max_size=20))
def test_the_mean_is_exact(values: list[int]) -> None:
    outside = [value for value in values if value > 10]
    exact = round(Fraction(sum(outside), len(outside))) if len(outside) > 1 else None
    wanted = [value if value <= 10 else exact for value in values]
    assert scrubbed({"v": values}, field(mean(upper=10))) == wanted


def test_the_mean_needs_persons() -> None:
    table = {"v": [9, 9, 9, 1], "who": ["a", "a", "b", "c"]}
    assert scrubbed(table, field(mean(2, upper=5)), subject="who") == [9, 9, 9, 1]
    assert scrubbed(table, field(mean(3, upper=5)), subject="who") == [None, None, None, 1]


RULES = """
version: 1
key: {env: SCRUBBER_KEY}
subject: who
fields:
  - {name: who, transform: token}
  - {name: v, transform: {rare: {min: 5, other: Other}}}
  - {name: age, transform: {clip: {upper: 84, to: mean, min_group: 3}}}
"""


def written(folder: Path, rows: list[dict[str, str]], parts: int) -> Path:
    folder.mkdir()
    for number in range(parts):
        with (folder / f"{number}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, ["who", "v", "age"])
            writer.writeheader()
            writer.writerows(rows[number::parts])
    return folder


def outcome(folder: Path, out: Path, tmp_path: Path, **more: Any) -> list[tuple[str, str, str]]:
    rules = tmp_path / "rules.yaml"
    rules.write_text(RULES)
    run(Request(load_rules(rules), [str(folder)], out, **more))
    frames = [pl.read_csv(one, infer_schema=False) for one in sorted((out / "data").rglob("*.csv"))]
    return sorted(pl.concat(frames).rows())


def test_counts_depend_on_neither_files_nor_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCRUBBER_KEY", KEY.hex())
    rows = [
        {"who": f"p{i % 37}", "v": f"v{i * i % 23 if i % 5 else i}", "age": str(70 + i % 25)}
        for i in range(200)
    ]
    once = outcome(written(tmp_path / "one", rows, 1), tmp_path / "a", tmp_path)
    many = outcome(written(tmp_path / "many", rows, 5), tmp_path / "b", tmp_path, workers=2)
    assert once == many
    persons = Counter(value for value, _ in {(row["v"], row["who"]) for row in rows})
    assert {v for _, v, _ in once} == {v for v, n in persons.items() if n >= 5} | {"Other"}
    old = [int(row["age"]) for row in rows if int(row["age"]) > 84]
    wanted = {str(age) for age in range(70, 85)} | {str(round(sum(old) / len(old)))}
    assert {age for _, _, age in once} == wanted
    manifest = (tmp_path / "b" / "manifest.json").read_text()
    assert "v1" not in json.dumps(json.loads(manifest)["fields"])
    with pytest.raises(OutputError) as caught:
        outcome(tmp_path / "many", tmp_path / "c", tmp_path, incremental=tmp_path / "b")
    assert caught.value.code == "increment-counts"


def test_batches_alone_are_not_counted() -> None:
    rules = {"version": 1, "fields": [field(rare(2))]}
    with pytest.raises(NotAvailable, match="whole data set"):
        scrubber.ScrubBatches(rules)


def test_tests_of_rules_see_values_before_they_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(
        "version: 1\nfields: [{name: v, transform: {rare: {min: 5, other: Other}}}]\n"
        "tests: [{given: {v: king}, expect: {v: king}}]\n"
    )
    assert scrubber.check(path).exit_code == 0


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([{"rare": {"min": 1}}], "at least 2"),
        ([{"clip": {"upper": 1, "min_group": 5}}], "belongs to to: mean"),
        ([{"clip": {"upper": 1, "to": "mean", "min_group": 1}}], "at least 2"),
        ([rare(2), rare(3)], "two steps count"),
        ([{"token": {"scope": "none"}}, rare(3)], "cannot be counted"),
    ],
)
def test_mistakes(steps: list[Any], words: str) -> None:
    with pytest.raises(RuleError) as caught:
        scrubbed({"v": ["x"]}, field(*steps))
    assert words in str(caught.value)
