"""A deletion that is killed at any moment leaves the old output or the new one, never a mixture."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import scrubber
from scrubber.manifest import verify
from tests.deletion.test_forget import KEY, data, made, rules

_FEW, _MANY = 2, 28
GONE = [f"p{shard}x{i}" for shard in range(0, 6, 2) for i in range(3)]
SERVER = """
import os, sys
from scrubber.deletion.forget import forget
subjects, key = sys.argv[1].split(","), bytes(range(32))
forget(subjects, sys.argv[2], key=key)  # loads the modules that are loaded on first use
for line in sys.stdin:
    child = os.fork()
    if not child:
        forget(subjects, line.strip(), key=key)
        os._exit(0)
    print(child, flush=True)
    os.waitpid(child, 0)
    print("ended", flush=True)
"""
"""Forks, so that a moment costs no start of an interpreter."""


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, float]:
    """The output before and after, and the seconds that the deletion takes."""
    folder = tmp_path_factory.mktemp("killed") / "in"
    folder.mkdir()
    for shard in range(6):
        rows = "".join(f"p{shard}x{i},{i}\n" for i in range(30))
        (folder / f"{shard}.csv").write_text("id,n\n" + rows)
    before = made(folder, "before", rules())
    after, warm = folder.with_name("after"), folder.with_name("warm")
    for copy in (after, warm):
        shutil.copytree(before, copy)
    scrubber.forget(GONE, warm, key=KEY)
    began = time.monotonic()
    scrubber.forget(GONE, after, key=KEY)
    return before, after, time.monotonic() - began


def killed(states: tuple[Path, Path, float], work: Path, moments: int, seed: int) -> set[str]:
    """Kill a deletion at each of some random moments, and check what it left; the states found."""
    before, after, seconds = states
    chance = random.Random(seed)
    known = {scrubber.read_manifest(one).id: data(one) for one in (before, after)}
    names = {scrubber.read_manifest(one).id: one.name for one in (before, after)}
    found = set()
    warm = work / "warm"
    shutil.copytree(before, warm)
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, ",".join(GONE), str(warm)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    for number in range(moments):
        out = work / f"out{number}"
        shutil.copytree(before, out)
        server.stdin.write(f"{out}\n")
        server.stdin.flush()
        child = int(server.stdout.readline())
        time.sleep(chance.uniform(0, seconds * 1.5))
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        assert server.stdout.readline() == "ended\n"
        id_ = scrubber.read_manifest(out).id
        assert data(out) == known[id_]
        found.add(names[id_])
        scrubber.forget(GONE, out, key=KEY)
        assert data(out) == known[scrubber.read_manifest(after).id]
        assert all(check.passed for check in verify(out))
        left = [path.name for path in work.iterdir() if path.name.startswith(".")]
        assert [name for name in left if not name.endswith("-lock")] == []
        shutil.rmtree(out)
    server.communicate()
    return found


def test_a_killed_deletion_is_old_or_new(states: tuple[Path, Path, float], tmp_path: Path) -> None:
    assert killed(states, tmp_path, _FEW, seed=1) <= {"before", "after"}


@pytest.mark.slow
def test_at_many_moments(states: tuple[Path, Path, float], tmp_path: Path) -> None:
    assert killed(states, tmp_path, _MANY, seed=2) == {"before", "after"}
