"""A run that is stopped in the middle publishes nothing, leaves no process behind, and says so.

The real command line in processes of their own: signals to the whole group as a terminal sends
them, SIGKILL to the parent or to a worker, readers that go away, streams that are closed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

KEY = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
SECRET = "zqxsecret"
RULES = """\
version: 1
key: {env: SCRUBBER_KEY}
detect: {ner: none}
fields:
  - {name: id, class: direct_identifier, transform: {token: {domain: d}}}
  - {name: note, class: direct_identifier, transform: {surrogate: {entity: PERSON}}}
"""
ROWS = 400_000  # several batches, some seconds
SECONDS = 40.0


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "a.csv"
    path.write_text("id,note\n" + "".join(f"{SECRET}{i},{SECRET} {i}\n" for i in range(ROWS)))
    return path


class Folder:
    """An empty folder with a rule file, and command lines that run in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.started: list[subprocess.Popen[str]] = []
        (path / "rules.yaml").write_text(RULES)

    def start(self, *words: str, **options: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(  # type: ignore[call-overload]
            [sys.executable, "-m", "scrubber", *words],
            cwd=self.path,
            env={**os.environ, "SCRUBBER_KEY": KEY},
            start_new_session=True,
            text=True,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
        )
        self.started.append(process)
        return process  # type: ignore[no-any-return]

    def run(self, large: Path, workers: int) -> subprocess.Popen[str]:
        return self.start("run", "rules.yaml", str(large), "--out", "out", "-w", str(workers))

    def visible(self) -> list[str]:
        return sorted(p.name for p in self.path.iterdir() if not p.name.startswith("."))

    def everything(self) -> list[str]:
        return sorted(p.name for p in self.path.iterdir())

    def writing(self) -> bool:
        """Whether the first records have been scrubbed and written."""
        with contextlib.suppress(OSError):  # it was just moved to its place
            files = self.path.glob(".out.scrubber-partial/unfinished/*/*")
            return any(file.stat().st_size for file in files)
        return False


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    made = Folder(tmp_path)
    yield made
    for process in made.started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def until(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SECONDS
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def group(leader: int) -> dict[int, str]:
    """The living processes of the session that `leader` began, with their command lines."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[3]) == leader and fields[0] not in "ZX":
                    found[int(entry.name)] = (entry / "cmdline").read_text()
    return found


def workers_of(leader: int) -> list[int]:
    return [pid for pid, line in group(leader).items() if "workers import serve" in line]


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """The exit code and what was printed; no traceback and no value of the data in it."""
    out, err = process.communicate(timeout=SECONDS)
    assert "Traceback" not in out + err
    assert SECRET not in out + err
    assert until(lambda: not group(process.pid)), group(process.pid)
    return process.returncode, out + err


STOPS = [
    # (workers, when, signal, to the whole group as a terminal does)
    (1, "writing", signal.SIGINT, True),
    (2, "writing", signal.SIGINT, True),
    (2, "starting", signal.SIGINT, True),
    (1, "writing", signal.SIGTERM, False),
    (2, "writing", signal.SIGTERM, False),
    (2, "writing", signal.SIGHUP, False),
]


@pytest.mark.parametrize(("workers", "when", "number", "whole"), STOPS)
def test_a_run_that_is_interrupted(
    folder: Folder, large: Path, workers: int, when: str, number: signal.Signals, whole: bool
) -> None:
    process = folder.run(large, workers)
    if when == "writing":
        assert until(folder.writing)
    else:  # a worker is there, and still importing
        assert until(lambda: bool(workers_of(process.pid)))
    (os.killpg if whole else os.kill)(process.pid, number)
    assert ended(process) == (5, "error: [interrupted] interrupted; nothing was published\n")
    assert folder.everything() == ["rules.yaml"]


def test_a_run_whose_parent_is_killed(folder: Folder, large: Path) -> None:
    process = folder.run(large, 2)
    assert until(folder.writing)
    assert len(workers_of(process.pid)) == 2
    process.kill()
    assert ended(process)[0] == -signal.SIGKILL
    assert folder.visible() == ["rules.yaml"]
    assert folder.everything() != ["rules.yaml"]  # it was in the middle

    (folder.path / "small.csv").write_text("id,note\n1,x\n")
    again = folder.start("run", "rules.yaml", "small.csv", "--out", "out")
    assert ended(again)[0] == 0
    assert folder.everything() == ["out", "rules.yaml", "small.csv"]


def test_a_run_whose_worker_is_killed(folder: Folder, large: Path) -> None:
    process = folder.run(large, 2)
    assert until(folder.writing)
    os.kill(workers_of(process.pid)[0], signal.SIGKILL)
    code, said = ended(process)
    assert code == 5
    assert "[worker-died]" in said
    assert folder.everything() == ["rules.yaml"]


def test_two_runs_into_one_output_at_once(folder: Folder, large: Path) -> None:
    first = folder.run(large, 1)
    assert until(lambda: (folder.path / ".out.scrubber-lock").exists())
    code, said = ended(folder.run(large, 1))
    assert (code, "[output-busy]" in said) == (2, True)
    assert ended(first)[0] == 0
    assert folder.everything() == ["out", "rules.yaml"]


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an output in it."""
    path = tmp_path_factory.mktemp("output")
    made = Folder(path)
    (path / "a.csv").write_text("id,note\n1,x\n")
    assert ended(made.start("run", "rules.yaml", "a.csv", "--out", "out"))[0] == 0
    return path


@pytest.mark.parametrize(
    ("command", "code"),
    [
        # what the shell says of a tool that SIGPIPE ended; never 0, 1 or 4, which mean something
        ("{s} show out | true; exit ${{PIPESTATUS[0]}}", 141),
        ("{s} show out --json | true; exit ${{PIPESTATUS[0]}}", 141),
        ("{s} rules schema | true; exit ${{PIPESTATUS[0]}}", 141),
        ("{s} run rules.yaml a.csv --out other | true", 0),
        ("{s} verify other >&-", 0),
        ("{s} show out <&- >&- 2>&-", 0),
        ("{s} run rules.yaml a.csv --out third -w 2 <&- >&- 2>&-", 0),
        ("{s} verify third > /dev/null", 0),
        ("{s} show out > /dev/full", 5),
        ("LC_ALL=C PYTHONUTF8=0 PYTHONIOENCODING=ascii {s} show out", 0),
    ],
)
def test_output_that_nobody_reads(output: Path, command: str, code: int) -> None:
    done = subprocess.run(
        ["bash", "-c", command.format(s=f"{sys.executable} -m scrubber")],
        cwd=output,
        env={**os.environ, "SCRUBBER_KEY": KEY},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
    assert code != 5 or "[system] No space left on device" in done.stderr
