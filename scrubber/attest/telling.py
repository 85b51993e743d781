"""The standing of a document: the statements beside it and, by a trust file, the gate's verdict."""

from __future__ import annotations

from datetime import date

from scrubber.attest.access import read_access
from scrubber.attest.approval import APPROVAL_TYPE, WAIVER_TYPE, Approval, Waiver
from scrubber.attest.attested import Attested, attested, fault_of
from scrubber.attest.checking import expired
from scrubber.attest.envelope import Envelope
from scrubber.attest.gate import gate
from scrubber.attest.intoto import Statement
from scrubber.attest.trust import Trust
from scrubber.errors import TamperedError, printable
from scrubber.manifest.standing import NOBODY, Said, Standing
from scrubber.manifest.view import printable_text
from scrubber.storage import Location


def standing(path: Location, trust: Trust | None, on: date) -> Standing:
    """The standing, on the day `on`, of the run in the folder `path` or of the plan in the file.

    Raises: TamperedError ``envelope-form``, ``access-form``; the errors of :func:`gate`.
    """
    document = attested(path)
    said = tuple(_said(document, envelope, trust, on) for envelope in document.envelopes())
    accesses = len(read_access(path, document.content["header"]["id"])) if path.is_dir() else 0
    if trust is None:
        return Standing(on, said, accesses=accesses)
    verdict = gate(path, trust, on)
    return Standing(on, said, verdict.checks, verdict.exit_code, accesses)


def _said(document: Attested, envelope: Envelope, trust: Trust | None, on: date) -> Said:
    key, by, roles = envelope.signer.id, "", ""
    if trust is not None:
        person = trust.holder(envelope.signer)
        by = NOBODY if person is None else printable(person.name)
        if person is not None:
            roles = ", ".join(sorted(map(printable, person.roles)))
            by += " (no longer trusted)" if expired(person, on) else ""
    fault = fault_of(document, envelope)
    if fault:
        return Said("", key, by, fault=fault)
    statement = Statement.from_bytes(envelope.payload)
    try:
        if statement.predicate_type == document.predicate_type:
            return Said("signed", key, by, roles)
        if statement.predicate_type == APPROVAL_TYPE:
            approval = Approval.from_predicate(statement.predicate)
            criteria = "; ".join(map(printable_text, approval.criteria))
            return Said("approved", key, by, printable(approval.role), approval.expires, criteria)
        if statement.predicate_type == WAIVER_TYPE:
            waiver = Waiver.from_predicate(statement.predicate)
            what, role = f"waived {printable(waiver.check)}", printable(waiver.role)
            return Said(what, key, by, role, waiver.expires, printable_text(waiver.reason))
    except TamperedError as fault_:
        return Said("", key, by, fault=fault_.text)
    return Said(f"a statement of another kind ({printable(statement.predicate_type)})", key, by)
