"""Records whose derived fields could not be computed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scrubber.errors import Place, TransformError
from scrubber.model.batch import BatchRef
from scrubber.model.fieldpath import FieldPath
from scrubber.policy.derive.computing import Computed
from scrubber.policy.plan import OnError, Plan, TablePlan

FAILED = "transform-failed"
Flags = npt.NDArray[np.bool_]


def not_derived(
    plan: Plan, table_plan: TablePlan, computed: Computed, ref: BatchRef, kept: Flags
) -> Flags:
    """The `kept` records to quarantine, since a derived field failed for which ``on_error`` says
    so. With ``null``, the field is null.

    Raises: TransformError ``transform-failed`` if ``on_error`` is ``fail``.
    """
    gone = np.zeros(len(kept), np.bool_)
    for derived in table_plan.derived:
        failed = computed.failed.get(derived.name)
        if failed is None or not (failed & kept).any():
            continue
        field = table_plan.field(FieldPath((derived.name,)))
        match field.on_error or plan.on_error:
            case OnError.FAIL:
                row = ref.first_row + int(np.flatnonzero(failed & kept)[0])
                raise TransformError(
                    FAILED,
                    f"{derived.kind} cannot be computed for a record",
                    place=Place(ref.source, row, derived.name),
                    hint=f"rule {derived.rule.mark}; or set on_error: null or drop_row",
                )
            case OnError.DROP_ROW:
                gone |= failed & kept
    return gone
