"""Lines of JSON from flat columns, a whole column at a time: the bytes that orjson would write."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.formats.base import ABSENT
from scrubber.formats.io.stream import PIECE
from scrubber.formats.tables.text import bounds, is_string

_KIND = pa.large_string()
_ESCAPED = r'[\x00-\x1f"\\]'


def can_join(fields: Sequence[pa.Field]) -> bool:
    """True if records of these (plain) types are written here; the first must always be there."""
    return not _omitted(fields[0]) and all(map(_is_flat, fields))


def joined(table: pa.Table, fields: Sequence[pa.Field]) -> pa.Array:
    """The records as lines with their ends; `fields` are those of the table's schema, with the
    marks of keys that are left out where they are null."""
    parts: list[pa.Array | pa.Scalar] = []
    between = "{"  # what stands in every line behind the part before
    for number, (field, column) in enumerate(zip(fields, table.columns, strict=True)):
        name = ("," if number else "") + orjson.dumps(field.name).decode() + ":"
        array = _whole(column)
        if _omitted(field) and array.null_count:
            with_name = pc.binary_join_element_wise(_scalar(name), _cells(array), _scalar(""))
            parts += [_scalar(between), pc.if_else(array.is_valid(), with_name, _scalar(""))]
            between = ""
        elif is_string(array.type) and not array.null_count and not _may_be_escaped(array):
            parts += [_scalar(f'{between}{name}"'), _texts(array)]
            between = '"'
        else:
            parts += [_scalar(between + name), pc.fill_null(_cells(array), "null")]
            between = ""
    return pc.binary_join_element_wise(*parts, _scalar(between + "}\n"), _scalar(""))


def _is_flat(field: pa.Field) -> bool:
    kind = field.type
    return bool(
        is_string(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_float64(kind)
    )


def _omitted(field: pa.Field) -> bool:
    return (field.metadata or {}).get(ABSENT) == b"1"


def _cells(array: pa.Array) -> pa.Array:
    """The values as JSON; null stays null, and so becomes NaN."""
    if pa.types.is_floating(array.type):
        return _floats(array)
    if not is_string(array.type):
        return array.cast(_KIND)
    texts = _texts(array)
    quoted = pc.binary_join_element_wise(_scalar('"'), texts, _scalar('"'), _scalar(""))
    if not _may_be_escaped(array):
        return quoted
    marked = pc.fill_null(pc.match_substring_regex(texts, _ESCAPED), False)
    if not pc.any(marked).as_py():
        return quoted
    escaped = [orjson.dumps(text).decode() for text in texts.filter(marked).to_pylist()]
    return pc.replace_with_mask(quoted, marked, pa.array(escaped, _KIND))


def _texts(array: pa.Array) -> pa.Array:
    texts = array.cast(_KIND)
    texts.validate(full=True)  # what is not UTF-8 is refused, as orjson would
    return texts


def _may_be_escaped(array: pa.Array) -> bool:
    """True if there is a sign in some text that JSON writes otherwise; perhaps below a null."""
    texts = array.cast(_KIND)
    first, last = bounds(texts)
    if first == last:
        return False
    signs = np.frombuffer(texts.buffers()[2], np.uint8)[first:last]
    pieces = (signs[start : start + PIECE] for start in range(0, len(signs), PIECE))
    return any(
        piece.min() < ord(" ") or (piece == ord('"')).any() or (piece == ord("\\")).any()
        for piece in pieces
    )


def _floats(array: pa.Array) -> pa.Array:
    values = pc.fill_null(array, 0.0).to_numpy(zero_copy_only=False)
    if not len(values):
        return pa.array([], _KIND)
    written = orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY)
    cells = pc.split_pattern(pa.array([written[1:-1].decode()], _KIND), ",").flatten()
    if not array.null_count:
        return cells
    return pc.if_else(array.is_valid(), cells, pa.scalar(None, _KIND))


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)


def _scalar(text: str) -> pa.Scalar:
    return pa.scalar(text, _KIND)
