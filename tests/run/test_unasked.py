"""Dropped columns whose values are not read: everything else comes out as if they were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import scrubber
from scrubber.pipeline.documents import unasked_for
from scrubber.policy import rules_from_mapping
from scrubber.run.survey import survey

KEY = bytes(range(32))
COLUMNS: dict[str, Any] = {
    "who": ["u1", "u2", "u1"],
    "name": ["Ann Smith", "Bo Lee", "Cy Poe"],
    "born": ["2001-02-03", "2002-03-04", "2003-04-05"],
    "note": ["Ann Smith called", "nobody", "with Poe"],
    "gap": ["a", None, "c"],
    "n": [1, 2, 3],
}
DROPPED = [{"name": name, "transform": "drop"} for name in ("who", "name", "born", "note", "gap")]
KEPT = {"name": "n", "keep": "a number"}


def rules(fields: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"version": 1, "fields": fields, **more}


def instead(*fields: dict[str, Any]) -> list[dict[str, Any]]:
    own = {field["name"]: field for field in (*fields, KEPT)}
    return [*own.values(), *(field for field in DROPPED if field["name"] not in own)]


SHIFT = {"name": "born", "transform": {"date_shift": {"max_days": 9}}}
CASES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "all dropped": (rules(instead()), {"who", "name", "born", "note", "gap"}),
    "the subject of a shift": (
        rules(instead(SHIFT), subject="who"),
        {"name", "note", "gap"},
    ),
    "the context of a shift": (
        rules(
            instead(
                {"name": "born", "transform": {"date_shift": {"max_days": 9, "context": "who"}}}
            )
        ),
        {"name", "note", "gap"},
    ),
    "a name that a text refers to": (
        rules(
            instead(
                {"name": "name", "linked_as": "PERSON", "transform": "drop"},
                {
                    "name": "note",
                    "class": "text",
                    "linked": ["name"],
                    "entities": {"default": "redact"},
                },
            ),
            detect={"ner": "none", "entities": ["EMAIL_ADDRESS"]},
        ),
        {"who", "born", "gap"},
    ),
    "rows that are judged": (
        rules(instead(), rows=[{"drop": "who = 'u2'", "reason": "a test"}]),
        set(),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_it_makes_no_difference(case: str, tmp_path: Path) -> None:
    """The same from a file whose footer tells of nulls and from one whose footer does not."""
    policy, unasked = CASES[case]
    results = []
    for name, statistics in (("with", True), ("without", False)):
        (tmp_path / name).mkdir()
        source = tmp_path / name / "a.parquet"
        pq.write_table(pa.table(COLUMNS), source, write_statistics=statistics)
        done = scrubber.scrub(source, policy, key=KEY, out=tmp_path / f"{name}-out")
        data = dict(done.manifest.data)
        data["sources"] = data["header"] = data["run"] = data["outputs"] = None
        results.append((pq.read_table(done.data / "data" / "a.parquet").to_pydict(), data))
    assert results[0] == results[1]
    plan = survey(rules_from_mapping(policy), [str(source)]).plan
    assert unasked_for(plan.table("a.parquet")) == unasked
