"""The use of outputs and what rules cost, on tables where it is known what matters."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import scrubber
from scrubber.errors import InputError, OutputError, RuleError
from scrubber.policy import load_rules, varied

pytest.importorskip("sklearn")

RULES = """version: 1
fields:
  - name: [useful]
    class: insensitive
    transform: {bin: {width: 10}}
  - {name: [badge, extra], class: quasi_identifier, keep: "nobody asked"}
  - {name: town, class: quasi_identifier, keep: "nobody asked"}
  - {name: y, class: sensitive, keep: "the label"}
"""
PRIVACY = (
    RULES.replace("[badge, extra]", "extra")
    .replace("  - {name: y,", "  - {name: badge, transform: drop}\n  - {name: y,")
    .replace(', keep: "nobody asked"', "")
    + """privacy:
  k: 2
  suppression_limit: 0.5
  hierarchies:
    extra: [{bin: {width: 4}}, {bin: {width: 20}}]
    town: []
  weights: {extra: 2, town: 1}
"""
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Records whose y follows from one field; another one has a value of its own for each."""
    folder, chance = tmp_path_factory.mktemp("measured"), random.Random(2)
    rows: list[dict[str, Any]] = []
    for n in range(400):
        useful = chance.randrange(100)
        y = "yes" if useful >= 50 else "no"
        extra, town = chance.randrange(40), chance.choice("abcd")
        rows.append({"useful": useful, "badge": 7 * n + 1, "extra": extra, "town": town, "y": y})
    pl.DataFrame(rows).write_csv(folder / "people.csv")
    (folder / "rules.yaml").write_text(RULES)
    (folder / "privacy.yaml").write_text(PRIVACY)
    scrubber.scrub(str(folder / "people.csv"), folder / "rules.yaml", out=folder / "out")
    return folder


def test_utility_compares_an_output_with_its_source(world: Path) -> None:
    found = scrubber.utility(world / "people.csv", world / "out", "y")
    assert [one.model for one in found.compared] == ["logistic", "boosted"]
    assert all(one.scrubbed.share > 0.95 for one in found.compared)
    assert dict(found.kept)["badge"] == pytest.approx(1)
    assert 0.9 < dict(found.kept)["useful"] < 1


def test_a_useless_identifying_field_is_the_first_advice(world: Path) -> None:
    found = scrubber.minimize(world / "rules.yaml", world / "people.csv", "y")
    assert (found.advice[0].field, found.advice[0].edit) == ("badge", "drop")
    assert found.singled_before.share == 1
    assert "badge" in found.suggested
    assert "useful" not in found.suggested
    assert found.accuracy.share >= found.accuracy_before.share - 0.01
    assert found.singled.share < 0.1
    worst = found.advice[-1]
    assert worst.field == "useful"
    assert worst.change.high < -0.2
    assert ("useful", "bin width=20") in {(one.field, one.edit) for one in found.advice}


@pytest.mark.parametrize("name", ["rules.yaml", "privacy.yaml"])
def test_the_suggested_rule_file_is_valid_and_drops_the_fields(world: Path, name: str) -> None:
    before = (world / name).read_text()
    found = scrubber.minimize(world / name, world / "people.csv", "y")
    assert (world / name).read_text() == before
    assert found.suggested
    edited = world / f"edited-{name}"
    edited.write_text(patched(before, found.diff))
    rules = load_rules(edited)
    dropped = {n for one in rules.fields if "Drop" in repr(one.disposition) for n in one.names}
    assert set(found.suggested) <= dropped


def patched(text: str, diff: str) -> str:
    """`text` with a unified diff applied."""
    lines, out, at = text.splitlines(keepends=True), [], 0
    for line in diff.splitlines(keepends=True)[2:]:
        if head := re.match(r"@@ -(\d+)", line):
            out += lines[at : int(head[1]) - 1]
            at = int(head[1]) - 1
        elif line[0] == "+":
            out.append(line[1:])
        else:
            assert lines[at] == line[1:]
            at += 1
            if line[0] == " ":
                out.append(line[1:])
    return "".join([*out, *lines[at:]])


def test_wider_bins_single_out_fewer(world: Path) -> None:
    setting = "fields.useful.transform.bin.width"
    rules = PRIVACY.replace("k: 2", "k: 3")
    (world / "k.yaml").write_text(rules)
    found = scrubber.tradeoff(
        world / "k.yaml", world / "people.csv", "y", setting, [5, 25, 100], out=world / "t.html"
    )
    shares = [one.singled.share for one in found.points if one.singled is not None]
    accuracies = [one.accuracy.share for one in found.points if one.accuracy is not None]
    assert shares[0] > shares[1] > shares[2]
    assert accuracies[0] > accuracies[2]
    assert {one.setting for one in found.best} >= {"100"}
    page = (world / "t.html").read_text()
    assert page.count("<circle") == 3
    assert "<script" not in page
    scrubber.tradeoff(
        world / "k.yaml", world / "people.csv", "y", setting, [5], out=world / "t.html"
    )


def test_rules_that_the_data_cannot_meet_are_points_without_figures(world: Path) -> None:
    found = scrubber.tradeoff(
        world / "privacy.yaml", world / "people.csv", "y", "privacy.k", [2, 999]
    )
    assert [one.refused is None for one in found.points] == [True, False]
    assert found.best == found.points[:1]


WRONG = [
    ("y", "privacy.k.x", [2], RuleError, "unknown-path"),
    ("y", "fields.nobody.transform", [2], RuleError, "unknown-path"),
    ("y", "privacy.k", ["many"], RuleError, "privacy|many|number|int"),
    ("y", "privacy.k", [], InputError, "values-missing"),
    ("nobody", "privacy.k", [2], InputError, "unknown-field"),
    ("badge", "privacy.k", [2], InputError, "nothing-in-common"),
]


@pytest.mark.parametrize(("target", "vary", "values", "error", "code"), WRONG)
def test_what_cannot_be_tried_is_said(
    world: Path, target: str, vary: str, values: list[Any], error: type[Exception], code: str
) -> None:
    with pytest.raises(error, match=code):
        scrubber.tradeoff(world / "privacy.yaml", world / "people.csv", target, vary, values)


def test_the_page_replaces_nothing_else(world: Path) -> None:
    with pytest.raises(OutputError, match="output-foreign"):
        scrubber.tradeoff(
            world / "privacy.yaml",
            world / "people.csv",
            "y",
            "privacy.k",
            [2],
            out=world / "people.csv",
        )


def test_a_varied_rule_file_keeps_its_files_and_places(world: Path) -> None:
    rules = load_rules(world / "privacy.yaml")
    other = varied(rules, ("fields", "useful", "transform", "bin", "width"), 7)
    assert other.digest != rules.digest
    assert other.tree.at(("fields", 0, "transform", "bin", "width")) == 7
    assert rules.tree.at(("fields", 0, "transform", "bin", "width")) == 10
    assert varied(rules, ("privacy", "k"), 2).digest == rules.digest
