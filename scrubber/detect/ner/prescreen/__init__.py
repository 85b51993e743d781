"""Which texts can hold a name at all: the others need no model.

A text is let through unless every word in it is known to be harmless where it stands. So a word
that is not known lets its text through: what no list foresaw costs time, not a name. Known are
common English words and how they may be written (``lists/words.txt.gz``; made by ``training.gate``
from text in which names are labelled), beginnings and endings of such words unless that makes a
name (``lists/names.txt.gz``), and numbers.

Harmless by themselves, but not where a name is likely (after "my name is", "dear", "thanks"; in a
text of a few words), are words that are names, too: will, rose, mark.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import filterfalse

from scrubber.detect.ner.prescreen.lists import digest, may_stand, read_names, read_words

__all__ = ["Gate", "digest", "stems", "tokens"]

# In a text of so few words each must be harmless everywhere: it may be a cell of a column of names.
_FEW = 3

# How many words of the data are remembered.
_REMEMBERED = 200_000

# What a byte means for the cutting of words: letters (all of UTF-8's other bytes) and @ stay, every
# digit is a 0, what begins a sentence is a full stop, all else is a space.
_STOPS = b".!?:;\n\r|(["
_TABLE = bytes(
    i
    if i >= 128 or chr(i).isalpha() or i == ord("@")
    else ord("0")
    if chr(i).isdigit()
    else ord(".")
    if i in _STOPS
    else ord(" ")
    for i in range(256)
)
_MARKS = re.compile(r"[^\x00-\x7f\w]+")  # curly quotes, dashes, emoji


def _written(text: str) -> frozenset[bytes]:
    """The words of `text` in all their writings, in a sentence and where one begins."""
    forms = (form for w in text.split() for form in (w, w.capitalize(), w.upper()))
    return frozenset(f"{mark}{form}".encode() for form in forms for mark in ("", "."))


# Words after which a word may be a name though it is written like any other; links stand between.
_CUES = _written(
    "name names named am im hi hey hello dear thanks thank thx regards cheers sincerely called mr "
    "mrs ms miss dr sir by from ask tell told met spouse wife husband son daughter mother father "
    "brother sister friend user patient agent near"
)
_LINKS = frozenset(b"is s to with you are as".split())

# Words that make an address of the numbers beside them, though each is harmless by itself.
_STREETS = (
    "drive dr lane ln court ct place pl way circle cir park square sq terrace close row hill "
    "garden gardens grove crescent walk parkway highway hwy route st avenue ave road rd street"
)
_NUMBERED = "box zip zipcode postcode post postal pin address suite apt apartment flat house block"
_STREET_WORDS, _NUMBER_WORDS = _written(_STREETS), _written(_NUMBERED)
_ADDRESS_WORDS = _STREET_WORDS | _NUMBER_WORDS
_SPECIAL = _CUES | _ADDRESS_WORDS
_STREET = re.compile(
    rf"\d\w{{0,2}},?(?: [^\W\d]+\.?){{1,4}},? (?:{'|'.join(_STREETS.split())})\b", re.IGNORECASE
)
_NUMBER = re.compile(
    r"(?: code)?(?:[\s.:;#,=()-]|\b(?:no|nr|num|number|is|was|my|the)\b){0,9}\d", re.IGNORECASE
)

_ENDINGS = ("s", "es", "ed", "d", "ing", "ly", "er", "ers", "ness", "ment", "able", "less")
_BEGINNINGS = ("re", "un", "non", "pre", "over", "mis", "multi", "sub", "auto", "in", "dis")
_AFTER_DIGITS = frozenset(
    "st nd rd th am pm ms mb gb tb kb px mm cm km kg mg ml hz ghz mhz min mins hr hrs hours "
    "days in ft lb lbs oz".split()
)


class Gate:
    """Tells which texts can hold a name.

    Its answer for a text depends on that text alone. It remembers what it made of the words that it
    saw, so it is not for several threads at once. Raises NotAvailable ``gate-lists-broken`` where
    the lists cannot be read.
    """

    def __init__(self) -> None:
        self._ways, self._names = read_words(), read_names()
        # Words as they stand in texts, with a full stop where they begin a sentence: those that are
        # harmless; of them, those that are not where a name is likely; and those that are harmless
        # wherever they stand, change no other word and make no address.
        self._harmless: set[bytes] = set()
        self._suspects: set[bytes] = set()
        self._plain: set[bytes] = set()

    def may_hold_name(self, text: str) -> bool:
        """True if `text` can hold the name of a person, a place or an organization.

        >>> gate = Gate()
        >>> gate.may_hold_name("The parcel was damaged, please send another one.")
        False
        >>> [gate.may_hold_name(t) for t in ("ask ravi about it", "It is for Ann.", "Грета")]
        [True, True, True]
        """
        cut = _quick_tokens(text)
        rest = set(filterfalse(self._plain.__contains__, cut))
        if not rest:
            return False
        if not rest <= self._harmless:
            if len(self._harmless) > _REMEMBERED:
                self._forget()
            if not all(token in self._harmless or self._learn(token) for token in rest):
                return True
        suspects = rest & self._suspects
        if suspects:
            few = len(cut) <= 2 * _FEW and sum(token.strip(b".0") != b"" for token in cut) <= _FEW
            if few or (not _CUES.isdisjoint(rest) and _after_cue(cut, suspects)):
                return True
        if rest.isdisjoint(_ADDRESS_WORDS):
            return False
        if not rest.isdisjoint(_STREET_WORDS) and _STREET.search(text):
            return True
        return any(_stands_by_number(word, text) for word in rest & _NUMBER_WORDS)

    def _forget(self) -> None:
        self._harmless.clear()
        self._suspects.clear()
        self._plain.clear()

    def _learn(self, token: bytes) -> bool:
        """True if a word that was not seen yet is harmless; remembers if so."""
        word = token.decode("utf-8", "replace")
        parts = tokens(_MARKS.sub(" ", word).lstrip(". "))
        if not word.startswith("."):
            parts[0] = parts[0].removeprefix(b".")  # it begins no sentence
        pieces = [part.decode("utf-8", "replace") for part in parts]
        if not all(map(self._is_harmless, pieces)):
            return False
        doubtful = any("d" in self._ways.get(piece.lstrip(".").lower(), "") for piece in pieces)
        plain = not doubtful and _SPECIAL.isdisjoint(parts)
        if len(parts) > 1 and not plain:
            return False
        self._harmless.add(token)
        if plain:
            self._plain.add(token)
        elif doubtful:
            self._suspects.add(token)
        return True

    def _is_harmless(self, token: str) -> bool:
        word = token.lstrip(".")
        start = word != token
        if not word:
            return True
        if ways := self._ways.get(word.lower(), ""):
            return may_stand(ways, word, start=start)
        if "@" in word:
            return not word.startswith("@")  # an e-mail address, but not a handle
        letters = word.strip("0")
        if letters != word:
            # 12, 3rd, 5pm, v2, but not mike42
            return len(letters) <= 1 or word.lstrip("0").lower() in _AFTER_DIGITS
        word = _without_accents(word)
        if not (word.isascii() and word.isalpha()):
            return False
        if not (word.islower() or (start and word[1:].islower())):
            return False
        return self._derived(word.lower())

    def _derived(self, word: str) -> bool:
        """True if `word` is a harmless word in lower case with a common beginning or ending."""
        if word in self._names:
            return False
        return any(len(stem) > 3 and "l" in self._ways.get(stem, "") for stem in stems(word))


def stems(word: str) -> list[str]:
    """`word`, and what it may be made from by a common beginning or ending.

    >>> stems("reopened")
    ['reopened', 'reopen', 'reopene', 'opened', 'open', 'opene']
    """
    found = [word, *(word.removesuffix(end) for end in _ENDINGS if word.endswith(end))]
    if word.endswith("ing"):
        found.append(f"{word[:-3]}e")
    if word.endswith(("ies", "ied")):
        found.append(f"{word[:-3]}y")
    return found + [stem[len(b) :] for stem in found for b in _BEGINNINGS if stem.startswith(b)]


def tokens(text: str) -> list[bytes]:
    """The words of `text`; one that begins a sentence has a full stop before it, digits are 0."""
    cut = text.encode("utf-8", "surrogatepass").translate(_TABLE)
    return (b"." + cut).replace(b". ", b".").replace(b".", b" .").split()


def _quick_tokens(text: str) -> list[bytes]:
    """As :func:`tokens`, but stops within a word ("12.50") do not part it."""
    if "\n" in text or "\r" in text:
        text = text.replace("\r", " ").replace("\n", " \n ")
    cut = text.encode("utf-8", "surrogatepass").translate(_TABLE)
    return (b"." + cut + b" ").replace(b". ", b" .").split()


def _stands_by_number(token: bytes, text: str) -> bool:
    """True if a number follows the word `token` somewhere in `text`, as in "box 12"."""
    word = token.decode().lstrip(".")
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        before = text[max(0, at - 4) : at].lower()
        if _NUMBER.match(text, end) and not before.endswith(("ip ", "mac ")):
            return True
        at = text.find(word, end)
    return False


def _after_cue(cut: list[bytes], some: Iterable[bytes]) -> bool:
    """True if one of the tokens `some` of `cut` stands after a cue, or a cue and a link."""
    for token in some:
        at = -1
        for _ in range(cut.count(token)):
            at = cut.index(token, at + 1)
            before = _word_before(cut, at)
            if before >= 0 and cut[before] in _LINKS:
                before = _word_before(cut, before)
            if before >= 0 and cut[before] in _CUES:
                return True
    return False


def _word_before(cut: list[bytes], at: int) -> int:
    """The place of the next token before `at` that is no lone full stop, or -1."""
    at -= 1
    while at >= 0 and cut[at] == b".":
        at -= 1
    return at


def _without_accents(word: str) -> str:
    if word.isascii():
        return word
    apart = unicodedata.normalize("NFKD", word)
    return "".join(c for c in apart if not unicodedata.combining(c))
