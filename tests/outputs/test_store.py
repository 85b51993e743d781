"""An output in a store: the same bytes as on disk, the manifest last, nothing half."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scrubber import storage
from scrubber.errors import (
    ConservationError,
    GateError,
    IncompleteError,
    InputError,
    OutputError,
    ScrubberError,
)
from scrubber.manifest import Manifest, OutputFacts, verify
from scrubber.manifest.salts import SALTS
from scrubber.outputs import checkpoints as parts
from scrubber.outputs import lease
from scrubber.outputs import store as storestage
from scrubber.outputs.store import StoreStage
from scrubber.policy import load_rules, rules_from_mapping
from scrubber.run.request import Request
from scrubber.run.run import run
from scrubber.transform.keys import RootKey
from tests.stores import ENVIRONMENT, S3

pytestmark = pytest.mark.slow

KEY = RootKey(bytes(range(32)))
SHARDS = 4
RULES = """\
version: 1
key: {env: SCRUBBER_KEY}
fields:
  - {name: id, class: direct_identifier, transform: {token: {domain: d}}}
  - {name: n, class: insensitive, keep: "a number"}
"""


MAIL = b'{"id": "call +1 212 555 0152, ann@example.com", "n": 7}\n' * 40


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "BEAT", 0.1)
    monkeypatch.setattr(lease, "PATIENCE", 0.4)
    monkeypatch.setattr(lease, "SETTLE", 0.05)


def shard(number: int, salt: int = 0) -> bytes:
    rows = ({"id": f"planted9value{i}", "n": i + salt + number} for i in range(500))
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


@pytest.fixture
def place(tmp_path: Path, s3: S3) -> Path:
    """The same shards on disk and in the bucket, below ``in``."""
    make_place(tmp_path)
    for number in range(SHARDS):
        s3.put(f"in/{number}.jsonl", shard(number))
    return tmp_path


def make_place(folder: Path) -> None:
    (folder / "in").mkdir()
    (folder / "rules.yaml").write_text(RULES)
    for number in range(SHARDS):
        (folder / "in" / f"{number}.jsonl").write_bytes(shard(number))


def scrub(place: Path, given: str, out: str | Path, **options: Any) -> Manifest:
    options = {"key": KEY, **options}
    return run(Request(load_rules(place / "rules.yaml"), [given], out, **options))


def without_clock(raw: bytes) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(raw)
    del manifest["run"]
    return manifest


def contents(s3: S3, out: str = "out") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in s3.names(f"{out}/"):
        short = name.removeprefix(f"{out}/")
        found[short] = s3.get(name) if short != "manifest.json" else without_clock(s3.get(name))
    return found


def on_disk(folder: Path) -> dict[str, Any]:
    return {
        p.relative_to(folder).as_posix(): (
            p.read_bytes() if p.name != "manifest.json" else without_clock(p.read_bytes())
        )
        for p in folder.rglob("*")
        if p.is_file()
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a run on this machine makes of the same shards."""
    place = tmp_path_factory.mktemp("whole")
    make_place(place)
    scrub(place, str(place / "in"), place / "whole")
    return on_disk(place / "whole")


@pytest.mark.parametrize("workers", [1, 2])
def test_the_output_is_that_on_disk(
    place: Path, s3: S3, whole: dict[str, Any], workers: int
) -> None:
    scrub(place, s3.url("in"), s3.url("out"), workers=workers)
    assert contents(s3) == whole
    assert s3.uploads() == []
    assert all(check.passed for check in verify(s3.url("out")))
    scrub(place, s3.url("in"), place / "here")  # and from one to the other
    assert on_disk(place / "here") == whole
    scrub(place, str(place / "in"), s3.url("deep/there/"))
    assert contents(s3, "deep/there") == whole


@pytest.mark.parametrize("target", ["parquet", "arrow"])
def test_other_formats_are_written(place: Path, s3: S3, target: str) -> None:
    scrub(place, s3.url("in"), s3.url("out"), target_format=target)
    scrub(place, str(place / "in"), place / "whole", target_format=target)
    assert contents(s3) == on_disk(place / "whole")


def test_a_large_output_is_uploaded_in_parts(
    place: Path, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scrubber.storage.upload.PART_BYTES", 5 * 2**20)
    dice = random.Random(1)
    rows = b"".join(
        b'{"id": "u", "n": "%s"}\n' % dice.randbytes(1000).hex().encode() for _ in range(6000)
    )
    s3.put("large/a.jsonl", rows)
    (place / "large").mkdir()
    (place / "large" / "a.jsonl").write_bytes(rows)
    scrub(place, s3.url("large"), s3.url("out"))
    scrub(place, str(place / "large"), place / "whole")
    assert len(s3.get("out/data/a.jsonl")) > 5 * 2**20
    assert contents(s3) == on_disk(place / "whole")


def test_nothing_of_the_store_is_in_the_manifest(place: Path, s3: S3) -> None:
    raw = scrub(place, s3.url("in"), s3.url("out")).to_bytes()
    hidden = [*ENVIRONMENT.values(), s3.endpoint, "s3://", "bucket", "planted9value"]
    for text in hidden:
        assert text.encode() not in raw or text in ("true", "/dev/null")


class Killed(BaseException):
    """What SIGKILL is to those who can still look: nothing is cleaned up."""


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path, S3, int], None]:
    """A run into ``out`` that is killed when so many of its parts are on record."""

    def kill(place: Path, s3: S3, finished: int, **options: Any) -> None:
        keep, kept = parts.Parts.keep, 0

        def keeps(self: parts.Parts, identity: str, part: parts.Part, written: Any) -> None:
            nonlocal kept
            keep(self, identity, part, written)
            kept += 1
            if kept == finished:
                raise Killed

        with monkeypatch.context() as patched:
            patched.setattr(parts.Parts, "keep", keeps)
            patched.setattr(storestage, "_clean", lambda *_: None)
            patched.setattr(storage, "drop_unfinished", lambda *_: None)
            patched.setattr(lease.Lease, "__exit__", lambda self, *_: self._ended.set())
            with pytest.raises(Killed):
                scrub(place, s3.url("in"), s3.url("out"), **options)
        s3.client.create_multipart_upload(Bucket="bucket", Key="out/data/3.jsonl")

    return kill


Kill = Callable[..., None]


def test_a_killed_run_is_no_output_and_is_taken_up(
    place: Path, s3: S3, whole: dict[str, Any], killed: Kill, written: list[str]
) -> None:
    killed(place, s3, 2)
    assert "out/manifest.json" not in s3.names()
    with pytest.raises(IncompleteError, match="no-manifest"):
        verify(s3.url("out"))
    written.clear()
    scrub(place, s3.url("in"), s3.url("out"))
    assert written == ["data/2.jsonl", "data/3.jsonl"]
    assert contents(s3) == whole
    assert s3.uploads() == []


def test_outputs_that_are_not_as_they_were_are_made_again(
    place: Path, s3: S3, whole: dict[str, Any], killed: Kill, written: list[str]
) -> None:
    killed(place, s3, SHARDS)
    s3.put("out/data/0.jsonl", s3.get("out/data/0.jsonl").replace(b"1", b"2", 1))
    s3.client.delete_object(Bucket="bucket", Key="out/data/1.jsonl")
    s3.put("out/data/deep/stray.jsonl", b"leak")
    s3.put("out/.scrubber-partial/parts/stray", b"x")
    written.clear()
    scrub(place, s3.url("in"), s3.url("out"))
    assert written == ["data/0.jsonl", "data/1.jsonl"]
    assert contents(s3) == whole


def test_records_that_were_tampered_with_count_for_nothing(
    place: Path, s3: S3, whole: dict[str, Any], killed: Kill, written: list[str]
) -> None:
    killed(place, s3, SHARDS)
    first, *others = s3.names("out/.scrubber-partial/parts/")
    s3.put(first, s3.get(first)[:-1])
    for name in others:
        changed = s3.get(name).replace(b'"rows":5', b'"rows":6', 1)
        assert changed != s3.get(name)
        s3.put(name, changed)
    written.clear()
    scrub(place, s3.url("in"), s3.url("out"))
    assert len(written) == SHARDS
    assert contents(s3) == whole


def test_other_work_is_done_from_the_start(
    place: Path, s3: S3, killed: Kill, written: list[str]
) -> None:
    killed(place, s3, 3)
    written.clear()
    scrub(place, s3.url("in"), s3.url("out"), key=RootKey(bytes(range(1, 33))))
    assert len(written) == SHARDS


def test_a_source_that_has_gone_leaves_no_output(place: Path, s3: S3, killed: Kill) -> None:
    killed(place, s3, 3)
    s3.client.delete_object(Bucket="bucket", Key="in/0.jsonl")
    scrub(place, s3.url("in"), s3.url("out"))
    assert [n for n in contents(s3) if n.startswith("data/")] == [
        SALTS,
        *(f"data/{i}.jsonl" for i in (1, 2, 3)),
    ]


def test_what_exists_is_replaced_only_on_request(place: Path, s3: S3) -> None:
    scrub(place, s3.url("in"), s3.url("out"))
    s3.put("out/manifest.intoto.jsonl", b"a signature of the old one")
    before = contents(s3)
    with pytest.raises(OutputError, match="output-exists"):
        scrub(place, s3.url("in"), s3.url("out"))
    assert contents(s3) == before
    s3.put("in/0.jsonl", shard(0, salt=5))
    s3.client.delete_object(Bucket="bucket", Key="in/3.jsonl")
    scrub(place, s3.url("in"), s3.url("out"), overwrite=True)
    after = contents(s3)
    kept = ["data/0.jsonl", "data/1.jsonl", "data/2.jsonl", "manifest.json"]
    assert sorted(after) == [SALTS, *kept]
    assert after["data/0.jsonl"] != before["data/0.jsonl"]
    assert all(check.passed for check in verify(s3.url("out")))


@pytest.mark.parametrize("overwrite", [False, True])
def test_what_is_no_output_is_left_alone(place: Path, s3: S3, overwrite: bool) -> None:
    for name in ("out/data/mine.csv", "out/notes.txt"):
        s3.put(name, b"mine")
    with pytest.raises(OutputError) as caught:
        scrub(place, s3.url("in"), s3.url("out"), overwrite=overwrite)
    assert caught.value.code == ("output-foreign" if overwrite else "output-exists")
    assert contents(s3) == {"data/mine.csv": b"mine", "notes.txt": b"mine"}


def test_while_an_output_is_replaced_there_is_none(
    place: Path, s3: S3, killed: Kill, whole: dict[str, Any]
) -> None:
    scrub(place, s3.url("in"), s3.url("out"), key=RootKey(bytes(range(1, 33))))
    killed(place, s3, 2, overwrite=True)
    assert "out/manifest.json" not in s3.names()  # or it would vouch for a mix of two
    scrub(place, s3.url("in"), s3.url("out"))
    assert contents(s3) == whole


def test_a_run_that_cannot_begin_leaves_the_earlier_output(place: Path, s3: S3) -> None:
    scrub(place, s3.url("in"), s3.url("out"))
    before = contents(s3)
    with pytest.raises(ScrubberError):
        run(
            Request(
                rules_from_mapping({"version": 1, "fields": []}),
                [s3.url("in")],
                s3.url("out"),
                overwrite=True,
            )
        )
    assert contents(s3) == before


@pytest.mark.parametrize("error", [RuntimeError, ConservationError("rows-lost", "no")])
def test_a_failed_run_leaves_nothing(
    place: Path, s3: S3, monkeypatch: pytest.MonkeyPatch, error: Any
) -> None:
    place_one, placed = StoreStage.place, 0

    def places(self: StoreStage, draft: Any, output: OutputFacts) -> str:
        nonlocal placed
        placed += 1
        if placed == 3:
            raise error
        return place_one(self, draft, output)

    monkeypatch.setattr(StoreStage, "place", places)
    with pytest.raises(type(error) if isinstance(error, Exception) else error):
        scrub(place, s3.url("in"), s3.url("out"))
    assert s3.names("out") == []
    assert s3.uploads() == []


LOOKS_AGAIN = """\
version: 1
key: {env: SCRUBBER_KEY}
detect: {ner: none, entities: [EMAIL_ADDRESS]}
fields:
  - {name: id, class: text, entities: {EMAIL_ADDRESS: redact}}
  - {name: n, class: quasi_identifier, transform: {bin: {width: 50}}}
gates: {max_residual_rate: RATE, rescan: all, min_k: 3}
"""


def test_gates_and_shards_that_cannot_be_read(place: Path, s3: S3) -> None:
    rules = place / "rules.yaml"
    rules.write_text(LOOKS_AGAIN.replace("RATE", "0.5"))
    for name, raw in (("bad.jsonl", b'{"id": "\xff"}\n'), ("mail.jsonl", MAIL)):
        (place / "in" / name).write_bytes(raw)
        s3.put(f"in/{name}", raw)
    scrub(place, str(place / "in"), place / "here", quarantine_unreadable=True)
    scrub(place, s3.url("in"), s3.url("out"), quarantine_unreadable=True)
    assert contents(s3) == on_disk(place / "here")
    (left_out,) = contents(s3)["manifest.json"]["quarantined_sources"]
    assert (left_out["alias"], left_out["reason"]) == ("bad.jsonl", "encoding")
    assert contents(s3)["manifest.json"]["risk"]["rescan"]["looked_at"] == {"n": 2_040}
    with pytest.raises(InputError, match="encoding"):
        scrub(place, s3.url("in"), s3.url("stopped"))
    rules.write_text(LOOKS_AGAIN.replace("RATE", "0.001"))
    with pytest.raises(GateError, match="residual-rate"):
        scrub(place, s3.url("in"), s3.url("stopped"), quarantine_unreadable=True)
    assert s3.names("stopped") == s3.uploads() == []


def test_an_interrupted_run_leaves_its_parts_for_the_next(
    place: Path, s3: S3, whole: dict[str, Any], written: list[str]
) -> None:
    def stop(progress: Any) -> None:
        if progress.rows > 700:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scrub(place, s3.url("in"), s3.url("out"), progress=stop)
    assert "out/.scrubber-partial/lease" not in s3.names()  # nobody has to wait for it
    assert 0 < len(written) < SHARDS
    scrub(place, s3.url("in"), s3.url("out"))
    assert len(written) == SHARDS
    assert contents(s3) == whole


def test_a_store_that_breaks_off_while_a_part_is_completed(
    place: Path, s3: S3, monkeypatch: pytest.MonkeyPatch, written: list[str], whole: dict[str, Any]
) -> None:
    commit, count = storage.Upload.commit, 0

    def commits(self: storage.Upload) -> None:
        nonlocal count
        count += 1
        if count == 3:
            raise IncompleteError("storage-unreachable", "gone")
        commit(self)

    monkeypatch.setattr(storage.Upload, "commit", commits)
    with pytest.raises(IncompleteError):
        scrub(place, s3.url("in"), s3.url("out"))
    assert "out/manifest.json" not in s3.names()
    scrub(place, s3.url("in"), s3.url("out"))
    assert written == [f"data/{number}.jsonl" for number in range(SHARDS)]
    assert contents(s3) == whole


def test_who_may_not_abort_uploads_can_run(
    place: Path, s3: S3, monkeypatch: pytest.MonkeyPatch, whole: dict[str, Any]
) -> None:
    def denied(url: str, name: str) -> None:
        raise OutputError("storage-denied", f"{url} {name}")

    monkeypatch.setattr(storage, "drop_unfinished", denied)
    scrub(place, s3.url("in"), s3.url("out"))
    assert contents(s3) == whole


def test_two_runs_at_once(place: Path, s3: S3, whole: dict[str, Any]) -> None:
    refused: list[str] = []

    def second(_: Any) -> None:
        if refused:
            return
        refused.append("")
        with pytest.raises(OutputError) as caught:
            scrub(place, s3.url("in"), s3.url("out"))
        refused[0] = caught.value.code

    scrub(place, s3.url("in"), s3.url("out"), progress=second)
    assert refused == ["output-busy"]
    assert contents(s3) == whole


def test_a_run_that_was_superseded_adds_nothing(place: Path, s3: S3) -> None:
    def someone(progress: Any) -> None:
        if progress.rows == 500:
            s3.put("out/.scrubber-partial/lease", b"someone 1\n")

    with pytest.raises(IncompleteError) as caught:
        scrub(place, s3.url("in"), s3.url("out"), progress=someone)
    assert caught.value.code == "superseded"
    assert s3.names("out/data") in ([], ["out/data/0.jsonl"])
    assert "out/manifest.json" not in s3.names()
    assert s3.get("out/.scrubber-partial/lease") == b"someone 1\n"


def test_a_source_that_changes_meanwhile(place: Path, s3: S3) -> None:
    def change(progress: Any) -> None:
        if progress.rows == 500:
            s3.put("in/0.jsonl", shard(0, salt=1))

    with pytest.raises(InputError) as caught:
        scrub(place, s3.url("in"), s3.url("out"), progress=change)
    assert (caught.value.code, str(caught.value.place)) == ("source-changed", "0.jsonl")
    assert "out/manifest.json" not in s3.names("out")
    scrub(place, s3.url("in"), s3.url("out"))
    scrub(place, s3.url("in"), s3.url("whole"))
    assert contents(s3) == contents(s3, "whole")


def test_what_an_output_may_not_be(place: Path, s3: S3) -> None:
    for given, out, code in [
        ("in", "in", "output-in-input"),
        ("in", "in/out", "output-in-input"),
        ("out/in/0.jsonl", "out", "input-in-output"),
        ("out/*/0.jsonl", "out", "input-in-output"),
    ]:
        s3.put("out/in/0.jsonl", shard(0))
        with pytest.raises(OutputError) as caught:
            scrub(place, s3.url(given), s3.url(out), overwrite=True)
        assert caught.value.code in (code, "output-foreign")
        assert s3.get("out/in/0.jsonl") == shard(0)
    with pytest.raises(OutputError, match="output-place"):
        scrub(place, str(place / "in"), "s3://bucket")
    with pytest.raises(OutputError, match="storage-bucket"):
        scrub(place, str(place / "in"), "s3://no-such-bucket/out")
    scrub(place, s3.url("in/0.jsonl"), s3.url("in2"))  # a name that begins alike is another one


def test_an_output_that_vanishes_before_the_manifest(
    place: Path, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = StoreStage.finish

    def late(self: StoreStage, manifest: bytes, outputs: Any) -> None:
        s3.client.delete_object(Bucket="bucket", Key="out/data/2.jsonl")
        finish(self, manifest, outputs)

    with monkeypatch.context() as patched:
        patched.setattr(StoreStage, "finish", late)
        with pytest.raises(OutputError, match="part-missing"):
            scrub(place, s3.url("in"), s3.url("out"))
    assert "out/manifest.json" not in s3.names("out")
    scrub(place, s3.url("in"), s3.url("out"))
    scrub(place, s3.url("in"), s3.url("whole"))
    assert contents(s3) == contents(s3, "whole")


def test_increments(place: Path, s3: S3) -> None:
    first = scrub(place, s3.url("in"), s3.url("out"))
    s3.put("in/9.jsonl", shard(9))
    second = scrub(place, s3.url("in"), s3.url("out-2"), incremental=s3.url("out"))
    assert second.data["header"]["previous"] == first.id
    assert sorted(contents(s3, "out-2")) == [
        SALTS,
        "data/9.jsonl",
        "manifest.json",
        f"previous/{first.id}.json",
    ]
    assert all(check.passed for check in verify(s3.url("out-2")))


def test_classes_are_counted_again_from_the_store(place: Path, s3: S3) -> None:
    (place / "rules.yaml").write_text(
        "version: 1\nfields:\n"
        "  - {name: id, class: direct_identifier, transform: drop}\n"
        "  - {name: n, class: quasi_identifier}\n"
        "privacy: {k: 5, hierarchies: {n: [{bin: {width: 100}}]}}\n"
    )
    for number in range(SHARDS):
        s3.put(f"in/{number}.jsonl", shard(0))
    manifest = scrub(place, s3.url("in"), s3.url("out"), key=None)
    assert manifest.data["risk"]
    assert all(check.passed for check in verify(s3.url("out")))


def test_outputs_in_memory(place: Path, whole: dict[str, Any]) -> None:
    import fsspec

    system = fsspec.filesystem("memory")
    system.store.clear()
    scrub(place, str(place / "in"), "memory://bucket/out")
    found = {n.removeprefix("/bucket/out/"): system.cat_file(n) for n in system.store}
    found["manifest.json"] = without_clock(found["manifest.json"])
    assert found == whole
    system.store.clear()


def test_the_library_gives_back_the_url(place: Path, s3: S3) -> None:
    import scrubber

    done = scrubber.scrub(
        s3.url("in"), place / "rules.yaml", key=bytes(range(32)), out=s3.url("out")
    )
    assert done.data == s3.url("out")
    assert threading.active_count() < 50


def test_a_manifest_that_appears_during_the_run_stays(s3: S3) -> None:
    s3.put("out/manifest.json", b"earlier")
    with (
        pytest.raises(OutputError, match="output-changed"),
        storestage.staged_in_store(s3.url("out"), [], overwrite=True) as stage,
    ):
        stage.clear(())
        assert "out/manifest.json" not in s3.names()
        s3.put("out/manifest.json", b"theirs")
        stage.finish(b"ours", [])
    assert s3.get("out/manifest.json") == b"theirs"
