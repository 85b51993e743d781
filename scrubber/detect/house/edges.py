"""The edges of names: words of forms and ordinary words that the names model took along.

"Gentile Signora Chiara Russo" is the name of Chiara Russo; "Diagnosi" names nobody.
"""

from __future__ import annotations

from dataclasses import replace

import regex

from scrubber.detect.house.case import Case, Rule
from scrubber.detect.linked.wordlists import PARTICLES
from scrubber.detect.ner.matcher import RECOGNIZER as MODEL
from scrubber.detect.recognizers.names.ordinary import (
    acronyms,
    form_words,
    ordinary_words,
    words_also_names,
)
from scrubber.model.finding import Span

_NAMES = frozenset({"PERSON", "LOCATION", "ORGANIZATION"})
_TRIMMED = _NAMES - {"ORGANIZATION"}  # bodies have ordinary words in their names
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:[-.'’][\p{L}\p{M}\p{N}]+)*")
_COLON = regex.compile(r"[ \t]{0,2}[*_]{0,2}[:：]")


def _is_no_name(case: Case, word: regex.Match[str]) -> bool:
    written = word[0]
    folded = written.casefold()
    if folded in form_words() or (written in acronyms()):
        return True
    if folded in words_also_names():
        return (
            written.islower() or _COLON.match(case.text, case.span.start + word.end()) is not None
        )
    return written.islower() and folded in ordinary_words()


def _name(case: Case) -> tuple[int, int] | None:
    """The place of the finding without such words at its ends, within the finding; None if it has
    no other words."""
    words = list(_WORD.finditer(case.value))
    plain = [_is_no_name(case, word) for word in words]
    if all(
        known or word[0] in PARTICLES or not any(map(str.isalpha, word[0]))
        for known, word in zip(plain, words, strict=True)
    ):
        return None if any(plain) else (0, len(case.value))
    first, last = plain.index(False), len(plain) - plain[::-1].index(False) - 1
    while first and words[first - 1][0] in PARTICLES:
        first -= 1
    start = words[first].start() if first else 0
    return start, words[last].end() if last < len(words) - 1 else len(case.value)


def trimmed(case: Case) -> Span:
    """The finding without words at its ends that belong to no name."""
    if case.span.recognizer != MODEL or case.span.label not in _TRIMMED:
        return case.span
    place = _name(case)
    if place is None or place == (0, len(case.value)):
        return case.span
    return replace(case.span, start=case.span.start + place[0], end=case.span.start + place[1])


def _is_plain(case: Case) -> bool:
    return case.span.recognizer == MODEL and _name(case) is None


RULES = (
    Rule(
        "words of forms",
        "labels, greetings and ordinary words in small letters name nobody, in 36 languages; at the"
        " ends of a name they are cut off",
        _NAMES,
        _is_plain,
    ),
)
