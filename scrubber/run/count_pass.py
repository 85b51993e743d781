"""The count pass: the digests and the census of all sources, before any is scrubbed."""

from __future__ import annotations

from dataclasses import replace

from scrubber import formats
from scrubber.anonymize.census import Census, CensusSum
from scrubber.anonymize.levels import choose
from scrubber.errors import OutputError, Place, printable
from scrubber.executors.base import in_order
from scrubber.executors.jobs import CountJob
from scrubber.outputs.checkpoints import Unread
from scrubber.pipeline.tallying import TallySum, is_counted, settle
from scrubber.run.facts import engine_of, keyed_digest
from scrubber.run.incremental import extend, refused
from scrubber.run.request import Outcome, Session
from scrubber.run.survey import Progress, all_unreadable


def count(session: Session, outcome: Outcome) -> Outcome:
    """The outcome with the levels for ``privacy:``, chosen from all records, and without the
    sources of an earlier output.

    Raises: the errors of reading; GateError, as for :func:`~scrubber.anonymize.levels.choose`;
    OutputError, as for :func:`~scrubber.run.incremental.extend`, and ``output-clash``.
    """
    rules, census = session.request.rules, None
    if session.earlier is not None or outcome.plan.privacy is not None:
        outcome, census = _counted(session, outcome)
    if session.earlier is not None:
        known = outcome.digests if outcome.key is not None else {}
        said = rules.published, keyed_digest(rules, outcome.key)
        engine = engine_of(outcome.plan)
        surveyed = extend(session.earlier, outcome.surveyed, known, engine, said)
        outcome = replace(outcome, surveyed=surveyed)
    _refuse_clash(session, outcome)
    if census is None:
        return outcome
    chosen = choose(outcome.plan, outcome.surveyed.schemas, census)
    return replace(outcome, surveyed=replace(outcome.surveyed, plan=chosen.plan), chosen=chosen)


def tally(session: Session, outcome: Outcome) -> Outcome:
    """The outcome with transforms that depend on all records settled by their counts.

    Raises: the errors of reading; OutputError ``increment-counts`` for an extended output.
    """
    plan = outcome.plan
    if not is_counted(plan):
        return outcome
    if session.earlier is not None:
        raise refused("counts", "rare values and means are counted over all records")
    total = TallySum(plan)
    left = _sources_counted(session, outcome, None, total)
    if left.plan.kinds.keys() != plan.kinds.keys():  # the counts depend on the kinds of tables
        return tally(session, left)
    surveyed = replace(left.surveyed, plan=settle(left.plan, total.total()))
    return replace(left, surveyed=surveyed, counted=True)


def _counted(session: Session, outcome: Outcome) -> tuple[Outcome, Census | None]:
    """The outcome with the digest of each readable source, and the census of all of them for
    ``privacy:``."""
    plan = outcome.plan
    census = CensusSum(plan) if plan.privacy is not None else None
    left = _sources_counted(session, outcome, census, None)
    if census is not None and not any(table.quasi for table in left.plan.kinds):
        raise all_unreadable()
    if left.plan.kinds.keys() != plan.kinds.keys():  # the counts depend on the kinds of tables
        return _counted(session, left)
    return left, census.total() if census is not None else None


def _sources_counted(
    session: Session, outcome: Outcome, census: CensusSum | None, tallies: TallySum | None
) -> Outcome:
    """The outcome with the digest of each readable source, whose counts are added to `census` or
    `tallies`."""
    surveyed = outcome.surveyed
    digests: dict[str, str] = {}
    unread: list[Unread] = []
    jobs = [
        CountJob(
            source,
            formats.source_bytes(source),
            surveyed.schemas[source.alias],
            tallies=tallies is not None,
            selected=outcome.selected.get(source.alias),
        )
        for source in surveyed.sources
    ]
    total = sum(job.size for job in jobs)
    with session.answers(outcome, jobs) as answers:
        for job, counted in zip(jobs, in_order(jobs, answers), strict=True):
            session.tell(Progress(0, total, 0))
            alias = job.source.alias
            if counted.unreadable is not None:
                if not session.request.quarantine_unreadable:
                    raise counted.unreadable
                unread.append(Unread(alias, counted.unreadable.code))
                continue
            digests[alias] = counted.digest
            if census is not None and counted.census is not None:
                census.add(counted.census)
            if tallies is not None and counted.tally is not None:
                tallies.add(counted.tally)
    return replace(outcome.without(unread), digests=digests)


def _refuse_clash(session: Session, outcome: Outcome) -> None:
    """Refuse two outputs of one name: the second would replace the first with its records."""
    named: dict[str, str] = {}
    for source in outcome.surveyed.sources:
        name = formats.output_name(source.alias, source.format, session.request.target_format)
        if name in named:
            raise OutputError(
                "output-clash",
                f"its output {printable(name)} is that of {printable(named[name])} too",
                place=Place(file=source.alias),
                hint="rename one of them, or scrub them into two folders",
            )
        named[name] = source.alias
