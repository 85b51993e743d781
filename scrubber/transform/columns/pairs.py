"""Python once per distinct pair: a value and what it stands beside (its document, its shift)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from scrubber.transform.base import Context, Outcome
from scrubber.transform.columns.distinct import per_distinct, readable_values


def per_distinct_pair(
    array: pa.Array,
    beside: pa.Array,
    fn: Callable[[Any, Any], Any | None],
    type: pa.DataType,
    why: str = "",
) -> Outcome:
    """`fn(value, other)` once per distinct pair of `array` and the aligned `beside`, as `type`.

    As :func:`~scrubber.transform.columns.distinct.per_distinct`; a value beside a null is failed.
    Both arrays are of layouts that Arrow can dictionary-encode.
    """
    left, right = pc.dictionary_encode(array), pc.dictionary_encode(beside)
    values, others = readable_values(left.dictionary), readable_values(right.dictionary)
    width = max(len(others), 1)
    codes = pc.add(
        pc.multiply(left.indices.cast(pa.int64()), width),
        # a value beside a null gets a code that no pair has
        pc.fill_null(right.indices.cast(pa.int64()), -width * (len(values) + 1)),
    )

    def of_code(code: int) -> Any | None:
        if code < 0:
            return None
        value = values[code // width]
        # a bare object stands for a text that is not UTF-8
        return None if value.__class__ is object else fn(value, others[code % width])

    return per_distinct(codes, of_code, type, why)


def occurrences(context: Context) -> pa.Array | None:
    """An id for every occurrence: the record's id, the field and label, and its number there; None
    where the records are not known.

    Two occurrences of a run never share one, and it is the same in every run. Null stays null.
    """
    if context.record is None:
        return None
    place = f"{context.field}\0{context.label or ''}".encode("utf-8", "surrogatepass")
    seen: dict[bytes, int] = {}
    ids: list[bytes | None] = []
    for record in context.record.to_pylist():
        if record is None:
            ids.append(None)
            continue
        number = seen.get(record, 0)
        seen[record] = number + 1
        ids.append(b"%d:%b:%d:%b" % (len(record), record, number, place))
    return pa.array(ids, pa.large_binary())
