"""Columns whose values are not needed. They are not read if the footer shows that they have no
nulls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from pyarrow.parquet import ColumnChunkMetaData, RowGroupMetaData


def known_full(
    group: RowGroupMetaData, schema: pa.Schema, unasked: frozenset[str]
) -> frozenset[str]:
    """The columns of `unasked` without nulls in this row group, according to its footer.

    Empty if a name has a dot, which pyarrow would take for a path.
    """
    if not unasked or any("." in name for name in schema.names):
        return frozenset()
    chunks = (group.column(number) for number in range(group.num_columns))
    full = {chunk.path_in_schema for chunk in chunks if _is_full(chunk, group.num_rows)}
    plain = {field.name for field in schema if _is_plain(field.type)}
    return unasked & full & plain


def without(schema: pa.Schema, names: frozenset[str]) -> pa.Schema:
    """The schema without the given fields."""
    return pa.schema([f for f in schema if f.name not in names], metadata=schema.metadata)


def filled(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Add blank values (zeros, empty texts) for each field of `schema` that the table lacks."""
    if table.num_columns == len(schema):
        return table
    read = dict(zip(table.column_names, table.columns, strict=True))
    rows = table.num_rows
    columns = [read[f.name] if f.name in read else _blanks(f.type, rows) for f in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def _is_full(chunk: ColumnChunkMetaData, rows: int) -> bool:
    if not chunk.is_stats_set or chunk.num_values != rows:
        return False
    return bool(chunk.statistics.has_null_count and chunk.statistics.null_count == 0)


def _is_plain(kind: pa.DataType) -> bool:
    """True if all-zero buffers hold blank values of the type."""
    t = pa.types
    return bool(
        t.is_primitive(kind)
        or t.is_decimal(kind)
        or t.is_string(kind)
        or t.is_large_string(kind)
        or t.is_binary(kind)
        or t.is_large_binary(kind)
        or t.is_fixed_size_binary(kind)
    )


def _blanks(kind: pa.DataType, rows: int) -> pa.Array:
    """An array of blank values without nulls, with all-zero buffers."""
    return pa.Array.from_buffers(kind, rows, [None, *pa.nulls(rows, kind).buffers()[1:]])
