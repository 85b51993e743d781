"""Which texts can hold a name at all: the others need no model.

A text is let through unless every word in it is known to be harmless where it stands. So a word
that is not known lets its text through: what no list foresaw costs time, not a name. Known are
common English words and how they may be written (``lists/words.txt.gz``; made by ``training.gate``
from text in which names are labelled), endings of such words, numbers, and, in a text that begins
with a capital, words in lower case that are on no list of names (``lists/names.txt.gz``).

Harmless by themselves, but not where a name is likely (after "my name is", "dear", "thanks"; in a
text of a few words), are words that are names, too: will, rose, mark.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from scrubber.detect.gate.lists import read_names, read_words

# In a text of so few words each must be harmless everywhere: it may be a cell of a column of names.
_FEW = 3

# How many words of the data are remembered besides the lists.
_REMEMBERED = 100_000

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
_ADDRESS_WORDS = _written(f"{_STREETS} {_NUMBERED}")
_DIGIT = re.compile("[0-9]")
_ADDRESS = re.compile(
    rf"\d\w{{0,2}},?(?: [^\W\d]+\.?){{1,4}},? (?:{'|'.join(_STREETS.split())})\b"
    rf"|(?<!ip )(?<!mac )\b(?:{'|'.join(_NUMBERED.split())})(?: code)?\b\D{{0,12}}\d",
    re.IGNORECASE,
)

_ENDINGS = ("s", "es", "ed", "d", "ing", "ly", "er", "ers", "ness", "ment", "able", "less")
_BEGINNINGS = ("re", "un", "non", "pre", "over", "mis", "multi", "sub", "auto", "in", "dis")
_AFTER_DIGITS = frozenset(
    "st nd rd th am pm ms mb gb tb kb px mm cm km kg mg ml hz ghz mhz min mins hr hrs hours "
    "days in ft lb lbs oz".split()
)


class Gate:
    """Tells which texts can hold a name.

    Its answer for a text depends on that text alone. It remembers what it made of words that are
    not on its lists, so it is not for several threads at once. Raises NotAvailable
    ``gate-lists-broken`` where the lists cannot be read.
    """

    def __init__(self) -> None:
        self._words, self._names = read_words(), read_names()
        self._forget()

    def may_hold_name(self, text: str) -> bool:
        """Whether `text` can hold the name of a person, a place or an organization.

        >>> gate = Gate()
        >>> gate.may_hold_name("The parcel was damaged, please send another one.")
        False
        >>> [gate.may_hold_name(t) for t in ("ask ravi about it", "It is for Ann.", "Грета")]
        [True, True, True]
        """
        cut = tokens(text)
        cased = _cased(text)
        harmless = self._harmless[cased]
        if not harmless.issuperset(cut):
            if len(harmless) > len(self._words.harmless) + _REMEMBERED:
                self._forget()
                harmless = self._harmless[cased]
            for token in cut:
                if token not in harmless and not self._learn(token, cased):
                    return True
        if len(cut) <= 2 * _FEW and sum(token.strip(b".0") != b"" for token in cut) <= _FEW:
            if not self._words.doubtful.isdisjoint(token.lower() for token in cut):
                return True
        elif (
            not self._suspects.isdisjoint(cut)
            and not _CUES.isdisjoint(cut)
            and any(token in self._suspects for token in _after_cues(cut))
        ):
            return True
        if _ADDRESS_WORDS.isdisjoint(cut) or _DIGIT.search(text) is None:
            return False
        return _ADDRESS.search(text) is not None

    def _forget(self) -> None:
        # Harmless words in any text, and in a text with capitals.
        self._harmless = {cased: set(self._words.harmless) for cased in (False, True)}
        # Those of them that are not where a name is likely.
        self._suspects = set(self._words.doubtful)

    def _learn(self, token: bytes, cased: bool) -> bool:
        """Whether a word that is not on the list is harmless; remembers if so."""
        word = token.decode("utf-8", "replace")
        start = word.startswith(".")
        word = word.lstrip(".")
        if not self._surely_harmless(word, start):
            if not (cased and len(word) > 2 and self._is_no_name(word)):
                return False
            self._suspects.add(token)
        self._harmless[cased].add(token)
        return True

    def _is_no_name(self, word: str) -> bool:
        plain = _without_accents(word)
        return plain.isascii() and plain.isalpha() and plain.islower() and plain not in self._names

    def _surely_harmless(self, word: str, start: bool) -> bool:
        """Whether `word`, at the start of a sentence or not, is harmless in any text."""
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
        """Whether `word` is a harmless word in lower case with a common beginning or ending."""
        if word in self._names:
            return False
        stems = [word, *(word.removesuffix(end) for end in _ENDINGS if word.endswith(end))]
        if word.endswith("ing"):
            stems.append(f"{word[:-3]}e")
        if word.endswith(("ies", "ied")):
            stems.append(f"{word[:-3]}y")
        stems += [stem[len(b) :] for stem in stems for b in _BEGINNINGS if stem.startswith(b)]
        harmless = self._words.harmless
        return any(len(stem) > 3 and stem.encode() in harmless for stem in stems)


def tokens(text: str) -> list[bytes]:
    """The words of `text`; one that begins a sentence has a full stop before it, digits are 0."""
    plain = text if text.isascii() else _MARKS.sub(" ", text)
    cut = plain.encode("utf-8", "surrogatepass").translate(_TABLE)
    return (b"." + cut).replace(b". ", b".").replace(b".", b" .").split()


def _cased(text: str) -> bool:
    """Whether the text begins with a capital, as prose does that is written with capitals."""
    return text.lstrip(" \t\r\n\"'([*->#")[:1].isupper()


def _after_cues(cut: list[bytes]) -> Iterator[bytes]:
    """The words that stand after a cue, or after a cue and a word such as "is"."""
    first = second = b""
    for token in cut:
        if token != b".":
            if second in _CUES or (second in _LINKS and first in _CUES):
                yield token
            first, second = second, token


def _without_accents(word: str) -> str:
    if word.isascii():
        return word
    apart = unicodedata.normalize("NFKD", word)
    return "".join(c for c in apart if not unicodedata.combining(c))
