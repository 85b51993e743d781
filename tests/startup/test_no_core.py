"""Processes of our own leave no core; a program that imports scrubber keeps its settings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scrubber.executors.base import unheard
from scrubber.executors.workers import Crew
from scrubber.pipeline.source import Bench, Work
from scrubber.policy import compile_plan, rules_from_mapping
from scrubber.transform.keys import RootKey
from tests.startup.asking import Settings

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="prctl is Linux's"),
    pytest.mark.slow,  # starts processes
]

ROOT = Path(__file__).parents[2]
ASK = (
    "import resource, ctypes, json\n"
    "resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)\n"
    "before = resource.getrlimit(resource.RLIMIT_CORE)[0]\n"
    "def tell():\n"
    "    print(json.dumps({'before': before, 'core': resource.getrlimit(resource.RLIMIT_CORE)[0],\n"
    "        'dumpable': ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)}))\n"
)


def told(program: str, folder: Path) -> dict[str, int]:
    done = subprocess.run(
        [sys.executable, "-c", ASK + program],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "K": "0123456789abcdef" * 4},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    answer: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_the_command_leaves_no_core(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom scrubber.cli import main\nsys.argv = ['scrubber', '--version']\n"
        "try: main()\nexcept SystemExit: tell()\n"
    )
    assert told(program, tmp_path).items() >= {"core": 0, "dumpable": 0}.items()


def test_a_program_keeps_its_settings(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n2\n")
    (tmp_path / "b.csv").write_text("a\n1\n2\n")
    program = (
        "if __name__ == '__main__':\n"
        "    import scrubber\n"
        "    import polars as pl\n"
        "    rules = {'version': 1, 'key': {'env': 'K'},\n"
        "        'fields': [{'name': 'a', 'transform': 'token'}]}\n"
        "    scrubber.scrub(pl.DataFrame({'a': ['x']}), rules)\n"
        "    scrubber.scrub(['a.csv', 'b.csv'], rules, out='out', workers=2)\n"
        "    scrubber.find(['x'], {'ner': 'none'})\n"
        "    tell()\n"
    )
    answer = told(program, tmp_path)
    assert answer["core"] == answer["before"]
    assert answer["dumpable"] == 1


def test_a_process_that_aborts_leaves_no_core(tmp_path: Path) -> None:
    program = (
        "import os\nfrom scrubber.startup.no_core import leave_no_core\n"
        f"os.chdir({str(tmp_path)!r})\nleave_no_core()\nos.abort()\n"
    )
    words = [sys.executable, "-c", ASK + program]
    child = os.posix_spawn(sys.executable, words, {**os.environ, "PYTHONPATH": str(ROOT)})
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert not os.WCOREDUMP(status)
    assert not list(tmp_path.iterdir())


def test_a_worker_leaves_no_core_and_has_no_key_in_its_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyarrow as pa

    from scrubber.outputs.folder import FolderStage

    secret = "0123456789abcdef" * 4
    monkeypatch.setenv("THE_KEY", secret)
    rules = rules_from_mapping(
        {
            "version": 1,
            "key": {"env": "THE_KEY"},
            "fields": [{"name": "a", "transform": "token"}],
        }
    )
    plan = compile_plan(rules, {"a.csv": pa.schema([("a", pa.string())])})
    work = Work(plan, FolderStage(tmp_path, tmp_path), "same")
    with Crew(Bench(work, RootKey.parse(secret)), 1) as crew:
        ((_, found),) = crew.answers([Settings()], unheard)
    assert found["core"] == 0
    assert found["dumpable"] == 0
    assert "THE_KEY" not in found["environment"]
    assert secret not in found["values"]
    assert os.environ["THE_KEY"] == secret
