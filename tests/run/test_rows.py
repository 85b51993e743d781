"""Row rules: true drops, unknown drops, and what cannot be worked out is never let through."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

import scrubber
from scrubber.errors import Mark, TransformError
from scrubber.policy.plan import RowRule, RuleRef
from scrubber.policy.row_filter import judge_rows


def rule(expression: str, number: int = 0) -> RowRule:
    return RowRule(expression, "why", RuleRef(f"rows[{number}]", Mark("r.yaml")))


TABLE = pa.table({"n": ["1", "x", None, "9"], "b": [True, None, False, True]})


@pytest.mark.parametrize(
    ("expressions", "kept", "unjudged", "dropped"),
    [
        ([], [0, 1, 2, 3], [], {}),
        (["b = false"], [0, 3], [], {"rows[0]": 2}),
        (["b IS NOT NULL AND b = false"], [0, 1, 3], [], {"rows[0]": 1}),
        (["n = 'x'", "b = false"], [0, 3], [], {"rows[0]": 2}),
        (["b = true", "n = '1'"], [], [], {"rows[0]": 3, "rows[1]": 1}),
        (["CAST(n AS INTEGER) > 5"], [0], [1], {"rows[0]": 2}),
        (["n = 'x'", "CAST(n AS INTEGER) > 5"], [0], [], {"rows[0]": 2, "rows[1]": 1}),
        (["TRY_CAST(n AS INTEGER) > 5"], [0], [], {"rows[0]": 3}),
    ],
)
def test_judging(
    expressions: list[str], kept: list[int], unjudged: list[int], dropped: dict[str, int]
) -> None:
    rules = tuple(rule(expression, i) for i, expression in enumerate(expressions))
    judged = judge_rows(TABLE, rules)
    assert [i for i, flag in enumerate(judged.kept) if flag] == kept
    assert [i for i, flag in enumerate(judged.unjudged) if flag] == unjudged
    assert dict(judged.dropped.items()) == dropped


def test_no_rows() -> None:
    assert len(judge_rows(TABLE.slice(0, 0), (rule("b"),)).kept) == 0


RULES: dict[str, Any] = {
    "version": 1,
    "fields": [{"name": "*", "class": "insensitive", "keep": "test"}],
    "rows": [{"drop": "CAST(n AS INTEGER) > 5", "reason": "many"}],
}


def test_a_rule_that_fails_stops_the_run_and_quotes_nothing() -> None:
    table = pa.table({"n": ["1", "SECRET", "9"]})
    with pytest.raises(TransformError) as caught:
        scrubber.scrub(table, RULES)
    assert caught.value.code == "row-rule-failed"
    assert caught.value.place is not None
    assert caught.value.place.row == 2
    assert "SECRET" not in str(caught.value)
    assert caught.value.__context__ is None or caught.value.__suppress_context__


@pytest.mark.parametrize("on_error", ["null", "drop_row"])
def test_or_the_record_is_quarantined(on_error: str) -> None:
    table = pa.table({"n": ["1", "SECRET", "9"]})
    result = scrubber.scrub(table, {**RULES, "on_error": on_error})
    assert result.data.to_pydict() == {"n": ["1"]}
    (quarantined,) = result.manifest.data["records"]["quarantined"]
    assert quarantined["reason"] == "row-rule-failed"


def test_columns_that_no_rule_reads_do_not_reach_polars(capfd: pytest.CaptureFixture[str]) -> None:
    wide = pa.array([Decimal("1.5"), Decimal("2.5")], pa.decimal256(60, 2))
    table = pa.table({"k": ["y", "n"], "wide": wide})
    assert judge_rows(table, (rule("k = 'n'"),)).kept.tolist() == [True, False]
    assert capfd.readouterr().err == ""
