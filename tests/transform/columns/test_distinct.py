"""per_distinct: Python once per distinct value, null kept, None failed, nothing lost."""

from __future__ import annotations

import struct
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.errors import TransformError
from scrubber.transform.columns.distinct import per_distinct, readable_values

NAN = float("nan")


def not_utf8() -> pa.Array:
    offsets = pa.py_buffer(struct.pack("<iiii", 0, 1, 3, 4))
    return pa.Array.from_buffers(pa.string(), 3, [None, offsets, pa.py_buffer(b"a\xff\xfeb")])


@pytest.mark.parametrize(
    "array",
    [
        pa.array(["a", None, "b", "a"], pa.string()),
        pa.array(["a", None, "b", "a"], pa.large_string()),
        pa.array(["a", None, "b", "a"], pa.string_view()),
        pa.array([1, None, 2, 1], pa.int8()),
        pa.array([1.0, None, NAN, 1.0], pa.float64()),
        pa.array([1.0, None, 2.0, 1.0], pa.float16()),
        pa.array([Decimal("1.5"), None, Decimal("2"), Decimal("1.5")], pa.decimal32(5, 2)),
        pa.array([Decimal("1.5"), None, Decimal("2"), Decimal("1.5")], pa.decimal256(40, 2)),
        pa.array([True, None, False, True]),
        pa.array([date(2024, 1, 1), None, date(2024, 1, 2), date(2024, 1, 1)]),
        pa.array([b"a", None, b"b", b"a"], pa.binary_view()),
    ],
    ids=lambda a: str(a.type),
)
def test_every_layout_is_called_once_per_distinct_value(array: pa.Array) -> None:
    calls = []
    outcome = per_distinct(array, lambda v: calls.append(v) or str(len(calls)), pa.string_view())
    assert outcome.array.to_pylist() == ["1", None, "2", "1"]
    assert outcome.array.type == pa.string_view()
    assert outcome.failed is None
    assert len(calls) == 2


def test_none_is_failed_and_null_is_not() -> None:
    outcome = per_distinct(
        pa.array(["x", None, "y", "x"]), lambda v: None if v == "x" else v, pa.string(), "why"
    )
    assert outcome.array.to_pylist() == [None, None, "y", None]
    assert outcome.failed.to_pylist() == [True, False, False, True]
    assert outcome.why == "why"


def test_a_slice_is_seen_as_a_slice() -> None:
    outcome = per_distinct(pa.array(["a", "b", "c"])[1:], str.upper, pa.string())
    assert outcome.array.to_pylist() == ["B", "C"]


def test_all_nan_are_one_value() -> None:
    outcome = per_distinct(pa.array([NAN, NAN, 0.0]), repr, pa.string())
    assert outcome.array.to_pylist() == ["nan", "nan", "0.0"]


@pytest.mark.parametrize("array", [pa.array([], pa.string()), pa.nulls(3), pa.nulls(2, pa.int8())])
def test_nothing_to_do(array: pa.Array) -> None:
    outcome = per_distinct(array, lambda _: pytest.fail("called"), pa.string())
    assert outcome.array.to_pylist() == [None] * len(array)
    assert outcome.failed is None


def test_text_that_is_not_utf8_is_failed_without_a_call() -> None:
    outcome = per_distinct(not_utf8(), str.upper, pa.string())
    assert outcome.array.to_pylist() == ["A", None, "B"]
    assert outcome.failed.to_pylist() == [False, True, False]
    assert readable_values(not_utf8())[::2] == ["a", "b"]


@pytest.mark.parametrize(("result", "type_"), [(300, pa.int8()), ("\ud800", pa.string())])
def test_what_the_type_cannot_hold_is_an_error_without_the_value(
    result: object, type_: pa.DataType
) -> None:
    with pytest.raises(TransformError) as caught:
        per_distinct(pa.array(["secret"]), lambda _: result, type_)
    assert caught.value.code == "not-representable"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert "300" not in str(caught.value)


@given(st.lists(st.none() | st.text(max_size=3)))
def test_it_is_the_function_value_by_value(values: list[str | None]) -> None:
    def fn(value: str) -> str | None:
        return None if "a" in value else value[::-1]

    outcome = per_distinct(pa.array(values, pa.large_string()), fn, pa.string())
    assert outcome.array.to_pylist() == [None if v is None else fn(v) for v in values]
    failed = [False] * len(values) if outcome.failed is None else outcome.failed.to_pylist()
    assert failed == [v is not None and fn(v) is None for v in values]
