"""Statements about a document in words. Only a trust file shows whose keys they are."""

from __future__ import annotations

from collections.abc import Iterator

from scrubber.attest.approval import APPROVAL_TYPE, WAIVER_TYPE, Approval, Waiver
from scrubber.attest.attested import Attested, fault_of
from scrubber.attest.envelope import Envelope
from scrubber.attest.intoto import Statement
from scrubber.errors import TamperedError, printable
from scrubber.manifest.view import printable_text


def said_about(document: Attested) -> Iterator[str]:
    """A line for each envelope beside `document`.

    Raises: TamperedError ``envelope-form``.
    """
    for envelope in document.envelopes():
        yield f"{_said(document, envelope)}, by {envelope.signer.id}"


def _said(document: Attested, envelope: Envelope) -> str:
    fault = fault_of(document, envelope)
    if fault:
        return f"NOT valid: {fault}"
    statement = Statement.from_bytes(envelope.payload)
    try:
        if statement.predicate_type == document.predicate_type:
            return "signed"
        if statement.predicate_type == APPROVAL_TYPE:
            approval = Approval.from_predicate(statement.predicate)
            criteria = "; ".join(map(printable_text, approval.criteria))
            return f"approved as {printable(approval.role)} until {approval.expires}: {criteria}"
        if statement.predicate_type == WAIVER_TYPE:
            waiver = Waiver.from_predicate(statement.predicate)
            told = f"{printable(waiver.check)} waived as {printable(waiver.role)}"
            return f"{told} until {waiver.expires}: {printable_text(waiver.reason)}"
    except TamperedError as fault_:
        return f"NOT valid: {fault_.text}"
    return f"a statement of another kind ({printable(statement.predicate_type)})"
