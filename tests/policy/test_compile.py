"""Rules x schemas: every field decided, every rule used, or every problem at once."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.errors import RuleError
from scrubber.model.fieldclass import FieldClass
from scrubber.model.fieldpath import FieldPath, leaves
from scrubber.policy import compile_plan, rules_from_mapping
from scrubber.policy.plan import Apply, Drop, Keep, Plan, ScrubText

MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("age", pa.int64()),
        ("tags", pa.list_(pa.string())),
        ("born", pa.date32()),
        ("messages", MESSAGES),
        ("Avg. Length", pa.float64()),
    ]
)
KEEP: dict[str, Any] = {"keep": "needed"}
REST: dict[str, Any] = {"name": "**", **KEEP}


def plan_of(
    fields: Sequence[Mapping[str, Any]],
    schema: pa.Schema | Mapping[str, pa.Schema] = SCHEMA,
    *,
    partial: bool = False,
    **more: Any,
) -> Plan:
    tree = {"version": 1, "detect": {"ner": "none"}, "fields": list(fields), **more}
    schemas = {"t": schema} if isinstance(schema, pa.Schema) else schema
    return compile_plan(rules_from_mapping(tree), schemas, partial=partial)


def problems_of(*args: Any, **more: Any) -> list[tuple[str, str]]:
    with pytest.raises(RuleError) as caught:
        plan_of(*args, **more)
    return [(p.code, f"{p.text}, {p.hint}") for p in caught.value.problems]


def one(name: str, kind: pa.DataType) -> pa.Schema:
    return pa.schema([("id", pa.string()), (name, kind)])


def test_the_first_match_decides_and_every_leaf_is_decided() -> None:
    plan = plan_of(
        [
            {"name": "id", "class": "direct_identifier", "transform": "token"},
            {"name": "messages[].content", "entities": {"default": "redact"}},
            {"name": "messages", "transform": "drop"},
            {"name": "tags", "transform": "redact"},
            {"name": "Avg. Length", **KEEP},
            {"name": "age", "transform": {"bin": {"width": 10}}},
            {"name": "*", "transform": "drop"},
        ]
    )
    table = plan.table("t")
    found = {str(f.path): (type(f.disposition), f.type_out, f.rule.id) for f in table.fields}
    assert found == {
        "id": (Apply, "string", "fields[0]"),
        "age": (Apply, "string", "fields[5]"),
        "tags[]": (Apply, "string", "fields[3]"),
        "born": (Drop, None, "fields[6]"),
        "messages[].role": (Drop, None, "fields[2]"),
        "messages[].content": (ScrubText, "string", "fields[1]"),
        '"Avg. Length"': (Keep, "double", "fields[4]"),
    }
    assert table.field(FieldPath(("id",))).field_class is FieldClass.DIRECT_IDENTIFIER
    assert plan.needs_key
    assert plan.detect is not None
    assert pickle.loads(pickle.dumps(plan)) == plan
    assert hash(plan) == hash(pickle.loads(pickle.dumps(plan)))


def test_without_text_nothing_is_detected() -> None:
    assert plan_of([REST]).detect is None


def test_a_field_that_no_rule_names_is_a_problem_each() -> None:
    found = problems_of([{"name": "id", **KEEP}, {"name": "age", **KEEP}])
    assert [code for code, _ in found] == ["unlisted-field"] * 5
    assert "messages[].content" in " ".join(text for _, text in found)


@pytest.mark.parametrize(("word", "kind"), [("drop", Drop), ("keep", Keep)])
def test_on_unlisted_decides_the_rest(word: str, kind: type) -> None:
    plan = plan_of([{"name": "id", **KEEP}], on_unlisted=word)
    rest = plan.table("t").fields[1:]
    assert {type(f.disposition) for f in rest} == {kind}
    assert {f.rule.id for f in rest} == {"on_unlisted"}
    assert all(f.disposition.unsafe for f in rest if isinstance(f.disposition, Keep))


def test_what_may_match_nothing_may_name_what_others_decide_in_parts() -> None:
    optional = {"name": "messages", "entities": {"default": "redact"}, "optional": True}
    plan = plan_of([optional, {"name": "messages[].*", **KEEP}, REST])
    ((_, table),) = plan.tables
    assert {field.rule.id for field in table.fields} == {"fields[1]", "fields[2]"}
    ((code, _),) = problems_of([optional], on_unlisted="keep")
    assert code == "not-a-field"


BAD: list[tuple[list[dict[str, Any]], pa.Schema, str, str]] = [
    ([{"name": "ide", **KEEP}, REST], SCHEMA, "unmatched-rule", "did you mean id?"),
    ([{"name": "message[].*", **KEEP}, REST], SCHEMA, "unmatched-rule", "message[].*"),
    ([{"name": ["id", "idd"], **KEEP}, REST], SCHEMA, "unmatched-rule", "idd"),
    ([REST, {"name": "id", "transform": "drop"}], SCHEMA, "shadowed-rule", "fields[0]"),
    (
        [{"name": "messages", **KEEP}, {"name": "messages[].content", "transform": "drop"}, REST],
        SCHEMA,
        "shadowed-rule",
        "fields[0]",
    ),
    ([{"name": "age", "transform": {"ip": {}}}, REST], SCHEMA, "wrong-kind", "takes text"),
    ([{"name": "born", "transform": {"round": {"to": 5}}}, REST], SCHEMA, "wrong-kind", "date"),
    ([{"name": "Avg. Length", "transform": "token"}, REST], SCHEMA, "wrong-kind", "float"),
    ([{"name": "age", "entities": {"default": "redact"}}, REST], SCHEMA, "entities-not-text", ""),
    (
        [{"name": "messages", "transform": "redact"}, REST],
        SCHEMA,
        "not-a-field",
        "messages[].role, messages[].content",
    ),
    (
        [{"name": "messages", "entities": {"default": "redact"}}, REST],
        SCHEMA,
        "not-a-field",
        "messages[].content",
    ),
    (
        [{"name": "born", "transform": {"date_shift": {"max_days": 3}}}, REST],
        SCHEMA,
        "shift-without-subject",
        "subject:",
    ),
    (
        [{"name": "born", "transform": {"date_shift": {"max_days": 3, "context": "idd"}}}, REST],
        SCHEMA,
        "unknown-field",
        "did you mean id?",
    ),
    ([{"name": "**", "transform": "drop"}], SCHEMA, "nothing-left", "every field"),
]


@pytest.mark.parametrize(
    ("fields", "schema", "code", "words"), BAD, ids=[f"{b[2]}-{i}" for i, b in enumerate(BAD)]
)
def test_a_rule_that_does_not_fit_the_data(
    fields: list[dict[str, Any]], schema: pa.Schema, code: str, words: str
) -> None:
    found = problems_of(fields, schema)
    assert [c for c, _ in found] == [code]
    assert words in found[0][1]


GOOD: list[tuple[str, pa.DataType, Any, str]] = [
    ("a", pa.string(), "redact", "string"),
    ("a", pa.large_string(), "redact", "large_string"),
    ("a", pa.dictionary(pa.int32(), pa.string()), {"token": {}}, "dictionary<values=string, "),
    ("a", pa.dictionary(pa.int32(), pa.int64()), {"bin": {"width": 2}}, "string"),
    ("a", pa.timestamp("us", "UTC"), {"truncate_date": {"to": "month"}}, "timestamp[us, tz=UTC]"),
    ("a", pa.decimal128(9, 2), {"round": {"to": 5}}, "decimal128(9, 2)"),
    ("a", pa.int64(), {"mask": {}}, "string"),
]


@pytest.mark.parametrize(("name", "kind", "transform", "out"), GOOD)
def test_the_type_that_comes_out(name: str, kind: pa.DataType, transform: Any, out: str) -> None:
    plan = plan_of([{"name": name, "transform": transform}, REST], one(name, kind))
    (field,) = [f for f in plan.table("t").fields if str(f.path) == name]
    assert field.type_in == str(kind)
    assert (field.type_out or "").startswith(out)


def test_a_column_without_a_type_has_no_values_to_protect() -> None:
    plan = plan_of([{"name": "a", "transform": "token"}, REST], one("a", pa.null()))
    disposition = plan.table("t").field(FieldPath(("a",))).disposition
    assert isinstance(disposition, Keep)
    assert "null" in disposition.reason


def test_optional_rules_may_match_nothing() -> None:
    assert plan_of([{"name": "fax", "transform": "drop", "optional": True}, REST])


def test_one_rule_file_serves_linked_tables() -> None:
    tables = {
        "people": pa.schema([("id", pa.string()), ("name", pa.string())]),
        "visits": pa.schema([("id", pa.string()), ("at", pa.date32())]),
    }
    fields = [
        {"name": "id", "transform": "token"},
        {"name": "name", "transform": "drop"},
        {"name": "at", "transform": {"date_shift": {"max_days": 9}}},
    ]
    plan = plan_of(fields, tables, subject="id")
    assert [str(table.subject) for _, table in plan.tables] == ["id", "id"]
    assert problems_of([*fields[:2], REST], tables, subject="idd")[0][0] == "unknown-field"


def test_a_subject_whose_tokens_differ_cannot_be_joined() -> None:
    text = {"name": "messages[].content", "entities": {"default": "token"}}
    fields = [{"name": "id", "transform": {"token": {"scope": "none"}}}, text, REST]
    assert [code for code, _ in problems_of(fields, subject="id")] == ["subject-not-linkable"]


def test_sameness_within_a_document_needs_documents() -> None:
    rule = {"name": "id", "transform": {"token": {"scope": "document"}}}
    assert [code for code, _ in problems_of([rule, REST])] == ["scope-without-text"]
    assert plan_of([{"name": "id", "transform": {"token": {"scope": "none"}}}, REST])
    text = {"name": "messages[].content", "entities": {"default": "token"}}
    assert plan_of([rule, text, REST])


def test_a_nested_date_moves_with_the_subject_of_its_row() -> None:
    schema = one("visits", pa.list_(pa.struct([("at", pa.date32())])))
    rule = {"name": "visits[].at", "transform": {"date_shift": {"max_days": 9}}}
    assert plan_of([rule, REST], schema, subject="id").table("t").subject == FieldPath(("id",))


def test_row_rules_go_to_the_tables_that_have_their_columns() -> None:
    tables = {"a": one("consent", pa.bool_()), "b": one("age", pa.int64())}
    rows = [{"drop": "consent = false", "reason": "r"}, {"drop": "id = 'x'", "reason": "r"}]
    plan = plan_of([REST], tables, rows=rows)
    assert [len(table.row_rules) for _, table in plan.tables] == [2, 1]
    assert plan.table("b").row_rules[0].rule.id == "rows[1]"


ROWS = [
    ("consnet = false", one("consent", pa.bool_()), "unmatched-rule", "did you mean consent?"),
    ("consent = false", one("consent", pa.string()), "row-type", "consent = 'false'"),
    ("length(id)", SCHEMA, "row-type", "truth"),
]


@pytest.mark.parametrize(("expression", "schema", "code", "words"), ROWS)
def test_a_row_rule_that_does_not_fit(
    expression: str, schema: pa.Schema, code: str, words: str
) -> None:
    found = problems_of([REST], schema, rows=[{"drop": expression, "reason": "r"}])
    assert [c for c, _ in found] == [code]
    assert words in found[0][1]


def test_an_example_holds_some_fields_only() -> None:
    fields = [{"name": "id", **KEEP}, {"name": "age", "transform": "drop"}]
    rows = [{"drop": "age > 3", "reason": "r"}]
    plan = plan_of(fields, pa.schema([("id", pa.string())]), partial=True, rows=rows)
    assert len(plan.table("t").fields) == 1
    found = problems_of(fields, pa.schema([("other", pa.string())]), partial=True)
    assert [code for code, _ in found] == ["unlisted-field"]


def test_hostile_names_are_escaped() -> None:
    found = problems_of([{"name": "id", **KEEP}], one("a\x1b[31m\u202eb", pa.string()))
    assert "\\x1b" in found[0][1]
    assert "\x1b" not in found[0][1]


TYPES = st.recursive(
    st.sampled_from([pa.string(), pa.int64(), pa.date32(), pa.bool_(), pa.null(), pa.float64()]),
    lambda inner: (
        inner.map(pa.list_)
        | st.lists(inner, min_size=1, max_size=3).map(
            lambda kinds: pa.struct([(f"f{i}", kind) for i, kind in enumerate(kinds)])
        )
    ),
    max_leaves=6,
)
NAMES = st.sampled_from(["a", "b", "*", "**", "a[]", "a.f0", "a[].f1", "a.**", "?", "c"])
RULES = st.builds(
    lambda name, way: {"name": name, **way},
    NAMES,
    st.sampled_from(
        [KEEP, {"transform": "drop"}, {"transform": "redact"}, {"transform": "token"},
         {"entities": {"default": "redact"}}]
    ),
)  # fmt: skip


@given(
    st.lists(TYPES, min_size=1, max_size=3),
    st.lists(RULES, max_size=4),
    st.sampled_from(["error", "drop", "keep"]),
)
def test_a_plan_is_total_or_there_is_none(
    kinds: list[pa.DataType], fields: list[dict[str, Any]], on_unlisted: str
) -> None:
    schema = pa.schema([(name, kind) for name, kind in zip("abc", kinds, strict=False)])
    try:
        plan = plan_of(fields, schema, on_unlisted=on_unlisted)
    except RuleError:
        return
    assert [f.path for f in plan.table("t").fields] == [path for path, _ in leaves(schema)]


KEYS = {"name": "**.{key}", "keep": "a test"}
MAP = pa.map_(pa.string(), pa.struct([("a", pa.string()), ("b", pa.string())]))


@pytest.mark.parametrize(
    "fields",
    [
        [{"name": "m[].key", "transform": "drop"}, REST],
        [{"name": "m[].value", "transform": "drop"}, KEYS, REST],
        [{"name": ["m[].value.a", "m[].value.b"], "transform": "drop"}, KEYS, REST],
    ],
)
def test_half_a_map_cannot_be_dropped(fields: list[dict[str, Any]]) -> None:
    """The whole map would go, and the plan would say that the other half was kept."""
    assert [code for code, _ in problems_of(fields, one("m", MAP))] == ["half-a-map"]
    listed = pa.schema([("id", pa.string()), ("m", pa.list_(MAP))])
    nested = [{**rule, "name": _deeper(rule["name"])} for rule in fields]
    assert [code for code, _ in problems_of(nested, listed)] == ["half-a-map"]


def _deeper(name: Any) -> Any:
    if isinstance(name, list):
        return [_deeper(item) for item in name]
    return name.replace("m[]", "m[][]")


@pytest.mark.parametrize("names", ["m", ["m[].key", "m[].value"], "m[].value.a"])
def test_a_whole_map_or_a_part_of_its_values_can(names: Any) -> None:
    plan_of([{"name": names, "transform": "drop"}, KEYS, REST], one("m", MAP))


WHY = {"keep": "a test"}
KEY_RULES = [
    ("all fields", [{"name": "**", **WHY}], False),
    ("all below", [{"name": "m.**", **WHY}, REST], False),
    ("one step below", [{"name": "m.*", **WHY}, REST], False),
    ("the map", [{"name": "m", **WHY}, REST], False),
    ("all fields of a type", [{"name": "**", "type": "text", **WHY}, REST], False),
    ("capitals do not count", [{"name": "M.**", "ignore_case": True, **WHY}, REST], False),
    ("a glob of fields named key", [{"name": "**.key", **WHY, "optional": True}, REST], False),
    ("all fields, masked", [{"name": "**", "transform": {"mask": {}}}], False),
    ("by name", [{"name": "m.{key}", **WHY}, REST], True),
    ("by name, after a glob", [REST, {"name": "m.{key}", **WHY}], True),
    ("by name, as entries", [{"name": "m[].key", **WHY}, REST], True),
    ("all keys", [{"name": "**.{key}", **WHY}, REST], True),
    ("dropped with the rest", [{"name": "m.**", "transform": "drop"}, REST], True),
]


@pytest.mark.parametrize(
    ("fields", "decided"), [case[1:] for case in KEY_RULES], ids=[case[0] for case in KEY_RULES]
)
def test_keys_that_are_data_are_decided_by_name(
    fields: list[dict[str, Any]], decided: bool
) -> None:
    """A rule for other fields does not keep ``ann@example.com`` as a key."""
    if decided:
        plan_of(fields, one("m", MAP))
        return
    [(code, message)] = problems_of(fields, one("m", MAP))
    assert code == "unlisted-field"
    assert '{name: "m.{key}", transform: token}' in message
