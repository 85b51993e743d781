"""The treatment of failed values of one field, apart from that of the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import scrubber
from scrubber.errors import RuleError, TransformError
from scrubber.policy import compile_plan, load_rules
from scrubber.policy.hints import hints

TABLE = pa.table({"a": ["1", "x", "3"], "b": ["4", "5", "y"], "c": ["k", "k", "l"]})
ROUND = {"transform": {"round": {"to": 1}}}
KEPT = {"name": "c", "keep": "needed"}


def scrubbed(a: dict[str, Any], b: dict[str, Any], **more: Any) -> Any:
    fields = [{"name": "a", **ROUND, **a}, {"name": "b", **ROUND, **b}, KEPT]
    return scrubber.scrub(TABLE, {"version": 1, "fields": fields, **more})


@pytest.mark.parametrize(
    ("of_file", "of_a", "of_b", "results"),
    [
        ("fail", "null", "null", [("1", "4"), (None, "5"), ("3", None)]),
        ("fail", "drop_row", "null", [("1", "4"), ("3", None)]),
        ("null", "drop_row", None, [("1", "4"), ("3", None)]),
        ("drop_row", None, "null", [("1", "4"), ("3", None)]),
        ("drop_row", None, None, [("1", "4")]),
    ],
)
def test_each_field_has_its_own(
    of_file: str, of_a: str | None, of_b: str | None, results: list[Any]
) -> None:
    own = [{} if one is None else {"on_error": one} for one in (of_a, of_b)]
    made = scrubbed(*own, on_error=of_file)
    assert [(row["a"], row["b"]) for row in made.data.to_pylist()] == results


def test_a_field_that_stops_the_run() -> None:
    with pytest.raises(TransformError) as caught:
        scrubbed({}, {"on_error": "fail"}, on_error="null")
    assert (caught.value.place.row, caught.value.place.field) == (3, "b")


def test_rules_under_a_condition_have_their_own() -> None:
    table = {"name": "a", "when": "c = 'k'", **ROUND}
    last = {"name": "a", "transform": {"redact": {"with": "-"}}, "on_error": "fail"}
    rules = {"version": 1, "fields": [{**table, "on_error": "null"}, last, KEPT]}
    made = scrubber.scrub(TABLE.drop_columns(["b"]), rules)
    assert made.data["a"].to_pylist() == ["1", None, "-"]
    assert b'"on_error"' in made.manifest.to_bytes()


def test_null_needs_no_quotes(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text("version: 1\nfields: [{name: a, transform: redact, on_error: null}]\n")
    (rule,) = load_rules(path).fields
    assert rule.on_error == "null"


def test_fields_whose_level_privacy_chooses_share_that_of_the_file() -> None:
    quasi = {"name": "c", "class": "quasi_identifier", "on_error": "null"}
    rules = {
        "version": 1,
        "privacy": {"k": 2, "hierarchies": {"c": []}},
        "fields": [quasi, {"name": "**", "transform": "drop"}],
    }
    with pytest.raises(RuleError, match="share on_error"):
        scrubber.scrub(TABLE, rules)


def test_check_says_once_what_unknown_conditions_mean(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(
        "version: 1\nfields:\n"
        "  - {name: a, when: \"c = 'k'\", transform: drop}\n"
        "  - {name: a, keep: needed}\n"
        "  - {name: b, when: \"c = 'k'\", keep: needed}\n"
        "  - {name: b, transform: redact}\n"
        "  - {name: c, keep: needed}\n"
    )
    (hint,) = hints(compile_plan(load_rules(path), {"t": TABLE.schema}))
    assert hint.code == "unknown-condition"
    assert hint.mark.line == 3
    assert "a (line 3), b (line 6)" in hint.text
