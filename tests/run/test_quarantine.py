"""A shard that cannot be read, among good ones: the run stops, or leaves it out on request."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

import scrubber
from scrubber.errors import InputError
from scrubber.executors import base as executors
from scrubber.manifest import Manifest, screen, verify
from scrubber.manifest.view import lines
from scrubber.policy import load_rules
from scrubber.review import report_page
from scrubber.run.request import Request
from scrubber.run.run import run
from scrubber.transform.keys import RootKey
from tests.commands import call

KEY = RootKey(bytes(range(32)))
SECRET = "zqxsecret"
RULES = """\
version: 1
key: {env: SCRUBBER_KEY}
fields:
  - {name: id, class: direct_identifier, transform: {token: {domain: d}}}
  - {name: n, class: insensitive, keep: "a number"}
"""
CLASSES = """\
version: 1
key: {env: SCRUBBER_KEY}
fields:
  - {name: id, class: direct_identifier, transform: drop}
  - {name: n, class: quasi_identifier}
privacy: {k: 3, hierarchies: {n: [{bin: {width: 50}}]}}
"""


def rows(shard: int) -> list[dict[str, Any]]:
    return [{"id": f"{SECRET}{shard}-{i}", "n": i} for i in range(200)]


def jsonl(path: Path, shard: int) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows(shard)))


def jsonl_gz(path: Path, shard: int) -> None:
    text = "".join(json.dumps(row) + "\n" for row in rows(shard))
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def csv(path: Path, shard: int) -> None:
    path.write_text("id,n\n" + "".join(f"{r['id']},{r['n']}\n" for r in rows(shard)))


def parquet(path: Path, shard: int) -> None:
    pq.write_table(pa.Table.from_pylist(rows(shard)), path, row_group_size=50)


def arrow(path: Path, shard: int) -> None:
    table = pa.Table.from_pylist(rows(shard))
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table, max_chunksize=50)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def scrambled(path: Path) -> None:
    """The ends stay, so that it looks whole."""
    data = path.read_bytes()
    half = len(data) // 2
    path.write_bytes(data[:100] + b"\xfe" * (half - 100) + data[half:])


def not_utf8(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\xff\xfe\n")


CASES = [
    ("jsonl", jsonl, cut, "json-line"),
    ("jsonl", jsonl, empty, "input-empty"),
    ("jsonl", jsonl, not_utf8, "encoding"),
    ("jsonl.gz", jsonl_gz, cut, "compressed-unreadable"),
    ("csv", csv, not_utf8, "encoding"),
    ("parquet", parquet, cut, "parquet-unreadable"),
    ("parquet", parquet, scrambled, "parquet-unreadable"),
    ("arrow", arrow, cut, "arrow-unreadable"),
    ("arrow", arrow, empty, "input-empty"),
]
Make = Callable[[Path, int], None]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    (tmp_path / "rules.yaml").write_text(RULES)
    return tmp_path


def world(place: Path, ending: str, make: Make, harm: Callable[[Path], None], bad: int) -> str:
    for shard in range(4):
        make(place / "in" / f"{shard}.{ending}", shard)
    harm(place / "in" / f"{bad}.{ending}")
    return f"{bad}.{ending}"


def scrub(place: Path, out: str, **options: Any) -> Manifest:
    return run(
        Request(
            load_rules(place / "rules.yaml"), [str(place / "in")], place / out, key=KEY, **options
        )
    )


def timeless(manifest: Manifest) -> dict[str, Any]:
    data = json.loads(manifest.to_bytes())
    del data["run"]
    return data  # type: ignore[no-any-return]


def left_out(manifest: Manifest) -> list[tuple[str, str]]:
    return [(one["alias"], one["reason"]) for one in manifest.data["quarantined_sources"]]


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in (folder / "data").iterdir() if p.name[0] != "."}


@pytest.mark.parametrize("bad", [0, 2])
@pytest.mark.parametrize(("ending", "make", "harm", "code"), CASES)
def test_a_shard_that_cannot_be_read(
    place: Path, ending: str, make: Make, harm: Callable[[Path], None], code: str, bad: int
) -> None:
    name = world(place, ending, make, harm, bad)
    with pytest.raises(InputError) as caught:
        scrub(place, "stopped")
    assert (caught.value.code, caught.value.place.file) == (code, name)  # type: ignore[union-attr]
    assert not (place / "stopped").exists()

    manifest = scrub(place, "out", quarantine_unreadable=True)
    assert left_out(manifest) == [(name, code)]
    assert manifest.data["records"]["in"] == manifest.data["records"]["out"] == {"n": 600}
    assert name not in {source["alias"] for source in manifest.data["sources"]}
    assert all(name not in field["sources"] for field in manifest.data["fields"])
    assert len(contents(place / "out")) == 3
    assert all(check.passed for check in verify(place / "out"))
    (failed,) = [check for check in manifest.data["checks"] if not check["passed"]]
    assert (failed["id"], failed["severity"]) == ("sources-read", "error")

    (place / "in" / name).unlink()
    alone = timeless(scrub(place, "alone"))
    assert contents(place / "alone") == contents(place / "out")
    other = timeless(manifest)
    for part in ("sources", "fields", "records", "findings", "outputs", "policy"):
        assert other[part] == alone[part]


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("worth", [0, 1 << 26])
def test_wherever_it_is_found_out(
    place: Path, workers: int, worth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world(place, "parquet", parquet, scrambled, 1)  # its footer is whole: a worker finds out
    world(place, "jsonl", jsonl, not_utf8, 2)  # found out where schemas are looked for
    two = scrub(place, "two", quarantine_unreadable=True)
    monkeypatch.setattr(executors, "_WORTH", worth)  # with 0, workers look for schemas as well
    one = scrub(place, "one", quarantine_unreadable=True, workers=workers)
    assert left_out(one) == [("1.parquet", "parquet-unreadable"), ("2.jsonl", "encoding")]
    assert one.id == two.id
    assert contents(place / "one") == contents(place / "two")
    with pytest.raises(InputError) as caught:
        scrub(place, "three", workers=workers)
    assert caught.value.place.file == "2.jsonl"  # type: ignore[union-attr]


def test_one_that_classes_would_be_chosen_by(place: Path) -> None:
    (place / "rules.yaml").write_text(CLASSES)
    name = world(place, "parquet", parquet, scrambled, 1)
    manifest = scrub(place, "out", quarantine_unreadable=True)
    assert [one["alias"] for one in manifest.data["quarantined_sources"]] == [name]
    (place / "in" / name).unlink()
    assert manifest.data["records"] == scrub(place, "alone").data["records"]
    assert contents(place / "out") == contents(place / "alone")


def test_the_shape_of_json_holds_nothing_of_what_is_left_out(place: Path) -> None:
    world(place, "jsonl", jsonl, not_utf8, 1)
    path = place / "in" / "1.jsonl"
    path.write_bytes(b'{"id": "x", "n": 1, "more": 1}\n' + path.read_bytes())
    manifest = scrub(place, "out", quarantine_unreadable=True)
    assert [field["name"] for field in manifest.data["fields"]] == ["id", "n"]
    assert left_out(manifest) == [("1.jsonl", "encoding")]


def test_where_nothing_can_be_read_there_is_no_output(place: Path) -> None:
    parquet(place / "in" / "0.parquet", 0)
    for harm in (empty, scrambled):
        parquet(place / "in" / "0.parquet", 0)
        harm(place / "in" / "0.parquet")
        with pytest.raises(InputError, match="all-unreadable"):
            scrub(place, "out", quarantine_unreadable=True)
        assert not (place / "out").exists()


def test_shards_that_differ_stop_the_run_all_the_same(place: Path) -> None:
    world(place, "parquet", parquet, lambda _: None, 0)
    pq.write_table(pa.table({"id": ["x"], "m": [1]}), place / "in" / "1.parquet")
    with pytest.raises(InputError, match="schema-drift"):
        scrub(place, "out", quarantine_unreadable=True)


def test_a_file_that_may_not_be_read(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = world(place, "csv", csv, lambda _: None, 1)
    monkeypatch.setattr("os.access", lambda path, _: Path(path).name != name)
    assert left_out(scrub(place, "out", quarantine_unreadable=True)) == [(name, "input-unreadable")]


def test_what_an_earlier_attempt_made_of_it_is_not_published(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scrubber.outputs import checkpoints as parts

    world(place, "parquet", parquet, lambda _: None, 1)
    keep = parts.Parts.keep

    def keeps(self: parts.Parts, identity: str, part: parts.Part, written: Path) -> None:
        keep(self, identity, part, written)
        if part.output.source == "1.parquet":
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(parts.Parts, "keep", keeps)
        with pytest.raises(KeyboardInterrupt):
            scrub(place, "out")
    assert (place / ".out.scrubber-partial/output/data/1.parquet").exists()
    scrambled(place / "in" / "1.parquet")
    scrub(place, "out", quarantine_unreadable=True)
    assert sorted(contents(place / "out")) == ["0.parquet", "2.parquet", "3.parquet"]
    assert all(check.passed for check in verify(place / "out"))


def test_an_increment_takes_it_up_when_it_is_whole(place: Path) -> None:
    world(place, "csv", csv, not_utf8, 1)
    scrub(place, "out", quarantine_unreadable=True)
    csv(place / "in" / "1.csv", 1)
    second = scrub(place, "second", incremental=place / "out")
    assert [source["alias"] for source in second.data["sources"]] == ["1.csv"]
    assert not left_out(second)


def test_who_reads_the_manifest_sees_it(place: Path) -> None:
    name = world(place, "csv", csv, not_utf8, 1)
    manifest = scrub(place, "out", quarantine_unreadable=True)
    shown = "\n".join(lines(screen(manifest)))
    assert f"omitted source: {name}: unknown (encoding)" in shown
    assert "1 of 2 checks FAILED" in shown
    page = report_page(manifest)
    assert "Omitted sources" in page
    assert "sources-read" in page
    assert SECRET not in shown + page


def test_the_command_line(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world(place, "csv", csv, not_utf8, 1)
    monkeypatch.setenv("SCRUBBER_KEY", bytes(range(32)).hex())

    def ask(*words: str) -> tuple[int, str]:
        return call(*words), capsys.readouterr().out

    command = ("run", "rules.yaml", "in", "--out", "out")
    code, said = ask(*command)
    assert (code, "[encoding]" in said) == (2, True)
    code, shown = ask(*command, "--quarantine-unreadable")
    assert (code, "1.csv" in shown) == (1, True)
    code, shown = ask(*command, "--quarantine-unreadable", "--overwrite", "--json")
    assert (code, json.loads(shown)["exit_code"]) == (1, 1)
    assert ask("verify", "out")[0] == 0


def test_the_library(place: Path) -> None:
    world(place, "csv", csv, not_utf8, 1)
    told = scrubber.scrub(
        place / "in", place / "rules.yaml", key=KEY, out="out", quarantine_unreadable=True
    )
    assert len(told.manifest.data["quarantined_sources"]) == 1
