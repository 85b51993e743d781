"""Walking a table leaf by leaf: lists, structs and maps are taken apart and put together again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.fieldpath import EACH, FieldPath, is_list

Rows = np.ndarray[tuple[int], np.dtype[np.int64]]
Visit = Callable[[FieldPath, pa.Array, Rows], pa.Array | None]
Retype = Callable[[FieldPath, pa.DataType], pa.DataType | None]
Metadata = dict[bytes, bytes] | None
Annotate = Callable[[FieldPath, Metadata], Metadata]


class NullRefused(ValueError):
    """A null where none can stand: in the key of a map, or in a field declared not nullable.

    `path` is the map's, or that of the column that the field lies in.
    """

    def __init__(self, path: FieldPath) -> None:
        super().__init__("a null has no place here")
        self.path = path


def map_leaves(table: pa.Table, visit: Visit, schema: pa.Schema) -> pa.Table:
    """`table` with every leaf replaced by what `visit` makes of it.

    `visit(path, values, rows)` gets the flat values of a leaf over the whole table, and for each
    the index of its row; it returns an array of the same length, or None to drop the leaf. Values
    under a null struct are null; elements of a null list are not visited. A struct or list whose
    leaves are all dropped is dropped; a map goes when its key or its value does. `schema` is the
    result's: what :func:`map_types` made of the table's.

    Raises: NullRefused for a null in a map's key, or below a column in a field that is declared not
    nullable; ValueError where every column is dropped.
    """
    rows = np.arange(table.num_rows, dtype=np.int64)
    columns = []
    for name, column in zip(table.schema.names, table.columns, strict=True):
        array = _whole(column)
        result = _visit(FieldPath((name,)), array, rows, visit)
        if result is not None:
            columns.append(result)
    if not columns:
        raise ValueError("no column is left: an Arrow table without columns forgets its rows")
    return pa.Table.from_arrays(
        [_fit(array, field) for array, field in zip(columns, schema, strict=True)],
        schema=schema,
    )


def map_types(
    schema: pa.Schema, retype: Retype, annotate: Annotate = lambda _, metadata: metadata
) -> pa.Schema:
    """`schema` with every leaf's type replaced, or the leaf dropped where `retype` gives None.

    Names and order stay. `annotate(path, metadata)` says what is left of the metadata of a field
    (of a leaf, or of a struct, list or element above one). A field whose type changed becomes
    nullable.
    """
    fields = [_retype_field(FieldPath((field.name,)), field, retype, annotate) for field in schema]
    return pa.schema([field for field in fields if field is not None], metadata=schema.metadata)


def leaf_values(table: pa.Table, path: FieldPath) -> tuple[pa.Array, Rows]:
    """The flat values of the leaf at `path`, and for each the index of its row."""
    array = _whole(table.column(path.column))
    rows = np.arange(table.num_rows, dtype=np.int64)
    for step in path.steps[1:]:
        if step is EACH:
            lengths = _lengths(array)
            rows = np.repeat(rows, lengths)
            array = _entries(array)
        else:
            index = array.type.get_field_index(str(step))
            array = array.flatten()[index]
    return array, rows


InnerKey = tuple[str, str, str]


def inner_counts(table: pa.Table) -> Iterator[tuple[InnerKey, int]]:
    """The numbers of structs, map entries and fixed-size lists in `table`, nulls aside, by their
    path, the path that they lie in ("" for a column), and the size of the lists ("" for others).

    What lies in one struct differs from what lies beside it by the structs that lack one of them.

    >>> table = pa.table({"at": pa.array([{"x": 1}, {"x": None}, None])})
    >>> list(inner_counts(table))
    [(('at', '', ''), 2)]
    """
    for name, column in zip(table.schema.names, table.columns, strict=True):
        if pa.types.is_nested(column.type):
            yield from _inner(FieldPath((name,)), _whole(column))


def _inner(path: FieldPath, array: pa.Array) -> Iterator[tuple[InnerKey, int]]:
    kind, size = array.type, ""
    counted = len(array) - array.null_count
    if pa.types.is_struct(kind) and kind.num_fields:
        below = [(path.child(f.name), part) for f, part in zip(kind, array.flatten(), strict=True)]
    elif pa.types.is_map(kind):
        entries = _entries(array)
        path, counted = path.child(EACH), len(entries)
        below = [(path.child(name), entries.field(i)) for i, name in enumerate(("key", "value"))]
    elif is_list(kind):
        yield from _inner(path.child(EACH), array.flatten())
        if not pa.types.is_fixed_size_list(kind):
            return
        below, size = [], str(kind.list_size)
    else:
        return
    above = str(FieldPath(path.steps[:-1])) if path.nested else ""
    yield (str(path), above, size), counted
    for inner, part in below:
        yield from _inner(inner, part)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    if column.num_chunks == 1:
        return column.chunk(0)
    combined = column.combine_chunks()
    if isinstance(combined, pa.ChunkedArray):
        return (
            pa.concat_arrays(combined.chunks)
            if combined.num_chunks
            else pa.array([], combined.type)
        )
    return combined


def _visit(path: FieldPath, array: pa.Array, rows: Rows, visit: Visit) -> pa.Array | None:
    kind = array.type
    if pa.types.is_struct(kind) and kind.num_fields:
        return _visit_struct(path, array, rows, visit)
    if pa.types.is_map(kind):
        return _visit_map(path, array, rows, visit)
    if is_list(kind):
        return _visit_list(path, array, rows, visit)
    return visit(path, array, rows)


def _visit_struct(path: FieldPath, array: pa.Array, rows: Rows, visit: Visit) -> pa.Array | None:
    children, fields = [], []
    for field, child in zip(array.type, array.flatten(), strict=True):
        result = _visit(path.child(field.name), child, rows, visit)
        if result is not None:
            children.append(result)
            fields.append(pa.field(field.name, result.type, metadata=field.metadata))
    if not children:
        return None
    return pa.StructArray.from_arrays(children, fields=fields, mask=array.is_null())


def _visit_list(path: FieldPath, array: pa.Array, rows: Rows, visit: Visit) -> pa.Array | None:
    lengths = _lengths(array)
    values = _visit(path.child(EACH), array.flatten(), np.repeat(rows, lengths), visit)
    if values is None:
        return None
    kind, field = array.type, array.type.value_field
    element = pa.field(field.name, values.type, metadata=field.metadata)
    if pa.types.is_fixed_size_list(kind):
        return _fixed_size(array, values, element)
    large = pa.types.is_large_list(kind)
    offsets = pa.array(_offsets(lengths), pa.int64() if large else pa.int32())
    maker = pa.LargeListArray if large else pa.ListArray
    target = pa.large_list(element) if large else pa.list_(element)
    return maker.from_arrays(offsets, values, type=target, mask=array.is_null())


def _visit_map(path: FieldPath, array: pa.Array, rows: Rows, visit: Visit) -> pa.Array | None:
    lengths = _lengths(array)
    entries = _entries(array)
    inner = np.repeat(rows, lengths)
    entry = path.child(EACH)
    keys = _visit(entry.child("key"), entries.field(0), inner, visit)
    items = _visit(entry.child("value"), entries.field(1), inner, visit)
    if keys is None or items is None:
        return None
    if keys.null_count:
        raise NullRefused(path)
    offsets = pa.array(_offsets(lengths), pa.int32())
    return pa.MapArray.from_arrays(
        offsets, keys, items, type=pa.map_(keys.type, items.type), mask=array.is_null()
    )


def _entries(array: pa.Array) -> pa.Array:
    """The elements of a list, or the (key, value) structs of a map; null lists have none."""
    if not pa.types.is_map(array.type):
        return array.flatten()
    filled = array.filter(array.is_valid()) if array.null_count else array
    if not len(filled):
        return pa.StructArray.from_arrays(
            [pa.array([], array.type.key_type), pa.array([], array.type.item_type)],
            names=["key", "value"],
        )
    first, last = filled.offsets[0].as_py(), filled.offsets[-1].as_py()
    return pa.StructArray.from_arrays(
        [filled.keys.slice(first, last - first), filled.items.slice(first, last - first)],
        names=["key", "value"],
    )


def _lengths(array: pa.Array) -> Rows:
    if pa.types.is_fixed_size_list(array.type):
        valid = array.is_valid().to_numpy(zero_copy_only=False)
        return np.where(valid, array.type.list_size, 0).astype(np.int64)
    if pa.types.is_map(array.type):
        starts = np.diff(array.offsets.to_numpy())
        valid = array.is_valid().to_numpy(zero_copy_only=False)
        return np.where(valid, starts, 0).astype(np.int64)
    lengths = pc.fill_null(pc.list_value_length(array), 0)
    return np.asarray(lengths.to_numpy(zero_copy_only=False), dtype=np.int64)


def _offsets(lengths: Rows) -> Rows:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)])


def _fixed_size(array: pa.Array, values: pa.Array, element: pa.Field) -> pa.Array:
    """Fixed-size lists keep room for the elements of null lists: put nulls there."""
    size = array.type.list_size
    target = pa.list_(element, size)
    if not array.null_count:
        return pa.FixedSizeListArray.from_arrays(values, type=target)
    valid = np.repeat(array.is_valid().to_numpy(zero_copy_only=False), size)
    places = np.where(valid, np.cumsum(valid) - 1, 0)
    padded = values.take(pa.array(places, mask=~valid))
    return pa.FixedSizeListArray.from_arrays(padded, type=target, mask=array.is_null())


def _retype_field(
    path: FieldPath, field: pa.Field, retype: Retype, annotate: Annotate
) -> pa.Field | None:
    kind = _retype(path, field.type, retype, annotate)
    if kind is None:
        return None
    nullable = field.nullable or not kind.equals(field.type)
    return pa.field(field.name, kind, nullable, metadata=annotate(path, field.metadata))


def _retype(
    path: FieldPath, kind: pa.DataType, retype: Retype, annotate: Annotate
) -> pa.DataType | None:
    if pa.types.is_struct(kind) and kind.num_fields:
        fields = [_retype_field(path.child(f.name), f, retype, annotate) for f in kind]
        left = [f for f in fields if f is not None]
        return pa.struct(left) if left else None
    if pa.types.is_map(kind):
        entry = path.child(EACH)
        key = _retype(entry.child("key"), kind.key_type, retype, annotate)
        item = _retype(entry.child("value"), kind.item_type, retype, annotate)
        return pa.map_(key, item) if key is not None and item is not None else None
    if is_list(kind):
        element = _retype_field(path.child(EACH), kind.value_field, retype, annotate)
        if element is None:
            return None
        if pa.types.is_fixed_size_list(kind):
            return pa.list_(element, kind.list_size)
        return pa.large_list(element) if pa.types.is_large_list(kind) else pa.list_(element)
    return retype(path, kind)


def _fit(array: pa.Array, field: pa.Field) -> pa.Array:
    """The array under exactly the type of `field` (names, nullability and metadata inside, too)."""
    if array.type.equals(field.type, check_metadata=True):
        return array
    try:
        return array.cast(field.type)
    except pa.ArrowInvalid:  # its text quotes values
        raise NullRefused(FieldPath((field.name,))) from None
