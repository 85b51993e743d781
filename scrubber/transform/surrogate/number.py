"""Numbers of no person: cards that fail their checksum, invalid SSNs and IBANs, other ids."""

from __future__ import annotations

import re
import unicodedata

from scrubber.transform.crypto.prf import Draw, Stream
from scrubber.transform.surrogate.lists import Lists, fold

_LOWER = "abcdefghijklmnopqrstuvwxyz"
_ORDINALS = "ºª°"
_IBAN = re.compile(r"([A-Z]{2})([0-9]{2})([0-9A-Z]{10,30})")


def decimals(text: str) -> str:
    """The decimal digits of any script in `text`, as ASCII."""
    return "".join(str(unicodedata.decimal(ch)) for ch in text if ch.isdecimal())


def refill(text: str, digits: str) -> str:
    """`text` with its decimal digits replaced by as many `digits`, in order."""
    fresh = iter(digits)
    return "".join(next(fresh) if ch.isdecimal() else ch for ch in text)


def luhn_valid(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    total = 0
    for place, ch in enumerate(reversed(digits)):
        double = int(ch) * (2 if place % 2 else 1)
        total += double - 9 if double > 9 else double
    return total % 10 == 0


def credit_card(value: str, draw: Draw, _lists: Lists) -> str:
    """As many digits in the same groups, the same first digit, and never a valid Luhn sum."""
    old = decimals(value)
    understood = 12 <= len(old) <= 19 and not any(ch.isalpha() for ch in value)
    stream = draw.stream("card", old if understood else fold(value))
    body = (old[0] if understood else "4") + stream.digits((len(old) if understood else 16) - 2)
    failing = [digit for digit in "0123456789" if not luhn_valid(body + digit)]
    number = body + stream.choice(failing)
    if understood:
        return refill(value, number)
    return " ".join(number[i : i + 4] for i in range(0, 16, 4))


def us_ssn(value: str, draw: Draw, _lists: Lists) -> str:
    """An SSN of area 900 to 999, which is never given out, outside the groups of ITIN and ATIN."""
    old = decimals(value)
    understood = len(old) == 9 and not any(ch.isalpha() for ch in value)
    stream = draw.stream("ssn", old if understood else fold(value))
    area, group, serial = 900 + stream.below(100), 10 + stream.below(40), 1 + stream.below(9999)
    number = f"{area}{group}{serial:04d}"
    if understood:
        return refill(value, number)
    return f"{number[:3]}-{number[3:5]}-{number[5:]}"


def iban(value: str, draw: Draw, lists: Lists) -> str:
    """The same country, shape and groups, with check digits that fail mod 97 (ISO 13616-1)."""
    match = _IBAN.fullmatch("".join(value.split()).upper())
    if match is None or not value.isascii():
        return generic_id(value, draw, lists)
    country, _, body = match.groups()
    stream = draw.stream("iban", "".join(match.groups()))
    fresh = "".join(_like(ch, stream) for ch in body)
    right = 98 - _mod97(fresh + country + "00")
    checks = [check for check in range(2, 99) if check != right and (check - right) % 97]
    new = iter(f"{country}{stream.choice(checks):02d}{fresh}")
    written = "".join(ch if ch.isspace() else next(new) for ch in value)
    return written.lower() if value.islower() else written


def _mod97(text: str) -> int:
    return int("".join(str(int(ch, 36)) for ch in text)) % 97


def generic_id(value: str, draw: Draw, _lists: Lists) -> str:
    """The same shape: a digit for a digit, a letter for a letter of its case; the rest stays.

    Only punctuation and blanks stay; every other character becomes a letter, marks go.
    """
    stream = draw.stream("id", fold(value))
    if any(map(_changes, value)):
        return "".join(_like(ch, stream) for ch in value)
    return "".join(stream.choice(_LOWER) for _ in range(8))


def _changes(ch: str) -> bool:
    """True if a character says something: letters, digits and symbols do."""
    return (
        ch.isalnum() if ch.isascii() else unicodedata.category(ch)[0] in "LNS"
    ) and ch not in _ORDINALS


def _like(ch: str, stream: Stream) -> str:
    if ch.isdecimal():
        return str(stream.below(10))
    if _changes(ch):
        letter = stream.choice(_LOWER)
        return letter.upper() if ch.isupper() else letter
    stays = ch.isspace() or ch in _ORDINALS or unicodedata.category(ch)[0] in "PZS"
    return ch if stays else ""


def letters(folded: str, draw: Draw) -> str:
    """Letters other than `folded`, if no stand-in of its kind differs from it."""
    stream = draw.stream("letters", folded)
    return "".join(stream.choice(_LOWER) for _ in range(8 if len(folded) != 8 else 9))


def generic_integer(value: int, draw: Draw, highest: int) -> int:
    """A number with as many digits and the same sign, at most `highest` in size (127 or more);
    never `value`."""
    size = abs(value)
    count = min(len(str(size)), len(str(highest)))
    low, high = (0 if count == 1 else 10 ** (count - 1)), min(10**count - 1, highest)
    stream = draw.stream("integer", str(value))
    drawn = low + stream.other(high - low + 1, size - low if size <= high else None)
    return -drawn if value < 0 else drawn
