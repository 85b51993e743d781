"""Linked fields: resolved against schemas, and every mistake with its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from scrubber.errors import RuleError
from scrubber.policy import Rules, compile_plan, load_rules
from scrubber.policy.hints import hints
from scrubber.policy.plan import Plan, linked_of

HEAD = "version: 1\nkey: {env: K}\ndetect: {ner: none, entities: [EMAIL_ADDRESS]}\nfields:\n"
NAMES = "  - {name: [fname, lname], class: direct_identifier, transform: drop, linked_as: PERSON}\n"
TEXT = "  - {{name: note, entities: {{default: redact}}, linked: [{}]}}\n"
SCHEMA = pa.schema([(name, pa.string()) for name in ("fname", "lname", "id", "note")])

Load = Callable[[str], Rules]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    monkeypatch.chdir(tmp_path)

    def loaded(fields: str) -> Rules:
        Path("r.yaml").write_text(HEAD + fields, encoding="utf-8")
        return load_rules("r.yaml")

    return loaded


def links(plan: Plan, table: str = "t") -> dict[str, list[tuple[str, str]]]:
    return {
        str(field.path): [(str(one.path), one.entity) for one in linked_of(field)]
        for field in plan.table(table).fields
        if linked_of(field)
    }


TOKEN = "  - {name: id, class: direct_identifier, transform: {token: {domain: c}}}\n"


def test_linked_fields_are_resolved_in_the_order_of_the_schema(load: Load) -> None:
    plan = compile_plan(load(NAMES + TOKEN + TEXT.format("id, lname, fname")), {"t": SCHEMA})
    assert links(plan) == {"note": [("fname", "PERSON"), ("lname", "PERSON"), ("id", "ID")]}


IMPLIED = [
    ("{surrogate: {entity: LAST_NAME}}", "LAST_NAME"),
    ("{date_shift: {max_days: 9, context: note}}", "DATE_TIME"),
    ("{truncate_date: {to: year}}", "DATE_TIME"),
    ("{ip: {v4: 16}}", "IP_ADDRESS"),
    ("{encrypt: {domain: c}}", "ID"),
    ("drop, linked_as: US_SSN", "US_SSN"),
    ("{token: {domain: c}}, linked_as: PHONE_NUMBER", "PHONE_NUMBER"),
]


@pytest.mark.parametrize(("transform", "entity"), IMPLIED)
def test_what_a_field_is_follows_from_its_rule(load: Load, transform: str, entity: str) -> None:
    decided = load(NAMES + f"  - {{name: id, transform: {transform}}}\n" + TEXT.format("id"))
    assert links(compile_plan(decided, {"t": SCHEMA})) == {"note": [("id", entity)]}


def test_lists_globs_and_nested_fields(load: Load) -> None:
    schema = pa.schema(
        [
            ("people", pa.list_(pa.struct([("name", pa.string()), ("age", pa.int64())]))),
            ("tags", pa.list_(pa.string())),
            ("messages", pa.list_(pa.struct([("content", pa.string())]))),
        ]
    )
    decided = load(
        "  - {name: ['people[].*', tags], transform: drop, linked_as: PERSON}\n"
        "  - {name: 'messages[].content', entities: {default: redact},"
        " linked: ['**.name', 'people[].name', tags]}\n"
    )
    assert links(compile_plan(decided, {"t": schema})) == {
        "messages[].content": [("people[].name", "PERSON"), ("tags[]", "PERSON")]
    }


def test_a_linked_field_may_be_in_one_of_the_tables_only(load: Load) -> None:
    decided = load(NAMES + TOKEN + TEXT.format("fname, id"))
    other = pa.schema([("id", pa.string()), ("note", pa.string())])
    plan = compile_plan(decided, {"t": SCHEMA, "u": other})
    assert links(plan, "u") == {"note": [("id", "ID")]}


ANY = "  - {name: id, transform: drop}\n"
BAD = [
    (NAMES + ANY + TEXT.format("fnam"), SCHEMA, "[unknown-field]", "did you mean fname?"),
    (NAMES + ANY + TEXT.format("id"), SCHEMA, "[linked-without-entity]", "linked_as"),
    (NAMES + ANY + TEXT.format("note"), SCHEMA, "[linked-text]", "the text itself"),
    (
        "  - {name: fname, entities: {default: redact}}\n  - {name: [id, lname], transform: drop}\n"
        + TEXT.format("fname"),
        SCHEMA,
        "[linked-text]",
        "free text itself",
    ),
    (
        NAMES + "  - {name: id, transform: drop, linked_as: ID}\n" + TEXT.format("id"),
        SCHEMA.set(2, pa.field("id", pa.float64())),
        "[wrong-kind]",
        "id is float",
    ),
]


@pytest.mark.parametrize(("fields", "schema", "code", "words"), BAD)
def test_mistakes(load: Load, fields: str, schema: pa.Schema, code: str, words: str) -> None:
    with pytest.raises(RuleError) as caught:
        compile_plan(load(fields), {"t": schema})
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"r.yaml:{5 + fields.count(chr(10)) - 1}:")
    assert code in line
    assert words in line


def test_a_glob_over_everything_leaves_texts_out(load: Load) -> None:
    decided = load(NAMES + TOKEN + TEXT.format("'*'"))
    found = links(compile_plan(decided, {"t": SCHEMA}))["note"]
    assert [name for name, _ in found] == ["fname", "lname", "id"]


def test_a_glob_links_what_can_be_looked_for(load: Load) -> None:
    x = "  - {name: x, transform: {round: {to: 5}}, linked_as: ID}\n"
    decided = load(NAMES + ANY + x + TEXT.format("'**'"))
    plan = compile_plan(decided, {"t": SCHEMA.append(pa.field("x", pa.float64()))})
    assert [name for name, _ in links(plan)["note"]] == ["fname", "lname"]


def test_a_column_of_nulls_is_not_linked(load: Load) -> None:
    decided = load(NAMES + TOKEN + TEXT.format("id, fname"))
    schema = SCHEMA.set(2, pa.field("id", pa.null()))
    assert links(compile_plan(decided, {"t": schema})) == {"note": [("fname", "PERSON")]}


def test_an_operator_for_what_only_linked_fields_are(load: Load) -> None:
    text = "  - {name: note, entities: {default: redact, PERSON: surrogate}, linked: [fname]}\n"
    assert load(NAMES + TOKEN + text)


def test_check_hints_at_direct_identifiers_that_are_not_linked(load: Load) -> None:
    plan = compile_plan(load(NAMES + TOKEN + TEXT.format("fname")), {"t": SCHEMA})
    (hint,) = hints(plan)
    assert str(hint).startswith("r.yaml:7:5 [not-linked] note stands beside")
    assert hint.text.endswith("linked: [lname, id]")
    whole = compile_plan(load(NAMES + TOKEN + TEXT.format("fname, lname, id")), {"t": SCHEMA})
    assert hints(whole) == ()
