"""Worker processes need nothing of the program that asks for them: no main guard, no file, no main
thread, no right to have children of its own. And they import nothing that lies beside the data."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from scrubber.errors import NotAvailable
from scrubber.executors import workers
from scrubber.executors.base import unheard
from scrubber.executors.jobs import OutlineJob
from scrubber.executors.workers import Crew
from scrubber.formats import Source
from scrubber.pipeline.source import Bench

pytestmark = pytest.mark.slow

SECONDS = 60
JOB = """\
import sys
print("started", flush=True)
from scrubber.policy import rules_from_mapping
from scrubber.run.request import Request
from scrubber.run.run import run
from scrubber.transform.keys import RootKey

RULES = {
    "version": 1,
    "fields": [{"name": "id", "class": "direct_identifier", "transform": {"token": {}}}],
}

def job(*_):
    rules, key = rules_from_mapping(RULES), RootKey(bytes(range(32)))
    made = run(Request(rules, ["in"], "out", key=key, workers=2))
    assert made.data["run"]["workers"] == 2
"""
DAEMON = """\
    import multiprocessing
    process = multiprocessing.get_context({method!r}).Process(target={target}, daemon=True)
    process.start()
    process.join()
    sys.exit(process.exitcode)
"""
THREADS = """\
import threading
thread = threading.Thread(target=job)
thread.start()
thread.join()
"""
NOTEBOOK = "exec(open('job.py').read(), {'__name__': '__main__'})"
PROGRAMS = {
    "a script without a main guard": (["job.py"], JOB + "job()\n", ""),
    "a script from standard input": (["-"], "", JOB + "job()\n"),
    "a notebook": (["-c", NOTEBOOK], JOB + "job()", ""),
    "a thread": (["job.py"], JOB + THREADS, ""),
    "a daemonic process": (
        ["job.py"],
        JOB + "if __name__ == '__main__':\n" + DAEMON.format(method="fork", target="job"),
        "",
    ),
    "a daemonic process that imports the script": (
        ["job.py"],
        JOB + "if __name__ == '__main__':\n" + DAEMON.format(method="spawn", target="job"),
        "",
    ),
}  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    for name in "abcd":
        lines = "".join(json.dumps({"id": f"{name}{i}"}) + "\n" for i in range(50))
        (tmp_path / "in" / f"{name}.jsonl").write_text(lines)
    return tmp_path


@pytest.mark.parametrize("name", PROGRAMS)
def test_any_program_can_have_workers(place: Path, name: str) -> None:
    words, script, stdin = PROGRAMS[name]
    if script:
        (place / "job.py").write_text(script)
    process = subprocess.Popen(
        [sys.executable, *words],
        cwd=place,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        said, complained = process.communicate(stdin, timeout=SECONDS)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 0, complained
    assert sorted(p.name for p in (place / "out" / "data").iterdir()) == [
        ".salts.json",
        *(f"{name}.jsonl" for name in "abcd"),
    ]
    spawned = "imports the script" in name
    assert said.count("started") == 1 + spawned  # by the program itself, and never by a worker


def test_a_worker_imports_nothing_from_the_folder_of_the_data(place: Path) -> None:
    for name in ("json", "socket", "queue", "multiprocessing", "pickle", "numpy"):
        (place / f"{name}.py").write_text(f"open({str(place / 'deed')!r}, 'w')\n")
    command = [sys.executable, "-P", "-c", JOB + "job()"]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not (place / "deed").exists()


@pytest.mark.parametrize("kind", ["frozen", "worker"])
def test_what_cannot_start_workers_says_so(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """A frozen program would start itself again, and again."""
    if kind == "frozen":
        monkeypatch.setattr(sys, "frozen", True, raising=False)
    else:
        monkeypatch.setenv(workers._WORKER, "1")
    job = OutlineJob(Source("a.csv", "a.csv", "csv"), 0, drop_bad_rows=False)
    with pytest.raises(NotAvailable) as caught, Crew(Bench(), 2) as crew:
        list(crew.answers([job], unheard))
    assert caught.value.code == "workers-unavailable"


def test_starting_workers_changes_nothing_for_other_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, seen = dict(os.environ), []
    popen = subprocess.Popen

    def started(*words: object, **options: object) -> object:
        seen.append(dict(os.environ))
        return popen(*words, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", started)
    with Crew(Bench(), 2) as crew:
        thread = threading.Thread(target=crew._start_one)
        thread.start()
        thread.join()
    assert seen == [before]
