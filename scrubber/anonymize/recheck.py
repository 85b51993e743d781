"""The recheck: promises about classes, counted again from the written output.

It shares no code with the search that chose the levels: it reads the outputs like a recipient, and
counts equal rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from scrubber.anonymize.frame_counts import FrameSum, N, counted
from scrubber.anonymize.labels import sensitive_labels, text_labels
from scrubber.errors import GateError, Place
from scrubber.model.opened import Opened
from scrubber.policy.plan import Drop, Plan, TablePlan, repeats, transforms_of
from scrubber.privacy.hierarchy import Label

if TYPE_CHECKING:
    import polars as pl

_N, _SUBJECT = N, "subject"

Reference = Mapping[str, Mapping[Label, int]]


@dataclass(frozen=True)
class Rechecked:
    """The `sizes` of the classes of the output: in persons if the subject can be counted in the
    output (`by_subject`), else in records."""

    sizes: NDArray[np.int64] = field(repr=False)
    by_subject: bool


def count_classes(
    plan: Plan, alias: str, tables: Iterable[pa.Table], sensitive: Iterable[str]
) -> pl.DataFrame:
    """Count the records of `tables`, written for the source `alias`, by quasi-identifiers,
    `sensitive` fields and subject, for :func:`recheck`."""
    counts = _Counts.of(plan, sensitive)
    whole = FrameSum(counts.columns)
    for table in tables:
        if plan.table(alias).quasi:
            whole.add(counts.of_table(table, plan.table(alias)))
    return whole.total()


def recheck(plan: Plan, whole: pl.DataFrame, reference: Reference) -> Rechecked:
    """Check the classes of an output, from the counts of :func:`count_classes` over all of it.

    `reference` has the number of input records of each label, by sensitive field of a model, in the
    order of the labels.

    Raises: GateError ``privacy-recheck`` for a class that violates ``privacy:``; then nothing may
    be published.
    """
    import polars as pl

    rules = plan.privacy
    assert rules is not None
    by = _Counts.of(plan, reference)
    keys, by_subject = by.keys, by.by_subject
    # An unknown subject may be any of the others, so it counts only without others.
    persons = pl.max_horizontal(pl.col(_SUBJECT).drop_nulls().n_unique(), 1)
    size = persons if by_subject else pl.col(_N).sum()
    sizes = whole.group_by(keys).agg(size.cast(pl.Int64).alias("size"))["size"].to_numpy()
    if len(sizes) and sizes.min() < rules.k:
        raise _broken(f"a class of the output has fewer than {rules.k}")
    for name, counts in reference.items():
        here = whole.group_by([*keys, f"s:{name}"]).agg(pl.col(_N).sum())
        numbered = here.with_columns(
            pl.struct(keys).rank("dense").cast(pl.Int64).alias("class") - 1
            if keys
            else pl.lit(0, pl.Int64).alias("class")
        ).select("class", pl.col(f"s:{name}").alias("value"), _N)
        for asked, model in rules.models:
            if asked in (None, name) and not model.holds(numbered, counts):
                raise _broken(f"a class of the output is not {model.asked}", name)
    return Rechecked(np.sort(sizes.astype(np.int64)), by_subject)


def keeps_subject(table: TablePlan) -> bool:
    """True if persons are as distinguishable in the output as in the input."""
    if table.subject is None:
        return False
    disposition = table.field(table.subject).disposition
    transforms = transforms_of(disposition)
    return not isinstance(disposition, Drop) and all(
        repeats(one) and (one.traits.unique or one.traits.linkable) for one in transforms
    )


@dataclass(frozen=True)
class _Counts:
    """The columns by which records are counted."""

    quasi: tuple[str, ...]
    sensitive: tuple[str, ...]
    by_subject: bool

    @classmethod
    def of(cls, plan: Plan, sensitive: Iterable[str]) -> _Counts:
        scope = [table for table in plan.kinds if table.quasi]
        quasi = sorted(str(f.path) for f in scope[0].quasi)
        return cls(tuple(quasi), tuple(sorted(sensitive)), all(map(keeps_subject, scope)))

    @property
    def keys(self) -> list[str]:
        return [f"q:{name}" for name in self.quasi]

    @property
    def columns(self) -> list[str]:
        return [*self.keys, *(f"s:{name}" for name in self.sensitive), _SUBJECT]

    def of_table(self, table: pa.Table, plan: TablePlan) -> pl.DataFrame:
        import polars as pl

        paths = {str(one.path): one.path for one in plan.fields}
        opened = Opened(table)

        def labels(name: str) -> pl.Series:
            if name not in paths:  # a sensitive field of other tables only
                return pl.Series([None] * table.num_rows, dtype=pl.String)
            return pl.Series(pl.from_arrow(text_labels(opened.leaf(paths[name]).values)))

        series = {f"q:{name}": labels(name) for name in self.quasi}
        series |= {
            f"s:{name}": pl.Series(
                pl.from_arrow(sensitive_labels(labels(name).to_arrow())), dtype=pl.String
            )
            for name in self.sensitive
        }
        persons = self.by_subject and plan.subject is not None
        series[_SUBJECT] = labels(str(plan.subject) if persons else "")
        return counted(pl.DataFrame(series))


def _broken(text: str, field: str | None = None) -> GateError:
    hint = "records that fail after they were counted can do this (on_error: drop_row)"
    return GateError("privacy-recheck", text, place=Place(field=field), hint=hint)
