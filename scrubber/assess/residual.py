"""The residual rescan: what a second look at the result still finds of what came in.

A stand-in looks like what it stands for, so a detector finds it, too. What tells the two apart is
where it comes from: a finding is *left* only if the same words stood in the same value before.
The record's own identifiers are looked for as well, whatever the rules link to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scrubber.detect.base import Detector
from scrubber.errors import DetectionError
from scrubber.model.finding import Span

OWN = "own-values"
"""The recognizer of a record's own identifiers."""
UNSEEN = Span(0, 1, "NOT_LOOKED_AT", 1.0, "rescan")
"""Stands for a text that the second look failed at: nobody knows what is left in it."""

_OWN_ENTITY = "OWN_IDENTIFIER"
_SHORTEST = 5  # code points of an own identifier: shorter ones stand in texts by chance


@dataclass(frozen=True, slots=True)
class Passage:
    """One value, `before` and `after`, and the identifiers that its record had (`own`)."""

    before: str = field(repr=False)
    after: str = field(repr=False)
    own: tuple[str, ...] = field(default=(), repr=False)


def remaining(passages: Sequence[Passage], detector: Detector) -> list[tuple[Span, ...]]:
    """What is left in each passage: spans of its `after`.

    A finding inside a longer one that is new belongs to a stand-in (the host of a made-up e-mail
    address) and is not left. Case does not count. Own identifiers are whole words of at least five
    code points.
    """
    distinct = list(dict.fromkeys(one.after for one in passages))
    found = dict(zip(distinct, _look(detector, distinct), strict=True))
    return [tuple(_left(one, found[one.after])) for one in passages]


def _left(passage: Passage, spans: Sequence[Span]) -> Iterator[Span]:
    if UNSEEN in spans:
        yield UNSEEN
        return
    before, after = _lowered(passage.before), _lowered(passage.after)
    new = [s for s in spans if not _holds(before, after[s.start : s.end])]
    left = [s for s in spans if s not in new and not any(_within(s, other) for other in new)]
    left = [s for s in left if not any(_inside(s, other) for other in left)]
    yield from left
    for own in passage.own:
        word = _lowered(own.strip())
        if len(word) < _SHORTEST or not _holds(before, word):
            continue
        for start in _places(after, word):
            span = Span(start, start + len(word), _OWN_ENTITY, 1.0, OWN)
            if not any(_within(span, other) or _within(other, span) for other in left):
                yield span


def _lowered(text: str) -> str:
    """`text` in lower case, with each code point where it was."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(low if len(low := ch.lower()) == 1 else ch for ch in text)


def _inside(inner: Span, outer: Span) -> bool:
    """Whether `inner` lies in a longer one: the host of an e-mail address that is left, too."""
    return (inner.start, inner.end) != (outer.start, outer.end) and _within(inner, outer)


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _holds(text: str, word: str) -> bool:
    return next(_places(text, word), None) is not None


def _places(text: str, word: str) -> Iterator[int]:
    """Where `word` stands in `text`, not as a part of a longer word."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        before = text[at - 1 : at] if word[:1].isalnum() else ""
        behind = text[end : end + 1] if word[-1:].isalnum() else ""
        if not before.isalnum() and not behind.isalnum():
            yield at
        at = text.find(word, at + 1)


def _look(detector: Detector, texts: Sequence[str]) -> list[tuple[Span, ...]]:
    try:
        return list(detector.detect(texts))
    except DetectionError:
        return [_look_at_one(detector, text) for text in texts]


def _look_at_one(detector: Detector, text: str) -> tuple[Span, ...]:
    try:
        return detector.detect([text])[0]
    except DetectionError:
        return (UNSEEN,)
