"""Python once per distinct value: the bridge from a value function to an Arrow array.

Where a whole array of plain values can be answered at once, `per_distinct` does the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.errors import TransformError
from scrubber.model.arrow_errors import ARROW_ERRORS
from scrubber.transform.base import Outcome

_UNREADABLE = object()
_LOOK = 512  # so many values of an array tell whether it has few distinct ones:
_FEW = 4  # one in so many
Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


def per_distinct(
    array: pa.Array, fn: Callable[[Any], Any | None], type: pa.DataType, why: str = ""
) -> Outcome:
    """`fn` called once on every distinct non-null value of the flat `array`, as `type`.

    The result has the length of `array`; null stays null and is never given to `fn`; a value for
    which `fn` returns None is failed, for the reason `why`. All NaN of a float array are one value;
    0.0 and -0.0 are two. A text that is not valid UTF-8 is failed without asking `fn`. `fn` must
    be a function of the value alone and must not raise.

    Raises: TransformError ``not-representable`` where `fn` returns what `type` cannot hold.
    """

    def each(distinct: pa.Array) -> Outcome:
        values = readable_values(distinct)
        results = [None if value is _UNREADABLE else fn(value) for value in values]
        bad = pa.array([result is None for result in results], pa.bool_())
        built = _built(results, type)
        return Outcome(built, bad, why) if pc.any(bad).as_py() else Outcome(built)

    return distinctly(array, each, type)


def distinctly(array: pa.Array, fn: Callable[[pa.Array], Outcome], type: pa.DataType) -> Outcome:
    """`fn` called with the distinct non-null values of the flat `array`; its answers, of `type`,
    in their places. Null stays null."""
    if pa.types.is_null(array.type):
        return Outcome(pa.nulls(len(array), type))
    encoded = pc.dictionary_encode(takeable(array))
    found = fn(encoded.dictionary)
    taken = _take(found.array, encoded.indices)
    if found.failed is None:
        return Outcome(taken)
    failed = pc.fill_null(found.failed.take(encoded.indices), False)
    return Outcome(taken, failed, found.why)


def with_gaps(made: pa.Array, forms: pa.Array, why: str) -> Outcome:
    """`made`, but failed for the reason `why` where `forms` has a null: no form of the value."""
    if not forms.null_count:
        return Outcome(made)
    gaps = forms.is_null()
    return Outcome(pc.if_else(gaps, pa.scalar(None, made.type), made), gaps, why)


def few_at_a_time(array: pa.Array, fn: Callable[[pa.Array], Outcome], type: pa.DataType) -> Outcome:
    """`fn`, a function of each value alone, of the flat `array`: of its distinct values if there
    seem to be few of them, else of all. Null stays null."""
    if len(array) < _LOOK:
        return fn(array)
    some = takeable(array).take(pa.array(range(0, len(array), len(array) // _LOOK)))
    if len(pc.dictionary_encode(some).dictionary) > _LOOK // _FEW:
        return fn(array)
    return distinctly(array, fn, type)


def with_rest(
    array: pa.Array, quick: pa.Array, rest: Callable[..., Outcome], *beside: pa.Array
) -> Outcome:
    """`quick`, the answers to the plain values of `array` (null: it has none), and what `rest` says
    of the others and of what stands `beside` them. Null stays null."""
    open_ = pc.and_(array.is_valid(), quick.is_null())
    if not pc.any(open_).as_py():
        return Outcome(quick)
    found = rest(*(takeable(one).filter(open_) for one in (array, *beside)))
    whole = _take(
        pa.concat_arrays([takeable(quick), takeable(found.array)]).cast(quick.type),
        _places(open_),
    )
    if found.failed is None:
        return Outcome(whole)
    failed = np.zeros(len(array), dtype=np.bool_)
    failed[_flags(open_)] = _flags(found.failed)
    return Outcome(whole, pa.array(failed), found.why)


def _places(open_: pa.Array) -> pa.Array:
    """The position of each answer in those that were quick and, behind them, those that were
    not."""
    flags = _flags(open_)
    places = np.arange(len(flags), dtype=np.int64)
    places[flags] = len(flags) + np.arange(int(flags.sum()), dtype=np.int64)
    return pa.array(places)


def _flags(array: pa.Array) -> Flags:
    return array.to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]


def readable_values(array: pa.Array) -> list[Any]:
    """The values as Python objects; a text that is not UTF-8 is an object equal to nothing else.

    The error of the codec quotes the bytes, so it must not leave this function.
    """
    try:
        values: list[Any] = array.to_pylist()
    except UnicodeDecodeError:
        return [_readable(scalar) for scalar in array]
    return values


def _readable(scalar: pa.Scalar) -> Any:
    try:
        return scalar.as_py()
    except UnicodeDecodeError:
        return _UNREADABLE


def takeable(array: pa.Array) -> pa.Array:
    """The array in a layout that Arrow can dictionary-encode and take from."""
    t = pa.types
    if t.is_string_view(array.type):
        return array.cast(pa.large_string())
    if t.is_binary_view(array.type):
        return array.cast(pa.large_binary())
    if t.is_decimal(array.type) and array.type.bit_width < 128:
        return array.cast(pa.decimal128(array.type.precision, array.type.scale))
    return array


def _built(results: list[Any], type: pa.DataType) -> pa.Array:
    try:
        return pa.array(results, type)
    except (*ARROW_ERRORS, OverflowError, UnicodeError, TypeError, ValueError):
        raise TransformError(
            "not-representable", f"a transformed value does not fit the type {type}"
        ) from None


def _take(values: pa.Array, indices: pa.Array) -> pa.Array:
    """`values.take(indices)`, also for the view layouts, which Arrow cannot take from."""
    return takeable(values).take(indices).cast(values.type)


__all__ = [
    "distinctly",
    "few_at_a_time",
    "per_distinct",
    "readable_values",
    "takeable",
    "with_gaps",
    "with_rest",
]
