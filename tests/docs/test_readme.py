"""The documentation is true: commands run, examples hold, generated pages are current."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def load(path: Path) -> object:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("rules", "fixtures"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def test_the_readme_s_commands_run_as_they_stand(checkout: Path) -> None:
    blocks = re.findall(r"<!-- run these.*?```sh\n(.*?)```", README, re.DOTALL)
    commands = "".join(blocks)
    used = set(re.findall(r"scrubber (\w+)", commands))
    assert used >= {"keygen", "check", "plan", "run", "show", "verify", "audit", "init"}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=checkout,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path},
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (checkout / "scrubbed" / "manifest.json").is_file()
    assert re.search(r"verified$", done.stdout, re.MULTILINE)
    assert (checkout / "first" / "manifest.json").is_file()


def test_the_readme_s_python_holds() -> None:
    block = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert block is not None
    exec(compile(block[1], "README.md", "exec"), {})


def test_the_readme_s_rules_are_part_of_the_real_file() -> None:
    block = re.search(r"```yaml\n# rules/support.yaml.*?\n(.*?)```", README, re.DOTALL)
    assert block is not None
    real = (ROOT / "rules" / "support.yaml").read_text(encoding="utf-8")
    for name in re.findall(r"name: (\w+),", block[1]):
        assert name in real


def test_the_rule_files_of_the_readme_s_table_exist() -> None:
    named = set(re.findall(r"`(rules/\w+\.yaml)` \|", README))
    assert named == {f"rules/{path.name}" for path in (ROOT / "rules").glob("*.yaml")}


def test_links_lead_somewhere() -> None:
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md"):
        for target in re.findall(r"\]\(([\w./-]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", ["cli.md", "entities.md", "manifest.md", "model.md", "rules.md"])
def test_generated_pages_are_current(page: str) -> None:
    """Run ``make docs`` if this fails."""
    generate = load(ROOT / "docs" / "generate.py")
    expected = generate.PAGES[page]()  # type: ignore[attr-defined]
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == expected


def test_every_command_has_help_with_an_example() -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    for section in page.split("\n## ")[1:]:
        assert re.search(r"```sh\n.*scrubber .+\n```", section), section[:40]


def test_the_fixtures_are_what_their_script_makes(tmp_path: Path) -> None:
    """Run ``make fixtures`` if this fails."""
    load(ROOT / "fixtures" / "generate.py").write(tmp_path)  # type: ignore[attr-defined]
    for path in (ROOT / "fixtures" / "support").iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name
