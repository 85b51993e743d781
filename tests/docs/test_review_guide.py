"""docs/review-guide.md is true: its commands run, and each question has its answer on the page."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "review-guide.md").read_text(encoding="utf-8")
RUN = re.compile(r"<!-- run -->\n```sh\n(.*?)```", re.DOTALL)
ROW = re.compile(r"^\| (\d+)\. (.*?) \| (.*?) \| (.*?) \|$", re.MULTILINE)


def test_the_twelve_questions_are_answered_on_the_page(tmp_path: Path) -> None:
    for name in ("rules", "fixtures"):
        shutil.copytree(ROOT / name, tmp_path / name)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "SCRUBBER_KEY": bytes(range(32)).hex()}
    for commands in RUN.findall(PAGE):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env=env,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, (commands, done.stdout, done.stderr)
    plan = (tmp_path / "plan.json.html").read_text()
    assert "DENIED" in plan  # as the officer saw it, before the waiver
    reports = [(tmp_path / name / "report.html").read_text() for name in ("scrubbed", "later")]
    rows = ROW.findall(PAGE)
    assert [int(number) for number, *_ in rows] == list(range(1, 13))
    for _, question, title, words in rows:
        report = reports[title == "Changes"]
        section = next(s for s in report.split("<section") if f">{title}</h2>" in s)
        said = html.unescape(re.sub(r"<[^>]+>", "", section))
        assert words in said, (question, title, words)
