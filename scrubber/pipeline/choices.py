"""The choice of a rule for each value of a field whose rules have conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.fieldpath import EACH, FieldPath
from scrubber.model.opened import Leaf, Opened
from scrubber.policy.plan import Case, FieldPlan, TablePlan
from scrubber.policy.row_filter import truth, truths

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
OTHERWISE = -1


@dataclass(frozen=True)
class Chosen:
    """The number of the case that decides each value of a leaf, or OTHERWISE for the field's own
    treatment. `values` are the values of the leaf."""

    numbers: Numbers = field(repr=False)
    values: pa.Array = field(repr=False)

    @cached_property
    def others(self) -> pa.Array:
        """The values with the field's own treatment, and null elsewhere."""
        others = pa.array(self.numbers == OTHERWISE)
        return pc.if_else(others, self.values, pa.scalar(None, self.values.type))

    def places(self, number: int) -> Numbers:
        """The positions of the values that a case decides."""
        found: Numbers = np.flatnonzero(self.numbers == number)
        return found


def choose(opened: Opened, plan: TablePlan, day: date | None = None) -> Mapping[FieldPath, Chosen]:
    """The choices for all fields of `plan` with conditions; `day` is ``run_day``."""
    fields = [one for one in plan.fields if one.cases]
    if not fields:
        return {}
    of_records = _of_records(opened, [case for one in fields for case in one.cases], day)
    return {one.path: _choose(opened, one, day, of_records) for one in fields}


def _of_records(
    opened: Opened, cases: list[Case], day: date | None
) -> dict[str, tuple[Flags, Flags]]:
    """The records for which each condition on columns is true, and those for which it is unknown.
    Each is evaluated once, for all fields that it is a condition of."""
    asked = dict.fromkeys(case.expression for case in cases if _is_of_records(case))
    if not asked or not opened.num_rows:
        return {}
    return dict(zip(asked, truths(opened.table, list(asked), day), strict=True))


def _is_of_records(case: Case) -> bool:
    return not any(path.nested for _, path in case.columns)


def _choose(
    opened: Opened,
    one: FieldPlan,
    day: date | None,
    of_records: Mapping[str, tuple[Flags, Flags]],
) -> Chosen:
    """The first case whose condition holds; after an unknown one, the strictest of all."""
    leaf = opened.leaf(one.path)
    numbers = np.full(len(leaf.values), OTHERWISE, np.int64)
    open_ = np.ones(len(leaf.values), np.bool_)
    alike = _is_whole(opened, leaf)
    for number, case in enumerate(one.cases):
        if _is_of_records(case) and case.expression in of_records:
            holds, unknown = of_records[case.expression]
            if not alike:
                holds, unknown = holds[leaf.rows], unknown[leaf.rows]
        else:
            beside = {name: _beside(opened, leaf, path) for name, path in case.columns}
            holds, unknown = truth(pa.table(beside), case.expression, day)
        numbers[open_ & holds] = number
        numbers[open_ & unknown] = one.strictest
        open_ &= ~(holds | unknown)
    return Chosen(numbers, leaf.plain)


def _is_whole(opened: Opened, leaf: Leaf) -> bool:
    """True if a leaf has one value for each record."""
    each = np.arange(len(leaf.rows))
    return len(leaf.rows) == opened.num_rows and np.array_equal(leaf.rows, each)


def _beside(opened: Opened, leaf: Leaf, path: FieldPath) -> pa.Array | pa.ChunkedArray:
    """The values of a condition's field for each value of the leaf, from its list element or its
    record."""
    if EACH in path.steps:
        sibling = opened.leaf(path)
        assert np.array_equal(sibling.rows, leaf.rows), "fields of one element have as many values"
        return sibling.plain
    column = opened.table.column(path.column)
    return column if _is_whole(opened, leaf) else column.take(pa.array(leaf.rows))
