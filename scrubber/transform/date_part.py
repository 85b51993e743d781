"""Parts of dates: the month, the weekday or the hour, without the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal

import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.arrow_errors import ARROW_ERRORS
from scrubber.model.direction import Directions, Indifferent, Narrower, each
from scrubber.transform.base import DATES, Context, Kind, Outcome, Strictness, Traits, kind_of
from scrubber.transform.columns.date_formats import DateFormat, WrittenDate
from scrubber.transform.columns.distinct import few_at_a_time, per_distinct, with_rest
from scrubber.transform.columns.iso_dates import Integers, IsoDates
from scrubber.transform.crypto.canonical import all_failed, plain_text, text_type
from scrubber.transform.truncate_date import hour_of, in_calendar

Part = Literal["year", "quarter", "month", "week", "day", "weekday", "hour"]
_WHOLE = ({"year", "month", "day"}, {"year", "week", "weekday"})


@dataclass(frozen=True, slots=True)
class DatePart:
    """Keep parts of a date as numbers, such as its month or weekday.

    Parts are `year`, `quarter` (1 to 4), `month`, `week` (ISO 8601), `day` of the month, `weekday`
    (1 is Monday, 7 is Sunday) and `hour` (0 to 23), in the local time of a timestamp's zone. A date
    in text, ISO 8601 or in the strptime `format`, gives a number in text. Several parts give text
    of two digits each: [month, hour] is "03-14". Failed values: other text, years outside of 1 to
    9999, and hours of dates without a time.
    """

    name: ClassVar[str] = "date_part"
    strictness: ClassVar[Strictness] = Strictness.GENERALIZE
    sentence: ClassVar[str] = "parts of the date[: {to}]"
    directions: ClassVar[Directions] = each(to=Narrower(needed=True), format=Indifferent())

    to: Part | tuple[Part, ...]
    format: str | None = None

    def __post_init__(self) -> None:
        if not self._parts or len(set(self._parts)) != len(self._parts):
            raise ValueError("to takes a part of the date, or a list of different ones")
        if any(whole <= set(self._parts) for whole in _WHOLE):
            raise ValueError("these parts are the whole date: use truncate_date")
        if self.format is not None:
            codes = DateFormat.compile(self.format).codes
            if "hour" in self._parts and not ("H" in codes or {"I", "p"} <= set(codes)):
                raise ValueError("format has no hour (%H, or %I with %p)")

    @property
    def _parts(self) -> tuple[Part, ...]:
        return self.to if isinstance(self.to, tuple) else (self.to,)

    @property
    def traits(self) -> Traits:
        return Traits(DATES | {Kind.TEXT}, "generalization", entity="DATE_TIME")

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        number = len(self._parts) == 1 and kind_of(input_type) is not Kind.TEXT
        return pa.int64() if number else text_type(input_type)

    def apply(self, array: pa.Array, context: Context) -> Outcome:  # noqa: ARG002
        type_ = self.output_type(array.type)
        match kind_of(array.type):
            case Kind.TEXT:
                texts = plain_text(array)
                return few_at_a_time(texts, lambda part: self._in_text(part, type_), type_)
            case Kind.DATE if "hour" in self._parts:
                return all_failed(array, type_, "a date has no hour")
            case _:
                return self._in_time(array, type_)

    def _in_text(self, texts: pa.Array, type_: pa.DataType) -> Outcome:
        form = DateFormat.iso() if self.format is None else DateFormat.compile(self.format)

        def parts(text: str) -> str | None:
            found = form.read(text)
            read = [] if found is None else [_OF_TEXT[part](found) for part in self._parts]
            numbers = [number for number in read if number is not None]
            return self._written(numbers) if len(numbers) == len(self._parts) else None

        quick = pa.nulls(len(texts), type_)
        if self.format is None and "hour" not in self._parts:
            found = IsoDates.read(texts)
            quick = found.placed(self._joined([pa.array(_OF_ISO[p](found)) for p in self._parts]))
        return with_rest(
            texts,
            quick.cast(type_),
            lambda rest: per_distinct(rest, parts, type_, "not a date of the format with the part"),
        )

    def _in_time(self, array: pa.Array, type_: pa.DataType) -> Outcome:
        inside = in_calendar(array)
        known = pc.if_else(inside, array, pa.scalar(None, array.type))
        zone = array.type.tz if pa.types.is_timestamp(array.type) else None
        try:
            local = known if zone is None else pc.local_timestamp(known)
            numbers = [_OF_TIME[part](local) for part in self._parts]
        except ARROW_ERRORS:
            return all_failed(array, type_, "the time zone of the column is not known")
        made = self._joined(numbers) if len(numbers) > 1 else numbers[0]
        failed = pc.and_(array.is_valid(), pc.invert(inside))
        if not pc.any(failed).as_py():
            return Outcome(made.cast(type_))
        return Outcome(made.cast(type_), failed, "a date beyond the years 1 to 9999")

    def _written(self, numbers: list[int]) -> str:
        if len(numbers) == 1:
            return str(numbers[0])
        return "-".join(f"{number:02d}" for number in numbers)

    def _joined(self, numbers: list[pa.Array]) -> pa.Array:
        """`_written` for whole arrays."""
        texts = [array.cast(pa.string()) for array in numbers]
        if len(texts) == 1:
            return texts[0]
        return pc.binary_join_element_wise(*(pc.utf8_lpad(one, 2, "0") for one in texts), "-")


def _weekday(found: IsoDates) -> Integers:
    days: Integers = (found.days() + 3) % 7 + 1
    return days


_OF_TEXT: dict[Part, Callable[[WrittenDate], int | None]] = {
    "year": lambda found: found.day.year,
    "quarter": lambda found: (found.day.month + 2) // 3,
    "month": lambda found: found.day.month,
    "week": lambda found: found.day.isocalendar().week,
    "day": lambda found: found.day.day,
    "weekday": lambda found: found.day.isoweekday(),
    "hour": hour_of,
}
_OF_TIME: dict[Part, Callable[[pa.Array], pa.Array]] = {
    "year": pc.year,
    "quarter": pc.quarter,
    "month": pc.month,
    "week": pc.iso_week,
    "day": pc.day,
    "weekday": lambda array: pc.day_of_week(array, count_from_zero=False),
    "hour": pc.hour,
}


def _week(found: IsoDates) -> Integers:
    """ISO 8601: the week of a day is that of its Thursday, counted from 1 January."""
    thursday = found.days() - _weekday(found) + 4
    first = thursday.astype("datetime64[D]").astype("datetime64[Y]").astype("datetime64[D]")
    week: Integers = (thursday - first.astype("int64")) // 7 + 1
    return week


_OF_ISO: dict[Part, Callable[[IsoDates], Integers]] = {
    "year": lambda found: found.year,
    "quarter": lambda found: (found.month + 2) // 3,
    "month": lambda found: found.month,
    "week": _week,
    "day": lambda found: found.day,
    "weekday": _weekday,
}
