"""Every transform keeps the guarantees, and says of itself its strictness, its sentence, and of
each parameter the direction in which it protects more; one that does not stops a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from scrubber.errors import TransformError
from scrubber.model.direction import (
    Absent,
    Along,
    Direction,
    Directions,
    Incomparable,
    Indifferent,
    Less,
    More,
    Narrower,
    Wider,
)
from scrubber.transform import TRANSFORMS
from scrubber.transform.base import Context, Kind, Outcome, Strictness, Traits, transformed
from tests.transform import conforming


@pytest.mark.parametrize("name", TRANSFORMS)
def test_every_parameter_has_a_direction(name: str) -> None:
    conforming.check_said(TRANSFORMS[name])


@pytest.mark.parametrize("name", TRANSFORMS)
def test_the_guarantees(name: str) -> None:
    conforming.check(conforming.example(TRANSFORMS[name]))


@dataclass(frozen=True)
class Broken:
    """Keeps what is not as it should be out of the way of the values."""

    name: ClassVar[str] = "broken"
    strictness: ClassVar[Strictness] = Strictness.GENERALIZE
    directions: ClassVar[Directions] = {}
    sentence: ClassVar[str] = "broken"

    make: Callable[[pa.Array], Outcome]
    traits = Traits(frozenset({Kind.INTEGER}), "generalization")

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return input_type

    def apply(self, array: pa.Array, context: Context) -> Outcome:  # noqa: ARG002
        return self.make(array)


BROKEN: dict[str, Callable[[pa.Array], Outcome]] = {
    "loses a row": lambda a: Outcome(a.slice(1)),
    "adds a row": lambda a: Outcome(pa.concat_arrays([a, a.slice(0, 1)])),
    "null becomes 0": lambda a: Outcome(a.fill_null(0)),
    "a null more, a null less": lambda a: Outcome(a.take(pa.array(range(len(a))[::-1]))),
    "a value becomes null": lambda a: Outcome(pa.nulls(len(a), a.type)),
    "another type": lambda a: Outcome(a.cast(pa.float64())),
    "a failed value comes out": lambda a: Outcome(a, a.is_valid()),
    "failed is too short": lambda a: Outcome(a, pa.array([False])),
    "failed is unknown": lambda a: Outcome(a, pa.nulls(len(a), pa.bool_())),
    "failed is no flag": lambda a: Outcome(a, pc.fill_null(a, 0)),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_transform_is_stopped_where_it_is_called(how: str) -> None:
    array = pa.array([7, 8, None, 7], pa.int64())
    broken = Broken(BROKEN[how])
    with pytest.raises(TransformError) as caught:
        transformed(broken, array, conforming.context_of(array))
    assert caught.value.code == "transform-broken"
    with pytest.raises((TransformError, AssertionError)):
        conforming.check(broken)


DEPENDENT: dict[str, Callable[[pa.Array], Outcome]] = {
    "on the batch": lambda a: Outcome(pc.if_else(a.is_valid(), len(a), a).cast(a.type)),
    "on the row": lambda a: Outcome(pc.add(a, pa.array(range(len(a)), a.type))),
}


@pytest.mark.parametrize("how", DEPENDENT)
def test_a_transform_that_depends_on_more_than_the_value_does_not_conform(how: str) -> None:
    with pytest.raises(AssertionError):
        conforming.check(Broken(DEPENDENT[how]))


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
