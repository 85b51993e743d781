"""The leak index of a run: any sharding and executor, resumed, in the manifest, and probed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import scrubber
from scrubber.api.trials import trial
from scrubber.assess.leaks.index_file import MAGIC
from scrubber.errors import NotAvailable, OutputError, RuleError
from scrubber.manifest import screen
from scrubber.manifest.view import lines
from scrubber.pipeline.source import ScrubJob
from scrubber.policy import rules_from_mapping
from scrubber.review import report_page
from scrubber.transform.keys import RootKey
from tests.commands import call

KEY = RootKey(bytes(range(32)))
FIELDS: list[dict[str, Any]] = [
    {"name": "id", "class": "direct_identifier", "transform": "token"},
    {"name": "first", "class": "direct_identifier", "transform": "drop", "linked_as": "FIRST_NAME"},
    {"name": "last", "class": "direct_identifier", "transform": "drop", "linked_as": "LAST_NAME"},
    {"name": "mail", "transform": {"surrogate": {"entity": "EMAIL_ADDRESS"}}},
    {"name": "born", "class": "direct_identifier", "transform": "drop"},
    {"name": "plan", "keep": "asked for"},
    {"name": "note", "entities": {"default": "redact", "IP_ADDRESS": {"keep": "asked for"}}},
]
FIRST = ("Anna", "Boris", "Celia", "Dmitri", "Elena", "Farid", "Greta", "Hassan")
LAST = ("Abramov", "Berglund", "Castellano", "Dubois", "Eriksen", "Fernandes", "Gruber")


DETECT = {
    "ner": "none",
    "languages": ["en"],
    "entities": ["EMAIL_ADDRESS", "CREDIT_CARD", "IP_ADDRESS"],
}


def index_in(folder: Path) -> dict[str, Any]:
    return {"leak_index": {"file": str(folder / "leak.index"), "delete_by": "2099-12-31"}}


def people(count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"C-{100000 + n}",
            "first": FIRST[n % len(FIRST)],
            "last": LAST[n % len(LAST)],
            "mail": f"person{n}@example.org",
            "born": "1990-02-01",
            "plan": "premium plan of the house",
            "note": f"card 4111 1111 1111 1111, from 198.51.100.{n}, or other{n}@example.net",
        }
        for n in range(count)
    ]


def run(folder: Path, parts: int = 1, workers: int = 1, **more: Any) -> scrubber.Scrubbed:
    rules = {
        "version": 1,
        "detect": DETECT,
        "fields": FIELDS,
        **index_in(folder),
    }
    source = folder / "in"
    source.mkdir(parents=True, exist_ok=True)
    rows = people(40)
    for part in range(parts):
        text = "\n".join(map(json.dumps, rows[part::parts]))
        (source / f"{part}.jsonl").write_text(text)
    return scrubber.scrub(
        source, rules | more.pop("rules", {}), out=folder / "out", key=KEY, workers=workers, **more
    )


def outputs(folder: Path, *texts: str) -> Path:
    path = folder / "g.txt"
    path.write_text("\n".join(texts))
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    run(folder)
    return folder


def test_removed_values_are_found_and_others_are_not(made: Path) -> None:
    path = outputs(
        made,
        "as Anna Abramov said",
        "PERSON3@example.org",
        "other7@example.net and 4111-1111-1111-1111",
        "c 100013",
        "Anna; Abramov",
        "Boris Gruber, 1990-02-01",
        "premium plan of the house",
        "from 198.51.100.3",
    )
    found = scrubber.probe(path, made / "leak.index", KEY)
    assert [(hit.record, hit.kind) for hit in found.hits] == [
        (1, "PERSON"),
        (2, "EMAIL_ADDRESS"),
        (3, "EMAIL_ADDRESS"),
        (3, "CREDIT_CARD"),
        (4, "ID"),
        (5, "PERSON"),
    ]


def test_the_output_itself_holds_nothing_removed(made: Path) -> None:
    found = scrubber.probe(made / "out/data/0.jsonl", made / "leak.index", KEY)
    assert not found.hits
    assert found.records == 40


@pytest.mark.slow
def test_any_sharding_and_executor_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    run(tmp_path, parts=3, workers=2)
    assert (tmp_path / "leak.index").read_bytes() == (made / "leak.index").read_bytes()


def test_a_resumed_run_has_the_fingerprints_of_its_finished_parts(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, seen = ScrubJob.run, []

    def killed_at_the_third(job: ScrubJob, *rest: Any) -> Any:
        seen.append(job.source.alias)
        if len(seen) == 3:
            raise KeyboardInterrupt
        return whole(job, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(ScrubJob, "run", killed_at_the_third)
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path, parts=3)
    assert not (tmp_path / "leak.index").exists()
    done: list[str] = []
    with monkeypatch.context() as patched:
        patched.setattr("scrubber.pipeline.source._write", _counting(done))
        run(tmp_path, parts=3)
    assert len(done) == 1
    assert (tmp_path / "leak.index").read_bytes() == (made / "leak.index").read_bytes()


def _counting(done: list[str]) -> Any:
    from scrubber.pipeline import source

    write = source._write

    def counted(bench: Any, job: ScrubJob, *rest: Any) -> Any:
        done.append(job.source.alias)
        return write(bench, job, *rest)

    return counted


def test_the_manifest_says_that_there_is_an_index(made: Path) -> None:
    manifest = scrubber.read_manifest(made / "out")
    (rule,) = [one for one in manifest.data["policy"]["rules"] if one["id"] == "leak_index"]
    stated = {one["name"]: one["value"] for one in rule["parameters"]}
    assert stated["fingerprints"] == "100 to 999"
    assert stated["kinds"] == "EMAIL_ADDRESS, ID, PERSON"  # one card is fewer than eleven
    assert stated["delete_by"] == "2099-12-31"
    said = "100 to 999 fingerprints of EMAIL_ADDRESS, ID, PERSON, in a secret file"
    assert any(said in line for line in lines(screen(manifest)))
    assert "100 to 999 fingerprints of" in report_page(manifest)
    assert "leak.index" not in manifest.to_bytes().decode()


def test_diff_is_neutral(made: Path, tmp_path: Path) -> None:
    source = made / "in"
    rules = {"version": 1, "detect": DETECT, "fields": FIELDS}
    scrubber.scrub(source, rules, out=tmp_path / "out", key=KEY)
    for pair in ((tmp_path / "out", made / "out"), (made / "out", tmp_path / "out")):
        found = scrubber.diff(*pair)
        assert [one for one in found.changes if one.effect.value != "neutral"] == []


def test_where_the_file_may_be(tmp_path: Path) -> None:
    inside = {"leak_index": {"file": str(tmp_path / "out" / "x"), "delete_by": "2099-12-31"}}
    with pytest.raises(OutputError, match="index-in-output"):
        run(tmp_path, rules=inside)
    (tmp_path / "leak.index").write_text("taken")
    with pytest.raises(OutputError, match="index-exists"):
        run(tmp_path)
    assert (tmp_path / "leak.index").read_text() == "taken"
    with pytest.raises(OutputError, match="index-foreign"):
        run(tmp_path, overwrite=True)
    (tmp_path / "leak.index").write_bytes(MAGIC)
    run(tmp_path, overwrite=True)
    assert (tmp_path / "leak.index").stat().st_mode & 0o777 == 0o600


def test_an_incremental_run_adds_to_the_index(tmp_path: Path) -> None:
    run(tmp_path)
    shutil.rmtree(tmp_path / "in")
    (tmp_path / "in").mkdir()
    more = people(1)[0] | {"mail": "new@example.org", "first": "Ottilie", "last": "Zimmermann"}
    (tmp_path / "in/later.jsonl").write_text(json.dumps(more))
    rules = {"version": 1, "detect": DETECT, "fields": FIELDS} | index_in(tmp_path)
    given = {"out": tmp_path / "more", "key": KEY, "incremental": tmp_path / "out"}
    scrubber.scrub(tmp_path / "in", rules, **given)
    path = outputs(tmp_path, "Anna Abramov", "Ottilie Zimmermann")
    found = scrubber.probe(path, tmp_path / "leak.index", KEY)
    assert [hit.record for hit in found.hits] == [1, 2]
    (tmp_path / "leak.index").unlink()
    with pytest.raises(OutputError, match="index-incremental"):
        scrubber.scrub(tmp_path / "in", rules, **(given | {"out": tmp_path / "third"}))


def test_refused_without_a_run_over_files(tmp_path: Path) -> None:
    rules = {
        "version": 1,
        "leak_index": {"file": "x", "delete_by": "2099-12-31"},
        "fields": [{"name": "a", "transform": "drop"}, {"name": "b", "keep": "asked for"}],
    }
    frame = pl.DataFrame({"a": ["x"], "b": ["y"]})
    with pytest.raises(NotAvailable, match="leak-index-without-run"):
        scrubber.scrub(frame, rules, key=KEY)
    with pytest.raises(NotAvailable, match="leak-index-without-run"):
        scrubber.ScrubBatches(rules)(frame)
    assert trial(rules_from_mapping(rules), frame.to_arrow(), 0).out.column_names == ["b"]
    away = rules | {"leak_index": {"file": "s3://bucket/x", "delete_by": "2099-12-31"}}
    with pytest.raises(RuleError, match="local file"):
        rules_from_mapping(away)
    past = rules | {"leak_index": {"file": "x", "delete_by": "2020-01-01"}}
    with pytest.raises(RuleError, match="past-date"):
        scrubber.scrub(frame, past, key=KEY)
    path = tmp_path / "rules.yaml"
    path.write_text(json.dumps(rules))
    with pytest.raises(RuleError, match="key-missing-in-rules"):
        scrubber.load_rules(path)


def test_the_command(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PROBE_RUN_KEY", bytes(range(32)).hex())
    key = tmp_path / "probe.key"
    assert call("keygen", "--probe-of", "env:PROBE_RUN_KEY", "--out", key) == 0
    assert scrubber.keygen(probe_of=KEY).text == key.read_text().strip()
    capsys.readouterr()
    given = ("--index", made / "leak.index", "--key", f"file:{key}")
    path = outputs(tmp_path, "as Anna Abramov said")
    assert call("probe", path, *given) == 1
    shown = capsys.readouterr().out
    assert "1 records: 1 removed values in 1 of them" in shown
    assert "g.txt record 1  PERSON" in shown
    assert "abramov" not in shown.lower()
    assert call("probe", path, *given, "--json") == 1
    assert json.loads(capsys.readouterr().out)["data"]["kinds"] == {"PERSON": 1}
    assert call("probe", outputs(tmp_path, "nobody"), *given) == 0
