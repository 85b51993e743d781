"""The language of texts: which of them are in a language or script that was never measured.

A text is judged by its letters first: most of them in a script of which no language was measured.
Then, if it has enough plain words, by py3langid (BSD): unmeasured if nearly all of the probability
falls on languages that were not measured. Everything else, short texts and code above all, is
undecided and counts as measured.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, Final

import regex

from scrubber.detect.measured import measure

SCRIPTS: Final = {"ru": "Cyrillic"}
"""The script of each measured language, where it is not Latin."""

SCRIPT: Final = " script"
"""The end of the name of a script, which tells it from a language."""

SCRAP: Final = f"{SCRIPT}, a few letters"
"""The end of the name of a script that a text has too few letters of to hold a sentence."""

_LETTERS: Final = 40
"""Fewer letters of plain words are too few for a language; a script needs _SCRIPT_LETTERS."""
_SCRIPT_LETTERS: Final = 4
_SENTENCE: Final = 12
"""Fewer letters of another script are a scrap: a label, a greeting, a name."""
_ASIDE: Final = 20
"""So many letters of another script, if they are a fifth of the text, are no mere quotation."""
_CERTAIN: Final = 0.95
_WINDOW: Final = 400
_REMEMBERED: Final = 4_096

_LETTER: Final = regex.compile(r"\p{L}")
_WORD: Final = regex.compile(
    r"(?<!\S)[(\"'«„“]?((?:\p{Ll}|\p{Lo})[\p{Ll}\p{Lo}\p{M}'’]*)[.,;:!?)\"'»”]*(?!\S)"
)
"""A plain word. Capitalised ones are left out: names and addresses say nothing of a language."""

_NO_EVIDENCE: Final = frozenset({"pcm"})  # a creole, which is what bad English is taken for
_ENGLISH: Final = frozenset(
    "the and that with this are have you for from they which would their been were what your about "
    "when there could should because these those through".split()
)
"""Words of no other language with Latin letters; three different ones make a text English."""


def languages(texts: Sequence[str]) -> list[str | None]:
    """The language (ISO 639-1) or script ("Greek script") of each text; None where undecided."""
    return [_language(text) for text in texts]


def unmeasured(text: str) -> str | None:
    """The language or script of `text` if it was not measured."""
    found = _language(text)
    return None if found is None or is_measured(found) else found


def is_measured(language: str) -> bool:
    """True for a language (or script) whose leaks were measured."""
    return language in _measured()


@cache
def _measured() -> frozenset[str]:
    return measure().leaks | _scripts()


def _language(text: str) -> str | None:
    if len(text) <= 3 * _WINDOW:
        return _of_window(text)
    middle = len(text) // 2
    starts = (0, middle - _WINDOW // 2, len(text) - _WINDOW)
    found = [_of_window(text[start : start + _WINDOW]) for start in starts]
    known = [one for one in found if one is not None]
    return next((one for one in known if not is_measured(one)), known[0] if known else None)


@lru_cache(_REMEMBERED)
def _of_window(text: str) -> str | None:
    script = None if text.isascii() else _foreign_script(text)
    if script is not None:
        return script
    words = [match[1] for match in _WORD.finditer(text)]
    if sum(map(len, words)) < _LETTERS:
        return None
    if len(_ENGLISH.intersection(words)) >= 3:
        return "en"
    return _identified(" ".join(words))


def _foreign_script(text: str) -> str | None:
    letters = _LETTER.findall(text)
    foreign = [letter for letter in letters if not _known_letters().match(letter)]
    most = 2 * len(foreign) > len(letters) and len(foreign) >= _SCRIPT_LETTERS
    if not most and (len(foreign) < _ASIDE or 5 * len(foreign) < len(letters)):
        return None
    names = Counter(unicodedata.name(letter, "UNKNOWN").split()[0] for letter in foreign)
    (name, _), *_ = names.most_common(1)
    return (name if name == "CJK" else name.capitalize()) + (
        SCRIPT if len(foreign) >= _SENTENCE else SCRAP
    )


def _identified(text: str) -> str | None:
    """The most likely language, if it is a measured one, or if no measured one is likely."""
    ranked: list[tuple[str, float]] = _identifier().rank(text)
    measured = _measured()
    known = sum(share for language, share in ranked if language in measured)
    if known >= 1 - known:
        return next(language for language, _ in ranked if language in measured)
    certain = 1 - known >= _CERTAIN and ranked[0][0] not in _NO_EVIDENCE
    return ranked[0][0] if certain else None


@cache
def _scripts() -> frozenset[str]:
    """The scripts of the measured languages."""
    return frozenset(SCRIPTS.get(one, "Latin") + SCRIPT for one in measure().leaks)


@cache
def _known_letters() -> Any:
    """A letter of a measured script."""
    names = sorted(name.removesuffix(SCRIPT) for name in _scripts())
    return regex.compile("[" + "".join(rf"\p{{{name}}}" for name in names) + r"\p{Common}]")


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
