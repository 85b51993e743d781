"""Build the documentation as a website in build/site, without network access.

The pages keep their places in the checkout, so that their links hold: README.md is the home page,
and everything else keeps its path. Strict mode fails on a broken link.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "build" / "site-source"  # the docs_dir of zensical.toml
BESIDE = ("CONTRIBUTING.md", "CHANGELOG.md", "benchmarks/README.md")


def collect(source: Path = SOURCE) -> None:
    """Copy every page into `source`, replacing its earlier content."""
    shutil.rmtree(source, ignore_errors=True)
    pages = [*(ROOT / "docs").rglob("*.md"), *(ROOT / name for name in BESIDE)]
    for page in pages:
        target = source / page.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(page, target)
    shutil.copyfile(ROOT / "README.md", source / "index.md")


def build() -> int:
    """Collect the pages and build the site; the exit code of the generator."""
    collect()
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(build())
