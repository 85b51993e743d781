"""Values are for a terminal alone, whatever the environment says about colours."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SECRET = "zqvalue"
ENVIRONMENTS = [
    {},
    {"FORCE_COLOR": "1"},
    {"FORCE_COLOR": "3", "TERM": "xterm-256color"},
    {"TTY_COMPATIBLE": "1"},
    {"TTY_COMPATIBLE": "1", "TTY_INTERACTIVE": "1"},
    {"CLICOLOR_FORCE": "1", "PY_COLORS": "1", "COLORTERM": "truecolor"},
    {"GITHUB_ACTIONS": "true", "CI": "true", "FORCE_COLOR": "1"},
    {"JUPYTER_COLUMNS": "100", "COLUMNS": "100", "LINES": "40", "FORCE_COLOR": "1"},
]
COMMANDS = [
    ["plan", "r.yaml", "a.csv", "--rows", "5"],
    ["plan", "r.yaml", "a.csv", "--rows", "5", "--json"],
    ["plan", "r.yaml", "a.csv", "--out", "plan.json", "--force"],
    ["check", "r.yaml", "a.csv"],
    ["audit", "a.csv"],
    ["init", "a.csv", "--out", "draft.yaml", "--force"],
    ["risk", "a.csv", "--qi", "a,b"],
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = "".join(f"{SECRET}{i},{SECRET}x{i}@mail.example,{SECRET} y {i}\n" for i in range(30))
    (tmp_path / "a.csv").write_text("a,b,c\n" + rows)
    (tmp_path / "r.yaml").write_text(
        "version: 1\ndetect: {ner: none}\nfields:\n  - {name: a, keep: why}\n"
        "  - {name: b, transform: redact}\n  - {name: c, entities: {default: redact}}\n"
        f"rows: [{{drop: \"a = '{SECRET}7' or length(a) > 4711\", reason: gone}}]\n"
    )
    return tmp_path


def command(words: list[str]) -> list[str]:
    return [sys.executable, "-m", "scrubber", *words]


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda e: " ".join(e) or "plain")
def test_no_value_goes_into_a_pipe_or_a_file(folder: Path, environment: dict[str, str]) -> None:
    words = COMMANDS if environment in ({}, ENVIRONMENTS[-2]) else COMMANDS[:1]
    for one in words:
        env = {**os.environ, **environment}
        done = subprocess.run(
            command(one), cwd=folder, env=env, capture_output=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        assert SECRET.encode() not in done.stdout + done.stderr, one
        assert b"4711" not in done.stdout + done.stderr, one
    for written in ("plan.json", "draft.yaml"):
        if (folder / written).exists():
            assert SECRET not in (folder / written).read_text()


def test_a_terminal_for_errors_is_none_for_values(folder: Path) -> None:
    shown = on_terminal(folder, COMMANDS[0], stdout=False)
    assert SECRET not in shown


def test_a_person_at_a_terminal_sees_a_sample(folder: Path) -> None:
    shown = on_terminal(folder, COMMANDS[0], stdout=True)
    assert f"{SECRET}0  ->  (unchanged)" in shown
    assert f"a = '{SECRET}7'" in shown


def on_terminal(folder: Path, words: list[str], *, stdout: bool) -> str:
    """What a command says whose stdout (or stderr alone) is a terminal."""
    ours, theirs = pty.openpty()
    try:
        process = subprocess.Popen(
            command(words),
            cwd=folder,
            stdin=theirs,
            stdout=theirs if stdout else subprocess.PIPE,
            stderr=theirs,
            env={**os.environ, "COLUMNS": "200"},
        )
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:
                break
            if not piece:
                break
            shown += piece
        if process.stdout is not None:
            with process.stdout as pipe:
                shown += pipe.read()
        assert process.wait(timeout=60) == 0
    finally:
        os.close(ours)
    return shown.decode()
