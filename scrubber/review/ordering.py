"""Changes with their effects, and the few ways to compare parts of two manifests.

Swapping before and after gives the opposite effect. Changes without a known order are weaker in
both directions, so that a person judges them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from scrubber.errors import printable
from scrubber.model.direction import Directions, compare

NOTHING = "none"


class Effect(StrEnum):
    """The effect of a change on the protection of the people in the data."""

    WEAKER = "weaker"
    NEUTRAL = "neutral"
    STRONGER = "stronger"

    @property
    def opposite(self) -> Effect:
        opposites = {Effect.WEAKER: Effect.STRONGER, Effect.STRONGER: Effect.WEAKER}
        return opposites.get(self, self)


@dataclass(frozen=True, slots=True)
class Change:
    """The change of an `aspect` of `subject` in a `section`, from `before` to `after`. All texts
    have their control and bidi characters escaped."""

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
    """The effect of a change of rank, where higher is stronger; weaker if a rank is None
    (unknown)."""
    if before == after:
        return Effect.NEUTRAL
    if before is None or after is None:
        return Effect.WEAKER
    return Effect.STRONGER if after > before else Effect.WEAKER


def effect_of(sign: int | None) -> Effect:
    """The effect of a direction (:meth:`scrubber.model.direction.Direction.compare`)."""
    return Effect.WEAKER if sign is None else by_rank(0, sign)


def named(
    section: str,
    aspect: str,
    before: Mapping[str, str],
    after: Mapping[str, str],
    gained: Effect,
    changed: Effect = Effect.NEUTRAL,
) -> Iterator[Change]:
    """Compare items by name.

    A new item has the effect `gained`, a removed item the opposite effect, and an item with other
    content the effect `changed`.
    """
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        effect = gained if old is None else gained.opposite if new is None else changed
        yield Change(section, name, aspect, old or NOTHING, new or NOTHING, effect)


def differs(
    section: str, aspect: str, before: str, after: str, effect: Effect = Effect.NEUTRAL
) -> Iterator[Change]:
    """Compare an aspect of a whole section."""
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
    """Compare parameters by the directions that their owner declared.

    A change is weaker if the parameter has no direction, or if its direction cannot order the
    values. `label` is a prefix of the names.
    """
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        effect = effect_of(compare(directions, name, old, new))
        said = ["default" if value is None else printable(value) for value in (old, new)]
        yield Change(section, subject, f"{label}{printable(name)}", said[0], said[1], effect)
