"""ISO 8601 dates in whole arrays of text: which days they name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import field as hidden_field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.transform.columns.textbytes import Bytes, Flags, TextBytes, texts_of

_WRITTEN = 10  # YYYY-MM-DD
_FORM = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::(?:[0-5][0-9]|60)(?:[.,][0-9]+)?)?"
    r" ?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_ONE = re.compile(_FORM.encode())
_EACH = f"^(?:{_FORM})$"
_EPOCH = 719_468  # days from 0000-03-01 to 1970-01-01

Integers = npt.NDArray[np.int32]


@dataclass(frozen=True)
class IsoDates:
    """The texts of an array that are plain ISO dates or begin with one; what
    :meth:`DateFormat.read` makes of them is the same. `is_date` says which texts are; the year,
    month and day are those of each that is, in their order.
    """

    texts: pa.Array = hidden_field(repr=False)
    is_date: Flags = hidden_field(repr=False)
    year: Integers = hidden_field(repr=False)
    month: Integers = hidden_field(repr=False)
    day: Integers = hidden_field(repr=False)
    _bytes: TextBytes = hidden_field(repr=False)
    _heads: Bytes = hidden_field(repr=False)  # ten rows, a column for each date

    @classmethod
    def read(cls, array: pa.Array) -> IsoDates:
        """The dates of a flat text array."""
        given = TextBytes.of(array)
        rows = given.rows()
        columns = None if rows is None else np.ascontiguousarray(rows.T)
        if columns is not None and _all_like_the_first(columns):
            fits, heads = given.valid, columns[:_WRITTEN]
        else:
            fits = pc.fill_null(pc.match_substring_regex(array, _EACH), False)
            fits = fits.to_numpy(zero_copy_only=False)
            heads = np.ascontiguousarray(given.heads(fits, _WRITTEN).T)
        digits = heads - np.uint8(ord("0"))
        year = _number(digits[0:2]).astype(np.int32) * 100 + _number(digits[2:4])
        month, day = _number(digits[5:7]), _number(digits[8:10])
        known = _in_calendar(year, month, day)
        if not known.all():
            fits = _among(fits, known)
            heads, year, month, day = heads[:, known], year[known], month[known], day[known]
        return cls(array, fits, year, month.astype(np.int32), day.astype(np.int32), given, heads)

    def placed(self, values: pa.Array) -> pa.Array:
        """`values`, one for each date, where these are; null elsewhere."""
        places = np.cumsum(self.is_date) - 1
        return values.take(pa.array(places, mask=~self.is_date))

    def cut(self, width: int) -> pa.Array:
        """The first bytes of each date; null elsewhere."""
        return texts_of(self._heads[:width].T, self.is_date, self.texts.type)

    def quarters(self) -> pa.Array:
        """The quarter of each date, as 2024-Q2; null elsewhere."""
        rows = np.empty((len(self.year), 7), np.uint8)
        rows[:, :4] = self._heads[:4].T
        rows[:, 4:6] = np.frombuffer(b"-Q", np.uint8)
        rows[:, 6] = ord("0") + (self.month + 2) // 3
        return texts_of(rows, self.is_date, self.texts.type)

    def without_time(self) -> pa.Array:
        """The dates that a time stands behind, without it; null elsewhere."""
        finer = np.diff(self._bytes.ends)[self.is_date] > _WRITTEN
        heads = self._heads if finer.all() else self._heads[:, finer]
        return texts_of(heads.T, _among(self.is_date, finer), self.texts.type)

    def days(self) -> Integers:
        """The days since 1970-01-01 of each date (see `written`, which is the way back)."""
        year = self.year - (self.month <= 2)
        in_year = (153 * ((self.month + 9) % 12) + 2) // 5 + self.day - 1
        days: Integers = year * 365 + year // 4 - year // 100 + year // 400 + in_year - _EPOCH
        return days

    def on(self, days: Integers, known: Flags) -> pa.Array:
        """The texts of the `known` ones among the dates, with the dates of other `days` (one for
        each date) in place of theirs; null elsewhere."""
        return self._bytes.with_heads(
            _among(self.is_date, known), written(days[known]), self.texts.type
        )


def _all_like_the_first(columns: Bytes) -> bool:
    """True if texts are plain dates with the same signs between the digits; `columns` has a row for
    each place in the text and a column for each of them."""
    first = columns[:, 0].tobytes()
    if not _ONE.fullmatch(first):
        return False
    low, high = columns.min(1), columns.max(1)
    wanted = np.frombuffer(first, np.uint8)
    is_digit = (wanted >= ord("0")) & (wanted <= ord("9"))
    fits = np.where(is_digit, (low >= ord("0")) & (high <= ord("9")), (low == high))
    if not fits.all():
        return False
    limits = [(11, 23), (14, 59), *([(17, 60)] if first[16:17] == b":" else [])]
    return all(
        int(_number(columns[at : at + 2] - np.uint8(ord("0"))).max()) <= limit
        for at, limit in limits
        if at < len(first)
    )


def _number(digits: Bytes) -> Bytes:
    """Two rows of digits as numbers of two digits."""
    number: Bytes = digits[0] * np.uint8(10) + digits[1]
    return number


def _among(chosen: Flags, which: Flags) -> Flags:
    """`chosen`, less those of them that are not `which`."""
    fewer = chosen.copy()
    fewer[chosen] = which
    return fewer


def _in_calendar(year: Integers, month: Bytes, day: Bytes) -> Flags:
    """True where such a date exists, from 0001-01-01 on."""
    last = 30 + (month + (month >> 3)) % 2  # of February more than it has
    known: Flags = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= last)
    late = np.flatnonzero((month == 2) & (day > 28))
    leap = (year[late] % 4 == 0) & ((year[late] % 100 != 0) | (year[late] % 400 == 0))
    known[late] &= leap & (day[late] == 29)
    return known


def written(days: Integers) -> Bytes:
    """Days since 1970-01-01, in the years 1 to 9999, as the bytes of YYYY-MM-DD in rows.

    Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days: in years that
    begin in March, so that the day that only some have is the last one, and cycles of 400 of them.
    """
    since = days.astype(np.int32) + _EPOCH
    cycle = since // 146_097
    day = since - cycle * 146_097
    year = (day - day // 1460 + day // 36_524 - day // 146_096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    day -= (153 * month + 2) // 5
    after = month > 9  # in January or February
    year += cycle * 400 + after
    month += np.where(after, -9, 3)
    century = year // 100
    rows = np.empty((len(days), _WRITTEN), np.uint8)
    for at, number in ((0, century), (2, year - century * 100), (5, month), (8, day + 1)):
        tens = number.astype(np.uint8) // 10
        rows[:, at] = tens + ord("0")
        rows[:, at + 1] = number - tens * 10 + ord("0")
    rows[:, [4, 7]] = ord("-")
    return rows
