"""Row rules: dropping records by expressions of Polars SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from scrubber.model.arrow_errors import ARROW_ERRORS
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


def judge_rows(table: pa.Table, rules: tuple[RowRule, ...], day: date | None = None) -> Judged:
    """Drop the records for which a rule's expression is true or unknown (null); the first such rule
    counts. `day` is ``run_day``.

    A record for which an expression fails (such as a strict CAST) is not judged: neither kept nor
    dropped.
    """
    kept = np.ones(table.num_rows, dtype=np.bool_)
    unjudged = np.zeros(table.num_rows, dtype=np.bool_)
    counts: list[tuple[str, int]] = []
    if rules and table.num_rows:
        for rule in rules:
            expression = parsed(rule.expression, day)
            assert not isinstance(expression, Fault), "row rules that are wrong do not load"
            holds, unknown, fails = _judge(table, expression)
            drops = holds | unknown
            unjudged |= fails & kept
            counts.append((rule.rule.id, int((drops & kept & ~unjudged).sum())))
            kept &= ~(drops | fails)
    return Judged(kept, unjudged, Tally(counts))


def truth(table: pa.Table, expression: str, day: date | None = None) -> tuple[Flags, Flags]:
    """The rows for which `expression` is true, and those for which it is unknown (null or
    failed). `day` is ``run_day``."""
    read = parsed(expression, day)
    assert not isinstance(read, Fault), "conditions that are wrong do not load"
    if not table.num_rows:
        return np.zeros(0, np.bool_), np.zeros(0, np.bool_)
    holds, unknown, fails = _judge(table, read)
    return holds, unknown | fails


def truths(
    table: pa.Table, expressions: Sequence[str], day: date | None = None
) -> list[tuple[Flags, Flags]]:
    """:func:`truth` of several expressions, whose columns are converted once."""
    import polars as pl

    read = [parsed(expression, day) for expression in expressions]
    sound = [one for one in read if not isinstance(one, Fault)]
    columns = sorted({name for one in sound for name in one.meta.root_names()})
    named = [one.alias(str(number)) for number, one in enumerate(sound)]
    try:
        whole = pl.DataFrame(pl.from_arrow(table.select(columns))).select(named)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):  # one fails for a record
        return [truth(table, expression, day) for expression in expressions]
    if whole.height != table.num_rows:
        return [truth(table, expression, day) for expression in expressions]
    return [
        (
            one.fill_null(False).to_numpy().astype(np.bool_),
            one.is_null().to_numpy().astype(np.bool_),
        )
        for one in whole.iter_columns()
    ]


def _judge(table: pa.Table, expression: pl.Expr) -> tuple[Flags, Flags, Flags]:
    """The records for which `expression` is true, those for which it is null, and those for
    which it fails: all of them if Polars does not support a column's type."""
    values, fails = evaluated(table, expression, pa.bool_())
    unknown = _flags(values.is_null()) & ~fails
    return _flags(values.fill_null(False)), unknown, fails


def evaluated(table: pa.Table, expression: pl.Expr, type_: pa.DataType) -> tuple[pa.Array, Flags]:
    """The values of `expression`, as `type_`, and the records for which it fails (null there): all
    of them if Polars does not support a column's type."""
    import polars as pl

    # only what the rule reads: Polars panics at some types of Arrow
    columns = sorted(set(expression.meta.root_names()))
    try:
        frame = pl.DataFrame(pl.from_arrow(table.select(columns)))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return pa.nulls(table.num_rows, type_), np.ones(table.num_rows, dtype=np.bool_)
    pieces = list(_evaluated(frame, expression, type_))
    return (
        pa.concat_arrays([values for values, _ in pieces]),
        np.concatenate([fails for _, fails in pieces]),
    )


def _evaluated(
    frame: pl.DataFrame, expression: pl.Expr, type_: pa.DataType
) -> Iterator[tuple[pa.Array, Flags]]:
    """The values and failures of consecutive records.

    Polars fails for a column as a whole, so the records to blame are found by halving. What it says
    is not repeated, since it quotes values.
    """
    import polars as pl

    try:
        result = frame.select(expression).to_series()
        values = result.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(type_)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, *ARROW_ERRORS):
        if frame.height == 1:
            yield pa.nulls(1, type_), np.ones(1, np.bool_)
            return
        middle = frame.height // 2
        yield from _evaluated(frame.head(middle), expression, type_)
        yield from _evaluated(frame.tail(frame.height - middle), expression, type_)
        return
    yield values, np.zeros(frame.height, dtype=np.bool_)


def _flags(array: pa.Array) -> Flags:
    flags: Flags = array.to_numpy(zero_copy_only=False)
    return flags
