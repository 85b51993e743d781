"""Envelopes: one form only, any flipped bit is found, and other implementations agree."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.attest.attested import attested_run
from scrubber.attest.envelope import (
    Envelope,
    append_envelope,
    read_envelopes,
    sign,
    torn_bytes,
)
from scrubber.attest.intoto import Statement, Subject
from scrubber.attest.signer import PublicKey
from scrubber.errors import OutputError, TamperedError
from tests.attest.worlds import ADA, GRACE, publish, signed

LINE = sign(b'{"a":1}', ADA).to_line()


@given(st.binary(max_size=200))
def test_a_line_says_what_was_signed(payload: bytes) -> None:
    envelope = sign(payload, ADA)
    assert envelope.intact
    assert Envelope.from_line(envelope.to_line()) == envelope


def _passes(line: bytes) -> bool:
    try:
        return Envelope.from_line(line).intact
    except TamperedError:
        return False


def test_any_flipped_bit_is_found() -> None:
    assert _passes(LINE)
    for bit in range(len(LINE) * 8):
        raw = bytearray(LINE)
        raw[bit // 8] ^= 1 << bit % 8
        assert not _passes(bytes(raw)), bit


def _edited(**changes: object) -> bytes:
    body = {**json.loads(LINE), **changes}
    return json.dumps(body, separators=(",", ":"), sort_keys=True).encode() + b"\n"


_SIGNATURE = json.loads(LINE)["signatures"][0]


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"{}\n",
        b"[]\n",
        b"null\n",
        LINE.rstrip(),
        b" " + LINE,
        LINE.replace(b"\n", b"\r\n"),
        _edited(note="x"),
        _edited(payloadType="text/plain"),
        _edited(payload=None),
        _edited(payload=json.loads(LINE)["payload"] + "="),
        _edited(payload="eyJhIjoxfR=="),  # other bits behind the end of the base64
        _edited(signatures=[]),
        _edited(signatures=[_SIGNATURE, _SIGNATURE]),
        _edited(signatures=[{**_SIGNATURE, "keyid": "ada"}]),
        _edited(signatures=[{"sig": _SIGNATURE["sig"]}]),
        _edited(signatures="ab"),
    ],
)
def test_what_is_no_line(line: bytes) -> None:
    with pytest.raises(TamperedError, match="envelope-form"):
        Envelope.from_line(line)


def test_lines_are_added_once_and_in_order(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    assert read_envelopes(path) == ()
    first, second = sign(b"1", ADA), sign(b"1", GRACE)
    for envelope in (first, second, first):
        append_envelope(path, envelope)
    assert read_envelopes(path) == (first, second)


def test_nothing_is_added_to_what_is_no_file_of_envelopes(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"mine")
    with pytest.raises(TamperedError, match="envelope-form"):
        append_envelope(path, sign(b"1", ADA))
    assert path.read_bytes() == b"mine"
    with pytest.raises(OutputError, match="attestation-write"):
        append_envelope(tmp_path / "no" / "folder.jsonl", sign(b"1", ADA))
    with pytest.raises(TamperedError, match="envelope-form"):
        read_envelopes(tmp_path)


@pytest.mark.parametrize("size", [1, 5, len(LINE) // 2, len(LINE) - 2, len(LINE) - 1])
def test_half_a_line_counts_for_nothing_and_goes_with_the_next_append(
    tmp_path: Path, size: int
) -> None:
    path = tmp_path / "a.jsonl"
    whole = sign(b"2", GRACE)
    for behind in (b"", b"\0" * 100):
        path.write_bytes(whole.to_line() + LINE[:size] + behind)
        assert read_envelopes(path) == (whole,)
        assert torn_bytes(path) == size + len(behind)
        append_envelope(path, Envelope.from_line(LINE))
        assert path.read_bytes() == whole.to_line() + LINE
        assert torn_bytes(path) == 0
    path.write_bytes(whole.to_line() + LINE[:size])
    append_envelope(path, whole)  # it is there already
    assert path.read_bytes() == whole.to_line()


@pytest.mark.parametrize(
    "tail",
    [b"mine", b"Ann Poe", b'{"payload":"a b', LINE[:-1] + b"x", LINE[1:-1], LINE[:20] + b"\0x"],
)
def test_what_is_no_half_of_a_line_is_tampering(tmp_path: Path, tail: bytes) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINE + tail)
    with pytest.raises(TamperedError, match="envelope-form"):
        read_envelopes(path)
    with pytest.raises(TamperedError, match="envelope-form"):
        append_envelope(path, sign(b"2", GRACE))
    path.write_bytes(LINE[:-9] + b"\n" + LINE)  # half a line that others follow is a whole one
    with pytest.raises(TamperedError, match="envelope-form"):
        read_envelopes(path)


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl"
    append_envelope(path, sign(b"1", ADA))
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="attestation-write"):
        append_envelope(path, sign(b"2", ADA))
    assert path.read_bytes() == before


def test_appends_of_several_processes_are_all_there(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with ThreadPoolExecutor(8) as pool:
        made = [sign(b"%d" % i, ADA) for i in range(40)]
        list(pool.map(lambda one: append_envelope(path, one), made))
    assert set(read_envelopes(path)) == set(made)


@given(
    st.binary().map(lambda raw: raw or b"{}"),
    st.sampled_from([b"", b"[]", b"null", b'{"_type":1}', b'{"subject":[]}', b"\xff"]),
)
def test_what_is_no_statement(raw: bytes, other: bytes) -> None:
    for attempt in (raw, other):
        with pytest.raises(TamperedError, match="statement-form"):
            Statement.from_bytes(attempt)


def test_a_statement_without_a_subject_is_none() -> None:
    with pytest.raises(TamperedError, match="statement-form"):
        Statement.from_bytes(Statement((), "urn:x", {"a": 1}).to_bytes())


def test_securesystemslib_verifies_what_is_signed(tmp_path: Path) -> None:
    dsse = pytest.importorskip("securesystemslib.dsse", reason="securesystemslib is not installed")
    from securesystemslib.exceptions import VerificationError
    from securesystemslib.signer import SSlibKey

    def known(key: PublicKey) -> object:
        raw = key.id.removeprefix("ed25519:")
        return SSlibKey(key.id, "ed25519", "ed25519", {"public": raw})

    line = (signed(tmp_path) / "manifest.intoto.jsonl").read_bytes()
    theirs = dsse.Envelope.from_dict(json.loads(line))
    assert theirs.verify([known(ADA.public)], 1).keys() == {ADA.public.id}
    with pytest.raises(VerificationError):
        theirs.verify([known(GRACE.public)], 1)
    theirs.payload += b" "
    with pytest.raises(VerificationError):
        theirs.verify([known(ADA.public)], 1)


def test_securesystemslib_signs_what_verifies() -> None:
    dsse = pytest.importorskip("securesystemslib.dsse", reason="securesystemslib is not installed")
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from securesystemslib.signer import CryptoSigner, SSlibKey

    public = SSlibKey(
        ADA.public.id, "ed25519", "ed25519", {"public": ADA.public.id.removeprefix("ed25519:")}
    )
    private = load_pem_private_key(ADA.to_pem().encode(), None)
    theirs = dsse.Envelope(b'{"a":1}', "application/vnd.in-toto+json", {})
    theirs.sign(CryptoSigner(private, public))
    line = json.dumps(theirs.to_dict(), sort_keys=True, separators=(",", ":")).encode() + b"\n"
    assert line == LINE
    assert Envelope.from_line(line).intact


@pytest.mark.parametrize("large", [False, True])
def test_in_toto_reads_the_statement(tmp_path: Path, large: bool) -> None:
    theirs = pytest.importorskip(
        "in_toto_attestation.v1.statement", reason="in-toto-attestation is not installed"
    )
    from google.protobuf import json_format
    from in_toto_attestation.v1 import statement_pb2

    run = attested_run(publish(tmp_path, large=large))
    run.attest(run.statement(), ADA)
    (envelope,) = run.envelopes()
    parsed = json_format.Parse(envelope.payload, statement_pb2.Statement())
    theirs.Statement.copy_from_pb(parsed).validate()
    names = {subject.name: subject.digest["sha256"] for subject in parsed.subject}
    assert names == {subject.name: subject.sha256 for subject in run.subjects}
    files = run.content["outputs"]["files"]
    plain = {f["path"]: f["sha256"] for f in files if f["sha256"] is not None}
    assert names.items() >= plain.items()
    assert set(names) == {"manifest.json", *plain}
    assert len(plain) == large  # in the other output every file is small
    assert parsed.predicate_type == "urn:scrubber:manifest:v1"
    assert (
        json_format.MessageToDict(parsed.predicate)["header"]["id"] == (run.content["header"]["id"])
    )


def test_a_subject_is_the_file_as_it_is() -> None:
    subject = Subject("data/\x1b[31m.csv", "0" * 64)
    statement = Statement((subject,), "urn:x", {"a": [None, True, "é"]})
    assert Statement.from_bytes(statement.to_bytes()) == statement
