"""The select pass: choose among all records, where rules look at more than one."""

from __future__ import annotations

from dataclasses import replace

from scrubber.executors.selecting import select as select_records
from scrubber.outputs.checkpoints import Unread
from scrubber.pipeline.source import packed
from scrubber.run.request import Outcome, Session
from scrubber.run.survey import Progress


def select(session: Session, outcome: Outcome) -> Outcome:
    """The outcome with the verdicts on the records of each source. Later passes read them, so
    counts and levels are those of the remaining records.

    Raises: the errors of reading.
    """
    if not outcome.plan.selection.rules:
        return outcome
    selected = select_records(
        session.executor,
        session.bench(outcome),
        outcome.surveyed.sources,
        outcome.surveyed.schemas,
        lambda total: session.tell(Progress(0, total, 0)),
    )
    for error in selected.unreadable.values():
        if not session.request.quarantine_unreadable:
            raise error
    left = outcome.without(
        [Unread(alias, error.code) for alias, error in selected.unreadable.items()]
    )
    return replace(left, selected={alias: packed(c) for alias, c in selected.codes.items()})
