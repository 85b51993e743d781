"""A person's name and its parts: what to look for in a text, however it is written there.

What counts as a name is decided on folded text (:mod:`scrubber.detect.linked.folding`), word by
word:

- a part of three letters or more that is no everyday word: anywhere, in any case;
- an everyday word or one of two letters: written with a capital;
- a function word ("Will", "An"): with one capital, and not where a sentence begins;
- any of them, in any case: beside another part, an initial of the name, or a title;
- a single letter: only beside a part, or with full stops beside another initial ("N.G.").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as hidden_field
from enum import IntEnum
from itertools import permutations

from scrubber.detect.linked.folding import LETTERS, fold, occurrences
from scrubber.detect.linked.wordlists import (
    EVERYDAY_WORDS,
    FUNCTION_WORDS,
    PARTICLES,
    SALUTATIONS,
    TITLES,
)
from scrubber.model.honorifics import name_proper

_WORD = re.compile(rf"{LETTERS}(?:'{LETTERS})*")
_LETTERS = re.compile(LETTERS)
_POSSESSIVE = re.compile(r"'s\s*\Z")
_TRANSCRIBED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_UMLAUTED = re.compile("ae|oe|ue")

_MOST_WORDS = 12
_MOST_INITIALS = 4
_LONGEST_VALUE = 200
_SHORT = 4


class Guard(IntEnum):
    """Conditions for a part to be a name when it stands alone."""

    NONE = 0
    CAPITAL = 1
    INSIDE_SENTENCE = 2
    NEVER_ALONE = 3


@dataclass(frozen=True, slots=True)
class Part:
    """A word of a name as a text may spell it, folded; `word` is its number in the name, -1 for
    several in one. `accented`: only where the text has it with an accent."""

    text: str = hidden_field(repr=False)
    guard: Guard
    word: int
    accented: bool = False


def name_words(value: str) -> tuple[str, ...]:
    """The words of a name, folded, without titles and suffixes.

    >>> name_words("Dr. Mary-Ann O'Brien, MD")
    ('mary', 'ann', "o'brien")
    """
    if len(value) > _LONGEST_VALUE:
        return ()
    start, end = name_proper(value, also=SALUTATIONS)
    return tuple(_WORD.findall(_POSSESSIVE.sub("", fold(value[start:end])))[:_MOST_WORDS])


def may_name(values: Sequence[str], folded: str) -> bool:
    """A cheap test: false only where a person of these names is not found in a text that folds to
    `folded`."""
    initials = ""
    for value in values:
        own = fold(value)
        words = _LETTERS.findall(own)
        longest = 0
        for word in words:
            size = len(word)
            if size > 1 and word in folded and (size > _SHORT or _at_edge(word, folded)):
                return True
            initials += word[0]
            longest = max(longest, size)
        if not value.isascii() or longest == 1 or _UMLAUTED.search(own) is not None:
            return True  # of a script or a spelling that takes a closer look
    if len(initials) > _MOST_INITIALS:
        return True
    if "." in folded:
        for one, other in permutations(initials, 2):
            if f"{one}.{other}" in folded or f"{one}. {other}" in folded:
                return True
    return False


def _at_edge(word: str, folded: str) -> bool:
    """True if a word of the text begins or ends with `word`, as every writing of a name does."""
    for at in occurrences(word, folded):
        end = at + len(word)
        if not folded[at - 1 : at].isalpha() or not folded[end : end + 1].isalpha():
            return True
    return False


def needle(value: str) -> str | None:
    """The substring of every folded text that names a person by the one word `value`, whatever else
    the person is called; None where that is not so simple.

    Two initials with full stops are left out of account.
    """
    if not value:
        return ""
    if not (value.isascii() and value.isalpha() and len(value) > 1):
        return None
    word = value.lower()
    return None if "ae" in word or "oe" in word or "ue" in word else word


class Person:
    """The names of one person: several values, such as a first and a last name, are one name."""

    def __init__(self, values: Iterable[str]) -> None:
        self._values = tuple(dict.fromkeys(values))
        self._words = tuple(
            dict.fromkeys(word for value in self._values for word in name_words(value))
        )
        self.initials = frozenset(word[0] for word in self._words)
        self._particles = self._words_before_names()

    def parts(self) -> list[Part]:
        """Every word in every spelling, and the ways to write two of them as one."""
        parts: dict[str, Part] = {}
        for number, word in enumerate(self._words):
            if len(word) == 1 and not is_unspaced(word):
                continue  # an initial
            for text, accented in self._spellings(word):
                guard = _guard(text)
                if word in self._particles:
                    guard = Guard.NEVER_ALONE
                elif word in PARTICLES:
                    guard = max(guard, Guard.CAPITAL)
                parts.setdefault(text, Part(text, guard, number, accented))
        full = [w for w in self._words if len(w) > 1 and w not in self._particles][:_MOST_INITIALS]
        for one, other in permutations(full, 2):
            joined = [one + other]
            if len(other) > 3 and not is_unspaced(one[0]):
                joined += [one[0] + other, other + one[0]]
            for text in joined:
                plain = text.replace("'", "")
                parts.setdefault(plain, Part(plain, Guard.NONE, -1))
        return list(parts.values())

    def dotted(self) -> list[str]:
        """Two initials with a full stop between: "n.g", "n. g"."""
        named = [word[0] for word in self._words if word not in self._particles]
        pairs = permutations(named[:_MOST_INITIALS], 2)
        return list(dict.fromkeys(f"{a}.{gap}{b}" for a, b in pairs for gap in ("", " ")))

    def _words_before_names(self) -> frozenset[str]:
        """Particles that stand before the name that they belong to: the van of "van Gogh", but not
        the Do of "Anh Do" or "Do, Anh"."""
        last = {
            words[-1]
            for value in self._values
            for words in (name_words(value), name_words(value.partition(",")[0]))
            if words
        }
        return frozenset(word for word in self._words if word in PARTICLES and word not in last)

    def _spellings(self, word: str) -> Iterator[tuple[str, bool]]:
        yield word, False
        if "'" in word:
            yield word.replace("'", ""), False
            yield word.replace("'", " "), False
        if word.isascii():
            plain = _UMLAUTED.sub(lambda m: m[0][0], word)
            if plain != word and len(plain) > 2:
                yield plain, True
        for value in self._values:
            if not value.isascii():
                for written in _LETTERS.findall(unicodedata.normalize("NFC", value).casefold()):
                    longer = fold(written.translate(_TRANSCRIBED))
                    if fold(written) == word and longer != word:
                        yield longer, False


def _guard(word: str) -> Guard:
    if _length(word) == 1:
        return Guard.NEVER_ALONE
    if word in FUNCTION_WORDS:
        return Guard.INSIDE_SENTENCE
    if word in EVERYDAY_WORDS or word in TITLES:
        return Guard.CAPITAL
    return Guard.CAPITAL if len(word) == 2 and not is_unspaced(word[0]) else Guard.NONE


def _length(word: str) -> int:
    """Letters; a syllable of Hangul, which folding takes apart, is one."""
    return sum(not "\u1160" <= char <= "\u11ff" for char in word)


def is_unspaced(char: str) -> bool:
    """True if it is of a script that writes no spaces between words, or sticks endings to them."""
    code = ord(char)
    return code >= 0x0E00 and (
        code <= 0x0EFF  # Thai, Lao
        or 0x1000 <= code <= 0x109F  # Burmese
        or 0x1780 <= code <= 0x17FF  # Khmer
        or 0x1100 <= code <= 0x11FF  # Hangul, taken apart by folding
        or 0x3040 <= code <= 0x9FFF  # kana, ideographs
        or 0xAC00 <= code <= 0xD7AF  # Hangul
        or 0x20000 <= code <= 0x3FFFF  # more ideographs
    )
