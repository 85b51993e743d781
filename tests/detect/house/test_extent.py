"""The rest of a name of which the model sees one word, and its guesses in scripts it never learned."""

from __future__ import annotations

import pytest

from scrubber.detect.code import Code
from scrubber.detect.house.case import Case
from scrubber.detect.house.extent import whole_name
from scrubber.detect.house.judge import Judge
from scrubber.detect.ner.matcher import RECOGNIZER
from scrubber.model.finding import Span

EXTENDED = [
    ("for Jude Sell?", "Jude", "Jude Sell"),
    ("Will Marsh was there", "Marsh", "Will Marsh"),
    ("Ontem Welington Bastos chegou", "Bastos", "Welington Bastos"),
    ("Hier, Yannick Le Floc'h est venu", "Yannick Le", "Yannick Le Floc'h"),
    ("Thanks, Rose Field", "Rose", "Rose Field"),
    ("by Milo Trask@NORTHWIND for", "Milo Trask@NORTHWIND", "Milo Trask"),
]
SAME = [
    ("Please call John Monday.", "John"),
    ("Dear Grace Please call", "Grace"),
    ("Hi Marsh", "Marsh"),
    ("John\nSmith", "John"),
    ("John Smith Goes", "John Smith"),
    ("the President Marsh", "Marsh"),
    ("see John X.y", "John"),
    ("follow @john_s now", "@john_s"),
]
GUESSES = [
    ("今天天气很好，阳光明媚。", "阳光明媚", 0.73, False),
    ("王小明", "王小明", 0.73, True),
    ("מזג האוויר יפה היום", "יפה", 0.47, False),
    ("Druk twee keer op de knop", "Druk", 0.73, False),
    ("Sara ging naar huis", "Sara", 0.73, True),
    ("Bishop called twice", "Bishop", 0.73, True),
]


def _span(text: str, value: str, score: float = 0.7) -> Span:
    start = text.index(value)
    return Span(start, start + len(value), "PERSON", score, RECOGNIZER)


def _whole(text: str, value: str) -> str:
    span = whole_name(Case(text, _span(text, value), Code(text)))
    return text[span.start : span.end]


@pytest.mark.parametrize(("text", "value", "whole"), EXTENDED)
def test_extended(text: str, value: str, whole: str) -> None:
    assert _whole(text, value) == whole


@pytest.mark.parametrize(("text", "value"), SAME)
def test_not_extended(text: str, value: str) -> None:
    assert _whole(text, value) == value


@pytest.mark.parametrize(("text", "value", "score", "stays"), GUESSES)
def test_guesses(text: str, value: str, score: float, stays: bool) -> None:
    assert bool(Judge().judged(text, [_span(text, value, score)])) is stays
