"""Rules with a condition: the first that holds decides a value, unknown means the strictest."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

import scrubber
from scrubber.errors import RuleError
from scrubber.manifest.view import group_of, sentence

KEY = bytes(range(32))
KEEP = {"keep": "needed"}
COUNTRY = {"name": "country", **KEEP}
MESSAGES = [
    [{"role": "system", "content": "ask help@firm.com"}, {"role": "user", "content": "a@b.com"}],
    None,
    [{"role": None, "content": "c@d.com"}, None],
    [],
]


def scrubbed(table: pa.Table, fields: list[dict[str, Any]], **more: Any) -> pa.Table:
    rules = {"version": 1, "detect": {"ner": "none"}, "fields": fields, **more}
    return scrubber.scrub(table, rules, key=KEY).data


def column(values: list[Any], rules: list[dict[str, Any]], kind: Any = None) -> list[Any]:
    """What becomes of `v` beside a country that is DE, US, unknown and DE."""
    country = ["DE", "US", None, "DE"]
    table = pa.table({"country": country, "v": pa.array(values, kind)})
    fields = [{"name": "v", **rule} for rule in rules]
    return scrubbed(table, [*fields, COUNTRY])["v"].to_pylist()  # type: ignore[no-any-return]


GERMAN = "country = 'DE'"
DASH = {"transform": {"redact": {"with": "-"}}}
TEXTS = ["+49 30", "+1 212", "+33 1", None]
CASES: list[tuple[str, list[Any], list[dict[str, Any]], list[Any]]] = [
    ("drop or prefix", TEXTS,
     [{"when": GERMAN, "transform": "drop"}, {"transform": {"prefix": {"keep": 3}}}],
     [None, "+1 ", None, None]),
    ("keep or redact", TEXTS,
     [{"when": GERMAN, **KEEP}, {**DASH}],
     ["+49 30", "-", "-", None]),
    ("redact or keep", TEXTS,
     [{"when": GERMAN, **DASH}, KEEP],
     ["-", "+1 212", "-", None]),
    ("prefix or drop", TEXTS,
     [{"when": GERMAN, "transform": {"prefix": {"keep": 3}}}, {"transform": "drop"}],
     ["+49", None, None, None]),
    ("first of three", TEXTS,
     [{"when": GERMAN, "transform": {"prefix": {"keep": 1}}},
      {"when": "country IS NOT NULL", "transform": {"prefix": {"keep": 2}}},
      {"transform": "drop"}],
     ["+", "+1", None, None]),
    ("known after an unknown one", TEXTS,
     [{"when": GERMAN, **KEEP}, {"when": "country IS NULL", "transform": {"prefix": {"keep": 2}}},
      {**DASH}],
     ["+49 30", "-", "-", None]),
    ("on the value itself", TEXTS,
     [{"when": "v LIKE '+1%'", **DASH}, {"transform": {"prefix": {"keep": 3}}}],
     ["+49", "-", "+33", None]),
    ("a condition that fails is unknown", ["7", "x", "8", None],
     [{"when": "CAST(v AS INTEGER) > 7", **KEEP}, {**DASH}],
     ["-", "-", "8", None]),
    ("numbers", [1234, 1234, 1234, None],
     [{"when": GERMAN, "transform": {"round": {"to": 100}}},
      {"transform": [{"round": {"to": 1000}}, {"clip": {"upper": 500}}]}],
     [1200, 500, 500, None]),
    ("text in which things are found", ["a@b.com x"] * 4,
     [{"when": GERMAN, "transform": "drop"}, {"entities": {"default": "redact"}}],
     [None, "{EMAIL_ADDRESS} x", None, None]),
    ("glob for the rest", TEXTS,
     [{"when": GERMAN, "transform": "drop"}, {"name": "v*", **DASH}],
     [None, "-", None, None]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "rules", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_the_first_rule_whose_condition_holds_decides(
    values: list[Any], rules: list[dict[str, Any]], expected: list[Any]
) -> None:
    assert column(values, rules) == expected


@pytest.mark.parametrize(
    "kind", [pa.large_string(), pa.dictionary(pa.int8(), pa.string())], ids=str
)
def test_types_of_text_stay(kind: pa.DataType) -> None:
    table = pa.table({"country": ["DE", "US"], "v": pa.array(["a", "b"]).cast(kind)})
    fields = [{"name": "v", "when": GERMAN, "transform": "drop"}, {"name": "v", **KEEP}, COUNTRY]
    done = scrubbed(table, fields)
    assert done["v"].to_pylist() == [None, "b"]
    assert done.schema.field("v").type == kind


def test_a_condition_sees_the_element_that_a_value_stands_in() -> None:
    fields = [
        {"name": "messages[].content", "when": "role = 'system'", **KEEP},
        {"name": "messages[].content", "when": "lang = 'ja'", "transform": "drop"},
        {"name": "messages[].content", "entities": {"default": "redact"}},
        {"name": "messages[].role", **KEEP},
        {"name": "lang", "transform": "drop"},
    ]
    table = pa.table({"messages": MESSAGES, "lang": ["en", "en", "ja", "ja"]})
    assert scrubbed(table, fields)["messages"].to_pylist() == [
        [
            {"role": "system", "content": "ask help@firm.com"},
            {"role": "user", "content": "{EMAIL_ADDRESS}"},
        ],
        None,
        [{"role": None, "content": None}, None],
        [],
    ]


def test_the_cut_of_the_batches_changes_nothing() -> None:
    rules = [{"when": GERMAN, "transform": "token"}, {"transform": {"mask": {"keep_last": 2}}}]
    table = pa.table({"country": ["DE", "US", None, "DE"], "v": ["abc", "abd", "abe", "abc"]})
    fields = [*({"name": "v", **rule} for rule in rules), COUNTRY]
    whole = scrubbed(table, fields)["v"].to_pylist()
    parts = [scrubbed(table.slice(i, 1), fields)["v"].to_pylist()[0] for i in range(4)]
    assert whole == parts
    assert whole[0] == whole[3] != "abc"
    assert whole[1] == "*bd"


def test_a_dropped_column_can_be_asked_for_and_is_read() -> None:
    fields = [
        {"name": "v", "when": GERMAN, "transform": "drop"},
        {"name": "v", **KEEP},
        {"name": "country", "transform": "drop"},
    ]
    table = pa.table({"country": ["DE", "US"], "v": ["a", "b"]})
    assert scrubbed(table, fields).to_pydict() == {"v": [None, "b"]}


def test_the_record_says_what_happens_where_without_the_literals() -> None:
    table = pa.table({"country": ["DE", "US"], "v": ["a", "b"]})
    fields = [
        {"name": "v", "when": GERMAN, **KEEP},
        {"name": "v", "class": "direct_identifier", "transform": "redact"},
    ]
    with pytest.raises(RuleError, match="direct-identifier-kept"):
        scrubbed(table, [*fields, COUNTRY])
    fields[1].pop("class")
    rules = {"version": 1, "fields": [*fields, COUNTRY]}
    manifest = scrubber.scrub(table, rules, key=KEY).manifest
    (field,) = [one for one in manifest.data["fields"] if one["name"] == "v"]
    assert "kept where country = ?, else" in sentence(field)
    assert group_of(field) == "keep"
    (rule,) = [one for one in manifest.data["policy"]["rules"] if one["id"] == "fields[0]"]
    assert (rule["action"], rule["reason"]) == ("keep", "needed")
    assert b"'DE'" not in manifest.to_bytes()


LAST = {"transform": "redact"}
BAD: list[tuple[list[dict[str, Any]], str]] = [
    ([{"when": GERMAN, **LAST}], "when-without-last"),
    ([{"when": "contry = 'DE'", **LAST}, LAST], "unknown-field"),
    ([{"when": "country = 7", **LAST}, LAST], "row-type"),
    ([{"when": "country", **LAST}, LAST], "row-type"),
    ([{"when": "country = (", **LAST}, LAST], "row-syntax"),
    ([{"when": "max(v) = v", **LAST}, LAST], "row-not-separable"),
    ([{"when": "1 = 1", **LAST}, LAST], "row-no-column"),
    ([{"when": GERMAN, "entities": {"default": "redact"}}, LAST], "when-without-transform"),
    ([{"when": GERMAN, "transform": {"date_part": {"to": "year"}}}, LAST], "wrong-kind"),
    ([{"when": GERMAN, "transform": {"bin": {"width": 10}}}, KEEP], "when-types"),
    ([{"when": GERMAN, "class": "sensitive", **LAST}, {"class": "insensitive", **LAST}],
     "when-classes"),
    ([LAST, {"when": GERMAN, **LAST}], "shadowed-rule"),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "code"), BAD, ids=[code for _, code in BAD])
def test_conditions_that_decide_nothing_are_mistakes(
    rules: list[dict[str, Any]], code: str
) -> None:
    with pytest.raises(RuleError) as caught:
        column([1, 2, 3, 4], rules, pa.int64())
    assert code in {problem.code for problem in caught.value.problems}


def test_the_subject_takes_no_condition() -> None:
    with pytest.raises(RuleError, match="when-subjects"):
        scrubbed(
            pa.table({"country": ["DE"], "v": ["a"]}),
            [{"name": "v", "when": GERMAN, "transform": "token"}, {"name": "v", **LAST}, COUNTRY],
            subject="v",
        )


def test_privacy_takes_no_condition() -> None:
    fields = [
        {"name": "v", "when": GERMAN, "transform": "drop"},
        {"name": "v", "class": "quasi_identifier", "transform": {"prefix": {"keep": 1}}},
        COUNTRY,
    ]
    with pytest.raises(RuleError, match="when-with-privacy"):
        scrubbed(pa.table({"country": ["DE"], "v": ["ab"]}), fields, privacy={"k": 2})
