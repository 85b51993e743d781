"""Derived columns computed for the records of a table, column by column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.layouts import plain
from scrubber.model.views import without_views
from scrubber.policy.derive.reading import BETWEEN, fixed_day
from scrubber.policy.plan import Derived
from scrubber.policy.row_filter import evaluated
from scrubber.policy.rows import parsed
from scrubber.policy.sql import Fault
from scrubber.transform.base import Context, Outcome, transformed
from scrubber.transform.calendar_days import days_of
from scrubber.transform.user_agent import UserAgent

Flags = npt.NDArray[np.bool_]
Days = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Computed:
    """A table with its derived columns, and the records for which one failed (null there), by
    name."""

    table: pa.Table = field(repr=False)
    failed: dict[str, Flags] = field(default_factory=dict, repr=False)


def with_derived(table: pa.Table, derived: Iterable[Derived], day: date | None = None) -> Computed:
    """`table` with the `derived` columns, in their order; `day` is ``run_day``.

    A value whose inputs are null is null. One whose inputs are no dates, or for which the SQL
    expression fails, is failed.
    """
    failed: dict[str, Flags] = {}
    for one in derived:
        values, fails = _values(table, one, day)
        if fails.any():
            failed[one.name] = fails
        table = table.append_column(pa.field(one.name, one.type_), values)
    return Computed(table, failed)


def _values(table: pa.Table, one: Derived, day: date | None) -> tuple[pa.Array, Flags]:
    if not table.num_rows:
        return pa.nulls(0, one.type_), np.zeros(0, np.bool_)
    if one.kind in BETWEEN:
        return _between(table, one, day)
    if one.kind == "user_agent":
        made = transformed(UserAgent(), _column(table, one.inputs[0]), Context(one.name))
        return made.array.cast(one.type_), _failures(made)
    expression = parsed(one.expression, day)
    assert not isinstance(expression, Fault), "expressions that are wrong do not load"
    values, fails = evaluated(table, expression, one.type_)
    if pa.types.is_floating(one.type_):  # an infinite number is the result of no record's own
        finite = pc.fill_null(pc.is_finite(values), True).to_numpy(zero_copy_only=False)
        values = pc.if_else(pa.array(finite), values, pa.scalar(None, one.type_))
        fails |= ~finite
    return values, fails


def _column(table: pa.Table, name: str) -> pa.Array:
    column = without_views(table.select([name])).column(0).combine_chunks()
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return plain(whole)


def _failures(made: Outcome) -> Flags:
    if made.failed is None:
        return np.zeros(len(made.array), np.bool_)
    failed: Flags = made.failed.to_numpy(zero_copy_only=False)
    return failed


def _between(table: pa.Table, one: Derived, day: date | None) -> tuple[pa.Array, Flags]:
    """The completed years, months or days from the first input to the second."""
    known, fails = np.ones(table.num_rows, np.bool_), np.zeros(table.num_rows, np.bool_)
    ends: list[Days] = []
    for name in one.inputs:
        fixed = fixed_day(name) or (day if name == "run_day" else None)
        if fixed is not None:
            ends.append(np.full(table.num_rows, (fixed - date(1970, 1, 1)).days, np.int64))
            continue
        made = days_of(_column(table, name), one.format)
        known &= made.array.is_valid().to_numpy(zero_copy_only=False)
        fails |= _failures(made)
        ends.append(made.array.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False))
    counted = _COUNTS[one.kind](ends[0], ends[1])
    return pa.array(counted, pa.int64(), mask=~known), fails


def _months(begin: Days, end: Days) -> Days:
    """Completed months; negative, and completed as well, if `end` lies before `begin`."""
    first, last = np.minimum(begin, end), np.maximum(begin, end)
    (month, day), (later, on) = _calendar(first), _calendar(last)
    months: Days = (later - month - (on < day)) * np.where(end < begin, -1, 1)
    return months


def _calendar(days: Days) -> tuple[Days, Days]:
    """The number of the month since 1970 and the day of the month from 0."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    return months.astype(np.int64), (dates - months.astype("datetime64[D]")).astype(np.int64)


def _years(begin: Days, end: Days) -> Days:
    months = _months(begin, end)
    years: Days = np.sign(months) * (np.abs(months) // 12)
    return years


def _elapsed(begin: Days, end: Days) -> Days:
    days: Days = end - begin
    return days


_COUNTS = {"years_between": _years, "months_between": _months, "days_between": _elapsed}
