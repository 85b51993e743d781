"""Intervals for numbers: bounds that the rule gives, exactly, and a label for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import inf
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.direction import Directions, Incomparable, Less, More, Narrower, each
from scrubber.transform.base import NUMBERS, Context, Kind, Outcome, Strictness, Traits
from scrubber.transform.columns.distinct import few_at_a_time, per_distinct, takeable, with_rest
from scrubber.transform.columns.intervals import Ruler, cells
from scrubber.transform.columns.numerals import (
    EXACT,
    decimal_of,
    floor_multiple,
    numerals,
    parameter,
    plain,
    unit_of,
)
from scrubber.transform.crypto.canonical import all_failed, text_type

__all__ = ["Bin"]

Bracket = Callable[[Decimal], tuple[Decimal, Decimal] | None]


@dataclass(frozen=True, slots=True)
class Bin:
    """Put numbers into half-open intervals, written as text: 34 with width 10 is "[30, 40)".

    Intervals are `width` wide from `origin`, or are given by their `edges`. Values from `top` on
    become ">=top", values below `bottom` become "<bottom"; both cut the interval around them.
    Arithmetic is exact and decimal. Numbers in text ("34", " 34.5 ") are accepted. Failed values:
    NaN, infinity, other text, values outside of the edges without `top` or `bottom`, and all values
    of a type in which each would have its own interval (integers with width 1).
    """

    name: ClassVar[str] = "bin"
    strictness: ClassVar[Strictness] = Strictness.GENERALIZE
    sentence: ClassVar[str] = "generalized to ranges[ of width {width}][, one from {top} on]"
    directions: ClassVar[Directions] = each(
        width=More(),
        edges=Narrower(needed=True),
        top=Less(inf),
        bottom=More(-inf),
        origin=Incomparable(),
    )

    width: int | float | None = None
    edges: tuple[int | float, ...] | None = None
    top: int | float | None = None
    bottom: int | float | None = None
    origin: int | float = 0

    def __post_init__(self) -> None:
        if (self.width is None) == (self.edges is None):
            raise ValueError("give either width or edges")
        parameter("origin", self.origin)
        top = None if self.top is None else parameter("top", self.top)
        bottom = None if self.bottom is None else parameter("bottom", self.bottom)
        if top is not None and bottom is not None and bottom >= top:
            raise ValueError("bottom must be less than top")
        if self.width is not None and parameter("width", self.width) <= 0:
            raise ValueError("width must be more than 0")
        if self.edges is not None:
            if self.origin != 0:
                raise ValueError("origin goes with width, not with edges")
            edges = [parameter("edges", edge) for edge in self.edges]
            if len(edges) < 2 or any(a >= b for a, b in pairwise(edges)):
                raise ValueError("edges must be two or more numbers, each more than the one before")
            if top is not None and not edges[0] < top <= edges[-1]:
                raise ValueError("top must lie above the first edge and not above the last one")
            if bottom is not None and not edges[0] <= bottom < edges[-1]:
                raise ValueError("bottom must lie below the last edge and not below the first one")

    @property
    def traits(self) -> Traits:
        return Traits(NUMBERS | {Kind.TEXT}, "generalization")

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return text_type(input_type)

    def apply(self, array: pa.Array, context: Context) -> Outcome:  # noqa: ARG002
        out_type, unit = text_type(array.type), unit_of(array.type)
        if self.width is not None and unit is not None and parameter("width", self.width) <= unit:
            why = f"every value of the type {array.type} has a bin of its own"
            return all_failed(array, out_type, why)
        label = self._labeller()

        def binned(numeral: str) -> str | None:
            number = decimal_of(numeral)
            try:
                return None if number is None else label(number)
            except ArithmeticError:
                return None

        why = "not a number, or outside the edges"
        return few_at_a_time(
            array,
            lambda part: with_rest(
                part,
                self._quickly(part, binned, out_type),
                lambda rest: per_distinct(numerals(rest), binned, out_type, why),
            ),
            out_type,
        )

    def _quickly(
        self, array: pa.Array, binned: Callable[[str], str | None], out_type: pa.DataType
    ) -> pa.Array:
        """The labels of a whole array, made once for each interval; null where not certain."""
        edges = [parameter("edges", edge) for edge in self.edges or ()]
        cuts = [parameter("top", cut) for cut in (self.top, self.bottom) if cut is not None]
        rulers = [Ruler.of(cut, Decimal(1)) for cut in (*edges, *cuts)]
        if self.width is not None:
            width, origin = parameter("width", self.width), parameter("origin", self.origin)
            rulers.append(Ruler.of(origin, width))
        cells_of = cells(array)
        place = np.zeros(len(array), np.int64)
        sure = np.ones(len(array), np.bool_)
        for number, ruler in enumerate(rulers):
            if ruler is None:
                return pa.nulls(len(array), out_type)
            found = cells_of(ruler)
            sure &= found.sure
            # all bounds are in order, so how many a number has reached says which
            reached = number < len(edges) + len(cuts)
            place += (found.index >= 0) if reached else found.index * (len(rulers) + 1)
        encoded = pa.array(place, mask=~sure).dictionary_encode()
        codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
        one = np.zeros(len(encoded.dictionary) + 1, np.int64)  # some number of each interval
        one[codes] = np.arange(len(array))
        some = takeable(array).take(pa.array(one[:-1]))
        labels = [binned(text) for text in numerals(some).to_pylist()]
        return pa.array(labels, pa.string()).take(encoded.indices).cast(out_type)

    def _labeller(self) -> Callable[[Decimal], str | None]:
        bracket = self._bracket()
        top = None if self.top is None else parameter("top", self.top)
        bottom = None if self.bottom is None else parameter("bottom", self.bottom)

        def label(number: Decimal) -> str | None:
            if top is not None and number >= top:
                return f">={plain(top)}"
            if bottom is not None and number < bottom:
                return f"<{plain(bottom)}"
            found = bracket(number)
            if found is None:
                return None
            low = found[0] if bottom is None else max(found[0], bottom)
            high = found[1] if top is None else min(found[1], top)
            return f"[{plain(low)}, {plain(high)})"

        return label

    def _bracket(self) -> Bracket:
        if self.width is not None:
            width, origin = parameter("width", self.width), parameter("origin", self.origin)

            def by_width(number: Decimal) -> tuple[Decimal, Decimal]:
                steps = floor_multiple(EXACT.subtract(number, origin), width)
                low = EXACT.add(origin, steps)
                return low, EXACT.add(low, width)

            return by_width
        edges = [parameter("edges", edge) for edge in self.edges or ()]

        def by_edges(number: Decimal) -> tuple[Decimal, Decimal] | None:
            return next(((a, b) for a, b in pairwise(edges) if a <= number < b), None)

        return by_edges
