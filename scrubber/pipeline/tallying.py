"""Counts of all records for transforms that depend on them, taken before any record is scrubbed.

Memory grows with the number of different values, and with a subject by at most the smallest number
of persons that a rule asks about for each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from scrubber.anonymize.apply_levels import before_privacy
from scrubber.anonymize.labels import subject_labels
from scrubber.model.batch import Batch
from scrubber.model.opened import Leaf, Opened, Rows
from scrubber.model.views import without_views
from scrubber.pipeline.choices import OTHERWISE, choose
from scrubber.policy import Rules
from scrubber.policy.derive.computing import with_derived
from scrubber.policy.plan import (
    Apply,
    Disposition,
    FieldPlan,
    Generalize,
    Keep,
    Plan,
    TablePlan,
    treatments,
)
from scrubber.policy.records.judging import judge
from scrubber.transform.base import Context, Transform, transformed
from scrubber.transform.counting import Counting, counting_step, with_step
from scrubber.transform.keys import RootKey
from scrubber.transform.rare import Rare

if TYPE_CHECKING:
    import polars as pl

Name = tuple[str, str]
"""A counted step: the id of its rule, and the path of its field."""
_GROUP, _PERSON, _RECORDS = "group", "person", "records"
_NOBODY: Final = 0  # the person of all records in a table without a subject
_MERGE_AT: Final = 1 << 18


@dataclass(frozen=True)
class Tally:
    """The records of each group and person (frames of group, person, records), by counted step."""

    frames: dict[Name, pl.DataFrame] = field(default_factory=dict, repr=False)


def is_counted(plan: Plan) -> bool:
    """True if a transform of `plan` has to be settled by the counts of all records."""
    return any(map(has_counted, plan.kinds))


def has_counted(table: TablePlan) -> bool:
    """True if a transform of `table` has to be settled by the counts of all records."""
    return any(map(is_counted_field, table.fields))


def take_tally(plan: Plan, batches: Iterable[Batch], key: RootKey | None) -> Tally:
    """Count the values in the records of `batches` that pass the row rules. Values that fail in a
    step before the counted one are not counted."""
    total = TallySum(plan)
    for batch in batches:
        table_plan = plan.table(batch.ref.source)
        if has_counted(table_plan):
            for name, frame in _frames(plan, table_plan, batch, key):
                total.add_frame(name, frame)
    return total.total()


class TallySum:
    """Adds up tallies of parts of the records, in any order."""

    def __init__(self, plan: Plan) -> None:
        self._most = {name: _most(step) for name, step in _steps(plan)}
        self._frames: dict[Name, list[pl.DataFrame]] = {name: [] for name in self._most}
        self._heights = dict.fromkeys(self._most, 0)
        self._limits = dict.fromkeys(self._most, _MERGE_AT)

    def add(self, tally: Tally) -> None:
        for name, frame in tally.frames.items():
            self.add_frame(name, frame)

    def add_frame(self, name: Name, frame: pl.DataFrame) -> None:
        self._frames[name].append(frame)
        self._heights[name] += frame.height
        if self._heights[name] > self._limits[name]:
            merged = _merged(self._frames[name], self._most[name])
            self._frames[name], self._heights[name] = [merged], merged.height
            self._limits[name] = max(_MERGE_AT, 2 * merged.height)

    def total(self) -> Tally:
        """The sum so far."""
        return Tally(
            {name: _merged(parts, self._most[name]) for name, parts in self._frames.items()}
        )


def settle(plan: Plan, tally: Tally) -> Plan:
    """`plan` with the counted steps settled; equal for any order and division of the records."""

    return _each_field(plan, lambda name, step: _settled(step, tally.frames[name]))


def uncounted(plan: Plan) -> Plan:
    """`plan` for some records of a data set: counted steps become those of a value alone."""
    return _each_field(plan, lambda _, step: step.uncounted())


def of_some_records(plan: Plan) -> Plan:
    """The part of `plan` that some of the records suffice for."""
    return before_privacy(uncounted(plan))


def counts_records(rules: Rules) -> bool:
    """True if a transform of `rules` has to be settled by the counts of all records."""
    return any(
        rule.disposition is not None and _counted(rule.disposition) is not None
        for rule in rules.fields
    )


def is_counted_field(one: FieldPlan) -> bool:
    """True if a transform of a field has to be settled by the counts of all records."""
    return any(_counted(way) is not None for way in treatments(one))


def _each_field(plan: Plan, change: Callable[[Name, Counting], Transform]) -> Plan:
    """`plan` with another transform in place of each counted step."""

    def changed(one: FieldPlan) -> FieldPlan:
        path = str(one.path)
        cases = []
        for case in one.cases:
            made = _replaced(case.disposition, lambda step: change((case.rule.id, path), step))  # noqa: B023
            assert isinstance(made, Apply | Keep), "a case keeps its kind"
            cases.append(replace(case, disposition=made))
        main = _replaced(one.disposition, lambda step: change((one.rule.id, path), step))
        return replace(one, disposition=main, cases=tuple(cases))

    decided: dict[str, TablePlan] = {}
    for table, sources in plan.kinds.items():
        new = table
        if has_counted(table):
            new = replace(table, fields=tuple(map(changed, table.fields)))
        decided.update(dict.fromkeys(sources, new))
    return replace(plan, tables=tuple((alias, decided[alias]) for alias, _ in plan.tables))


def _replaced(disposition: Disposition, step: Callable[[Counting], Transform]) -> Disposition:
    transform = _transform(disposition)
    found = None if transform is None else counting_step(transform)
    if transform is None or found is None:
        return disposition
    made = with_step(transform, found[1], step(found[1]))
    if isinstance(disposition, Generalize):
        return replace(disposition, first=made)
    return Apply(made)


def _transform(disposition: Disposition) -> Transform | None:
    match disposition:
        case Apply(transform):
            return transform
        case Generalize(first):
            return first
        case _:
            return None


def _counted(disposition: Disposition) -> tuple[tuple[Transform, ...], Counting] | None:
    transform = _transform(disposition)
    return None if transform is None else counting_step(transform)


def _steps(plan: Plan) -> Iterator[tuple[Name, Counting]]:
    for table in plan.kinds:
        for one in table.fields:
            for rule, disposition in _ways(one):
                found = _counted(disposition)
                if found is not None:
                    yield (rule, str(one.path)), found[1]


def _ways(one: FieldPlan) -> Iterator[tuple[str, Disposition]]:
    yield one.rule.id, one.disposition
    for case in one.cases:
        yield case.rule.id, case.disposition


def _frames(
    plan: Plan, table_plan: TablePlan, batch: Batch, key: RootKey | None
) -> Iterator[tuple[Name, pl.DataFrame]]:
    computed = with_derived(batch.table, table_plan.derived, plan.run_day)
    kept = judge(plan, replace(batch, table=computed.table), key).kept
    table = without_views(computed.table)
    opened = Opened(table if kept.all() else table.filter(pa.array(kept)))
    chosen = choose(opened, table_plan, plan.run_day)
    persons = _persons(opened, table_plan)
    for one in table_plan.fields:
        for number, (rule, disposition) in enumerate(_ways(one), start=OTHERWISE):
            found = _counted(disposition)
            if found is None:
                continue
            leaf = opened.leaf(one.path)
            if one.path in chosen:
                leaf = Leaf(leaf.path, leaf.plain, leaf.rows).at(chosen[one.path].places(number))
            groups = _groups(leaf, *found, Context(str(one.path), key))
            yield (rule, str(one.path)), _frame(groups, leaf.rows, persons)


def _groups(
    leaf: Leaf, before: tuple[Transform, ...], step: Counting, context: Context
) -> pa.Array:
    values = leaf.plain
    for one in before:
        values = transformed(one, values, context).array
    return step.groups(values)


def _persons(opened: Opened, table_plan: TablePlan) -> pl.Series | None:
    """A number for the subject of each record, null for an unknown one; None without subjects."""
    import polars as pl

    if table_plan.subject is None:
        return None
    labels = subject_labels(opened.leaf(table_plan.subject).plain)
    series = pl.Series(pl.from_arrow(labels))
    hashed = series.hash(seed=_SEED)
    return pl.select(pl.when(series.is_not_null()).then(hashed)).to_series()


_SEED: Final = 20_26  # any number: the same in all processes of a run


def _frame(groups: pa.Array, rows: Rows, persons: pl.Series | None) -> pl.DataFrame:
    """The records of each group and person; a record counts once for a group."""
    import polars as pl

    named = pl.Series(pl.from_arrow(groups.cast(pa.large_string())))
    frame = pl.DataFrame({_GROUP: named, "row": pl.Series(rows)}).drop_nulls(_GROUP).unique()
    if persons is None:
        person = pl.lit(_NOBODY, pl.UInt64)
        return frame.group_by(_GROUP).agg(
            person.first().alias(_PERSON), pl.len().cast(pl.Int64).alias(_RECORDS)
        )
    frame = frame.with_columns(persons.gather(frame["row"]).alias(_PERSON))
    return frame.group_by(_GROUP, _PERSON).agg(pl.len().cast(pl.Int64).alias(_RECORDS))


def _merged(frames: list[pl.DataFrame], most: int | None) -> pl.DataFrame:
    """The sum of frames. Where only the first persons of a group matter, the others are dropped;
    equal for any order of the frames."""
    import polars as pl

    schema = {_GROUP: pl.String, _PERSON: pl.UInt64, _RECORDS: pl.Int64}
    whole = pl.concat([pl.DataFrame(schema=schema), *(f.select(*schema) for f in frames)])
    whole = whole.group_by(_GROUP, _PERSON).agg(pl.col(_RECORDS).sum())
    if most is None:
        return whole
    ordered = whole.filter(pl.col(_PERSON).is_not_null()).sort(_GROUP, _PERSON)
    return ordered.filter(pl.int_range(pl.len()).over(_GROUP) < most)


def _most(step: Counting) -> int | None:
    """The number of persons of a group beyond which none matter; None: all of them do."""
    return step.min if isinstance(step, Rare) else None


def _settled(step: Counting, frame: pl.DataFrame) -> Transform:
    import polars as pl

    records = frame.group_by(_GROUP).agg(pl.col(_RECORDS).sum())
    groups: dict[str, int] = dict(zip(records[_GROUP], records[_RECORDS], strict=True))
    kinds = {group: step.kind_of_group(group) for group in groups}
    known = frame.filter(pl.col(_PERSON).is_not_null()).with_columns(
        pl.col(_GROUP).replace_strict(kinds, return_dtype=pl.String).alias("kind")
    )
    nobody = pl.col(_PERSON) == _NOBODY
    counted = known.group_by("kind").agg(
        (pl.col(_PERSON).filter(~nobody).n_unique() + pl.col(_RECORDS).filter(nobody).sum()).alias(
            "persons"
        )
    )
    persons: dict[str, int] = dict(zip(counted["kind"], counted["persons"], strict=True))
    return step.settled(groups, persons)
