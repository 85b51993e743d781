"""Admission of schemas: supported types, names that are not data, and only type-preserving
metadata. All inputs (files, frames, batches) pass through :func:`admitted`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow as pa

from scrubber.errors import InputError, Place
from scrubber.formats.field_names import data_among, looks_like_data
from scrubber.formats.metadata import is_known, of_field, of_schema
from scrubber.model.arrow_errors import ARROW_ERRORS
from scrubber.model.fieldpath import EACH, KEY, VALUE, FieldPath, below, is_list

_ELEMENTS = frozenset({"item", "element", "array", "list", "bag", "array_element"})
"""Writers' names for the elements of a list, which paths omit."""


def admitted(schema: pa.Schema, alias: str) -> pa.Schema:
    """The schema to work with: names, order and types are kept, metadata is reduced, and unknown
    extension types are replaced by their storage.

    Raises: the errors of :func:`check_schema`.
    """
    check_schema(schema, alias)
    bare = pa.schema([_field(one) for one in schema])
    return pa.schema(list(bare), metadata=of_schema(schema.metadata, bare))


def check_schema(schema: pa.Schema, alias: str) -> None:
    """Refuse schemas that no format here can carry: no fields, duplicate names, names that are
    data, types without leaves.

    Raises: InputError ``no-fields``, ``duplicate-field``, ``field-name``, ``type-not-supported``,
    or ``encoding`` for names that are not UTF-8.
    """
    try:
        _check(schema, alias)
    except UnicodeDecodeError:
        text = "the name of a field is not UTF-8 text"
        raise InputError("encoding", text, place=Place(file=alias)) from None


def admitted_table(table: pa.Table, alias: str) -> pa.Table:
    """`table` with its :func:`admitted` schema.

    Raises: the errors of :func:`admitted`.
    """
    schema = admitted(table.schema, alias)
    return table if schema.equals(table.schema, check_metadata=True) else recast(table, schema)


def recast(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """`table`, whose types were admitted as those of `schema`, with exactly `schema`."""
    columns = [
        column if column.type.equals(field.type, check_metadata=True) else column.cast(field.type)
        for column, field in zip(table.columns, schema, strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _field(field: pa.Field, name: str | None = None) -> pa.Field:
    kind = _type(field.type)
    metadata = of_field(field.metadata) if kind.equals(field.type) else None
    return pa.field(name or field.name, kind, field.nullable, metadata)


def _type(kind: pa.DataType) -> pa.DataType:
    if isinstance(kind, pa.BaseExtensionType):
        return kind if is_known(kind) else _type(kind.storage_type)
    if pa.types.is_struct(kind):
        return pa.struct([_field(one) for one in kind])
    if pa.types.is_map(kind):
        return pa.map_(
            _field(kind.key_field, "key"), _field(kind.item_field, "value"), kind.keys_sorted
        )
    if is_list(kind):
        own = kind.value_field
        element = _field(own, own.name if own.name in _ELEMENTS else "item")
        if pa.types.is_fixed_size_list(kind):
            return pa.list_(element, kind.list_size)
        return pa.large_list(element) if pa.types.is_large_list(kind) else pa.list_(element)
    return kind


def _check(schema: pa.Schema, alias: str) -> None:
    if not len(schema):
        raise InputError("no-fields", "it has no fields", place=Place(file=alias))
    refuse_data(schema.names, None, alias)
    _check_names(schema.names, None, alias)
    for field in schema:
        _check_type(FieldPath((field.name,)), field.type, alias)


def refuse_data(names: Sequence[str], parent: FieldPath | None, alias: str) -> None:
    """Refuse names at one level (below `parent`) if one looks like a value, which is not shown.

    Raises: InputError ``field-name``.
    """
    alone = (index for index, name in enumerate(names) if looks_like_data(name))
    index = next(alone, None)
    if index is None:
        index = data_among(names)
    if index is not None:
        raise InputError(
            "field-name",
            f"the name of field {index + 1} here looks like a value, such as a person or a number",
            place=Place(file=alias, field=None if parent is None else str(parent)),
            hint="names are not scrubbed: rename it, or make it a value in a field of its own",
        )


def _check_names(names: Iterable[str], parent: FieldPath | None, alias: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            path = parent.child(name) if parent else FieldPath((name,))
            raise InputError(
                "duplicate-field",
                "the field name is not unique",
                place=Place(file=alias, field=str(path)),
                hint="rename one of them",
            )
        seen.add(name)


def _check_type(path: FieldPath, kind: pa.DataType, alias: str) -> None:
    if isinstance(kind, pa.BaseExtensionType):
        _check_type(path, kind.storage_type, alias)
    elif pa.types.is_struct(kind):
        names = [field.name for field in kind]
        refuse_data(names, path, alias)
        _check_names(names, path, alias)
        for field in kind:
            _check_type(below(path, field.name), field.type, alias)
    elif pa.types.is_map(kind):
        _check_type(path.child(KEY), kind.key_type, alias)
        _check_type(path.child(VALUE), kind.item_type, alias)
    elif is_list(kind):
        _check_type(path.child(EACH), kind.value_type, alias)
    elif pa.types.is_nested(kind) or (
        pa.types.is_dictionary(kind)
        and (pa.types.is_nested(kind.value_type) or _is_extension(kind.value_type))
    ):
        raise _unsupported(path, alias, "convert it to a struct, a list or a map")
    elif pa.types.is_timestamp(kind) and not _has_zone(kind):
        raise _unsupported(path, alias, "its time zone is not known: give it one of the IANA names")


def _is_extension(kind: pa.DataType) -> bool:
    return isinstance(kind, pa.BaseExtensionType)


def _has_zone(kind: pa.TimestampType) -> bool:
    try:
        pa.nulls(1, kind).cast(pa.string())
    except ARROW_ERRORS:
        return False
    return True


def _unsupported(path: FieldPath, alias: str, hint: str) -> InputError:
    return InputError(
        "type-not-supported",
        "values of this Arrow type cannot be scanned",
        place=Place(file=alias, field=str(path)),
        hint=hint,
    )


__all__ = ["admitted", "admitted_table", "check_schema", "recast"]
