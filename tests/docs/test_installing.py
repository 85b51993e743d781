"""No line tells anybody to install a stranger's package: install lines name a checkout or a URL."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from scrubber.errors import how_to_install
from scrubber.run.lock_digest import DISTRIBUTION, lock_digest

ROOT = Path(__file__).parents[2]
_INSTALLERS = (
    "pip3? install|pip3? download|pipx (?:install|run|inject)|uvx|"
    "uv (?:add|tool install|tool run|pip install)|poetry add|pdm add|conda install"
)
BARE = re.compile(
    rf"(?:{_INSTALLERS})\b[^\n|;&]*?(?<![\w./@:+-])[\"'`]?scrubber(?:-pii)?(?![\w/.-])"
    r"|(?<![\w./-])scrubber(?:-pii)?\[(?:s3|gs|az|hf|ray|keyring|pandas|mcp|dev|standards|[a-z]+,)",
)
HARMLESS = [
    "pip install .",
    "pip install '.[s3]'",
    "uvx --from . scrubber check",
    "pip install -e .",
]
HARMFUL = [
    "pip install scrubber",
    'pip install "scrubber[s3]"',
    "python -m pip install -U scrubber",
    "pipx install scrubber",
    "uvx scrubber run",
    "uv tool install scrubber",
    "pip install scrubber-pii",
    "`scrubber[gs]`",
    "pip install polars scrubber==1.0",
]


def bare(text: str) -> list[str]:
    plain = re.sub(r"uvx --from \S+ scrubber", "", text)
    return [match[0] for match in BARE.finditer(plain)]


@pytest.mark.parametrize("line", HARMFUL)
def test_what_would_install_a_strangers_package_is_seen(line: str) -> None:
    assert bare(line)


@pytest.mark.parametrize("line", HARMLESS)
def test_what_would_not_is_left_alone(line: str) -> None:
    assert not bare(line)


def told() -> list[Path]:
    """The files of the project that people read or run."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = [name for name in listed.stdout.decode().split("\0") if name]
    wanted = {".md", ".py", ".yaml", ".yml", ".toml", ".txt", ".sh", ".html", ".json", ""}
    here = Path(__file__).resolve().relative_to(ROOT)
    return [
        ROOT / name
        for name in names
        if Path(name).suffix in wanted and Path(name) != here and not name.startswith("fixtures/")
    ]


def test_no_file_tells_anybody_to() -> None:
    found = {
        str(path.relative_to(ROOT)): lines
        for path in told()
        if path.is_file() and (lines := bare(path.read_text(encoding="utf-8", errors="replace")))
    }
    assert found == {}


def test_the_distribution_has_a_name_of_its_own() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["name"] == DISTRIBUTION != "scrubber"
    assert project["scripts"] == {"scrubber": "scrubber.cli:main"}
    assert any(one.name == "scrubber" for one in entry_points(group="console_scripts"))


def test_extras_are_named_by_the_checkout() -> None:
    assert how_to_install("s3") == "in the checkout: pip install '.[s3]'"


def test_the_packages_of_a_run_are_found_by_that_name() -> None:
    assert re.fullmatch("[0-9a-f]{64}", lock_digest() or "")
