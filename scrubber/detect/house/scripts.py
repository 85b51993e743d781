"""Rules on scripts and languages that the names model never learned.

Its findings there are noise. What is found in these scripts is found by evidence
(scrubber/detect/recognizers/names); a value that is a name from end to end, as cells are, stays.
"""

from __future__ import annotations

from typing import Final

import regex

from scrubber.detect.house.case import Case, Rule
from scrubber.detect.ner.matcher import RECOGNIZER as MODEL
from scrubber.detect.ner.prescreen.lists import read_words
from scrubber.detect.recognizers.names.ordinary import ordinary_words

_NAMES: Final = frozenset({"PERSON", "LOCATION", "ORGANIZATION"})
_UNLEARNED: Final = regex.compile(
    r"[^\p{L}]*[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Hebrew}\p{Thai}]"
)
_FIRM: Final = 0.8
_ALONE: Final = 12
_START: Final = regex.compile(r"(?:\A|[.!?\n][ ]?)\Z")


def _is_unlearned(case: Case) -> bool:
    return (
        case.span.recognizer == MODEL
        and _UNLEARNED.match(case.value) is not None
        and not (case.value.strip() == case.text.strip() and len(case.value) <= _ALONE)
        and not (case.span.score >= _FIRM and regex.search(r"\p{Hebrew}", case.value))
    )


def _is_first_word(case: Case) -> bool:
    """An ordinary word of a language other than English with the capital of a sentence."""
    folded = case.value.casefold()
    return (
        case.span.recognizer == MODEL
        and folded in ordinary_words()
        and folded not in read_words()
        and case.span.score < _FIRM
        and _START.search(case.before(2)) is not None
        and regex.match(r",?[ ]\p{Ll}", case.after(3)) is not None
    )


RULES = (
    Rule(
        "script never learned",
        "in Chinese, Japanese, Korean, Hebrew and Thai prose the names model guesses; evidence finds"
        " names there",
        _NAMES,
        _is_unlearned,
    ),
    Rule(
        "first word",
        "an ordinary word with the capital of its sentence names nobody, in languages other than"
        " English",
        _NAMES,
        _is_first_word,
    ),
)
