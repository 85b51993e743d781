"""The commands of docs/evidence.md print what the page shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
RUN = re.compile(r"<!-- run -->\n```sh\n(.*?)```\n(?:\n```text\n(.*?)```)?", re.DOTALL)


def test_the_page_s_examples_print_what_it_shows(tmp_path: Path) -> None:
    for name in ("rules", "fixtures"):
        shutil.copytree(ROOT / name, tmp_path / name)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "SCRUBBER_KEY": bytes(range(32)).hex(), "COLUMNS": "200"}
    examples = RUN.findall(PAGE)
    assert examples
    for commands, shown in examples:
        done = subprocess.run(
            ["bash", "-uo", "pipefail", "-c", commands],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env=env,
            timeout=300,
            check=False,
        )
        assert done.returncode in (0, 1), done.stderr
        assert done.stdout == shown, commands
