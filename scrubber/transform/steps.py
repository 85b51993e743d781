"""Several transforms in order, as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.direction import Directions, each
from scrubber.transform.base import Context, Outcome, Strictness, Traits, Transform, transformed

THEN: Final = " > "
"""The sign between the steps in an action of a manifest."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Transforms in order, each of what the one before it made.

    A value that fails in one step is failed. The strength of the whole is that of the strongest
    step, since none of them brings anything back.
    """

    name: ClassVar[str] = "steps"
    strictness: ClassVar[Strictness] = Strictness.PARTLY
    sentence: ClassVar[str] = "transformed in steps"
    directions: ClassVar[Directions] = each()

    steps: tuple[Transform, ...]

    @property
    def traits(self) -> Traits:
        """The traits of the whole: what any step needs or leaves to be joined, it needs or leaves.

        It is no pseudonym that a text could show, since a finding is seldom the whole value.
        """
        all_of = [step.traits for step in self.steps]
        scopes = [one.scope for one in all_of if one.scope != "dataset"]
        return Traits(
            accepts=all_of[0].accepts,
            technique=", ".join(dict.fromkeys(one.technique for one in all_of)),
            deterministic=all(one.deterministic for one in all_of),
            reversible=any(one.reversible for one in all_of),
            unique=all(one.unique for one in all_of),
            linkable=any(one.linkable for one in all_of),
            needs_key=any(one.needs_key for one in all_of),
            consumes=any(one.consumes for one in all_of),
            scope=scopes[0] if scopes else "dataset",
            entity=next((one.entity for one in all_of if one.entity is not None), None),
            needs_entity=any(one.needs_entity for one in all_of),
            leaves=max(one.leaves for one in all_of),
            empties=any(one.empties for one in all_of),
        )

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        for step in self.steps:
            input_type = step.output_type(input_type)
        return input_type

    def apply(self, array: pa.Array, context: Context) -> Outcome:
        failed: pa.Array | None = None
        why = ""
        for step in self.steps:
            made = transformed(step, array, context)
            array, why = made.array, why or made.why
            if made.failed is not None:
                failed = made.failed if failed is None else pc.or_(failed, made.failed)
        return Outcome(array, failed, why)


def numbered(parameter: str, number: int) -> str:
    """The name of a parameter in a manifest, by the number of its step from 1."""
    return f"{parameter} (step {number})"


def common_steps(before: str, after: str) -> list[tuple[tuple[str, int], tuple[str, int]]]:
    """The steps that two actions share in one order, each with its number in either; as many as
    the first of them leave.

    >>> common_steps("email > map", "email")
    [(('email', 1), ('email', 1))]
    """
    left = list(enumerate(after.split(THEN), start=1))
    found = []
    for number, step in enumerate(before.split(THEN), start=1):
        places = [place for place, (_, other) in enumerate(left) if other == step]
        if places:
            found.append(((step, number), (step, left[places[0]][0])))
            left = left[places[0] + 1 :]
    return found


def steps_of(transform: Transform) -> tuple[Transform, ...]:
    """The steps of a transform; one alone is its only step."""
    return transform.steps if isinstance(transform, Steps) else (transform,)


def strength_of(transform: Transform) -> Strictness:
    """The strictness of the strongest step."""
    return max(step.strictness for step in steps_of(transform))


def title(transform: Transform) -> str:
    """The names of the steps, as a manifest says them."""
    return THEN.join(step.name for step in steps_of(transform))
