"""One value, one sequence of bytes: what a keyed function sees instead of an Arrow value.

A type tag stands first, so that 5 is not "5" and true is not 1. Within a kind the value alone
counts, not its layout: int8 5, int64 5 and decimal 5.00 are one number; date32 and date64 one
date; a timestamp is its instant in nanoseconds whatever its unit, and one with a zone is never
equal to one without (the zone's name is not part of the value).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as hidden_field
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from scrubber.transform.base import Kind, Outcome, kind_of

Encode = Callable[[Any], bytes | None]

NANOSECONDS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
MILLISECONDS_PER_DAY = 86_400_000

CANONICAL = frozenset(Kind) - {Kind.FLOAT, Kind.OTHER}
"""The kinds whose values a keyed function may take; equality of floats is not to be relied on."""


@dataclass(frozen=True)
class Canonical:
    """`values` in a layout that Arrow can dictionary-encode, and `encode` for one of them.

    `encode` gives None for a value without a canonical form. `body`, for some kinds, gives what
    stands behind the `tag` in the canonical forms of a whole array, as text or bytes.
    """

    values: pa.Array = hidden_field(repr=False)
    encode: Encode
    tag: bytes = b""
    body: Callable[[pa.Array], pa.Array] | None = None

    def bodies(self, distinct: pa.Array) -> list[bytes] | None:
        """As `written`, one by one."""
        found = self.written(distinct)
        return None if found is None else found.to_pylist()

    def written(self, distinct: pa.Array) -> pa.Array | None:
        """The canonical forms of some of the values (none of them null) without the tag, as
        large_binary; None where they have to be encoded one by one."""
        if self.body is None:
            return None
        try:
            if pa.types.is_string(distinct.type) or pa.types.is_large_string(distinct.type):
                distinct.validate(full=True)  # a text that is not UTF-8 has no form
            texts = self.body(distinct)
        except pa.ArrowInvalid:  # its text may quote values
            return None
        return texts.cast(pa.large_binary())


def canonical(array: pa.Array, *, floats: bool = False) -> Canonical | None:
    """The canonical form of the values of a flat `array`; None for a kind that has none.

    With `floats` a float counts as well (a subject's number may have become one in a table with
    gaps): a whole one is that integer, NaN and infinity have no form. An array of the null type
    has only nulls, and therefore any form.
    """
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    if pa.types.is_null(array.type):
        return Canonical(array.cast(pa.large_string()), _text)
    kind = kind_of(array.type)
    if kind is Kind.FLOAT and floats:
        return Canonical(array.cast(pa.float64()), _float)
    if kind not in CANONICAL:
        return None
    return _forms()[kind](array)


def _forms() -> dict[Kind, Callable[[pa.Array], Canonical]]:
    return {
        Kind.TEXT: lambda a: Canonical(plain_text(a), _text, b"s", lambda v: v),
        Kind.INTEGER: lambda a: Canonical(a, _number, b"n", _digits),
        Kind.DECIMAL: lambda a: Canonical(_wide(a), _number),
        Kind.BOOLEAN: lambda a: Canonical(a, lambda v: b"b1" if v else b"b0"),
        Kind.DATE: lambda a: Canonical(days_of(a), lambda v: b"d%d" % v, b"d", _digits),
        Kind.TIMESTAMP: lambda a: _scaled(a, b"z" if a.type.tz else b"l"),
        Kind.TIME: lambda a: _scaled(a, b"t"),
        Kind.BINARY: lambda a: Canonical(_plain_binary(a), lambda v: b"x" + v, b"x", lambda v: v),
    }


def _digits(numbers: pa.Array) -> pa.Array:
    return numbers.cast(pa.string())


def plain_text(array: pa.Array) -> pa.Array:
    """Text in a layout that Arrow can take from; nulls of the null type are texts as well."""
    if pa.types.is_string_view(array.type) or pa.types.is_null(array.type):
        return array.cast(pa.large_string())
    return array


def days_of(array: pa.Array) -> pa.Array:
    """The days since 1970-01-01 of a date array, as int64."""
    if pa.types.is_date32(array.type):
        return array.view(pa.int32()).cast(pa.int64())
    # floor, for a date64 that carries a time of day and lies before 1970
    milliseconds = array.view(pa.int64())
    rest = pc.subtract(
        milliseconds,
        pc.multiply(pc.divide(milliseconds, MILLISECONDS_PER_DAY), MILLISECONDS_PER_DAY),
    )
    whole = pc.divide(milliseconds, MILLISECONDS_PER_DAY)
    return pc.if_else(pc.less(rest, 0), pc.subtract(whole, 1), whole)


def _wide(array: pa.Array) -> pa.Array:
    if array.type.bit_width < 128:
        return array.cast(pa.decimal128(array.type.precision, array.type.scale))
    return array


def _plain_binary(array: pa.Array) -> pa.Array:
    return array.cast(pa.large_binary()) if pa.types.is_binary_view(array.type) else array


def _scaled(array: pa.Array, tag: bytes) -> Canonical:
    scale = NANOSECONDS[array.type.unit]
    width = pa.int32() if pa.types.is_time32(array.type) else pa.int64()

    def scaled(values: pa.Array) -> pa.Array:
        return _digits(pc.multiply_checked(values.cast(pa.int64()), scale))

    return Canonical(array.view(width), lambda v: tag + b"%d" % (v * scale), tag, scaled)


def _text(value: str) -> bytes:
    return b"s" + value.encode()


def _number(value: int | Decimal) -> bytes:
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return b"n" + (b"0" if text == "-0" else text.encode())


def _float(value: float) -> bytes | None:
    if value != value or value in (float("inf"), float("-inf")):
        return None
    return b"n%d" % int(value) if value.is_integer() else b"f" + repr(value).encode()


def all_failed(array: pa.Array, type: pa.DataType, why: str) -> Outcome:
    """Every non-null value failed, for the reason `why`."""
    return Outcome(pa.nulls(len(array), type), array.is_valid(), why)


def text_type(input_type: pa.DataType) -> pa.DataType:
    """The text type of the result: that of a text input, else string."""
    if isinstance(input_type, pa.BaseExtensionType):
        return text_type(input_type.storage_type)
    return input_type if kind_of(input_type) is Kind.TEXT else pa.string()


def certain(message: bytes | None) -> bytes:
    assert message is not None  # every kind of CANONICAL has a form for each of its values
    return message
