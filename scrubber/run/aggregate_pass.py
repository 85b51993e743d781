"""The aggregate pass: tables of groups, from the written outputs."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from scrubber.errors import OutputError
from scrubber.executors.jobs import GroupJob
from scrubber.manifest import AggregateFacts
from scrubber.model.aggregates import Aggregate
from scrubber.release.groups import Groups, GroupSum, Released, groups_of, released
from scrubber.run.request import Outcome, Session
from scrubber.run.rule_facts import place_of
from scrubber.run.survey import Progress

FOLDER = "aggregates"


def aggregate(session: Session, outcome: Outcome) -> Outcome:
    """The outcome with the tables of ``aggregate:``, as files of the stage.

    A table depends on the records alone, not on their files, their order or the executor.

    Raises: the errors of reading and of :func:`~scrubber.release.groups.group`; OutputError
    ``aggregate-incremental``, since the records of an earlier output are not read again.
    """
    asked = outcome.plan.aggregates
    if not asked:
        return outcome
    if session.earlier is not None:
        text = "an aggregate would lack the records of the earlier output"
        raise OutputError("aggregate-incremental", text, hint="run without --incremental")
    tables = released(_groups(session, outcome, asked), outcome.plan.disclosure.base)
    facts = []
    for one, table in zip(asked, tables, strict=True):
        path, content = f"{FOLDER}/{one.name}.csv", _csv(table)
        session.stage.put(path, content)
        facts.append(_facts(one, table, path, content))
    return replace(outcome, aggregates=tuple(facts))


def _groups(
    session: Session, outcome: Outcome, asked: Sequence[Aggregate]
) -> list[tuple[Aggregate, Groups]]:
    """All groups of each aggregate, over all outputs."""
    sources = {source.alias: source for source in outcome.surveyed.sources}
    jobs = [GroupJob(sources[output.source], output) for output in outcome.outputs]
    total = sum(job.size for job in jobs)
    sums = [GroupSum(one) for one in asked]
    with session.answers(outcome, jobs) as answers:
        for _, partials in answers:
            session.tell(Progress(total, total, 0))
            for whole, partial in zip(sums, partials, strict=True):
                if partial is not None:
                    whole.add(partial)
    return [(one, groups_of(one, whole.total())) for one, whole in zip(asked, sums, strict=True)]


def _csv(table: Released) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(zip(*table.columns.values(), strict=True))
    return text.getvalue().encode()


def _facts(asked: Aggregate, table: Released, path: str, content: bytes) -> AggregateFacts:
    return AggregateFacts(
        name=asked.name,
        rule=asked.rule,
        place=place_of(asked.mark),
        path=path,
        sha256=sha256(content).hexdigest(),
        bytes=len(content),
        rows=table.rows,
        by=asked.by,
        metrics=asked.stated,
        subject=asked.subject,
        max_rows=asked.max_rows,
        min_group=asked.min_group,
        withheld=table.small,
        also_withheld=table.other,
    )
