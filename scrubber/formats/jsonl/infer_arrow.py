"""Many lines of JSON through Arrow's parser, as the Shape that their records have.

It answers only where its answer is that of the records taken one by one (see json_types), which is
most of the time; and it lets other threads run meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.formats.io.stream import Offsets, count_of, is_utf8, middle_line
from scrubber.formats.jsonl.shape import (
    ARRAY,
    BOOL,
    EXACT,
    FLOAT,
    INT,
    NEGATIVE,
    NULL,
    OBJECT,
    STRING,
    WIDE,
    BadValue,
    Shape,
)
from scrubber.model.arrow_errors import ARROW_ERRORS
from scrubber.model.fieldpath import leaves

_NULL: Final = b"null"
_OPENINGS: Final = 500
"""So many brackets may open in a line: Arrow's parser knows no limit of depth but its stack's."""
_CELLS: Final = 2**22
_FIRST: Final = 2**16
"""In so many bytes is seen what keys there are, and of what types."""


Signs = npt.NDArray[np.uint8]


class _Unsure(Exception):
    """The records must be read one by one."""


def outlined(data: bytes) -> Shape | None:
    """The shape of the records in `data`, lines of which each is one; None where only taking them
    one by one tells it, or why there is none.

    A line that is one JSON object to Arrow is one to orjson: numbers that are none (NaN, which
    Arrow takes) and what is not UTF-8 are looked for here, and a key that stands twice Arrow
    refuses.
    """
    if not data or not _are_flat_objects(data):
        return None
    shape = Shape()
    try:
        first = next(_parts(data[: data.find(b"\n", _FIRST) + 1] or data, _openings_and_colons))
        kind = pa.schema([(one.name, _plain(one.type)) for one in _parsed(first, None).schema])
        width = len(leaves(kind))
        for part in _parts(data, lambda lines: count_of(lines, b"{[") * width):
            records = _whole(_parsed(part, kind))
            _add(shape, records, explicit=_nulls_are_written(records, part))
    except (_Unsure, BadValue, *ARROW_ERRORS):  # texts of Arrow's errors quote values
        return None
    return shape


def _parsed(data: bytes, kind: pa.Schema | None) -> pa.Table:
    """The records by Arrow, of the types that they seem to have, or of `kind` and nothing else."""
    from pyarrow import json as arrow_json

    table = arrow_json.read_json(
        pa.BufferReader(data),
        read_options=arrow_json.ReadOptions(use_threads=False, block_size=len(data) + 1),
        parse_options=arrow_json.ParseOptions(
            explicit_schema=kind,
            unexpected_field_behavior="infer" if kind is None else "error",
        ),
    )
    if table.num_rows != data.count(b"\n") + (not data.endswith(b"\n")) or not table.num_columns:
        raise _Unsure
    return table


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type with texts that look like times as texts."""
    if pa.types.is_struct(kind):
        return pa.struct([(one.name, _plain(one.type)) for one in kind])
    if pa.types.is_list(kind):
        return pa.list_(_plain(kind.value_type))
    return pa.string() if pa.types.is_temporal(kind) else kind


def _parts(data: bytes, cells: Callable[[bytes], int]) -> Iterator[bytes]:
    """The lines in parts that have at most _CELLS `cells`: each key takes its place in each object
    of a part, also where the object lacks it."""
    if cells(data) <= _CELLS:
        yield data
        return
    cut = middle_line(data)
    if not cut:
        raise _Unsure
    yield from _parts(data[:cut], cells)
    yield from _parts(data[cut:], cells)


def _openings_and_colons(data: bytes) -> int:
    """At most so many cells, whatever the keys are; far too many for most."""
    return count_of(data, b"{[") * count_of(data, b":")


def _are_flat_objects(data: bytes) -> bool:
    """True if each line begins and ends as an object does that is not nested deep, in UTF-8.

    Then a line break that Arrow takes for a blank is between two objects: inside of one, or of a
    list, no brace that closes is followed by one that opens.
    """
    signs = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(signs == ord("\n"))
    if not len(ends) or ends[-1] != len(signs) - 1:
        ends = np.append(ends, len(signs))
    starts = np.append(0, ends[:-1] + 1)
    last = ends - 1
    last -= signs[last] == ord("\r")
    return bool(
        _openings(data, signs, starts) <= _OPENINGS
        and (signs[starts] == ord("{")).all()
        and (signs[np.maximum(last, 0)] == ord("}")).all()
        and (data.isascii() or is_utf8(data))
    )


def _openings(data: bytes, signs: Signs, starts: Offsets) -> int:
    """An upper bound of the brackets opened in a line; a bound where there are not many in all."""
    total = count_of(data, b"{[")
    if total <= len(starts) + _OPENINGS - 1:  # each line has one, so that no line has more than
        return total - len(starts) + 1
    opening = np.flatnonzero((signs == ord("{")) | (signs == ord("[")))
    return int(np.diff(np.searchsorted(opening, np.append(starts, len(signs)))).max())


def _whole(table: pa.Table) -> pa.StructArray:
    columns = [pa.concat_arrays(column.chunks) for column in table.columns]
    return pa.StructArray.from_arrays(columns, fields=list(table.schema))


def _nulls_are_written(records: pa.StructArray, data: bytes) -> bool:
    """True if what is null in the records is so because they say null; False if none does.

    Where some say it and some have no such key, only the records tell. Every null that they say is
    in `data`, and so is each that stands in a text, if not written with escapes; of those there are
    at most as many as in all texts one behind the other. Where that leaves as many as there are
    nulls in the records, no key is left out.
    """
    nulls = texts = 0
    for array in _nodes(records):
        nulls += array.null_count
        if pa.types.is_string(array.type) and len(array):
            texts += array.buffers()[2].to_pybytes().count(_NULL)
        elif pa.types.is_struct(array.type) and any("null" in field.name for field in array.type):
            raise _Unsure
    if not nulls or _NULL not in data:
        return False
    if data.count(_NULL) - texts != nulls:
        raise _Unsure
    return True


def _nodes(array: pa.Array) -> Iterator[pa.Array]:
    """The array and all that are nested in it, each without what stands under a null."""
    yield array
    for inner in _inner(array):
        yield from _nodes(inner)


def _inner(array: pa.Array) -> list[pa.Array]:
    kind = array.type
    if pa.types.is_struct(kind):
        return list(array.drop_null().flatten())
    return [array.drop_null().flatten()] if pa.types.is_list(kind) else []


def _add(shape: Shape, array: pa.Array, *, explicit: bool) -> None:
    """Take the values in, and nulls if they are `explicit`, as Shape.add does one by one."""
    kind, present = array.type, len(array) - array.null_count
    if explicit and array.null_count:
        shape.see(NULL)
    if present:
        shape.see(_kinds(array))
    if pa.types.is_struct(kind):
        shape.objects += present
        for field, inner in zip(kind, _inner(array), strict=True):
            there = len(inner) if explicit else len(inner) - inner.null_count
            if there:
                under = shape.under(field.name)
                under.present += there
                _add(under, inner, explicit=explicit)
    elif pa.types.is_list(kind):
        (inner,) = _inner(array)
        if len(inner):
            _add(shape.each(), inner, explicit=explicit)


def _kinds(array: pa.Array) -> int:
    """The kinds in an array that has values."""
    kind = array.type
    if pa.types.is_struct(kind):
        return OBJECT
    if pa.types.is_list(kind):
        return ARRAY
    if pa.types.is_boolean(kind):
        return BOOL
    if pa.types.is_int64(kind):
        low, high = (bound.as_py() for bound in pc.min_max(array).values())
        wide = WIDE if low < -EXACT or high > EXACT else 0
        return INT | wide | (NEGATIVE if low < 0 else 0)
    if pa.types.is_float64(kind):
        low, high = (bound.as_py() for bound in pc.min_max(array).values())
        if not (low > -EXACT and high < EXACT and pc.all(pc.is_finite(array)).as_py()):
            raise _Unsure  # there may be whole numbers among them, of more digits than a float has
        return FLOAT
    if pa.types.is_string(kind):
        return STRING
    raise _Unsure
