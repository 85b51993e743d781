"""Types of nested data, leaf by leaf."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from scrubber.model.fieldpath import EACH, KEY, VALUE, FieldPath, below, is_list

Retype = Callable[[FieldPath, pa.DataType], pa.DataType | None]
Metadata = dict[bytes, bytes] | None
Annotate = Callable[[FieldPath, Metadata], Metadata]


def map_types(
    schema: pa.Schema, retype: Retype, annotate: Annotate = lambda _, metadata: metadata
) -> pa.Schema:
    """Replace the type of each leaf of `schema`, or drop it if `retype` returns None.

    Names and order are kept. `annotate(path, metadata)` returns the remaining metadata of a field
    (a leaf, or a struct, list or element above one). A field with a changed type becomes nullable.
    """
    fields = [_retype_field(FieldPath((field.name,)), field, retype, annotate) for field in schema]
    return pa.schema([field for field in fields if field is not None], metadata=schema.metadata)


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
        fields = [_retype_field(below(path, f.name), f, retype, annotate) for f in kind]
        left = [f for f in fields if f is not None]
        return pa.struct(left) if left else None
    if pa.types.is_map(kind):
        key = _retype(path.child(KEY), kind.key_type, retype, annotate)
        item = _retype(path.child(VALUE), kind.item_type, retype, annotate)
        return pa.map_(key, item) if key is not None and item is not None else None
    if is_list(kind):
        element = _retype_field(path.child(EACH), kind.value_field, retype, annotate)
        if element is None:
            return None
        if pa.types.is_fixed_size_list(kind):
            return pa.list_(element, kind.list_size)
        return pa.large_list(element) if pa.types.is_large_list(kind) else pa.list_(element)
    return retype(path, kind)
