"""Generalizing a batch: apply the chosen levels, and mark the records to suppress."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from scrubber.anonymize.labels import Flags, label
from scrubber.anonymize.recoding import Recoding
from scrubber.model.fieldpath import FieldPath
from scrubber.model.opened import Opened
from scrubber.policy.plan import Apply, FieldPlan, Generalize, Keep, OnError, Plan, TablePlan
from scrubber.transform.base import Outcome
from scrubber.transform.crypto.canonical import text_type
from scrubber.transform.keys import RootKey

SUPPRESSED = "privacy"
_CHOSEN = "privacy: chooses its level"


@dataclass(frozen=True)
class Generalized:
    """The generalized quasi-identifiers of records; `gone` marks the records to suppress."""

    outcomes: dict[FieldPath, Outcome] = field(repr=False)
    gone: Flags = field(repr=False)

    def only(self, kept: Flags) -> Generalized:
        """Restrict to the marked records."""
        mask = pa.array(kept)

        def narrowed(one: Outcome) -> Outcome:
            failed = one.failed.filter(mask) if one.failed is not None else None
            return Outcome(one.array.filter(mask), failed, one.why)

        outcomes = {path: narrowed(one) for path, one in self.outcomes.items()}
        return Generalized(outcomes, self.gone[kept])


def generalize(
    opened: Opened,
    source: str,
    plan: TablePlan,
    recoding: Recoding | None,
    key: RootKey | None,
    on_error: OnError,
) -> Generalized:
    """Apply the chosen levels to records of a source.

    A value that fails its own transform counts as null. With ``drop_row``, its record is neither
    looked up nor suppressed.

    Raises: the errors of :meth:`Recoding.look_up`; ValueError for a plan with quasi-identifiers but
    without chosen levels.
    """
    if not plan.quasi:
        return Generalized({}, np.zeros(opened.num_rows, dtype=np.bool_))
    if recoding is None:
        raise ValueError("no levels were chosen")
    labelled = label(opened, plan.quasi, key)
    failed = np.logical_or.reduce([column.failed for column in labelled])
    recoded = recoding.look_up(labelled, failed & (on_error is OnError.DROP_ROW), source)
    outcomes = {}
    for column in labelled:
        assert isinstance(column.plan.disposition, Generalize)
        array = column.values
        if column.plan.disposition.level:
            array = recoded.labels[str(column.plan.path)].cast(text_type(array.type))
        outcomes[column.plan.path] = Outcome(array, column.outcome.failed, column.outcome.why)
    return Generalized(outcomes, recoded.gone)


def before_privacy(plan: Plan) -> Plan:
    """The part of the plan that some of the records suffice for: quasi-identifiers before
    ``privacy:`` chooses levels, and no rescan."""

    def before(one: FieldPlan) -> FieldPlan:
        match one.disposition:
            case Generalize(first):
                disposition = Keep(_CHOSEN) if first is None else Apply(first)
                return replace(one, disposition=disposition)
            case _:
                return one

    tables = tuple(
        (alias, replace(table, fields=tuple(map(before, table.fields))))
        for alias, table in plan.tables
    )
    return replace(plan, tables=tables, rescan=None)
