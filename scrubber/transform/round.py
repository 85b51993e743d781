"""Rounding to a step or a number of digits, exactly, in the type that came in."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.direction import Directions, Less, More, each
from scrubber.transform.base import NUMBERS, Context, Kind, Outcome, Strictness, Traits, kind_of
from scrubber.transform.columns.distinct import few_at_a_time, per_distinct, with_rest
from scrubber.transform.columns.intervals import Flags, Integers, Ruler, cells, decimals
from scrubber.transform.columns.numerals import (
    EXACT,
    decimal_of,
    float_max,
    integer_range,
    nearest_multiple,
    numerals,
    parameter,
    unit_of,
)
from scrubber.transform.crypto.canonical import all_failed, text_type

_FEW = 4  # multiples are few where there are so many numbers for each


@dataclass(frozen=True, slots=True)
class Round:
    """Round a number to the nearest multiple of `to`, or to `digits` decimal places.

    Ties go to the even multiple (half to even, IEEE 754). The type is kept; a number in text stays
    text, with as many decimal places as `to`. Arithmetic is exact and decimal. Failed values: NaN,
    infinity, other text, results that the type cannot hold, and all values of a type with nothing
    to round (integers to a step of 1).
    """

    name: ClassVar[str] = "round"
    strictness: ClassVar[Strictness] = Strictness.GENERALIZE
    sentence: ClassVar[str] = "rounded[ to multiples of {to}][ to {digits} decimal places]"
    directions: ClassVar[Directions] = each(to=More(), digits=Less())

    to: int | float | None = None
    digits: int | None = None

    def __post_init__(self) -> None:
        if (self.to is None) == (self.digits is None):
            raise ValueError("give either to (a step) or digits")
        if self.to is not None and parameter("to", self.to) <= 0:
            raise ValueError("to must be more than 0")
        if self.digits is not None and not 0 <= self.digits <= 30:
            raise ValueError("digits must be 0 to 30; to round to tens give to: 10")

    @property
    def traits(self) -> Traits:
        return Traits(NUMBERS | {Kind.TEXT}, "rounding")

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return text_type(input_type) if kind_of(input_type) is Kind.TEXT else input_type

    def apply(self, array: pa.Array, context: Context) -> Outcome:  # noqa: ARG002
        out_type, step = self.output_type(array.type), self._step()
        unit = unit_of(array.type)
        if unit is not None and EXACT.remainder(unit, step) == 0:
            return all_failed(array, out_type, f"the step rounds nothing of the type {array.type}")
        fitting = typed(array.type, step)

        def rounded(numeral: str) -> Any | None:
            number = decimal_of(numeral)
            try:
                return None if number is None else fitting(nearest_multiple(number, step))
            except ArithmeticError:
                return None

        why = "not a number, or its rounded value does not fit the type"
        return few_at_a_time(
            array,
            lambda part: with_rest(
                part,
                _quickly(part, step, out_type),
                lambda rest: per_distinct(numerals(rest), rounded, out_type, why),
            ),
            out_type,
        )

    def _step(self) -> Decimal:
        if self.to is not None:
            return parameter("to", self.to)
        return Decimal(1).scaleb(-(self.digits or 0))


def _quickly(array: pa.Array, step: Decimal, type_: pa.DataType) -> pa.Array:
    """The rounded numbers of a whole array; null if they are not certain.

    Half steps decide: in an even cell the number is nearest to its lower bound, in an odd one to
    its upper. At the lower bound of an odd cell it is half way between two multiples.
    """
    nothing = pa.nulls(len(array), type_)
    ruler, half = Ruler.of(Decimal(0), step), Ruler.of(Decimal(0), step / 2)
    if ruler is None or half is None:
        return nothing
    found = cells(array)(half)
    below = found.index >> 1
    nearest = below + ((found.index & 1 == 1) & (~found.at_bound | (below & 1 == 1)))
    rounded, sure = nearest * ruler.step, found.sure
    unit = 10**ruler.places
    match kind_of(type_):
        case Kind.FLOAT:
            return pa.array(rounded / float(unit) + 0.0, pa.float64(), mask=~sure).cast(type_)
        case Kind.INTEGER:
            low, high = integer_range(type_)
            whole = rounded // unit
            sure &= (rounded % unit == 0) & (whole >= low) & (whole <= min(high, 2**63 - 1))
            return pa.array(np.where(sure, whole, 0), pa.int64(), mask=~sure).cast(type_)
        case Kind.DECIMAL if type_.bit_width == 128 and type_.scale >= ruler.places:
            scaled = rounded * 10 ** (type_.scale - ruler.places)
            sure &= np.abs(scaled) < 10 ** min(type_.precision, 18)
            return _where(sure, decimals(scaled, type_))
        case Kind.TEXT:
            return _texts(np.where(sure, nearest, 0), sure, ruler).cast(type_)
        case _:
            return nothing


def _texts(multiples: Integers, sure: Flags, ruler: Ruler) -> pa.Array:
    """The multiples of the ruler's step with all its decimal places; null where not sure."""
    low, high = int(multiples.min(initial=0)), int(multiples.max(initial=0))
    decimal = pa.decimal128(38, ruler.places)
    if (high - low) * _FEW < len(multiples):  # each text is made once
        each = decimals(np.arange(low, high + 1) * ruler.step, decimal).cast(pa.string())
        return each.take(pa.array(multiples - low, mask=~sure))
    return _where(sure, decimals(multiples * ruler.step, decimal).cast(pa.string()))


def _where(sure: Flags, array: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(sure), array, pa.scalar(None, array.type))


def typed(type_: pa.DataType, step: Decimal) -> Callable[[Decimal], Any | None]:
    """The conversion of a rounded number to a value of `type_`; None where it does not fit."""
    match kind_of(type_):
        case Kind.INTEGER:
            low, high = integer_range(type_)
            return lambda n: int(n) if n == n.to_integral_value() and low <= n <= high else None
        case Kind.FLOAT:
            largest = float_max(type_)
            return lambda n: _finite(float(n), largest)
        case Kind.DECIMAL:
            limit = Decimal(1).scaleb(type_.precision - type_.scale)
            place = Decimal(1).scaleb(-type_.scale)
            return lambda n: EXACT.quantize(n, place) if n.copy_abs() < limit else None
        case _:
            exponent = EXACT.normalize(step).as_tuple().exponent
            places = max(0, -exponent) if isinstance(exponent, int) else 0
            place = Decimal(1).scaleb(-places)
            return lambda n: format(EXACT.quantize(n if n else Decimal(0), place), "f")


def _finite(number: float, largest: float) -> float | None:
    return number + 0.0 if math.isfinite(number) and abs(number) <= largest else None
