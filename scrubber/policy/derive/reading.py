"""The derivations of a rule file, checked without data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from scrubber.errors import printable
from scrubber.model.fieldpath import FieldPath
from scrubber.model.tables import in_table
from scrubber.policy import schema
from scrubber.policy.plan import RuleRef
from scrubber.policy.rows import columns_of
from scrubber.policy.sql import RUN_DAY, Fault, uses_run_day
from scrubber.policy.syntax.report import Report
from scrubber.policy.syntax.settings import numbered
from scrubber.policy.syntax.source import Path_
from scrubber.transform.columns.date_formats import DateFormat

BETWEEN = ("years_between", "months_between", "days_between")
KINDS = (*BETWEEN, "user_agent", "sql")


@dataclass(frozen=True)
class Derivation:
    """A new field `name` of the `tables` (empty: all that have its inputs).

    `inputs` are names of fields, ISO 8601 dates or ``run_day``, and for `sql` the fields that
    `expression` reads.
    """

    name: str
    kind: str
    inputs: tuple[str, ...]
    ref: RuleRef
    path: Path_ = field(compare=False)
    expression: str = ""
    format: str | None = None
    tables: tuple[str, ...] = ()

    @property
    def columns(self) -> frozenset[str]:
        """The fields that it reads."""
        return columns_in(self.inputs)

    @property
    def place(self) -> Path_:
        """The place of its inputs in the rule file."""
        return (*self.path, self.kind)

    def is_for(self, alias: str) -> bool:
        """True if it is for the source `alias`."""
        return not self.tables or any(in_table(table, alias) for table in self.tables)


def columns_in(inputs: Iterable[str]) -> frozenset[str]:
    """The names of fields among `inputs`."""
    return frozenset(one for one in inputs if one != RUN_DAY and fixed_day(one) is None)


def fixed_day(written: str) -> date | None:
    """The day that an input names, if it is an ISO 8601 date."""
    try:
        return date.fromisoformat(written) if len(written) == len("2026-01-01") else None
    except ValueError:
        return None


def derivations(
    report: Report, written: Iterable[schema.Derive | None], *, has_day: bool
) -> tuple[Derivation, ...]:
    """The derivations of the file in an order in which each one's inputs exist. `has_day` is true
    if ``as_of`` gives ``run_day``."""
    read = (_derivation(report, ("derive", i), one, has_day) for i, one in numbered(written))
    found = [one for one in read if one is not None]
    for number, one in enumerate(found):
        for other in found[:number]:
            if one.name == other.name and not (one.tables and other.tables):
                text = f"{printable(one.name)} is derived twice"
                report.value((*one.path, "name"), "derived-twice", text, "in: names its table")
    return tuple(_in_order(report, found))


def _derivation(
    report: Report, path: Path_, one: schema.Derive, has_day: bool
) -> Derivation | None:
    given = {kind: getattr(one, kind) for kind in KINDS if getattr(one, kind) is not None}
    if len(given) != 1:
        if report.is_whole(path):
            text = f"a derived field has one of {', '.join(KINDS)}"
            hint = "{name: age, years_between: [birth_date, visit_date]}"
            report.value(path, "one-of", text, hint)
        return None
    ((kind, value),) = given.items()
    if str(FieldPath((one.name,))) != one.name:
        text = "a derived field is a column: its name has no dots, brackets, quotes or stars"
        report.value((*path, "name"), "bad-path", text)
        return None
    if one.format is not None and not _is_format(report, path, kind, one.format):
        return None
    expression = value if kind == "sql" else ""
    inputs = _inputs_of_sql(report, path, value) if kind == "sql" else _inputs(value)
    if inputs is None:
        return None
    if not columns_in(inputs):
        text = "this reads no field, so it is the same for all records"
        report.value((*path, kind), "row-no-column", text)
        return None
    if not has_day and (RUN_DAY in inputs or (expression and uses_run_day(expression))):
        report_no_day(report, (*path, kind))
        return None
    ref = RuleRef(f"derive[{path[-1]}]", report.tree.value_mark(path))
    return Derivation(one.name, kind, inputs, ref, path, expression, one.format, one.tables)


def report_no_day(report: Report, path: Path_) -> None:
    """Report the use of ``run_day`` without ``as_of``."""
    text = "run_day is the day of as_of:, which the rules do not set"
    report.value(path, "no-run-day", text, "as_of: run, or as_of: 2026-01-31")


def _inputs(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _inputs_of_sql(report: Report, path: Path_, expression: str) -> tuple[str, ...] | None:
    found = columns_of(expression)
    if isinstance(found, Fault):
        report.value((*path, "sql"), found.code, found.text, found.hint)
        return None
    return tuple(sorted(found))


def _is_format(report: Report, path: Path_, kind: str, format: str) -> bool:
    here = (*path, "format")
    if kind not in BETWEEN:
        report.key(here, "bad-parameter", f"{kind} reads no dates, so it takes no format")
        return False
    try:
        DateFormat.compile(format)
    except ValueError as error:  # written for the author of the rules
        report.value(here, "bad-parameter", str(error))
        return False
    return True


def _in_order(report: Report, found: list[Derivation]) -> Iterator[Derivation]:
    """The derivations, each after those of its inputs; a circle is reported."""
    left = list(found)
    while left:
        waiting = {one.name for one in left}
        ready = [one for one in left if not one.columns & waiting]
        if not ready:
            _report_circle(report, {one.name: one for one in left})
            return
        yield from ready
        left = [one for one in left if one not in ready]


def _report_circle(report: Report, left: Mapping[str, Derivation]) -> None:
    """Report one circle among derivations that all wait for another one."""
    names = [next(iter(left))]
    while (after := min(left[names[-1]].columns & left.keys())) not in names:
        names.append(after)
    circle = [*names[names.index(after) :], after]
    text = f"derived from itself: {' <- '.join(map(printable, circle))}"
    report.value(left[after].place, "derived-circle", text, "derive it from fields of the data")
