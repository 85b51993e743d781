"""scrubber sign, scrubber verify, scrubber keygen --signing"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scrubber.cli.console import as_json, emit, stdout
from scrubber.errors import TamperedError, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrubber.manifest import Check
    from scrubber.storage import Location


def sign_command(path: Location, key: str, trust: Path | None) -> int:
    """Sign a run's manifest, outputs included, or a plan, once it verifies."""
    from scrubber.attest.gate import intact
    from scrubber.attest.refusals import refuse_signature
    from scrubber.attest.trust import read_trust
    from scrubber.keystore import key_reference, resolve_signing_key

    signing = resolve_signing_key(key_reference(key))
    if trust is not None:
        refuse_signature(read_trust(trust), signing.public, today())
    attested = intact(path, today())
    envelope = attested.attest(attested.statement(), signing)
    if as_json():
        files = [subject.name for subject in attested.subjects]
        return emit({"signer": envelope.signer.id, "subjects": files})
    said = f"signed by {envelope.signer.id}: {printable(str(attested.attestations))}"
    stdout().print(said, style="green", soft_wrap=True)
    return 0


def verify_command(path: Location, trust: Path | None, upstream: Sequence[Location]) -> int:
    """Run the checks; exit code 4 if something was tampered with, 5 if small files could not
    be checked, 3 if a signature is missing."""
    from scrubber.attest.checking import check_plan, check_run, exit_code
    from scrubber.attest.trust import read_trust

    trusted = read_trust(trust) if trust is not None else None
    if path.is_file():
        checks = check_plan(path, trusted, today())
    else:
        checks = check_run(path, trusted, today(), upstream)
    code = exit_code(checks)
    if as_json():
        return emit([asdict(check) for check in checks], code)
    show_checks(checks)
    if code == TamperedError.exit_code:
        verdict = "NOT verified: tampered with"
    elif code:
        verdict = "NOT verified: nothing was changed, but what you asked for is missing"
    elif trusted is not None:
        verdict = "verified, signed by a trusted key"
    elif any(check.id == "signature" for check in checks):
        verdict = "verified; whose signature it is, a trust file tells (--trust)"
    else:
        stdout().print("not signed", style="dim")
        verdict = "verified"
    stdout().print(verdict, style="bold")
    return code


def show_checks(checks: Sequence[Check]) -> None:
    """One line per check, and what was expected where it failed."""
    for check in checks:
        if check.waived:
            stdout().print(f"WAIVED  {check.id}, {check.waived}", style="bold red", soft_wrap=True)
            stdout().print(f"      expected {check.expected}", soft_wrap=True)
            stdout().print(f"      actual   {check.actual}", soft_wrap=True)
        elif check.passed:
            stdout().print(f"pass  {check.id}", style="green", soft_wrap=True)
        else:
            stdout().print(f"FAIL  {check.id}", style="bold red", soft_wrap=True)
            stdout().print(f"      expected {check.expected}", soft_wrap=True)
            stdout().print(f"      actual   {check.actual}", soft_wrap=True)


def today() -> date:
    """The day, in UTC: what has expired is a question of the clock."""
    return datetime.now(UTC).date()


def keygen_command(out: Path | None, signing: bool) -> int:
    """Write a fresh key; of a signing key in a file, print the public half for the trust file."""
    from scrubber.attest.signer import SigningKey
    from scrubber.keystore import new_key, write_key

    fresh = SigningKey.new() if signing else None
    text = fresh.to_pem() if fresh is not None else new_key()
    if out is None:
        stdout().print(text.strip(), soft_wrap=True)
        return 0
    write_key(out, text)
    if fresh is not None:
        stdout().print(fresh.public.id, soft_wrap=True)
    return 0
