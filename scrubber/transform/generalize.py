"""Fixed generalization: coarser values that say less, chosen by the rule and not by the data.

What cannot be made coarser is failed: a value that would come out whole never does.
"""

from __future__ import annotations

import ipaddress
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import ClassVar, Literal

import pyarrow as pa

from scrubber.transform.base import NUMBERS, Context, Kind, Outcome, Strictness, Traits
from scrubber.transform.canonical import all_failed, text_type
from scrubber.transform.distinct import per_distinct
from scrubber.transform.graphemes import boundary_before
from scrubber.transform.numerals import (
    EXACT,
    decimal_of,
    floor_multiple,
    numerals,
    parameter,
    plain,
    unit_of,
)
from scrubber.transform.round import Round
from scrubber.transform.truncate_date import TruncateDate

__all__ = ["Bin", "Hierarchy", "Ip", "Prefix", "Round", "TruncateDate"]

Bracket = Callable[[Decimal], tuple[Decimal, Decimal] | None]


@dataclass(frozen=True, slots=True)
class Bin:
    """Put numbers into half-open intervals, written as text: 34 with width 10 is "[30, 40)".

    Intervals are `width` wide from `origin`, or lie between `edges`. Values from `top` on are
    ">=top", values under `bottom` are "<bottom"; both cut the interval that they lie in. Exact
    decimal arithmetic; numbers in text ("34", " 34.5 ") count. NaN, infinity, other text, and
    values outside the edges without `top` or `bottom` are failed; so is every value of a type
    whose values would each have a bin of their own (integers with width 1).
    """

    name: ClassVar[str] = "bin"

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
        return Traits(NUMBERS | {Kind.TEXT}, "generalization", Strictness.GENERALIZE)

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
        return per_distinct(numerals(array), binned, out_type, why)

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


@dataclass(frozen=True, slots=True)
class Prefix:
    """Keep the first few code points of a code: 94110 with keep 3 is "941".

    The rest is cut off, or each code point of it written as `fill`. `width` pads with leading
    zeros first, for codes that lost them as numbers (2139 is 02139 with width 5). Text is
    stripped and put into NFC, and no character is cut in two. A value that is not longer than
    `keep` would come out whole: it is failed. So are negative numbers. The result is text.
    Prefixes that are in `restricted`, of which too few people have each, all come out as zeros.
    """

    name: ClassVar[str] = "prefix"

    keep: int
    fill: str = ""
    width: int | None = None
    restricted: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.keep < 1:
            raise ValueError("keep must be 1 or more; to keep nothing use redact")
        if len(self.fill) > 1 or (self.fill and unicodedata.category(self.fill)[0] in "MC"):
            raise ValueError("fill must be empty or one visible character")
        if self.width is not None and self.width <= self.keep:
            raise ValueError("width must be more than keep")
        if any(len(prefix) != self.keep for prefix in self.restricted):
            raise ValueError("each restricted prefix must be as long as keep")

    @property
    def traits(self) -> Traits:
        return Traits(frozenset({Kind.TEXT, Kind.INTEGER}), "generalization", Strictness.GENERALIZE)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return text_type(input_type)

    def apply(self, array: pa.Array, context: Context) -> Outcome:  # noqa: ARG002
        why = f"not longer than the {self.keep} code points that the rule keeps"
        return per_distinct(array, self._cut, text_type(array.type), why)

    def _cut(self, value: str | int) -> str | None:
        if isinstance(value, int) and value < 0:
            return None
        text = unicodedata.normalize("NFC", str(value).strip())
        if self.width is not None:
            text = text.rjust(self.width, "0")
        if len(text) <= self.keep:
            return None
        kept = boundary_before(text, self.keep)
        if text[: self.keep] in self.restricted:
            return "0" * self.keep + self.fill * (len(text) - self.keep)
        return text[:kept] + self.fill * (len(text) - kept)


@dataclass(frozen=True, slots=True)
class Ip:
    """Cut an IP address down to its network: 192.0.2.7 is "192.0.2.0/24".

    `v4` and `v6` are the bits that stay. An IPv4-mapped IPv6 address (RFC 4291) is treated as the
    IPv4 address that it is; a 6to4 address (RFC 3056) keeps no more of its IPv4 address than `v4`
    bits. Text that is no address is failed.
    """

    name: ClassVar[str] = "ip"

    v4: int = 24
    v6: int = 48

    def __post_init__(self) -> None:
        if not 0 <= self.v4 <= 31:
            raise ValueError("v4 must be 0 to 31 bits: 32 would keep the address")
        if not 0 <= self.v6 <= 64:
            raise ValueError("v6 must be 0 to 64 bits: what follows names the device")

    @property
    def traits(self) -> Traits:
        return Traits(frozenset({Kind.TEXT}), "generalization", Strictness.GENERALIZE)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return text_type(input_type)

    def apply(self, array: pa.Array, context: Context) -> Outcome:  # noqa: ARG002
        return per_distinct(array, self._network, text_type(array.type), "not an IP address")

    def _network(self, value: str) -> str | None:
        try:
            address = ipaddress.ip_address(value.strip())
        except ValueError:
            return None
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        if isinstance(address, ipaddress.IPv4Address):
            return str(ipaddress.IPv4Network((int(address), self.v4), strict=False))
        bits = self.v6 if address.sixtofour is None else min(self.v6, 16 + self.v4)
        return str(ipaddress.IPv6Network((int(address), bits), strict=False))


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Replace a value by its ancestor in a hierarchy file (CSV: leaf;level 1;...;*).

    `level` counts from 1, the leaf being 0. A value that is no leaf of the file is failed, or with
    ``unmapped: star`` becomes "*". White space around a value does not count. Integers become
    text. `mapping` holds (leaf, ancestor at `level`); it is read by the compiler.
    """

    name: ClassVar[str] = "hierarchy"

    file: str
    level: int
    unmapped: Literal["fail", "star"] = "fail"
    mapping: tuple[tuple[str, str], ...] = field(
        default=(), repr=False, metadata={"internal": True}
    )

    def __post_init__(self) -> None:
        if not self.file:
            raise ValueError("file must name a CSV file")
        if self.level < 1:
            raise ValueError("level must be 1 or more: level 0 is the value itself")

    @property
    def traits(self) -> Traits:
        return Traits(frozenset({Kind.TEXT, Kind.INTEGER}), "generalization", Strictness.GENERALIZE)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return text_type(input_type)

    def apply(self, array: pa.Array, context: Context) -> Outcome:  # noqa: ARG002
        out_type = text_type(array.type)
        if not self.mapping:
            return all_failed(array, out_type, "the hierarchy was not read")
        ancestors = {leaf.strip(): ancestor for leaf, ancestor in self.mapping}
        other = "*" if self.unmapped == "star" else None

        def ancestor(value: str | int) -> str | None:
            return ancestors.get(str(value).strip(), other)

        return per_distinct(array, ancestor, out_type, "not a leaf of the hierarchy")
