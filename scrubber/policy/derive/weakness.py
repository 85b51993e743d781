"""Derived fields that would publish what the rules hide: their inputs, kept under another name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyarrow as pa

from scrubber.errors import printable
from scrubber.model.fieldclass import FieldClass
from scrubber.policy.plan import Apply, Derived, Disposition, FieldPlan, Keep, ScrubText, treatments
from scrubber.policy.syntax.report import Report
from scrubber.policy.syntax.source import Path_
from scrubber.transform.base import Strictness
from scrubber.transform.steps import strength_of

_COARSE = ("years_between", "months_between")


def report_kept_inputs(
    report: Report,
    derived: Iterable[Derived],
    fields: Iterable[FieldPlan],
    places: Mapping[str, Path_],
) -> None:
    """Report derived fields that are kept although an input is a direct identifier or free text.
    `places` maps the ids of rules to their places. Completed years and months, and truth values,
    may be kept."""
    fields = tuple(fields)
    hidden = dict(_hidden(fields))
    for one in derived:
        reason = next((hidden[name] for name in one.inputs if name in hidden), None)
        coarse = one.kind in _COARSE or pa.types.is_boolean(one.type_)
        if reason is None or coarse:
            continue
        hidden[one.name] = reason
        for field in fields:
            if field.path.steps == (one.name,) and any(map(_keeps, treatments(field))):
                text = f"{printable(one.name)} is derived from {reason} and must not be kept"
                place = places.get(field.rule.id, ("derive",))
                report.value(place, "direct-identifier-kept", text, "give it a transform")


def _hidden(fields: Iterable[FieldPlan]) -> Iterator[tuple[str, str]]:
    for field in fields:
        name = printable(field.path.column)
        if field.field_class is FieldClass.DIRECT_IDENTIFIER:
            yield field.path.column, f"the direct identifier {name}"
        elif isinstance(field.disposition, ScrubText):
            yield field.path.column, f"the text {name}"


def _keeps(treatment: Disposition) -> bool:
    """True if a treatment leaves most values as they are."""
    if isinstance(treatment, Apply):
        return strength_of(treatment.transform) < Strictness.PERTURB
    return isinstance(treatment, Keep)
