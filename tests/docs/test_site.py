"""The website of the documentation builds without a network, and its links lead somewhere."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parents[2]
needs_generator = pytest.mark.skipif(
    importlib.util.find_spec("zensical") is None, reason="the extra docs is not installed"
)
LOADED = (
    r"<(?:script|img|iframe)[^>]*\ssrc=\"(https?:[^\"]*)\""
    r"|<link[^>]*rel=\"?stylesheet[^>]*href=\"(https?:[^\"]*)\""
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built from a copy of the pages with every proxy pointing nowhere."""
    checkout = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "docs", checkout / "docs")
    for name in (
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "benchmarks/README.md",
        "zensical.toml",
    ):
        (checkout / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / name, checkout / name)
    nowhere = "http://127.0.0.1:9"
    done = subprocess.run(
        [sys.executable, "docs/site.py"],
        cwd=checkout,
        capture_output=True,
        text=True,
        env={**os.environ, "http_proxy": nowhere, "https_proxy": nowhere},
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return checkout / "build" / "site"


@needs_generator
def test_every_page_is_on_the_site(site: Path) -> None:
    pages = {page.relative_to(ROOT).with_suffix(".html") for page in (ROOT / "docs").rglob("*.md")}
    missing = [str(page) for page in sorted(pages) if not (site / page).is_file()]
    assert missing == []
    assert "scrubber" in (site / "index.html").read_text(encoding="utf-8")


@needs_generator
def test_internal_links_lead_somewhere(site: Path) -> None:
    broken = []
    for page in site.rglob("*.html"):
        if page.name == "404.html":  # its links are relative to the root of a server
            continue
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"<a [^>]*href=\"([^\"]+)\"", text):
            path, _, anchor = target.partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            goal = (page.parent / unquote(path)).resolve() if path else page
            goal = goal / "index.html" if goal.is_dir() else goal
            held = goal.is_file() and goal.read_text(encoding="utf-8")
            if not held or (anchor and f'id="{unquote(anchor)}"' not in held):
                broken.append((page.name, target))
    assert broken == []


@needs_generator
def test_pages_load_nothing_from_other_servers(site: Path) -> None:
    loaded = {
        (page.name, next(filter(None, found)))
        for page in site.rglob("*.html")
        for found in re.findall(LOADED, page.read_text(encoding="utf-8"))
    }
    assert loaded == set()
