"""Folding: what two writings of one value have in common, and the way back to the original.

Folded text is without case, accents and invisible characters; look-alikes of layout (curly quotes,
dashes, wide digits) are one character. Every folded character knows the one that it comes from, so
that a match in folded text is a range of code points of the original.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as hidden_field
from functools import cached_property

_NON_ASCII = re.compile(r"[^\x00-\x7f]")

# Letters that Unicode does not take apart, as they are written without them.
_PLAIN = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h",
    "ŧ": "t", "ŋ": "n", "‘": "'", "’": "'", "ʼ": "'", "′": "'", "`": "'", "´": "'", "“": '"',
    "”": '"', "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "·": ".",
}  # fmt: skip

# Vowel signs of Indian and South-East Asian scripts are part of a word, but no letters to `re`; the
# marks that folding drops are left out.
_SIGNS = "".join(
    re.escape(char)
    for first, last in ((0x0900, 0x1CFF), (0xA800, 0xABFF))
    for char in map(chr, range(first, last + 1))
    if unicodedata.category(char)[0] == "M" and not unicodedata.combining(char)
)
LETTERS = rf"[^\W\d_]+(?:[{_SIGNS}]+[^\W\d_]*)*"
"""Letters of one word in folded text, as a regular expression."""

_DELETED = bytes(b for b in range(256) if not chr(b).isalnum() or b > 0x7F)


class _Folds(dict[str, str]):
    """The folded form of each character that was asked for."""

    def __missing__(self, char: str) -> str:
        folded = self[char] = _folded(char)
        return folded


def _folded(char: str) -> str:
    out = ""
    for part in unicodedata.normalize("NFKD", _PLAIN.get(char, char).casefold()):
        category = unicodedata.category(part)
        if unicodedata.combining(part) or category == "Cf" or _is_selector(part):
            continue
        digit = unicodedata.decimal(part, None)
        plain = _PLAIN.get(part, part)
        if digit is not None:
            plain = str(digit)
        elif category[0] == "Z":
            plain = " "
        out += plain.casefold()
    return out


def _is_selector(char: str) -> bool:
    """A variation selector, which is invisible though no format character."""
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


_FOLDS = _Folds((chr(code), chr(code).lower()) for code in range(128))
_CACHED = 1 << 16


def fold(text: str) -> str:
    """`text` folded.

    >>> fold("José"), fold("Straße"), fold("O’Brien")
    ('jose', 'strasse', "o'brien")
    """
    if text.isascii():
        return text.lower()
    if len(_FOLDS) > _CACHED:  # text from everywhere: memory must not grow with it
        for char in [char for char in _FOLDS if not char.isascii()]:
            del _FOLDS[char]
    return _NON_ASCII.sub(lambda match: _FOLDS[match[0]], text).lower()


def squash(folded: str) -> str:
    """The ASCII letters and digits of a folded text: what an identifier is without separators."""
    return folded.encode("ascii", "ignore").translate(None, _DELETED).decode("ascii")


@dataclass(frozen=True)
class Folded:
    """A text, its folded form, and the way back.

    `origins` holds for each folded character the index of its own in `text`; None where they are
    the same.
    """

    text: str = hidden_field(repr=False)
    folded: str = hidden_field(repr=False)
    origins: Sequence[int] | None = hidden_field(default=None, repr=False)

    @classmethod
    def of(cls, text: str) -> Folded:
        if text.isascii():
            return cls(text, text.lower())
        pieces = [_FOLDS[char] for char in text]
        folded = "".join(pieces).lower()
        if set(map(len, pieces)) == {1}:
            return cls(text, folded)
        origins = array("Q", (i for i, piece in enumerate(pieces) for _ in piece))
        return cls(text, folded, origins)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The range of `text` for a range of `folded`, 0 <= start < end: whole characters, with
        the marks behind the last one."""
        if self.origins is None:
            return start, end
        first, last = self.origins[start], self.origins[end - 1] + 1
        beyond = self.origins[end] if end < len(self.origins) else len(self.text)
        while last < beyond and unicodedata.combining(self.text[last]):
            last += 1
        return first, last

    def original(self, start: int, end: int) -> str:
        first, last = self.span(start, end)
        return self.text[first:last]

    @cached_property
    def squashed(self) -> tuple[str, Sequence[int]]:
        """`squash` of it, and for each character of that its place in `folded`."""
        places = array(
            "Q", (i for i, char in enumerate(self.folded) if char.isalnum() and char.isascii())
        )
        return squash(self.folded), places


def occurrences(needle: str, text: str) -> Iterator[int]:
    """The starts of `needle` (not empty) in `text`, overlapping ones too."""
    at = text.find(needle)
    while at >= 0:
        yield at
        at = text.find(needle, at + 1)
