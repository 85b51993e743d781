"""What README.md and docs/ promise: commands that exist, rules that hold, links that lead on."""

from __future__ import annotations

import random
import re
import shlex
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import typer
import yaml

import scrubber
from scrubber.attest.checking import check_run
from scrubber.cli.app import app
from scrubber.manifest.beside import UNCHECKED
from scrubber.policy import rules_from_mapping

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMAND = typer.main.get_command(app)
KEY = bytes(range(32))


def told() -> list[tuple[str, str]]:
    """Every command line of ours in a code block, with the page it stands on."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for block in re.findall(r"```(?:sh|yaml)\n(.*?)```", text, re.DOTALL):
            for line in block.replace("\\\n", " ").split("\n"):
                match = re.search(
                    r"(?:^|run: |\$\()(scrubber .*?)\)?\"?$", line.split("   #")[0].strip()
                )
                if match:
                    found.append((page.name, match[1]))
    return found


@pytest.mark.parametrize(("page", "line"), told())
def test_every_command_line_is_one_that_the_program_takes(page: str, line: str) -> None:
    words = shlex.split(line.split(" > ")[0], comments=True)[1:]
    command: Any = COMMAND
    while words and hasattr(command, "commands"):
        assert words[0] in command.commands or words[0].startswith("-"), (page, words[0])
        if words[0].startswith("-"):
            break
        command = command.commands[words.pop(0)]
    options = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    options |= {"--help", "-h"}
    for word in words:
        if re.match(r"--?[a-z]", word):
            assert word.partition("=")[0] in options, (page, word)
    given = {word.partition("=")[0] for word in words}
    for one in command.params:
        if one.required and one.opts[0].startswith("-") and "…" not in line:
            assert given & set(one.opts), (page, line, one.opts)


def test_links_of_every_page_lead_somewhere() -> None:
    broken = [
        (page.name, target)
        for page in PAGES
        for target in re.findall(r"\]\((?!https?:)([^)#\s]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def blocks() -> list[dict[str, Any]]:
    return [yaml.safe_load(one) for one in re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)]


@pytest.mark.parametrize("number", range(len(blocks())))
def test_the_rules_of_the_readme_are_rules(number: int) -> None:
    block = blocks()[number]
    privacy = block.get("privacy", {}).get("hierarchies", {})
    if "zip" in privacy:
        privacy["zip"] = [{"prefix": {"keep": 3}}]  # the file is the reader's own
    rules = {"version": 1, "key": {"env": "SCRUBBER_KEY"}, **block}
    if "fields" not in block or "privacy" in block:
        rules["fields"] = [
            *block.get("fields", []),
            {"name": "churned", "class": "sensitive", "keep": "the label"},
        ]
    rules_from_mapping(rules)


@pytest.mark.slow
def test_the_packs_of_the_table_are_those_of_the_package() -> None:
    named = set(re.findall(r"^\| `pack:([\w-]+)` \|", README, re.MULTILINE))
    shipped = {path.stem for path in (ROOT / "scrubber/policy/packs").glob("*.yaml")}
    assert named == shipped
    for name in named:
        copy = (ROOT / "rules/packs" / f"{name}.yaml").read_bytes()
        assert copy == (ROOT / "scrubber/policy/packs" / f"{name}.yaml").read_bytes()
        assert app(["check", f"pack:{name}"], standalone_mode=False) in (0, None)


@pytest.mark.slow
def test_every_ready_rule_file_passes_its_own_tests() -> None:
    for name in re.findall(r"^\| `(rules/\w+\.yaml)` \|", README, re.MULTILINE):
        assert app(["check", str(ROOT / name)], standalone_mode=False) in (0, None), name


def test_weak_patterns_need_a_word_unless_thresholds_are_lifted() -> None:
    weak = "my number 12345678 there"
    assert scrubber.find(weak, {"ner": "none"}) == ()
    lifted = scrubber.find(weak, {"ner": "none", "score_thresholds": {"default": 0}})
    assert "US_DRIVER_LICENSE" in {span.label for span in lifted}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verify")
    pl.DataFrame({"id": range(30), "plan": ["a", "b"] * 15}).write_csv(folder / "t.csv")
    rules = {
        "version": 1,
        "key": {"env": "NOT_READ"},
        "fields": [
            {"name": "id", "class": "direct_identifier", "transform": {"encrypt": {"domain": "u"}}},
            {"name": "plan", "class": "insensitive", "keep": "what is learned"},
        ],
    }
    scrubber.scrub(str(folder / "t.csv"), rules, key=KEY, out=folder / "out")
    scrubber.reveal(folder / "out", reason="a test", key=KEY)
    return folder / "out"


def verified(folder: Path) -> bool:
    return all(check.passed for check in check_run(folder, None, date(2026, 11, 30)))


def test_any_byte_that_was_changed_is_found(out: Path) -> None:
    chance = random.Random(20261130)
    assert verified(out)
    for path in sorted(path for path in out.rglob("*") if path.is_file()):
        whole = path.read_bytes()
        for _ in range(25):
            at, bit = chance.randrange(len(whole)), 1 << chance.randrange(8)
            path.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
            assert not verified(out), (path.name, at)
        path.write_bytes(whole)
    assert verified(out)


@pytest.mark.parametrize(
    "name",
    ["x", ".x", "data/x", "data/.x", "data/sub/x", "_x", "data.csv", "readme.md", "a/README.md"],
)
def test_any_file_that_was_added_is_found(out: Path, name: str) -> None:
    path = out / name
    made = [up for up in path.parents if not up.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    try:
        assert not verified(out)
    finally:
        path.unlink()
        for folder in made:
            folder.rmdir()
    assert verified(out)


def test_but_for_those_that_are_named(out: Path) -> None:
    sentence = README.partition("any added file except")[2].partition(".\n- ")[0]
    assert set(re.findall(r"`([\w.]+)`", sentence)) == UNCHECKED
    for name in UNCHECKED:
        (out / name).write_text("x")
        assert verified(out)
        (out / name).unlink()
