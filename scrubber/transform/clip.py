"""Clipping numbers to bounds: what lies outside becomes the bound, or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import inf
from typing import Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.direction import Along, Directions, Less, More, each
from scrubber.transform.base import NUMBERS, Context, Kind, Outcome, Strictness, Traits, kind_of
from scrubber.transform.columns.distinct import few_at_a_time, per_distinct, takeable, with_rest
from scrubber.transform.columns.intervals import Ruler, cells
from scrubber.transform.columns.numerals import (
    EXACT,
    decimal_of,
    float_max,
    integer_range,
    numerals,
    parameter,
    plain,
)
from scrubber.transform.crypto.canonical import all_failed, plain_text, text_type


@dataclass(frozen=True, slots=True)
class Clip:
    """Limit numbers to the range from `lower` to `upper`.

    With ``to: null``, a number outside of the range becomes null instead of the bound. The type is
    kept; if an integer or decimal type lacks the bound, the next value inside is used. A number in
    text stays text. Failed values: NaN, infinity, other text, and all values of a type without
    values outside.
    """

    name: ClassVar[str] = "clip"
    strictness: ClassVar[Strictness] = Strictness.PARTLY
    sentence: ClassVar[str] = "extremes clipped[ below {lower}][ above {upper}]"
    directions: ClassVar[Directions] = each(
        lower=More(-inf), upper=Less(inf), to=Along(("bound", "null"), "bound")
    )

    lower: int | float | None = None
    upper: int | float | None = None
    to: Literal["bound", "null"] = field(default="bound", metadata={"null": "the word"})

    def __post_init__(self) -> None:
        lower, upper = self._bounds()
        if lower is None and upper is None:
            raise ValueError("give lower, upper or both")
        if lower is not None and upper is not None and lower >= upper:
            raise ValueError("lower must be less than upper")

    @property
    def traits(self) -> Traits:
        return Traits(NUMBERS | {Kind.TEXT}, "top and bottom coding", empties=self.to == "null")

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return text_type(input_type) if kind_of(input_type) is Kind.TEXT else input_type

    def apply(self, array: pa.Array, context: Context) -> Outcome:  # noqa: ARG002
        type_ = self.output_type(array.type)
        lower, upper = self._bounds()
        ends = _ending(lower, ROUND_CEILING, array.type), _ending(upper, ROUND_FLOOR, array.type)
        if ends == (None, None):
            return all_failed(array, type_, f"no value of the type {array.type} is clipped")
        sides = few_at_a_time(array, lambda part: _sides(part, lower, upper), pa.int8()).array
        clipped = takeable(plain_text(array)).cast(type_)
        for side, end in zip((-1, 1), ends, strict=True):
            outside = pc.fill_null(pc.equal(sides, pa.scalar(side, pa.int8())), False)
            bound = end if self.to == "bound" else None
            clipped = pc.if_else(outside, pa.scalar(bound, type_), clipped)
        unknown = pc.and_(array.is_valid(), sides.is_null())
        if not pc.any(unknown).as_py():
            return Outcome(clipped)
        nothing = pa.scalar(None, type_)
        return Outcome(pc.if_else(unknown, nothing, clipped), unknown, "not a number")

    def _bounds(self) -> tuple[Decimal | None, Decimal | None]:
        lower = None if self.lower is None else parameter("lower", self.lower)
        return lower, None if self.upper is None else parameter("upper", self.upper)


def _sides(array: pa.Array, lower: Decimal | None, upper: Decimal | None) -> Outcome:
    """-1 for each number below `lower`, 1 above `upper`, 0 between them; null for what is none."""

    def side(numeral: str) -> int | None:
        number = decimal_of(numeral)
        if number is None:
            return None
        if lower is not None and number < lower:
            return -1
        return int(upper is not None and number > upper)

    return with_rest(
        array,
        _sides_quickly(array, lower, upper),
        lambda rest: per_distinct(numerals(rest), side, pa.int8()),
    )


def _sides_quickly(array: pa.Array, lower: Decimal | None, upper: Decimal | None) -> pa.Array:
    """The sides of a whole array; null where they are not certain."""
    found, sure = np.zeros(len(array), np.int8), np.ones(len(array), np.bool_)
    cells_of = cells(array)
    for bound, side in ((lower, -1), (upper, 1)):
        if bound is None:
            continue
        ruler = Ruler.of(bound, Decimal(1))
        if ruler is None:
            return pa.nulls(len(array), pa.int8())
        lies = cells_of(ruler)
        sure &= lies.sure
        above = (lies.index > 0) | ((lies.index == 0) & ~lies.at_bound)
        found[lies.index < 0 if side < 0 else above] = side
    return pa.array(found, mask=~sure)


def _ending(bound: Decimal | None, inward: str, type_: pa.DataType) -> Any:
    """The value of `type_` that stands for all beyond `bound`; None where it has none, and so
    nothing beyond."""
    if bound is None:
        return None
    match kind_of(type_):
        case Kind.INTEGER:
            low, high = integer_range(type_)
            whole = int(bound.to_integral_value(inward))
            return whole if low <= whole <= high else None
        case Kind.FLOAT:
            return float(bound) if abs(bound) <= float_max(type_) else None
        case Kind.DECIMAL:
            scaled = bound.scaleb(type_.scale).to_integral_value(inward)
            fits = abs(scaled) < Decimal(10) ** type_.precision
            return EXACT.scaleb(scaled, -type_.scale) if fits else None
        case _:
            return plain(bound)
