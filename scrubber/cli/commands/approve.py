"""scrubber approve, scrubber waive, scrubber gate"""

from __future__ import annotations

import contextlib
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from scrubber.cli.commands.sign import show_checks, today
from scrubber.cli.console import as_json, emit, stdout
from scrubber.errors import printable

if TYPE_CHECKING:
    from scrubber.attest.approval import Approval, Waiver
    from scrubber.attest.gate import Verdict
    from scrubber.storage import Location


def approve_command(
    path: Location, role: str, criteria: list[str], expires: str, key: str, trust: Path
) -> int:
    """Put a signed approval beside the document."""
    from scrubber.attest.approval import APPROVAL_TYPE, Approval

    approval = Approval(role, tuple(criteria), today(), _later(expires))
    return _attest(path, APPROVAL_TYPE, approval, key, trust, "approved")


def waive_command(
    path: Location, check: str, reason: str, role: str, expires: str, key: str, trust: Path
) -> int:
    """Put a signed waiver beside the document."""
    from scrubber.attest.approval import WAIVER_TYPE, Waiver

    waiver = Waiver(check, reason, role, today(), _later(expires))
    return _attest(path, WAIVER_TYPE, waiver, key, trust, f"{printable(check)} waived")


def _attest(
    path: Location, kind: str, what: Approval | Waiver, key: str, trust: Path, done: str
) -> int:
    from scrubber.attest.gate import intact
    from scrubber.attest.refusals import refuse_statement
    from scrubber.attest.trust import read_trust
    from scrubber.keystore import key_reference, resolve_signing_key

    trusted = read_trust(trust)
    signing = resolve_signing_key(key_reference(key))
    document = intact(path, today())
    refuse_statement(document, what, trusted, signing.public, today())
    envelope = document.attest(document.about(kind, what.to_predicate()), signing)
    if as_json():
        return emit({"signer": envelope.signer.id, "says": what.to_predicate()})
    said = f"{done} as {printable(what.role)} until {what.expires} by {envelope.signer.id}"
    stdout().print(said, style="green", soft_wrap=True)
    return 0


def _later(text: str) -> date:
    """A day from today on."""
    with contextlib.suppress(ValueError):
        day = date.fromisoformat(text)
        if day >= today():
            return day
    raise typer.BadParameter("a day from today on, as 2027-12-31", param_hint="--expires")


def gate_command(path: Location, trust: Path) -> int:
    """Say whether the run or plan passes; exit code 0, 1, 3 or 4."""
    from scrubber.attest.gate import gate
    from scrubber.attest.trust import read_trust

    return tell(gate(path, read_trust(trust), today()))


def tell(verdict: Verdict) -> int:
    """Print a gate's checks and what they come to, and give back the exit code."""
    if as_json():
        return emit([asdict(check) for check in verdict.checks], verdict.exit_code)
    said = {
        0: "approved",
        1: "DENIED: a gate failed",
        3: "DENIED until it is signed and approved",
        4: "DENIED: tampered with",
    }
    show_checks(verdict.checks)
    waived = f", with {len(verdict.waived)} failed and waived" if verdict.waived else ""
    stdout().print(said[verdict.exit_code] + waived, style="bold")
    return verdict.exit_code
