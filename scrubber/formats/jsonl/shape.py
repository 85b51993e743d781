"""The shape of JSONL objects: a tree of the kinds seen, and the Arrow type it means.

Kinds are bool, number, string, object and array. Integers become int64 (uint64 if one is beyond
int64 and none is negative); integers next to fractions become float64, if each of them is exact in
one (up to 2**53), else they are a kind of their own. Strings stay strings, also where they look
like a time. What was only ever null is of type null. Where a path holds values of several kinds,
its type is a struct with a field for each (see :mod:`scrubber.model.fieldpath`). An object whose
keys are data, not names, is a map: a kind, too.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pyarrow as pa

from scrubber.errors import InputError, Place
from scrubber.formats.base import ABSENT
from scrubber.formats.field_names import (
    are_keys_of_people,
    are_map_keys,
    data_among,
    looks_like_data,
)
from scrubber.model.fieldpath import (
    EACH,
    LIST,
    MAP,
    OF_KIND,
    VALUE,
    FieldPath,
    Inner,
    has_kinds,
    name_of,
)
from scrubber.model.fieldpath import (
    OBJECT as OBJECT_FIELD,
)

NULL, BOOL, INT, FLOAT, STRING, OBJECT, ARRAY = (1 << i for i in range(7))
NEGATIVE, WIDE, UNSIGNED = (1 << i for i in range(7, 10))  # which integers were among them
_KINDS = {
    type(None): NULL,
    bool: BOOL,
    int: INT,
    float: FLOAT,
    str: STRING,
    dict: OBJECT,
    list: ARRAY,
}
_FAMILIES = (BOOL, INT | FLOAT, STRING, OBJECT, ARRAY)
EXACT = 2**53
"""Integers up to here are exact in a float64."""
_INT64 = 2**63 - 1
_DEPTH = 64
_FIELDS = 10_000
_FORMS = 1_000
_MAP_KEYS, _MAP_FILL = 10, 0.15
_FEW = 3


class BadValue(Exception):
    """A value that does not fit; `code` and `text` are those of the InputError to come of it."""

    def __init__(self, code: str, text: str, path: FieldPath | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.path = path


class _Form:
    """Records with the same keys and the same types of values: which of those still say something,
    and how many such records were not counted yet."""

    __slots__ = ("count", "integers", "names", "nested")

    def __init__(self, record: dict[str, Any]) -> None:
        self.names = tuple(record)
        self.integers = tuple(name for name, value in record.items() if type(value) is int)
        self.nested = tuple(name for name, value in record.items() if type(value) in (dict, list))
        self.count = 0


class Shape:
    """The kinds seen at one path; the shape with no path is that of the records themselves."""

    __slots__ = (
        "_forms",
        "depth",
        "entry",
        "fields",
        "item",
        "objects",
        "path",
        "present",
        "seen",
    )

    def __init__(self, path: FieldPath | None = None, depth: int = 0) -> None:
        if depth > _DEPTH:
            raise BadValue("json-depth", f"values are nested deeper than {_DEPTH} levels")
        self.path = path
        self.depth = depth
        self.seen = 0
        self.objects = 0
        self.present = 0
        self.fields: dict[str, Shape] = {}
        self.item: Shape | None = None
        self.entry: Shape | None = None
        self._forms: dict[tuple[Any, ...], _Form] = {}

    def check(self, value: Any) -> None:
        """Raise BadValue if `value` cannot be added; changes nothing."""
        shape = Shape(self.path, self.depth)
        shape.add(value)
        _check_union(self, shape)

    def add(self, value: Any) -> None:
        """Take `value` in.

        Raises BadValue if it does not go with what was seen so far; the shape then holds a part
        of it, so ask :meth:`check` first where the shape is to be used on.
        """
        kind = _KINDS[type(value)]
        if kind == INT:
            kind = _integer_kinds(value)
        if kind & ~self.seen:
            self.see(kind)
        if kind == OBJECT:
            self.objects += 1
            fields = self.fields
            for name, inner in value.items():
                shape = self.entry or fields.get(name)
                if shape is None:
                    shape = self._new(name)
                shape.present += 1
                shape.add(inner)
        elif kind == ARRAY and value:
            shape = self.each()
            for inner in value:
                shape.add(inner)

    def merge(self, other: Shape) -> None:
        """Take in what `other` saw elsewhere, as if this shape had seen it after its own.

        Raises BadValue if the two do not go together; this shape is as before then.
        """
        _check_union(self, other)
        other.settle()
        self._take(other)

    def _take(self, other: Shape) -> None:
        self.seen |= other.seen
        self.objects += other.objects
        self.present += other.present
        if self.entry is not None or other.entry is not None:
            self.become_map()
            other.become_map()
            assert self.entry is not None
            assert other.entry is not None
            self.entry._take(other.entry)
        for name, shape in other.fields.items():
            if name in self.fields:
                self.fields[name]._take(shape)
            else:
                self.fields[name] = shape
        if self.item is not None and other.item is not None:
            self.item._take(other.item)
        else:
            self.item = self.item or other.item

    def become_map(self) -> None:
        """Take the keys of the objects for data: all that is under them becomes one shape."""
        if self.entry is not None:
            return
        assert self.path is not None, "the keys of records are names"
        self.settle()
        place = self.path.child(VALUE)
        self.entry = Shape(place, self.depth + 1)
        for shape in self.fields.values():
            shape.settle()
            _check_union(self.entry, shape)
            self.entry._take(shape.moved(place))
        self.fields = {}

    def moved(self, path: FieldPath) -> Shape:
        """The shape at another path."""
        self.path = path
        for name, shape in self.fields.items():
            shape.moved(path.child(name))
        if self.item is not None:
            self.item.moved(path.child(EACH))
        if self.entry is not None:
            self.entry.moved(path.child(VALUE))
        return self

    def add_record(self, record: dict[str, Any]) -> None:
        """As :meth:`add`, but faster: for a record like an earlier one, only the size of its
        integers and its nested values are inspected."""
        key = (*record, *map(type, record.values()))
        form = self._forms.get(key)
        if form is None:
            self.add(record)
            if len(self._forms) < _FORMS:
                self._forms[key] = _Form(record)
            return
        for name in form.integers:
            if not 0 <= (value := record[name]) <= EXACT:
                self.fields[name].add(value)
        for name in form.nested:
            self.fields[name].add(record[name])
        form.count += 1

    def settle(self) -> None:
        """Count the records that :meth:`add_record` found to be like an earlier one."""
        for form in self._forms.values():
            self.objects += form.count
            for name in form.names:
                self.fields[name].present += form.count
            form.count = 0

    def count(self, records: int) -> None:
        """Count so many records more, which have all keys that none of the earlier ones lacked, and
        nothing that was not seen yet. In what is nested in them nothing is counted: no key there
        becomes one that is lacking."""
        self.settle()
        for shape in self.fields.values():
            if shape.present == self.objects:
                shape.present += records
        self.objects += records

    def see(self, kinds: int) -> None:
        """Take in that there are values of these kinds. Raises BadValue as :meth:`add`."""
        self.seen = self._union(kinds)

    def _union(self, kinds: int) -> int:
        seen = self.seen | kinds
        if seen & NEGATIVE and seen & UNSIGNED:
            text = "it has negative integers next to some beyond 64 bits with a sign"
            raise BadValue("json-big-integer", text, self.path)
        return seen

    def _new(self, name: str) -> Shape:
        """The shape of what stands under a key that was not seen before."""
        if self.path is not None and (looks_like_data(name) or len(self.fields) >= _FIELDS):
            self.become_map()
            assert self.entry is not None
            return self.entry
        return self.under(name)

    def under(self, name: str) -> Shape:
        """The shape of what stands under a key. Raises BadValue where there can be none."""
        known = self.fields.get(name)
        if known is not None:
            return known
        if looks_like_data(name) or name.startswith(OF_KIND):
            text = "a key of an object looks like data, not like a name: make it a value"
            raise BadValue("json-key", text, self.path)
        if len(self.fields) >= _FIELDS:
            raise BadValue("json-fields", f"an object has more than {_FIELDS} keys", self.path)
        path = FieldPath((name,)) if self.path is None else self.path.child(name)
        shape = self.fields[name] = Shape(path, self.depth + 1)
        return shape

    def each(self) -> Shape:
        """The shape of the elements of arrays."""
        if self.item is None:
            assert self.path is not None, "the top is an object"
            self.item = Shape(self.path.child(EACH), self.depth + 1)
        return self.item

    def schema(self) -> pa.Schema:
        """The Arrow schema of the objects added to this shape, keys in the order first seen."""
        self.settle()
        return pa.schema([_field(name, shape, self) for name, shape in self.fields.items()])


def find_maps(shape: Shape, alias: str) -> None:
    """Make maps of the objects whose keys differ from record to record, or are such as values are:
    then they are data.

    Raises InputError `json-key` where those are the records themselves.
    """
    shape.settle()
    if shape.fields and _has_data_for_keys(shape):
        if shape.path is None:
            raise InputError(
                "json-key",
                f"records have {len(shape.fields)} keys that few of them share: they look like"
                " values, not names",
                place=Place(file=alias),
                hint="make it a list of objects, such as {key: …, value: …}",
            )
        try:
            shape.become_map()
        except BadValue as bad:
            place = Place(file=alias, field=str(bad.path))
            raise InputError(bad.code, bad.text, place=place) from None
    inner = (*shape.fields.values(), shape.item, shape.entry)
    for one in inner:
        if one is not None:
            find_maps(one, alias)


def _has_data_for_keys(shape: Shape) -> bool:
    if shape.path is not None and data_among(list(shape.fields)) is not None:
        return True
    keys, kinds = len(shape.fields), {_family(one) for one in shape.fields.values()} - {NULL}
    if shape.path is not None and _is_each_once(shape) and are_keys_of_people(list(shape.fields)):
        return True
    if keys < _MAP_KEYS or shape.objects < _MAP_KEYS or len(kinds) > 1:
        return False
    filled = sum(one.present for one in shape.fields.values())
    return filled <= _MAP_FILL * keys * shape.objects and are_map_keys(list(shape.fields))


def _is_each_once(shape: Shape) -> bool:
    """True if no two objects share a key, of which there are several or one alone."""
    keys = list(shape.fields.values())
    several = shape.objects >= _FEW and len(keys) >= _FEW
    return all(one.present <= 1 for one in keys) and (several or len(keys) == 1)


def _family(shape: Shape) -> int:
    return next((family for family in _FAMILIES if shape.seen & family), NULL)


def _check_union(known: Shape, other: Shape) -> None:
    """Raise BadValue if what `other` saw does not go with what `known` saw."""
    known._union(other.seen)
    if known.entry is not None or other.entry is not None:
        known, other = _as_map(known), _as_map(other)
        assert known.entry is not None
        assert other.entry is not None
        _check_union(known.entry, other.entry)
    fresh = 0
    for name, shape in other.fields.items():
        inner = known.fields.get(name)
        if inner is None:
            fresh += 1
        else:
            _check_union(inner, shape)
    if known.path is None and fresh and len(known.fields) + fresh > _FIELDS:
        raise BadValue("json-fields", f"an object has more than {_FIELDS} keys", known.path)
    if known.item is not None and other.item is not None:
        _check_union(known.item, other.item)


def _as_map(shape: Shape) -> Shape:
    """The shape, or a copy with its keys taken for data."""
    if shape.entry is not None:
        return shape
    copy = deepcopy(shape)
    copy.become_map()
    return copy


def _integer_kinds(value: int) -> int:
    if -EXACT <= value <= EXACT:
        return INT if value >= 0 else INT | NEGATIVE
    if value > _INT64:
        return INT | WIDE | UNSIGNED
    return INT | WIDE | (NEGATIVE if value < 0 else 0)


def _field(name: str, shape: Shape, parent: Shape) -> pa.Field:
    omitted = shape.present < parent.objects and not shape.seen & NULL
    return pa.field(name, _type(shape), metadata={ABSENT: b"1"} if omitted else None)


def _type(shape: Shape) -> pa.DataType:
    kinds = _kinds(shape)
    if shape.entry is None and len(kinds) < 2:
        return kinds[0].type if kinds else pa.null()
    return pa.struct(kinds)


def _kinds(shape: Shape) -> list[pa.Field]:
    """The kinds of values at a path, as fields."""
    seen, kinds = shape.seen, []
    if seen & STRING:
        kinds.append(pa.field(name_of(Inner.TEXT), pa.string()))
    if seen & BOOL:
        kinds.append(pa.field(name_of(Inner.BOOLEAN), pa.bool_()))
    if seen & INT and (seen & WIDE or not seen & FLOAT):
        name = name_of(Inner.INTEGER if seen & FLOAT else Inner.NUMBER)
        kinds.append(pa.field(name, pa.uint64() if seen & UNSIGNED else pa.int64()))
    if seen & FLOAT:
        kinds.append(pa.field(name_of(Inner.NUMBER), pa.float64()))
    if seen & OBJECT and shape.entry is None:
        fields = [_field(name, inner, shape) for name, inner in shape.fields.items()]
        kinds.append(pa.field(OBJECT_FIELD, pa.struct(fields)))
    if shape.entry is not None:
        kinds.append(pa.field(MAP, pa.map_(pa.string(), _type(shape.entry))))
    if seen & ARRAY:
        each = _type(shape.item) if shape.item is not None else pa.null()
        kinds.append(pa.field(LIST, pa.list_(each)))
    return kinds


def fitter(kind: pa.DataType) -> Callable[[Any], bool]:
    """A test whether a JSON value is one of Arrow type `kind`, to the letter.

    pyarrow's own conversion would cut 1.5 to 1 in an int64, take a string for a list of letters,
    and leave out keys that the type does not name.
    """
    if has_kinds(kind):
        kinds = [fitter(field.type) for field in kind]
        return lambda v: any(fits(v) for fits in kinds)
    if pa.types.is_map(kind):
        entry = fitter(kind.item_type)
        return lambda v: v is None or (type(v) is dict and all(map(entry, v.values())))
    if pa.types.is_struct(kind):
        return _object_fitter({field.name: fitter(field.type) for field in kind})
    if pa.types.is_list(kind):
        inner = fitter(kind.value_type)
        return lambda v: v is None or (type(v) is list and all(map(inner, v)))
    if pa.types.is_string(kind):
        return lambda v: v is None or type(v) is str
    if pa.types.is_boolean(kind):
        return lambda v: v is None or type(v) is bool
    if pa.types.is_floating(kind):
        return lambda v: v is None or type(v) is float or (type(v) is int and -EXACT <= v <= EXACT)
    if pa.types.is_integer(kind):
        low, high = (0, 2**64 - 1) if kind == pa.uint64() else (-_INT64 - 1, _INT64)
        return lambda v: v is None or (type(v) is int and low <= v <= high)
    return lambda v: v is None


def _object_fitter(fields: dict[str, Callable[[Any], bool]]) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        if type(value) is not dict:
            return value is None
        for name, inner in value.items():
            fit = fields.get(name)
            if fit is None or not fit(inner):
                return False
        return True

    return fits
