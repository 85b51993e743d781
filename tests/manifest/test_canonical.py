"""Canonical bytes: RFC 8785 without fractions, and nothing but canonical bytes read back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.manifest.canonical import (
    MAX_INTEGER,
    canonical_bytes,
    core_of,
    manifest_id,
    parse_canonical,
)

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, b"{}"),
        ({"b": 1, "a": 2}, b'{"a":2,"b":1}'),
        # RFC 8785, 3.2.3: keys in the order of their UTF-16 code units, so U+1F600 before U+FB33.
        ({"\ufb33": 1, "\U0001f600": 2}, '{"\U0001f600":2,"\ufb33":1}'.encode()),
        ("e\u0301", '"e\u0301"'.encode()),  # no normalization
        ('\x00\x1f\n"\\/', b'"\\u0000\\u001f\\n\\"\\\\/"'),
        ("\u202e\x7f", '"\u202e\x7f"'.encode()),
        ((1, True, None), b"[1,true,null]"),
        (MAX_INTEGER, b"9007199254740991"),
    ],
)
def test_bytes(value: Any, expected: bytes) -> None:
    assert canonical_bytes(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        {"a": [0.5]},
        2**53,
        -(2**53),
        "\ud800",
        {"\udfff": 1},
        {1: 2},
        b"x",
        {1, 2},
        pytest.param(object(), id="object"),
    ],
    ids=repr,
)
def test_refused_without_repeating_the_value(value: Any) -> None:
    with pytest.raises(ValueError) as caught:
        canonical_bytes({"in": value})
    assert "9007199254740992" not in str(caught.value)
    assert "\ud800" not in str(caught.value)


def test_deep_nesting_is_refused() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ValueError, match="nested too deeply"):
        canonical_bytes(deep)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"a":1} ',
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":NaN}',
        b'{"a":-0}',
        b'{"a":"\\u0041"}',
        b'{"a":9007199254740992}',
        b'"\\ud800"',
        b"\xff",
        b'\xef\xbb\xbf{"a":1}',
        b"1" * 5000,
        b"[" * 100_000,
    ],
    ids=lambda raw: repr(raw[:20]),
)
def test_only_canonical_bytes_are_read(raw: bytes) -> None:
    with pytest.raises(ValueError) as caught:
        parse_canonical(raw)
    assert caught.value.__cause__ is None


@given(JSON_VALUES)
def test_round_trip(value: Any) -> None:
    raw = canonical_bytes(value)
    assert parse_canonical(raw) == value
    assert json.loads(raw) == value


@given(JSON_VALUES)
def test_key_order_and_containers_do_not_matter(value: Any) -> None:
    def turned(item: Any) -> Any:
        if isinstance(item, dict):
            return {key: turned(item[key]) for key in reversed(list(item))}
        return tuple(map(turned, item)) if isinstance(item, list) else item

    assert canonical_bytes(turned(value)) == canonical_bytes(value)


def test_the_id_covers_all_but_itself_and_the_run() -> None:
    manifest = {"header": {"id": "x", "kind": "run"}, "run": {"id": "1"}, "fields": []}
    same = {"header": {"id": "y", "kind": "run"}, "run": {"id": "2"}, "fields": []}
    other = {"header": {"id": "x", "kind": "run"}, "run": {"id": "1"}, "fields": [1]}
    assert core_of(manifest) == {"header": {"kind": "run"}, "fields": []}
    assert manifest_id(manifest) == manifest_id(same)
    assert manifest_id(manifest) != manifest_id(other)
