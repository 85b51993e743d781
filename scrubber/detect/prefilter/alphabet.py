"""The byte alphabet that the prefilter scans: every code point as one byte.

ASCII stays as it is. Beyond it only that much is kept as the patterns of recognizers ask about:

    a digit           ``0``     what ``\\d`` of the regex module says
    a word character  ``_``     what ``\\w`` says, less the digits
    white space       0x80      what ``\\s`` says
    anything else     0x81
    ſ K ı İ           s k i i   non-ASCII letters that equal an ASCII letter when case is ignored

So a byte is a word character exactly where the code point is one, and ``\\b`` means the same before
and after. Several code points become one byte: a byte pattern made with :class:`Image` matches
wherever the pattern of code points did, and now and then where it did not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
import regex

SPACE, OTHER = 0x80, 0x81
SEPARATOR = 0xFF  # stands for no code point; between texts
DIGIT, WORD = ord("0"), ord("_")
_CODE_POINTS = 0x110000

Mask = int  # a set of bytes; bit b stands for byte b


def mask(members: Iterable[int]) -> Mask:
    """The set of these bytes.

    >>> bin(mask([0, 2]))
    '0b101'
    """
    made = 0
    for member in members:
        made |= 1 << member
    return made


ASCII: Mask = (1 << 128) - 1
ALL: Mask = ASCII | mask([SPACE, OTHER])
UPPER, LOWER = mask(range(ord("A"), ord("Z") + 1)), mask(range(ord("a"), ord("z") + 1))
LETTERS: Mask = UPPER | LOWER
DIGITS: Mask = mask(range(ord("0"), ord("9") + 1))
WORDS: Mask = LETTERS | DIGITS | mask([WORD])


def fold(members: Mask) -> Mask:
    """`members` and, of every letter, the other case.

    >>> fold(mask(b"aZ0")) == mask(b"aAzZ0")
    True
    """
    return members | (members & UPPER) << 32 | (members & LOWER) >> 32


@cache
def special_letters() -> dict[int, int]:
    """Non-ASCII code point -> the ASCII letter (lower case) that it equals when case is ignored.

    To the regex module, İ equals i but not I, and ı equals I but not i.
    """
    beyond = "".join(regex.findall("[a-zA-Z]", _scalars(128), regex.IGNORECASE))
    return {
        ord(found): letter
        for letter in range(ord("a"), ord("z") + 1)
        for one in (chr(letter), chr(letter).upper())
        for found in regex.findall(one, beyond, regex.IGNORECASE)
    }


@cache
def table() -> np.ndarray:
    """The byte of every code point; read only."""
    made = np.full(_CODE_POINTS, OTHER, np.uint8)
    alphabet = _scalars(0)
    for pattern, byte in ((r"\w+", WORD), (r"\d+", DIGIT), (r"\s+", SPACE)):
        for match in regex.finditer(pattern, alphabet):
            start, end = match.span()
            made[ord(alphabet[start]) : ord(alphabet[end - 1]) + 1] = byte
    made[:128] = np.arange(128, dtype=np.uint8)
    for code, letter in special_letters().items():
        made[code] = letter
    made.setflags(write=False)
    return made


def project(text: str) -> bytes:
    """`text` as one byte per code point; a lone surrogate is read as U+FFFD.

    >>> project("Zoë 3")
    b'Zo_ 3'
    """
    if text.isascii():
        return text.encode("ascii")
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    made = codes.astype(np.uint8)
    beyond = np.flatnonzero(codes > 127)
    made[beyond] = table()[codes[beyond]]
    return made.tobytes()


def image_of(pattern: re.Pattern[str]) -> Mask:
    """The bytes of all characters that `pattern`, of the re module, matches by themselves."""
    alphabet = _scalars(0)
    found = mask(())
    for match in pattern.finditer(alphabet):
        found |= mask(set(project(match.group())))
    return found


def _scalars(start: int) -> str:
    """All characters from `start` on. Surrogates are not characters and are read as U+FFFD."""
    codes = np.arange(start, _CODE_POINTS, dtype=np.uint32)
    return codes[(codes < 0xD800) | (codes > 0xDFFF)].tobytes().decode("utf-32-le")


@dataclass(frozen=True, slots=True)
class Image:
    """The image of a set of code points.

    `some` holds the bytes that stand for at least one member, `every` those that stand for members
    alone; both may err (`some` too large, `every` too small), so that the complement stays right.
    """

    some: Mask
    every: Mask

    @classmethod
    def exactly(cls, members: Mask) -> Image:
        """All code points that become one of these bytes, and no others."""
        return cls(members, members)

    @classmethod
    def of_ascii(cls, members: Mask) -> Image:
        """These ASCII characters alone."""
        return cls(members, members & ~_shared())

    @classmethod
    def of_codes(cls, lower: int, upper: int) -> Image:
        """The code points from `lower` to `upper`, both included."""
        ascii_ = cls.of_ascii(mask(range(lower, min(upper, 127) + 1)))
        if upper < 128:
            return ascii_
        beyond = np.unique(table()[max(lower, 128) : upper + 1])
        return ascii_ | cls(mask(map(int, beyond)), 0)

    def __or__(self, other: Image) -> Image:
        return Image(self.some | other.some, self.every | other.every)

    def __invert__(self) -> Image:
        return Image(ALL & ~self.every, ALL & ~self.some)

    def ignoring_case(self) -> Image:
        """The set with every case variant of its members.

        Variants of a letter beyond ASCII are such letters too (all ``_``) or special letters.
        """
        some = self.some
        if some & mask([WORD]):
            some |= mask(special_letters().values())
        return Image(fold(some), self.every)


@cache
def _shared() -> Mask:
    """The ASCII bytes that stand for code points beyond ASCII as well."""
    return mask((DIGIT, WORD, *special_letters().values()))
