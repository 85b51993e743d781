"""Exact multiples of a step for whole arrays: in which cell of a ruler each number lies.

The answers are those of exact decimal arithmetic (:mod:`scrubber.transform.numerals`); a number for
which they are not certain here is left to it. A float counts as the shortest decimal that reads
back as it. Let b be the float that a decimal bound reads as: reading is monotonic, so a float below
or above b is a decimal below or above the bound; a float that is b is the bound itself where the
bound has at most 15 digits, which no other decimal as short shares with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as hidden_field
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.arrow_errors import ARROW_ERRORS
from scrubber.transform.base import Kind, kind_of
from scrubber.transform.canonical import plain_text

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_PLACES = 6  # decimal places of the numbers in text and decimals that are taken here
_EXACT = 2**53
_FIFTEEN_DIGITS = 10**15
_WIDE = 2**62
_PLAIN = r"^-?[0-9]{1,12}(?:\.[0-9]+)?$"
_LONGEST = 400  # bytes of a numeral in text
_FURTHER = r"(\.[0-9]{6})[0-9]+$"
_NOT_ZERO = r"\.[0-9]{6}[0-9]*[1-9]"


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


def cells(array: pa.Array, ruler: Ruler) -> Cells:
    """The cells of the numbers in a flat array of an integer, float, decimal or text type."""
    kind = kind_of(array.type)
    if kind is Kind.FLOAT and not pa.types.is_float16(array.type):
        return _of_floats(array, ruler)
    if kind is Kind.TEXT:
        return _of_texts(plain_text(array), ruler)
    return _of_integers(*_scaled(array, kind), ruler)


def _of_texts(array: pa.Array, ruler: Ruler) -> Cells:
    """Digits beyond the sixth place cannot carry a number over a bound, which has no more places;
    only down from one, where it is negative."""
    plain = pc.and_(
        pc.match_substring_regex(array, _PLAIN), pc.less_equal(pc.binary_length(array), _LONGEST)
    )
    array = pc.if_else(pc.fill_null(plain, False), array, pa.scalar(None, array.type))
    further = _flags(pc.fill_null(pc.match_substring_regex(array, _FURTHER), False))
    if not further.any():
        return _of_integers(*_scaled(array, Kind.TEXT), ruler)
    short = pc.replace_substring_regex(array, _FURTHER, r"\1")
    found = _of_integers(*_scaled(short, Kind.TEXT), ruler)
    more = _flags(pc.fill_null(pc.match_substring_regex(array, _NOT_ZERO), False))
    negative = _flags(pc.fill_null(pc.starts_with(array, "-"), False))
    index = found.index - (found.at_bound & more & negative)
    return Cells(index, found.at_bound & ~more, found.sure)


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
    places = array.type.scale if kind is Kind.DECIMAL else 0
    if kind not in (Kind.DECIMAL, Kind.TEXT) or places > _PLACES:
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


def _of_floats(array: pa.Array, ruler: Ruler) -> Cells:
    if pa.types.is_float32(array.type):  # its own shortest decimal, not that of its float64
        array = array.cast(pa.string()).cast(pa.float64())
    values = np.asarray(_numpy(array), np.float64)
    unit = float(10**ruler.places)
    limit = min(_EXACT // 4, _FIFTEEN_DIGITS // 10)
    small = _flags(array.is_valid()) & (np.abs(values) < limit / unit)
    values = np.where(small, values, 0.0)
    index = np.floor((values * unit - ruler.origin) / ruler.step).astype(np.int64)
    index -= values < _bound(index, ruler)
    index += values >= _bound(index + 1, ruler)
    low, high = _bound(index, ruler), _bound(index + 1, ruler)
    return Cells(index, values == low, small & (low <= values) & (values < high))


def _bound(index: Integers, ruler: Ruler) -> npt.NDArray[np.float64]:
    """The float that a lower bound reads as: a quotient of two exact floats."""
    found: npt.NDArray[np.float64] = (ruler.origin + index * ruler.step) / float(10**ruler.places)
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


def _numpy(array: pa.Array) -> Integers:
    filled: Integers = pc.fill_null(array, 0).to_numpy(zero_copy_only=False)
    return filled


def _flags(array: pa.Array) -> Flags:
    flags: Flags = array.to_numpy(zero_copy_only=False)
    return flags
