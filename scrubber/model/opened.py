"""Tables opened into their leaves: lists, structs and maps are taken apart once, and put together
again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.fieldpath import (
    ANY_KIND,
    EACH,
    ENTRY,
    KEY,
    LIST,
    MAP,
    OF_KIND,
    VALUE,
    FieldPath,
    below,
    has_kinds,
    holder,
    is_list,
)
from scrubber.model.layouts import plain

Rows = np.ndarray[tuple[int], np.dtype[np.int64]]
Visit = Callable[[FieldPath, pa.Array, Rows], pa.Array | None]
InnerKey = tuple[str, str, str]
_Results = Iterator[pa.Array | None]
_Close = Callable[[_Results], pa.Array | None]


class NullRefused(ValueError):
    """A null where none can stand: in the key of a map, or in a field declared not nullable.

    `path` is the map's, or that of the column that the field lies in.
    """

    def __init__(self, path: FieldPath) -> None:
        super().__init__("a null has no place here")
        self.path = path


@dataclass(frozen=True)
class Leaf:
    """The flat values at one path of a table, and for each the index of its row, which never falls.

    Where a path holds texts in some records and numbers in others, it has a leaf for each, at a
    path of its own. Values under a null struct are null; a null list has none. `lists` has the
    length of each list and map that the path leads through, from the outermost; only a leaf of an
    opened table has it.
    """

    path: FieldPath
    values: pa.Array = field(repr=False)
    rows: Rows = field(repr=False)
    lists: tuple[Rows, ...] = field(default=(), repr=False)

    def elements(self, depth: int) -> Rows:
        """The element that each value lies in, `depth` lists below the record: numbers that never
        fall, and are those of all leaves below the same list. For 0, the row."""
        if not depth:
            return self.rows
        numbers = np.arange(int(self.lists[depth - 1].sum()), dtype=np.int64)
        for lengths in self.lists[depth:]:
            numbers = np.repeat(numbers, lengths)
        return numbers

    @property
    def kind(self) -> pa.DataType:
        """The Arrow type of the values, a dictionary or an extension type included."""
        return self.values.type

    @cached_property
    def plain(self) -> pa.Array:
        """The values behind a dictionary or an extension type."""
        return plain(self.values)

    def at(self, places: Rows) -> Leaf:
        """The values at these places, in their rows."""
        return Leaf(self.path, self.values.take(pa.array(places)), self.rows[places])

    def among(self, rows: Rows) -> Leaf:
        """The values that stand in `rows` (rising), whose index there is the new row."""
        places = np.flatnonzero(np.isin(self.rows, rows))
        left = np.searchsorted(rows, self.rows[places])
        return Leaf(self.path, self.values.take(pa.array(places)), left)


class Opened:
    """A table opened into its leaves, each column once and when it is first asked for.

    Every leaf is found by its path, and all leaves are in the order of the schema, which is that of
    :func:`~scrubber.model.fieldpath.leaves`.
    """

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        self._columns: dict[int, _Column] = {}

    @property
    def num_rows(self) -> int:
        return int(self.table.num_rows)

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """Every leaf, in the order of the schema."""
        return tuple(leaf for column in self._all() for leaf in column.leaves)

    def leaf(self, path: FieldPath) -> Leaf:
        """The leaf at `path`."""
        column = self._column(self.table.schema.get_field_index(path.column))
        return next(one for one in column.leaves if one.path == path)

    def take(self, rows: Rows) -> Opened:
        """The table of these rows."""
        return Opened(self.table.take(pa.array(rows)))

    def closed(self, results: Iterable[pa.Array | None], schema: pa.Schema) -> pa.Table:
        """The table with the values of each leaf replaced, in the order of :attr:`leaves`: an array
        of the same length, or None to drop the leaf.

        A struct or list whose leaves are all dropped is dropped; a map goes when its key or its
        value does. `schema` is the result's: what :func:`~scrubber.model.nested.map_types` made of
        the table's.

        Raises: NullRefused for a null in a map's key, or below a column in a field that is declared
        not nullable; ValueError where every column is dropped.
        """
        left = iter(results)
        closed = [column.close(left) for column in self._all()]
        columns = [column for column in closed if column is not None]
        if not columns:
            raise ValueError("no column is left: an Arrow table without columns forgets its rows")
        return pa.Table.from_arrays(
            [_fit(array, declared) for array, declared in zip(columns, schema, strict=True)],
            schema=schema,
        )

    def inner_counts(self) -> Iterator[tuple[InnerKey, int]]:
        """The numbers of structs, map entries and fixed-size lists, nulls aside, by their path, the
        path that they lie in ("" for a column), and the size of the lists ("" for others).

        What lies in one struct differs from what lies beside it by the structs that lack one of
        them.

        >>> opened = Opened(pa.table({"at": pa.array([{"x": 1}, {"x": None}, None])}))
        >>> list(opened.inner_counts())
        [(('at', '', ''), 2)]
        """
        for column in self._all():
            yield from column.inner

    def _all(self) -> Iterator[_Column]:
        return map(self._column, range(self.table.num_columns))

    def _column(self, index: int) -> _Column:
        if index not in self._columns:
            path = FieldPath((self.table.schema.names[index],))
            array = _whole(self.table.column(index))
            self._columns[index] = _Column(path, array, self._each_row)
        return self._columns[index]

    @cached_property
    def _each_row(self) -> Rows:
        return np.arange(self.num_rows, dtype=np.int64)


def map_leaves(table: pa.Table, visit: Visit, schema: pa.Schema) -> pa.Table:
    """`table` with every leaf replaced by what `visit(path, values, rows)` makes of it; see
    :meth:`Opened.closed`."""
    opened = Opened(table)
    return opened.closed((visit(one.path, one.values, one.rows) for one in opened.leaves), schema)


@dataclass(frozen=True)
class _Within:
    """The place of values: their rows, and the lengths of the lists above them."""

    rows: Rows
    lists: tuple[Rows, ...] = ()

    def below(self, lengths: Rows) -> _Within:
        """The place of the elements of lists with these lengths."""
        return _Within(np.repeat(self.rows, lengths), (*self.lists, lengths))


class _Column:
    """One column, taken apart: its leaves, what holds them, and the way back."""

    def __init__(self, path: FieldPath, array: pa.Array, rows: Rows) -> None:
        self.leaves: list[Leaf] = []
        self.inner: list[tuple[InnerKey, int]] = []
        self.close = self._open(path, array, _Within(rows))

    def _open(
        self, path: FieldPath, array: pa.Array, here: _Within, above: str | None = None
    ) -> _Close:
        """Open `array` within what is called `above`, by default the holder of `path`."""
        kind = array.type
        if pa.types.is_struct(kind) and kind.num_fields:
            return self._struct(path, array, here, holder(path) if above is None else above)
        if pa.types.is_map(kind):
            return self._map(path, array, here)
        if is_list(kind):
            return self._list(path, array, here)
        self.leaves.append(Leaf(path, array, here.rows, here.lists))
        return next

    def _count(self, name: str, above: str, number: int, size: str = "") -> None:
        self.inner.append(((name, above, size), number))

    def _struct(self, path: FieldPath, array: pa.Array, here: _Within, above: str) -> _Close:
        if has_kinds(array.type):
            closing = self._kinds(path, array, here)
        else:
            self._count(str(path), above, len(array) - array.null_count)
            children = zip(array.type, array.flatten(), strict=True)
            closing = [self._open(path.child(part.name), child, here) for part, child in children]

        def close(results: _Results) -> pa.Array | None:
            closed = (close_part(results) for close_part in closing)
            children = zip(array.type, closed, strict=True)
            kept = [(part, child) for part, child in children if child is not None]
            if not kept:
                return None
            return pa.StructArray.from_arrays(
                [child for _, child in kept],
                fields=[
                    pa.field(part.name, child.type, metadata=part.metadata) for part, child in kept
                ],
                mask=array.is_null(),
            )

        return close

    def _kinds(self, path: FieldPath, array: pa.Array, here: _Within) -> list[_Close]:
        """Values of several kinds: all of them are counted, and those that are no scalars."""
        every = str(path) + ANY_KIND
        self._count(every, holder(path), len(array) - array.null_count)
        closing = []
        for kind, values in zip(array.type, array.flatten(), strict=True):
            if kind.name in (LIST, MAP):
                name = f"{path}.{{{kind.name.removeprefix(OF_KIND)}}}"
                self._count(name, every, len(values) - values.null_count)
            closing.append(self._open(below(path, kind.name), values, here, every))
        return closing

    def _list(self, path: FieldPath, array: pa.Array, here: _Within) -> _Close:
        kind, lengths = array.type, _lengths(array)
        if pa.types.is_fixed_size_list(kind):
            self._count(str(path), holder(path), len(array) - array.null_count, str(kind.list_size))
        close_values = self._open(path.child(EACH), array.flatten(), here.below(lengths))

        def close(results: _Results) -> pa.Array | None:
            values = close_values(results)
            if values is None:
                return None
            element = pa.field(
                kind.value_field.name, values.type, metadata=kind.value_field.metadata
            )
            if pa.types.is_fixed_size_list(kind):
                return _fixed_size(array, values, element)
            large = pa.types.is_large_list(kind)
            offsets = pa.array(_offsets(lengths), pa.int64() if large else pa.int32())
            maker = pa.LargeListArray if large else pa.ListArray
            target = pa.large_list(element) if large else pa.list_(element)
            return maker.from_arrays(offsets, values, type=target, mask=array.is_null())

        return close

    def _map(self, path: FieldPath, array: pa.Array, here: _Within) -> _Close:
        lengths, entries = _lengths(array), _entries(array)
        self._count(str(path) + ENTRY, str(path), len(entries))
        inner = here.below(lengths)
        keys_below = self._open(path.child(KEY), entries.field(0), inner)
        items_below = self._open(path.child(VALUE), entries.field(1), inner)

        def close(results: _Results) -> pa.Array | None:
            keys, items = keys_below(results), items_below(results)
            if keys is None or items is None:
                return None
            if keys.null_count:
                raise NullRefused(path)
            offsets = pa.array(_offsets(lengths), pa.int32())
            return pa.MapArray.from_arrays(
                offsets, keys, items, type=pa.map_(keys.type, items.type), mask=array.is_null()
            )

        return close


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


def _fit(array: pa.Array, field: pa.Field) -> pa.Array:
    """The array under exactly the type of `field` (names, nullability and metadata inside, too)."""
    if array.type.equals(field.type, check_metadata=True):
        return array
    try:
        return array.cast(field.type)
    except pa.ArrowInvalid:  # its text quotes values
        raise NullRefused(FieldPath((field.name,))) from None
