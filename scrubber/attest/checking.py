"""Verification with signatures: the signers of the bytes, then the folder they describe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from scrubber.attest.access import read_access
from scrubber.attest.attested import (
    Attested,
    attestations_of,
    attested_plan,
    attested_run,
    fault_of,
)
from scrubber.attest.envelope import Envelope, read_envelopes, torn_bytes
from scrubber.attest.intoto import Statement
from scrubber.attest.trust import Person, Trust
from scrubber.errors import IncompleteError, TamperedError, printable
from scrubber.manifest import FILE_NAME, Check, read_manifest, verify
from scrubber.manifest.document import read_bytes
from scrubber.manifest.verify import SALTS_MISSING
from scrubber.storage import Location

_SIGNATURE = "signature"
_UNTRUSTED = frozenset({"signed-by", "upstream-named"})
NEEDS_REVIEW: Final = 3


def exit_code(checks: Sequence[Check]) -> int:
    """The exit code for `checks`: 0 if all passed, 4 after tampering, 5 for small files without
    salts, 3 for a missing signature or an unnamed upstream."""
    failed = {check.id for check in checks if not check.passed}
    if failed - _UNTRUSTED - {SALTS_MISSING}:
        return TamperedError.exit_code
    if SALTS_MISSING in failed:
        return IncompleteError.exit_code
    return NEEDS_REVIEW if failed else 0


def check_run(
    directory: Location, trust: Trust | None, on: date, upstream: Sequence[Location] = ()
) -> tuple[Check, ...]:
    """Check the output folder `directory`.

    The checks, in order: ``signature`` of each envelope over its exact bytes; with `trust` also
    ``signed-by``; the checks of :func:`scrubber.manifest.verify`; then ``upstream`` and
    ``upstream-named`` for each folder in `upstream`, which must verify and be named in this
    manifest. The first group with a failure ends the list.

    Without `trust`, a signature proves that the bytes are those that were signed, but not whose key
    signed them.

    Raises: IncompleteError ``no-manifest`` (exit code 5); InputError ``manifest-version``, or for
    unreadable files.
    """
    read_bytes(directory)  # without a manifest there is nothing to check
    signatures = _signatures(directory, trust, on)
    if exit_code(signatures) == TamperedError.exit_code:
        return signatures
    checks = (*signatures, *verify(directory), *_access(directory))
    if exit_code(checks) == TamperedError.exit_code:
        return checks
    return (*checks, *(check for folder in upstream for check in _upstream(directory, folder)))


def _access(directory: Location) -> tuple[Check, ...]:
    """The check of the access log, if any: each line names the previous one."""
    expected = "each line names the one before it"
    try:
        lines = read_access(directory, read_manifest(directory).data["header"]["id"])
    except TamperedError as fault:
        return (Check("access", False, expected, fault.text),)
    return (Check("access", True, expected, expected),) if lines else ()


def check_plan(path: Location, trust: Trust | None, on: date) -> tuple[Check, ...]:
    """Check the plan in the file `path`: its ``form``, the ``signature`` of each envelope, and with
    `trust` also ``signed-by``.

    Raises: InputError ``no-plan``.
    """
    expected = "a plan and its envelopes as scrubber writes them"
    try:
        document = attested_plan(path)
        envelopes = document.envelopes()
    except TamperedError as fault:
        return (Check("form", False, expected, fault.text),)
    return (
        Check("form", True, expected, expected),
        *(signature_check(document, envelope, trust) for envelope in envelopes),
        *_torn(document),
        *((signer_check(document, trust, on),) if trust is not None else ()),
    )


def _torn(document: Attested) -> Iterator[Check]:
    """A note about an incomplete last line, which is ignored; never a failure."""
    if torn_bytes(document.attestations):
        said = "half a line at the end counts for nothing: a write was cut short"
        yield Check("attestations", True, said, said)


def _signatures(directory: Location, trust: Trust | None, on: date) -> tuple[Check, ...]:
    try:
        envelopes = read_envelopes(attestations_of(directory / FILE_NAME))
        broken = [envelope for envelope in envelopes if not envelope.intact]
        if broken:
            return tuple(
                Check(_SIGNATURE, False, f"over its bytes by {e.signer.id}", "over other bytes")
                for e in broken
            )
        if (
            not envelopes
            and trust is None
            and not torn_bytes(attestations_of(directory / FILE_NAME))
        ):
            return ()
        run = attested_run(directory)
    except TamperedError as fault:
        return (Check(_SIGNATURE, False, "over the manifest's bytes", fault.text),)
    checks = (
        *(signature_check(run, envelope, trust) for envelope in envelopes),
        *_torn(run),
    )
    if trust is None:
        return checks
    return (*checks, signer_check(run, trust, on))


def signature_check(attested: Attested, envelope: Envelope, trust: Trust | None) -> Check:
    """Check the signature of `envelope` and name its signer."""
    fault = fault_of(attested, envelope)
    holder = trust.holder(envelope.signer) if trust is not None else None
    name = printable(holder.name) if holder is not None else f"{envelope.signer.id} (unknown)"
    about = f"over {attested.subject.name} {attested.subject.sha256}"
    return Check(_SIGNATURE, not fault, about, fault or f"holds, by {name}")


def signers(attested: Attested, trust: Trust, on: date) -> tuple[Person, ...]:
    """The people whose signature counts on the day `on`: in a role of ``signed_by``, on the
    document."""
    found = []
    for envelope in attested.envelopes():
        person = trust.holder(envelope.signer)
        if person is None or fault_of(attested, envelope):
            continue
        of_document = Statement.from_bytes(envelope.payload) == attested.statement()
        if of_document and person.roles & set(trust.signed_by) and not expired(person, on):
            found.append(person)
    return tuple(found)


def expired(person: Person, on: date) -> bool:
    return person.until is not None and on > person.until


def signer_check(attested: Attested, trust: Trust, on: date) -> Check:
    """Check that a person in a role of ``signed_by`` signed the document."""
    names = [printable(person.name) for person in signers(attested, trust, on)]
    roles = " or ".join(map(printable, trust.signed_by))
    return Check("signed-by", bool(names), f"a signature by {roles}", ", ".join(names) or "none")


def _upstream(directory: Location, folder: Location) -> Iterator[Check]:
    """Check that `folder` verifies, and that the manifest names it as upstream."""
    manifest, before = read_manifest(directory).data, read_manifest(folder)
    expected = "an upstream that is what its manifest says"
    sound = exit_code(check_run(folder, None, date.min)) == 0
    yield Check("upstream", sound, expected, before.id if sound else "it is not")
    named = {manifest["header"]["previous"]}
    named |= {source["upstream"] for source in manifest["dataset"]["sources"]["value"] or ()}
    is_named = bool({before.id, f"sha256:{before.id}"} & named)
    actual = f"{before.id} is {'' if is_named else 'not '}named"
    yield Check("upstream-named", is_named, "an upstream that the manifest names", actual)
