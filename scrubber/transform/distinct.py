"""Python once per distinct value: the bridge from a value function to an Arrow array."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from scrubber.errors import TransformError
from scrubber.transform.base import Outcome

_UNREADABLE = object()


def per_distinct(
    array: pa.Array, fn: Callable[[Any], Any | None], type: pa.DataType, why: str = ""
) -> Outcome:
    """`fn` called once on every distinct non-null value of the flat `array`, as `type`.

    The result has the length of `array`; null stays null and is never given to `fn`; a value for
    which `fn` returns None is failed, for the reason `why`. All NaN of a float array are one value;
    0.0 and -0.0 are two. A text that is not valid UTF-8 is failed without asking `fn`. `fn` must
    be a function of the value alone and must not raise.

    Errors: TransformError ``not-representable`` where `fn` returns what `type` cannot hold.
    """
    if pa.types.is_null(array.type):
        return Outcome(pa.nulls(len(array), type))
    encoded = pc.dictionary_encode(_encodable(array))
    values = readable_values(encoded.dictionary)
    results = [None if value is _UNREADABLE else fn(value) for value in values]
    bad = pa.array([result is None for result in results], pa.bool_())
    taken = _take(_built(results, type), encoded.indices)
    if not pc.any(bad).as_py():
        return Outcome(taken)
    failed = pc.fill_null(bad.take(encoded.indices), False)
    return Outcome(taken, failed, why)


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


def _encodable(array: pa.Array) -> pa.Array:
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
    except (pa.ArrowException, OverflowError, UnicodeError, TypeError, ValueError):
        raise TransformError(
            "not-representable", f"a transformed value does not fit the type {type}"
        ) from None


def _take(values: pa.Array, indices: pa.Array) -> pa.Array:
    """`values.take(indices)`, also for the view layouts, which Arrow cannot take from."""
    return _encodable(values).take(indices).cast(values.type)


__all__ = ["per_distinct", "readable_values"]
