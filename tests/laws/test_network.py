"""No network: the main job runs with every socket refused, and nothing even asks for a name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PROGRAM = """
import socket, sys

def refuse(*args, **kwargs):
    sys.stderr.write("NETWORK\\n")
    raise OSError("refused")

for name in ("getaddrinfo", "gethostbyname", "create_connection"):
    setattr(socket, name, refuse)
socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = refuse
from scrubber.cli import main
main()
"""


def test_the_main_job_needs_no_network(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-c", PROGRAM, "run", "rules/support.yaml", "fixtures/support"),
            *("--out", str(tmp_path / "out"), "--quiet"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "SCRUBBER_KEY": bytes(range(32)).hex(), "HOME": str(tmp_path)},
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "NETWORK" not in done.stderr
    assert (tmp_path / "out" / "manifest.json").is_file()
