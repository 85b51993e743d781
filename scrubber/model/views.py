"""View types, which Arrow can neither take from nor filter (pyarrow 26), as their large twins."""

from __future__ import annotations

import pyarrow as pa

from scrubber.model.nested import map_types


def viewless(kind: pa.DataType) -> pa.DataType:
    """The type of the same values that is no view.

    >>> str(viewless(pa.string_view())), str(viewless(pa.int8()))
    ('large_string', 'int8')
    """
    if pa.types.is_string_view(kind):
        return pa.large_string()
    return pa.large_binary() if pa.types.is_binary_view(kind) else kind


def without_views(table: pa.Table) -> pa.Table:
    """`table` with no view type in it, however deep."""
    schema = map_types(table.schema, lambda _, kind: viewless(kind))
    return table if schema.equals(table.schema) else table.cast(schema)
