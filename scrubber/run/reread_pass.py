"""The reread pass: read the written outputs, and check the sources once more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scrubber import formats
from scrubber.anonymize.gates import refuse_classes
from scrubber.anonymize.recheck import recheck
from scrubber.executors.jobs import Reread, RereadJob
from scrubber.run.request import Outcome, Session
from scrubber.run.survey import Progress


def reread(session: Session, outcome: Outcome) -> Outcome:
    """The outcome with the counts that a recipient could make in its outputs, as required by the
    rules.

    Raises: the errors of reading; GateError, as for
    :func:`~scrubber.anonymize.gates.refuse_classes` and
    :func:`~scrubber.anonymize.recheck.recheck`; InputError ``source-changed``.
    """
    plan, chosen, rechecked = outcome.plan, outcome.chosen, None
    written = Reread(None, {})
    if chosen is not None or plan.gates.min_k is not None:
        written = _reread(session, outcome)
    if chosen is not None:
        assert written.classes is not None
        rechecked = recheck(chosen.plan, written.classes, chosen.reference)
    checks = (*outcome.checks, *refuse_classes(plan, written.alike))
    formats.refuse_changed(outcome.surveyed.sources, outcome.stamps)
    return replace(outcome, rechecked=rechecked, checks=checks)


def _reread(session: Session, outcome: Outcome) -> Reread:
    """The records of all outputs, by class and by equal quasi-identifiers."""
    chosen, outputs = outcome.chosen, outcome.outputs
    sensitive = tuple(chosen.reference) if chosen is not None else None
    sources = {source.alias: source for source in outcome.surveyed.sources}
    jobs = [RereadJob(sources[output.source], output, sensitive) for output in outputs]
    total = sum(job.size for job in jobs)

    def told() -> Iterator[Reread]:
        for _, answer in answers:
            session.tell(Progress(total, total, 0))
            yield answer

    with session.answers(outcome, jobs) as answers:
        return Reread.together(told())
