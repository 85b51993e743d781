"""The guarantees of a transform, asked of any: what the conformance tests hold each to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import MISSING, fields, replace
from decimal import Decimal
from typing import Any

import pyarrow as pa

from scrubber.manifest.view import filled
from scrubber.policy.operators import parameters
from scrubber.transform.base import (
    Context,
    FromFile,
    Kind,
    Outcome,
    Strictness,
    Transform,
    transformed,
)
from scrubber.transform.keys import RootKey

KEY = RootKey(bytes(range(32)))
# What some transforms need to be made at all; others are made of their defaults.
NEEDED: dict[str, dict[str, Any]] = {
    "replace": {"with_": "x"},
    "surrogate": {"entity": "ID", "unique": False},
    "date_shift": {"max_days": 30},
    "bin": {"width": 5},
    "round": {"to": 10},
    "truncate_date": {"to": "month"},
    "prefix": {"keep": 2},
    "significant": {"digits": 2},
    "rare": {"min": 2, "other": "Other", "common": ("7", "Ann Poe")},
    "clip": {"lower": 0, "upper": 7.5},
    "date_part": {"to": "month"},
    "url": {"keep": ("host", "path")},
    "map": {"values": (("7", None), ("Ann Poe", "x")), "unlisted": "keep"},
    "randomized_response": {"values": ("7", "8", "Ann Poe"), "p": 0.75},
    "laplace": {"epsilon": 1, "lower": 0, "upper": 100},
    "hierarchy": {"file": "h.csv", "level": 1},
}
_ROWS = (("7", "odd"), ("8", "even"), ("Ann Poe", "a person"), ("2024-03-05", "a day"))
_TEXTS = ["Ann Poe", None, "", "2024-03-05", "192.0.2.7", "70000", "É😀\u0301", "Ann Poe", "-8.5"]
_DAY = dt.datetime(2024, 3, 5, 6, 7, 8)


def example(kind: type[Transform]) -> Transform:
    """An instance, of its defaults where it has them."""
    given = dict(NEEDED.get(kind.name, {}))
    missing = [
        field.name
        for field in fields(kind)  # type: ignore[arg-type]
        if field.default is MISSING and field.default_factory is MISSING
    ]
    assert set(missing) <= given.keys(), f"NEEDED must say how a {kind.name} is made"
    made = kind(**given)
    return made.with_rows(_ROWS) if isinstance(made, FromFile) and made.file_name() else made


def arrays(kind: Kind) -> Iterator[pa.Array]:
    """Values of a kind, with nulls, in each of its types."""
    whole = [7, None, 0, 8, 123, 7]
    match kind:
        case Kind.TEXT:
            yield from (pa.array(_TEXTS, type_) for type_ in (pa.string(), pa.large_string()))
        case Kind.INTEGER:
            yield pa.array(whole, pa.uint8())
            yield from (pa.array([*whole, -5], type_) for type_ in (pa.int16(), pa.int64()))
        case Kind.FLOAT:
            values = [1.5, None, 0.0, -7.25, float("nan"), 1.5]
            yield from (pa.array(values, type_) for type_ in (pa.float32(), pa.float64()))
        case Kind.DECIMAL:
            yield pa.array([Decimal("7.50"), None, Decimal("-1.00")], pa.decimal128(9, 2))
        case Kind.BOOLEAN:
            yield pa.array([True, None, False])
        case Kind.DATE:
            days = [_DAY.date(), None, dt.date(1970, 1, 1), _DAY.date()]
            yield from (pa.array(days, type_) for type_ in (pa.date32(), pa.date64()))
        case Kind.TIMESTAMP:
            yield from (
                pa.array([_DAY, None, _DAY], pa.timestamp(unit)) for unit in ("s", "ms", "us", "ns")
            )
        case Kind.TIME:
            yield pa.array([_DAY.time(), None], pa.time64("us"))
        case Kind.BINARY:
            yield from (
                pa.array([b"\xff\x00", None, b""], t) for t in (pa.binary(), pa.large_binary())
            )
        case Kind.OTHER:
            yield pa.array([dt.timedelta(days=1), None], pa.duration("s"))


def context_of(array: pa.Array) -> Context:
    numbers = [b"%d" % i for i in range(len(array))]
    return Context(
        "f",
        KEY,
        document=pa.array(numbers, pa.binary()),
        subject=pa.array(["s"] * len(array), pa.string()),
        record=pa.array(numbers, pa.binary()),
    )


def part(context: Context, start: int, length: int) -> Context:
    """The context of a part of the values."""
    cut = {name: getattr(context, name).slice(start, length) for name in _ALIGNED}
    return replace(context, worked_out={}, **cut)


_ALIGNED = ("document", "subject", "record")


def check(transform: Transform) -> None:
    """Raise where `transform` does not keep the guarantees of scrubber.transform.base."""
    for kind in sorted(transform.traits.accepts):
        for array in arrays(kind):
            _check(transform, array)
    if Kind.TEXT in transform.traits.accepts:
        _check_not_utf8(transform)


def _check(transform: Transform, array: pa.Array) -> None:
    context = context_of(array)
    whole = transformed(transform, array, context)  # length, type, nulls, failed values
    assert same(whole, transformed(transform, array, context_of(array))), "is not deterministic"
    for start, length in ((0, 1), (1, len(array) - 1), (len(array) // 2, 2), (0, 0)):
        cut = transformed(transform, array.slice(start, length), part(context, start, length))
        assert same(cut, sliced(whole, start, length)), "depends on the cut of the batches"
    copied = pa.concat_arrays([array.slice(0, 2), array.slice(2)])
    assert same(whole, transformed(transform, copied, context)), "depends on how values are stored"
    none = transformed(transform, pa.nulls(3, array.type), part(context, 0, 3))
    assert none.array.null_count == 3
    _check_values(transform, array, whole)


def _check_values(transform: Transform, array: pa.Array, whole: Outcome) -> None:
    if transform.strictness >= Strictness.MASK and not transform.traits.deterministic:
        return
    values = [repr(value) for value in array.to_pylist()]
    made: dict[str, Any] = {}
    for value, result in zip(values, map(repr, whole.array.to_pylist()), strict=True):
        if transform.traits.deterministic:
            assert made.setdefault(value, result) == result, "equal values got other results"
        if transform.traits.consumes and value not in ("None", "''"):
            assert result != value, "left a value that it says to take away"


def _check_not_utf8(transform: Transform) -> None:
    raw = pa.array([b"\xff\xfe", b"Ann"], pa.binary())
    array = pa.Array.from_buffers(pa.string(), 2, raw.buffers())
    outcome = transformed(transform, array, context_of(array))
    failed = outcome.failed is not None and outcome.failed[0].as_py()
    if not failed:
        outcome.array[0].as_py()  # a result that is a text, and so not the value


def sliced(outcome: Outcome, start: int, length: int) -> Outcome:
    failed = None if outcome.failed is None else outcome.failed.slice(start, length)
    return Outcome(outcome.array.slice(start, length), failed)


def same(one: Outcome, other: Outcome) -> bool:
    flags = [
        [False] * len(o.array) if o.failed is None else o.failed.to_pylist() for o in (one, other)
    ]
    return repr(one.array.to_pylist()) == repr(other.array.to_pylist()) and flags[0] == flags[1]


def check_said(kind: type[Transform]) -> None:
    """Raise where a transform does not say of itself what every surface asks for."""
    assert kind.directions.keys() == parameters(kind).keys()
    assert kind.strictness in Strictness
    assert filled(kind.sentence, dict.fromkeys([*parameters(kind), "domain"], "x"))
    assert kind.__doc__
