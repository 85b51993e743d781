"""Honorifics: titles before a written name and degrees after it, which are not part of the name.

Many are names as well (Do, Md, Ii, Lord). Such a word is an honorific only if its position and
spelling leave no doubt.
"""

from __future__ import annotations

import re

TITLES = frozenset(
    "dr prof professor doctor mr mrs ms miss mx sir madam rev capt sgt lt col frau hr mme mlle "
    "monsieur madame mademoiselle sr sra srta señor señora señorita senor senora senorita "
    "signor signora fr".split()
)
"""Before a name, with or without a full stop; rarely a name."""

ABBREVIATED_TITLES = frozenset({"hon", "maj"})
"""Titles with a full stop, given names without."""

LOCAL_TITLES = {
    "de": re.compile(r"herr", re.I),
    "fr": re.compile(r"m\.", re.I),
    "es": re.compile(r"don|doña|dona|[Dd]\."),  # Don with a capital is a name
}
"""Titles of one language; names or initials elsewhere."""

SUFFIXES = frozenset("jr sr iii phd dds dvm esq cpa mba pa-c".split())
"""After a name; rarely a name."""

NAMES_TOO = frozenset({"md", "rn", "np", "ii", "iv", "do"})
"""After a name of at least two words, but also names."""

_MUCH_A_NAME = frozenset({"do"})  # one of the most common surnames of Vietnam
_WORD = re.compile(r"[^\s,]+")


def name_proper(
    text: str, language: str = "", also: frozenset[str] = frozenset()
) -> tuple[int, int]:
    """The range of `text`, a written name, without titles before it and degrees after it.

    Titles of `language`, a two-letter code, and the words in `also` count too. At least one word is
    kept.

    >>> [slice(*name_proper(name)) for name in ("Dr. Ann Poe, MD", "Anh Do", "Md Rahman")]
    [slice(4, 11, None), slice(0, 6, None), slice(0, 9, None)]
    """
    words = list(_WORD.finditer(text))
    first, last = 0, len(words)
    while last - first > 1 and _is_title(text, words[first], language, also):
        first += 1
    while last - first > 1 and _is_suffix(text, words, last - 1):
        last -= 1
    return (words[first].start(), words[last - 1].end()) if words else (0, len(text))


def _is_title(text: str, word: re.Match[str], language: str, also: frozenset[str]) -> bool:
    if text[word.end() :].lstrip().startswith(","):
        return False  # "Lord, Ann"
    written = word[0].casefold()
    local = LOCAL_TITLES.get(language)
    return (
        written.rstrip(".") in TITLES | also
        or (written.endswith(".") and written[:-1] in ABBREVIATED_TITLES)
        or (local is not None and local.fullmatch(word[0]) is not None)
    )


def _is_suffix(text: str, words: list[re.Match[str]], place: int) -> bool:
    """True if the word at `place`, which is not the first, is a degree or similar."""
    written = words[place][0]
    plain = written.casefold().replace(".", "")
    if plain in SUFFIXES:
        return True
    if place < 2 or plain not in NAMES_TOO or written != written.upper() or "." in written:
        return False
    apart = "," in text[words[place - 1].end() : words[place].start()]
    in_small = any(ch.islower() for word in words[:place] for ch in word[0])
    return apart and in_small if plain in _MUCH_A_NAME else apart or in_small
