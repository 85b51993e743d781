"""Verifying with signatures: any byte that is flipped anywhere is found."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from scrubber.attest.attested import attested_run
from scrubber.attest.checking import check_run, exit_code
from scrubber.attest.envelope import Envelope, append_envelope, sign
from scrubber.errors import IncompleteError, TamperedError
from scrubber.manifest import read_manifest
from scrubber.manifest.canonical import canonical_bytes, manifest_id
from tests.attest.worlds import (
    ADA,
    CONTENTS,
    GRACE,
    STRANGER,
    TODAY,
    TRUST,
    failed,
    publish,
    signed,
)


def test_an_untouched_signed_folder_passes(tmp_path: Path) -> None:
    signed(tmp_path)
    checks = check_run(tmp_path, TRUST, TODAY)
    assert failed(checks) == []
    assert [check.id for check in checks[:3]] == ["signature", "signed-by", "form"]
    assert checks[0].actual == "holds, by ada"
    assert failed(check_run(tmp_path, None, TODAY)) == []


def test_an_unsigned_folder_passes_unless_trust_is_asked_for(tmp_path: Path) -> None:
    publish(tmp_path)
    assert check_run(tmp_path, None, TODAY)[0].id == "form"
    missing = check_run(tmp_path, TRUST, TODAY)
    assert (failed(missing), exit_code(missing)) == (["signed-by"], 3)


@pytest.mark.parametrize("key", [STRANGER, GRACE], ids=["unknown", "without the role"])
def test_others_do_not_count(tmp_path: Path, key: object) -> None:
    signed(tmp_path, key)  # type: ignore[arg-type]
    assert failed(check_run(tmp_path, TRUST, TODAY)) == ["signed-by"]
    assert failed(check_run(tmp_path, None, TODAY)) == []


def test_a_person_counts_until_a_day(tmp_path: Path) -> None:
    from dataclasses import replace

    signed(tmp_path, GRACE)
    trust = replace(TRUST, signed_by=("privacy_officer",))
    last = TRUST.people[1].until
    assert last is not None
    assert failed(check_run(tmp_path, trust, last)) == []
    assert failed(check_run(tmp_path, trust, last + timedelta(days=1))) == ["signed-by"]


STRIDE = 29
NAMES = [*CONTENTS, "manifest.json", "manifest.intoto.jsonl"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "untrusted"])
def test_any_flipped_byte_is_found(tmp_path: Path, name: str, trusted: bool) -> None:
    """Of long files every 29th byte, and both ends; `STRIDE = 1` takes a minute and finds all."""
    path = signed(tmp_path) / name
    before = path.read_bytes()
    size = len(before)
    missed = []
    for i in {*range(0, size, STRIDE if size > 100 else 1), *range(min(10, size)), size - 1}:
        raw = bytearray(before)
        raw[i] ^= 1 << i % 8
        path.write_bytes(raw)
        if not failed(check_run(tmp_path, TRUST if trusted else None, TODAY)):
            missed.append(i)
    assert missed == []
    path.write_bytes(before)
    assert failed(check_run(tmp_path, TRUST, TODAY)) == []


def test_a_manifest_that_was_sealed_anew_is_found(tmp_path: Path) -> None:
    signed(tmp_path)
    data = read_manifest(tmp_path).to_json()
    data["legal"]["basis"] = {"value": "consent", "status": "declared", "asserted_by": "x"}
    data["header"]["id"] = manifest_id(data)
    (tmp_path / "manifest.json").write_bytes(canonical_bytes(data))
    assert failed(check_run(tmp_path, None, TODAY)) == ["signature"]


def test_the_clock_of_the_run_is_signed_too(tmp_path: Path) -> None:
    signed(tmp_path)
    data = read_manifest(tmp_path).to_json()
    data["run"]["created"] = "2001-01-01T00:00:00Z"
    (tmp_path / "manifest.json").write_bytes(canonical_bytes(data))
    assert failed(check_run(tmp_path, TRUST, TODAY)) == ["signature", "signed-by"]


def test_a_signature_of_another_folder_does_not_count(tmp_path: Path) -> None:
    signed(tmp_path / "a")
    publish(tmp_path / "b", large=True)
    name = "manifest.intoto.jsonl"
    (tmp_path / "b" / name).write_bytes((tmp_path / "a" / name).read_bytes())
    checks = check_run(tmp_path / "b", TRUST, TODAY)
    assert failed(checks) == ["signature", "signed-by"]
    assert checks[0].actual == "it is about another document"


def test_a_signature_that_says_something_else_does_not_count(tmp_path: Path) -> None:
    run = attested_run(publish(tmp_path))
    run.attest(run.about(run.predicate_type, {"ok": True}), ADA)
    assert failed(check_run(tmp_path, TRUST, TODAY)) == ["signature", "signed-by"]


def test_a_removed_line_is_found_by_who_asks_for_a_signature(tmp_path: Path) -> None:
    (signed(tmp_path) / "manifest.intoto.jsonl").write_bytes(b"")
    assert failed(check_run(tmp_path, TRUST, TODAY)) == ["signed-by"]


def test_a_broken_line_beside_a_good_one_is_found(tmp_path: Path) -> None:
    run = attested_run(signed(tmp_path))
    good = sign(run.statement().to_bytes(), GRACE)
    append_envelope(run.attestations, Envelope(good.payload, bytes(64), good.signer))
    assert failed(check_run(tmp_path, TRUST, TODAY)) == ["signature"]


def test_half_a_signature_is_no_tampering_and_is_told(tmp_path: Path) -> None:
    path = signed(tmp_path) / "manifest.intoto.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:100])
    checks = check_run(tmp_path, TRUST, TODAY)
    assert exit_code(checks) == 0
    assert "attestations" in [check.id for check in checks]
    path.write_bytes(whole[:100])
    assert exit_code(check_run(tmp_path, None, TODAY)) == 0
    assert exit_code(check_run(tmp_path, TRUST, TODAY)) == 3
    run = attested_run(tmp_path)
    run.attest(run.statement(), ADA)
    assert path.read_bytes() == whole


def test_no_manifest_is_an_incomplete_run(tmp_path: Path) -> None:
    (signed(tmp_path) / "manifest.json").unlink()
    with pytest.raises(IncompleteError, match="no-manifest"):
        check_run(tmp_path, TRUST, TODAY)
    with pytest.raises(IncompleteError, match="no-manifest"):
        attested_run(tmp_path)


def test_a_broken_manifest_is_not_signed(tmp_path: Path) -> None:
    (publish(tmp_path) / "manifest.json").write_bytes(b"{}")
    with pytest.raises(TamperedError):
        attested_run(tmp_path)


def test_upstream(tmp_path: Path) -> None:
    first, second = publish(tmp_path / "first"), publish(tmp_path / "second", large=True)
    unnamed = check_run(second, None, TODAY, [first])
    assert (failed(unnamed), exit_code(unnamed)) == (["upstream-named"], 3)
    data = read_manifest(second).to_json()
    data["header"]["previous"] = read_manifest(first).id
    data["header"]["id"] = manifest_id(data)
    (second / "manifest.json").write_bytes(canonical_bytes(data))
    (second / "previous").mkdir()
    earlier = second / "previous" / f"{read_manifest(first).id}.json"
    earlier.write_bytes((first / "manifest.json").read_bytes())
    assert failed(check_run(second, None, TODAY, [first])) == []
    (first / "data/chats.jsonl").write_bytes(b"{ }")
    touched = check_run(second, None, TODAY, [first])
    assert (failed(touched), exit_code(touched)) == (["upstream"], 4)
