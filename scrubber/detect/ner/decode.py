"""From the probabilities of tags to names: runs of tokens that are likely parts of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

LABELS = ("PERSON", "LOCATION", "ORGANIZATION")


@dataclass(frozen=True, slots=True)
class Run:
    """Tokens `first` to `last` (excluded) of the text number `text`, of LABELS[label]."""

    text: int
    first: int
    last: int
    label: int
    score: float


def runs(probabilities: Any, texts: Any, inner: Any, least: Any, sure: Any) -> list[Run]:
    """The names among tokens of texts that follow one another.

    `probabilities` is (n, 7): no name, then the beginning and the rest of each label. A run holds
    the tokens whose likeliest label is the same and at least ``least[label]`` likely; it counts
    where one of them is at least ``sure[label]`` likely. It is cut where a name more likely begins
    than goes on. `inner` tells which tokens cannot be a name's first or last.
    """
    n = len(probabilities)
    masses = probabilities[:, 1::2] + probabilities[:, 2::2]
    label = masses.argmax(1)
    mass = masses[np.arange(n), label]
    label = np.where(mass >= least[label], label, -1)
    if not (label >= 0).any():
        return []
    opens = np.ones(n, bool)
    begins = probabilities[np.arange(n), 1 + 2 * label] > probabilities[np.arange(n), 2 + 2 * label]
    opens[1:] = (label[1:] != label[:-1]) | (texts[1:] != texts[:-1]) | begins[1:]
    first = np.flatnonzero(opens)
    last = np.append(first[1:], n)
    strong = np.maximum.reduceat(mass, first)
    found = []
    for a, b, peak in zip(first.tolist(), last.tolist(), strong.tolist(), strict=True):
        kind = int(label[a])
        if kind < 0 or peak < sure[kind]:
            continue
        while a < b and inner[a]:
            a += 1
        while b > a and inner[b - 1]:
            b -= 1
        if a < b:
            score = round(float(mass[a:b].mean()), 2)
            found.append(Run(int(texts[a]), a, b, kind, score))
    return found


# Signs that hold the parts of a name together where no white space is around them.
_HOLDING = frozenset(".'’-")


def widened(words: Sequence[str], joined: Any, first: int, last: int) -> tuple[int, int]:
    """`first` and `last` of a run, so that it ends within no initials and no word with a hyphen or
    an apostrophe: all of "N.B." and of "Smith-Jones", where the model took a part of them. The sign
    of a handle belongs to it, also with a blank after it, as text that was kept as tokens has.

    ``joined[i]`` tells whether token i follows the one before it without white space.
    """
    while joined[first] and (
        words[first] in _HOLDING or (words[first - 1] in _HOLDING and _held(words, joined, first))
    ):
        first -= 1
    if first and words[first - 1] == "@" and not joined[first - 1]:
        first -= 1
    while last < len(words) and joined[last] and _goes_on(words, joined, last):
        last += 1
    return first, last


def _held(words: Sequence[str], joined: Any, at: int) -> bool:
    """True if the sign before `at` follows a letter or word that belongs to the same word."""
    if at < 2 or not joined[at - 1] or not words[at - 2].isalpha():
        return False
    return words[at - 1] != "." or len(words[at - 2]) == 1


def _goes_on(words: Sequence[str], joined: Any, at: int) -> bool:
    """True if token `at` belongs to the word or the initials that end before it."""
    word, before = words[at], words[at - 1]
    if word == ".":
        return len(before) == 1 and before.isupper()
    if word == "-":
        return at + 1 < len(words) and bool(joined[at + 1]) and words[at + 1].isalpha()
    if before == "-":
        return word.isalpha()
    if before == "." and at > 1:
        return len(word) == 1 and word.isupper() and len(words[at - 2]) == 1
    return False
