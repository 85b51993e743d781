"""What the trust file would not count is refused before it is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from scrubber.attest.approval import Approval, Waiver
from scrubber.attest.attested import attested
from scrubber.attest.refusals import refuse_signature, refuse_statement
from scrubber.attest.signer import SigningKey
from scrubber.attest.trust import Person
from scrubber.errors import InputError
from tests.attest.worlds import ADA, GRACE, LIN, STRANGER, TODAY, TRUST, key, signed

LATER = TODAY + timedelta(days=30)
SPARE = key(7)
WORLD = replace(
    TRUST,
    people=(replace(TRUST.people[0], keys=(ADA.public, SPARE.public)), *TRUST.people[1:]),
)


def approval(role: str) -> Approval:
    return Approval(role, ("DPIA-17",), TODAY, LATER)


def waiver(role: str, check: str = "unsafe-keep") -> Waiver:
    return Waiver(check, "a pilot", role, TODAY, LATER)


@pytest.mark.parametrize(
    ("what", "by", "on", "code"),
    [
        (approval("privacy_officer"), GRACE, TODAY, None),
        (approval("legal"), LIN, TODAY, None),
        (waiver("privacy_officer"), GRACE, TODAY, None),
        (approval("privacy_officer"), STRANGER, TODAY, "signer-unknown"),
        (approval("privacy_officer"), GRACE, date(2028, 1, 1), "signer-unknown"),
        (approval("privacy-officer"), GRACE, TODAY, "role-unknown"),
        (approval("author"), ADA, TODAY, "role-unknown"),  # nobody asks authors for approval
        (approval("legal"), GRACE, TODAY, "role-not-held"),
        (approval("privacy_officer"), ADA, TODAY, "own-document"),
        (approval("privacy_officer"), SPARE, TODAY, "own-document"),
        (waiver("privacy_officer"), ADA, TODAY, "own-document"),
        (waiver("privacy_officer"), SPARE, TODAY, "own-document"),
        (waiver("legal"), LIN, TODAY, "role-unknown"),  # lawyers may approve, not waive
        (waiver("privacy_officer", "unsafe-keeps"), GRACE, TODAY, "check-unknown"),
        (waiver("privacy_officer", "signature"), GRACE, TODAY, "check-unknown"),
        (waiver("privacy_officer", "k-anonymity"), GRACE, TODAY, "check-unknown"),
    ],
)
def test_statements(
    tmp_path: Path, what: Approval | Waiver, by: SigningKey, on: date, code: str | None
) -> None:
    document = attested(signed(tmp_path))
    if code is None:
        refuse_statement(document, what, WORLD, by.public, on)
        return
    with pytest.raises(InputError) as caught:
        refuse_statement(document, what, WORLD, by.public, on)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("by", "code"), [(ADA, None), (GRACE, "role-not-held"), (STRANGER, "signer-unknown")]
)
def test_signatures(by: SigningKey, code: str | None) -> None:
    if code is None:
        refuse_signature(WORLD, by.public, TODAY)
        return
    with pytest.raises(InputError, match=code):
        refuse_signature(WORLD, by.public, TODAY)


def test_a_check_that_the_trust_file_adds_can_be_waived(tmp_path: Path) -> None:
    document = attested(signed(tmp_path))
    strict = replace(WORLD, k=5, people=(*WORLD.people, Person("x", (key(8).public,), frozenset())))
    refuse_statement(
        document, waiver("privacy_officer", "k-anonymity"), strict, GRACE.public, TODAY
    )
