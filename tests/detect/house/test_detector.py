"""Identifiers behind markup, escapes and odd characters are found where they were written."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from scrubber.detect import Detector, DetectSpec
from scrubber.errors import DetectionError

Build = Callable[[DetectSpec], Detector]

HIDDEN = [
    ("SSN: 219\u201009\u20109998", "US_SSN", "219\u201009\u20109998"),
    ("card ３７８２８２２４６３１０００５", "CREDIT_CARD", "３７８２８２２４６３１０００５"),
    ("card 4111 1111 1111\n1111", "CREDIT_CARD", "4111 1111 1111\n1111"),
    ("nora&#64;example.com", "EMAIL_ADDRESS", "nora&#64;example.com"),
    ("to nora%40example.com", "EMAIL_ADDRESS", "nora%40example.com"),
    ("nora [at] example [dot] com", "EMAIL_ADDRESS", "nora [at] example [dot] com"),
    ("no\u00adra@example.com", "EMAIL_ADDRESS", "no\u00adra@example.com"),
    ("邮箱nora@example.com谢谢", "EMAIL_ADDRESS", "nora@example.com"),
    ("card_4111111111111111.json", "CREDIT_CARD", "4111111111111111"),
]


@pytest.mark.parametrize(("text", "label", "value"), HIDDEN)
def test_found_as_written(detector: Build, text: str, label: str, value: str) -> None:
    (spans,) = detector(DetectSpec()).detect([text])
    assert (label, value) in {(s.label, text[s.start : s.end]) for s in spans}


@pytest.mark.parametrize(("text", "label", "value"), HIDDEN)
def test_without_the_house_presidio_answers_alone(
    detector: Build, text: str, label: str, value: str
) -> None:
    (spans,) = detector(DetectSpec(house=False)).detect([text])
    assert (label, value) not in {(s.label, text[s.start : s.end]) for s in spans}


@pytest.mark.parametrize(
    "text", ["**Nora Quist**: hello", "<i>Nora</i> Quist", "Nora Quist\\nrang"]
)
def test_names_behind_markup(detector: Build, text: str) -> None:
    (spans,) = detector(DetectSpec(ner="builtin", entities=("PERSON",))).detect([text])
    covered = {i for span in spans for i in range(span.start, span.end)}
    for word in ("Nora", "Quist"):
        at = text.find(word)
        assert set(range(at, at + len(word))) <= covered


def test_a_view_that_cannot_be_searched_is_a_text_that_cannot(detector: Build) -> None:
    """The pattern runs away on what the text becomes without its soft hyphens."""
    pattern = {"name": "p", "regex": r"(a|a)+(?=$)", "score": 0.5}
    slow = json.dumps({"name": "slow", "supported_entity": "X", "patterns": [pattern]})
    made = detector(DetectSpec(recognizers=(slow,), timeout=0.05))
    seen = made.attempt(["a\u00ad" * 40 + "! a", "fine"])
    assert isinstance(seen[0], DetectionError)
    assert seen[1] == ()
