"""Quasi-identifiers under ``privacy:``: their hierarchies, and checks of names."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import pyarrow as pa

from scrubber.errors import printable
from scrubber.model.fieldpath import FieldPath
from scrubber.model.layouts import value_type
from scrubber.policy.decisions import FieldRule
from scrubber.policy.plan import (
    Apply,
    Disposition,
    Drop,
    Generalize,
    Keep,
    Levels,
    ScrubText,
    TablePlan,
    output_type,
    repeats,
)
from scrubber.policy.privacy import PART
from scrubber.policy.rules import Rules
from scrubber.policy.syntax.report import Report, did_you_mean
from scrubber.transform.base import Kind, kind_of

_LABELLED = frozenset(Kind) - {Kind.BINARY, Kind.TIME, Kind.OTHER}


def quasi_identifier(
    report: Report,
    rules: Rules,
    rule: FieldRule,
    disposition: Disposition,
    path: FieldPath,
    kind: pa.DataType,
) -> Disposition | None:
    """The field with the hierarchy for its level; None if a problem was reported. A dropped or
    empty field is unchanged."""
    if isinstance(disposition, Drop | Keep):
        return disposition
    assert rules.privacy is not None
    name, shown = str(path), printable(str(path))
    first = disposition.transform if isinstance(disposition, Apply) else None
    levels = dict(rules.privacy.hierarchies).get(name)
    fault: tuple[str, str, str] | None = None
    before = output_type(disposition, value_type(kind)) or kind
    if path.nested:
        text = f"{shown} lies in a list or struct: privacy: counts whole fields"
        fault = ("quasi-identifier-nested", text, "give it another class")
    elif isinstance(disposition, ScrubText) or (first and not repeats(first)):
        text = f"equal values of {shown} do not stay equal, so they make no classes"
        fault = ("quasi-identifier-varies", text, "another transform, or another class")
    elif levels is None and first is None:
        text = f"the quasi-identifier {shown} has no hierarchy and no transform"
        fault = ("quasi-identifier-undecided", text, f"privacy: {{hierarchies: {{{shown}: …}}}}")
    elif kind_of(before) not in _LABELLED:
        text = f"{shown} is {kind_of(before)}, which makes no classes"
        fault = ("wrong-kind", text, "give it a transform of its own")
    if fault is not None:
        report.value(rule.path, *fault)
        return None
    levels = levels or Levels()
    for step in levels.steps:
        if kind_of(before) not in step.traits.accepts:
            text = f"{step.name} makes no level of {shown}, which is {kind_of(before)}"
            report.value((PART, "hierarchies", name), "wrong-kind", text)
            return None
    return Generalize(first, levels, dict(rules.privacy.max_levels).get(name))


def check_privacy(
    report: Report, rules: Rules, tables: Iterable[TablePlan], *, partial: bool
) -> None:
    """Check that each name under ``privacy:`` is a field, and that all tables have the same
    ones."""
    privacy = rules.privacy
    if privacy is None or partial:
        return
    tables = tuple(tables)
    sets = {frozenset(str(f.path) for f in table.quasi) for table in tables} - {frozenset()}
    if not sets:
        text = "privacy: has nothing to count: no field is a quasi-identifier"
        report.key((PART,), "no-quasi-identifier", text, "class: quasi_identifier")
    if len(sets) > 1:
        text = "the tables have different quasi-identifiers: their records make no classes"
        report.key((PART,), "quasi-identifiers-differ", text, "scrub them by themselves")
    quasi = {name for names in sets for name in names}
    by_quasi: dict[str, tuple[tuple[str, Any], ...]] = {
        "hierarchies": privacy.hierarchies,
        "weights": privacy.weights,
        "max_levels": privacy.max_levels,
    }
    for key, named in by_quasi.items():
        for name, _ in named:
            _check_name(report, key, name, "quasi-identifier", quasi)
    if privacy.max_levels and privacy.method == "mondrian":
        text = "mondrian gives each class its own levels, as high as it needs"
        report.key((PART, "max_levels"), "not-available", text, "method: lattice")
    sensitive = {str(f.path) for table in tables for f in table.sensitive}
    for key in dict.fromkeys(model.key for _, model in privacy.models):
        if not sensitive:
            text = f"{key} is about sensitive fields, and no field that is left has that class"
            report.key((PART, key), "no-sensitive-field", text, "class: sensitive")
    for field, model in privacy.models:
        if field is not None:
            _check_name(report, model.key, field, "sensitive field", sensitive)


def _check_name(report: Report, key: str, name: str, what: str, known: Collection[str]) -> None:
    if name not in known:
        text = f"no {what} is named {printable(name)}"
        report.key((PART, key, name), "unknown-field", text, did_you_mean(name, known) or "")
