"""The commands of docs/deletion.md print what the page shows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.test_evidence import ROOT, RUN

pytestmark = pytest.mark.slow

PAGE = (ROOT / "docs" / "deletion.md").read_text(encoding="utf-8")


def test_the_page_s_examples_print_what_it_shows(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "SCRUBBER_KEY": bytes(range(32)).hex(), "COLUMNS": "200"}
    examples = RUN.findall(PAGE)
    assert len(examples) == 4
    for commands, shown in examples:
        done = subprocess.run(
            ["bash", "-uo", "pipefail", "-c", commands],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env=env,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout == shown, commands
