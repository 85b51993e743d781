"""Days in texts, in whatever way they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as hidden_field
from functools import cache

from scrubber.detect.linked.folding import Folded, fold
from scrubber.model.calendar import NAMES


def _months() -> dict[str, int]:
    found: dict[str, int] = {}
    for full, short, _, _ in NAMES.values():
        for names in (full, short):
            found |= {fold(name): number for number, name in enumerate(names, start=1)}
    return found | {"sept": 9}


_MONTHS = _months()
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ORDINAL = r"(?:st|nd|rd|th|er|\.)?"
_YEAR = r"(?:[0-9]{4}|'?[0-9]{2}(?![0-9]))"

# Folded. Each gives groups of year, month, day; where the order is not known, of both.
_WRITTEN = re.compile(
    rf"(?<![0-9])(?:"
    rf"(?P<y1>[0-9]{{4}})(?P<s1>[-/._ ])(?P<m1>[0-9]{{1,2}})(?P=s1)(?P<d1>[0-9]{{1,2}})(?![0-9])|"
    rf"(?P<a2>[0-9]{{1,2}})(?P<s2>[-/._ ])(?P<b2>[0-9]{{1,2}})(?P=s2)(?P<y2>[0-9]{{4}}|[0-9]{{2}})"
    rf"(?![0-9])|"
    rf"(?P<y3>[0-9]{{4}})(?P<m3>[0-9]{{2}})(?P<d3>[0-9]{{2}})(?![0-9])|"
    rf"(?P<a4>[0-9]{{2}})(?P<b4>[0-9]{{2}})(?P<y4>[0-9]{{4}})(?![0-9])|"
    rf"(?P<d5>[0-9]{{1,2}}){_ORDINAL}[ -/]{{0,2}}(?:of |de |day of )?(?P<n5>{_MONTH})\b\.?"
    rf"(?:[ -/,]{{1,2}}(?:de |del )?(?P<y5>{_YEAR}))?"
    rf")|"
    rf"(?<![^\W_])(?P<n6>{_MONTH})\.?[ -/]{{0,2}}(?:the )?(?P<d6>[0-9]{{1,2}})(?![0-9]){_ORDINAL}"
    rf"(?:[ -/,]{{1,2}}(?P<y6>{_YEAR}))?"
)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar; `year` None where it is not written, of two digits where only they are
    (then `short`)."""

    year: int | None
    month: int
    day: int
    short: bool = False

    def __repr__(self) -> str:  # a day may be somebody's birthday
        return "Day()"

    def same(self, other: Day) -> bool:
        """True if both may be one day: as far as both are written."""
        if (self.month, self.day) != (other.month, other.day):
            return False
        if self.year is None or other.year is None:
            return True
        if self.short or other.short:
            return self.year % 100 == other.year % 100
        return self.year == other.year


@dataclass(frozen=True, slots=True)
class WrittenDay:
    """A day in folded text, from `start` to `end`; `days` are what it may mean (03/04 is two)."""

    start: int
    end: int
    days: tuple[Day, ...] = hidden_field(repr=False)


@cache
def month_names(month: int) -> frozenset[str]:
    """The beginnings of month names: three letters, folded."""
    return frozenset(name[:3] for name, number in _MONTHS.items() if number == month)


def written_days(folded: str) -> Iterator[WrittenDay]:
    """Every day that is written in `folded`, in order."""
    for match in _WRITTEN.finditer(folded):
        days = tuple(_meanings({k: v for k, v in match.groupdict().items() if v is not None}))
        if days:
            yield WrittenDay(match.start(), match.end(), days)


def days_of(value: str) -> tuple[Day, ...]:
    """The days that a date, with or without a time, may mean; nothing if it is no date."""
    folded = Folded.of(value.strip()).folded
    first = next(written_days(folded), None)
    if first is None or first.start > 0 or first.days[0].year is None:
        return ()
    rest = folded[first.end :]
    return first.days if not rest or rest[0] in "t ," else ()


def _meanings(part: dict[str, str]) -> Iterator[Day]:
    number = next(key[1] for key in part if key[0] != "s")
    year = part.get("y" + number)
    short = year is not None and len(year.strip("'")) == 2
    written = None if year is None else int(year.strip("'"))
    pairs: list[tuple[int, int]]
    if "n" + number in part:
        pairs = [(_MONTHS[part["n" + number]], int(part["d" + number]))]
    elif "m" + number in part:
        pairs = [(int(part["m" + number]), int(part["d" + number]))]
    else:
        one, other = int(part["a" + number]), int(part["b" + number])
        pairs = list(dict.fromkeys([(one, other), (other, one)]))
    for month, day in pairs:
        if 1 <= month <= 12 and 1 <= day <= 31:
            yield Day(written, month, day, short)
