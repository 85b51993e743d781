"""Check digits."""

from __future__ import annotations

# ISO 3779 / 49 CFR 565: the value of each character of a VIN, and the weight of each place.
_VIN_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "12345678123457923456789"), strict=True))
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def has_luhn_digit(value: str) -> bool:
    """True if the digits of `value` end in their check digit (ISO/IEC 7812-1, annex B).

    >>> has_luhn_digit("49-015420-323751-8")
    True
    """
    digits = [int(char) for char in value if char in "0123456789"]
    doubled = (digit * 2 for digit in digits[-2::-2])
    return (
        len(digits) > 1 and (sum(digits[-1::-2]) + sum(d - 9 * (d > 9) for d in doubled)) % 10 == 0
    )


def has_vin_digit(value: str) -> bool:
    """True if `value`, 17 capitals and digits, has the check digit of a VIN; numbers alone have
    not.

    >>> has_vin_digit("1HGCM82633A004352")
    True
    """
    if sum(map(str.isalpha, value)) < 2 or sum(map(str.isdigit, value)) < 3:
        return False
    values = [_VIN_VALUES.get(char, 0) if char.isalpha() else int(char) for char in value]
    rest = sum(v * w for v, w in zip(values, _VIN_WEIGHTS, strict=True)) % 11
    return value[8] == ("X" if rest == 10 else str(rest))


def has_isbn_digit(value: str) -> bool:
    """True where `value`, an ISBN without hyphens, has its check digit (ISO 2108).

    >>> has_isbn_digit("0306406152"), has_isbn_digit("9780306406157"), has_isbn_digit("0306406153")
    (True, True, False)
    """
    digits = [10 if char == "X" else int(char) for char in value if char in "0123456789X"]
    if len(digits) != len(value):
        return False
    if len(digits) == 10:
        return (
            sum(digit * weight for digit, weight in zip(digits, range(10, 0, -1), strict=True)) % 11
            == 0
        )
    return (
        len(digits) == 13
        and value.startswith(("978", "979"))
        and sum(digits[::2], 3 * sum(digits[1::2])) % 10 == 0
    )


def has_iban_digits(value: str) -> bool:
    """True where `value`, an IBAN with or without groups, has its check digits (ISO 13616).

    >>> has_iban_digits("DE89 3704 0044 0532 0130 00")
    True
    """
    plain = "".join(filter(str.isalnum, value))
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1
