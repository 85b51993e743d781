"""Checking rules before a run: all problems, the file's own tests, a preview."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa

from scrubber import formats
from scrubber.anonymize.census import levels_of
from scrubber.anonymize.labels import text_labels
from scrubber.errors import InputError, KeyFault, Mark, ScrubberError
from scrubber.model.batch import Batch, BatchRef
from scrubber.model.fieldpath import FieldPath
from scrubber.model.opened import Opened
from scrubber.model.views import without_views
from scrubber.pipeline.batch import Tools, scrub_batch, tools_for
from scrubber.pipeline.languages import unmeasured_of
from scrubber.pipeline.tallying import of_some_records
from scrubber.policy import Example, Rules, compile_plan, public_parameters, table_of, unmet
from scrubber.policy.examples import came_out
from scrubber.policy.plan import (
    Apply,
    Drop,
    FieldPlan,
    Generalize,
    Keep,
    KeySource,
    Levels,
    OnError,
    Plan,
    Realign,
    ScrubText,
    with_on_error,
)
from scrubber.policy.record_rules import RecordPlan
from scrubber.policy.sql import masked
from scrubber.privacy.hierarchy import TOP
from scrubber.run.request import key_for
from scrubber.run.rule_facts import action_of
from scrubber.run.survey import Survey
from scrubber.transform.base import Context
from scrubber.transform.keys import RootKey
from scrubber.transform.steps import title

_EXAMPLE = "example"
_JUDGED = 1_000
"""So many records of each source are judged by their language."""


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """The result of one of the rule file's ``tests:``: `unmet` names the fields with unexpected
    values, `error` is the code of a failure."""

    id: str
    mark: Mark
    unmet: tuple[str, ...]
    error: str | None = None
    came: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.unmet and self.error is None


def run_examples(rules: Rules) -> tuple[ExampleResult, ...]:
    """Run the rule file's tests with a fixed public key, so that they need no secret."""
    key = RootKey(bytes(range(32)))
    return tuple(_run_example(rules, example, key) for example in rules.tests)


def _run_example(rules: Rules, example: Example, key: RootKey) -> ExampleResult:
    try:
        table = table_of(example.given)
        alias = example.table or _EXAMPLE
        plan = _alone(of_some_records(compile_plan(rules, {alias: table.schema}, partial=True)))
        batch = Batch(BatchRef(alias, 0, 1, table.num_rows), table)
        result = scrub_batch(plan, batch, tools_for(plan, key)).table
    except ScrubberError as error:
        return ExampleResult(example.id, example.mark, (), f"{error.code}: {error.text}")
    names = unmet(example, result)
    return ExampleResult(
        example.id, example.mark, names, came=tuple(came_out(name, result) for name in names)
    )


@dataclass(frozen=True, slots=True)
class FieldPreview:
    """The treatment of a field of `sources`, with samples before and after, for a terminal only."""

    name: str
    sources: tuple[str, ...]
    plan: FieldPlan
    samples: tuple[tuple[Any, Any], ...] = field(default=(), repr=False)

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels from which ``privacy:`` chooses, starting with the value; empty for other
        fields."""
        match self.plan.disposition:
            case Generalize(_, levels, highest):
                return _said(levels)[: None if highest is None else highest + 1]
            case _:
                return ()

    @property
    def action(self) -> str:
        """The treatment in a few words."""
        cases = [
            f"{action_of(case.disposition)} where {masked(case.expression, public=case.public)}"
            for case in self.plan.cases
        ]
        return ", ".join([*cases, f"else {self._otherwise}"]) if cases else self._otherwise

    @property
    def _otherwise(self) -> str:
        match self.plan.disposition:
            case Keep(reason, unsafe):
                return f"keep{' UNSAFELY' if unsafe else ''}: {reason}"
            case Drop():
                return "drop"
            case Apply(transform):
                return title(transform)
            case Generalize(first):
                before = f"{title(first)}, then " if first is not None else ""
                return f"{before}privacy: chooses from {' > '.join(self.levels)}"
            case Realign(text, positions):
                return f"moved along with {text}: {positions.role(self.plan.path)}"
            case ScrubText(default, operators, linked, form):
                pairs = [*operators, ("other entities", default)]
                said = (f"{e}: {'keep' if isinstance(o, Keep) else o.name}" for e, o in pairs)
                rows = ", ".join(str(one.path) for one in linked)
                looked_for = f"; linked: {rows}" if linked else ""
                read = f"; read as {form}" if form is not None else ""
                return f"findings in text ({', '.join(said)}){looked_for}{read}"


def _said(levels: Levels) -> tuple[str, ...]:
    """Each level in a few words."""
    if levels.rows:
        groups = [len({row[level] for row in levels.rows}) for level in range(len(levels.rows[0]))]
        said = [f"{count:,} groups" for count in groups[1:] if count > 1]
        return (f"{groups[0]:,} values", *said, TOP)
    steps = (
        " ".join([step.name, *(f"{key}={value}" for key, value in public_parameters(step).items())])
        for step in levels.steps
    )
    return ("the value", *steps, TOP)


def _ladders(
    levels: Levels, samples: Sequence[tuple[Any, Any]], values: pa.Array, context: Context
) -> list[tuple[Any, Any]]:
    """The samples with all levels of each value in one text; unchanged if a value has no level."""
    labels = text_labels(values).to_pylist()
    if levels.rows:
        known = {row[0]: row[1:] for row in levels.rows}
        rows = [known.get((text or "").strip(), ("not in the file",)) for text in labels]
    else:
        try:
            made = levels_of(values, levels.steps, context)
        except InputError:
            return list(samples)
        rows = [tuple(row) for row in zip(*made, strict=True)] if made else [()] * len(labels)
    shown = []
    for (before, _), text, row in zip(samples, labels, rows, strict=True):
        ladder = [text, *row, *(() if row and row[-1] == TOP else (TOP,))]
        shown.append((before, " > ".join("null" if step is None else step for step in ladder)))
    return shown


@dataclass(frozen=True)
class Preview:
    """A plan, field by field; `throwaway_key` is true if the samples were made with a random
    key. `unmeasured` names the unmeasured languages and scripts in the first records."""

    fields: tuple[FieldPreview, ...]
    throwaway_key: bool
    unmeasured: tuple[str, ...] = ()


def preview(rules: Rules, surveyed: Survey, rows: int) -> Preview:
    """The preview of a plan, with up to `rows` scrubbed records of each source.

    Nothing is written. Without the run's key, a random key is used. Failed values appear as null
    here; the run itself follows ``on_error``.
    """
    key, throwaway = key_or_throwaway(surveyed.plan)
    plan = _for_the_eye(surveyed.plan)
    tools = tools_for(plan, key) if rows else Tools()
    shown: dict[FieldPlan, list[str]] = {}
    samples: dict[FieldPlan, list[tuple[Any, Any]]] = {}
    foreign: set[str] = set()
    for source in surveyed.sources:
        decided = surveyed.plan.table(source.alias).fields
        for one in decided:
            shown.setdefault(one, []).append(source.alias)
        for chunk in formats.read(
            source, surveyed.schemas[source.alias], drop_bad_rows=rules.on_error is OnError.DROP_ROW
        ):
            opened = Opened(without_views(chunk.table.slice(0, _JUDGED)))
            judged = unmeasured_of(opened, plan, plan.table(source.alias))
            foreign.update(one for one in judged if one is not None)
            if rows:
                before = Opened(chunk.table.slice(0, rows))
                ref = BatchRef(source.alias, 0, 1, before.num_rows)
                after = Opened(scrub_batch(plan, Batch(ref, before.table), tools).table)
                for one in decided:
                    pairs = _pairs(one.path, before, after)
                    match one.disposition:
                        case Generalize(_, levels):
                            values = after.leaf(one.path).plain
                            pairs = _ladders(levels, pairs, values, Context(str(one.path), key))
                    samples.setdefault(one, []).extend(pairs)
            break
    return Preview(
        tuple(
            FieldPreview(str(one.path), tuple(aliases), one, tuple(samples.get(one, ())[:rows]))
            for one, aliases in shown.items()
        ),
        throwaway,
        tuple(sorted(foreign)),
    )


def key_or_throwaway(plan: Plan) -> tuple[RootKey | None, bool]:
    """The key of the plan, or a random one if it is unavailable, with True for a random one. Key
    commands are not executed for a preview."""
    if plan.key is not None and plan.key.source is KeySource.EXEC:
        return RootKey(secrets.token_bytes(32)), True
    try:
        return key_for(plan), False
    except KeyFault as fault:
        if fault.code == "key-other":
            raise
        return RootKey(secrets.token_bytes(32)), True


def _alone(plan: Plan) -> Plan:
    """The plan without the rules that compare or draw records: an example is one record."""
    none = RecordPlan()
    tables = tuple((alias, replace(table, records=none)) for alias, table in plan.tables)
    return replace(plan, tables=tables)


def _for_the_eye(plan: Plan) -> Plan:
    """The plan without rules that remove records, so that before and after stay aligned."""
    none = RecordPlan()
    tables = tuple(
        (alias, replace(table, row_rules=(), records=none)) for alias, table in plan.tables
    )
    return of_some_records(with_on_error(replace(plan, tables=tables), OnError.NULL))


def _pairs(path: FieldPath, before: Opened, after: Opened) -> list[tuple[Any, Any]]:
    """The values of a leaf before and after; after is None for a removed field."""
    values = before.leaf(path).values.to_pylist()
    if path not in {leaf.path for leaf in after.leaves}:
        return [(value, None) for value in values]
    return list(zip(values, after.leaf(path).values.to_pylist(), strict=True))
