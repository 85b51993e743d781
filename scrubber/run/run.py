"""A run: survey, select, count, scrub, reread, seal, publish."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from scrubber import formats
from scrubber.errors import out_of_memory
from scrubber.manifest import Manifest
from scrubber.manifest.salts import SALTS, salts_file
from scrubber.outputs.base import refuse_sources_in
from scrubber.outputs.checkpoints import Unread
from scrubber.run.aggregate_pass import aggregate
from scrubber.run.as_of import begun_on
from scrubber.run.count_pass import count, tally
from scrubber.run.facts import Account, SourceRecord
from scrubber.run.leak_index import refuse_index, written_index
from scrubber.run.pinned_plan import refuse_drift, refuse_literals, refuse_shares
from scrubber.run.planted_recall import recall
from scrubber.run.request import Outcome, Request, Session, key_for, session
from scrubber.run.reread_pass import reread
from scrubber.run.scrub_pass import scrub
from scrubber.run.sealing import Clock, sealed
from scrubber.run.select_pass import select
from scrubber.run.survey import survey
from scrubber.run.unicity_pass import unicity

Pass = Callable[[Session, Outcome], Outcome]
PASSES: Final[tuple[Pass, ...]] = (select, tally, count, scrub, unicity, reread, aggregate, recall)
"""The passes over the sources, in order. Each returns the outcome with its results."""


def run(request: Request) -> Manifest:
    """Execute the request and return the manifest of the output.

    The output appears in one step once everything succeeded. In a store the manifest comes last,
    and without it there is no output. A failed or killed run publishes nothing. Equal inputs, rules
    and keys give equal bytes for any executor and number of workers.

    Raises: the errors of the passes; GateError ``plan-drift`` if the run differs from the pinned
    plan.
    """
    clock = Clock()
    with _enough_memory(), session(request) as under_way:
        outcome = _surveyed(under_way)
        for over_sources in PASSES:
            outcome = over_sources(under_way, outcome)
        manifest = _sealed(under_way, outcome, clock)
        _publish(under_way, outcome, manifest)
    return manifest


def _surveyed(session: Session) -> Outcome:
    """The survey, compared with the pinned plan.

    Raises: GateError ``plan-drift``.
    """
    request, unread = session.request, dict[str, str]()
    leave_out = unread.__setitem__ if request.quarantine_unreadable else None
    day = begun_on(session.stage, request.rules)
    surveyed = survey(request.rules, request.inputs, leave_out, session.executor, day)
    stamps = {source.alias: formats.stamp(source) for source in surveyed.sources}
    refuse_sources_in(session.out, surveyed.sources)
    if request.pinned is not None:
        refuse_drift(request.pinned, request.rules, surveyed)
    key = key_for(surveyed.plan, request.key)
    refuse_index(session, key)
    if request.pinned is not None:
        refuse_literals(request.pinned, request.rules, key)
    left_out = tuple(Unread(alias, reason) for alias, reason in unread.items())
    return Outcome(surveyed, key, stamps, unread=left_out)


def _sealed(session: Session, outcome: Outcome, clock: Clock) -> Manifest:
    """The manifest.

    Raises: GateError ``plan-drift`` for shares that differ from the pinned plan.
    """
    request, plan, checks = session.request, outcome.plan, outcome.checks
    if request.pinned is not None:
        planned = refuse_shares(request.pinned, outcome.ledger, plan.disclosure.min_cell)
        checks = (planned, *checks)
    # An unkeyed digest of a small file would allow guessing, so there is none.
    digests = outcome.digests if outcome.key is not None else {}
    records = tuple(
        SourceRecord(source.alias, formats.media_type(source), digests.get(source.alias))
        for source in outcome.surveyed.sources
    )
    account = Account(
        request.rules,
        plan,
        outcome.key,
        records,
        outcome.outputs,
        outcome.chosen,
        outcome.rechecked,
        checks=checks,
        previous=session.earlier.id if session.earlier is not None else None,
        planted=outcome.planted,
        unicity=outcome.unicity,
        unread=outcome.unread,
        aggregates=outcome.aggregates,
        prints=outcome.prints,
    )
    return sealed(account, clock.facts(session.executor.workers), outcome.ledger)


def _publish(session: Session, outcome: Outcome, manifest: Manifest) -> None:
    """Finish the output with the manifest and the small files beside it."""
    for name, content in session.earlier.files.items() if session.earlier is not None else ():
        session.stage.put(name, content)
    salts = salts_file(outcome.outputs)
    if salts is not None:
        session.stage.put(SALTS, salts)
    with written_index(session, outcome):
        session.stage.finish(manifest.to_bytes(), outcome.outputs)


@contextmanager
def _enough_memory() -> Iterator[None]:
    """Translate memory errors of Python and Arrow.

    Raises: IncompleteError ``out-of-memory``.
    """
    try:
        yield
    except MemoryError:
        raise out_of_memory() from None
