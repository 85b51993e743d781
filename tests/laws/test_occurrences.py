"""The law of ``scope: none``: no two occurrences of a value share a pseudonym, in one record or
many, in batches, files, or copies of a file; and workers or batches change nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import scrubber
from scrubber.run import on_table

pytestmark = pytest.mark.slow

KEY = bytes(range(32))
TOKEN = {"token": {"scope": "none", "domain": "d"}}
RULES: dict[str, Any] = {
    "version": 1,
    "detect": {"ner": "none", "entities": ["EMAIL_ADDRESS"]},
    "fields": [
        {"name": "id", "class": "direct_identifier", "transform": TOKEN},
        {"name": "more[]", "class": "direct_identifier", "transform": TOKEN},
        {
            "name": "mail",
            "class": "direct_identifier",
            "transform": {
                "surrogate": {"entity": "EMAIL_ADDRESS", "unique": True, "scope": "none"}
            },
        },
        {"name": "chat[]", "class": "text", "entities": {"EMAIL_ADDRESS": TOKEN}},
    ],
}
TABLE_RULES = {**RULES, "fields": [{**RULES["fields"][0], "name": "id"}]}
SAME = {
    "id": "ann",
    "more": ["ann", "ann"],
    "mail": "ann@example.com",
    "chat": ["ann@example.com", "ann@example.com", "ann@example.com"],
}
EACH = 7  # pseudonyms in a record


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.jsonl").write_text((json.dumps(SAME) + "\n") * 60)
    for name in ("b.jsonl", "sub/a.jsonl"):
        shutil.copy(folder / "a.jsonl", folder / name)
    return folder


def pseudonyms(out: Path) -> list[str]:
    found: list[str] = []
    for file in sorted((out / "data").rglob("*.jsonl")):
        for line in file.read_text().splitlines():
            record = json.loads(line)
            found += [record["id"], *record["more"], record["mail"], *record["chat"]]
    return found


def test_no_occurrence_shares_its_pseudonym(
    copies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scrubber.executors.base._WORTH", 0)  # else little is looked at here
    made = {}
    for workers, rows in ((1, 65_536), (2, 65_536), (1, 7)):
        monkeypatch.setattr("scrubber.formats.io.stream.CHUNK_ROWS", rows)
        out = tmp_path / f"{workers}-{rows}"
        scrubber.scrub(copies, RULES, key=KEY, out=out, workers=workers)
        made[workers, rows] = pseudonyms(out)
    first, *others = made.values()
    assert len(first) == 3 * 60 * EACH
    assert len(set(first)) == len(first)
    assert all(other == first for other in others)


def test_in_tables_without_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("id\n" + "ann\n" * 40)
    scrubber.scrub(
        [tmp_path / "a.csv", tmp_path / "b.csv"], TABLE_RULES, key=KEY, out=tmp_path / "out"
    )
    lines = [
        line
        for file in sorted((tmp_path / "out" / "data").iterdir())
        for line in file.read_text().splitlines()[1:]
    ]
    assert len(set(lines)) == len(lines) == 80
    table = pa.table({"id": ["ann"] * 50})
    monkeypatch.setattr(on_table, "_FRAME_ROWS", 13)
    tokens = scrubber.scrub(table, TABLE_RULES, key=KEY).data["id"].to_pylist()
    assert len(set(tokens)) == 50


def test_rows_that_are_left_out_do_not_move_the_others() -> None:
    rules = {
        **TABLE_RULES,
        "fields": [*TABLE_RULES["fields"], {"name": "ok", "keep": "a flag"}],
        "rows": [{"drop": "ok = 'no'", "reason": "said no"}],
    }
    ok = ["yes", "no", "yes", "no", "yes"]
    made = {}
    for name, flags in (("some", ok), ("all", ["yes"] * 5)):
        table = pa.table({"id": ["ann"] * 5, "ok": flags})
        made[name] = scrubber.scrub(table, rules, key=KEY).data["id"].to_pylist()
    assert made["some"] == made["all"][::2]
