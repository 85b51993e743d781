"""The choice of a rule for each value of a field whose rules have conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.fieldpath import EACH, FieldPath
from scrubber.model.opened import Leaf, Opened
from scrubber.policy.plan import FieldPlan, TablePlan
from scrubber.policy.row_filter import truth

Numbers = npt.NDArray[np.int64]
OTHERWISE = -1


@dataclass(frozen=True)
class Chosen:
    """The number of the case that decides each value of a leaf, or OTHERWISE for the field's own
    treatment. `values` are the values of the leaf; `others` are those with the field's own
    treatment, and null elsewhere.
    """

    numbers: Numbers = field(repr=False)
    values: pa.Array = field(repr=False)
    others: pa.Array = field(repr=False)

    def places(self, number: int) -> Numbers:
        """The positions of the values that a case decides."""
        found: Numbers = np.flatnonzero(self.numbers == number)
        return found


def choose(opened: Opened, plan: TablePlan, day: date | None = None) -> Mapping[FieldPath, Chosen]:
    """The choices for all fields of `plan` with conditions; `day` is ``run_day``."""
    return {one.path: _choose(opened, one, day) for one in plan.fields if one.cases}


def _choose(opened: Opened, one: FieldPlan, day: date | None) -> Chosen:
    """The first case whose condition holds; after an unknown one, the strictest of all."""
    leaf = opened.leaf(one.path)
    numbers = np.full(len(leaf.values), OTHERWISE, np.int64)
    open_ = np.ones(len(leaf.values), np.bool_)
    for number, case in enumerate(one.cases):
        beside = {name: _beside(opened, leaf, path) for name, path in case.columns}
        holds, unknown = truth(pa.table(beside), case.expression, day)
        numbers[open_ & holds] = number
        numbers[open_ & unknown] = one.strictest
        open_ &= ~(holds | unknown)
    others = pa.array(numbers == OTHERWISE)
    left = pc.if_else(others, leaf.plain, pa.scalar(None, leaf.plain.type))
    return Chosen(numbers, leaf.plain, left)


def _beside(opened: Opened, leaf: Leaf, path: FieldPath) -> pa.Array | pa.ChunkedArray:
    """The values of a condition's field for each value of the leaf, from its list element or its
    record."""
    if EACH in path.steps:
        sibling = opened.leaf(path)
        assert np.array_equal(sibling.rows, leaf.rows), "fields of one element have as many values"
        return sibling.plain
    column = opened.table.column(path.column)
    if len(leaf.rows) == opened.num_rows and np.array_equal(leaf.rows, np.arange(len(leaf.rows))):
        return column
    return column.take(pa.array(leaf.rows))
