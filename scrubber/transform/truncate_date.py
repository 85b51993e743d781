"""Cutting dates down to the year, quarter, month, week, day or hour that they lie in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.arrow_errors import ARROW_ERRORS
from scrubber.model.direction import Along, Directions, Indifferent, each
from scrubber.transform.base import DATES, Context, Kind, Outcome, Strictness, Traits, kind_of
from scrubber.transform.columns.date_formats import DateFormat, WrittenDate
from scrubber.transform.columns.distinct import per_distinct, with_rest
from scrubber.transform.columns.iso_dates import IsoDates
from scrubber.transform.crypto.canonical import (
    MILLISECONDS_PER_DAY,
    NANOSECONDS,
    all_failed,
    plain_text,
    text_type,
)

Precision = Literal["year", "quarter", "month", "week", "day", "hour"]

_FIRST_DAY = date.min.toordinal() - date(1970, 1, 1).toordinal()
_LAST_DAY = date.max.toordinal() - date(1970, 1, 1).toordinal()
_INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True, slots=True)
class TruncateDate:
    """Truncate a date to its year, quarter, month, week, day or hour.

    A date or timestamp keeps its type and becomes the first instant of that period (weeks begin on
    Monday, ISO 8601), in the local time of its zone. If a clock change repeats that instant, the
    earlier one is used; if one skips it, the next. A date in text, ISO 8601 or in the strptime
    `format`, becomes short ISO 8601 text: 2024, 2024-Q2, 2024-05, 2024-W18, 2024-05-03,
    2024-05-03T10+02:00. Failed values: other text, years outside of 1 to 9999, times in a format
    without them, and cuts to the day or hour that would change nothing.
    """

    name: ClassVar[str] = "truncate_date"
    strictness: ClassVar[Strictness] = Strictness.GENERALIZE
    sentence: ClassVar[str] = "date truncated[ to the {to}]"
    directions: ClassVar[Directions] = each(
        to=Along(("hour", "day", "week", "month", "quarter", "year")), format=Indifferent()
    )

    to: Precision
    format: str | None = None

    def __post_init__(self) -> None:
        if self.format is not None:
            codes = DateFormat.compile(self.format).codes
            if "Z" in codes:
                raise ValueError("format: names of zones are ambiguous; use %z")
            if self.to == "hour" and not ("H" in codes or {"I", "p"} <= set(codes)):
                raise ValueError("format has no hour (%H, or %I with %p) to cut to")

    @property
    def traits(self) -> Traits:
        return Traits(DATES | {Kind.TEXT}, "generalization", entity="DATE_TIME")

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return text_type(input_type) if kind_of(input_type) is Kind.TEXT else input_type

    def apply(self, array: pa.Array, context: Context) -> Outcome:  # noqa: ARG002
        match kind_of(array.type):
            case Kind.TEXT:
                return self._in_text(array)
            case Kind.DATE if self.to in ("day", "hour"):
                return all_failed(array, array.type, f"cutting a date to the {self.to} keeps it")
            case _:
                return self._in_time(array)

    def _in_text(self, array: pa.Array) -> Outcome:
        form = DateFormat.iso() if self.format is None else DateFormat.compile(self.format)
        shorten = _SHORT[self.to]

        def shortened(text: str) -> str | None:
            found = form.read(text)
            short = None if found is None else shorten(found)
            return None if short == text.strip() else short  # nothing was cut

        why = "not a date of the format, without the part to cut to, or not finer than it"
        texts, cut = plain_text(array), _PLAIN_CUT.get(self.to)
        if self.format is not None or cut is None:
            return per_distinct(texts, shortened, array.type, why)
        return with_rest(
            texts,
            cut(IsoDates.read(texts)).cast(array.type),
            lambda rest: per_distinct(rest, shortened, array.type, why),
        )

    def _in_time(self, array: pa.Array) -> Outcome:
        """Floor in one Arrow call; Arrow wraps around outside its calendar, so both ends are
        checked: a floor is never above its value."""
        inside = in_calendar(array)
        known = pc.if_else(inside, array, pa.scalar(None, array.type))
        try:
            floor = _floor(known, self.to)
        except ARROW_ERRORS:
            return all_failed(array, array.type, "the time zone of the column is not known")
        sound = pc.fill_null(pc.less_equal(floor, array), False)
        result = pc.if_else(sound, floor, pa.scalar(None, array.type))
        failed = pc.and_(array.is_valid(), pc.invert(sound))
        if not pc.any(failed).as_py():
            return Outcome(result)
        return Outcome(result, failed, "a date beyond the years that can be cut")


def _floor(array: pa.Array, unit: str) -> pa.Array:
    zone = array.type.tz if pa.types.is_timestamp(array.type) else None
    if zone is None:
        return pc.floor_temporal(array, unit=unit)
    local = pc.floor_temporal(pc.local_timestamp(array), unit=unit)
    return pc.assume_timezone(local, zone, ambiguous="earliest", nonexistent="latest")


def in_calendar(array: pa.Array) -> pa.Array:
    """True where each date lies in the years 1 to 9999, and so far inside that its zone does
    too."""
    if pa.types.is_date32(array.type):
        per_day, values = 1, array.view(pa.int32()).cast(pa.int64())
    elif pa.types.is_date64(array.type):
        per_day, values = MILLISECONDS_PER_DAY, array.view(pa.int64())
    else:
        per_day, values = 86_400 * 10**9 // NANOSECONDS[array.type.unit], array.view(pa.int64())
    low = max(_FIRST_DAY * per_day, _INT64[0])
    high = min((_LAST_DAY + 1) * per_day - 1, _INT64[-1])
    return pc.fill_null(pc.and_(pc.greater_equal(values, low), pc.less_equal(values, high)), False)


_PLAIN_CUT: dict[Precision, Callable[[IsoDates], pa.Array]] = {
    "year": lambda found: found.cut(4),
    "quarter": IsoDates.quarters,
    "month": lambda found: found.cut(7),
    "day": IsoDates.without_time,
}
"""The same as _SHORT, for whole arrays; null where nothing would be cut."""


def hour_of(found: WrittenDate) -> int | None:
    """The hour of the day, 0 to 23; None if none is written."""
    part = {code: found.text[start:end] for code, (start, end) in found.parts.items()}
    if "H" in part:
        return int(part["H"])
    if "I" in part and "p" in part:
        return int(part["I"]) % 12 + (12 if part["p"].lower().startswith("p") else 0)
    return None


def _hour(found: WrittenDate) -> str | None:
    hour = hour_of(found)
    if hour is None:
        return None
    start, end = found.parts.get("z", (0, 0))
    return f"{found.day.isoformat()}T{hour:02d}{found.text[start:end]}"


def _week(found: WrittenDate) -> str:
    year, week, _ = found.day.isocalendar()
    return f"{year:04d}-W{week:02d}"


_SHORT: dict[Precision, Callable[[WrittenDate], str | None]] = {
    "year": lambda found: f"{found.day.year:04d}",
    "quarter": lambda found: f"{found.day.year:04d}-Q{(found.day.month + 2) // 3}",
    "month": lambda found: f"{found.day.year:04d}-{found.day.month:02d}",
    "week": _week,
    "day": lambda found: found.day.isoformat(),
    "hour": _hour,
}
