"""Whatever is read: a value comes out, or an error of ours."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scrubber.attest.approval import Approval, Waiver
from scrubber.attest.envelope import Envelope, read_envelopes, sign
from scrubber.attest.intoto import Statement, Subject
from scrubber.attest.signer import PublicKey, SigningKey
from scrubber.attest.trust import read_trust
from scrubber.errors import KeyFault, RuleError, TamperedError
from scrubber.manifest.canonical import canonical_bytes
from scrubber.manifest.planned import PlanDocument
from tests.attest.worlds import ADA

WORDS = st.sampled_from(
    [
        *("_type", "subject", "digest", "sha256", "name", "predicate", "predicateType", "role"),
        *("payload", "payloadType", "signatures", "keyid", "sig", "header", "schema", "fields"),
        *("version", "people", "keys", "roles", "require", "signed_by", "approvals", "count"),
        *("given", "expires", "criteria", "check", "reason", "until", "declared", "waived_by"),
        "scrubber/plan/v1",
        ADA.public.id,
    ]
)
LEAVES = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8) | WORDS
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=6),
    max_leaves=20,
)


@given(VALUES | st.binary(max_size=40))
def test_documents(value: Any) -> None:
    raw = value if isinstance(value, bytes) else canonical_bytes(value)
    for parse in (Statement.from_bytes, PlanDocument.from_bytes):
        try:
            parse(raw)
        except TamperedError:
            pass
        else:
            assert json.loads(raw)
    with contextlib.suppress(TamperedError):
        Envelope.from_line(raw + b"\n")


@given(st.dictionaries(WORDS, VALUES, max_size=6))
def test_predicates(data: dict[str, Any]) -> None:
    for parse in (Approval.from_predicate, Waiver.from_predicate):
        with contextlib.suppress(TamperedError):
            assert parse(data).to_predicate() == data
    statement = Statement((Subject("a", "0" * 64),), "urn:x", data)
    assert Statement.from_bytes(statement.to_bytes()) == statement


@given(VALUES)
def test_trust_files(value: Any) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trust.yaml"
        path.write_text(json.dumps(value), encoding="utf-8")
        with contextlib.suppress(RuleError):
            assert read_trust(path).people


@given(st.lists(st.binary(max_size=20), max_size=3))
def test_a_file_of_envelopes(pieces: list[bytes]) -> None:
    import tempfile

    good = sign(b"x", ADA).to_line()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.jsonl"
        path.write_bytes(good + b"".join(pieces) + good)
        with contextlib.suppress(TamperedError):
            assert len(read_envelopes(path)) == 2


@given(st.text(max_size=80))
def test_keys(text: str) -> None:
    for parse in (PublicKey.parse, SigningKey.parse):
        with contextlib.suppress(KeyFault):
            parse(text)
