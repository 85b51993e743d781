"""The page of entities says what is so."""

from __future__ import annotations

import re

import scrubber
from scrubber.detect import DetectSpec, known_entities
from scrubber.detect.house.judge import RULES
from scrubber.detect.reference import entities_reference

ROW = re.compile(r"^\| `(\w+)` \| (.+) \| (`.+`) \|$", re.MULTILINE)


def test_every_entity_stands_there() -> None:
    names = {name for name, _, _ in ROW.findall(entities_reference())}
    assert names == known_entities(DetectSpec(ner="builtin"))


def test_every_rule_that_drops_findings_stands_there() -> None:
    page = entities_reference()
    for rule in RULES:
        assert f"| {rule.name} | " in page, rule.name
        assert rule.reason in page, rule.name


def test_every_whole_example_is_found_as_what_it_stands_for() -> None:
    rows = [
        (name, example.replace(r"\|", "|"))
        for name, _, shown in ROW.findall(entities_reference())
        for example in re.findall("`([^`]+)`", shown)
        if "..." not in example
    ]
    assert len(rows) > 50
    found = scrubber.find([example for _, example in rows])
    assert [
        (name, example)
        for (name, example), spans in zip(rows, found, strict=True)
        if name not in {span.label for span in spans}
    ] == []
