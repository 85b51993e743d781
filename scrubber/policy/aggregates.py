"""Reading the ``aggregate:`` and ``budget:`` parts, and checking them against a plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from scrubber.errors import printable
from scrubber.model.aggregates import Aggregate, Budget, Measure, Metric, Private
from scrubber.policy import schema
from scrubber.policy.plan import Drop, ScrubText, TablePlan, transforms_in
from scrubber.policy.syntax.report import Report, did_you_mean
from scrubber.policy.syntax.settings import numbered
from scrubber.policy.syntax.source import Path_
from scrubber.transform.counting import Counting

PART = "aggregate"


def aggregates(report: Report, written: schema.RuleFile) -> tuple[Aggregate, ...]:
    """The aggregates of the rule file, with their mistakes in the `report`."""
    found: list[Aggregate] = []
    for number, rule in numbered(written.aggregate):
        path: Path_ = (PART, number)
        if rule.name in {other.name for other in found}:
            text = f"two aggregates are called {printable(rule.name)}"
            report.value((*path, "name"), "name-twice", text, "rename one of them")
        if rule.dp is not None and written.budget is None:
            text = "noisy aggregates need a budget, which adds up over runs"
            report.key(
                (*path, "dp"), "missing-key", text, "budget: {file: budget.json, epsilon: 3}"
            )
        found.append(_aggregate(report, path, rule, written.subject))
    _report_crossed(report, found)
    if written.budget is not None and not any(one.private for one in found):
        text = "no aggregate has noise, so there is nothing to spend"
        report.key(("budget",), "no-effect", text, "give an aggregate dp:, or remove budget")
    return tuple(found)


def _report_crossed(report: Report, found: Sequence[Aggregate]) -> None:
    """Report a table that adds up to two others which are not nested in each other.

    Its groups would then stand in rows and columns, and the cheap proof that no withheld one can be
    computed does not hold for them.
    """
    for number, fine in enumerate(found):
        coarser = [
            other
            for other in found
            if (other.of, other.subject) == (fine.of, fine.subject) and set(other.by) < set(fine.by)
        ]
        for one in coarser:
            crossing = [
                b for b in coarser if not set(one.by) <= set(b.by) and not set(b.by) <= set(one.by)
            ]
            if crossing:
                text = f"{fine.name} adds up to {one.name} and to {crossing[0].name}, which cross"
                hint = "leave one of the three out"
                report.value((PART, number, "by"), "crossed-aggregates", text, hint)
                return


def budget(report: Report, part: schema.Budget | None) -> Budget | None:
    """The budget, with its file beside the rule file."""
    if part is None:
        return None
    file = Path(report.tree.file).parent / part.file
    return Budget(str(file), part.epsilon, part.delta)


def _aggregate(
    report: Report, path: Path_, rule: schema.AggregateRule, subject: str | None
) -> Aggregate:
    whose = rule.subject if rule.subject is not None else subject
    if whose is None and rule.max_rows_per_subject is not None:
        text = "max_rows_per_subject needs a subject"
        report.key((*path, "max_rows_per_subject"), "missing-key", text, "subject: FIELD")
    if len(set(rule.by)) != len(rule.by):
        report.value((*path, "by"), "name-twice", "a field is in by twice", "remove one")
    metrics = tuple(
        _metric(report, (*path, "metrics", name), name, figure)
        for name, figure in rule.metrics.items()
    )
    for name in rule.metrics:
        if name in rule.by:
            text = f"{printable(name)} is a field of by too"
            report.key((*path, "metrics", name), "name-twice", text, "rename the metric")
    if not metrics:
        text = "an aggregate needs a metric"
        report.value((*path, "metrics"), "missing-key", text, "metrics: {n: count}")
    return Aggregate(
        rule.name,
        rule.from_,
        rule.by,
        metrics,
        whose,
        rule.max_rows_per_subject,
        rule.min_group,
        f"{PART}[{path[1]}]",
        report.tree.value_mark(path),
        _private(report, path, rule, metrics, whose),
    )


def _metric(report: Report, path: Path_, name: str, figure: str | schema.Figure) -> Metric:
    if isinstance(figure, str):
        return Metric(name, Measure(figure))
    if (figure.sum is None) == (figure.mean is None):
        report.value(path, "one-of", "a metric is one of sum and mean", "{mean: FIELD}")
    if figure.lower is not None and figure.upper is not None and figure.lower >= figure.upper:
        report.value(path, "bad-value", "lower must be less than upper")
    measure = Measure.SUM if figure.sum is not None else Measure.MEAN
    return Metric(name, measure, figure.sum or figure.mean, figure.lower, figure.upper)


def _private(
    report: Report,
    path: Path_,
    rule: schema.AggregateRule,
    metrics: Sequence[Metric],
    subject: str | None,
) -> Private | None:
    if rule.dp is None:
        return None
    here = (*path, "dp")
    if subject is None:
        report.key(
            here, "missing-key", "noise protects a subject, and there is none", "subject: FIELD"
        )
    if rule.max_rows_per_subject is None:
        text = "noise needs a bound on the records of a subject"
        report.key(here, "missing-key", text, "max_rows_per_subject: 5")
    for metric in metrics:
        if metric.field is not None and None in (metric.lower, metric.upper):
            text = "noise needs the range of a sum or mean"
            report.value((*path, "metrics", metric.name), "missing-key", text, "lower and upper")
    groups = rule.dp.groups or {}
    if groups and groups.keys() != set(rule.by):
        text = "groups lists the values of all fields of by, and of no others"
        report.value((*here, "groups"), "bad-value", text, f"fields: {', '.join(rule.by)}")
    if not groups and not rule.dp.delta:
        text = "groups that are not listed need delta: a group may show that somebody is in it"
        report.key(here, "missing-key", text, "delta: 1.0e-6, or groups")
    listed = tuple(groups[name] for name in rule.by if name in groups)
    return Private(rule.dp.epsilon, rule.dp.delta, rule.dp.max_groups_per_subject, listed)


def check_aggregates(
    report: Report, asked: Iterable[Aggregate], tables: Sequence[tuple[str, TablePlan]]
) -> None:
    """Report aggregates of absent tables, and of fields that the output does not have as one value
    for each record."""
    for number, one in enumerate(asked):
        path: Path_ = (PART, number)
        having = [plan for alias, plan in tables if one.is_of(alias)]
        if not having:
            where = (*path, "from") if one.of is not None else path
            report.value(where, "unmatched-table", "no source is part of this table")
        for plan in having:
            if any(_report_field(report, path, one, name, plan) for name in one.fields):
                break
            if one.private is not None and _counts_all(plan):
                text = "noise cannot hide a person whose record changes how others are generalized"
                hint = "leave privacy:, rare and clip to the mean to a run without dp"
                report.key((*path, "dp"), "dp-not-alone", text, hint)
                break


def _counts_all(plan: TablePlan) -> bool:
    """True if a treatment of the table depends on the records of others."""
    return bool(plan.quasi) or any(
        isinstance(step, Counting) for field in plan.fields for step in transforms_in(field)
    )


def _report_field(report: Report, path: Path_, one: Aggregate, name: str, plan: TablePlan) -> bool:
    """Report the field `name` if the output of `plan` lacks it; True if so."""
    known = {str(field.path): field for field in plan.fields}
    key = "by" if name in one.by else "subject" if name == one.subject else "metrics"
    where = (*path, key) if report.tree.at((*path, key)) is not None else path
    field = known.get(name)
    if field is None:
        text = f"no field is named {printable(name)}"
        report.value(where, "unknown-field", text, did_you_mean(name, known))
    elif isinstance(field.disposition, Drop):
        text = f"{printable(name)} is dropped, and groups are made of the output"
        report.value(where, "field-not-there", text, "transform it, or aggregate by another field")
    elif field.path.nested:
        text = f"{printable(name)} is not a column of the output"
        report.value(where, "field-not-there", text, "groups need one value for each record")
    elif isinstance(field.disposition, ScrubText):
        text = f"{printable(name)} is scrubbed text"
        report.value(where, "field-not-there", text, "aggregate by another field")
    else:
        return False
    return True
