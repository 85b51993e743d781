"""The gate: denied unless approved, by enough different people, none of them the author."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.attest.approval import APPROVAL_TYPE, WAIVER_TYPE, Approval, Waiver
from scrubber.attest.attested import attested
from scrubber.attest.gate import _shared_out, gate, intact
from scrubber.attest.signer import SigningKey
from scrubber.attest.trust import Person, Quorum, Trust
from scrubber.errors import IncompleteError, InputError, TamperedError
from scrubber.manifest import Check, read_manifest
from scrubber.manifest.canonical import canonical_bytes, manifest_id
from tests.attest.worlds import (
    ADA,
    CONTENTS,
    GRACE,
    LIN,
    STRANGER,
    TODAY,
    TRUST,
    failed,
    key,
    publish,
    signed,
)

LATER = TODAY + timedelta(days=30)


def approve(
    folder: Path,
    by: SigningKey,
    role: str = "privacy_officer",
    given_: date = TODAY,
    expires: date = LATER,
) -> None:
    document = attested(folder)
    approval = Approval(role, ("DPIA-17",), given_, expires)
    document.attest(document.about(APPROVAL_TYPE, approval.to_predicate()), by)


def code(folder: Path, trust: Trust = TRUST, on: date = TODAY) -> int:
    return gate(folder, trust, on).exit_code


def test_a_signed_and_approved_run_passes(tmp_path: Path) -> None:
    approve(signed(tmp_path), GRACE)
    verdict = gate(tmp_path, TRUST, TODAY)
    assert (verdict.exit_code, failed(verdict.checks)) == (0, [])


def test_nothing_is_demanded_but_a_signature_where_the_trust_file_names_nothing(
    tmp_path: Path,
) -> None:
    bare = replace(TRUST, approvals=())
    assert code(publish(tmp_path / "a"), bare) == 3
    assert code(signed(tmp_path / "b"), bare) == 0


@pytest.mark.parametrize(
    ("by", "role"),
    [
        (ADA, "privacy_officer"),  # the author, who holds the role
        (GRACE, "legal"),  # not her role
        (LIN, "author"),  # nobody asked for it
        (STRANGER, "privacy_officer"),
    ],
)
def test_what_does_not_count(tmp_path: Path, by: SigningKey, role: str) -> None:
    approve(signed(tmp_path), by, role)
    verdict = gate(tmp_path, TRUST, TODAY)
    assert verdict.exit_code == 3
    assert failed(verdict.checks) == ["approved privacy_officer or legal"]


def test_an_approval_counts_from_its_day_to_its_last(tmp_path: Path) -> None:
    approve(signed(tmp_path), GRACE)
    assert code(tmp_path, on=LATER) == 0
    assert code(tmp_path, on=LATER + timedelta(days=1)) == 3
    assert code(tmp_path, on=TODAY - timedelta(days=1)) == 3


def test_an_approver_counts_up_to_a_day(tmp_path: Path) -> None:
    approve(signed(tmp_path), GRACE, expires=date(2099, 1, 1))
    assert code(tmp_path, on=date(2027, 12, 31)) == 0
    assert code(tmp_path, on=date(2028, 1, 1)) == 3


def test_whoever_signed_beside_the_author_cannot_approve_either(tmp_path: Path) -> None:
    run = attested(signed(tmp_path))
    run.attest(run.statement(), GRACE)
    approve(tmp_path, GRACE)
    assert code(tmp_path) == 3
    approve(tmp_path, LIN, "legal")
    assert code(tmp_path) == 0


def test_two_keys_of_one_person_are_one_approver(tmp_path: Path) -> None:
    second = key(7)
    trust = replace(
        TRUST,
        people=(
            TRUST.people[0],
            replace(TRUST.people[1], keys=(GRACE.public, second.public)),
            TRUST.people[2],
        ),
        approvals=(Quorum(("privacy_officer", "legal"), 2),),
    )
    approve(signed(tmp_path), GRACE)
    approve(tmp_path, second)
    assert code(tmp_path, trust) == 3
    approve(tmp_path, LIN, "legal")
    assert code(tmp_path, trust) == 0


def test_a_person_counts_for_one_quorum(tmp_path: Path) -> None:
    trust = replace(TRUST, approvals=(Quorum(("legal",)), Quorum(("privacy_officer",))))
    approve(signed(tmp_path), LIN, "legal")
    approve(tmp_path, LIN, "privacy_officer")
    assert code(tmp_path, trust) == 3
    approve(tmp_path, GRACE)
    assert code(tmp_path, trust) == 0


ROLES = st.sampled_from("abc")


@given(
    st.lists(
        st.tuples(st.lists(ROLES, min_size=1, max_size=2, unique=True), st.integers(1, 2)),
        max_size=3,
    ),
    st.lists(st.tuples(st.sampled_from("ghij"), ROLES), max_size=7),
)
def test_approvals_are_shared_out_as_well_as_can_be(
    wanted: list[tuple[list[str], int]], given_: list[tuple[str, str]]
) -> None:
    quorums = [Quorum(tuple(roles), count) for roles, count in wanted]
    seats = [quorum for quorum in quorums for _ in range(quorum.count)]
    people = sorted({name for name, _ in given_})
    roles = {name: {role for who, role in given_ if who == name} for name in people}
    best = 0
    for order in permutations([*people, *[""] * len(seats)], len(seats)):
        fits = sum(bool(n) and bool(roles[n] & set(q.roles)) for n, q in zip(order, seats))  # noqa: B905
        best = max(best, fits)
        if best == min(len(seats), len(people)):
            break
    shares = _shared_out(quorums, given_)
    assert len(shares) == best
    for name, place in shares.items():
        assert roles[name] & set(quorums[place].roles)
    for number, quorum in enumerate(quorums):
        assert list(shares.values()).count(number) <= quorum.count


@pytest.mark.parametrize("name", [*CONTENTS, "manifest.json", "manifest.intoto.jsonl"])
def test_tampering_is_told_before_all_else(tmp_path: Path, name: str) -> None:
    approve(signed(tmp_path), GRACE)
    raw = bytearray((tmp_path / name).read_bytes())
    raw[1] ^= 1
    (tmp_path / name).write_bytes(raw)
    assert code(tmp_path) == 4
    with pytest.raises(TamperedError, match="not-intact"):
        intact(tmp_path, TODAY)


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(IncompleteError, match="no-manifest"):
        gate(tmp_path, TRUST, TODAY)
    with pytest.raises(InputError, match="no-plan"):
        gate(tmp_path / "plan.json", TRUST, TODAY)


def test_an_approval_of_another_run_is_tampering(tmp_path: Path) -> None:
    approve(signed(tmp_path / "a"), GRACE)
    document = attested(publish(tmp_path / "b", large=True))
    document.attest(document.statement(), ADA)
    assert code(tmp_path / "b") == 3
    approval = (tmp_path / "a/manifest.intoto.jsonl").read_bytes().splitlines(keepends=True)[1]
    with (tmp_path / "b/manifest.intoto.jsonl").open("ab") as file:
        file.write(approval)
    assert code(tmp_path / "b") == 4


def unsafe(folder: Path) -> Path:
    """A run that let a field through, and that nobody declared a licence for."""
    data = read_manifest(publish(folder)).to_json()
    data["fields"][2]["unsafe"] = True
    return reseal(folder, data)


def reseal(folder: Path, data: dict[str, Any]) -> Path:
    """The folder with a manifest of this content, signed by its author."""
    data["header"]["id"] = manifest_id(data)
    (folder / "manifest.json").write_bytes(canonical_bytes(data))
    run = attested(folder)
    run.attest(run.statement(), ADA)
    return folder


def waive(folder: Path, by: SigningKey, check: str, role: str = "privacy_officer") -> None:
    document = attested(folder)
    waiver = Waiver(check, "a pilot", role, TODAY, LATER)
    document.attest(document.about(WAIVER_TYPE, waiver.to_predicate()), by)


def _gate_check(folder: Path, id_: str, trust: Trust = TRUST) -> Check:
    (check,) = [check for check in gate(folder, trust, TODAY).checks if check.id == id_]
    return check


def test_a_failed_gate_check_denies_and_a_waiver_owns_it(tmp_path: Path) -> None:
    approve(unsafe(tmp_path), GRACE)
    assert code(tmp_path) == 1
    assert _gate_check(tmp_path, "unsafe-keep").actual == "plan"
    waive(tmp_path, LIN, "unsafe-keep", "legal")  # not a role that may waive
    waive(tmp_path, STRANGER, "unsafe-keep")
    waive(tmp_path, GRACE, "something-else")
    assert code(tmp_path) == 1
    waive(tmp_path, GRACE, "unsafe-keep")
    assert code(tmp_path) == 0
    told = _gate_check(tmp_path, "unsafe-keep")
    assert (told.passed, told.actual) == (False, "plan")  # owned, never passed
    assert told.waived == f"by grace until {LATER.isoformat()}"
    assert gate(tmp_path, TRUST, TODAY).waived == ("unsafe-keep",)
    assert code(tmp_path, on=LATER + timedelta(days=1)) == 1


def test_the_signer_cannot_waive_with_whichever_key_or_role(tmp_path: Path) -> None:
    spare = key(7)
    ada = Person("ada", (ADA.public, spare.public), frozenset({"author", "privacy_officer"}))
    trust = replace(TRUST, people=(ada, *TRUST.people[1:]))
    approve(unsafe(tmp_path), GRACE)
    for hers in (ADA, spare):
        waive(tmp_path, hers, "unsafe-keep")
        approve(tmp_path, hers)
    assert code(tmp_path, trust) == 1
    assert gate(tmp_path, trust, TODAY).waived == ()
    assert _gate_check(tmp_path, "approved privacy_officer or legal", trust).actual == "grace"


def test_a_named_check_is_a_gate_however_the_run_took_it(tmp_path: Path) -> None:
    data = read_manifest(publish(tmp_path)).to_json()
    warned = {"id": "min-k", "passed": False, "severity": "warning", "expected": "", "actual": ""}
    data["checks"].append(warned)
    reseal(tmp_path, data)
    approve(tmp_path, GRACE)
    assert code(tmp_path) == 0
    assert code(tmp_path, replace(TRUST, checks=("min-k",))) == 1


def test_classes_count_only_where_a_run_found_them(tmp_path: Path) -> None:
    data = read_manifest(publish(tmp_path)).to_json()
    row = {"name": "k", "value": "5"}
    rule = {"id": "privacy", "place": "r.yaml:1", "selector": "x", "action": "suppress"}
    data["policy"]["rules"].append({**rule, "parameters": [row], "reason": None})
    reseal(tmp_path, data)
    approve(tmp_path, GRACE)
    assert code(tmp_path, replace(TRUST, k=5)) == 1
    told = _gate_check(tmp_path, "k-anonymity", replace(TRUST, k=5)).actual
    assert told == "k = 5, which nobody counted again"


def test_a_fact_that_is_declared_to_be_empty_is_none(tmp_path: Path) -> None:
    data = read_manifest(publish(tmp_path)).to_json()
    data["legal"]["purposes"] = {"value": [], "status": "declared", "asserted_by": "r.yaml:1"}
    reseal(tmp_path, data)
    assert not _gate_check(
        tmp_path, "declared legal.purposes", replace(TRUST, declared=("legal.purposes",))
    ).passed


def test_facts_that_must_be_declared(tmp_path: Path) -> None:
    approve(signed(tmp_path), GRACE)
    assert code(tmp_path, replace(TRUST, declared=("legal.basis",))) == 0
    strict = replace(TRUST, declared=("dataset.licence",))
    assert code(tmp_path, strict) == 1
    assert _gate_check(tmp_path, "declared dataset.licence", strict).actual == "unknown"


def test_checks_that_must_have_been_made(tmp_path: Path) -> None:
    approve(signed(tmp_path), GRACE)
    assert code(tmp_path, replace(TRUST, checks=("conservation",))) == 0
    strict = replace(TRUST, checks=("residual-rate",))
    assert code(tmp_path, strict) == 1
    assert _gate_check(tmp_path, "residual-rate", strict).actual == "it was not"


@pytest.mark.parametrize(
    "predicate",
    [
        {},
        {"role": "legal"},
        {"role": 1, "criteria": [], "given": "2026-01-01", "expires": "2099-01-01"},
        {"role": "legal", "criteria": [1], "given": "2026-01-01", "expires": "2099-01-01"},
        {"role": "legal", "criteria": [], "given": "20260101", "expires": "2099-01-01"},
        {"role": "legal", "criteria": [], "given": None, "expires": "2099-01-01"},
        {"role": "legal", "criteria": None, "given": "2026-01-01", "expires": "2099-01-01"},
        {
            "role": "legal",
            "criteria": [],
            "given": "2026-01-01",
            "expires": "2099-01-01",
            "also": 1,
        },
    ],
)
def test_a_malformed_approval_counts_for_nothing(
    tmp_path: Path, predicate: dict[str, object]
) -> None:
    document = attested(signed(tmp_path))
    for kind in (APPROVAL_TYPE, WAIVER_TYPE, "urn:other"):
        document.attest(document.about(kind, predicate), LIN)
    assert code(tmp_path) == 3
    for parse in (Approval.from_predicate, Waiver.from_predicate):
        with pytest.raises(TamperedError, match="approval-form"):
            parse(predicate)


def test_what_is_said_is_read_again() -> None:
    approval = Approval("legal", ("a", "b"), TODAY, LATER)
    assert Approval.from_predicate(approval.to_predicate()) == approval
    waiver = Waiver("x", "y", "legal", TODAY, LATER)
    assert Waiver.from_predicate(waiver.to_predicate()) == waiver


def test_a_person_is_who_the_trust_file_says() -> None:
    person = Person("x", (ADA.public,), frozenset({"r"}))
    assert Trust((person,), ("r",)).holder(ADA.public) == person
