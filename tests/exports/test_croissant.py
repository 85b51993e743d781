"""Croissant: mlcroissant validates it and loads the records of real outputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scrubber.exports import export
from scrubber.policy import rules_from_mapping
from scrubber.run.request import Request
from scrubber.run.run import run
from tests.exports.worlds import MANIFESTS

pytestmark = pytest.mark.slow

RULES: dict[str, Any] = {
    "version": 1,
    "dataset": {"name": "Ticket notes", "licence": "CC-BY-4.0", "purpose": "training"},
    "fields": [
        {"name": "name", "class": "direct_identifier", "transform": "drop"},
        {"name": "*", "class": "insensitive", "keep": "a test"},
    ],
}
ROWS = pa.table(
    {
        "name": ["Ann", "Bob", None],
        "n": [1, 2, None],
        "x": [0.5, None, 1.5],
        "ok": [True, False, True],
        "Avg. Length": ["a", "é", ""],
        "tags": [["t"], [], ["u", "v"]],
        "who": [{"id": "a", "age": 1}, {"id": "b", "age": None}, {"id": "c", "age": 3}],
        "turns": [[{"says": "hi"}], [{"says": "a"}, {"says": None}], []],
        "deep": [[["x"]], [], [[]]],
    }
)


def _published(folder: Path, shards: int = 1) -> Path:
    (folder / "in").mkdir()
    for i in range(shards):
        pq.write_table(ROWS, folder / "in" / f"part-{i}.parquet")
    (folder / "in" / "note.csv").write_text("name,topic,day\nAnn,login,1\nBob,,2\n")
    manifest = run(Request(rules_from_mapping(RULES), [str(folder / "in")], folder / "out"))
    (folder / "out" / "croissant.json").write_text(export(manifest, "croissant"))
    return folder / "out"


def test_what_a_field_is(tmp_path: Path) -> None:
    body = json.loads((_published(tmp_path) / "croissant.json").read_text())
    (table,) = [r for r in body["recordSet"] if r["name"].endswith(".parquet")]
    fields = {f["name"]: f for f in table["field"]}
    assert {name: field["dataType"] for name, field in fields.items()} == {
        "n": "sc:Integer",
        "x": "sc:Float",
        "ok": "sc:Boolean",
        '"Avg. Length"': "sc:Text",
        "tags[]": "sc:Text",
        "who.id": "sc:Text",
        "who.age": "sc:Integer",
        "turns[].says": "sc:Text",
    }
    assert fields["turns[].says"]["source"]["transform"] == {"jsonPath": '"says"'}
    assert [name for name, field in fields.items() if field.get("repeated")] == [
        "tags[]",
        "turns[].says",
    ]
    assert body["license"] == "CC-BY-4.0"
    assert "Ann" not in json.dumps(body)


def test_large_files_carry_their_digest_and_small_ones_none(tmp_path: Path) -> None:
    from hashlib import sha256

    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "large.csv").write_text("topic\n" + "login\n" * 1000)
    (tmp_path / "in" / "small.csv").write_text("day\n" + "monday\n" * 999)
    rules = {**RULES, "fields": RULES["fields"][1:]}
    manifest = run(Request(rules_from_mapping(rules), [str(tmp_path / "in")], tmp_path / "out"))
    body = json.loads(export(manifest, "croissant"))
    small, large = sorted(body["distribution"], key=lambda one: one["@type"], reverse=True)
    content = (tmp_path / "out" / large["contentUrl"]).read_bytes()
    assert large["sha256"] == sha256(content).hexdigest()
    assert large["contentSize"] == f"{len(content)} B"
    assert small["@type"] == "cr:FileSet"
    assert small["includes"] == ["data/small.csv"]
    assert not {"sha256", "contentSize"} & small.keys()


@pytest.mark.parametrize("shards", [1, 3])
def test_mlcroissant_validates_and_loads(tmp_path: Path, shards: int) -> None:
    mlc = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed (standards)")
    dataset = mlc.Dataset(str(_published(tmp_path, shards) / "croissant.json"))
    assert not dataset.metadata.ctx.issues.errors
    assert dataset.metadata.ctx.is_v1_1()
    records = {
        record_set.uuid: list(dataset.records(record_set=record_set.uuid))
        for record_set in dataset.metadata.record_sets
    }
    by_size = {len(rows): (uuid, rows) for uuid, rows in records.items()}
    assert sorted(by_size) == sorted({2, 3 * shards})
    uuid, rows = by_size[3 * shards]
    assert rows[0][f"{uuid}/n"] == 1
    assert rows[1][f"{uuid}/%22Avg.%20Length%22"] == "é".encode()
    assert rows[1][f"{uuid}/turns%5B%5D.says"][0] == b"a"
    uuid, rows = by_size[2]
    assert rows[0][f"{uuid}/topic"] == b"login"


@pytest.mark.parametrize("name", MANIFESTS)
def test_mlcroissant_validates_every_manifest(tmp_path: Path, name: str) -> None:
    mlc = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed (standards)")
    path = tmp_path / "croissant.json"
    path.write_text(export(MANIFESTS[name], "croissant"))
    assert not mlc.Dataset(str(path)).metadata.ctx.issues.errors


def test_a_path_of_several_kinds_and_keys_that_are_data_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"n": 1, "x": 1, "m": {"a@b.org": 1}}\n{"n": 2, "x": "y"}\n')
    fields = [{"name": name, "keep": "a test"} for name in ("m.{key}", "**")]
    rules = rules_from_mapping({"version": 1, "fields": fields})
    manifest = run(Request(rules, [str(tmp_path / "a.jsonl")], tmp_path / "out"))
    (records,) = json.loads(export(manifest, "croissant"))["recordSet"]
    assert [field["name"] for field in records["field"]] == ["n"]
