"""redact, replace, mask: nothing of the value is left but what the rule keeps."""

from __future__ import annotations

import unicodedata
from datetime import date
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.transform.base import Context, Strictness, Transform
from scrubber.transform.columns.graphemes import boundary_after, boundary_before
from scrubber.transform.erase import Mask, Redact, Replace

COLUMN = Context(field="f")
PERSON = Context(field="f", label="PERSON")
TEXTS = (pa.string(), pa.large_string(), pa.string_view())
ACUTE = "\u0301"
FAMILY = "👩\u200d👧"


def mask(text: str, **params: Any) -> str:
    return Mask(**params).apply(pa.array([text]), COLUMN).array[0].as_py()


@pytest.mark.parametrize(
    ("transform", "context", "expected"),
    [
        (Redact(), COLUMN, "{REDACTED}"),
        (Redact(), PERSON, "{PERSON}"),
        (Redact(with_=""), PERSON, ""),
        (Redact(with_="[…]"), PERSON, "[…]"),
        (Replace("[name]"), PERSON, "[name]"),
        (Replace(with_=""), COLUMN, ""),
    ],
)
@pytest.mark.parametrize(
    ("values", "type_"),
    [
        *((["Ann", None, ""], text) for text in TEXTS),
        ([1, None, 2], pa.int32()),
        ([1.5, None, float("nan")], pa.float64()),
        ([True, None, False], pa.bool_()),
        ([b"x", None, b""], pa.binary()),
        ([date(2024, 1, 1), None, date(2024, 1, 2)], pa.date32()),
    ],
    ids=str,
)
def test_one_text_for_every_value(
    transform: Transform, context: Context, expected: str, values: list[Any], type_: pa.DataType
) -> None:
    array = pa.array(values, type_)
    outcome = transform.apply(array, context)
    assert outcome.array.to_pylist() == [expected, None, expected]
    assert outcome.failed is None
    assert outcome.array.type == transform.output_type(type_)
    assert outcome.array.type == (type_ if type_ in TEXTS else pa.string())


@pytest.mark.parametrize("transform", [Redact(), Replace("x"), Mask()])
def test_empty_and_all_null_arrays(transform: Transform) -> None:
    for array in (pa.array([], pa.string()), pa.nulls(2, pa.string()), pa.nulls(2)):
        assert transform.apply(array, COLUMN).array.to_pylist() == [None] * len(array)


@pytest.mark.parametrize(
    ("text", "params", "expected"),
    [
        ("", {}, ""),
        ("Ann", {}, "***"),
        ("4111111111111111", {"keep_last": 4}, "************1111"),
        ("4111111111111111", {"keep_first": 2, "keep_last": 2}, "41************11"),
        ("1234", {"keep_last": 4}, "****"),  # not longer than what is kept: all masked
        ("123", {"keep_last": 4}, "***"),
        ("1234", {"keep_first": 2, "keep_last": 2}, "****"),
        ("12345", {"keep_first": 2, "keep_last": 2}, "12*45"),
        ("Ann", {"char": "█"}, "███"),
        ("a\nb", {"keep_last": 1}, "**b"),
        # a mark is masked with its letter, or shown with it
        (f"Jose{ACUTE}", {"keep_last": 1}, "*****"),
        (f"Jose{ACUTE}", {"keep_last": 2}, f"***e{ACUTE}"),
        (f"e{ACUTE}vora", {"keep_first": 1}, "******"),
        (f"e{ACUTE}vora", {"keep_first": 2}, f"e{ACUTE}****"),
        (f"ab{FAMILY}", {"keep_last": 1}, "*****"),
        ("한국", {"keep_last": 1}, "*국"),
        # conjoining jamo: the last code point is no letter of its own
        (unicodedata.normalize("NFD", "한국"), {"keep_last": 1}, "******"),
        # Presidio's way
        ("4111111111111111", {"chars_to_mask": 12}, "************1111"),
        ("4111111111111111", {"chars_to_mask": 4, "from_end": True}, "411111111111****"),
        ("123", {"chars_to_mask": 100}, "***"),
        ("123", {"chars_to_mask": 100, "from_end": True}, "***"),
        (f"Jose{ACUTE}s", {"chars_to_mask": 4}, "*****s"),
        (f"Jose{ACUTE}", {"chars_to_mask": 1, "from_end": True}, "Jos**"),
    ],
)
def test_mask(text: str, params: dict[str, Any], expected: str) -> None:
    assert mask(text, **params) == expected


def test_mask_of_integers_and_layouts() -> None:
    out = Mask(keep_last=2).apply(pa.array([-12345, None, 7]), COLUMN).array
    assert out.to_pylist() == ["****45", None, "*"]
    for text in TEXTS:
        assert Mask().apply(pa.array(["ab", None], text), COLUMN).array.type == text


@pytest.mark.parametrize(
    ("kind", "params", "text"),
    [
        (Mask, {"char": ""}, "char must be one"),
        (Mask, {"char": "ab"}, "char must be one"),
        (Mask, {"char": ACUTE}, "combining"),
        (Mask, {"char": "\n"}, "visible"),
        (Mask, {"char": "\ud800"}, "surrogate"),
        (Mask, {"keep_last": -1}, "negative"),
        (Mask, {"keep_first": -1}, "negative"),
        (Mask, {"chars_to_mask": 0}, "nothing"),
        (Mask, {"chars_to_mask": 3, "keep_last": 1}, "not both"),
        (Mask, {"from_end": True}, "chars_to_mask"),
        (Redact, {"with_": "\ud800"}, "surrogate"),
        (Replace, {"with_": "a\udfff"}, "surrogate"),
    ],
)
def test_bad_parameters(kind: type, params: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        kind(**params)


def test_traits() -> None:
    assert Redact().traits.consumes
    assert Replace("x").traits.consumes
    assert not Mask().traits.consumes
    assert Mask.strictness < Strictness.TOKEN < Replace.strictness


hostile = st.text(
    st.sampled_from(f"aZ 9é{ACUTE}\u200d\u200c\ufe0f👩🏽\u1161\u0fad")
    | st.characters(exclude_categories=["Cs"]),
    max_size=12,
)


@given(hostile, st.integers(0, 5), st.integers(0, 5))
def test_mask_keeps_length_and_no_more_than_it_may(text: str, first: int, last: int) -> None:
    out = mask(text, char="█", keep_first=first, keep_last=last)
    assert len(out) == len(text)
    shown = [i for i, (a, b) in enumerate(zip(text, out, strict=True)) if b != "█"]
    assert all(out[i] == text[i] for i in shown)
    assert all(i < first or i >= len(text) - last for i in shown)
    if len(text) <= first + last:
        assert set(out) <= {"█"}


@given(hostile, st.integers(0, 5))
def test_no_mark_survives_its_letter(text: str, last: int) -> None:
    out = mask(text, char="█", keep_last=last)
    for before, ch in pairwise(out):
        assert not (before == "█" and unicodedata.combining(ch))


@given(hostile, st.integers(0, 12))
def test_boundaries_enclose_and_are_fixed_points(text: str, at: int) -> None:
    at = min(at, len(text))
    low, high = boundary_before(text, at), boundary_after(text, at)
    assert 0 <= low <= at <= high <= len(text)
    assert boundary_before(text, low) == low
    assert boundary_after(text, high) == high
