"""Values as text for formats that know only text: lossless, ISO 8601 for what is a time.

| type | text |
|---|---|
| timestamp | ``2026-01-31T09:30:00.000000``, with the offset ``+01:00`` or ``Z`` if it has a zone |
| date, time | ``2026-01-31``, ``09:30:00.000000`` |
| duration | the integer number of its units |
| decimal | its digits with its scale |
| float | the shortest text that reads back as the same number; ``nan``, ``inf``, ``-inf`` |
| bool | ``true``, ``false`` |
| dictionary, extension | as the values or the storage |
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc


def unwrapped(array: pa.Array) -> pa.Array:
    """The plain values of a dictionary or extension array; other arrays unchanged."""
    if isinstance(array.type, pa.BaseExtensionType):
        return unwrapped(array.storage)
    if pa.types.is_dictionary(array.type):
        return unwrapped(array.dictionary_decode())
    return array


def unwrapped_type(kind: pa.DataType) -> pa.DataType:
    """The type of the result of :func:`unwrapped`."""
    if isinstance(kind, pa.BaseExtensionType):
        return unwrapped_type(kind.storage_type)
    if pa.types.is_dictionary(kind):
        return unwrapped_type(kind.value_type)
    return kind


def is_binary(kind: pa.DataType) -> bool:
    return is_variable_binary(kind) or bool(pa.types.is_fixed_size_binary(kind))


def is_variable_binary(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind)
    )


def is_string(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def has_text(kind: pa.DataType) -> bool:
    """True if :func:`as_text` supports this type."""
    kind = unwrapped_type(kind)
    return not (pa.types.is_nested(kind) or is_binary(kind) or pa.types.is_interval(kind))


def as_text(array: pa.Array) -> pa.Array:
    """The values as large_string; nulls stay null."""
    array = unwrapped(array)
    kind = array.type
    if pa.types.is_null(kind):
        return pa.nulls(len(array), pa.large_string())
    if pa.types.is_duration(kind):
        return array.cast(pa.int64()).cast(pa.large_string())
    text = array.cast(pa.string() if pa.types.is_float16(kind) else pa.large_string())
    if pa.types.is_timestamp(kind):
        text = pc.replace_substring(text, " ", "T", max_replacements=1)
        if kind.tz is not None:
            text = pc.replace_substring_regex(text, r"([+-]\d\d)(\d\d)$", r"\1:\2")
    return text.cast(pa.large_string())


def bounds(texts: pa.Array) -> tuple[int, int]:
    """The offsets of large_string values in their buffer."""
    offsets = memoryview(texts.buffers()[1]).cast("q")
    return offsets[texts.offset], offsets[texts.offset + len(texts)]
