"""Date shifting: all dates of a subject move by one secret number of days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.direction import Directions, Incomparable, Indifferent, Less, More, each
from scrubber.transform.base import (
    DATES,
    Context,
    Kind,
    Outcome,
    PerSubject,
    Strictness,
    Traits,
    kind_of,
)
from scrubber.transform.columns.date_formats import DateFormat
from scrubber.transform.columns.distinct import distinctly, per_distinct, with_rest
from scrubber.transform.columns.iso_dates import IsoDates
from scrubber.transform.columns.pairs import per_distinct_pair
from scrubber.transform.columns.textbytes import Flags, Integers
from scrubber.transform.crypto.canonical import (
    MILLISECONDS_PER_DAY,
    NANOSECONDS,
    all_failed,
    canonical,
    plain_text,
)
from scrubber.transform.crypto.cmac import Cmac
from scrubber.transform.crypto.prf import Stream, Streams, root_key

_LONGEST = 36_525  # days; a century
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896  # 0001-01-01 and 9999-12-31 in days since 1970-01-01
_INT64 = np.iinfo(np.int64)


@dataclass(frozen=True, slots=True)
class DateShift(PerSubject):
    """Shift all dates of a subject by the same secret number of days, to preserve intervals.

    The shift is uniform over the multiples of `multiple_of` (7 keeps the weekday) between
    `min_days` and `max_days`, in either direction; it is never 0. It depends only on the subject,
    the key and `domain`, so all dates of a subject shift together, in every field and table.
    `context` names the field of the subject (default: the rule file's `subject`). Dates in text are
    ISO 8601, or in the strptime `format`; the rest of the text (time, precision, zone, padding) is
    kept. A timestamp shifts by days of exactly 24 hours, so its local hour may change with daylight
    saving time.
    """

    name: ClassVar[str] = "date_shift"
    strictness: ClassVar[Strictness] = Strictness.SHIFT
    sentence: ClassVar[str] = "shifted by a secret number of days[, at most {max_days} either way]"
    directions: ClassVar[Directions] = each(
        max_days=More(),
        min_days=Incomparable(),
        multiple_of=Less(1),
        context=Incomparable(),
        format=Indifferent(),
        domain=Incomparable(),
    )

    max_days: int
    min_days: int = 1
    multiple_of: int = 1
    context: str | None = None
    format: str | None = None
    domain: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.min_days <= self.max_days <= _LONGEST:
            raise ValueError(f"needs 1 <= min_days <= max_days <= {_LONGEST}")
        if self.multiple_of < 1:
            raise ValueError("multiple_of must be at least 1")
        if self._last < self._first:
            raise ValueError("no multiple of multiple_of lies between min_days and max_days")
        if self.format is not None:
            DateFormat.compile(self.format)

    @property
    def _first(self) -> int:
        return -(-self.min_days // self.multiple_of)

    @property
    def _last(self) -> int:
        return self.max_days // self.multiple_of

    @property
    def traits(self) -> Traits:
        return Traits(
            accepts=DATES | {Kind.TEXT},
            technique="noise addition",
            needs_key=True,
            entity="DATE_TIME",
        )

    def subject_field(self) -> str | None:
        return self.context

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return input_type

    def apply(self, array: pa.Array, context: Context) -> Outcome:
        if pa.types.is_null(array.type):
            return Outcome(array)
        kind = kind_of(array.type)
        if kind not in self.traits.accepts:
            return all_failed(array, array.type, "not a date")
        if context.subject is None:
            return all_failed(array, array.type, "the subject of a date is unknown")
        # One shift per subject: all its dates in a record move by it, so it is drawn once for them.
        same = ("date_shift", self.domain, self.min_days, self.max_days, self.multiple_of)
        shifts = context.worked_out.get(same)
        if shifts is None:
            shifts = context.worked_out[same] = self.shifts(context.subject, context)
        if kind is Kind.TEXT:
            return self._in_text(array, shifts)
        return _moved(array, shifts)

    def shifts(self, subject: pa.Array, context: Context) -> pa.Array:
        """The days (int32) that every date of each subject moves by; null where it is unknown."""
        form = canonical(subject, floats=True)
        if form is None:
            return pa.nulls(len(subject), pa.int32())
        mac = Cmac(root_key(context).derive("date_shift", self.domain or ""))

        def drawn(bodies: pa.Array) -> Outcome:
            return with_rest(
                bodies,
                self._all_drawn(Streams(mac, form.tag, bodies), bodies),
                lambda rest: per_distinct(
                    rest, lambda body: self._drawn(Stream(mac, form.tag + body)), pa.int32()
                ),
            )

        return distinctly(form.values, lambda some: drawn(form.bodies(some)), pa.int32()).array

    def _all_drawn(self, streams: Streams, bodies: pa.Array) -> pa.Array:
        """The results of `_drawn` for each stream; null where a word would be drawn again."""
        count = self._last - self._first + 1
        drawn = streams.below(2 * count).astype(np.int64)
        size = (self._first + drawn % count) * self.multiple_of
        open_ = streams.unsure | bodies.is_null().to_numpy(zero_copy_only=False)
        return pa.array(np.where(drawn < count, size, -size), pa.int32(), mask=open_)

    def _drawn(self, stream: Stream) -> int:
        count = self._last - self._first + 1
        drawn = stream.below(2 * count)
        size = (self._first + drawn % count) * self.multiple_of
        return size if drawn < count else -size

    def _in_text(self, array: pa.Array, shifts: pa.Array) -> Outcome:
        form = DateFormat.iso() if self.format is None else DateFormat.compile(self.format)

        def moved(text: str, days: int) -> str | None:
            found = form.read(text)
            return None if found is None else found.moved(found.day.toordinal() + days)

        why = "not a date of the format, of no known subject, or moved beyond year 1 to 9999"
        texts = plain_text(array)
        if self.format is not None:
            return per_distinct_pair(texts, shifts, moved, array.type, why)
        return with_rest(
            texts,
            _moved_texts(texts, shifts).cast(array.type),
            lambda left, days: per_distinct_pair(left, days, moved, array.type, why),
            shifts,
        )


def _moved_texts(texts: pa.Array, shifts: pa.Array) -> pa.Array:
    """Plain ISO dates, moved; null where there is none, or the move would fail."""
    found = IsoDates.read(texts)
    shift = pc.fill_null(shifts, 0).to_numpy(zero_copy_only=False)[found.is_date]
    days = found.days() + shift
    known = shifts.is_valid().to_numpy(zero_copy_only=False)[found.is_date]
    return found.on(days, known & (days >= _FIRST_DAY) & (days <= _LAST_DAY))


def _moved(array: pa.Array, shifts: pa.Array) -> Outcome:
    """Real dates: one addition for the whole column, checked against both ends of its type."""
    unit, width = _units_per_day(array.type), array.type.bit_width
    stored = pa.int32() if width == 32 else pa.int64()
    storage = array.storage if isinstance(array, pa.ExtensionArray) else array
    values = pc.fill_null(storage.view(stored), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    days = pc.fill_null(shifts, 0).to_numpy(zero_copy_only=False).astype(np.int64)
    low = max(_FIRST_DAY * unit, _INT64.min)
    high = min((_LAST_DAY + 1) * unit - 1, _INT64.max)
    delta = days * unit
    fits = _within(values, delta, low, high)
    moved = values + delta if fits.all() else np.where(fits, values + np.where(fits, delta, 0), 0)
    handled = pc.and_(pa.array(fits), shifts.is_valid())
    gone = pc.invert(pc.and_(array.is_valid(), handled)).to_numpy(zero_copy_only=False)
    shifted = pa.array(moved, pa.int64(), mask=gone if gone.any() else None)
    shifted = shifted.cast(stored).view(array.type)
    if shifted.null_count == array.null_count:
        return Outcome(shifted)
    failed = pc.and_(array.is_valid(), pc.invert(handled))
    return Outcome(shifted, failed, "of no known subject, or moved beyond what the type can hold")


def _within(values: Integers, delta: Integers, low: int, high: int) -> Flags:
    """Which of the values lie from `low` to `high` and still do when they have moved by `delta`."""
    furthest = int(np.abs(delta).max(initial=0))
    if low + furthest <= values.min(initial=0) and values.max(initial=0) <= high - furthest:
        return np.ones(len(values), np.bool_)
    fits = (values >= low) & (values <= high)
    fits &= np.where(delta > 0, values <= high - np.maximum(delta, 0), True)
    fits &= np.where(delta < 0, values >= low - np.minimum(delta, 0), True)
    return fits


def _units_per_day(type_: pa.DataType) -> int:
    if pa.types.is_date32(type_):
        return 1
    if pa.types.is_date64(type_):
        return MILLISECONDS_PER_DAY
    return 86_400 * 10**9 // NANOSECONDS[type_.unit]
