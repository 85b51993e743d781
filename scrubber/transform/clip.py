"""Clipping numbers to bounds: what lies outside becomes the bound, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from math import inf
from typing import Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.counts import SMALLEST
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
from scrubber.transform.counting import Counting
from scrubber.transform.crypto.canonical import all_failed, plain_text, text_type
from scrubber.transform.round import typed

_LOW, _HIGH = "low ", "top "
Means = tuple[Decimal | None, Decimal | None]


@dataclass(frozen=True, slots=True)
class Clip(Counting):
    """Limit numbers to the range from `lower` to `upper`.

    With ``to: null``, a number outside of the range becomes null instead of the bound. With ``to:
    mean``, it becomes the mean of all numbers of the data set on its side. If those are the numbers
    of fewer than `min_group` (default 11) records, or persons with a `subject`, it becomes null.
    The mean has the decimal places of the numbers. The type is kept; if an integer or decimal type
    lacks the bound, the next value inside is used. A number in text stays text. Failed values: NaN,
    infinity, other text, and all values of a type without values outside.
    """

    name: ClassVar[str] = "clip"
    strictness: ClassVar[Strictness] = Strictness.PARTLY
    sentence: ClassVar[str] = "extremes clipped[ below {lower}][ above {upper}]"
    directions: ClassVar[Directions] = each(
        lower=More(-inf),
        upper=Less(inf),
        to=Along(("bound", "mean", "null"), "bound"),
        min_group=More(SMALLEST),
    )

    lower: int | float | None = None
    upper: int | float | None = None
    to: Literal["bound", "null", "mean"] = field(default="bound", metadata={"null": "the word"})
    min_group: int = SMALLEST
    means: Means | None = field(default=None, repr=False, metadata={"internal": True})

    def __post_init__(self) -> None:
        lower, upper = self._bounds()
        if lower is None and upper is None:
            raise ValueError("give lower, upper or both")
        if lower is not None and upper is not None and lower >= upper:
            raise ValueError("lower must be less than upper")
        if self.min_group < 2:
            raise ValueError("min_group must be at least 2")
        if self.min_group != SMALLEST and self.to != "mean":
            raise ValueError("min_group belongs to to: mean")

    @property
    def traits(self) -> Traits:
        return Traits(NUMBERS | {Kind.TEXT}, "top and bottom coding", empties=self.to != "bound")

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return text_type(input_type) if kind_of(input_type) is Kind.TEXT else input_type

    def apply(self, array: pa.Array, context: Context) -> Outcome:  # noqa: ARG002
        type_ = self.output_type(array.type)
        if self.counts:
            return all_failed(array, type_, "clip to the mean needs the counts of all records")
        lower, upper = self._bounds()
        ends = _ending(lower, ROUND_CEILING, array.type), _ending(upper, ROUND_FLOOR, array.type)
        if ends == (None, None):
            return all_failed(array, type_, f"no value of the type {array.type} is clipped")
        sides = few_at_a_time(array, lambda part: _sides(part, lower, upper), pa.int8()).array
        clipped = takeable(plain_text(array)).cast(type_)
        means = self.means or (None, None)
        for side, end, mean in zip((-1, 1), ends, means, strict=True):
            outside = pc.fill_null(pc.equal(sides, pa.scalar(side, pa.int8())), False)
            bound = end if self.to == "bound" else None
            if mean is not None:
                bound = typed(type_, _place(mean))(mean)
            clipped = pc.if_else(outside, pa.scalar(bound, type_), clipped)
        unknown = pc.and_(array.is_valid(), sides.is_null())
        if not pc.any(unknown).as_py():
            return Outcome(clipped)
        nothing = pa.scalar(None, type_)
        return Outcome(pc.if_else(unknown, nothing, clipped), unknown, "not a number")

    @property
    def counts(self) -> bool:
        return self.to == "mean" and self.means is None

    def groups(self, array: pa.Array) -> pa.Array:
        """The side of each number outside, and the number."""
        sides = few_at_a_time(array, lambda part: _sides(part, *self._bounds()), pa.int8()).array
        outside = pc.fill_null(pc.not_equal(sides, pa.scalar(0, pa.int8())), False)
        names = pc.if_else(pc.equal(sides, pa.scalar(-1, pa.int8())), _LOW, _HIGH)
        written = pc.if_else(outside, numerals(array).cast(pa.large_string()), None)
        nothing = pa.scalar("", pa.large_string())
        return pc.binary_join_element_wise(names.cast(pa.large_string()), written, nothing)

    def kind_of_group(self, group: str) -> str:
        return group[: len(_LOW)]

    def settled(self, groups: Mapping[str, int], persons: Mapping[str, int]) -> Clip:
        means: list[Decimal | None] = []
        for side in (_LOW, _HIGH):
            numbers: dict[Decimal | None, int] = {}
            for group, count in groups.items():
                if group.startswith(side):
                    number = decimal_of(group[len(side) :])
                    numbers[number] = numbers.get(number, 0) + count
            few = persons.get(side, 0) < self.min_group
            means.append(
                None if few else _mean({n: c for n, c in numbers.items() if n is not None})
            )
        return replace(self, means=(means[0], means[1]))

    def uncounted(self) -> Clip:
        return replace(self, to="bound", min_group=SMALLEST)

    def _bounds(self) -> tuple[Decimal | None, Decimal | None]:
        lower = None if self.lower is None else parameter("lower", self.lower)
        return lower, None if self.upper is None else parameter("upper", self.upper)


def _mean(numbers: Mapping[Decimal, int]) -> Decimal:
    """The exact mean of numbers with their frequencies, rounded to their decimal places."""
    exponents = [number.as_tuple().exponent for number in numbers]
    places = min(0, *(one for one in exponents if isinstance(one, int)))
    total = sum((Fraction(number) * count for number, count in numbers.items()), Fraction(0))
    mean = total / sum(numbers.values())
    return Decimal(round(mean * 10**-places)).scaleb(places)


def _place(number: Decimal) -> Decimal:
    """The unit of a number's last decimal place."""
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int), "a mean is finite"
    return Decimal(1).scaleb(exponent)


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
