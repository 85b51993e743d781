"""A run that is killed at any moment and started again ends as one that was left alone.

The runs are forks of a process that has imported everything and done nothing, so that fifty of them
take seconds; SIGKILL lets them clean up nothing.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest

from scrubber.detect.linked import consistency
from scrubber.errors import IncompleteError
from scrubber.manifest import verify
from scrubber.outputs import checkpoints as parts
from scrubber.outputs import folder as folderstage
from scrubber.outputs import publish, rename
from scrubber.policy import load_rules
from scrubber.run.request import Request
from scrubber.run.run import run
from scrubber.transform.keys import RootKey

pytestmark = pytest.mark.slow

KEY = RootKey(bytes(range(32)))
SHARDS = 6
RULES = """\
version: 1
key: {env: SCRUBBER_KEY}
rows:
  - {drop: "n % 7 = 0", reason: "a rule"}
fields:
  - {name: id, class: direct_identifier, transform: {token: {domain: d}}}
  - {name: note, class: direct_identifier, transform: drop}
  - {name: n, class: insensitive, keep: "a number"}
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "rules.yaml").write_text(RULES)
    for shard in range(SHARDS):
        write_shard(tmp_path, shard, 0)
    return tmp_path


def write_shard(place: Path, shard: int, salt: int) -> None:
    rows = [{"id": f"u{i}", "note": "x", "n": i + salt} for i in range(1500)]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (place / "in" / f"{shard}.jsonl").write_text(lines)


def scrub(place: Path, out: str, **options: Any) -> None:
    rules = load_rules(place / "rules.yaml")
    run(Request(rules, [str(place / "in")], place / out, key=KEY, **options))


def started(place: Path, kill_after: int | None, options: dict[str, Any]) -> ForkServerProcess:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["scrubber.run.run", "scrubber.policy.compile"])
    process = context.Process(target=scrub_or_die, args=(place, kill_after, options))
    process.start()
    return process


def scrub_or_die(place: Path, kill_after: int | None, options: dict[str, Any]) -> None:
    """Scrub into ``out``; die when `kill_after` parts are on record."""
    keep = parts.Parts.keep
    kept = 0

    def keeps(self: parts.Parts, identity: str, part: parts.Part, path: Path) -> None:
        nonlocal kept
        keep(self, identity, part, path)
        kept += 1
        if kept == kill_after:
            os.kill(os.getpid(), signal.SIGKILL)

    parts.Parts.keep = keeps  # type: ignore[method-assign]
    scrub(place, "out", **options)


def killed(process: ForkServerProcess) -> bool:
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of an output; the manifest without its clock."""
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.jsonl")}
    manifest = json.loads((folder / "manifest.json").read_bytes())
    del manifest["run"]
    return {**found, "manifest": json.dumps(manifest, sort_keys=True).encode()}


def test_a_run_killed_fifty_times_ends_as_one_that_was_left_alone(place: Path) -> None:
    scrub(place, "whole")
    assert not killed(started(place, None, {}))  # the first one waits for the imports
    before = time.monotonic()
    assert not killed(started(place, None, {"overwrite": True}))
    lasts = time.monotonic() - before
    dice = random.Random(1)
    kills = 0
    for _ in range(400):
        if kills == 50:
            break
        again = (place / "out").exists()  # then it replaces: killed while renaming, too
        process = started(place, None, {"overwrite": again})
        time.sleep(dice.uniform(0.0, 1.2 * lasts))
        process.kill()
        kills += killed(process)
        if (place / "out").exists():
            assert contents(place / "out") == contents(place / "whole")
    assert kills == 50
    scrub(place, "out", overwrite=True)
    assert contents(place / "out") == contents(place / "whole")
    assert sorted(p.name for p in place.iterdir()) == ["in", "out", "rules.yaml", "whole"]


def stopped_after(place: Path, finished: int) -> None:
    """A run into ``out`` that dies when so many of its parts are on record."""
    assert killed(started(place, finished, {}))


def test_what_is_finished_is_not_done_again(place: Path, written: list[str]) -> None:
    stopped_after(place, 4)
    scrub(place, "out")
    assert written == ["data/4.jsonl", "data/5.jsonl"]
    scrub(place, "whole")
    assert contents(place / "out") == contents(place / "whole")


Change = Callable[[Path, pytest.MonkeyPatch], dict[str, Any]]


def other_key(_: Path, __: pytest.MonkeyPatch) -> dict[str, Any]:
    return {"key": RootKey(bytes(range(1, 33)))}


def other_rule(place: Path, _: pytest.MonkeyPatch) -> dict[str, Any]:
    (place / "rules.yaml").write_text(RULES.replace("n % 7", "n % 5"))
    return {}


def other_format(_: Path, __: pytest.MonkeyPatch) -> dict[str, Any]:
    return {"target_format": "csv"}


def other_detector(_: Path, patched: pytest.MonkeyPatch) -> dict[str, Any]:
    """The same rules, and what finds names again is another version."""
    name, _version = consistency.IDENTITY
    patched.setattr(consistency, "IDENTITY", (name, "another"))
    return {}


def other_program(_: Path, patched: pytest.MonkeyPatch) -> dict[str, Any]:
    patched.setattr("scrubber.run.facts.__version__", "another")
    return {}


@pytest.mark.parametrize(
    "change", [other_key, other_rule, other_format, other_detector, other_program]
)
def test_other_work_is_done_from_the_start(
    place: Path, written: list[str], monkeypatch: pytest.MonkeyPatch, change: Change
) -> None:
    if change is other_detector:
        text = "{name: note, class: text, entities: {default: redact}}\ndetect: {ner: none}"
        field = "{name: note, class: direct_identifier, transform: drop}"
        (place / "rules.yaml").write_text(moved_to_the_end(RULES, field, text))
    stopped_after(place, 4)
    options = {"key": KEY, **change(place, monkeypatch)}
    rules = load_rules(place / "rules.yaml")
    run(Request(rules, [str(place / "in")], place / "out", **options))
    assert len(written) == SHARDS
    assert len(list((place / "out" / "data").iterdir())) == SHARDS


def moved_to_the_end(rules: str, line: str, other: str) -> str:
    """`rules` with the list item `line` taken out, and `other` as the last one."""
    kept = rules.replace(f"  - {line}\n", "")
    assert kept != rules
    return f"{kept}  - {other}\n"


def test_the_same_work_is_not(place: Path, written: list[str]) -> None:
    """The counterpart of the above, with a detector."""
    text = "{name: note, class: text, entities: {default: redact}}\ndetect: {ner: none}"
    field = "{name: note, class: direct_identifier, transform: drop}"
    (place / "rules.yaml").write_text(moved_to_the_end(RULES, field, text))
    stopped_after(place, 4)
    scrub(place, "out")
    assert len(written) == SHARDS - 4


def test_only_the_source_that_changed_is_done_again(place: Path, written: list[str]) -> None:
    stopped_after(place, SHARDS)
    write_shard(place, 2, salt=1)
    scrub(place, "out")
    assert written == ["data/2.jsonl"]
    scrub(place, "whole")
    assert contents(place / "out") == contents(place / "whole")


def test_what_is_chosen_for_one_source_depends_on_all(place: Path, written: list[str]) -> None:
    chosen = RULES.replace(
        '  - {name: n, class: insensitive, keep: "a number"}',
        "  - {name: n, class: quasi_identifier}\n"
        "privacy: {k: 3, hierarchies: {n: [{bin: {width: 500}}]}}",
    )
    (place / "rules.yaml").write_text(chosen)
    stopped_after(place, SHARDS)
    write_shard(place, 2, salt=1)
    scrub(place, "out")
    assert len(written) == SHARDS
    scrub(place, "whole")
    assert contents(place / "out") == contents(place / "whole")


def test_a_source_that_has_gone_leaves_no_output(place: Path) -> None:
    stopped_after(place, SHARDS)
    (place / "in" / "0.jsonl").unlink()
    scrub(place, "out")
    scrub(place, "whole")
    assert contents(place / "out") == contents(place / "whole")


def partial(place: Path) -> folderstage.FolderStage:
    return folderstage.FolderStage(place / ".out.scrubber-partial", run="")


def an_output_that_was_changed(stage: folderstage.FolderStage) -> None:
    path = stage.output / "data" / "1.jsonl"
    path.write_bytes(path.read_bytes().replace(b"1", b"2", 1))


def an_output_that_is_shorter(stage: folderstage.FolderStage) -> None:
    path = stage.output / "data" / "1.jsonl"
    path.write_bytes(path.read_bytes()[:-1])


def an_output_that_has_gone(stage: folderstage.FolderStage) -> None:
    (stage.output / "data" / "1.jsonl").unlink()


def records_that_were_changed(stage: folderstage.FolderStage) -> None:
    for record in stage.parts.iterdir():
        record.write_bytes(record.read_bytes().replace(b'"rows":1', b'"rows":2', 1))


def records_that_are_shorter(stage: folderstage.FolderStage) -> None:
    for record in stage.parts.iterdir():
        record.write_bytes(record.read_bytes()[:-1])


def files_that_are_no_one_s(stage: folderstage.FolderStage) -> None:
    (stage.output / "data" / "deep").mkdir()
    (stage.output / "data" / "deep" / "stray.jsonl").write_text("leak")
    (stage.output / "data" / "link.jsonl").symlink_to("/etc/passwd")
    (stage.parts / "stray").write_text("x")
    (stage.output / "manifest.json").write_text("{}")


@pytest.mark.parametrize(
    "harm",
    [
        an_output_that_was_changed,
        an_output_that_is_shorter,
        an_output_that_has_gone,
        records_that_were_changed,
        records_that_are_shorter,
        files_that_are_no_one_s,
    ],
)
def test_what_was_tampered_with_is_not_taken_over(
    place: Path, harm: Callable[[folderstage.FolderStage], None]
) -> None:
    stopped_after(place, 4)
    harm(partial(place))
    scrub(place, "out")
    scrub(place, "whole")
    assert contents(place / "out") == contents(place / "whole")
    assert sorted(p.name for p in (place / "out").rglob("*") if p.is_file()) == [
        *(f"{shard}.jsonl" for shard in range(SHARDS)),
        "manifest.json",
    ]


def test_what_is_left_is_for_its_owner_alone_and_holds_no_key(place: Path) -> None:
    stopped_after(place, 4)
    stage = partial(place)
    assert stage.parts.parent.stat().st_mode & 0o777 == 0o700
    records = list(stage.parts.iterdir())
    assert len(records) == 4
    assert {record.stat().st_mode & 0o777 for record in records} == {0o600}
    for record in records:
        assert bytes(range(32)).hex().encode() not in record.read_bytes()


def test_what_workers_finished_is_not_done_again(place: Path, written: list[str]) -> None:
    """Workers put parts on record themselves; the parent is killed while they are at it."""
    for shard in range(SHARDS, 5 * SHARDS):
        write_shard(place, shard, shard)
    process = started(place, None, {"workers": 2})
    records = place / ".out.scrubber-partial" / "parts"
    while process.is_alive() and (not records.exists() or len(list(records.iterdir())) < 4):
        time.sleep(0.005)
    process.kill()
    assert killed(process)
    finished = -1
    while finished != (finished := len(list(records.iterdir()))):
        time.sleep(0.2)  # for the workers to see that their parent has gone
    assert 4 <= finished < 5 * SHARDS
    scrub(place, "out")
    assert len(written) == 5 * SHARDS - finished
    scrub(place, "whole")
    assert contents(place / "out") == contents(place / "whole")


def test_a_worker_that_outlives_its_run_adds_nothing_to_the_next(place: Path) -> None:
    """A worker on a machine that was cut off, say: the next run has begun meanwhile."""
    keep = parts.Parts.keep

    def overtaken(self: parts.Parts, identity: str, part: parts.Part, path: Path) -> None:
        (self._stage.hidden / "run").write_text("another")
        keep(self, identity, part, path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts.Parts, "keep", overtaken)
        with pytest.raises(IncompleteError) as caught:
            scrub(place, "out")
    assert caught.value.code == "superseded"
    assert [p for p in place.rglob("*") if p.name == "0.jsonl"] == [place / "in" / "0.jsonl"]


def test_without_a_key_it_is_the_same(place: Path, written: list[str]) -> None:
    keyless = RULES.replace("{token: {domain: d}}", "drop").replace(
        "key: {env: SCRUBBER_KEY}\n", ""
    )
    (place / "rules.yaml").write_text(keyless)
    stopped_after(place, 4)
    scrub(place, "out")
    assert len(written) == 2
    sources = json.loads((place / "out" / "manifest.json").read_bytes())["sources"]
    assert len(sources) == SHARDS


# --- killed at a rename ---------------------------------------------------------------------------


def scrub_and_die_at(place: Path, at: int, after: bool, overwrite: bool, steps: int) -> None:
    """Scrub into ``out``; die before (or after) something is renamed for the `at`-th time."""
    calls = 0

    def dying(rename: Callable[[Path, Path], Path]) -> Callable[[Path, Path], Path]:
        def renames(self: Path, target: Path) -> Path:
            nonlocal calls
            calls += 1
            if calls == at and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            moved = rename(self, target)
            if calls == at:
                os.kill(os.getpid(), signal.SIGKILL)
            return moved

        return renames

    Path.rename, Path.replace = dying(Path.rename), dying(Path.replace)  # type: ignore[assignment,method-assign]
    if steps == 1:
        publish.move_to_free = dying(publish.move_to_free)
        publish.exchange = dying(publish.exchange)
    else:
        rename._system = lambda: (None, None)  # type: ignore[assignment]
    scrub(place, "out", overwrite=overwrite)


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("steps", [1, 2])
def test_a_run_killed_at_a_rename(place: Path, steps: int, after: bool, overwrite: bool) -> None:
    """Each part takes two, publishing one, or two where an earlier output is replaced and the
    system cannot exchange names."""
    if overwrite:
        scrub(place, "out")
    for shard in range(SHARDS):
        write_shard(place, shard, salt=1)
    scrub(place, "whole")
    context = multiprocessing.get_context("forkserver")
    last = 2 * SHARDS + (steps if overwrite else 1)
    before = contents(place / "out") if overwrite else None
    for at in (2, 2 * SHARDS, *range(2 * SHARDS + 1, last + 1)):
        process = context.Process(
            target=scrub_and_die_at, args=(place, at, after, overwrite, steps)
        )
        process.start()
        assert killed(process)
        published = at == last and after
        if (place / "out" / "manifest.json").exists():  # else it was killed between two renames
            seen = contents(place / "out")
            assert seen == (contents(place / "whole") if published else before)
        else:
            assert not overwrite or (steps == 2 and at >= last - 1)
        shutil.rmtree(place / ".out.scrubber-partial" / "parts", ignore_errors=True)
    scrub(place, "out", overwrite=True)
    assert contents(place / "out") == contents(place / "whole")
    assert sorted(p.name for p in place.iterdir()) == ["in", "out", "rules.yaml", "whole"]


# --- increments -----------------------------------------------------------------------------------


def test_an_increment_that_is_killed_is_taken_up(place: Path, written: list[str]) -> None:
    for shard in range(2, SHARDS):
        (place / "in" / f"{shard}.jsonl").rename(place / f"{shard}.jsonl")
    scrub(place, "one")
    for shard in range(2, SHARDS):
        (place / f"{shard}.jsonl").rename(place / "in" / f"{shard}.jsonl")
    del written[:]
    assert killed(started(place, 2, {"incremental": place / "one"}))
    scrub(place, "out", incremental=place / "one")
    assert written == [f"data/{shard}.jsonl" for shard in range(4, SHARDS)]
    scrub(place, "alone", incremental=place / "one")
    assert contents(place / "out") == contents(place / "alone")
    first = json.loads((place / "one" / "manifest.json").read_bytes())["header"]["id"]
    manifest = json.loads((place / "out" / "manifest.json").read_bytes())
    assert manifest["header"]["previous"] == first
    assert [source["alias"] for source in manifest["sources"]] == [
        f"{shard}.jsonl" for shard in range(2, SHARDS)
    ]
    assert all(check.passed for check in verify(place / "out"))


def test_a_stopped_whole_run_is_not_taken_for_an_increment(place: Path, written: list[str]) -> None:
    """Parts are the same whatever the chain; what is not asked for is not published."""
    scrub(place, "one")
    del written[:]
    stopped_after(place, SHARDS)
    write_shard(place, SHARDS, salt=1)
    scrub(place, "out", incremental=place / "one")
    assert written == [f"data/{SHARDS}.jsonl"]
    assert [p.name for p in (place / "out" / "data").iterdir()] == [f"{SHARDS}.jsonl"]
    assert all(check.passed for check in verify(place / "out"))
