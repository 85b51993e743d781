"""The survey of a run: the sources and the plan for them; nothing is written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pyarrow as pa

from scrubber import formats
from scrubber.errors import InputError, RuleError
from scrubber.executors.base import Executor, InProcess, in_order, unheard
from scrubber.executors.jobs import OutlineJob
from scrubber.formats import Source
from scrubber.pipeline.source import Bench
from scrubber.policy import Rules, compile_plan
from scrubber.policy.plan import OnError, Plan
from scrubber.run.half_way import counted


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a run: processed bytes of the sources, total bytes, and processed records."""

    bytes_done: int
    bytes_total: int
    rows: int


@dataclass(frozen=True)
class Survey:
    """The sources of a run, their schemas by alias, and the resulting plan."""

    sources: tuple[Source, ...]
    schemas: dict[str, pa.Schema]
    plan: Plan

    def without(self, aliases: Collection[str]) -> Survey:
        """The survey without these sources.

        Raises: InputError ``all-unreadable``.
        """
        if not aliases:
            return self
        sources = tuple(source for source in self.sources if source.alias not in aliases)
        if not sources:
            raise all_unreadable()
        tables = tuple((alias, table) for alias, table in self.plan.tables if alias not in aliases)
        return replace(self, sources=sources, plan=replace(self.plan, tables=tables))


def survey(
    rules: Rules,
    inputs: Sequence[str],
    leave_out: formats.LeaveOut | None = None,
    executor: Executor | None = None,
    day: date | None = None,
) -> Survey:
    """Find the sources and compile the rules against their schemas; nothing is written.

    `leave_out`, if given, receives unreadable sources, which are then omitted from the survey.
    `day` is that of ``as_of: run`` (default: today, UTC).

    Raises: InputError for unreadable sources, ``all-unreadable`` if all are; RuleError with all
    problems at once.
    """
    found = formats.discover(inputs, leave_out, rules.read)
    drop_bad = rules.on_error is OnError.DROP_ROW
    executing = executor or InProcess()

    def outlines(asked: Sequence[Source]) -> Iterator[formats.Outline]:
        jobs = [OutlineJob(source, formats.source_bytes(source), drop_bad) for source in asked]
        return in_order(jobs, executing.answers(Bench(), jobs, unheard))

    schemas = formats.schemas(found, drop_bad_rows=drop_bad, leave_out=leave_out, outlines=outlines)
    sources = tuple(source for source in found if source.alias in schemas)
    if not sources:
        raise all_unreadable()
    try:
        plan = compile_plan(rules, schemas, day=day)
    except RuleError as error:
        raise counted(error, rules, sources, schemas) from None
    return Survey(sources, schemas, plan)


def all_unreadable() -> InputError:
    """The error if all sources would have to be omitted."""
    return InputError("all-unreadable", "no source is readable")
