"""Rule files of which one thing is weakened: `diff` calls every one weaker, and none of the ways
back. Then the same from a seed, and what nobody can order, which is weaker both ways."""

from __future__ import annotations

import copy
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import scrubber
from scrubber.manifest import Manifest
from scrubber.policy.syntax.source import plain_tree
from scrubber.review import Change, Effect, compare

pytestmark = pytest.mark.slow

KEY = bytes(range(32))
SEEDED = int(os.environ.get("SCRUBBER_WEAKENINGS", "30"))
"""How many weakenings are drawn from the seed."""

Rules = dict[str, Any]
Edit = Callable[[Rules], None]

FRAME = pl.DataFrame(
    {
        "id": [f"C-{i:05}" for i in range(40)],
        "email": [f"p{i}@example.org" for i in range(40)],
        "card": ["4111111111111111"] * 40,
        "name": ["Ann Poe"] * 40,
        "age": [20 + i for i in range(40)],
        "pay": [1000 + 7 * i for i in range(40)],
        "zip": ["94110", "03601"] * 20,
        "ip": ["192.0.2.7"] * 40,
        "born": ["1980-05-04"] * 40,
        "seen": ["2026-01-02"] * 40,
        "note": ["write to bob@firm.com"] * 40,
        "state": ["CA", "NY"] * 20,
        "income": [1000 * i for i in range(40)],
        "lab": [1.2345 * i for i in range(40)],
        "work": ["ann@corp.example.com"] * 40,
        "page": ["https://shop.example.com/users/123?q=1"] * 40,
        "visit": ["2026-01-02"] * 40,
        "code": ["a", "b"] * 20,
        "phone": ["+49 30 123", "+1 212 555"] * 20,
        "dose": [1.25 * i for i in range(40)],
    }
)
FIELDS: dict[str, Any] = {
    "id": {"token": {"bits": 128}},
    "email": {"encrypt": {"pad_to": 64}},
    "card": {"mask": {"keep_last": 2}},
    "name": {"surrogate": {"entity": "PERSON", "scope": "document"}},
    "age": {"bin": {"edges": [0, 18, 40, 65, 120], "top": 60}},
    "pay": {"round": {"to": 1000}},
    "zip": {"prefix": {"keep": 3, "restricted": ["036", "059"]}},
    "ip": {"ip": {"v4": 16, "v6": 32}},
    "born": {"truncate_date": {"to": "year"}},
    "seen": {"date_shift": {"max_days": 300}},
    "income": {"clip": {"lower": 2000, "upper": 9000, "to": "null"}},
    "lab": {"significant": {"digits": 2}},
    "work": {"email": {"keep": "tld"}},
    "page": {"url": {"keep": ["path"], "path_ids": "{id}"}},
    "visit": {"date_part": {"to": "weekday"}},
    "code": {"map": {"values": {"a": "x"}, "other": "y"}},
    "dose": [{"round": {"to": 2}}, {"clip": {"lower": 4, "upper": 40}}],
}


def base() -> Rules:
    fields = [
        {"name": name, "class": "quasi_identifier", "transform": transform}
        for name, transform in FIELDS.items()
    ]
    note = {
        "name": "note",
        "class": "text",
        "linked": ["id", "email"],
        "entities": {"default": "redact", "URL": {"mask": {}}, "PHONE_NUMBER": "replace"},
    }
    note["entities"]["PHONE_NUMBER"] = {"token": {"bits": 128}}
    state = {"name": "state", "class": "sensitive", "transform": "redact"}
    phone = [
        {"name": "phone", "when": "state = 'CA'", "transform": "drop"},
        {"name": "phone", "class": "quasi_identifier", "transform": {"prefix": {"keep": 2}}},
    ]
    return {
        "version": 1,
        "subject": "id",
        "fields": [*fields, note, state, *phone],
        "rows": [
            {"drop": "state = 'TX'", "reason": "a promise"},
            {"drop": "age < 18", "reason": "minors"},
        ],
        "detect": {
            "ner": "none",
            "languages": ["en", "de"],
            "entities": ["EMAIL_ADDRESS", "URL", "PHONE_NUMBER", "IBAN_CODE"],
            "score_thresholds": {"default": 0.4, "URL": 0.5},
            "deny_list": {"CODE": ["falcon", "osprey"]},
            "recognizers": [
                {
                    "name": "badge",
                    "supported_entity": "BADGE",
                    "supported_language": "en",
                    "patterns": [{"name": "b", "regex": "B-[0-9]{4}", "score": 0.9}],
                }
            ],
            "consistency": ["PERSON", "EMAIL_ADDRESS"],
        },
        "gates": {"max_residual_rate": 0.5},
        "on_error": "fail",
        "dataset": {
            "purpose": ["support"],
            "retention": {"delete_by": "2100-01-01"},
            "prohibited_uses": ["resale", "war"],
            "legal_basis": "contract",
            "commitments": [{"id": "c", "text": "no names"}],
        },
    }


def sealed(rules: Rules) -> Manifest:
    return _sealed(repr(rules), (rules,))


_MADE: dict[str, Manifest] = {}


def _sealed(name: str, rules: tuple[Rules]) -> Manifest:
    if name not in _MADE:
        _MADE[name] = scrubber.scrub(FRAME, copy.deepcopy(rules[0]), key=KEY).manifest
    return _MADE[name]


def edited(edit: Edit) -> Manifest:
    rules = base()
    edit(rules)
    return sealed(rules)


def field(rules: Rules, name: str) -> Rules:
    found: Rules = next(one for one in rules["fields"] if one["name"] == name)
    return found


def set_(name: str, transform: Any) -> Edit:
    return lambda rules: field(rules, name).update(transform=transform)


def within(*path: Any, value: Any = None) -> Edit:
    """Put a value at a place of the rule file; None removes what is there."""

    def edit(rules: Rules) -> None:
        node: Any = rules
        for step in path[:-1]:
            node = node[step]
        if value is None:
            del node[path[-1]]
        else:
            node[path[-1]] = value

    return edit


def case(index: int, **changes: Any) -> Edit:
    """Change one of the two rules for the phone."""
    return lambda rules: rules["fields"][index - 2].update(changes)


def note(**changes: Any) -> Edit:
    return lambda rules: field(rules, "note").update(changes)


ENTITIES = {"default": "redact", "URL": {"mask": {}}, "PHONE_NUMBER": {"token": {"bits": 128}}}
DETECT = base()["detect"]
WEAKER: dict[str, Edit] = {
    "fewer bits": set_("id", {"token": {"bits": 64}}),
    "a longer prefix beside a condition": case(1, transform={"prefix": {"keep": 4}}),
    "another domain": set_("id", {"token": {"bits": 128, "domain": "crm"}}),
    "another domain of encryption": set_("email", {"encrypt": {"pad_to": 64, "domain": "crm"}}),
    "no padding": set_("email", "encrypt"),
    "less padding": set_("email", {"encrypt": {"pad_to": 16}}),
    "more digits of a card": set_("card", {"mask": {"keep_last": 4}}),
    "first digits, too": set_("card", {"mask": {"keep_last": 2, "keep_first": 6}}),
    "stand-ins of the whole dataset": set_(
        "name", {"surrogate": {"entity": "PERSON", "scope": "dataset"}}
    ),
    "finer bins": set_("age", {"bin": {"edges": [*range(66), 120], "top": 60}}),
    "a higher top": set_("age", {"bin": {"edges": [0, 18, 40, 65, 120], "top": 100}}),
    "no top": set_("age", {"bin": {"edges": [0, 18, 40, 65, 120]}}),
    "a finer step": set_("pay", {"round": {"to": 10}}),
    "a longer prefix": set_("zip", {"prefix": {"keep": 4}}),
    "no restricted list": set_("zip", {"prefix": {"keep": 3}}),
    "a shorter restricted list": set_("zip", {"prefix": {"keep": 3, "restricted": ["059"]}}),
    "the length of a code": set_(
        "zip", {"prefix": {"keep": 3, "restricted": ["036", "059"], "fill": "*"}}
    ),
    "a smaller network": set_("ip", {"ip": {"v4": 24, "v6": 32}}),
    "the default networks": set_("ip", "ip"),
    "months for years": set_("born", {"truncate_date": {"to": "month"}}),
    "a smaller shift": set_("seen", {"date_shift": {"max_days": 30}}),
    "shifts by weeks": set_("seen", {"date_shift": {"max_days": 300, "multiple_of": 7}}),
    "a lower bound": set_("income", {"clip": {"lower": 1000, "upper": 9000, "to": "null"}}),
    "an upper bound": set_("income", {"clip": {"lower": 2000, "upper": 9001, "to": "null"}}),
    "one bound only": set_("income", {"clip": {"lower": 2000, "to": "null"}}),
    "bounds that are shown": set_("income", {"clip": {"lower": 2000, "upper": 9000}}),
    "another digit": set_("lab", {"significant": {"digits": 3}}),
    "the whole domain": set_("work", "email"),
    "tokens of the rest": set_("work", {"email": {"keep": "tld", "rest": "token"}}),
    "the host of a page": set_("page", {"url": {"keep": ["host", "path"], "path_ids": "{id}"}}),
    "ids in paths": set_("page", {"url": {"keep": ["path"]}}),
    "the hour, too": set_("visit", {"date_part": {"to": ["weekday", "month"]}}),
    "a step less": set_("dose", [{"round": {"to": 2}}]),
    "a step less, alone": set_("dose", {"round": {"to": 2}}),
    "the weaker step alone": set_("dose", {"clip": {"lower": 4, "upper": 40}}),
    "a step that leaves more": set_(
        "dose", [{"round": {"to": 2}}, {"clip": {"lower": 2, "upper": 40}}]
    ),
    "extremes only": set_("lab", {"clip": {"upper": 30}}),
    "kept": lambda rules: (
        field(rules, "state").pop("transform"),
        field(rules, "state").update(keep="they want it"),
    )[0],
    "a token for a redaction": set_("state", "token"),
    "a class that asks for less care": lambda rules: field(rules, "state").update(
        {"class": "insensitive"}
    ),
    "findings kept": note(entities={**ENTITIES, "URL": {"keep": "public"}}),
    "findings masked for redacted": note(entities={**ENTITIES, "default": "mask"}),
    "a mask in text that leaves more": note(
        entities={**ENTITIES, "URL": {"mask": {"keep_last": 8}}}
    ),
    "fewer bits in text": note(entities={**ENTITIES, "PHONE_NUMBER": {"token": {"bits": 64}}}),
    "linked to fewer fields": note(linked=["id"]),
    "linked to none": lambda rules: field(rules, "note").pop("linked"),
    "a row rule removed": within("rows", 0),
    "no row rules": within("rows"),
    "a language less": within("detect", "languages", value=["en"]),
    "an entity less": within("detect", "entities", value=["EMAIL_ADDRESS", "URL", "PHONE_NUMBER"]),
    "a higher threshold": within("detect", "score_thresholds", "URL", value=0.9),
    "a higher default threshold": within("detect", "score_thresholds", "default", value=0.6),
    "Presidio's recognizers alone": within("detect", "house", value=False),
    "an allow list": within("detect", "allow_list", value=["bob@firm.com"]),
    "exclusions": within("detect", "rules", value=[{"exclude": {"regex": "firm"}}]),
    "a word less to deny": within("detect", "deny_list", "CODE", value=["falcon"]),
    "no deny list": within("detect", "deny_list"),
    "no recognizer": within("detect", "recognizers"),
    "less consistent": within("detect", "consistency", value=["PERSON"]),
    "a looser gate": within("gates", "max_residual_rate", value=0.9),
    "no gate": within("gates"),
    "values that fail are nulled": within("on_error", value="null"),
    "records that fail are dropped": within("on_error", value="drop_row"),
    "the unlisted dropped": within("on_unlisted", value="drop"),
    "the unlisted kept": within("on_unlisted", value="keep"),
    "another purpose, too": within("dataset", "purpose", value=["support", "sales"]),
    "kept longer": within("dataset", "retention", "delete_by", value="2200-01-01"),
    "a use allowed": within("dataset", "prohibited_uses", value=["war"]),
    "no commitment": within("dataset", "commitments"),
}

INCOMPARABLE: dict[str, Edit] = {
    "folded before": set_("id", {"token": {"bits": 128, "normalize": "casefold"}}),
    "other edges": set_("age", {"bin": {"edges": [0, 20, 50, 120], "top": 60}}),
    "widths for edges": set_("age", {"bin": {"width": 20, "top": 60}}),
    "the shortest shift": set_("seen", {"date_shift": {"max_days": 300, "min_days": 100}}),
    "another condition": within("rows", 0, "drop", value="state = 'UT'"),
    "a condition that is never true": within("rows", 0, "drop", value="state = 'nowhere'"),
    "a condition on another number": within("rows", 1, "drop", value="age < 3"),
    "steps in another order": set_(
        "dose", [{"clip": {"lower": 4, "upper": 40}}, {"round": {"to": 2}}]
    ),
    "other steps": set_("dose", [{"round": {"to": 2}}, {"significant": {"digits": 1}}]),
    "another condition of a field": case(0, when="state = 'NY'"),
    "a condition that never holds": case(0, when="state = 'nowhere'"),
    "another treatment under a condition": case(0, transform={"prefix": {"keep": 1}}),
    "kept under a condition": lambda rules: (
        rules["fields"][-2].pop("transform"),
        rules["fields"][-2].update(keep="they want it"),
    )[1],
    "no condition any more": lambda rules: rules["fields"].pop(-2) and None,
    "another part of the date": set_("visit", {"date_part": {"to": "month"}}),
    "other values": set_("code", {"map": {"values": {"a": "z"}, "other": "y"}}),
    "another recognizer": within(
        "detect", "recognizers", 0, "patterns", 0, "regex", value="B-[0-9]{6}"
    ),
    "hotwords": within(
        "detect", "rules", value=[{"hotword": "tel", "entity": "PHONE_NUMBER", "score": 0.1}]
    ),
    "another basis": within("dataset", "legal_basis", value="consent"),
}
"""Weaker to `diff` both ways: it cannot know, and says so."""


def effects(changes: tuple[Change, ...]) -> set[Effect]:
    return {change.effect for change in changes}


@pytest.fixture(scope="module")
def strong() -> Manifest:
    return sealed(base())


@pytest.mark.parametrize("name", WEAKER)
def test_a_weakened_rule_file_is_weaker_and_the_way_back_is_not(
    name: str, strong: Manifest
) -> None:
    weak = edited(WEAKER[name])
    assert Effect.WEAKER in effects(compare(strong, weak))
    back = compare(weak, strong)
    assert [str(change) for change in back if change.effect is Effect.WEAKER] == []
    assert Effect.STRONGER in effects(back)


@pytest.mark.parametrize("name", INCOMPARABLE)
def test_what_nobody_can_order_is_weaker_both_ways(name: str, strong: Manifest) -> None:
    other = edited(INCOMPARABLE[name])
    for changes in (compare(strong, other), compare(other, strong)):
        assert Effect.WEAKER in effects(changes), changes


REFUSED = ("id", "email", "card", "ip", "work", "page")  # by the gate, or as a linked field
KEEPABLE = [name for name in FIELDS if name not in REFUSED]


def drawn(chance: random.Random) -> tuple[str, Edit]:
    """A weakening with numbers and names of its own."""
    kept = chance.randint(3, 12)
    many = sorted({*chance.sample(range(1, 119), chance.randint(5, 60)), 0, 18, 40, 65, 120})
    rate = chance.randint(51, 99) / 100
    entity = chance.choice(["EMAIL_ADDRESS", "IBAN_CODE"])
    kinds: list[tuple[str, Edit]] = [
        ("bits", set_("id", {"token": {"bits": 8 * chance.randint(8, 15)}})),
        ("padding", set_("email", {"encrypt": {"pad_to": chance.randint(1, 63)}})),
        ("mask", set_("card", {"mask": {"keep_last": kept}})),
        ("edges", set_("age", {"bin": {"edges": many, "top": 60}})),
        ("top", set_("age", {"bin": {"edges": [0, 18, 40, 65, 120],
                                     "top": chance.randint(61, 119)}})),
        ("step", set_("pay", {"round": {"to": chance.randint(2, 999)}})),
        ("network", set_("ip", {"ip": {"v4": chance.randint(17, 31), "v6": 32}})),
        ("network of six", set_("ip", {"ip": {"v4": 16, "v6": chance.randint(33, 64)}})),
        ("period", set_("born", {"truncate_date": {"to": chance.choice(
            ["quarter", "month", "week"])}})),
        ("shift", set_("seen", {"date_shift": {"max_days": chance.randint(1, 299)}})),
        ("weeks", set_("seen", {"date_shift": {"max_days": 300,
                                               "multiple_of": chance.randint(2, 150)}})),
        ("threshold", within("detect", "score_thresholds", "URL", value=rate)),
        ("gate", within("gates", "max_residual_rate", value=rate)),
        ("entities", within("detect", "entities",
                            value=[e for e in DETECT["entities"] if e != entity])),
        ("allowed", within("detect", "allow_list", value=[f"w{chance.random()}"])),
        ("bits in text", note(entities={**ENTITIES, "PHONE_NUMBER":
                              {"token": {"bits": 8 * chance.randint(8, 15)}}})),
        ("mask in text", note(entities={**ENTITIES, "URL": {"mask": {"keep_first": kept}}})),
        ("row", within("rows", chance.randrange(2))),
        ("purposes", within("dataset", "purpose", value=["support", f"p{chance.random()}"])),
        ("retention", within("dataset", "retention", "delete_by",
                             value=f"{chance.randint(2101, 2999)}-01-01")),
        ("a field kept", _kept(chance.choice(KEEPABLE))),
    ]  # fmt: skip
    return chance.choice(kinds)


def _kept(name: str) -> Edit:
    def edit(rules: Rules) -> None:
        one = field(rules, name)
        del one["transform"]
        one["keep"] = "they want it"

    return edit


def test_weakenings_from_a_seed(strong: Manifest) -> None:
    chance = random.Random(15)
    for _ in range(SEEDED):
        name, edit = drawn(chance)
        weak = edited(edit)
        assert Effect.WEAKER in effects(compare(strong, weak)), name
        back = [c for c in compare(weak, strong) if c.effect is Effect.WEAKER]
        assert back == [], name


def test_without_the_names_model(strong: Manifest) -> None:
    def named(rules: Rules) -> None:
        rules["detect"]["ner"] = "builtin"
        rules["detect"]["entities"].append("PERSON")

    more = edited(named)
    assert Effect.WEAKER in effects(compare(more, strong))
    assert Effect.WEAKER not in effects(compare(strong, more))


HIERARCHY = "CA;West;*\nNY;East;*\n"


def test_what_is_in_a_hierarchy_file_is_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    levelled = set_("state", {"hierarchy": {"file": "states.csv", "level": 1}})
    rules = base()
    levelled(rules)
    made = []
    for text in (HIERARCHY, HIERARCHY.replace("West", "California")):
        (tmp_path / "states.csv").write_text(text)
        made.append(scrubber.scrub(FRAME, rules, key=KEY).manifest)
    for pair in (made, made[::-1]):
        assert Effect.WEAKER in effects(compare(*pair))


def test_without_a_key_what_is_not_shown_is_taken_for_weaker() -> None:
    fields = [{"name": "state", "class": "sensitive", "transform": "redact"}]

    def keyless(state: str) -> Manifest:
        rows = [{"drop": f"state = '{state}'", "reason": "a promise"}]
        rules = {"version": 1, "fields": fields, "rows": rows}
        return scrubber.scrub(FRAME.select("state"), rules).manifest

    texas, nowhere = keyless("TX"), keyless("nowhere")
    assert effects(compare(texas, texas)) == set()
    # No digest that is published without a key may tell TX from another literal: who guesses could
    # try it. So the same rules cannot be told from others, either.
    for pair in ((texas, keyless("TX")), (texas, nowhere), (nowhere, texas)):
        (told,) = [c for c in compare(*pair) if c.effect is Effect.WEAKER]
        assert told.aspect == "values withheld without a key"


def test_no_literal_of_the_rules_is_in_the_manifest(strong: Manifest) -> None:
    rules = base()
    rules["detect"]["allow_list"] = ["Zebulon"]
    text = (strong.to_bytes() + sealed(rules).to_bytes()).decode()
    for word in ("TX", "falcon", "osprey", "Zebulon", "B-[0-9]{4}"):
        assert word not in text, word
    assert "age < 18" in text


def test_the_base_is_as_people_write_it() -> None:
    _, problems = plain_tree(base(), "<rules>")
    assert problems == []
    assert len(WEAKER) >= 22
