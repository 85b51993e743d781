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
