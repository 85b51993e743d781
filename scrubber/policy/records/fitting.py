"""Rules about records fitted to the schemas of a run's tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa

from scrubber.errors import printable
from scrubber.model.fieldpath import FieldPath, leaves
from scrubber.model.layouts import value_type
from scrubber.policy.places import report_tables
from scrubber.policy.plan import RowRule, TablePlan
from scrubber.policy.record_rules import (
    Drawn,
    Follow,
    Here,
    Limit,
    RecordPlan,
    RecordRule,
    Repeats,
    Sample,
    Selection,
    Shuffle,
    Written,
)
from scrubber.policy.rows import boolean_fault, sound_columns_of
from scrubber.policy.syntax.report import Report, did_you_mean
from scrubber.policy.syntax.source import Path_
from scrubber.transform.base import Kind, kind_of

HALF_WAY = "row-half-way"
"""A rule that some tables of a subject cannot follow."""
_TABLES_NAMED = 3

Leaves = Sequence[tuple[FieldPath, pa.DataType]]


class RecordFitting:
    """Fits the rules under ``rows:`` to tables, and reports those that do not fit."""

    def __init__(
        self, report: Report, rows: tuple[RowRule, ...], records: tuple[Written, ...]
    ) -> None:
        self._report, self._rows, self._records = report, rows, records
        self._columns = {row.rule.id: sound_columns_of(row.expression) for row in rows}
        chosen = [one.rule for one in records]
        self._selecting = [one for one in chosen if isinstance(one, Follow | Limit | Repeats)]
        self._met: set[str] = set()

    @property
    def selection(self) -> Selection:
        return Selection(tuple(self._selecting))

    def applying(self, alias: str) -> frozenset[str]:
        """The ids of the rules that are for the source `alias`."""
        rules = [one.rule.id for one in self._rows if one.is_for(alias)]
        return frozenset(rules + [one.rule.rule.id for one in self._records if one.is_for(alias)])

    def fitted(
        self, applying: frozenset[str], schema: pa.Schema, subject: FieldPath | None
    ) -> tuple[tuple[RowRule, ...], RecordPlan]:
        """The rules of a table with this schema."""
        names, found = set(schema.names), leaves(schema)
        rows = [
            row
            for row in self._rows
            if row.rule.id in applying
            and self._columns[row.rule.id] <= names
            and self._row_fits(row, schema)
        ]
        samples: list[Drawn] = []
        selecting: list[Here] = []
        shuffle: Shuffle | None = None
        for one in self._records:
            rule = one.rule
            if isinstance(rule, Follow):
                if subject is not None:
                    judges = rule.rule.id in {row.rule.id for row in rows}
                    selecting.append(Here(self._selecting.index(rule), (subject,), judges))
                continue
            if rule.rule.id not in applying:
                continue
            if isinstance(rule, Shuffle):
                shuffle = rule
            elif isinstance(rule, Sample):
                drawn = self._drawn(one.index, rule, found)
                if drawn is None:
                    continue
                samples.append(drawn)
            else:
                fields = self._compared(one.index, rule, found)
                if not fields:
                    continue
                selecting.append(Here(self._selecting.index(rule), fields))
            self._met.add(rule.rule.id)
        draws = any(not isinstance(self._selecting[one.number], Follow) for one in selecting)
        return tuple(rows), RecordPlan(tuple(samples), tuple(selecting), shuffle, draws)

    def _row_fits(self, row: RowRule, schema: pa.Schema) -> bool:
        fault = boolean_fault(row.expression, schema)
        if fault is not None:
            self._report.value((*place(row.rule.id), "drop"), fault.code, fault.text, fault.hint)
        return fault is None

    def _drawn(self, index: int, rule: Sample, found: Leaves) -> Drawn | None:
        if rule.by is None:
            return Drawn(rule)
        fields = self._single(("rows", index, "sample", "by"), rule.by, found)
        return Drawn(rule, fields[0]) if fields else None

    def _compared(self, index: int, rule: Limit | Repeats, found: Leaves) -> tuple[FieldPath, ...]:
        """The fields by which a rule compares records; empty if this table lacks them."""
        if isinstance(rule, Limit):
            return self._single(("rows", index, "limit", "per"), rule.per, found)
        return self._several(index, rule, found)

    def _single(self, path: Path_, name: str, found: Leaves) -> tuple[FieldPath, ...]:
        """The field `name`, with one value per record; empty if this table has none."""
        for field, kind in found:
            if str(field) != name:
                continue
            if field.repeated:
                text = f"{printable(name)} has several values in a record"
                self._report.value(path, "not-a-field", text, "name a field with one value")
                return ()
            if kind_of(value_type(kind)) is Kind.OTHER:
                text = f"{printable(name)} is {kind}, whose values cannot be compared"
                self._report.value(path, "wrong-kind", text)
                return ()
            return (field,)
        return ()

    def _several(self, index: int, rule: Repeats, found: Leaves) -> tuple[FieldPath, ...]:
        """The fields that repeats compares, all of them or none."""
        chosen: list[FieldPath] = []
        for number, name in enumerate(rule.of):
            here = [(field, kind) for field, kind in found if name in _spelled(field)]
            if rule.near is not None:
                texts = [(f, kind) for f, kind in here if kind_of(value_type(kind)) is Kind.TEXT]
                if here and not texts:
                    path: Path_ = ("rows", index, "repeats", "of", number)
                    text = f"near compares texts, and {printable(name)} holds none"
                    self._report.value(path, "wrong-kind", text, "remove near to compare values")
                here = texts
            if not here:
                return ()
            chosen += [field for field, _ in here]
        return tuple(dict.fromkeys(chosen))

    def check(
        self, schemas: Mapping[str, pa.Schema], tables: Mapping[str, TablePlan], names: set[str]
    ) -> None:
        """Report rules that fit no table, and those that leave records of a subject behind."""
        for rule_id, restricted in (
            *((row.rule.id, row.tables) for row in self._rows),
            *((one.rule.rule.id, one.tables) for one in self._records),
        ):
            if report_tables(self._report, place(rule_id), restricted, schemas):
                return
        for row in self._rows:
            columns = self._columns[row.rule.id]
            here = [alias for alias in schemas if row.is_for(alias)]
            if not any(columns <= set(schemas[alias].names) for alias in here):
                missing = sorted(columns - names) or sorted(columns)
                shown = ", ".join(map(printable, missing))
                text = f"no table has all columns of this rule: {shown}"
                hint = did_you_mean(missing[0], names)
                self._report.value((*place(row.rule.id), "drop"), "unmatched-rule", text, hint)
        for one in self._records:
            if one.rule.rule.id not in self._met and not isinstance(one.rule, Follow | Shuffle):
                self._report_unmatched(one.index, one.rule, names)
        for row in self._rows:
            self._check_half_way(row, tables)

    def _report_unmatched(self, index: int, rule: RecordRule, names: set[str]) -> None:
        match rule:
            case Sample(by=by):
                key, inner, named = "sample", "by", by or ""
            case Limit(per=per):
                key, inner, named = "limit", "per", per
            case Repeats(of=of):
                unknown = [name for name in of if name not in names]
                key, inner, named = "repeats", "of", next(iter(unknown), of[0])
            case _:
                return
        text = f"no table has the field {printable(named)}"
        hint = did_you_mean(named, names)
        self._report.value(("rows", index, key, inner), "unmatched-rule", text, hint)

    def _check_half_way(self, row: RowRule, tables: Mapping[str, TablePlan]) -> None:
        if row.follow is not None:
            return
        mine = {alias: table for alias, table in tables.items() if table.subject is not None}
        judged = {a for a, t in mine.items() if row.rule.id in {one.rule.id for one in t.row_rules}}
        left = [alias for alias in mine if alias not in judged]
        if judged and left:
            text = f"{_listed(left)} cannot follow this rule, and would keep the same subjects"
            hint = "follow: subject drops their records too; follow: record leaves them"
            self._report.value((*place(row.rule.id), "drop"), HALF_WAY, text, hint)


def _spelled(field: FieldPath) -> set[str]:
    """The field's path and all paths above it."""
    return {str(FieldPath(field.steps[: i + 1])) for i in range(len(field.steps))}


def place(rule_id: str) -> Path_:
    """The path of a rule in the rule file, from its id."""
    return ("rows", int(rule_id.removeprefix("rows[").partition("]")[0]))


def _listed(aliases: Iterable[str]) -> str:
    names = [printable(alias) for alias in aliases]
    more = len(names) - _TABLES_NAMED
    return ", ".join(names[:_TABLES_NAMED]) + (f" and {more} more" if more > 0 else "")
