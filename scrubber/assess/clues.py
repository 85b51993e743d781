"""Clues: the published values of a field that fit a value which an attacker knows.

The attacker knows how the output was made, as the manifest states it, but no key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Label = str | None

_INTERVAL: Final = re.compile(r"([\[(])(-?[0-9.]+), ?(-?[0-9.]+)([\])])")
_BEYOND: Final = re.compile(r"(>=|<)(-?[0-9.]+)")
_QUARTER: Final = re.compile(r"([0-9]{4})-Q([1-4])")
_WEEK: Final = re.compile(r"([0-9]{4})-W([0-9]{2})")
_ANY: Final = "*"


@dataclass(frozen=True)
class Making:
    """The origin of a field's published values.

    ``forms``: the value itself, or a generalization that shows its form: an interval, a prefix, a
    period, ``*``. ``function``: a deterministic function without a key, which an attacker computes
    for every value. ``window``: dates at most `days` away. ``hidden``: a keyed function or chance,
    so that no published value fits better than another. `repeats`: equal values have equal
    surrogates. `shows` is what a published value shows of its own, before anything is computed: a
    form, a prefix of the value, a date near it, or nothing.
    """

    kind: Literal["forms", "function", "window", "hidden"]
    days: int = 0
    repeats: bool = False
    shows: Literal["", "form", "prefix", "window"] = ""


@dataclass
class Clue:
    """A known field: which of the distinct `published` labels fit a value.

    `results` has, for a function, the published labels of each value.
    """

    name: str
    making: Making
    published: Sequence[Label] = field(repr=False)
    results: dict[Label, set[Label]] = field(default_factory=dict, repr=False)
    _known: dict[Label, Flags] = field(default_factory=dict, repr=False)

    def fitting(self, value: Label) -> Flags:
        """For each published label, true if it fits `value`."""
        if value not in self._known:
            self._known[value] = self._fitting(value)
        return self._known[value]

    def _fitting(self, value: Label) -> Flags:
        if self.making.kind == "function" and value in self.results:
            fits: Callable[[Label], bool] = self.results[value].__contains__
        else:
            fits = shown(self.making, value)
        return np.fromiter(map(fits, self.published), dtype=np.bool_, count=len(self.published))


def shown(making: Making, value: Label) -> Callable[[Label], bool]:
    """A test of published labels by what they show: true if they may stand for `value`."""
    match making.shows:
        case "form":
            return form(value)
        case "window":
            return _within(value, making.days)
        case "prefix":
            return lambda label: (
                form(value)(label)
                or (label is not None and value is not None and value.startswith(label))
            )
        case _:
            return lambda _: True


def form(value: Label) -> Callable[[Label], bool]:
    """A test of published labels: true for `value` itself and for generalizations of it.

    >>> fits = form("37")
    >>> [fits(label) for label in ("37", "[30, 40)", "[40, 50)", "3*", "*", ">=90", None)]
    [True, True, False, True, True, False, True]
    """
    number, day = _number(value), _day(value)

    def fits(label: Label) -> bool:
        if label is None or label in (_ANY, value):
            return True
        if value is None:
            return False
        if number is not None and (bounds := _INTERVAL.fullmatch(label)):
            low, high = float(bounds[2]), float(bounds[3])
            above = number >= low if bounds[1] == "[" else number > low
            below = number <= high if bounds[4] == "]" else number < high
            return above and below
        if number is not None and (beyond := _BEYOND.fullmatch(label)):
            edge = float(beyond[2])
            return number >= edge if beyond[1] == ">=" else number < edge
        if day is not None and _in_period(day, label):
            return True
        stem = label.rstrip(_ANY)
        return bool(stem) and len(stem) < len(label) and value.startswith(stem)

    return fits


def _in_period(day: date, label: str) -> bool:
    if len(label) in (4, 7) and day.isoformat().startswith(label):
        return True
    if quarter := _QUARTER.fullmatch(label):
        return (day.year, (day.month + 2) // 3) == (int(quarter[1]), int(quarter[2]))
    if week := _WEEK.fullmatch(label):
        year, number, _ = day.isocalendar()
        return (year, number) == (int(week[1]), int(week[2]))
    return False


def _within(value: Label, days: int) -> Callable[[Label], bool]:
    day = _day(value)

    def fits(label: Label) -> bool:
        other = _day(label)
        return day is None or other is None or abs((other - day).days) <= days

    return fits


def _number(value: Label) -> float | None:
    try:
        return None if value is None else float(value)
    except ValueError:
        return None


def _day(value: Label) -> date | None:
    try:
        return None if value is None else date.fromisoformat(value[:10])
    except ValueError:
        return None
