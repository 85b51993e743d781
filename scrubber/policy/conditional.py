"""Rules with a condition (``when``): which of a field's rules decides each of its values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pyarrow as pa

from scrubber.errors import printable
from scrubber.model.fieldclass import FieldClass
from scrubber.model.fieldpath import EACH, FieldPath
from scrubber.model.layouts import value_type
from scrubber.policy.decisions import FieldRule
from scrubber.policy.plan import (
    Apply,
    Case,
    Disposition,
    Drop,
    FieldPlan,
    Generalize,
    Keep,
    ScrubText,
    field_type,
    output_type,
    treatments,
)
from scrubber.policy.rows import boolean_fault, sound_columns_of
from scrubber.policy.syntax.report import Report, did_you_mean
from scrubber.transform.base import PerSubject, Strictness
from scrubber.transform.empty import Empty
from scrubber.transform.steps import steps_of, strength_of

_TEXT_STRENGTH = 5  # of scrubbed text, between what is partly and what is wholly changed


def with_cases(
    report: Report,
    field: FieldPlan,
    rules: Sequence[FieldRule],
    kind: pa.DataType,
    leaves: Mapping[FieldPath, pa.DataType],
    columns: Mapping[str, pa.DataType],
) -> FieldPlan | None:
    """The field with the cases of `rules`, which stand before its own; None where a problem was
    reported. `leaves` and `columns` are the types of its table."""
    if isinstance(field.disposition, Generalize):
        text = "privacy: chooses one level for all values of a field, so it takes no when"
        report.key((*rules[0].path, "when"), "when-with-privacy", text)
        return None
    cases = [_case(report, rule, field.path, leaves, columns) for rule in rules]
    found = tuple(case for case in cases if case is not None)
    if len(found) < len(cases) or not _one_class(report, field, rules):
        return None
    main = Apply(Empty()) if isinstance(field.disposition, Drop) else field.disposition
    made = replace(field, disposition=main, cases=found)
    types = {str(value_type(one)): one for one in _types(made, kind)}
    if len(types) > 1:
        text = f"the rules of {printable(str(field.path))} give {' and '.join(sorted(types))}"
        report.value(rules[0].path, "when-types", text, "let all give one type")
        return None
    asked = {
        step.subject_field()
        for disposition in treatments(made)
        if isinstance(disposition, Apply)
        for step in steps_of(disposition.transform)
        if isinstance(step, PerSubject)
    }
    if len(asked) > 1:
        text = "the rules of a field ask for the subject in different columns"
        report.value(rules[0].path, "when-subjects", text)
        return None
    ranks = [_strength(one) for one in treatments(made)]
    return replace(
        made, type_out=str(field_type(made, kind)), strictest=ranks.index(max(ranks)) - 1
    )


def _case(
    report: Report,
    rule: FieldRule,
    path: FieldPath,
    leaves: Mapping[FieldPath, pa.DataType],
    columns: Mapping[str, pa.DataType],
) -> Case | None:
    here = (*rule.path, "when")
    assert rule.when is not None
    places: dict[str, FieldPath] = {}
    types: dict[str, pa.DataType] = {}
    for name in sorted(sound_columns_of(rule.when)):
        beside = _beside(path, name)
        if beside in leaves:
            places[name], types[name] = beside, value_type(leaves[beside])
        elif name in columns:
            places[name], types[name] = FieldPath((name,)), columns[name]
        else:
            known = {str(one.steps[-1]) for one in leaves} | set(columns)
            text = f"the table of {printable(str(path))} has no field {printable(name)}"
            report.value(here, "unknown-field", text, did_you_mean(name, known))
            return None
    fault = boolean_fault(rule.when, pa.schema(list(types.items())))
    if fault is not None:
        report.value(here, fault.code, fault.text, fault.hint)
        return None
    disposition = Apply(Empty()) if isinstance(rule.disposition, Drop) else rule.disposition
    assert isinstance(disposition, Apply | Keep), "others do not load with a condition"
    return Case(
        rule.when,
        tuple(places.items()),
        disposition,
        rule.ref,
        on_error=rule.on_error,
        public=rule.public,
    )


def _beside(path: FieldPath, name: str) -> FieldPath:
    """The field `name` of the innermost element of a list that `path` lies in, or of the record."""
    last = max((i for i, step in enumerate(path.steps) if step is EACH), default=-1)
    return FieldPath((*path.steps[: last + 1], name))


def _one_class(report: Report, field: FieldPlan, rules: Sequence[FieldRule]) -> bool:
    """True if the rules of a field agree on its class; a direct identifier is never kept."""
    for rule in rules:
        if rule.field_class not in (None, field.field_class):
            text = "the rules of a field give it different classes"
            report.value(rule.path, "when-classes", text, "give the class in all of them")
            return False
        direct = field.field_class is FieldClass.DIRECT_IDENTIFIER
        weak = _strength(rule.disposition) < Strictness.PERTURB
        if direct and weak:
            text = "a direct identifier must not be kept"
            report.value(rule.path, "direct-identifier-kept", text, "token, surrogate or drop it")
            return False
    return True


def _types(field: FieldPlan, kind: pa.DataType) -> list[pa.DataType]:
    """The types that the treatments give, but for those that give nothing."""
    found = []
    for one in treatments(field):
        if not (isinstance(one, Apply) and isinstance(one.transform, Empty)):
            made = output_type(one, kind)
            assert made is not None
            found.append(made)
    return found


def _strength(disposition: Disposition | None) -> int:
    match disposition:
        case Keep():
            return int(Strictness.KEEP)
        case ScrubText():
            return _TEXT_STRENGTH
        case Apply(transform):
            return int(strength_of(transform))
        case _:
            return int(Strictness.DROP)
