"""The residual rescan: findings in the output that already occurred in the input.

A stand-in looks like a real value, so detectors find it too. The difference is its origin: a
finding is a residual only if the same words occur in the same value of the input. The record's own
identifiers are searched for as well, whichever fields the rules link.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from scrubber.detect.base import Detector
from scrubber.errors import DetectionError
from scrubber.model.finding import Span

OWN = "own-values"
"""The recognizer of a record's own identifiers."""
UNSEEN = Span(0, 1, "NOT_LOOKED_AT", 1.0, "rescan")
"""A mark for a text whose rescan failed, so that its residuals are unknown."""

_RUN = re.compile(r"[^\W_]+")
_OWN_ENTITY = "OWN_IDENTIFIER"
_SHORTEST = 5  # code points of an own identifier: shorter ones occur in texts by chance


@dataclass(frozen=True, slots=True)
class Passage:
    """A value `before` and `after` scrubbing, and the identifiers of its record (`own`)."""

    before: str = field(repr=False)
    after: str = field(repr=False)
    own: tuple[str, ...] = field(default=(), repr=False)


def remaining(passages: Sequence[Passage], detector: Detector) -> list[tuple[Span, ...]]:
    """The residuals of each passage: spans of its `after`.

    A finding inside a longer, new one is part of a stand-in (the host of a synthetic e-mail
    address), not a residual. Case is ignored. Own identifiers are whole words of at least five code
    points.

    Raises: DetectionError if recognizers exceed their time limit on several texts.
    """
    distinct = list(dict.fromkeys(one.after for one in passages))
    found = dict(zip(distinct, _look(detector, distinct), strict=True))
    return [tuple(_left(one, found[one.after])) for one in passages]


def _left(passage: Passage, spans: Sequence[Span]) -> Iterator[Span]:
    if UNSEEN in spans:
        yield UNSEEN
        return
    before, after = _Words(_lowered(passage.before)), _lowered(passage.after)
    held = {word: before.hold(word) for word in {after[s.start : s.end] for s in spans}}
    new = _Ranges([s for s in spans if not held[after[s.start : s.end]]])
    left = [s for s in spans if held[after[s.start : s.end]] and not new.hold(s)]
    longer = _Ranges(left)
    left = [s for s in left if not longer.hold_more_than(s)]
    yield from left
    kept = _Ranges(left)
    for own in passage.own:
        word = _lowered(own.strip())
        if len(word) < _SHORTEST or not before.hold(word):
            continue
        for start in _places(after, word):
            span = Span(start, start + len(word), _OWN_ENTITY, 1.0, OWN)
            if not (kept.hold(span) or kept.lie_in(span)):
                yield span


def _lowered(text: str) -> str:
    """`text` in lower case, with unchanged positions of code points."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(low if len(low := ch.lower()) == 1 else ch for ch in text)


class _Ranges:
    """Spans with fast queries about their positions relative to another span."""

    def __init__(self, spans: Sequence[Span]) -> None:
        ordered = sorted((span.start, span.end) for span in spans)
        self._starts = [start for start, _ in ordered]
        # The furthest end of the spans up to here, and the nearest end of the spans from here on.
        self._reach = list(accumulate((end for _, end in ordered), max))
        self._first = list(accumulate((end for _, end in reversed(ordered)), min))[::-1]

    def hold(self, span: Span) -> bool:
        """True if `span` lies within one of the spans."""
        up_to = bisect_right(self._starts, span.start)
        return up_to > 0 and self._reach[up_to - 1] >= span.end

    def hold_more_than(self, span: Span) -> bool:
        """True if `span` lies within a longer one, such as the host of a residual e-mail
        address."""
        up_to, before = (f(self._starts, span.start) for f in (bisect_right, bisect_left))
        return (up_to > 0 and self._reach[up_to - 1] > span.end) or (
            before > 0 and self._reach[before - 1] >= span.end
        )

    def lie_in(self, span: Span) -> bool:
        """True if one of the spans lies within `span`."""
        at = bisect_left(self._starts, span.start)
        return at < len(self._starts) and self._first[at] <= span.end


class _Words:
    """A text with fast queries about its words."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._runs = frozenset(_RUN.findall(text))

    def hold(self, word: str) -> bool:
        """True if `word` occurs as a whole word. The runs of letters and digits answer most queries
        without a search of the text."""
        runs = _RUN.findall(word)
        if not self._runs.issuperset(runs):
            return False
        return runs == [word] or next(_places(self._text, word), None) is not None


def _places(text: str, word: str) -> Iterator[int]:
    """Positions of `word` in `text` as a whole word."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        before = text[at - 1 : at] if word[:1].isalnum() else ""
        behind = text[end : end + 1] if word[-1:].isalnum() else ""
        if not before.isalnum() and not behind.isalnum():
            yield at
        at = text.find(word, at + 1)


def _look(detector: Detector, texts: Sequence[str]) -> list[tuple[Span, ...]]:
    answers = detector.attempt(texts)
    return [(UNSEEN,) if isinstance(one, DetectionError) else one for one in answers]
