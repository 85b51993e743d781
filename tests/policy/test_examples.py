"""A rule file's own tests: records from paths, and what must come out."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.errors import Mark
from scrubber.model.fieldpath import EACH, FieldPath
from scrubber.policy.examples import Example, parse_path, table_of, unmet

PATHS: list[tuple[str, tuple[Any, ...] | None]] = [
    ("a", ("a",)),
    ("a.b", ("a", "b")),
    ("a[].b", ("a", EACH, "b")),
    ("a[][]", ("a", EACH, EACH)),
    ('"Avg. Length"', ("Avg. Length",)),
    ('a."b.c"[]', ("a", "b.c", EACH)),
    ('"a\\"b"', ('a"b',)),
    ("first name", ("first name",)),
    ("", None),
    (".a", None),
    ("a.", None),
    ("a..b", None),
    ("[]", None),
    ("a[0]", None),
    ('"a', None),
    ('"a"b', None),
]


@pytest.mark.parametrize(("text", "steps"), PATHS)
def test_paths(text: str, steps: tuple[Any, ...] | None) -> None:
    path = parse_path(text)
    assert (None if path is None else path.steps) == steps


@given(
    st.lists(st.just(EACH) | st.text(min_size=1, max_size=4), min_size=1, max_size=4).filter(
        lambda steps: steps[0] is not EACH
    )
)
def test_a_path_reads_as_it_is_written(steps: list[Any]) -> None:
    path = FieldPath(tuple(steps))
    assert parse_path(str(path)) == path


TABLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"id": "7", "age": 34}, {"id": "7", "age": 34}),
    ({"m[].content": "hi"}, {"m": [{"content": "hi"}]}),
    (
        {"m[].content": ["a", "b"], "m[].role": ["user", "bot"]},
        {"m": [{"content": "a", "role": "user"}, {"content": "b", "role": "bot"}]},
    ),
    ({"tags[]": ["a", "b"]}, {"tags": ["a", "b"]}),
    ({"tags": ["a", "b"]}, {"tags": ["a", "b"]}),
    ({"a.b": 1, "a.c": True}, {"a": {"b": 1, "c": True}}),
    ({"a": None}, {"a": None}),
    ({"a": "é😀"}, {"a": "é😀"}),
]


@pytest.mark.parametrize(("given_", "record"), TABLES)
def test_a_record_from_paths(given_: dict[str, Any], record: dict[str, Any]) -> None:
    assert table_of(given_).to_pylist() == [record]


def test_a_null_is_text() -> None:
    assert table_of({"a": None, "b[].c": None}).schema == pa.schema(
        [("a", pa.string()), ("b", pa.list_(pa.struct([("c", pa.string())])))]
    )


@pytest.mark.parametrize(
    "given_",
    [
        {"a": 1, "a.b": 1},
        {"a.b": 1, "a": 1},
        {"a[].b": [1, 2], "a[].c": [1]},
        {"a[]": 1, "a[].b": 1},
        {"a[].b": 1, "a.c": 1},
        {"a": ["x", 1]},
        {"a": 2**70},
        {"a[][]": 1},
    ],
)
def test_values_that_make_no_record(given_: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        table_of(given_)


RESULT = pa.table(
    {
        "age": ["[30, 40)"],
        "flag": [True],
        "n": [1],
        "born": pa.array([19000], pa.date32()),
        "m": [[{"content": "a"}, {"content": "b"}]],
        "tags": [["x"]],
    }
)
EXPECTED: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({"age": "[30, 40)"}, ()),
    ({"age": "[40, 50)"}, ("age",)),
    ({"gone": None}, ()),
    ({"gone": "x"}, ("gone",)),
    ({"age": None}, ("age",)),
    ({"flag": True, "n": 1}, ()),
    ({"flag": 1, "n": True}, ("flag", "n")),
    ({"born": "2022-01-08"}, ()),
    ({"m[].content": ["a", "b"]}, ()),
    ({"m[].content": ["a"]}, ("m[].content",)),
    ({"m[].content": "a"}, ("m[].content",)),
    ({"tags": ["x"], "tags[]": "x"}, ()),
]


@pytest.mark.parametrize(("expect", "missed"), EXPECTED)
def test_what_is_unmet(expect: dict[str, Any], missed: tuple[str, ...]) -> None:
    assert unmet(Example("tests[0]", {"n": 1}, expect, Mark("r.yaml")), RESULT) == missed


def test_a_dropped_record_meets_nothing() -> None:
    example = Example("tests[0]", {"n": 1}, {"n": 1, "gone": None}, Mark("r.yaml"))
    assert unmet(example, RESULT.slice(0, 0)) == ("n", "gone")
