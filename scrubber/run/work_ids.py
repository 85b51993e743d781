"""Identities of the work on sources."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Final

from scrubber.manifest import RunFacts, work_id
from scrubber.policy import Rules
from scrubber.policy.plan import Plan
from scrubber.run.facts import Account, facts_of
from scrubber.transform.keys import RootKey

_NO_CLOCK: Final = RunFacts(created="1970-01-01T00:00:00Z", id="0" * 16, duration_ms=0, workers=1)


def work_ids(rules: Rules, plan: Plan, key: RootKey | None) -> dict[str, str]:
    """The identity of the work on each source (by alias), independent of the data.

    It covers the manifest of that source alone before any record (rules, detectors, key and
    program), and the rules with their literals, which manifests omit.
    """
    known: dict[str, str] = {}
    for table, sources in plan.kinds.items():
        alone = replace(plan, tables=(("", table),))
        stated = work_id(facts_of(Account(rules, alone, key, (), ()), _NO_CLOCK))
        work = sha256(f"{stated} {plan.digest}".encode()).hexdigest()
        known.update(dict.fromkeys(sources, work))
    return known
