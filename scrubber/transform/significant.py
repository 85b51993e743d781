"""Rounding to significant digits, exactly, in the type that came in."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from scrubber.model.direction import Directions, Less, each
from scrubber.transform.base import NUMBERS, Context, Kind, Outcome, Strictness, Traits, kind_of
from scrubber.transform.columns.distinct import few_at_a_time, per_distinct, with_rest
from scrubber.transform.columns.numerals import decimal_of, nearest_multiple, numerals
from scrubber.transform.crypto.canonical import text_type
from scrubber.transform.round import typed

_MOST = 9  # digits, far from the 17 of a float
_POWERS = np.array([float(10**i) for i in range(23)])  # those that a float holds exactly


@dataclass(frozen=True, slots=True)
class Significant:
    """Round a number to its first `digits` significant digits: 0.012345 with 3 is 0.0123.

    Ties go to the even digit (half to even, IEEE 754). The type is kept. A number in text stays
    text, without exponent and with no more decimal places than it had. Arithmetic is exact and
    decimal. Failed values: NaN, infinity, other text, and results that the type cannot hold.
    """

    name: ClassVar[str] = "significant"
    strictness: ClassVar[Strictness] = Strictness.GENERALIZE
    sentence: ClassVar[str] = "rounded to significant digits[, {digits} of them]"
    directions: ClassVar[Directions] = each(digits=Less())

    digits: int

    def __post_init__(self) -> None:
        if not 1 <= self.digits <= _MOST:
            raise ValueError(f"digits must be 1 to {_MOST}")

    @property
    def traits(self) -> Traits:
        return Traits(NUMBERS | {Kind.TEXT}, "rounding")

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return text_type(input_type) if kind_of(input_type) is Kind.TEXT else input_type

    def apply(self, array: pa.Array, context: Context) -> Outcome:  # noqa: ARG002
        type_ = self.output_type(array.type)

        def rounded(numeral: str) -> Any | None:
            number = decimal_of(numeral)
            try:
                return None if number is None else self._rounded(number, array.type)
            except ArithmeticError:
                return None

        why = "not a number, or its rounded value does not fit the type"
        return few_at_a_time(
            array,
            lambda part: with_rest(
                part,
                self._quickly(part),
                lambda rest: per_distinct(numerals(rest), rounded, type_, why),
            ),
            type_,
        )

    def _rounded(self, number: Decimal, type_: pa.DataType) -> Any | None:
        place = number.adjusted() - self.digits + 1 if number else 0
        own = number.as_tuple().exponent
        if kind_of(type_) is Kind.TEXT and isinstance(own, int):
            place = max(place, own) if number else own  # "1" is not known to be 1.00
        step = Decimal(1).scaleb(place)
        return typed(type_, step)(nearest_multiple(number, step))

    def _quickly(self, array: pa.Array) -> pa.Array:
        """The rounded numbers of a whole array of float64; null where they are not certain.

        A quotient and a product are within one part in 10 ** 15 of the exact ones. So they are
        right unless the number is as near to a tie or to a power of ten. What comes out is the
        quotient or product of two integers that a float holds, and so the nearest float.
        """
        if array.type != pa.float64():
            return pa.nulls(len(array), self.output_type(array.type))
        values = array.fill_null(0).to_numpy(zero_copy_only=False)
        size = np.abs(values)
        known = (size > 1e-12) & (size < 1e12)
        size = np.where(known, size, 1.0)
        shift = self.digits - 1 - np.floor(np.log10(size)).astype(np.int64)
        up, down = _POWERS[np.maximum(shift, 0)], _POWERS[np.maximum(-shift, 0)]
        scaled, low = size * up / down, _POWERS[self.digits - 1]
        away = np.abs(scaled - np.floor(scaled) - 0.5) > 1e-6
        inside = (scaled > low * (1 + 1e-12)) & (scaled < low * 10 * (1 - 1e-12))
        sure = known & away & inside
        whole = np.rint(scaled) * np.sign(np.where(known, values, 1.0))
        return pa.array(whole * down / up, mask=~sure)
