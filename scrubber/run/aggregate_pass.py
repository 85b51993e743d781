"""The aggregate pass: tables of groups, from the written outputs."""

from __future__ import annotations

import csv
import hmac
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from scrubber.errors import KeyFault, OutputError
from scrubber.executors.jobs import GroupJob
from scrubber.manifest import AggregateFacts
from scrubber.model.aggregates import Aggregate, Private
from scrubber.release.budget import spend
from scrubber.release.groups import GroupSum, Partial, groups_of, keys_of, released
from scrubber.release.private import noisy
from scrubber.run.places import place_of
from scrubber.run.request import Outcome, Session
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
    sums = _sums(session, outcome, asked)
    exact = [(one, groups_of(one, whole)) for one, whole in sums if one.private is None]
    tables = dict(zip([one.name for one, _ in exact], released(exact, _base(outcome)), strict=True))
    facts = []
    for one, whole in sums:
        if one.private is None:
            table = tables[one.name]
            made = _put(session, one, table.columns)
            facts.append(
                replace(made, rows=table.rows, withheld=table.small, also_withheld=table.other)
            )
        else:
            facts.append(_private(session, outcome, one, one.private, whole))
    return replace(outcome, aggregates=tuple(facts))


def _base(outcome: Outcome) -> int:
    return outcome.plan.disclosure.base


def _private(
    session: Session, outcome: Outcome, asked: Aggregate, private: Private, whole: Partial
) -> AggregateFacts:
    """The noisy table, new or from the ledger of the budget."""
    budget, key = outcome.plan.budget, outcome.key
    assert budget is not None, "rules with noise but no budget do not load"
    if key is None:
        raise KeyFault("key-missing", "a noisy release needs a key", hint="key: {env: …}")
    said = json.dumps([repr(asked), outcome.plan.digest, sorted(outcome.digests.values())])
    identity = hmac.new(key.derive("budget", asked.name), said.encode(), "sha256").hexdigest()

    def released() -> dict[str, Any]:
        made = noisy(asked, whole.frame, keys_of(asked))
        return {"columns": made.columns, "noise": list(made.noise)}

    cost = (private.epsilon, private.delta)
    spent = spend(budget, identity, asked.name, cost, released)
    columns = spent.content["columns"]
    facts = _put(session, asked, columns)
    return replace(
        facts,
        rows=len(next(iter(columns.values()))),
        epsilon=f"{private.epsilon:g}",
        delta=f"{private.delta:g}",
        max_groups=private.max_groups,
        noise=tuple(spent.content["noise"]),
    )


def _sums(
    session: Session, outcome: Outcome, asked: Sequence[Aggregate]
) -> list[tuple[Aggregate, Partial]]:
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
    return [(one, whole.total()) for one, whole in zip(asked, sums, strict=True)]


def _put(
    session: Session, asked: Aggregate, columns: Mapping[str, Sequence[Any]]
) -> AggregateFacts:
    """Write the table to its file, and return the facts that do not depend on its figures."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    path, content = f"{FOLDER}/{asked.name}.csv", text.getvalue().encode()
    session.stage.put(path, content)
    return AggregateFacts(
        name=asked.name,
        rule=asked.rule,
        place=place_of(asked.mark),
        path=path,
        sha256=sha256(content).hexdigest(),
        bytes=len(content),
        by=asked.by,
        metrics=asked.stated,
        subject=asked.subject,
        max_rows=asked.max_rows,
        min_group=asked.min_group,
    )
