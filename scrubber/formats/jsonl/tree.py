"""JSON values to Arrow arrays and back, a whole path at a time: what the quick ways do not take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, chain, pairwise
from typing import Any

import pyarrow as pa

from scrubber.errors import OutputError, Place
from scrubber.formats.base import ABSENT
from scrubber.model.fieldpath import (
    LIST,
    MAP,
    OBJECT,
    FieldPath,
    Inner,
    below,
    has_kinds,
    is_list,
    name_of,
)

_TYPES: dict[str, tuple[type, ...]] = {
    name_of(Inner.TEXT): (str,),
    name_of(Inner.BOOLEAN): (bool,),
    name_of(Inner.NUMBER): (int, float),
    name_of(Inner.INTEGER): (int,),
    OBJECT: (dict,),
    MAP: (dict,),
    LIST: (list,),
}


def holds_kinds(kind: pa.DataType) -> bool:
    """True if there is a path of several kinds in a type."""
    if pa.types.is_struct(kind):
        return has_kinds(kind) or any(holds_kinds(field.type) for field in kind)
    if pa.types.is_map(kind):
        return holds_kinds(kind.item_type)
    return is_list(kind) and holds_kinds(kind.value_type)


def table_of(records: Sequence[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    """A table of records that fit its schema, the one inferred from them."""
    columns = [_array([record.get(f.name) for record in records], f.type) for f in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if has_kinds(kind):
        split = any(field.name == name_of(Inner.INTEGER) for field in kind)
        parts = [_array(_of_kind(values, field.name, split), field.type) for field in kind]
        return pa.StructArray.from_arrays(parts, fields=list(kind), mask=_nulls(values))
    if pa.types.is_struct(kind) and kind.num_fields:
        parts = [
            _array(
                [None if value is None else value.get(field.name) for value in values], field.type
            )
            for field in kind
        ]
        return pa.StructArray.from_arrays(parts, fields=list(kind), mask=_nulls(values))
    if pa.types.is_map(kind):
        filled = [value for value in values if value]
        keys = pa.array(list(chain.from_iterable(filled)), kind.key_type)
        items = _array([item for value in filled for item in value.values()], kind.item_type)
        offsets, nulls = _offsets(values), _nulls(values)
        return pa.MapArray.from_arrays(offsets, keys, items, type=kind, mask=nulls)
    if pa.types.is_list(kind):
        inner = _array([item for value in values if value for item in value], kind.value_type)
        offsets, nulls = _offsets(values), _nulls(values)
        return pa.ListArray.from_arrays(offsets, inner, type=kind, mask=nulls)
    return pa.array(values, kind)


def _of_kind(values: Sequence[Any], name: str, split: bool) -> list[Any]:
    """The values of one kind, the others null; `split`: integers are no numbers here."""
    types = (float,) if split and name == name_of(Inner.NUMBER) else _TYPES[name]
    return [value if type(value) in types else None for value in values]


def _nulls(values: Sequence[Any]) -> pa.Array:
    return pa.array([value is None for value in values], pa.bool_())


def _offsets(values: Iterable[Any]) -> pa.Array:
    lengths = (len(value) if value else 0 for value in values)
    return pa.array(accumulate(lengths, initial=0), pa.int32())


def records_of(table: pa.Table) -> list[dict[str, Any]]:
    """The records of a table, as :mod:`json` would have read them: keys in the order of the schema,
    without those that are null where their source left them out.

    A map is an object where it was one, and else a list of its entries. Raises OutputError
    ``json-repeated-key`` where two keys of an object became the same.
    """
    columns = {
        field.name: column for field, column in zip(table.schema, table.columns, strict=True)
    }
    values = [
        _values(FieldPath((name,)), column.combine_chunks()) for name, column in columns.items()
    ]
    return _objects(list(table.schema), values, table.num_rows)


def _objects(
    fields: Sequence[pa.Field], columns: Sequence[list[Any]], count: int
) -> list[dict[str, Any]]:
    names = [field.name for field in fields]
    records = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    for field, column in zip(fields, columns, strict=True):
        if (field.metadata or {}).get(ABSENT) == b"1":
            for record, value in zip(records, column, strict=True):
                if value is None:
                    del record[field.name]
    return records if columns else [{} for _ in range(count)]


def _values(path: FieldPath, array: pa.Array | pa.ChunkedArray) -> list[Any]:
    if isinstance(array, pa.ChunkedArray):
        return [value for chunk in array.chunks for value in _values(path, chunk)]
    kind = array.type
    if pa.types.is_struct(kind):
        parts = [
            _values(below(path, field.name), part)
            for field, part in zip(kind, array.flatten(), strict=True)
        ]
        if has_kinds(kind):
            places = [i for i, field in enumerate(kind) if field.name == MAP]
            for i in places:
                parts[i] = [_object(path, entries) for entries in parts[i]]
            return [
                next((v for v in row if v is not None), None) for row in zip(*parts, strict=True)
            ]
        return _unless_null(array, _objects(list(kind), parts, len(array)))
    if pa.types.is_map(kind):
        keys, items = _values(path, array.keys), _values(path, array.items)
        entries = [{"key": key, "value": item} for key, item in zip(keys, items, strict=True)]
        return _slices(array, entries)
    if is_list(kind):
        return _slices(array, _values(path, array.values))
    return list(array.to_pylist())


def _first(kinds: Iterable[Any]) -> Any:
    return next((value for value in kinds if value is not None), None)


def _object(path: FieldPath, entries: list[dict[str, Any]] | None) -> dict[str, Any] | None:
    if entries is None:
        return None
    made = {entry["key"]: entry["value"] for entry in entries}
    if len(made) < len(entries):
        raise OutputError(
            "json-repeated-key",
            "two keys of an object became the same",
            place=Place(field=str(path)),
            hint="give {key} a transform that keeps keys apart, such as token, or drop it",
        )
    return made


def _unless_null(array: pa.Array, values: list[Any]) -> list[Any]:
    if not array.null_count:
        return values
    there = array.is_valid().to_pylist()
    return [value if is_there else None for value, is_there in zip(values, there, strict=True)]


def _slices(array: pa.Array, values: list[Any]) -> list[Any]:
    """The elements of each list; `values` are those of the whole array's child."""
    if pa.types.is_fixed_size_list(array.type):
        size = array.type.list_size
        bounds = [(array.offset + i) * size for i in range(len(array) + 1)]
    else:
        bounds = array.offsets.to_pylist()
    return _unless_null(array, [values[start:end] for start, end in pairwise(bounds)])
