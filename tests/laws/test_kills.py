"""Whatever ends a run, and whenever: the output is the earlier one or the new one, finished parts
are not made again, and the same command ends as if nothing had happened.

The real command line, forked from a process that has imported it; SIGKILL, SIGTERM and SIGINT come
to it or to one of its workers, at moments drawn from a seed. SCRUBBER_KILLS sets how many.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Final

import pytest

pytestmark = pytest.mark.slow

KILLS: Final = int(os.environ.get("SCRUBBER_KILLS", "10"))
SEED: Final = int(os.environ.get("SCRUBBER_SEED", "1"))
SECONDS: Final = 60
SHARDS: Final = 8
RULES: Final = """\
version: 1
key: {{env: SCRUBBER_KEY}}
fields:
  - {{name: id, class: direct_identifier, transform: {{token: {{domain: {domain}}}}}}}
  - {{name: n, class: insensitive, keep: "a number"}}
"""
MODULES: Final = ["scrubber.cli.app", "scrubber.run.run", "scrubber.policy.compile"]
SIGNALS: Final = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SCRUBBER_KEY", bytes(range(32)).hex())
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    for shard in range(SHARDS):
        rows = (json.dumps({"id": f"u{i}", "n": i}) + "\n" for i in range(4000))
        (tmp_path / "in" / f"{shard}.jsonl").write_text("".join(rows))
    for name in ("old", "new"):
        (tmp_path / f"{name}.yaml").write_text(RULES.format(domain=name))
    return tmp_path


def command(words: list[str], place: Path) -> None:
    os.chdir(place)
    os.environ["SCRUBBER_KEY"] = bytes(range(32)).hex()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    sys.argv = ["scrubber", *words]
    from scrubber.cli import main

    main()


def started(place: Path, rules: str, out: str, workers: int) -> ForkServerProcess:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(MODULES)
    words = ["run", f"{rules}.yaml", "in", "--out", out, "--overwrite", "-q", "-w", str(workers)]
    process = context.Process(target=command, args=(words, place))
    process.start()
    return process


def done(place: Path, rules: str, out: str, workers: int = 1) -> float:
    """How many seconds a run takes that nobody disturbs."""
    before = time.monotonic()
    process = started(place, rules, out, workers)
    process.join(SECONDS)
    assert process.exitcode == 0
    return time.monotonic() - before


def contents(folder: Path) -> dict[str, bytes] | None:
    """Every file of an output, the manifest without its clock; None where there is none."""
    if not folder.exists():
        return None
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.jsonl")}
    manifest = json.loads((folder / "manifest.json").read_bytes())
    del manifest["run"]
    return {**found, "manifest": json.dumps(manifest, sort_keys=True).encode()}


def children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [*map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    return []


def gone(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    return True


def records(parts: Path) -> int:
    """How many parts are on record."""
    with contextlib.suppress(OSError):
        return len(os.listdir(parts))
    return 0


@dataclass(frozen=True)
class Kill:
    """A signal to the run or to one of its workers: when `parts` are on record, where that is said,
    and after a `share` of the time that a run takes."""

    number: signal.Signals
    workers: int
    whom: str
    parts: int
    share: float


def kills() -> Iterator[Kill]:
    dice = random.Random(SEED)
    for count in range(KILLS):
        workers = 2 if count % 3 == 2 else 1
        number = SIGNALS[count % len(SIGNALS)] if workers == 1 else dice.choice(SIGNALS)
        whom = dice.choice(("run", "worker")) if workers == 2 else "run"
        finished = dice.randrange(1, SHARDS - 1) if count % 2 else 0
        share = dice.uniform(0, 0.1) if finished else dice.uniform(0.05, 1.05)
        yield Kill(number, workers, whom, finished, share)


def test_a_run_that_is_ended_at_any_moment_loses_nothing(place: Path) -> None:
    done(place, "old", "old")
    done(place, "new", "new")
    lasts = {workers: done(place, "new", "warm", workers) for workers in (1, 2)}
    old, new = contents(place / "old"), contents(place / "new")
    assert old != new
    parts = place / ".out.scrubber-partial" / "parts"
    taken_up = 0
    for kill in kills():
        shutil.rmtree(place / "out", ignore_errors=True)
        shutil.copytree(place / "old", place / "out")
        process = started(place, "new", "out", kill.workers)
        assert process.pid is not None
        deadline = time.monotonic() + SECONDS
        while records(parts) < kill.parts and process.is_alive() and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(kill.share * lasts[kill.workers])
        workers = children(process.pid)
        for pid in [process.pid] if kill.whom == "run" else workers[:1]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, kill.number)
        process.join(SECONDS)
        assert process.exitcode in (0, 5, -kill.number), kill
        deadline = time.monotonic() + SECONDS
        while not all(map(gone, workers)) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert all(map(gone, workers)), kill

        found = contents(place / "out")
        assert found in (old, new), kill
        assert process.exitcode != 0 or found == new
        finished = records(parts)
        made = {p.name: p.stat().st_ino for p in parts.parent.glob("output/data/*")}
        done(place, "new", "out")
        assert contents(place / "out") == new
        if found == old and finished:  # its parts were moved, not made again
            now = {p.name: p.stat().st_ino for p in (place / "out" / "data").iterdir()}
            same = sum(now[name] == inode for name, inode in made.items())
            assert same >= finished, kill
            taken_up += finished
    assert taken_up
    names = {"in", "new", "new.yaml", "old", "old.yaml", "out", "warm"}
    assert {p.name for p in place.iterdir()} == names
