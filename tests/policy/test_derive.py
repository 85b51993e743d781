"""New fields: what they are made of, in which order, and what a rule file must not say."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scrubber
from scrubber.errors import RuleError, TransformError

KEEP = {"name": "new*", "keep": "needed"}
REST = {"name": "**", "transform": "drop"}


def rules(*derive: dict[str, Any], fields: list[dict[str, Any]] | None = None, **more: Any) -> Any:
    return {"version": 1, "derive": list(derive), "fields": fields or [KEEP, REST], **more}


def derived(table: dict[str, Any], *derive: dict[str, Any], **more: Any) -> list[Any]:
    made = scrubber.scrub(pa.table(table), rules(*derive, **more)).data
    return made["new"].to_pylist()  # type: ignore[no-any-return]


def new(**how: Any) -> dict[str, Any]:
    return {"name": "new", **how}


DAY = dt.date
BETWEEN: dict[str, tuple[str, list[Any], list[Any], list[Any]]] = {
    # name: (kind, begins, ends, results)
    "years are completed": ("years_between", ["1990-03-02"] * 3,
                            ["2020-03-01", "2020-03-02", "2021-03-01"], [29, 30, 30]),
    "of 29 February": ("years_between", ["2000-02-29"] * 3,
                       ["2001-02-28", "2001-03-01", "2004-02-29"], [0, 1, 4]),
    "months are completed": ("months_between", ["2020-01-31"] * 4,
                             ["2020-02-29", "2020-03-01", "2020-03-31", "2020-04-30"], [0, 1, 2, 2]),
    "days": ("days_between", ["2020-02-28"] * 2, ["2020-03-01", "2020-02-27"], [2, -1]),
    "backwards": ("years_between", ["2020-03-02"] * 2, ["2019-03-03", "2018-03-02"], [0, -2]),
    "months backwards": ("months_between", ["2020-03-01"], ["2020-01-31"], [-1]),
    "null on either side": ("years_between", [None, "1990-03-02", None],
                            ["2020-03-02", None, None], [None, None, None]),
    "dates": ("years_between", [DAY(1990, 3, 2)], [DAY(2020, 3, 2)], [30]),
    "a date and a text": ("years_between", ["1990-03-02"], [DAY(2020, 3, 2)], [30]),
    "times count by their day": ("days_between", [dt.datetime(2020, 1, 1, 23, 59)],
                                 [dt.datetime(2020, 1, 2, 0, 0)], [1]),
    "times before 1970": ("days_between", [dt.datetime(1969, 12, 30, 23)],
                          [dt.datetime(1970, 1, 1)], [2]),
    "texts with times": ("days_between", ["2020-01-01T23:59:00Z", " 2020-01-01 "],
                         ["2020-01-02", "2020-01-04T00:00"], [1, 3]),
    "the ends of the calendar": ("years_between", ["0001-01-01"], ["9999-12-31"], [9998]),
    "nothing": ("years_between", [], [], []),
}  # fmt: skip


@pytest.mark.parametrize("name", BETWEEN)
def test_time_between_two_dates(name: str) -> None:
    kind, begins, ends, results = BETWEEN[name]
    kinds = [pa.array(one, pa.string()) if not one else pa.array(one) for one in (begins, ends)]
    assert derived(dict(zip("ab", kinds, strict=True)), new(**{kind: ["a", "b"]})) == results


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.dates(), st.dates()), min_size=1, max_size=5))
def test_completed_months_are_those_that_a_person_counts(pairs: list[tuple[DAY, DAY]]) -> None:
    def counted(begin: dt.date, end: dt.date) -> int:
        if end < begin:
            return -counted(end, begin)
        months = (end.year - begin.year) * 12 + end.month - begin.month
        return months - (end.day < begin.day)

    table = {"a": [a for a, _ in pairs], "b": [str(b) for _, b in pairs]}
    assert derived(table, new(months_between=["a", "b"])) == [counted(a, b) for a, b in pairs]


def test_fixed_days_and_the_day_of_the_rules() -> None:
    table = {"a": ["1990-03-02"]}
    assert derived(table, new(years_between=["a", "2020-03-01"])) == [29]
    assert derived(table, new(days_between=["1990-03-01", "a"])) == [1]
    assert derived(table, new(years_between=["a", "run_day"]), as_of="2020-03-02") == [30]
    today = dt.datetime.now(dt.UTC).date()
    table = {"a": [str(today - dt.timedelta(days=3))]}
    assert derived(table, new(days_between=["a", "run_day"]), as_of="run") in ([3], [4])


def test_a_format_for_dates_in_text() -> None:
    table = {"a": ["02.03.1990"], "b": ["01.03.2020"]}
    assert derived(table, new(years_between=["a", "b"], format="%d.%m.%Y")) == [29]


def test_user_agents() -> None:
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0"
    private = "Ann Poe-iPhone/3 CFNetwork"  # a pattern of the list takes any name here
    agents = [firefox, None, "", "zz", private]
    assert derived({"a": agents}, new(user_agent="a")) == [
        "Firefox", None, "Other", "Other", "Other",
    ]  # fmt: skip


SQL: dict[str, tuple[dict[str, Any], str, list[Any]]] = {
    "a number": ({"a": [1, None]}, "a * 2 + 1", [3, None]),
    "a text": ({"a": ["x", None]}, "upper(a)", ["X", None]),
    "a case": ({"a": [17, 18]}, "CASE WHEN a >= 18 THEN 'adult' ELSE 'minor' END", ["minor", "adult"]),
    "a truth value": ({"a": [1, None]}, "a IS NULL", [False, True]),
    "a date": ({"a": ["2020-03-02"]}, "DATE(a, '%Y-%m-%d')", [DAY(2020, 3, 2)]),
    "a field of a struct": ({"a": [{"b": 7}, None]}, "a.b + 1", [8, None]),
    "length of a list": ({"a": [["x", "y"], []]}, "array_length(a)", [2, 0]),
}  # fmt: skip


@pytest.mark.parametrize("name", SQL)
def test_sql(name: str) -> None:
    table, expression, results = SQL[name]
    assert derived(table, new(sql=expression)) == results


def test_derived_fields_in_any_order_and_in_conditions() -> None:
    table = {"born": ["1990-01-01", "2010-01-01", None]}
    made = scrubber.scrub(
        pa.table(table),
        rules(
            {"name": "new_band", "sql": "CASE WHEN new_age >= 30 THEN 'old' ELSE 'young' END"},
            {"name": "new_age", "years_between": ["born", "2024-01-01"]},
            fields=[
                {"name": "new_band", "keep": "needed"},
                {"name": "new_age", "when": "new_band = 'old'", "transform": "drop"},
                {"name": "new_age", "keep": "needed"},
                REST,
            ],
        ),
    ).data
    assert made.to_pydict() == {"new_age": [None, 14, None], "new_band": ["old", "young", "young"]}


def test_row_rules_see_derived_fields() -> None:
    table = {"born": ["1990-01-01", "2010-01-01"]}
    how = new(years_between=["born", "2024-01-01"])
    drop = [{"drop": "new < 18", "reason": "minors"}]
    assert derived(table, how, rows=drop) == [34]


def test_privacy_generalizes_a_derived_field() -> None:
    table = pa.table({"born": [f"{1950 + i}-01-01" for i in range(40)]})
    made = scrubber.scrub(
        table,
        rules(
            new(years_between=["born", "2024-01-01"]),
            fields=[{"name": "new", "class": "quasi_identifier"}, REST],
            privacy={"k": 10, "hierarchies": {"new": [{"bin": {"width": 20}}]}},
        ),
    ).data
    assert set(made["new"].to_pylist()) <= {"[20, 40)", "[40, 60)", "[60, 80)", "*"}


FAILING: dict[str, tuple[dict[str, Any], dict[str, Any], list[Any]]] = {
    "no date": ({"a": ["2020-01-01", "soon"]}, {"days_between": ["2020-01-01", "a"]}, [0, None]),
    "a cast": ({"a": ["7", "x"]}, {"sql": "CAST(a AS INTEGER)"}, [7, None]),
    "an infinite number": ({"a": [1.0, 0.0]}, {"sql": "1.0 / a"}, [1.0, None]),
}


@pytest.mark.parametrize("name", FAILING)
def test_values_that_cannot_be_computed(name: str) -> None:
    table, how, results = FAILING[name]
    with pytest.raises(TransformError) as caught:
        derived(table, new(**how))
    assert caught.value.code == "transform-failed"
    assert caught.value.place.row == 2
    assert "soon" not in str(caught.value)
    assert "'x'" not in str(caught.value)
    assert derived(table, new(**how), on_error="null") == results
    assert derived(table, new(**how), on_error="drop_row") == results[:1]


def test_a_dropped_record_need_not_be_computed() -> None:
    drop = [{"drop": "a = 'soon'", "reason": "test"}]
    table = {"a": ["2020-01-01", "soon"]}
    assert derived(table, new(days_between=["2020-01-01", "a"]), rows=drop) == [0]


def test_the_record_says_how_a_field_is_derived() -> None:
    table = pa.table({"a": ["Ann Poe"] * 20})
    more = {"fields": [{"name": "new", "transform": "redact"}, REST], "as_of": "2020-01-01"}
    made = scrubber.scrub(
        table, rules(new(sql="a = 'Ann Poe'"), **more), key=bytes(range(32))
    ).manifest
    text = made.to_bytes().decode()
    assert "Ann" not in text
    assert '"sql: a = ?"' in text
    assert '"as_of"' in text


SCHEMA = {"a": ["x"], "n": [1], "born": ["2020-01-01"]}
WRONG: dict[str, tuple[list[dict[str, Any]], dict[str, Any], str, str]] = {
    # name: (derive, more of the rule file, code, words of the message)
    "a circle": ([{"name": "new1", "sql": "new2 + 1"}, {"name": "new2", "sql": "new1 + 1"}],
                 {}, "derived-circle", "new1 <- new2 <- new1"),
    "itself": ([new(sql="new + 1")], {}, "derived-circle", "new <- new"),
    "a name that the table has": ([{"name": "n", "sql": "n + 1"}], {}, "derived-circle", "n <- n"),
    "a name that the table has too": ([{"name": "n", "sql": "a"}], {}, "derived-twice", "already"),
    "twice": ([new(sql="n + 1"), new(sql="n + 2")], {}, "derived-twice", "twice"),
    "two ways": ([new(sql="n", user_agent="a")], {}, "one-of", "years_between"),
    "no way": ([new()], {}, "one-of", "years_between"),
    "one date": ([new(years_between=["born"])], {}, "wrong-type", "first and the last"),
    "two dates that are fixed": ([new(years_between=["2020-01-01", "2021-01-01"])], {},
                                 "row-no-column", "no field"),
    "an unknown field": ([new(years_between=["bron", "2021-01-01"])], {}, "unknown-field", "mean born?"),
    "an unknown field in SQL": ([new(sql="m + 1")], {}, "unknown-field", "a field m"),
    "an unknown function": ([new(sql="uper(a)")], {}, "row-function", "mean upper?"),
    "a function of other records": ([new(sql="sum(n)")], {}, "row-not-separable", "other records"),
    "a function that opens files": ([new(sql="read_csv('x')")], {}, "row-function", "read_csv"),
    "a query": ([new(sql="select a")], {}, "row-syntax", "not a query"),
    "a wrong type": ([new(sql="upper(n)")], {}, "row-type", "UPPER does not fit the type of n (integer)"),
    "a date of a text": ([new(sql="CAST(born AS DATE)")], {}, "row-type", "DATE(born"),
    "a list": ([new(sql="array_get(n, 1)")], {}, "row-type", "ARRAY_GET"),
    "the age of a number": ([new(years_between=["n", "2021-01-01"])], {}, "wrong-kind", "n is integer"),
    "the clock": ([new(sql="now()")], {}, "row-clock", "run_day"),
    "run_day without a day": ([new(years_between=["born", "run_day"])], {}, "no-run-day", "as_of"),
    "run_day in SQL": ([new(sql="DATE(born, '%Y-%m-%d') < run_day")], {}, "no-run-day", "as_of"),
    "run_day in a row rule": ([new(sql="n")], {"rows": [{"drop": "DATE(born, '%Y-%m-%d') < run_day", "reason": "x"}]},
                              "no-run-day", "as_of"),
    "a day that is none": ([new(sql="n")], {"as_of": "2021-02-30"}, "bad-value", "as_of takes run"),
    "a path": ([{"name": "new.a", "sql": "n"}], {}, "bad-path", "no dots"),
    "a format of numbers": ([new(sql="n", format="%Y")], {}, "bad-parameter", "no format"),
    "a wrong format": ([new(days_between=["born", "2021-01-01"], format="YYYY")], {},
                       "bad-parameter", "%Y, %m and %d"),
    "a table": ([new(sql="n", **{"in": "tabel"})], {}, "unmatched-table", "tabel"),
    "a typo": ([{"name": "new", "year_between": ["born", "2021-01-01"]}], {}, "unknown-key",
               "mean years_between?"),
    "a direct identifier under another name": (
        [new(sql="a")],
        {"fields": [KEEP, {"name": "a", "class": "direct_identifier", "transform": "drop"}, REST]},
        "direct-identifier-kept", "the direct identifier a"),
    "a birth date as days": (
        [new(days_between=["2000-01-01", "born"])],
        {"fields": [KEEP, {"name": "born", "class": "direct_identifier", "transform": "drop"}, REST]},
        "direct-identifier-kept", "the direct identifier born"),
    "a text under another name": (
        [new(sql="upper(a)")],
        {"fields": [KEEP, {"name": "a", "entities": {"default": "redact"}}, REST],
         "detect": {"ner": "none"}},
        "direct-identifier-kept", "the text a"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_mistakes(name: str) -> None:
    derive, more, code, words = WRONG[name]
    with pytest.raises(RuleError) as caught:
        scrubber.scrub(pa.table(SCHEMA), rules(*derive, **more))
    assert code in [problem.code for problem in caught.value.problems]
    assert words in str(caught.value)
    assert "olars" not in str(caught.value).replace("Polars SQL", "")
