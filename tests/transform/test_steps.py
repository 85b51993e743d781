"""Transforms in order are one transform, with what any of them needs and the failures of all."""

from __future__ import annotations

import pyarrow as pa
import pytest

from scrubber.transform.base import Kind, Strictness, Transform, transformed
from scrubber.transform.clip import Clip
from scrubber.transform.date_part import DatePart
from scrubber.transform.email import Email
from scrubber.transform.generalize import Prefix, TruncateDate
from scrubber.transform.map import Map
from scrubber.transform.pseudonymize import DateShift, Token
from scrubber.transform.steps import Steps, common_steps, steps_of, strength_of, title
from tests.transform import conforming

PROVIDERS = Map((("gmail.com", "gmail.com"), ("gmx.de", None)), other="other")
CASES: list[tuple[Transform, ...]] = [
    (Email(), PROVIDERS),
    (DatePart("year"), Clip(lower=1936, to="null")),
    (DateShift(max_days=30), TruncateDate("month"), Token()),
    (Prefix(keep=2), Token(scope="none")),
]


@pytest.mark.parametrize("steps", CASES, ids=lambda steps: title(Steps(steps)))
def test_steps_keep_the_guarantees_of_a_transform(steps: tuple[Transform, ...]) -> None:
    conforming.check(Steps(steps))


def test_a_value_that_fails_in_one_step_is_failed_and_an_emptied_one_is_not() -> None:
    array = pa.array(["a@gmail.com", "b@gmx.de", "no address", None, "c@x.com"])
    outcome = transformed(Steps((Email(), PROVIDERS)), array, conforming.context_of(array))
    assert outcome.array.to_pylist() == ["gmail.com", None, None, None, "other"]
    assert outcome.failed is not None
    assert outcome.failed.to_pylist() == [False, False, True, False, False]
    assert outcome.why == "not an e-mail address"


def test_the_whole_needs_what_a_step_needs() -> None:
    steps = Steps((DatePart("year"), Clip(lower=1936, to="null"), Token(scope="none")))
    traits = steps.traits
    assert traits.accepts == {Kind.TEXT, Kind.DATE, Kind.TIMESTAMP}
    assert traits.needs_key
    assert traits.empties
    assert traits.consumes
    assert not traits.deterministic
    assert not traits.pseudonym
    assert traits.scope == "none"
    assert strength_of(steps) is Strictness.TOKEN
    assert steps_of(steps) == steps.steps
    assert steps_of(Token()) == (Token(),)


@pytest.mark.parametrize(
    ("before", "after", "shared"),
    [
        ("token", "token", [("token", 1, 1)]),
        ("token", "drop", []),
        ("email > map", "email", [("email", 1, 1)]),
        ("email", "email > map", [("email", 1, 1)]),
        ("map > email > map", "map > map", [("map", 1, 1), ("map", 3, 2)]),
        ("email > map", "map > email", [("email", 1, 2)]),
    ],
)
def test_common_steps(before: str, after: str, shared: list[tuple[str, int, int]]) -> None:
    found = common_steps(before, after)
    assert [(step, one, other) for (step, one), (_, other) in found] == shared
