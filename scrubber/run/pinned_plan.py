"""Holding a run to a written plan: it refuses any drift and names it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scrubber import formats
from scrubber.errors import GateError
from scrubber.manifest import CheckFacts, Ledger
from scrubber.manifest.planned import NO_RUN, PlanDocument, Share
from scrubber.policy import Rules
from scrubber.run.facts import Account, SourceRecord, facts_of, keyed_digest
from scrubber.run.forecast import differing
from scrubber.transform.keys import RootKey

if TYPE_CHECKING:
    from scrubber.run.survey import Survey

_SHOWN = 10


def plan_document(
    rules: Rules,
    surveyed: Survey,
    shares: tuple[Share, ...] = (),
    key: RootKey | None = None,
) -> PlanDocument:
    """The plan of a run of `rules` on these sources; only their schemas are read.

    Without the `key`, it does not cover the literals of the rules. Then a run cannot be held to it
    if there are any.
    """
    sources = tuple(
        SourceRecord(source.alias, formats.media_type(source), None) for source in surveyed.sources
    )
    undated = replace(surveyed.plan, run_day=None)  # a plan outlasts the day on which it is made
    facts = facts_of(Account(rules, undated, None, sources, ()), NO_RUN)
    policy = replace(facts.policy, keyed_digest=keyed_digest(rules, key))
    shown = surveyed.plan.disclosure
    facts = replace(facts, policy=policy)
    return PlanDocument.of(facts, shares, min_cell=shown.min_cell, base=shown.base)


def refuse_drift(pinned: PlanDocument, rules: Rules, surveyed: Survey) -> None:
    """Refuse a run whose rules or survey differ from the plan.

    Raises: GateError ``plan-drift`` (exit code 1), with the differences.
    """
    _refuse(pinned.drift(plan_document(rules, surveyed)))


def refuse_literals(pinned: PlanDocument, rules: Rules, key: RootKey | None) -> None:
    """Refuse a run whose literals (words of lists, regexes) differ from the plan; the key is needed
    to compare them.

    Raises: GateError ``plan-drift``.
    """
    planned = pinned.data["policy"]["keyed_digest"]
    if not rules.literals or (planned is not None and planned == keyed_digest(rules, key)):
        return
    told = "not the same, or under another key"
    if planned is None:
        told = "not held by the plan, which was made without the key (key: {env: …} in the rules)"
    _refuse((f"the literals of the rules: {told}",))


def refuse_shares(pinned: PlanDocument, ledger: Ledger, min_cell: int) -> CheckFacts:
    """The check, for the manifest, that the result matches the shares expected in the plan.

    Raises: GateError ``plan-drift``, before anything is published.
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
