"""Stand-ins for ids that keep people apart: a keyed permutation of the ids of one shape.

Digits stay digits and letters letters, in their case; signs between them stay. Where digits and
letters alternate, as in random ids, their places would tell one id from all others: there any sign
of the id's alphabet may stand anywhere. A UUID stays one, with its version and variant.
"""

from __future__ import annotations

import base64
import re
import string
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from math import prod
from typing import Final

from scrubber.transform.crypto.cmac import Cmac
from scrubber.transform.crypto.permutation import Permutation
from scrubber.transform.surrogate.lists import fold

SMALLEST: Final = 1_000_000
"""Formats of fewer ids get no permutation: too much of one is learned from a few known pairs."""
TOO_SMALL: Final = (
    "its format has fewer than 1,000,000 ids: use token, or unique: false, which may merge people"
)

_DIGITS, _LOWER = string.digits, string.ascii_lowercase
_HEX, _WORD = _DIGITS + "abcdef", _DIGITS + _LOWER
_ANY = _WORD + string.ascii_uppercase
_LONGEST = 200  # code points; a longer value is no id
_SHORT, _CHANGES = 8, 4  # so many signs and changes of kind between them, or more, are random
_TYPES = (2**31 - 1, 2**32 - 1, 2**63 - 1, 2**64 - 1)
_UUID = re.compile(
    r"\s*(?:urn:uuid:)?\{?[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}\}?\s*",
    re.IGNORECASE,
)
_VERSION, _VARIANT = 12, 16  # places among the 32 digits


@dataclass(frozen=True, slots=True)
class Shape:
    """The ids that may stand for each other: a sign of `alphabets` in each place, read as numbers
    from `low` to `high`, which are some of the `format` ids that are written like them. `closed`:
    all of these have this shape."""

    name: str
    alphabets: tuple[str, ...]
    low: int
    high: int
    format: int
    closed: bool = True

    @classmethod
    def of(cls, name: str, alphabets: Iterable[str], *, closed: bool = True) -> Shape:
        signs = tuple(alphabets)
        count = prod(map(len, signs))
        return cls(name, signs, 0, count - 1, count, closed)

    @property
    def size(self) -> int:
        return self.high - self.low + 1

    def rank(self, signs: str) -> int:
        number = 0
        for sign, alphabet in zip(signs, self.alphabets, strict=True):
            number = number * len(alphabet) + alphabet.index(sign)
        return number - self.low

    def signs(self, rank: int) -> str:
        number, out = rank + self.low, []
        for alphabet in reversed(self.alphabets):
            number, place = divmod(number, len(alphabet))
            out.append(alphabet[place])
        return "".join(reversed(out))


def permuted(values: Sequence[str], mac: Cmac, *, fixed: bool, uuid: bool) -> list[str | None]:
    """A stand-in for each of `values`: never itself, and never that of another one; None where its
    format is too small. Blank text stays.

    Case and the signs between letters and digits do not matter. `fixed`: digits and letters keep
    their places, however they alternate; `uuid`: 32 hexadecimal digits are a UUID also without
    hyphens. What has no known shape (other scripts, long texts) gets 26 letters and digits.
    """
    out: list[str | None] = [None] * len(values)
    groups: dict[Shape, list[int]] = {}
    texts = [one if one.isascii() else unicodedata.normalize("NFKC", one) for one in values]
    signs = [""] * len(values)
    for i, text in enumerate(texts):
        found = _parsed(text, fixed=fixed, uuid=uuid)
        if not text.strip():
            out[i] = values[i]
        elif found is None:
            out[i] = _unshaped(text, mac)
        elif found[0].format >= SMALLEST:
            shape, signs[i] = found
            groups.setdefault(shape, []).append(i)
    for shape, places in groups.items():
        permutation = Permutation(mac, shape.name.encode(), shape.size)
        ranks, left = [shape.rank(signs[i]) for i in places], places
        while left:
            ranks = permutation.forward(ranks)
            for i, rank in zip(left, ranks, strict=True):
                out[i] = _written(texts[i], shape.signs(rank), shape)
            if shape.closed:
                break
            # One that reads as of another shape is permuted again, so that shapes do not mix.
            shapes = [_parsed(out[i] or "", fixed=fixed, uuid=uuid) for i in left]
            again = [k for k, one in enumerate(shapes) if one is None or one[0] != shape]
            left, ranks = [left[k] for k in again], [ranks[k] for k in again]
    return out


def permuted_numbers(values: Sequence[int], mac: Cmac) -> list[int | None]:
    """The same for whole numbers, each of which becomes what its text would."""
    made = permuted([str(value) for value in values], mac, fixed=False, uuid=False)
    return [None if text is None else int(text) for text in made]


def _parsed(text: str, *, fixed: bool, uuid: bool) -> tuple[Shape, str] | None:
    """The shape of an id, and its signs as the shape has them; None where it has none."""
    signs = "".join(filter(str.isalnum, text))
    if not signs or len(text) > _LONGEST or not all(map(_known, text)):
        return None
    written = _UUID.fullmatch(text)
    if written and (uuid or written[1]):
        digits = signs[-32:].lower()
        return _uuid(digits), digits
    if signs.isdecimal():
        return _number(signs), signs
    if not fixed and len(signs) >= _SHORT and _changes(text) >= _CHANGES:
        return _random(text, signs)
    lower = signs.lower()
    kinds = "".join("9" if sign in _DIGITS else "a" for sign in lower)
    return Shape.of(f"fixed:{kinds}", (_DIGITS if kind == "9" else _LOWER for kind in kinds)), lower


def _known(sign: str) -> bool:
    """ASCII but for control characters, or a blank or a punctuation mark."""
    if sign.isascii():
        return sign.isprintable() or sign.isspace()
    return not sign.isalnum() and unicodedata.category(sign)[0] in "PZ"


def _uuid(digits: str) -> Shape:
    """The UUIDs of a version and variant (RFC 9562, 4.1: the first two bits or three)."""
    version, nibble = digits[_VERSION], int(digits[_VARIANT], 16)
    width = 4 if nibble < 12 else 2
    first = nibble - nibble % width
    alphabets = [_HEX] * 32
    alphabets[_VERSION], alphabets[_VARIANT] = version, _HEX[first : first + width]
    return Shape.of(f"uuid:{version}:{first}", alphabets)


def _number(digits: str) -> Shape:
    """Numbers of as many digits; those that a type of integers ends between stay on their side, so
    that text and integers of every type have the same stand-ins."""
    count, name = len(digits), f"number:{len(digits)}"
    if digits[0] == "0":
        rest = Shape.of(f"{name}:0", ("0", *[_DIGITS] * (count - 1)))
        return replace(rest, format=10**count)
    first, last, number = 10 ** (count - 1), 10**count - 1, int(digits)
    low = max([first, *(end + 1 for end in _TYPES if first <= end < number)])
    high = min([last, *(end for end in _TYPES if end >= number)])
    return Shape(f"{name}:{low}", (_DIGITS,) * count, low, high, 10**count)


def _random(text: str, signs: str) -> tuple[Shape, str]:
    """Signs that may all be any of the smallest alphabet that holds them."""
    mixed = signs.lower() != signs != signs.upper()
    kept = signs if mixed else signs.lower()
    alphabet = _ANY if mixed else _HEX if set(kept) <= set(_HEX) else _WORD
    groups = "-".join(str(len(part)) for part in _parts(text))
    name = f"random:{len(alphabet)}:{groups}"
    return Shape.of(name, (alphabet,) * len(kept), closed=False), kept


def _parts(text: str) -> Iterator[str]:
    for is_sign, part in groupby(text, str.isalnum):
        if is_sign:
            yield "".join(part)


def _changes(text: str) -> int:
    """The number of signs of another kind than the one before it, with none between them."""
    mixed = text.lower() != text != text.upper()

    def kind(sign: str) -> str:
        return "9" if sign in _DIGITS else "A" if mixed and sign.isupper() else "a"

    return sum(kind(a) != kind(b) for part in _parts(text) for a, b in pairwise(part))


def _written(text: str, signs: str, shape: Shape) -> str:
    """`signs` in place of the last letters and digits of `text`, in their case."""
    places = [i for i, sign in enumerate(text) if sign.isalnum()][-len(signs) :]
    out, old = list(text), "".join(text[i] for i in places)
    for i, sign in zip(places, signs, strict=True):
        if shape.name.startswith("fixed"):
            out[i] = sign.upper() if text[i].isupper() else sign
        else:
            out[i] = sign.upper() if old.isupper() else sign
    return "".join(out)


def _unshaped(text: str, mac: Cmac) -> str:
    digest = mac.digest(b"unshaped\0" + fold(text).encode("utf-8", "surrogatepass"))
    return base64.b32encode(digest).decode().rstrip("=").lower()
