"""Sealing the account of a run into its manifest."""

from __future__ import annotations

import math
import secrets
import time
from dataclasses import replace
from datetime import UTC, datetime

from scrubber.manifest import Ledger, Manifest, RunFacts, seal
from scrubber.run.facts import Account, facts_of
from scrubber.run.lock_digest import lock_digest


class Clock:
    """Start and duration of a run, which the manifest's id does not cover."""

    def __init__(self) -> None:
        self._created = datetime.now(UTC)
        self._started = time.monotonic()

    def facts(self, workers: int) -> RunFacts:
        return RunFacts(
            created=self._created.strftime("%Y-%m-%dT%H:%M:%SZ"),
            id=secrets.token_hex(8),
            # Whole seconds: a finer duration would reveal the number of records to anyone who knows
            # the speed.
            duration_ms=1000 * math.ceil(time.monotonic() - self._started),
            workers=workers,
        )


def sealed(account: Account, run: RunFacts, ledger: Ledger) -> Manifest:
    """The manifest of the account and the ledger."""
    asked = account.plan.disclosure
    facts = facts_of(replace(account, lock_digest=lock_digest()), run)
    return seal(facts, ledger, min_cell=asked.min_cell, base=asked.base)
