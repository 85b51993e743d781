"""Recognizer: what a kind of personal data looks like, as data.

The registry makes a Presidio PatternRecognizer of each, so that the prefilter, the time limit, the
score thresholds and the lists of a rule file hold for them as for Presidio's own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

# Enough for `score_thresholds: {default: 0.5}`; proved values get 1.
LIKELY, SURE = 0.6, 0.85

Judge = Callable[[str], bool | None]


@dataclass(frozen=True, slots=True)
class Pattern:
    r"""A regex of the regex module; what stands before a ``\K`` in it is no part of the finding."""

    name: str
    regex: str
    score: float = LIKELY


@dataclass(frozen=True, slots=True)
class Recognizer:
    """`name` switches it off in a rule file; `what` and `examples` are for the documentation.

    `judge` says of a match whether it is proved (True), refuted (False), or as likely as its
    pattern (None). Letters stand for themselves unless `ignore_case`. `country` is the one whose
    numbers it knows, as ISO 3166 has it.
    """

    name: str
    entity: str
    what: str
    examples: tuple[str, ...]
    patterns: tuple[Pattern, ...] = field(repr=False)
    judge: Judge | None = field(default=None, repr=False)
    ignore_case: bool = False
    country: str | None = None


def words(text: str) -> str:
    """An alternation of the words of `text`, each of which is a regex; the longest first, since the
    first that matches is taken."""
    return "(?:" + "|".join(sorted(text.split(), key=lambda word: (-len(word), word))) + ")"
