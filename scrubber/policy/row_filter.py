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
            holds, unknown, fails = _judge(table, expression)
            drops = holds | unknown
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
    holds, unknown, fails = _judge(table, read)
    return holds, unknown | fails


def _judge(table: pa.Table, expression: pl.Expr) -> tuple[Flags, Flags, Flags]:
    """The records for which `expression` is true, those for which it is null, and those for
    which it fails: all of them if Polars does not support a column's type."""
    import polars as pl

    # only what the rule reads: Polars panics at some types of Arrow
    columns = sorted(set(expression.meta.root_names()))
    try:
        frame = pl.DataFrame(pl.from_arrow(table.select(columns)))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        nothing = np.zeros(table.num_rows, dtype=np.bool_)
        return nothing, nothing, ~nothing
    return _evaluate(frame, expression)


def _evaluate(frame: pl.DataFrame, expression: pl.Expr) -> tuple[Flags, Flags, Flags]:
    """The records for which `expression` is true, null, and failing.

    Polars fails for a column as a whole, so the records to blame are found by halving. What it says
    is not repeated, since it quotes values.
    """
    import polars as pl

    try:
        result = frame.select(expression).to_series()
        holds, unknown = result.fill_null(False).to_numpy(), result.is_null().to_numpy()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        if frame.height == 1:
            return np.zeros(1, np.bool_), np.zeros(1, np.bool_), np.ones(1, np.bool_)
        middle = frame.height // 2
        left = _evaluate(frame.head(middle), expression)
        right = _evaluate(frame.tail(frame.height - middle), expression)
        whole = [np.concatenate(parts) for parts in zip(left, right, strict=True)]
        return whole[0], whole[1], whole[2]
    fails = np.zeros(frame.height, dtype=np.bool_)
    return holds.astype(np.bool_), unknown.astype(np.bool_), fails
