"""The unicity pass: count whom the fields of the written output single out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
import pyarrow as pa

from scrubber import formats
from scrubber.anonymize.gates import refuse_unicity
from scrubber.anonymize.unicity import SAMPLED, Columns, Known, singled_in
from scrubber.executors.base import in_order
from scrubber.executors.jobs import HashJob, Job, KeptJob
from scrubber.formats import Source
from scrubber.formats.datasets import shard_groups
from scrubber.manifest import CheckFacts, OutputFacts, UnicityFacts
from scrubber.model.fieldclass import FieldClass
from scrubber.pipeline.source import unpublished
from scrubber.policy.plan import Plan, TablePlan
from scrubber.privacy.singled_records import Fields, SingledRecords, one_in
from scrubber.run.request import Outcome, Session
from scrubber.transform.keys import RootKey

A = TypeVar("A")
_SEED = 0


def unicity(session: Session, outcome: Outcome) -> Outcome:
    """The outcome with the records that fields single out, by table of the output.

    A small table is counted as a whole. Else the fields are chosen from a sample of its files, and
    the combinations in a share of all keys are counted.

    Raises: the errors of reading; GateError, as for
    :func:`~scrubber.anonymize.gates.refuse_unicity`.
    """
    facts: list[UnicityFacts] = []
    checks: list[CheckFacts] = []
    for table in _tables(outcome):
        if table.known.fields and (outcome.plan.gates.unicity is not None or table.small):
            jobs = [HashJob(source, out, table.known) for source, out in table.written]
            columns = Columns.together(_answers(session, outcome, jobs))
            found = _counted(columns, table.records)
            checks += refuse_unicity(outcome.plan, columns, table.name)
        else:
            found = _estimated(session, outcome, table)
        sources = [source.alias for source, _ in table.written]
        facts.append(_facts(table.plan, table.known, sources, found))
    return replace(outcome, unicity=tuple(facts), checks=(*outcome.checks, *checks))


def unicity_of_table(
    plan: Plan, alias: str, key: RootKey | None, written: Iterable[pa.Table]
) -> tuple[UnicityFacts, tuple[CheckFacts, ...]]:
    """The unicity of a table in memory, and the checks of its gates. `written` is read up to three
    times.

    Raises: GateError, as for :func:`~scrubber.anonymize.gates.refuse_unicity`.
    """
    known = Known.of(plan.table(alias), _hash_key(plan, key))
    records = sum(table.num_rows for table in written)
    checks: tuple[CheckFacts, ...] = ()
    if records <= SAMPLED or plan.gates.unicity is not None:
        columns = known.columns(written)
        found = _counted(columns, records)
        checks = refuse_unicity(plan, columns, alias)
    else:
        step = records // SAMPLED
        some = (table.take(np.arange(0, table.num_rows, step)) for table in written)
        chosen = known.columns(some).candidates(whole=False)
        columns = known.columns(written, _named(chosen))
        found = singled_in(chosen, [columns.kept(chosen, one_in(records))], records)
    return _facts(plan.table(alias), known, [alias], found), checks


@dataclass(frozen=True)
class _Table:
    """The outputs of a table, and what others may know of it."""

    plan: TablePlan
    known: Known
    written: tuple[tuple[Source, OutputFacts], ...] = field(repr=False)

    @property
    def name(self) -> str:
        return self.written[0][0].alias

    @property
    def records(self) -> int:
        return sum(output.rows for _, output in self.written)

    @property
    def small(self) -> bool:
        return self.records <= SAMPLED


def _tables(outcome: Outcome) -> Iterator[_Table]:
    plan, outputs = outcome.plan, {output.source: output for output in outcome.outputs}
    key = _hash_key(plan, outcome.key)
    for group in shard_groups(outcome.surveyed.sources):
        table = plan.table(group[0].alias)
        written = tuple((source, outputs[source.alias]) for source in group)
        yield _Table(table, Known.of(table, key), written)


def _hash_key(plan: Plan, key: RootKey | None) -> int:
    """The key of hashes: equal for all executors and runs of one plan."""
    return int.from_bytes(unpublished("unicity", plan, key)[:8], "big")


def _answers(session: Session, outcome: Outcome, jobs: Sequence[Job[A]]) -> list[A]:
    with session.answers(outcome, jobs) as answers:
        return list(in_order(jobs, answers))


def _counted(columns: Columns, records: int) -> SingledRecords:
    """The records singled out in a table whose records are all at hand."""
    chosen = columns.candidates(whole=True)
    return singled_in(chosen, [columns.kept(chosen, one_in(records))], records)


def _estimated(session: Session, outcome: Outcome, table: _Table) -> SingledRecords:
    """The records singled out in a large table, by fields that are chosen from a sample."""
    if not table.known.fields:
        return SingledRecords(table.records, 1)
    form = session.bench(outcome).work.output_form
    written = [session.stage.source(output, form(source)) for source, output in table.written]
    some = [sample.table for sample in formats.samples(written, SAMPLED, _SEED)]
    chosen = table.known.columns(some).candidates(whole=False)
    if not chosen:
        return SingledRecords(table.records, 1)
    of = one_in(table.records)
    jobs = [KeptJob(source, out, table.known, chosen, of) for source, out in table.written]
    parts = _answers(session, outcome, jobs)
    return singled_in(chosen, parts, table.records)


def _named(chosen: Sequence[Fields]) -> list[str]:
    return sorted({name for fields in chosen for name in fields})


def _facts(
    plan: TablePlan, known: Known, sources: Sequence[str], found: SingledRecords
) -> UnicityFacts:
    declared = [
        str(one.path) for one in plan.fields if one.field_class is FieldClass.QUASI_IDENTIFIER
    ]
    return UnicityFacts(
        tuple(sources),
        known.fields,
        frozenset(declared),
        "records" if known.subject is None else "subjects",
        found,
    )
