"""Signatures, approvals, waivers and the gate's verdict on the page, and the page of a plan."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from scrubber.manifest import DeclaredFacts, seal
from scrubber.manifest.planned import PlanDocument, Share
from scrubber.manifest.reversal import reversal_lines
from scrubber.manifest.standing import Said, Standing
from scrubber.manifest.verify import Check
from scrubber.review import plan_page, report_page
from tests.golden.manifest_facts import LARGE
from tests.review.hostile import NAMES
from tests.review.test_report import Reader

DAY = date(2026, 12, 1)
SIGNED = Said("signed", "ed25519:aa", "ada", "author")
APPROVED = Said("approved", "ed25519:bb", "grace", "dpo", date(2027, 1, 1), "DPIA-17")
PASSED, FAILED = Check("form", True, "json", "json"), Check("min-k", False, "k", "none")
WAIVED = replace(FAILED, waived="by grace until 2027-01-01")


@pytest.mark.parametrize(
    ("standing", "verdict", "holds"),
    [
        (Standing(DAY), "NOT SIGNED", False),
        (Standing(DAY, (APPROVED,)), "NOT SIGNED", False),
        (Standing(DAY, (replace(SIGNED, fault="other bytes"),)), "NOT SIGNED", False),
        (Standing(DAY, (SIGNED,)), "signed, by a key that no trust file was asked about", True),
        (Standing(DAY, (SIGNED,), (PASSED,), 0), "approved", True),
        (Standing(DAY, (), (PASSED,), 3), "NOT SIGNED; DENIED until it is signed", False),
        (Standing(DAY, (SIGNED,), (FAILED,), 1), "DENIED: a gate failed", False),
        (Standing(DAY, (SIGNED,), (WAIVED,), 0), "approved, with 1 failed and waived", False),
        (None, "signatures not looked for", False),
    ],
)
def test_the_verdict_says_if_it_is_signed(
    standing: Standing | None, verdict: str, holds: bool
) -> None:
    for page in (report_page(seal(*LARGE), standing=standing), plan_page(plan(), standing)):
        read = Reader(page)
        assert any(verdict in data for tag, data in read.texts if tag == "span"), verdict
        marks = [one for one in read.all("span") if (one.get("class") or "").startswith("mark")]
        assert marks[-1]["class"] == ("mark good" if holds else "mark bad")


def test_each_statement_names_person_role_key_and_day() -> None:
    past = replace(APPROVED, what="waived min-k", until=date(2026, 11, 30), words="known")
    bad = replace(SIGNED, fault="the signature does not match these bytes")
    standing = Standing(DAY, (SIGNED, APPROVED, past, bad), (WAIVED, PASSED), 0, accesses=2)
    said = Reader(report_page(seal(*LARGE), standing=standing)).said
    for part in (
        "ed25519:aa",
        "ada",
        "author",
        "grace",
        "dpo",
        "2027-01-01",
        "DPIA-17",
        "2026-11-30, PAST",
        "the signature does not match these bytes",
        "FAILED, waived by grace until 2027-01-01",
        "1 other checks passed",
        "revealed 2 times",
    ):
        assert part in said, part
    lines = list(standing.lines())
    assert lines[0] == "signed as author, by ada (ed25519:aa)"
    assert lines[2].startswith("waived min-k as dpo until 2026-11-30 (PAST): known, by grace")
    assert lines[3].startswith("NOT valid: the signature does not match")
    assert lines[4] == "gate: WAIVED min-k, by grace until 2027-01-01"


@pytest.mark.parametrize(
    ("delete_by", "said"),
    [("2026-11-30", "delete by 2026-11-30"), ("2026-12-01", None), ("soon", "a day that is none")],
)
def test_a_day_that_is_past_is_marked(delete_by: str, said: str | None) -> None:
    facts, ledger = LARGE
    declared = DeclaredFacts(json.dumps({"retention": {"delete_by": delete_by}}), "r.yaml")
    manifest = seal(replace(facts, declared=declared), ledger)
    page = Reader(report_page(manifest, standing=Standing(DAY, (SIGNED,)))).said
    assert ("Retention has ended" in page) is (said is not None)
    assert said is None or said in page


def field(name: str, **marks: Any) -> Mapping[str, Any]:
    return {"name": name, "reversible": False, "linkable": False, "key_id": None, **marks}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ([], ["nobody can restore a value"]),
        ([field("a")], ["nobody can restore a value"]),
        (
            [field("a", reversible=True, linkable=True, key_id="k1"), field("b", linkable=True)],
            [
                "the holder of key k1 can restore a (scrubber reveal)",
                "the holder of the key can test a guess at a value of b, and restore none",
            ],
        ),
        (
            [field(f"f{i}", reversible=True, key_id="\u202e") for i in range(14)],
            [
                "the holder of key \\u202e can restore f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10,"
                " f11 and 2 more fields (scrubber reveal)"
            ],
        ),
    ],
)
def test_who_can_reverse_it(fields: list[Mapping[str, Any]], said: list[str]) -> None:
    assert list(reversal_lines(fields)) == said


def plan(*shares: Share) -> PlanDocument:
    return PlanDocument.of(replace(LARGE[0], outputs=()), shares, min_cell=11, base=1)


def test_a_plan_is_a_page_that_can_be_reviewed() -> None:
    shares = (Share("customers.csv", "plan", "changed", 250), Share("a", None, "dropped", 1000))
    read = Reader(plan_page(plan(*shares)))
    for part in (
        "Plan for approval",
        "Planned, not done",
        "Kept: what the model learns",
        "Keyed pseudonym (AES-256-CMAC, domain crm)",
        "25 %",
        "train a ticket classifier",
        "legitimate-interest",
        "No direct identifiers leave the EU",
        "The rules set no limits and ask for no classes",
        "Nobody can restore a value",
    ):
        assert part in read.said, part
    assert "100 %" not in read.said


def test_fields_of_one_rule_are_folded_with_all_their_names() -> None:
    facts, _ = LARGE
    more = tuple(replace(facts.fields[2], name=f"lab_{i:03}", rule="fields[9]") for i in range(400))
    page = plan_page(
        PlanDocument.of(
            replace(facts, fields=(*facts.fields, *more), outputs=()), (), min_cell=11, base=1
        )
    )
    read = Reader(page)
    codes = [data for tag, data in read.texts if tag == "code"]
    assert {f"lab_{i:03}" for i in range(400)} <= set(codes)
    assert page.count("<tr>") < 30
    assert "all 400 fields" in read.said
    assert all("open" not in one for one in read.all("details"))


def test_hostile_statements_are_text() -> None:
    bad = "".join(NAMES[:6])
    said = Said(bad, bad, bad, bad, DAY, bad, "")
    standing = Standing(DAY, (said, replace(said, fault=bad)), (Check(bad, False, bad, bad),), 1)
    for page in (report_page(seal(*LARGE), standing=standing), plan_page(plan(), standing)):
        read = Reader(page)
        assert not read.open
        assert not {"script", "img", "h4"} & {tag for tag, _ in read.elements}
        assert "\x1b" not in page
        assert "\u202e" not in page
