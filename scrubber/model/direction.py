"""Directions: the effect of a parameter's change on the protection of people.

The owner of a parameter declares at its definition which direction protects more, and `scrubber
diff` uses it. Values are those of a manifest: texts, or None if the author gave none. A change
without a known order counts as weaker until a reader judges it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from types import MappingProxyType
from typing import Protocol

Rank = Fraction | float


class Direction(Protocol):
    """An order of a parameter's values by protection."""

    def compare(self, before: str | None, after: str | None) -> int | None:
        """1 if `after` protects more than `before`, -1 if less, 0 if equally; None if they are not
        comparable."""


Directions = Mapping[str, Direction]
"""The direction of each parameter, by its name in a rule file."""


def each(**directions: Direction) -> Directions:
    """Directions by name; a trailing underscore is dropped (``with_``)."""
    return MappingProxyType({name.rstrip("_"): one for name, one in directions.items()})


@dataclass(frozen=True, slots=True)
class More:
    """A larger number protects more. `default` is the meaning of no value; None: not comparable."""

    default: float | None = None

    def compare(self, before: str | None, after: str | None) -> int | None:
        ranks = _number(before, self.default), _number(after, self.default)
        return _sign(*ranks)


@dataclass(frozen=True, slots=True)
class Less:
    """A smaller number protects more. `default` is the meaning of no value; None: not
    comparable."""

    default: float | None = None

    def compare(self, before: str | None, after: str | None) -> int | None:
        return More(self.default).compare(after, before)


@dataclass(frozen=True, slots=True)
class Along:
    """Words from least to most protection; `default` is the meaning of no value."""

    words: tuple[str, ...]
    default: str | None = None

    def compare(self, before: str | None, after: str | None) -> int | None:
        found = [self.default if value is None else value for value in (before, after)]
        ranks = [self.words.index(one) if one in self.words else None for one in found]
        return _sign(ranks[0], ranks[1])


@dataclass(frozen=True, slots=True)
class Wider:
    """A superset protects more (searched entities). The word `every` stands for all items."""

    every: str | None = None

    def compare(self, before: str | None, after: str | None) -> int | None:
        if self.every is not None and self.every in (before, after):
            return (after == self.every) - (before == self.every)
        old, new = _items(before), _items(after)
        if old == new:
            return 0
        return 1 if old < new else -1 if new < old else None


@dataclass(frozen=True, slots=True)
class Narrower:
    """A subset protects more (cuts, exceptions). With `needed`, a missing list is not
    comparable."""

    needed: bool = False

    def compare(self, before: str | None, after: str | None) -> int | None:
        if self.needed and before != after and None in (before, after):
            return None
        return Wider().compare(after, before)


@dataclass(frozen=True, slots=True)
class Absent:
    """No value protects more than any value, and all values are equal (visible lengths)."""

    def compare(self, before: str | None, after: str | None) -> int | None:
        return (after is None) - (before is None)


@dataclass(frozen=True, slots=True)
class Present:
    """Any value protects more than none, and all values are equal (replacement texts)."""

    def compare(self, before: str | None, after: str | None) -> int | None:
        return (after is not None) - (before is not None)


@dataclass(frozen=True, slots=True)
class Incomparable:
    """Any other value may protect less: domains, keys, files, kinds of values."""

    def compare(self, before: str | None, after: str | None) -> int | None:
        return 0 if before == after else None


@dataclass(frozen=True, slots=True)
class Indifferent:
    """All values protect equally: replacement texts, ways of reading a value."""

    def compare(self, before: str | None, after: str | None) -> int | None:  # noqa: ARG002
        return 0


def compare(directions: Directions, name: str, before: str | None, after: str | None) -> int | None:
    """Compare values of the parameter `name`, as :meth:`Direction.compare`. A name with a dot has
    the direction of its first part. Without a direction, different values are not comparable."""
    direction = directions.get(name.partition(".")[0], Incomparable())
    return direction.compare(before, after)


def _number(value: str | None, default: float | None) -> Rank | None:
    if value is None:
        return default
    try:
        return Fraction(value)
    except (ValueError, ZeroDivisionError):
        return {"inf": inf, "-inf": -inf}.get(value)


def _sign(before: Rank | None, after: Rank | None) -> int | None:
    if before is None or after is None:
        return None
    return (after > before) - (after < before)


def _items(value: str | None) -> frozenset[str]:
    return frozenset(value.split(", ")) if value else frozenset()
