"""What every transform says of itself: its strictness, its sentence, and of each parameter the
direction in which it protects more."""

from __future__ import annotations

import pytest

from scrubber.model.direction import (
    Absent,
    Along,
    Direction,
    Incomparable,
    Indifferent,
    Less,
    More,
    Narrower,
    Wider,
)
from scrubber.policy.operators import parameters
from scrubber.transform import TRANSFORMS
from scrubber.transform.base import Strictness


@pytest.mark.parametrize("name", TRANSFORMS)
def test_every_parameter_has_a_direction(name: str) -> None:
    kind = TRANSFORMS[name]
    assert kind.directions.keys() == parameters(kind).keys()
    assert kind.strictness in Strictness
    assert kind.sentence.format(domain=", domain x")


@pytest.mark.parametrize("name", TRANSFORMS)
def test_a_default_compares_with_itself(name: str) -> None:
    for direction in TRANSFORMS[name].directions.values():
        assert direction.compare(None, None) in (0, None)


CASES: list[tuple[Direction, str | None, str | None, int | None]] = [
    (More(), "1", "2", 1),
    (More(), "10", "9", -1),
    (More(), "1.50", "3/2", 0),
    (More(), None, "1", None),
    (More(), "x", "1", None),
    (More(), "1/0", "1", None),
    (More(), "nan", "1", None),
    (More(128), None, "64", -1),
    (More(128), None, "128", 0),
    (Less(), "1", "2", -1),
    (Less(0), None, "4", -1),
    (Less(float("inf")), None, "4", 1),
    (Along(("a", "b", "c")), "a", "c", 1),
    (Along(("a", "b", "c"), "b"), None, "a", -1),
    (Along(("a", "b")), "a", "z", None),
    (Along(("a", "b")), None, "a", None),
    (Wider(), "a, b", "b, a", 0),
    (Wider(), "a", "a, b", 1),
    (Wider(), "a, b", None, -1),
    (Wider(), "a, b", "a, c", None),
    (Wider("all"), "all", "a, b", -1),
    (Wider("all"), "a", "all", 1),
    (Wider("all"), "all", "all", 0),
    (Narrower(), "a, b", "a", 1),
    (Narrower(), None, "a", -1),
    (Narrower(), "a, b", "a, c", None),
    (Narrower(needed=True), None, "a", None),
    (Absent(), None, "*", -1),
    (Absent(), "*", None, 1),
    (Absent(), "*", "#", 0),
    (Incomparable(), "a", "b", None),
    (Incomparable(), None, "b", None),
    (Incomparable(), "a", "a", 0),
    (Indifferent(), "a", "b", 0),
]


@pytest.mark.parametrize(("direction", "before", "after", "sign"), CASES)
def test_directions(
    direction: Direction, before: str | None, after: str | None, sign: int | None
) -> None:
    assert direction.compare(before, after) == sign
    assert direction.compare(after, before) == (None if sign is None else -sign)
