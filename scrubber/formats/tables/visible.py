"""Write visible values only.

An Arrow array may hold more than it shows: bytes under a null, children of a null struct, unused
dictionary entries. Parquet and Arrow IPC would write some of them, including removed values.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.fieldpath import FieldPath, is_list, leaves
from scrubber.model.opened import Rows, map_leaves
from scrubber.model.views import viewless


def visible(table: pa.Table) -> pa.Table:
    """An equal table whose buffers hold nothing but its values.

    Bytes under nulls are empty or zero; dictionaries keep used entries, in order.
    """
    return map_leaves(table, _visit, table.schema)


def has_dictionary(schema: pa.Schema) -> bool:
    """True if any leaf is dictionary-encoded."""
    return any(pa.types.is_dictionary(_storage(kind)) for _, kind in leaves(schema))


def _storage(kind: pa.DataType) -> pa.DataType:
    return _storage(kind.storage_type) if isinstance(kind, pa.BaseExtensionType) else kind


def _visit(path: FieldPath, array: pa.Array, rows: Rows) -> pa.Array:
    del path, rows
    return _fresh(array)


def _fresh(array: pa.Array) -> pa.Array:
    kind = array.type
    if isinstance(kind, pa.BaseExtensionType):
        return pa.ExtensionArray.from_storage(kind, _fresh(array.storage))
    if pa.types.is_dictionary(kind):
        return _used_entries(array)
    if is_list(kind) or (pa.types.is_struct(kind) and kind.num_fields):  # an extension's storage
        return visible(pa.table({"storage": array})).column(0).combine_chunks()
    return _blank_nulls(_viewless(array)).cast(kind)


def _viewless(array: pa.Array) -> pa.Array:
    """The array in a layout supported by Arrow's take."""
    return array.cast(viewless(array.type))


def _blank_nulls(array: pa.Array) -> pa.Array:
    if not array.null_count or pa.types.is_null(array.type) or pa.types.is_nested(array.type):
        return array
    valid = array.is_valid().to_numpy(zero_copy_only=False)
    places = np.where(valid, np.cumsum(valid) - 1, 0)
    return array.drop_null().take(pa.array(places, mask=~valid))


def _used_entries(array: pa.DictionaryArray) -> pa.DictionaryArray:
    kind = array.type
    used = pc.unique(array.indices.drop_null())
    used = used.take(pc.sort_indices(used))
    return pa.DictionaryArray.from_arrays(
        pc.index_in(array.indices, used).cast(kind.index_type),
        _fresh(_viewless(array.dictionary).take(used).cast(kind.value_type)),
        ordered=kind.ordered,
    )
