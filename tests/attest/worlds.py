"""A signed output folder as a run and its author leave it, and who is trusted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scrubber.attest.attested import attested_run
from scrubber.attest.signer import SigningKey
from scrubber.attest.trust import Person, Quorum, Trust
from scrubber.manifest import Check
from tests.golden.manifest_facts import LARGE, TINY
from tests.manifest.folders import publish_files

TODAY = date(2026, 11, 24)
CONTENTS = {"data/customers.csv": b"email\nx\n", "data/chats.jsonl": b"{}\n"}


def key(seed: int) -> SigningKey:
    """Always the same key for the same seed."""
    return SigningKey(Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


ADA, GRACE, LIN, STRANGER = key(1), key(2), key(3), key(9)
TRUST = Trust(
    people=(
        Person("ada", (ADA.public,), frozenset({"author", "privacy_officer"})),
        Person("grace", (GRACE.public,), frozenset({"privacy_officer"}), date(2027, 12, 31)),
        Person("lin", (LIN.public,), frozenset({"legal", "privacy_officer"})),
    ),
    signed_by=("author",),
    approvals=(Quorum(("privacy_officer", "legal")),),
    waived_by=("privacy_officer",),
)


def publish(folder: Path, *, large: bool = False) -> Path:
    """An output folder without a signature."""
    facts, ledger = LARGE if large else TINY
    return publish_files(folder, facts, ledger, CONTENTS)


def signed(folder: Path, by: SigningKey = ADA) -> Path:
    """An output folder that `by` signed."""
    run = attested_run(publish(folder))
    run.attest(run.statement(), by)
    return folder


def failed(checks: tuple[Check, ...]) -> list[str]:
    return [check.id for check in checks if not check.passed]
