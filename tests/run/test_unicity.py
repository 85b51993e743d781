"""Unicity of a run: in the manifest, on the screen, in the page, in diff and as a gate."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import scrubber
from scrubber.errors import GateError
from scrubber.manifest.unicity import UnicityFacts, unicity_section
from scrubber.privacy.singled_records import Estimate, SingledRecords

RULES: dict[str, Any] = {
    "version": 1,
    "fields": [
        {"name": "id", "class": "direct_identifier", "transform": "drop"},
        {"name": "zip", "class": "quasi_identifier", "keep": "asked for"},
        {"name": ["shoe", "plan"], "keep": "asked for"},
        {"name": "note", "entities": {"default": "redact"}},
    ],
}


def people(count: int, seed: int = 0) -> pl.DataFrame:
    chance = random.Random(seed)
    return pl.DataFrame(
        {
            "id": list(range(count)),
            "zip": [f"{chance.randrange(60):05}" for _ in range(count)],
            "shoe": [chance.randrange(60) for _ in range(count)],
            "plan": [chance.choice("ab") for _ in range(count)],
            "note": ["plain words"] * count,
        }
    )


def unicity(manifest: scrubber.Manifest) -> Any:
    return manifest.to_json()["risk"]["unicity"]


def test_undeclared_fields_that_single_out_are_named() -> None:
    frame = people(1000)
    made = scrubber.scrub(frame, RULES).manifest
    (section,) = unicity(made)
    assert section["fields"] == 3  # neither the dropped one nor the text
    pair = next(one for one in section["best"] if one["fields"] == ["shoe", "zip"])
    alone = frame.group_by("zip", "shoe").len().filter(pl.col("len") == 1).height
    assert pair["at_most"] - section["step"] < alone <= pair["at_most"]  # of 1000, in thousandths
    assert section["undeclared"] == ["shoe"]


def test_any_sharding_and_executor_gives_the_same_section(tmp_path: Path) -> None:
    frame = people(900)
    found = []
    for name, parts, workers in (("one", 1, 1), ("many", 3, 2)):
        folder = tmp_path / name
        folder.mkdir()
        for part in range(parts):
            size = 900 // parts
            frame.slice(part * size, size).write_csv(folder / f"t{part}.csv")
        made = scrubber.scrub(folder, RULES, out=tmp_path / f"{name}-out", workers=workers)
        (section,) = unicity(made.manifest)
        found.append({**section, "sources": None})
    assert found[0] == found[1]


def test_a_gate_counts_exactly(tmp_path: Path) -> None:
    strict = {**RULES, "gates": {"unicity": 0.1}}
    with pytest.raises(GateError) as caught:
        scrubber.scrub(people(1000), strict)
    assert caught.value.code == "unicity"
    assert "shoe" in str(caught.value)
    loose = scrubber.scrub(people(1000), {**RULES, "gates": {"unicity": 1.0}}).manifest
    assert "unicity" in [check["id"] for check in loose.data["checks"] if check["passed"]]
    people(1000).write_parquet(tmp_path / "t.parquet")
    with pytest.raises(GateError):
        scrubber.scrub(tmp_path / "t.parquet", strict, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_large_table_is_estimated_within_its_bound(tmp_path: Path) -> None:
    chance = random.Random(1)
    drawn = pl.Series([chance.randrange(10**5) for _ in range(140_000)])
    frame = pl.DataFrame({"a": drawn // 400, "b": drawn % 400})
    frame.write_parquet(tmp_path / "t.parquet")
    rules = {"version": 1, "fields": [{"name": ["a", "b"], "keep": "asked for"}]}
    made = scrubber.scrub(tmp_path / "t.parquet", rules, out=tmp_path / "out").manifest
    (section,) = unicity(made)
    pair = next(one for one in section["best"] if one["fields"] == ["a", "b"])
    alone = frame.group_by("a", "b").len().filter(pl.col("len") == 1).height / 140
    assert section["one_in"] == 4
    assert abs(pair["at_most"] - alone) < 15
    assert alone <= pair["bound"]
    (framed,) = unicity(scrubber.scrub(frame, rules).manifest)
    assert framed["best"][-1]["fields"] == ["a", "b"]


def test_diff_calls_more_records_singled_out_weaker(tmp_path: Path) -> None:
    people(1000).write_csv(tmp_path / "t.csv")
    coarse = {
        **RULES,
        "fields": [{"name": "shoe", "transform": {"bin": {"width": 30}}}, *RULES["fields"]],
    }
    for name, rules in (("before", coarse), ("after", RULES)):
        scrubber.scrub(tmp_path / "t.csv", rules, out=tmp_path / name)
    changes = scrubber.diff(tmp_path / "before", tmp_path / "after").changes
    (change,) = [one for one in changes if one.aspect == "records singled out"]
    assert change.effect.value == "weaker"


@pytest.mark.parametrize("records", [1, 5, 11, 12, 50, 999, 1000, 20_000, 10**6])
@pytest.mark.parametrize("min_cell", [3, 11, 25])
def test_no_published_share_tells_fewer_records_apart_than_the_smallest_count(
    records: int, min_cell: int
) -> None:
    """Each published figure fits at least `min_cell` numbers of records, or all of them."""
    shown: dict[int, int] = {}
    for alone in range(1, min(records, 3000) + 1):
        found = SingledRecords(records, 1, (), (Estimate(("a",), alone, alone),))
        facts = UnicityFacts(("t",), ("a",), frozenset(), "records", found)
        (one,) = unicity_section(facts, min_cell, 1)["best"]
        assert one["at_most"] * records >= 1000 * alone
        shown[one["at_most"]] = shown.get(one["at_most"], 0) + 1
    last = max(shown)  # it may be cut off by the end of this loop, or by all records
    assert all(n >= min(min_cell, records) for at, n in shown.items() if at != last)
