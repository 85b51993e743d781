"""Labelled text as tokens with the tags that each may have."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

import numpy as np
import regex

from scrubber.detect.ner.tokens import Tokens

LABELS = ("PERSON", "LOCATION", "ORGANIZATION")
# Tag 0 is "none"; label i begins with tag 1 + 2 i and goes on with tag 2 + 2 i.
NONE = 1
ALL = (1 << (1 + 2 * len(LABELS))) - 1


def begins(label: str) -> int:
    return 1 << (1 + 2 * LABELS.index(label))


def goes_on(label: str) -> int:
    return 1 << (2 + 2 * LABELS.index(label))


def either(label: str) -> int:
    return begins(label) | goes_on(label)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text whose names are known. `complete` are the labels of which no name is left unmarked;
    spans of any other label say only that nothing is known of these tokens."""

    text: str
    spans: tuple[tuple[int, int, str], ...]
    complete: frozenset[str] = frozenset(LABELS)


_TITLES = regex.compile(
    r"(?i)^(?:mr|mrs|ms|miss|mx|dr|prof|sir|madam|mme|m|lord|lady|judge|justice|sr|sra|herr|frau|rev)$"
)


def tagged(labelled: Labelled) -> tuple[list[str], np.ndarray]:
    """The tokens and, for each, the set of tags that it may have (bit i: tag i).

    A token that a span touches belongs to it. A title before a person belongs to the name: sets
    differ, and what is covered too much is no leak. Places side by side ("Paris, France") may be
    one or several.
    """
    tokens = Tokens.of(labelled.text)
    starts = tokens.starts
    ends = [start + len(word) for start, word in zip(starts, tokens.words, strict=True)]
    unmarked = NONE
    for label in LABELS:
        if label not in labelled.complete:
            unmarked |= either(label)
    tags = np.full(len(starts), unmarked, np.uint8)
    last_place = -10
    for begin, end, label in sorted(labelled.spans):
        first, last = bisect_right(ends, begin), bisect_left(starts, end)
        if first >= last:
            continue
        if label not in LABELS:
            tags[first:last] = ALL
            continue
        if label == "PERSON":
            while first and _is_title(tokens.words, first):
                first -= 1
        tags[first:last] = goes_on(label)
        tags[first] = begins(label)
        if label == "LOCATION":
            gap = tokens.words[last_place:first]
            if 0 <= first - last_place <= 2 and all(w in ",\n-/" for w in gap):
                tags[last_place:first] = NONE | goes_on(label)
                tags[first] = either(label)
            last_place = last
    return tokens.words, tags


def _is_title(words: list[str], first: int) -> bool:
    """Whether the token before `first` is a title, or the full stop of one."""
    before = words[first - 1]
    if before == ".":
        return first > 1 and _TITLES.match(words[first - 2]) is not None
    return _TITLES.match(before) is not None
