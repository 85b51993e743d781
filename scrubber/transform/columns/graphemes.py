"""Borders of characters: marks, joiners and modifiers go with the character before them.

An approximation of the extended grapheme clusters of UAX #29 that errs on the side of longer
clusters, so that no mark survives the letter it stood on. Positions count code points.
"""

from __future__ import annotations

import unicodedata

_ZWJ = "\u200d"
_ZWNJ = "\u200c"
_EMOJI_MODIFIERS = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)
_VOWEL_AND_FINAL_JAMO = (range(0x1160, 0x1200), range(0xD7B0, 0xD800))


def _extends(text: str, at: int) -> bool:
    """True if the code point at `at` (0 < at < len) belongs to the one before it."""
    ch = text[at]
    if ch < "\u0300":
        return text[at - 1] == _ZWJ and not ch.isspace()
    code = ord(ch)
    return (
        ch in (_ZWJ, _ZWNJ)
        or unicodedata.category(ch)[0] == "M"
        or code in _EMOJI_MODIFIERS
        or code in _TAGS
        or any(code in jamo for jamo in _VOWEL_AND_FINAL_JAMO)
        or (text[at - 1] == _ZWJ and not ch.isspace())
    )


def boundary_before(text: str, at: int) -> int:
    """The last position at or before `at` where no character is cut in two.

    >>> boundary_before("Jose\u0301", 4)
    3
    """
    while 0 < at < len(text) and _extends(text, at):
        at -= 1
    return at


def boundary_after(text: str, at: int) -> int:
    """The first position at or after `at` where no character is cut in two.

    >>> boundary_after("Jose\u0301", 4)
    5
    """
    while 0 < at < len(text) and _extends(text, at):
        at += 1
    return at


__all__ = ["boundary_after", "boundary_before"]
