"""Holding a run to a plan that was written down before: it refuses what drifted, and names it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrubber import formats
from scrubber.errors import GateError
from scrubber.manifest import CheckFacts, Ledger
from scrubber.manifest.planned import NO_RUN, PlanDocument, Share
from scrubber.policy import Rules
from scrubber.run.facts import Account, SourceRecord, facts_of
from scrubber.run.forecast import differing

if TYPE_CHECKING:
    from scrubber.run.survey import Survey

_SHOWN = 10


def plan_document(rules: Rules, surveyed: Survey, shares: tuple[Share, ...] = ()) -> PlanDocument:
    """What a run of `rules` on these sources would do; nothing is read but their schemas."""
    sources = tuple(
        SourceRecord(source.alias, formats.media_type(source), None) for source in surveyed.sources
    )
    facts = facts_of(Account(rules, surveyed.plan, None, sources, ()), NO_RUN)
    return PlanDocument.of(facts, shares)


def refuse_drift(pinned: PlanDocument, rules: Rules, surveyed: Survey) -> None:
    """Errors: GateError ``plan-drift`` (exit code 1), naming what is otherwise than planned."""
    _refuse(pinned.drift(plan_document(rules, surveyed)))


def refuse_shares(pinned: PlanDocument, ledger: Ledger, min_cell: int) -> CheckFacts:
    """The check for the manifest, once what was done is as the plan expected.

    Errors: GateError ``plan-drift``; nothing has been published then.
    """
    _refuse(tuple(differing(pinned.shares, ledger, min_cell)))
    return CheckFacts("plan", True, "error", f"as planned in {pinned.id}", "no drift")


def _refuse(drift: tuple[str, ...]) -> None:
    if drift:
        more = f"; and {len(drift) - _SHOWN} more" if len(drift) > _SHOWN else ""
        raise GateError(
            "plan-drift",
            f"this is not what was planned: {'; '.join(drift[:_SHOWN])}{more}",
            hint="make a new plan and have it approved",
        )
