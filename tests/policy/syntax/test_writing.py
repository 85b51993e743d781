"""Rule files that are written are read back as they were meant."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.model.fieldclass import FieldClass
from scrubber.policy import WrittenRule, rule_text
from scrubber.policy.syntax.source import parse_tree

HOSTILE = [
    "a", "null", "Yes", "no", "on", "012", "12:30", "1e5", "a: b", "- x", "# no comment", '"', "'",
    "\\", "a\nb", "a\tb", "\x00", "\x85", "\u2028", "\u202e", "{{x}}", "[]", "a*", "?", "&a", "*a",
    "!tag", "%", "@", "`", "é", "😀", "\ufeff", "\uffff", "", " ", "x" * 300, "${HOME}", "<<",
]  # fmt: skip
TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"])))


def read_back(text: str) -> dict[str, Any]:
    tree, problems = parse_tree(text, "rules.yaml")
    assert problems == []
    return tree.data


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_read_back(name: str) -> None:
    rule = WrittenRule(name, FieldClass.TEXT, {"keep": name}, (name, f"why\n  - {name}"))
    data = read_back(rule_text({"version": 1}, [rule], [name]))
    assert data["fields"] == [{"name": name, "class": "text", "keep": name}]


@given(TEXTS, st.lists(TEXTS, max_size=3), st.integers(-9, 9) | st.floats(0.25, 4, width=16))
def test_any_text_is_read_back(name: str, comments: list[str], number: float) -> None:
    decision = {"transform": {"bin": {"width": number, "edges": [1, 2.5]}}}
    rule = WrittenRule(name, FieldClass.QUASI_IDENTIFIER, decision, tuple(comments))
    head = {"version": 1, "key": {"env": name}, "on_error": "null", "detect": {"ner": "none"}}
    data = read_back(rule_text(head, [rule], comments))
    assert data == {**head, "fields": [rule.as_mapping()]}
