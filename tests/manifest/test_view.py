"""The view: sentences, the kept fields first, and nothing that could move the cursor."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from scrubber.manifest import CheckFacts, count_text, screen, seal
from scrubber.manifest.view import lines, printable_text, sentence, sum_text
from scrubber.model.entities import ENTITIES, entity
from tests.golden.manifest_facts import GOLDEN, LARGE, SMALL_CELLS, TINY


@pytest.mark.parametrize(
    ("count", "base", "text"),
    [
        ({"n": 0}, 1, "0"),
        ({"n": 1234567}, 1, "1,234,567"),
        ({"n": 1200}, 100, "about 1,200"),
        ({"n": 0}, 100, "0"),
        ({"lt": 11}, 1, "fewer than 11"),
        ({"suppressed": True}, 1, "not shown"),
    ],
)
def test_count_text(count: dict[str, Any], base: int, text: str) -> None:
    assert count_text(count, base) == text


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        ([], "0"),
        ([{"lt": 11}], "fewer than 11"),
        ([{"n": 5}, {"n": 20}], "25"),
        ([{"n": 20}, {"lt": 11}, {"suppressed": True}], "at least 22"),
        ([{"lt": 11}, {"lt": 11}], "not shown"),
    ],
)
def test_sum_text(counts: list[dict[str, Any]], text: str) -> None:
    assert sum_text(counts) == text


def test_sentences() -> None:
    fields = {f["name"]: f for f in seal(*LARGE).data["fields"]}
    assert {name: sentence(field) for name, field in fields.items()} == {
        "email": "direct identifier (HIPAA F) -> keyed pseudonym (AES-256-CMAC, domain crm), "
        "linkable (equal values stay equal), rules/crm.yaml:21; 1,950 in, all changed",
        "name": "direct identifier (HIPAA A) -> removed, rules/crm.yaml:22; 1,950 in, all removed",
        "plan": "insensitive -> kept: what the model learns, rules/crm.yaml:23; "
        "1,950 in, none changed",
        "messages[].content": "text -> findings in text (PERSON: surrogate; other entities: "
        "redact), rules/crm.yaml:24; 2,700 in, 873 changed",
    }


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"unsafe": True, "reason": None}, "kept UNSAFELY without a rule"),
        ({"action": "encrypt", "domain": "d", "reversible": True}, "reversible by the key holder"),
        ({"action": "my_own"}, "-> my_own"),
        ({"field_class": None}, "unclassified ->"),
        ({"action": "token", "domain": None}, "keyed pseudonym (AES-256-CMAC)"),
        ({"reason": "a\x1b[2Jb\u202e"}, "a\\x1b[2Jb\\u202e"),
        ({"entity": "MY_OWN"}, "insensitive ->"),
    ],
)
def test_sentence_variants(change: dict[str, Any], part: str) -> None:
    facts, ledger = LARGE
    fields = (*facts.fields[:2], replace(facts.fields[2], **change), facts.fields[3])
    field = seal(replace(facts, fields=fields), ledger).data["fields"][2]
    assert part in sentence(field)


def test_kept_fields_come_first_then_the_rest_then_what_nobody_knows() -> None:
    view = screen(seal(*LARGE))
    assert [line.name for line in view.kept] == ["plan"]
    assert [line.name for line in view.transformed] == ["email", "messages[].content"]
    assert [line.name for line in view.removed] == ["name"]
    assert "dataset: licence" in view.unknown
    assert view.commitments == ("C1: No direct identifiers leave the EU",)
    told = list(lines(view))
    order = [told.index(f"{t}:") for t in ("kept", "transformed", "removed", "unknown", "records")]
    assert order == sorted(order)
    assert told[1] == view.verdict


def test_verdict() -> None:
    facts, ledger = LARGE
    assert screen(seal(*LARGE)).verdict == (
        "Pseudonymised, not anonymous: 1 of 4 fields kept, 2 transformed, 1 removed; "
        "2 checks passed"
    )
    checks = (CheckFacts("g", False), CheckFacts("w", False, "warning"))
    unsafe = (*facts.fields[:2], replace(facts.fields[2], unsafe=True), facts.fields[3])
    bad = screen(seal(replace(facts, checks=checks, fields=unsafe), ledger))
    assert "(1 unsafely)" in bad.verdict
    assert bad.verdict.endswith("1 of 3 checks FAILED")
    assert bad.checks == ("conservation: passed", "g: FAILED (error)", "w: FAILED (warning)")


def test_rows_and_findings() -> None:
    view = screen(seal(*LARGE))
    assert [(r.label, r.count) for r in view.rows] == [
        ("in", "3,000"),
        ("out", "2,850"),
        ("dropped: no consent", "150"),
    ]
    assert [(r.label, r.count) for r in view.findings] == [
        ("PERSON", "810"),
        ("PHONE_NUMBER", "63"),
    ]
    assert [(o.path, o.rows) for o in view.outputs] == [
        ("data/customers.csv", "1,950"),
        ("data/chats.jsonl", "900"),
    ]


@pytest.mark.parametrize("made_of", [SMALL_CELLS, TINY], ids=["small", "tiny"])
def test_small_counts_are_not_told(made_of: Any) -> None:
    said = list(lines(screen(seal(*made_of))))[2:]  # the verdict counts fields, not people
    told = "\n".join(said)
    assert "fewer than 11" in told
    counts = re.findall(r"(?<![\w.:-])(\d[\d,]*) (?:in|changed|removed|records)\b", told)
    assert all(int(n.replace(",", "")) >= 11 for n in counts)


def test_hostile_names_are_escaped() -> None:
    facts, ledger = LARGE
    bad = "a\x1b]0;x\x07\u202e\n\u2028"
    output = replace(facts.outputs[0], path=f"data/{bad}")
    rule = replace(facts.policy.rules[4], reason=bad)
    hostile = replace(
        facts,
        outputs=(output, facts.outputs[1]),
        policy=replace(facts.policy, rules=(*facts.policy.rules[:4], rule)),
        limitations=(bad * 50,),
    )
    told = "".join(lines(screen(seal(hostile, ledger))))
    assert not set(told) & set("\x1b\x07\u202e\n\u2028")
    assert told.count("\\x1b") == 1 + 1 + 50


def test_long_texts_are_whole() -> None:
    assert printable_text("x" * 1000) == "x" * 1000
    assert printable_text("") == ""


@pytest.mark.parametrize(
    ("name", "dpv", "hipaa"),
    [
        ("PERSON", "Name", "A"),
        ("US_SSN", "OfficialID", "G"),
        ("IP_ADDRESS", "IPAddress", "O"),
        ("URL", None, "N"),
        ("NOT_AN_ENTITY", None, None),
        ("", None, None),
    ],
)
def test_categories(name: str, dpv: str | None, hipaa: str | None) -> None:
    assert (entity(name).dpv, entity(name).hipaa) == (dpv, hipaa)


def test_category_letters_are_those_of_the_rule() -> None:
    assert {c.hipaa for c in ENTITIES.values() if c.hipaa} <= set("ABCDEFGHIJKLMNOPQR")


def test_what_a_second_look_found_stands_at_its_field() -> None:
    view = screen(seal(*GOLDEN["assessed"]))
    (kept,) = view.kept
    assert str(kept).endswith("none changed; RESIDUAL EMAIL_ADDRESS (fewer than 11)")
    assert view.second_look[:2] == (
        "a sample of the output records (1,900) was scanned again for all entities",
        "residual: OWN_IDENTIFIER in messages[].content: 37",
    )
    assert "RESIDUALS in 2 fields" in view.verdict
    assert screen(seal(*GOLDEN["large"])).second_look == ()


@pytest.mark.parametrize(
    ("action", "stated", "said"),
    [
        ("prefix", {"keep": 3}, "cut to a prefix of 3 characters"),
        ("prefix", {}, "cut to a prefix"),
        ("bin", {"width": 10, "top": 90}, "generalized to ranges of width 10, one from 90 on"),
        ("bin", {"edges": [1, 2]}, "generalized to ranges"),
        ("prefix", {"keep": "{fill}[x]\u202e"}, "a prefix of {fill}[x]\\u202e characters"),
        (
            "date_part > prefix",
            {"to (step 1)": "week", "keep (step 2)": 2},
            "parts of the date: week, then cut to a prefix of 2 characters",
        ),
        (
            "prefix",
            {"keep": 2, "case 1": "bin where a > 3", "case 1 width": 5},
            "generalized to ranges of width 5 where a > 3, else cut to a prefix of 2 characters",
        ),
        ("generalize", {"level": 0, "levels": 3}, "kept as it is (level 0 of 2"),
        (
            "generalize",
            {"level": 0, "levels": 3, "after": "prefix keep=2"},
            "cut to a prefix of 2 characters (level 0 of 2",
        ),
        (
            "generalize",
            {"level": 1, "levels": 3, "hierarchy": "truncate_date to=month"},
            "date truncated to the month (level 1 of 2",
        ),
        (
            "generalize",
            {"level": 1, "levels": 3, "hierarchy": "a file, 12ab"},
            "generalized by a hierarchy (level 1 of 2",
        ),
        ("generalize", {"level": 2, "levels": 3}, "replaced by * (level 2 of 2"),
        ("generalize", {"level": None, "levels": 0}, "to a level that privacy chooses"),
        ("generalize", {"level": "local", "levels": 0}, "class by class"),
    ],
)
def test_parameters_and_levels_are_told_in_words(
    action: str, stated: dict[str, Any], said: str
) -> None:
    facts, ledger = LARGE
    changed = replace(facts.fields[2], action=action, parameters=stated, reason=None)
    fields = (*facts.fields[:2], changed, facts.fields[3])
    assert said in sentence(seal(replace(facts, fields=fields), ledger).data["fields"][2])


@pytest.mark.parametrize(
    ("stated", "kept"),
    [
        ({"level": 0, "levels": 3}, True),
        ({"level": 1, "levels": 3}, False),
        ({"level": 0, "levels": 3, "after": "prefix keep=2"}, False),
        ({"level": "local", "levels": 0}, False),
    ],
)
def test_a_level_of_zero_is_kept(stated: dict[str, Any], kept: bool) -> None:
    facts, ledger = LARGE
    changed = replace(facts.fields[2], action="generalize", parameters=stated, reason=None)
    fields = (*facts.fields[:2], changed, facts.fields[3])
    view = screen(seal(replace(facts, fields=fields), ledger))
    assert ([line.name for line in view.kept] == ["plan"]) is kept
