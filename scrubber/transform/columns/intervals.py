"""Exact multiples of a step for whole arrays: in which cell of a ruler each number lies.

The answers are those of exact decimal arithmetic (:mod:`scrubber.transform.columns.numerals`); a
number for which they are not certain here is left to it. A float counts as the shortest decimal
that reads back as it, and a number in text is read as a float. Let b be the float that a decimal
bound reads as: reading is monotonic, so a float below or above b is a decimal below or above the
bound; a float that is b is the bound itself where both have at most 15 digits, since no two such
read as one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as hidden_field
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.arrow_errors import ARROW_ERRORS
from scrubber.transform.base import Kind, kind_of
from scrubber.transform.columns.textbytes import TextBytes
from scrubber.transform.crypto.canonical import plain_text

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_PLACES = 6  # decimal places of the integers and decimals that are taken here
_EXACT = 2**53
_FIFTEEN_DIGITS = 10**15
_SHORT = 15  # bytes, and so digits, of a numeral in text that can be a bound
_LONGEST = 400  # bytes of a numeral in text
_PLAIN = r"^-?[0-9]+(?:\.[0-9]+)?$"


@dataclass(frozen=True)
class Ruler:
    """Cells of the width `step` (more than 0) from `origin`, both in units of 10 ** -`places`."""

    origin: int
    step: int
    places: int

    @classmethod
    def of(cls, origin: Decimal, step: Decimal) -> Ruler | None:
        """None where their digits are too many for whole arrays."""
        places = max(0, -_exponent(origin), -_exponent(step))
        scaled = int(origin.scaleb(places)), int(step.scaleb(places))
        if places > _PLACES or max(map(abs, scaled)) >= 10**12:
            return None
        return cls(*scaled, places)


@dataclass(frozen=True)
class Cells:
    """For each number the cell that it lies in, and whether it is the cell's lower bound; both are
    to be believed where `sure`, which no null is."""

    index: Integers = hidden_field(repr=False)
    at_bound: Flags = hidden_field(repr=False)
    sure: Flags = hidden_field(repr=False)


def cells(array: pa.Array) -> Callable[[Ruler], Cells]:
    """The cells of the numbers in a flat array of an integer, float, decimal or text type, which is
    read once for all rulers."""
    kind = kind_of(array.type)
    if kind is Kind.FLOAT and not pa.types.is_float16(array.type):
        return partial(_of_floats, *_floats(array))
    if kind is Kind.TEXT:
        return partial(_of_floats, *_read(plain_text(array)))
    return partial(_of_integers, *_scaled(array, kind))


def _floats(array: pa.Array) -> tuple[Floats, Flags, Flags]:
    """The numbers, those that are known, and those that may be a bound: all, being the shortest."""
    if pa.types.is_float32(array.type):  # its own shortest decimal, not that of its float64
        array = array.cast(pa.string()).cast(pa.float64())
    return _numpy(array), _flags(array.is_valid()), np.ones(len(array), np.bool_)


def _read(texts: pa.Array) -> tuple[Floats, Flags, Flags]:
    """The same for numbers in text, as far as Arrow reads them."""
    lengths = _numpy(pc.binary_length(texts))
    known = _flags(texts.is_valid()) & (lengths <= _LONGEST)
    try:
        numbers = texts.cast(pa.float64())
    except ARROW_ERRORS:  # some are not numbers, or not plain ones
        plain = pc.fill_null(pc.match_substring_regex(texts, _PLAIN), False)
        known &= _flags(plain)
        numbers = pc.if_else(plain, texts, pa.scalar(None, texts.type)).cast(pa.float64())
    if TextBytes.of(texts).has(b"eE"):  # an exponent may be too long, or lead down to 0
        known &= ~_flags(pc.fill_null(pc.match_substring_regex(texts, "[eE]"), False))
    return _numpy(numbers), known, lengths <= _SHORT


def _of_integers(values: Integers, places: int, sure: Flags, ruler: Ruler) -> Cells:
    """Of numbers in units of 10 ** -`places`, which are at least the ruler's."""
    unit = 10 ** (places - ruler.places)
    index, rest = np.divmod(values - ruler.origin * unit, ruler.step * unit)
    return Cells(index, rest == 0, sure)


def _scaled(array: pa.Array, kind: Kind) -> tuple[Integers, int, Flags]:
    """The numbers in units of 10 ** -places; those that are sure are plain and not too large."""
    nothing = np.zeros(len(array), np.int64), _PLACES, np.zeros(len(array), np.bool_)
    if kind is Kind.INTEGER and array.type != pa.uint64():
        values, limit = _numpy(array.cast(pa.int64())), 10 ** (18 - _PLACES)
        sure = (
            _flags(array.is_valid()) & (np.abs(values) < limit) & (values != np.iinfo(np.int64).min)
        )
        return np.where(sure, values, 0) * 10**_PLACES, _PLACES, sure
    if kind is not Kind.DECIMAL or array.type.scale > _PLACES:
        return nothing
    try:
        words = array.cast(pa.decimal128(38, _PLACES))
    except ARROW_ERRORS:
        return nothing
    pairs = np.frombuffer(words.buffers()[1] or b"", np.int64)
    pairs = pairs[2 * words.offset : 2 * (words.offset + len(words))].reshape(-1, 2)
    low, high = pairs[:, 0], pairs[:, 1]
    sure = _flags(array.is_valid()) & (np.abs(low) < 10**18) & (high == low >> 63)
    return np.where(sure, low, 0), _PLACES, sure


def _of_floats(values: Floats, known: Flags, may_be_bound: Flags, ruler: Ruler) -> Cells:
    unit = float(10**ruler.places)
    limit = min(_EXACT // 4, _FIFTEEN_DIGITS // 10)
    small = known & (np.abs(values) < limit / unit)
    values = np.where(small, values, 0.0)
    index = np.floor((values * unit - ruler.origin) / ruler.step).astype(np.int64)
    low, high = _bound(index, ruler), _bound(index + 1, ruler)
    beyond = (values >= high).astype(np.int64) - (values < low)
    if beyond.any():  # by the inexact product
        index += beyond
        low, high = _bound(index, ruler), _bound(index + 1, ruler)
    at_bound = values == low
    sure = small & (low <= values) & (values < high) & (may_be_bound | ~at_bound)
    return Cells(index, at_bound, sure)


def _bound(index: Integers, ruler: Ruler) -> Floats:
    """The float that a lower bound reads as: a quotient of two exact floats."""
    found: Floats = (ruler.origin + index * ruler.step) / float(10**ruler.places)
    return found


def decimals(values: Integers, type: pa.DataType) -> pa.Array:
    """The decimals of `type` (128 bits) whose unscaled value each is."""
    words = np.stack([values, values >> 63], 1)
    return pa.Array.from_buffers(
        type, len(values), [None, pa.py_buffer(np.ascontiguousarray(words))]
    )


def _exponent(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    assert isinstance(exponent, int)  # rules hold finite numbers
    return exponent


def _numpy(array: pa.Array) -> Any:
    return pc.fill_null(array, 0).to_numpy(zero_copy_only=False)


def _flags(array: pa.Array) -> Flags:
    flags: Flags = array.to_numpy(zero_copy_only=False)
    return flags
