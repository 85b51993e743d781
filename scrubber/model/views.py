"""View types, which Arrow can neither take from nor filter (pyarrow 26), as their large
equivalents."""

from __future__ import annotations

import pyarrow as pa

from scrubber.model.nested import map_types


def viewless(kind: pa.DataType) -> pa.DataType:
    """The equivalent type without views.

    >>> str(viewless(pa.string_view())), str(viewless(pa.int8()))
    ('large_string', 'int8')
    """
    if pa.types.is_string_view(kind):
        return pa.large_string()
    return pa.large_binary() if pa.types.is_binary_view(kind) else kind


def without_views(table: pa.Table) -> pa.Table:
    """`table` without view types, at any depth."""
    schema = map_types(table.schema, lambda _, kind: viewless(kind))
    return table if schema.equals(table.schema) else table.cast(schema)
