"""Search by the patterns of the house alone; other tests hold the detector against them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import regex

from scrubber.detect.recognizers import RECOGNIZERS
from scrubber.detect.recognizers.recognizer import Recognizer
from scrubber.detect.views import plain, readable

_FLAGS = regex.DOTALL | regex.MULTILINE


def found(text: str, *entities: str) -> set[str]:
    """What recognizers of `entities` (of all, without any) find in `text` and in its plain view."""
    made = set()
    for recognizer in RECOGNIZERS:
        if not entities or recognizer.entity in entities:
            made |= {text[start:end] for start, end in _places(recognizer, text)}
            view = plain(text, readable(text))
            if view is not None:
                for place in _places(recognizer, view.text):
                    start, end = view.range(*place)
                    made.add(text[start:end])
    return made


def covers(text: str, value: str, *entities: str) -> bool:
    """Whether all letters and digits of `value` lie in findings of `entities`."""
    begin = text.index(value)
    hit: set[int] = set()
    for one in found(text, *entities):
        at = text.find(one)
        while at >= 0:
            hit.update(range(at, at + len(one)))
            at = text.find(one, at + 1)
    return all(not char.isalnum() or at in hit for at, char in enumerate(value, begin))


def by(name: str, texts: Iterable[str]) -> list[bool]:
    """For each text, whether the recognizer `name` finds something in it."""
    (recognizer,) = (r for r in RECOGNIZERS if r.name == name)
    return [any(True for _ in _places(recognizer, text)) for text in texts]


def _places(recognizer: Recognizer, text: str) -> Iterator[tuple[int, int]]:
    for compiled in _compiled(recognizer.name):
        for match in compiled.finditer(text, timeout=2):
            proved = recognizer.judge(match[0]) if recognizer.judge and match[0] else None
            if match[0] and proved is not False:
                yield match.span()


@cache
def _compiled(name: str) -> tuple[Any, ...]:
    (recognizer,) = (r for r in RECOGNIZERS if r.name == name)
    flags = _FLAGS | (regex.IGNORECASE if recognizer.ignore_case else 0)
    return tuple(regex.compile(pattern.regex, flags) for pattern in recognizer.patterns)
