"""Row rules: dropping records by expressions of Polars SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from scrubber.model.tally import Tally
from scrubber.policy.plan import RowRule
from scrubber.policy.rows import parsed
from scrubber.policy.sql import Fault

if TYPE_CHECKING:
    import polars as pl

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True)
class Judged:
    """The verdict on each record (kept, or not judged), and the number of records dropped by each
    rule."""

    kept: Flags
    unjudged: Flags
    dropped: Tally[str]


def judge_rows(table: pa.Table, rules: tuple[RowRule, ...]) -> Judged:
    """Drop the records for which a rule's expression is true or unknown (null); the first such rule
    counts.

    A record for which an expression fails (such as a strict CAST) is not judged: neither kept nor
    dropped.
    """
    kept = np.ones(table.num_rows, dtype=np.bool_)
    unjudged = np.zeros(table.num_rows, dtype=np.bool_)
    counts: list[tuple[str, int]] = []
    if rules and table.num_rows:
        for rule in rules:
            expression = parsed(rule.expression)
            assert not isinstance(expression, Fault), "row rules that are wrong do not load"
            drops, fails = _judge(table, expression)
            unjudged |= fails & kept
            counts.append((rule.rule.id, int((drops & kept & ~unjudged).sum())))
            kept &= ~(drops | fails)
    return Judged(kept, unjudged, Tally(counts))


def truth(table: pa.Table, expression: str) -> tuple[Flags, Flags]:
    """The rows for which `expression` is true, and those for which it is unknown (null or
    failed)."""
    read = parsed(expression)
    assert not isinstance(read, Fault), "conditions that are wrong do not load"
    if not table.num_rows:
        return np.zeros(0, np.bool_), np.zeros(0, np.bool_)
    possible, fails = _judge(table, read)
    certain, _ = _judge(table, read, unknown=False)
    certain = certain & ~fails
    return certain, (possible & ~certain) | fails


def _judge(table: pa.Table, expression: pl.Expr, *, unknown: bool = True) -> tuple[Flags, Flags]:
    """The records for which `expression` is true, or unknown if that counts, and those for which it
    fails: all of them if Polars does not support a column's type."""
    import polars as pl

    # Only the columns that the rule reads: Polars panics at some Arrow types.
    columns = sorted(set(expression.meta.root_names()))
    try:
        frame = pl.DataFrame(pl.from_arrow(table.select(columns)))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        nothing = np.zeros(table.num_rows, dtype=np.bool_)
        return nothing, ~nothing
    return _evaluate(frame, expression.fill_null(unknown))


def _evaluate(frame: pl.DataFrame, expression: pl.Expr) -> tuple[Flags, Flags]:
    """The records for which `expression`, never null, is true, and those for which it fails.

    Polars fails for a whole column, so the failing records are found by bisection. Its error texts
    are not repeated, since they quote values.
    """
    import polars as pl

    try:
        result = frame.select(expression).to_series().to_numpy()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        if frame.height == 1:
            return np.zeros(1, dtype=np.bool_), np.ones(1, dtype=np.bool_)
        middle = frame.height // 2
        left = _evaluate(frame.head(middle), expression)
        right = _evaluate(frame.tail(frame.height - middle), expression)
        return np.concatenate([left[0], right[0]]), np.concatenate([left[1], right[1]])
    return result.astype(np.bool_), np.zeros(frame.height, dtype=np.bool_)
