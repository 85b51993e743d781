"""Arrow layouts: the plain values that transforms receive, and the conversion back.

A transform never receives a dictionary, an extension type or a view.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.views import viewless


def value_type(kind: pa.DataType) -> pa.DataType:
    """The type of the values behind a dictionary or an extension type."""
    if isinstance(kind, pa.BaseExtensionType):
        return value_type(kind.storage_type)
    return value_type(kind.value_type) if pa.types.is_dictionary(kind) else kind


def plain(values: pa.Array) -> pa.Array:
    """The values behind a dictionary or an extension type."""
    if isinstance(values.type, pa.BaseExtensionType):
        return plain(values.storage)
    if pa.types.is_dictionary(values.type):
        entries = plain(values.dictionary)
        return entries.cast(viewless(entries.type)).take(values.indices)
    return values


def as_before(result: pa.Array, kind: pa.DataType) -> pa.Array:
    """Encode values as a dictionary again if they were one and kept their type."""
    if pa.types.is_dictionary(kind) and result.type.equals(viewless(kind.value_type)):
        encoded = result.dictionary_encode()
        return pa.DictionaryArray.from_arrays(
            encoded.indices.cast(kind.index_type),
            encoded.dictionary.cast(kind.value_type),
            ordered=kind.ordered,
        )
    return result


def count_equal(one: pa.Array, other: pa.Array) -> int:
    """The number of positions where two arrays of one type have equal values; null equals
    nothing."""
    if pa.types.is_float16(one.type):  # Arrow does not compare them (pyarrow 26)
        one, other = one.cast(pa.float32()), other.cast(pa.float32())
    elif pa.types.is_decimal(one.type) and one.type.scale < 0:
        one, other = one.cast(pa.float64()), other.cast(pa.float64())
    return pc.sum(pc.fill_null(pc.equal(one, other), False)).as_py() or 0
