"""A run over files: names, formats, digests, and what the manifest says of them."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import scrubber
from scrubber.errors import InputError
from scrubber.manifest import validate, verify
from scrubber.manifest.salts import SALTS
from scrubber.run.survey import Progress

KEY = bytes(range(32))
OTHER = bytes(range(1, 33))
RULES: dict[str, Any] = {
    "version": 1,
    "dataset": {"name": "little", "purpose": "test"},
    "detect": {"ner": "none", "entities": ["EMAIL_ADDRESS"]},
    "fields": [
        {"name": "id", "class": "direct_identifier", "transform": {"token": {"domain": "d"}}},
        {"name": "note", "class": "text", "entities": {"default": "redact"}},
        {"name": "n", "class": "insensitive", "keep": "a number"},
    ],
}
ROWS = [{"id": f"u{i}", "note": f"mail ann{i}@example.com", "n": i} for i in range(40)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    lines = "".join(json.dumps(row) + "\n" for row in ROWS)
    (folder / "a.jsonl").write_text(lines)
    (folder / "deep" / "b.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    pq.write_table(pa.Table.from_pylist(ROWS), folder / "c.parquet")
    (folder / "d.csv").write_text("id,note,n\n" + "".join(f"u{i},hi,{i}\n" for i in range(40)))
    return folder


def names(out: Path) -> list[str]:
    data = out / "data"
    found = (p.relative_to(data).as_posix() for p in data.rglob("*") if p.is_file())
    return sorted(name for name in found if name != ".salts.json")


def test_relative_names_stay_and_everything_verifies(folder: Path, tmp_path: Path) -> None:
    result = scrubber.scrub(folder, RULES, key=KEY, out=tmp_path / "out")
    assert names(result.data) == ["a.jsonl", "c.parquet", "d.csv", "deep/b.jsonl.gz"]
    assert all(check.passed for check in verify(result.data))
    assert validate(result.manifest.to_json()) == []
    data = result.manifest.data
    assert data["records"]["in"] == data["records"]["out"] == {"n": 160}
    salts = json.loads((result.data / SALTS).read_bytes())
    for output in data["outputs"]["files"]:  # all of them are small
        plain = hashlib.sha256((result.data / output["path"]).read_bytes()).digest()
        salted = hashlib.sha256(bytes.fromhex(salts[output["path"]]) + plain).hexdigest()
        assert (output["sha256"], output["salted_sha256"]) == (None, salted)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("parquet", ["a.parquet", "deep/b.parquet"]),
        ("csv", ["a.csv", "deep/b.csv.gz"]),
        ("arrow", ["a.arrow", "deep/b.arrow"]),
        ("jsonl", ["a.jsonl", "deep/b.jsonl.gz"]),
    ],
)
def test_other_formats(folder: Path, tmp_path: Path, target: str, expected: list[str]) -> None:
    inputs = [folder / "a.jsonl", folder / "deep"]
    (folder / "deep" / "b.jsonl.gz").rename(folder / "deep" / "deep-b.jsonl.gz")
    out = tmp_path / "out"
    scrubber.scrub(inputs, RULES, key=KEY, out=out, format=target)
    assert names(out) == [name.replace("deep/", "deep-") for name in expected]
    assert all(check.passed for check in verify(out))


def test_equal_ids_get_equal_tokens_in_every_format(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    scrubber.scrub(folder, RULES, key=KEY, out=out, format="parquet")
    columns = [pq.read_table(path).column("id").to_pylist() for path in out.rglob("*.parquet")]
    assert all(column == columns[0] for column in columns)
    assert len(set(columns[0])) == 40


def test_another_key_gives_other_tokens_and_digests(folder: Path, tmp_path: Path) -> None:
    one = scrubber.scrub(folder, RULES, key=KEY, out=tmp_path / "a").manifest.data
    two = scrubber.scrub(folder, RULES, key=OTHER, out=tmp_path / "b").manifest.data
    for first, second in zip(one["sources"], two["sources"], strict=True):
        assert first["keyed_digest"] != second["keyed_digest"]
        plain = hashlib.sha256((folder / first["alias"]).read_bytes()).hexdigest()
        assert plain not in (first["keyed_digest"], second["keyed_digest"])
    assert one["outputs"]["merkle_root"] != two["outputs"]["merkle_root"]


def test_without_a_key_no_source_has_a_digest(folder: Path, tmp_path: Path) -> None:
    rules = {**RULES, "fields": [{**RULES["fields"][0], "transform": "drop"}, *RULES["fields"][1:]]}
    manifest = scrubber.scrub(folder, rules, out=tmp_path / "out").manifest
    assert all(source["keyed_digest"] is None for source in manifest.data["sources"])


def test_the_manifest_names_no_machine_and_no_absolute_path(folder: Path, tmp_path: Path) -> None:
    result = scrubber.scrub(folder, RULES, key=KEY, out=tmp_path / "out")
    text = result.manifest.to_bytes().decode()
    assert str(tmp_path) not in text
    assert "/tmp" not in text


def test_zero_rows_keep_their_schema(tmp_path: Path) -> None:
    schema = pa.schema([("id", pa.int64()), ("note", pa.large_string()), ("n", pa.int8())])
    pq.write_table(schema.empty_table(), tmp_path / "a.parquet")
    (tmp_path / "b.csv").write_text("id,note,n\n")
    inputs = [tmp_path / "a.parquet", tmp_path / "b.csv"]
    result = scrubber.scrub(inputs, RULES, key=KEY, out=tmp_path / "out", workers=2)
    assert (tmp_path / "out/data/b.csv").read_text() == "id,note,n\n"
    written = pq.read_schema(tmp_path / "out/data/a.parquet")
    assert written.types == [pa.string(), pa.large_string(), pa.int8()]
    assert result.manifest.data["records"]["in"] == {"n": 0}


def test_progress_ends_at_the_end(folder: Path, tmp_path: Path) -> None:
    seen: list[Progress] = []
    scrubber.scrub(folder, RULES, key=KEY, out=tmp_path / "out", progress=seen.append)
    assert seen[0].bytes_done == 0
    assert seen[-1].bytes_done == seen[-1].bytes_total > 0
    assert seen[-1].rows == 160
    assert [p.bytes_done for p in seen] == sorted(p.bytes_done for p in seen)


def test_the_run_is_repeatable_to_the_byte(folder: Path, tmp_path: Path) -> None:
    one = scrubber.scrub(folder, RULES, key=KEY, out=tmp_path / "a")
    two = scrubber.scrub(folder, RULES, key=KEY, out=tmp_path / "b")
    for name in [*names(one.data), ".salts.json"]:
        assert (one.data / "data" / name).read_bytes() == (two.data / "data" / name).read_bytes()
    assert one.manifest.id == two.manifest.id
    assert one.manifest != two.manifest  # clock and run id stand outside of the id


def test_a_source_that_changes_meanwhile_stops_the_run(folder: Path, tmp_path: Path) -> None:
    """Its digest in the manifest would be that of other bytes than were read."""

    def grow(progress: Progress) -> None:
        if progress.rows:
            with (folder / "a.jsonl").open("a") as file:
                file.write('{"id": "late"}\n')

    with pytest.raises(InputError, match="source-changed"):
        scrubber.scrub(folder, RULES, key=KEY, out=tmp_path / "out", progress=grow)
    assert not (tmp_path / "out").exists()
