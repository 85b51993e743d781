"""A change and its effect, and the few ways in which two manifests' parts are compared.

With before and after exchanged, the effect is the opposite one. Only what nobody can order is
weaker both ways: it is for a person to judge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from scrubber.errors import printable
from scrubber.model.direction import Directions, compare

NOTHING = "nothing"


class Effect(StrEnum):
    """The effect of a change on the people in the data: `WEAKER` protects them less."""

    WEAKER = "weaker"
    NEUTRAL = "neutral"
    STRONGER = "stronger"

    @property
    def opposite(self) -> Effect:
        opposites = {Effect.WEAKER: Effect.STRONGER, Effect.STRONGER: Effect.WEAKER}
        return opposites.get(self, self)


@dataclass(frozen=True, slots=True)
class Change:
    """`aspect` of `subject` in a `section` was `before` and is `after`; all are texts whose control
    and bidi characters are escaped."""

    section: str
    subject: str
    aspect: str
    before: str
    after: str
    effect: Effect

    def __str__(self) -> str:
        what = " ".join(part for part in (self.section, self.subject) if part)
        return f"{what}: {self.aspect}: {self.before} -> {self.after}"


def by_rank(before: Any, after: Any) -> Effect:
    """The effect of going from one rank to another, higher being stronger; weaker where one of
    them is None, that is unknown."""
    if before == after:
        return Effect.NEUTRAL
    if before is None or after is None:
        return Effect.WEAKER
    return Effect.STRONGER if after > before else Effect.WEAKER


def effect_of(sign: int | None) -> Effect:
    """The effect that a direction means (:meth:`scrubber.model.direction.Direction.compare`)."""
    return Effect.WEAKER if sign is None else by_rank(0, sign)


def named(
    section: str,
    aspect: str,
    before: Mapping[str, str],
    after: Mapping[str, str],
    gained: Effect,
    changed: Effect = Effect.NEUTRAL,
) -> Iterator[Change]:
    """Items by their name, each with what it says: one more has the effect `gained`, one less the
    opposite one, and one that says something else the effect `changed`."""
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        effect = gained if old is None else gained.opposite if new is None else changed
        yield Change(section, name, aspect, old or NOTHING, new or NOTHING, effect)


def differs(
    section: str, aspect: str, before: str, after: str, effect: Effect = Effect.NEUTRAL
) -> Iterator[Change]:
    """The change of an aspect of a whole section, if there is one."""
    if before != after:
        yield Change(section, "", aspect, before, after, effect)


def parameters(
    section: str,
    subject: str,
    directions: Directions,
    before: Mapping[str, str],
    after: Mapping[str, str],
    label: str = "",
) -> Iterator[Change]:
    """The changes of parameters, each by the direction that its owner declared; weaker where there
    is none, or where it cannot order the two values. `label` stands before their names."""
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        effect = effect_of(compare(directions, name, old, new))
        said = ["its default" if value is None else printable(value) for value in (old, new)]
        yield Change(section, subject, f"{label}{printable(name)}", said[0], said[1], effect)
