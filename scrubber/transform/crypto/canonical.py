"""The canonical bytes of values, as the input of keyed functions.

By default, numbers and their spelling as text are equal: 7 in a Parquet file and "7" in a CSV file
are one customer. Dates, times, booleans and bytes always carry a tag of their kind.

| values | equal | different |
|---|---|---|
| whole numbers | 7 of any width; decimal 7, 7.0 and 7.00; text "7" | text "007", "+7", "7.0" |
| negative zero | decimal -0.0 and 0; text "0" | text "-0" |
| big integers | 2**64 - 1 as uint64 or decimal; text "18446744073709551615" | text "1.8e19" |
| decimals | 7.5 and 7.50; text "7.5" | text "7.50" |
| text | composed and decomposed Unicode spellings (NFC, NFD) | other case, other blanks |
| booleans | true | 1; text "true" |
| bytes | the same bytes in any layout | the text that they encode |
| dates | date32 and date64 of one day | its text; midnight of the day |
| timestamps | one instant in any unit; in any zone, if both have one | with a zone and without |

``normalize`` in a rule folds case and blanks. Floats have no token, since their equality is
unreliable. As a subject, a whole float equals that integer, since gaps in a table turn integers
into floats; NaN and infinity are not subjects. ``canonical: typed`` tells numbers from text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as hidden_field
from decimal import Decimal
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from scrubber.transform.base import Kind, Outcome, kind_of

Spelling = Literal["text", "typed"]

NANOSECONDS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
MILLISECONDS_PER_DAY = 86_400_000

CANONICAL = frozenset(Kind) - {Kind.FLOAT, Kind.OTHER}
"""The kinds whose values a keyed function may take; equality of floats is not to be relied on."""

TEXT, NUMBER = b"s", b"n"
_NUMBER_TAGS = {"text": TEXT, "typed": NUMBER}


@dataclass(frozen=True)
class Canonical:
    """`values` in a layout that Arrow can dictionary-encode, and their canonical forms: the `tag`
    and, for some of the values, the `bodies` behind it (large_binary).

    A body is null for null and for a value without a canonical form.
    """

    values: pa.Array = hidden_field(repr=False)
    tag: bytes
    bodies: Callable[[pa.Array], pa.Array]


def canonical(
    array: pa.Array, spelling: Spelling = "text", *, floats: bool = False, compose: bool = True
) -> Canonical | None:
    """The canonical forms of the values of a flat `array`; None for a kind that has none.

    With `floats` a float counts as well. Without `compose` two spellings of one text in Unicode
    stay two, for what has to be brought back exactly. An array of the null type has only nulls,
    and therefore any form.
    """
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    number = _NUMBER_TAGS[spelling]
    kind = Kind.TEXT if pa.types.is_null(array.type) else kind_of(array.type)
    match kind:
        case Kind.TEXT:
            return Canonical(plain_text(array), TEXT, _composed if compose else _utf8)
        case Kind.INTEGER:
            return Canonical(array, number, _digits)
        case Kind.DECIMAL:
            return Canonical(_wide(array), number, _each(_decimal))
        case Kind.FLOAT if floats:
            # the tag differs from value to value
            return Canonical(array.cast(pa.float64()), b"", _each(_float(number)))
        case Kind.BOOLEAN:
            return Canonical(array, b"b", _each(lambda value: b"1" if value else b"0"))
        case Kind.DATE:
            return Canonical(days_of(array), b"d", _digits)
        case Kind.TIMESTAMP:
            return _scaled(array, b"z" if array.type.tz else b"l")
        case Kind.TIME:
            return _scaled(array, b"t")
        case Kind.BINARY:
            return Canonical(_plain_binary(array), b"x", lambda a: a.cast(pa.large_binary()))
    return None


def _each(form: Callable[[Any], bytes | None]) -> Callable[[pa.Array], pa.Array]:
    def bodies(values: pa.Array) -> pa.Array:
        forms = [None if value is None else form(value) for value in values.to_pylist()]
        return pa.array(forms, pa.large_binary())

    return bodies


def _digits(numbers: pa.Array) -> pa.Array:
    return numbers.cast(pa.string()).cast(pa.large_binary())


def _utf8(texts: pa.Array) -> pa.Array:
    """The bytes of the texts; null where they are not UTF-8."""
    found = texts.cast(pa.large_binary())
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid:  # its text may quote values
        return _each(lambda value: value if _is_utf8(value) else None)(found)
    return found


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _composed(texts: pa.Array) -> pa.Array:
    """The bytes of the texts in Unicode's normalization form C; null where they are not UTF-8."""
    found = _utf8(texts)
    if pc.all(pc.string_is_ascii(found.view(pa.large_string()))).as_py() is not False:
        return found
    return _each(lambda value: unicodedata.normalize("NFC", value.decode()).encode())(found)


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
        try:
            return _digits(pc.multiply_checked(values.cast(pa.int64()), scale))
        except pa.ArrowInvalid:  # beyond 64 bits
            return _each(lambda value: b"%d" % (value * scale))(values)

    return Canonical(array.view(width), tag, scaled)


def _decimal(value: Decimal) -> bytes:
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return b"0" if text == "-0" else text.encode()


def _float(number: bytes) -> Callable[[float], bytes | None]:
    def form(value: float) -> bytes | None:
        if value != value or value in (float("inf"), float("-inf")):
            return None
        whole = value.is_integer()
        return number + b"%d" % int(value) if whole else b"f" + repr(value).encode()

    return form


def all_failed(array: pa.Array, type: pa.DataType, why: str) -> Outcome:
    """Every non-null value failed, for the reason `why`."""
    return Outcome(pa.nulls(len(array), type), array.is_valid(), why)


def text_type(input_type: pa.DataType) -> pa.DataType:
    """The text type of the result: that of a text input, else string."""
    if isinstance(input_type, pa.BaseExtensionType):
        return text_type(input_type.storage_type)
    return input_type if kind_of(input_type) is Kind.TEXT else pa.string()
