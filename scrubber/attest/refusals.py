"""Refusals, by the trust file, of statements that no gate would count.

A statement by an unknown key, in an unknown role or about an unknown check looks like an approval
to its readers. So it is refused before it is signed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from scrubber.attest.approval import Approval, Waiver
from scrubber.attest.attested import Attested
from scrubber.attest.checking import expired
from scrubber.attest.gate import authors_of, gate_checks
from scrubber.attest.signer import PublicKey
from scrubber.attest.trust import Person, Trust
from scrubber.errors import InputError, printable
from scrubber.policy.syntax.report import did_you_mean


def refuse_signature(trust: Trust, key: PublicKey, on: date) -> None:
    """Refuse a signature outside of ``signed_by``.

    Raises: InputError ``signer-unknown``, ``role-not-held``.
    """
    person = _person(trust, key, on)
    if not person.roles & set(trust.signed_by):
        raise _not_held(person, trust.signed_by)


def refuse_statement(
    document: Attested, what: Approval | Waiver, trust: Trust, key: PublicKey, on: date
) -> None:
    """Refuse an approval or a waiver that no gate with `trust` would count on the day `on`.

    Raises: InputError ``signer-unknown`` for an unknown key or an expired person; ``role-unknown``
    for a role outside of every quorum (or ``waived_by``); ``role-not-held``; ``check-unknown``;
    ``own-document`` for a signer of the document.
    """
    person = _person(trust, key, on)
    if isinstance(what, Waiver):
        roles: set[str] = set(trust.waived_by)
        checks = {check.id for check in gate_checks(document.content, trust)}
        if what.check not in checks:
            text = f"no gate check of this document is called {printable(what.check)}"
            hint = did_you_mean(what.check, checks) or f"there are {', '.join(sorted(checks))}"
            raise InputError("check-unknown", text, hint=hint)
    else:
        roles = {role for quorum in trust.approvals for role in quorum.roles}
    if what.role not in roles:
        text = f"the trust file asks nobody for this as {printable(what.role)}"
        hint = did_you_mean(what.role, roles) or f"there are {', '.join(map(printable, roles))}"
        raise InputError("role-unknown", text, hint=hint)
    if what.role not in person.roles:
        raise _not_held(person, (what.role,))
    if person.name in authors_of(document, trust):
        text = f"{printable(person.name)} signed this document, and so cannot judge it"
        raise InputError("own-document", text, hint="ask somebody else")


def _person(trust: Trust, key: PublicKey, on: date) -> Person:
    person = trust.holder(key)
    if person is None:
        text = f"the trust file lists nobody with the key {key.id}"
        raise InputError("signer-unknown", text)
    if expired(person, on):
        text = f"by the trust file {printable(person.name)} no longer counts"
        raise InputError("signer-unknown", text)
    return person


def _not_held(person: Person, roles: Collection[str]) -> InputError:
    wanted = " or ".join(map(printable, roles))
    text = f"by the trust file {printable(person.name)} does not hold the role {wanted}"
    return InputError("role-not-held", text)
