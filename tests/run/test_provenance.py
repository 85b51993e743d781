"""What the manifest says of the rule file's version and of the packages that a run used."""

from __future__ import annotations

import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

import polars as pl
import pytest

import scrubber
from scrubber.run import lock_digest as dependencies
from scrubber.run.lock_digest import lock_digest

RULES = "version: 1\nfields:\n  - {name: n, class: insensitive, keep: 'größe'}\n"


@pytest.mark.skipif(shutil.which("git") is None, reason="no git is installed")
def test_git_finds_the_rule_file_by_its_reference(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(RULES, encoding="utf-8")
    data = scrubber.scrub(pl.DataFrame({"n": ["a"]}), path).manifest.data
    reference = data["policy"]["reference"]
    git = ["git", "-c", "core.autocrlf=false", "hash-object", str(path)]
    told = subprocess.run(git, capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    assert reference == f"git blob {told.strip()}"


def test_rules_that_a_program_made_are_in_no_version_control() -> None:
    rules = {"version": 1, "fields": [{"name": "n", "class": "insensitive", "keep": "x"}]}
    data = scrubber.scrub(pl.DataFrame({"n": ["a"]}), rules).manifest.data
    assert data["policy"]["reference"] is None
    assert data["engine"]["lock_digest"] == lock_digest()


def test_needed_packages_are_told_with_their_versions() -> None:
    needed = set(dependencies._needed(dependencies.DISTRIBUTION))
    assert {f"{name}=={version(name)}" for name in ("polars", "pyarrow", "numpy")} <= needed
    assert not any(line.startswith(("scrubber-pii==", "pytest==", "ray==")) for line in needed)


def test_a_package_that_is_not_there_is_passed_over() -> None:
    assert list(dependencies._needed("no-such-package-at-all")) == []
