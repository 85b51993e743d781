"""Dates within five years of the real one, never the same; the way they are written stays."""

from __future__ import annotations

import re
from functools import cache

from scrubber.model.calendar import NAMES
from scrubber.transform.columns.date_formats import DateFormat
from scrubber.transform.crypto.prf import Draw, Stream
from scrubber.transform.surrogate.lists import Lists, fold

_WITHIN = 1826  # days; five years
FIRST_DAY, LAST_DAY = 1, 3_652_059  # the ordinals of 0001-01-01 and 9999-12-31
_MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y", "%m/%d/%y", "%m-%d-%y", "%m.%d.%y")
_DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d-%m-%y", "%d.%m.%y")
_WORDS = (
    "%B %d, %Y",
    "%b %d, %Y",
    "%b. %d, %Y",
    "%B %d %Y",
    "%d %B %Y",
    "%d %b %Y",
    "%d. %B %Y",
    "%d. %b. %Y",
    "%d de %B de %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%A, %B %d, %Y",
    "%A, %d. %B %Y",
    "%A %d %B %Y",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
)
_CLOCK = r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:[.,]([0-9]{1,9}))?)?"
_TIME = re.compile(rf"(.*?[\sT,]\s*)??{_CLOCK}\s?([ap]\.?m\.?|Uhr|h)?\s*", re.I | re.S)
_YEAR = re.compile(r"(\s*)(1[0-9]{3}|2[0-9]{3})(\s*)")


def shifted(ordinal: int, stream: Stream, first: int = FIRST_DAY, last: int = LAST_DAY) -> int:
    """Another day within five years, uniform, from `first` to `last` (ordinals)."""
    low, high = max(first, ordinal - _WITHIN), min(last, ordinal + _WITHIN)
    return low + stream.other(high - low + 1, ordinal - low)


def date_text(value: str, draw: Draw, lists: Lists) -> str:
    """A stand-in for a written date; one date has one stand-in however it is written.

    A time of day is drawn anew. A month, a year, or a time alone is understood too; anything else
    becomes a plain date.
    """
    for form in _formats(lists.locale):
        found = form.read(value)
        if found is not None:
            ordinal = found.day.toordinal()
            stream = draw.stream("date", str(ordinal))
            fresh = found.moved(shifted(ordinal, stream), _Clock(stream))
            if fresh is not None:
                return fresh
    return _less_than_a_date(value, draw, lists)


def _less_than_a_date(value: str, draw: Draw, lists: Lists) -> str:
    stream = draw.stream("date-text", fold(value))
    if match := _YEAR.fullmatch(value):
        offset = 1 + stream.below(5)
        year = int(match[2]) + (offset if stream.below(2) else -offset)
        return f"{match[1]}{year}{match[3]}"
    if match := _TIME.fullmatch(value):
        before = match[1] or ""
        rest = _time(value[len(before) :], stream, bool(match[6]) and match[6][0] in "aApP")
        return (date_text(before, draw, lists) if before.strip(" ,T") else before) + rest
    for form in _month_formats(lists.language):
        # a month and a year, or a month and a day, is a date that lacks a part
        for whole, cut in ((f"1 {value.strip()}", 0), (f"{value.strip()} 2000", -1)):
            found = form.read(whole)
            fresh = found and found.moved(shifted(found.day.toordinal(), stream))
            if fresh:
                return fresh.split(maxsplit=1)[1] if cut == 0 else fresh.rsplit(maxsplit=1)[0]
    return _plain(stream, lists.locale)


def _plain(stream: Stream, locale: str) -> str:
    year, month, day = 1940 + stream.below(70), 1 + stream.below(12), 1 + stream.below(28)
    if locale == "en_US":
        return f"{month:02d}/{day:02d}/{year}"
    return f"{day:02d}.{month:02d}.{year}" if locale == "de_DE" else f"{day:02d}/{month:02d}/{year}"


def _time(text: str, stream: Stream, twelve: bool) -> str:
    clock = _Clock(stream)
    codes = iter("IMSf" if twelve else "HMSf")
    return re.sub(r"[0-9]+", lambda match: clock(next(codes), len(match[0])), text)


class _Clock:
    """New digits for the parts of a time of day."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def __call__(self, code: str, width: int) -> str:
        match code:
            case "H":
                drawn = self._stream.below(24 if width == 2 else 10)
            case "I":
                drawn = 1 + self._stream.below(12 if width == 2 else 9)
            case "f":
                return self._stream.digits(width)
            case _:
                drawn = self._stream.below(60)
        return f"{drawn:0{width}d}"


@cache
def _formats(locale: str) -> tuple[DateFormat, ...]:
    numeric = _MONTH_FIRST + _DAY_FIRST if locale == "en_US" else _DAY_FIRST + _MONTH_FIRST
    languages = dict.fromkeys((locale[:2], "en"))
    words = [DateFormat.compile(text, language) for language in languages for text in _WORDS]
    return (DateFormat.iso(), *map(DateFormat.compile, numeric), *words)


@cache
def _month_formats(language: str) -> tuple[DateFormat, ...]:
    return tuple(
        DateFormat.compile(text, name)
        for name in dict.fromkeys((language, "en"))
        for text in ("%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y", "%d de %B de %Y")
        if name in NAMES
    )
