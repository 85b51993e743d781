"""Numbers as they are written: exact decimals out of any numeric or text array."""

from __future__ import annotations

import re
import sys
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
)

import numpy as np
import pyarrow as pa

from scrubber.transform.base import Kind, kind_of
from scrubber.transform.crypto.canonical import plain_text

# Wide enough for any float64 divided by any other; what is wider is trapped, never rounded.
# Its flags are never read, so that sharing it changes nothing.
EXACT = Context(
    prec=1500,
    rounding=ROUND_HALF_EVEN,
    traps=[InvalidOperation, DivisionByZero, Overflow, Inexact],
)

_FLOAT_MAX = {16: 65504.0, 32: 3.4028234663852886e38, 64: sys.float_info.max}

_NUMERAL = re.compile(
    r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,3})?"
)


def numerals(array: pa.Array) -> pa.Array:
    """The numbers of a numeric array as text, or a text array in a layout to take from.

    A float is written with the fewest digits that read back as that float of its width, so that
    float32 0.7 is 0.7.
    """
    if pa.types.is_float16(array.type):
        # Arrow would widen a half to a float32 first, and write out the difference
        shortest = [None if v is None else str(np.float16(v)) for v in array.to_pylist()]
        return pa.array(shortest, pa.string())
    text = kind_of(array.type) is Kind.TEXT
    return plain_text(array) if text else array.cast(pa.string())


def decimal_of(numeral: str) -> Decimal | None:
    """The number that `numeral` is, white space around it aside; None for anything else.

    ASCII digits with an optional point and exponent. No NaN, no infinity, and no thousands
    separators: what ``1,234`` means depends on the country.

    >>> decimal_of(" 34.50 "), decimal_of("nan")
    (Decimal('34.50'), None)
    """
    word = numeral.strip()
    return Decimal(word) if _NUMERAL.fullmatch(word) else None


def parameter(key: str, value: int | float) -> Decimal:
    """A number of a rule file as it was written there; ValueError for NaN and infinity."""
    number = decimal_of(repr(value))
    if number is None:
        raise ValueError(f"{key} must be a finite number")
    return number


def unit_of(type: pa.DataType) -> Decimal | None:
    """The step between neighbouring values of an integer or decimal type; None for others."""
    if pa.types.is_integer(type):
        return Decimal(1)
    return Decimal(1).scaleb(-type.scale) if pa.types.is_decimal(type) else None


def integer_range(type: pa.DataType) -> tuple[int, int]:
    """The least and the greatest integer of a type."""
    signed = pa.types.is_signed_integer(type)
    low = -(1 << type.bit_width - 1) if signed else 0
    return low, (1 << type.bit_width - (1 if signed else 0)) - 1


def float_max(type: pa.DataType) -> float:
    """The greatest finite number of a float type."""
    return _FLOAT_MAX[type.bit_width]


def plain(number: Decimal) -> str:
    """`number` without exponent or needless zeros.

    >>> plain(Decimal("1E+2")), plain(Decimal("0.50")), plain(Decimal("-0"))
    ('100', '0.5', '0')
    """
    return format(EXACT.normalize(number), "f") if number else "0"


def floor_multiple(number: Decimal, step: Decimal) -> Decimal:
    """The largest multiple of `step` (> 0) that is not above `number`."""
    quotient, rest = EXACT.divmod(number, step)
    if rest < 0:
        quotient = EXACT.subtract(quotient, Decimal(1))
    return EXACT.multiply(quotient, step)


def nearest_multiple(number: Decimal, step: Decimal) -> Decimal:
    """The multiple of `step` (> 0) nearest to `number`; of two equally near the even one (half to
    even, IEEE 754 roundTiesToEven)."""
    below = floor_multiple(number, step)
    rest2 = EXACT.multiply(EXACT.subtract(number, below), Decimal(2))
    odd = EXACT.remainder(EXACT.divide_int(below, step), Decimal(2)) != 0
    if rest2 > step or (rest2 == step and odd):
        return EXACT.add(below, step)
    return below
