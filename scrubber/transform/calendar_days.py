"""Dates of any kind as days since 1970-01-01."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.arrow_errors import ARROW_ERRORS
from scrubber.transform.base import Kind, Outcome, kind_of
from scrubber.transform.columns.date_formats import DateFormat
from scrubber.transform.columns.distinct import few_at_a_time, per_distinct, with_rest
from scrubber.transform.columns.iso_dates import IsoDates
from scrubber.transform.crypto.canonical import all_failed, plain_text
from scrubber.transform.truncate_date import in_calendar

_EPOCH = 719_163  # the ordinal of 1970-01-01
_WHY = "not a date, or none of the format"


def days_of(array: pa.Array, format: str | None = None) -> Outcome:
    """The day of each date, timestamp (in the local time of its zone) or text (ISO 8601, or in the
    strptime `format`) of a flat array, as int32. Null stays null. Failed values: other text, and
    years outside of 1 to 9999."""
    if kind_of(array.type) is Kind.TEXT:
        form = DateFormat.iso() if format is None else DateFormat.compile(format)
        return few_at_a_time(
            plain_text(array), lambda part: _in_text(part, form, iso=format is None), pa.int32()
        )
    inside = in_calendar(array)
    known = pc.if_else(inside, array, pa.scalar(None, array.type))
    try:
        zoned = pa.types.is_timestamp(array.type) and array.type.tz is not None
        local = pc.local_timestamp(known) if zoned else known
        if pa.types.is_timestamp(local.type):
            local = pc.floor_temporal(local, unit="day")
        days = local.cast(pa.date32()).view(pa.int32())
    except ARROW_ERRORS:
        return all_failed(array, pa.int32(), "the time zone of the column is not known")
    failed = pc.and_(array.is_valid(), pc.invert(inside))
    return Outcome(days, failed if pc.any(failed).as_py() else None, _WHY)


def _in_text(texts: pa.Array, form: DateFormat, *, iso: bool) -> Outcome:
    def day(text: str) -> int | None:
        read = form.read(text)
        return None if read is None else read.day.toordinal() - _EPOCH

    quick = pa.nulls(len(texts), pa.int32())
    if iso:
        found = IsoDates.read(texts)
        quick = found.placed(pa.array(found.days(), pa.int32()))
    return with_rest(texts, quick, lambda rest: per_distinct(rest, day, pa.int32(), _WHY))
