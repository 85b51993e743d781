"""What changed between two manifests: a table of cases by name, then the two laws."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.manifest import Manifest, seal
from scrubber.manifest.canonical import manifest_id
from scrubber.review import Change, Effect, compare, report_page
from scrubber.review.strength import action_strength, strength
from scrubber.transform.base import Strictness
from tests.examples import examples
from tests.review.hostile import hostile, made

Edit = Callable[[dict[str, Any]], None]
BASE = seal(*made("classes")).to_json()


def sealed(data: dict[str, Any]) -> Manifest:
    data["header"]["id"] = manifest_id(data)
    return Manifest(data)


def edited(*edits: Edit) -> Manifest:
    data = seal(*made("classes")).to_json()
    for edit in edits:
        edit(data)
    return sealed(data)


def put(*path: Any, value: Any) -> Edit:
    def edit(data: Any) -> None:
        for step in path[:-1]:
            data = data[step]
        data[path[-1]] = value

    return edit


def field(index: int, **changes: Any) -> Edit:
    return lambda data: data["fields"][index].update(changes)


def parameter(index: int, action: str, **values: str) -> Edit:
    rows = [{"name": name, "value": value} for name, value in values.items()]
    return field(index, action=action, technique="t", parameters=rows)


def add(*path: Any, value: Any) -> Edit:
    def edit(data: Any) -> None:
        for step in path:
            data = data[step]
        data.append(value)

    return edit


def gate(**parameters: str) -> Edit:
    """A gate of the rule file."""
    rows = [{"name": name, "value": value} for name, value in parameters.items()]
    rule = {"id": "gates", "place": "r.yaml:9", "selector": "the result", "action": "gate"}
    return add("policy", "rules", value={**rule, "parameters": rows, "reason": None})


def again(**changes: Any) -> Edit:
    """The result was looked at again."""
    look = {"records": "sample", "entities": "rules", "looked_at": {"n": 900}, "left": []}
    return put("risk", "rescan", value={**look, **changes})


LEFT = {"field": "plan", "entity": "URL", "recognizer": "UrlRecognizer", "count": {"n": 30}}
PLANTED = {
    "entity": "PERSON",
    "writing": "bold",
    "planted": 60,
    "recall": 900,
    "low": 800,
    "high": 950,
}
MEASURED = {"corpus": "btc_dev", "entity": "PERSON", "recall": 950, "precision": 930}
NEW = {**BASE["fields"][2], "name": "new"}
W, N, S = Effect.WEAKER, Effect.NEUTRAL, Effect.STRONGER
NOTHING: tuple[Edit, ...] = ()
# email is a keyed token, name dropped, plan kept, messages[].content scrubbed text.
CASES: list[tuple[str, tuple[Edit, ...], tuple[Edit, ...], str, Effect | None]] = [
    ("new kept field", NOTHING, (add("fields", value=NEW),), "treatment", W),
    (
        "new dropped field",
        NOTHING,
        (add("fields", value={**NEW, "action": "drop"}),),
        "treatment",
        N,
    ),
    ("new token", NOTHING, (add("fields", value={**NEW, "action": "token"}),), "treatment", W),
    ("drop to keep", NOTHING, (field(1, action="keep"),), "treatment", W),
    ("drop to redact", NOTHING, (field(1, action="redact"),), "treatment", W),
    ("token to drop", NOTHING, (field(0, action="drop"),), "treatment", S),
    ("token to generalize", NOTHING, (parameter(0, "prefix", keep="3"),), "treatment", W),
    ("token to random token", NOTHING, (field(0, linkable=False, domain=None),), "treatment", S),
    ("linkable no more", NOTHING, (field(0, linkable=False),), "linkable", S),
    ("linkable from now on", (field(0, linkable=False),), NOTHING, "linkable", W),
    ("keep to text", NOTHING, (field(2, action="text"),), "treatment", S),
    ("kept unsafely", NOTHING, (field(2, unsafe=True),), "treatment", W),
    ("an unknown action", NOTHING, (field(0, action="my_own"),), "treatment", W),
    ("another reason", NOTHING, (field(2, reason="other"),), "treatment", N),
    ("reversible", NOTHING, (field(0, reversible=True),), "reversible", W),
    ("another domain", NOTHING, (field(0, domain="other"),), "domain", W),
    ("class of what is gone", NOTHING, (field(1, **{"class": None}),), "class", N),
    (
        "to the top of its hierarchy",
        (field(0, action="redact"),),
        (parameter(0, "generalize", level="2", levels="3"),),
        "treatment",
        N,
    ),
    (
        "to the middle of its hierarchy",
        NOTHING,
        (parameter(0, "generalize", level="1", levels="3"),),
        "treatment",
        W,
    ),
    ("class relaxed", NOTHING, (field(0, **{"class": "insensitive"}),), "class", W),
    ("class unknown", NOTHING, (field(0, **{"class": None}),), "class", W),
    (
        "narrower bins",
        (parameter(2, "bin", width="10"),),
        (parameter(2, "bin", width="5"),),
        "width",
        W,
    ),
    (
        "top coded",
        (parameter(2, "bin", width="10"),),
        (parameter(2, "bin", width="10", top="90"),),
        "top",
        S,
    ),
    (
        "longer prefix",
        (parameter(2, "prefix", keep="3"),),
        (parameter(2, "prefix", keep="5"),),
        "keep",
        W,
    ),
    (
        "month to year",
        (parameter(2, "truncate_date", to="month"),),
        (parameter(2, "truncate_date", to="year"),),
        "to",
        S,
    ),
    ("ip default", (parameter(2, "ip", v4="16"),), (parameter(2, "ip"),), "v4", W),
    ("not a number", (parameter(2, "bin", width="x"),), (parameter(2, "bin"),), "width", W),
    (
        "findings kept",
        NOTHING,
        (
            put(
                "fields",
                3,
                "operators",
                value=[{"entity": None, "action": "keep", "technique": None, "parameters": []}],
            ),
        ),
        "other findings",
        W,
    ),
    (
        "threshold up",
        NOTHING,
        (put("engine", "detectors", 0, "threshold", value=500),),
        "threshold",
        W,
    ),
    (
        "threshold down",
        NOTHING,
        (put("engine", "detectors", 0, "threshold", value=1),),
        "threshold",
        S,
    ),
    (
        "a language less",
        NOTHING,
        (put("engine", "detectors", 0, "languages", value=[]),),
        "language",
        W,
    ),
    ("no detector", NOTHING, (put("engine", "detectors", value=[]),), "version", W),
    ("upgraded", NOTHING, (put("engine", "detectors", 0, "version", value="2"),), "version", W),
    (
        "finds less",
        (put("engine", "detectors", 0, "measured", value=[MEASURED]),),
        (put("engine", "detectors", 0, "measured", value=[{**MEASURED, "recall": 900}]),),
        "recall of PERSON in btc_dev",
        W,
    ),
    ("unlisted kept", NOTHING, (put("policy", "on_unlisted", value="keep"),), "unlisted fields", W),
    (
        "unlisted dropped",
        NOTHING,
        (put("policy", "on_unlisted", value="drop"),),
        "unlisted fields",
        W,
    ),
    (
        "consent no longer asked",
        NOTHING,
        (lambda data: data["policy"]["rules"].pop(4),),
        "records dropped by rule",
        W,
    ),
    ("no gate", (gate(min_k="5"),), NOTHING, "gate min_k", W),
    ("a lower gate", (gate(min_k="5"),), (gate(min_k="4"),), "gate min_k", W),
    (
        "a stricter gate",
        (gate(max_residual_rate="0.5"),),
        (gate(max_residual_rate="0.001"),),
        "gate max_residual_rate",
        S,
    ),
    (
        "all looked at by the gate",
        (gate(min_k="5"),),
        (gate(min_k="5", rescan="all"),),
        "gate rescan",
        S,
    ),
    (
        "smaller counts",
        NOTHING,
        (put("header", "disclosure", "min_cell", value=5),),
        "smallest count shown",
        W,
    ),
    ("k lower", NOTHING, (put("risk", "privacy", "k", value=4),), "smallest class (k)", W),
    ("no k", NOTHING, (lambda data: data["risk"].pop("privacy"),), "smallest class (k)", W),
    (
        "l lower",
        NOTHING,
        (put("risk", "privacy", "models", 0, "value", value=1000),),
        "recursive l-diversity",
        W,
    ),
    (
        "t lower",
        NOTHING,
        (put("risk", "privacy", "models", 1, "value", value=100),),
        "ordered t-closeness",
        S,
    ),
    (
        "riskier",
        NOTHING,
        (put("risk", "privacy", "after", "highest_risk_at_most", value=500),),
        "highest risk after",
        W,
    ),
    (
        "another limitation",
        NOTHING,
        (add("risk", "limitations", value={"id": "stated", "text": "x"}),),
        "limitation",
        W,
    ),
    (
        "a limitation that follows from something else",
        NOTHING,
        (add("risk", "limitations", value={"id": "detection", "text": "x"}),),
        "limitation",
        None,
    ),
    ("not looked at again", (again(),), NOTHING, "rescan: records", W),
    ("all looked at again", (again(),), (again(records="all"),), "rescan: records", S),
    ("all entities", (again(),), (again(entities="all"),), "rescan: entities", S),
    ("something is left", (again(),), (again(left=[LEFT]),), "residuals", W),
    ("left where nobody looked", NOTHING, (again(left=[LEFT]),), "residuals", None),
    (
        "planted and missed",
        (put("risk", "planted", value=[PLANTED]),),
        (put("risk", "planted", value=[{**PLANTED, "recall": 500, "low": 400, "high": 600}]),),
        "planted PERSON in bold caught",
        W,
    ),
    (
        "planted and missed by chance",
        (put("risk", "planted", value=[PLANTED]),),
        (put("risk", "planted", value=[{**PLANTED, "recall": 850, "low": 750}]),),
        "planted PERSON in bold caught",
        None,
    ),
    ("wider purpose", NOTHING, (add("legal", "purposes", "value", value="sell"),), "purposes", W),
    (
        "purpose unknown",
        NOTHING,
        (
            put(
                "legal", "purposes", value={"value": None, "status": "unknown", "asserted_by": None}
            ),
        ),
        "purposes",
        W,
    ),
    (
        "kept longer",
        NOTHING,
        (put("legal", "retention", "value", "delete_by", value="2028-01-01"),),
        "retention",
        W,
    ),
    ("no commitment", NOTHING, (put("legal", "commitments", "value", value=[]),), "commitment", W),
    ("another basis", NOTHING, (put("legal", "basis", "value", value="consent"),), "basis", W),
    ("a check fails", NOTHING, (put("checks", 1, "passed", value=False),), "result", W),
    ("no check", NOTHING, (lambda data: data["checks"].pop(1),), "result", W),
]


@pytest.mark.parametrize(
    ("before", "after", "aspect", "effect"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_change(
    before: tuple[Edit, ...], after: tuple[Edit, ...], aspect: str, effect: Effect | None
) -> None:
    changes = compare(edited(*before), edited(*after))
    found = [c.effect for c in changes if c.aspect == aspect]
    assert found == ([] if effect is None else [effect]), changes


def mirrored(changes: tuple[Change, ...], seen: set[Change]) -> set[Change]:
    """The changes from the other side; what is weaker there, too, is what nobody can order."""
    turned = {replace(c, before=c.after, after=c.before, effect=c.effect.opposite) for c in changes}
    return {w if (w := replace(c, effect=W)) in seen and c.effect is S else c for c in turned}


EDITS: list[Edit] = [edit for case in CASES for edit in (*case[1], *case[2])]


@examples(60)
@given(st.data())
def test_a_change_and_its_opposite_have_opposite_effects(data: st.DataObject) -> None:
    def some() -> Manifest:
        picked = data.draw(st.lists(st.integers(0, len(EDITS) - 1), max_size=4, unique=True))
        try:
            return edited(*(EDITS[i] for i in picked))
        except (KeyError, IndexError, TypeError, AttributeError):  # edits that exclude each other
            return edited()

    a, b = some(), some()
    forth, back = compare(a, b), compare(b, a)
    assert set(back) == mirrored(forth, set(back))
    assert (a.id == b.id) <= (forth == ())


def shuffled(node: Any, rng: random.Random, path: str = "") -> Any:
    if isinstance(node, dict):
        return {key: shuffled(item, rng, key) for key, item in node.items()}
    if isinstance(node, list):
        items = [shuffled(item, rng, path) for item in node]
        if path not in ("files", "class_sizes"):  # their order is a fact
            rng.shuffle(items)
        return items
    return node


@examples(30)
@given(st.integers(0, 2**32))
def test_another_order_is_no_change(seed: int) -> None:
    data = shuffled(BASE, random.Random(seed))
    for number, rule in enumerate(data["policy"]["rules"]):  # and neither is another line
        rule["place"] = f"rules/crm.yaml:{100 + number}"
    assert compare(edited(), sealed(data)) == ()


def test_another_run_of_the_same_is_no_change() -> None:
    facts, ledger = made("large")
    other = replace(facts, run=replace(facts.run, id="other", workers=9))
    assert compare(seal(facts, ledger), seal(other, ledger)) == ()


def test_sources_are_compared_with_themselves() -> None:
    """What one source drops and another keeps is no change if both still do."""
    one = {**NEW, "sources": ["customers.csv"], "action": "drop"}
    other = {**NEW, "sources": ["chats.jsonl"]}
    both = edited(add("fields", value=one), add("fields", value=other))
    turned = edited(add("fields", value=other), add("fields", value=one))
    assert compare(both, turned) == ()
    swapped = edited(
        add("fields", value={**one, "sources": ["chats.jsonl"]}),
        add("fields", value={**other, "sources": ["customers.csv"]}),
    )
    assert {c.effect for c in compare(both, swapped)} == {W, S}
    renamed = edited(add("fields", value={**NEW, "sources": ["customers-may.csv"]}))
    assert [c.effect for c in compare(edited(add("fields", value=NEW)), renamed)] == []


def test_what_is_said_of_many_detectors_is_said_once() -> None:
    def many(threshold: int) -> Edit:
        first = BASE["engine"]["detectors"][0]
        rows = [{**first, "id": f"d{i}", "threshold": threshold} for i in range(30)]
        return put("engine", "detectors", value=rows)

    changes = compare(edited(many(400)), edited(many(500)))
    assert [(c.subject, c.effect) for c in changes] == [("d0, d1, d10 and more, 30 in all", W)]


def test_the_order_of_treatments_is_that_of_the_transforms() -> None:
    order = ["keep", "bin", "date_shift", "mask", "encrypt", "token", "replace", "redact", "drop"]
    ranks = [action_strength(action) for action in order]
    assert ranks == sorted(set(ranks))
    assert action_strength("keep") < action_strength("text") < Strictness.PERTURB
    token = {**BASE["fields"][0], "linkable": False}
    assert Strictness.SURROGATE < strength(token) < Strictness.REPLACE
    assert action_strength("never heard of") == Strictness.KEEP


def test_hostile_texts_are_escaped_and_told_in_the_report() -> None:
    changes = compare(edited(), hostile())
    said = "".join(map(str, changes))
    assert not set(said) & set("\x1b\x07\u202e\n\u2028\u200b")
    page = report_page(hostile(), edited())
    assert "<script" not in page
    assert "Weaker (" in page
    assert '<a href="#changes">' in page
    assert "No relevant change." in report_page(edited(), edited())


@pytest.mark.parametrize("name", ["small-cells", "tiny"])
def test_no_count_of_people_is_small(name: str) -> None:
    old, new = seal(*made("large")), seal(*made(name))
    told = [
        c for pair in ((old, new), (new, old)) for c in compare(*pair) if c.section == "records"
    ]
    numbers = [
        n for c in told for n in re.findall(r"\d+", f"{c.before} {c.after}".replace(",", ""))
    ]
    assert numbers
    assert all(int(n) >= 11 for n in numbers)
