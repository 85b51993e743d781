"""Known once: a newcomer to a registry is one declaration, and every surface knows it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SURFACES = (
    *("schema", "check", "docs", "run_and_sentence", "diff", "conformance", "linking", "entity"),
    *("planted_recall", "output_format", "export", "privacy_model"),
)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    # A cache of its own: a cache holds what the files of the program find, and this is in none.
    cache = str(tmp_path_factory.mktemp("cache"))
    done = subprocess.run(
        [sys.executable, "-m", "tests.laws.newcomers"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "XDG_CACHE_HOME": cache},
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_every_surface_is_looked_at(results: dict[str, str]) -> None:
    assert results.keys() == set(SURFACES)


@pytest.mark.parametrize("surface", SURFACES)
def test_a_newcomer_is_known(results: dict[str, str], surface: str) -> None:
    assert results[surface] == ""
