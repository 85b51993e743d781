"""Rules for some tables (`in`) and some types (`type`) only, beside the name of a field."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from scrubber.errors import RuleError
from scrubber.model.tables import in_table
from scrubber.policy import compile_plan, rules_from_mapping
from scrubber.policy.plan import Apply, Drop, Keep, Plan
from scrubber.run.preview import run_examples

KEPT = {"keep": "needed"}
DROPPED = {"transform": "drop"}
NOTES = pa.schema([("id", pa.string()), ("notes", pa.string())])
WIDE = pa.schema(
    [
        ("lab_1", pa.float64()),
        ("lab_2", pa.string()),
        ("ok", pa.bool_()),
        ("at", pa.struct([("day", pa.date32()), ("place", pa.string())])),
        ("tags", pa.list_(pa.string())),
    ]
)


def plan(fields: list[dict[str, Any]], schemas: dict[str, pa.Schema], **more: Any) -> Plan:
    return compile_plan(rules_from_mapping({"version": 1, "fields": fields, **more}), schemas)


def decided(made: Plan, alias: str) -> dict[str, str]:
    names = {Keep: "keep", Drop: "drop"}
    return {
        str(one.path): one.disposition.transform.name
        if isinstance(one.disposition, Apply)
        else names[type(one.disposition)]
        for one in made.table(alias).fields
    }


@pytest.mark.parametrize(
    ("glob", "alias", "inside"),
    [
        ("notes", "notes.csv", True),
        ("notes.csv", "notes.csv", True),
        ("notes", "clinic/notes.csv.gz", True),
        ("clinic/notes", "clinic/notes.csv.gz", True),
        ("clinic", "clinic/notes.csv", True),
        ("notes", "notes/part-1.parquet", True),
        ("note", "notes.csv", False),
        ("notes", "Notes.csv", False),
        ("notes", "my-notes.csv", False),
        ("*notes", "my-notes.csv", True),
        ("csv", "notes.csv", False),
        ("visits", "visits-2024/part.csv", False),
        (".hidden", ".hidden", True),
    ],
)
def test_what_a_table_is_called(glob: str, alias: str, inside: bool) -> None:
    assert in_table(glob, alias) is inside


def test_one_name_is_decided_for_each_table() -> None:
    fields = [
        {"name": "notes", "in": "encounters", **DROPPED},
        {"name": "notes", "in": ["notes", "letters"], "optional": True, "transform": "redact"},
        {"name": "id", **KEPT},
    ]
    made = plan(fields, {"a/encounters.csv": NOTES, "notes.csv": NOTES, "letters/1.csv": NOTES})
    assert decided(made, "a/encounters.csv") == {"id": "keep", "notes": "drop"}
    assert decided(made, "notes.csv") == {"id": "keep", "notes": "redact"}
    assert decided(made, "letters/1.csv") == {"id": "keep", "notes": "redact"}
    assert len(made.kinds) == 2


def test_types_choose_among_names() -> None:
    fields = [
        {"name": "lab_*", "type": "float", "transform": {"significant": {"digits": 3}}},
        {"name": "**", "type": ["boolean", "date"], **KEPT},
        {"name": "**", "type": "text", **DROPPED},
    ]
    assert decided(plan(fields, {"w": WIDE}), "w") == {
        "lab_1": "significant",
        "lab_2": "drop",
        "ok": "keep",
        "at.day": "keep",
        "at.place": "drop",
        "tags[]": "drop",
    }


ID = {"name": "id", **KEPT}
BAD: list[tuple[list[dict[str, Any]], str]] = [
    ([ID, {"name": "notes", "in": "encounter", **DROPPED}], "unmatched-table"),
    ([ID, {"name": "notes", "in": ["notes", "nothing"], **DROPPED}], "unmatched-table"),
    ([ID, {"name": "notes", "in": "encounters", **DROPPED}], "unlisted-field"),
    ([ID, {"name": "notes", "type": "float", "transform": {"round": {"to": 1}}}], "unmatched-rule"),
    ([ID, {"name": "notes", **DROPPED}, {"name": "notes", "in": "notes", **DROPPED}],
     "shadowed-rule"),
    ([ID, {"name": "notes", **DROPPED}, {"name": "note", "in": "notes", **DROPPED}],
     "unmatched-rule"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "code"), BAD)
def test_rules_that_select_nothing_are_mistakes(fields: list[dict[str, Any]], code: str) -> None:
    with pytest.raises(RuleError) as caught:
        plan(fields, {"notes.csv": NOTES, "encounters.csv": NOTES})
    assert code in {problem.code for problem in caught.value.problems}


@pytest.mark.parametrize("change", [{"type": "flaot"}, {"type": []}, {"in": ""}, {"in": 7}])
def test_words_that_are_no_table_and_no_type(change: dict[str, Any]) -> None:
    with pytest.raises(RuleError) as caught:
        rules_from_mapping({"version": 1, "fields": [{"name": "a", **DROPPED, **change}]})
    (problem,) = caught.value.problems
    assert problem.code in ("unknown-value", "wrong-type")


def test_a_subject_is_checked_in_each_table() -> None:
    fields = [
        {"name": "id", "in": "notes", "transform": {"token": {"scope": "none"}}},
        {"name": "id", "transform": "token"},
        {"name": "notes", **DROPPED},
    ]
    with pytest.raises(RuleError, match="subject-not-linkable"):
        plan(fields, {"encounters.csv": NOTES, "notes.csv": NOTES}, subject="id")


def test_an_example_names_its_table() -> None:
    fields = [
        {"name": "notes", "in": "encounters", **DROPPED},
        {"name": "notes", "transform": {"redact": {"with": "-"}}},
    ]
    tests = [
        {"in": "encounters", "given": {"notes": "x"}, "expect": {"notes": None}},
        {"given": {"notes": "x"}, "expect": {"notes": "-"}},
        {"in": "encounters", "given": {"notes": "x"}, "expect": {"notes": "-"}},
    ]
    fields.append({"name": "id", "optional": True, **KEPT})
    for test in tests:
        test["given"]["id"] = "7"  # type: ignore[index]
    rules = rules_from_mapping({"version": 1, "fields": fields, "tests": tests})
    assert [result.passed for result in run_examples(rules)] == [True, True, False]
