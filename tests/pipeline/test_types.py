"""Identifiers of every Arrow type beside a text: they work, or are refused with a code."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

import scrubber
from scrubber.errors import ScrubberError

pytestmark = pytest.mark.slow

KEY = bytes(range(32))
NO_TEXT = [b"\xff\xfeZQSECRET", b"ok", None]
CODES = pa.array([0, 1, None], pa.int8())


def ext(kind: Any, storage: pa.Array) -> pa.Array:
    return pa.ExtensionArray.from_storage(kind, storage)


TYPES: dict[str, pa.Array] = {
    "binary": pa.array(NO_TEXT, pa.binary()),
    "large binary": pa.array(NO_TEXT, pa.large_binary()),
    "binary view": pa.array(NO_TEXT, pa.binary_view()),
    "fixed binary": pa.array([b"\xff\xfe", b"ok", None], pa.binary(2)),
    "string view": pa.array(["ZQSECRET and more", "b", None], pa.string_view()),
    "null": pa.nulls(3),
    "decimal32": pa.array([Decimal("1.5"), Decimal(2), None], pa.decimal32(5, 2)),
    "decimal256": pa.array([Decimal("1.5"), Decimal(2), None], pa.decimal256(5, 2)),
    "negative scale": pa.array([Decimal("1E5"), Decimal("2E5"), None], pa.decimal128(5, -3)),
    "time": pa.array([1, 2, None], pa.time64("ns")),
    "duration": pa.array([1, 2, None], pa.duration("us")),
    "interval": pa.array([(1, 2, 3), (4, 5, 6), None], pa.month_day_nano_interval()),
    "dictionary": pa.array(["ZQSECRET", "b", None]).dictionary_encode(),
    "dictionary of bytes": pa.DictionaryArray.from_arrays(CODES, pa.array(NO_TEXT[:2])),
    "dictionary of views": pa.DictionaryArray.from_arrays(
        CODES, pa.array(["ZQSECRET and more", "b"], pa.string_view())
    ),
    "list of bytes": pa.array([NO_TEXT[:1], [], None], pa.list_(pa.binary())),
    "struct": pa.array([{"a": "ZQSECRET", "b": b"\xff"}, None, {"a": None, "b": None}]),
    "empty struct": pa.array([{}, {}, None], pa.struct([])),
    "map": pa.array([[("k", b"\xff")], [], None], pa.map_(pa.string(), pa.binary())),
    "uuid": ext(pa.uuid(), pa.array([b"\xff" * 16, b"0" * 16, None], pa.binary(16))),
    "json": ext(pa.json_(), pa.array(['"ZQSECRET"', "1", None])),
    "tensor": ext(
        pa.fixed_shape_tensor(pa.int32(), [2]), pa.array([[1, 2]] * 3, pa.list_(pa.int32(), 2))
    ),
    "opaque": ext(pa.opaque(pa.binary(), "t", "v"), pa.array(NO_TEXT, pa.binary())),
    "no zone": pa.array([1, 2, None], pa.timestamp("us", "ZQSECRET/Zone")),
    "runs": pa.RunEndEncodedArray.from_arrays(pa.array([3], pa.int32()), pa.array(["ZQSECRET"])),
}  # fmt: skip


def rules(transform: Any, **more: Any) -> dict[str, Any]:
    names = ["x", "x[]", "x.*", "x[].*"]
    return {
        "version": 1,
        "detect": {"ner": "none"},
        "fields": [
            {"name": names, "class": "direct_identifier", "optional": True, "transform": transform},
            {"name": "t", "class": "text", "entities": {"default": "redact"}, **more},
            {"name": "w", "class": "insensitive", "keep": "numbers"},
        ],
    }


RULES = {
    "token": rules({"token": {"domain": "d"}}),
    "drop": rules("drop"),
    "redact": rules("redact"),
    "round": {**rules({"round": {"to": 10}}), "on_error": "drop_row"},
    "linked": rules({"token": {"domain": "d"}}, linked=["x"]),
    "subject": {**rules({"token": {"domain": "d"}}), "subject": "x"},
    "row rule": {**rules("redact"), "rows": [{"drop": "x IS NULL", "reason": "test"}]},
}


def outcome(table: pa.Table, decided: dict[str, Any]) -> str:
    """What comes out, or the error that scrubber raises on purpose; any other one ends the test."""
    try:
        result = scrubber.scrub(table, decided, key=KEY)
    except ScrubberError as error:
        return str(error)
    return f"{result.data.to_pylist()}{result.manifest.to_bytes()!r}"


@pytest.mark.parametrize("name", TYPES)
def test_it_works_or_is_refused(name: str) -> None:
    table = pa.table({"x": TYPES[name], "t": ["call ann@example.com", "b", None], "w": [1, 2, 3]})
    for what, decided in RULES.items():
        assert "ZQSECRET" not in outcome(table, decided), what


@pytest.mark.parametrize("name", ["binary", "large binary", "binary view", "dictionary of bytes"])
@pytest.mark.parametrize("what", ["token", "drop"])
def test_bytes_that_are_no_text_are_no_obstacle(name: str, what: str) -> None:
    table = pa.table({"x": TYPES[name], "t": ["call ann@example.com", "b", None], "w": [1, 2, 3]})
    assert "ann@" not in str(scrubber.scrub(table, RULES[what], key=KEY).data.to_pylist())
