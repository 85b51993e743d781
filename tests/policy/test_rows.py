"""Row rules judge each record by itself, and no clock."""

from __future__ import annotations

import polars as pl
import pyarrow as pa
import pytest

from scrubber.policy.rows import boolean_fault, columns_of
from scrubber.policy.sql import Fault

GOOD = [
    ("consent = false", {"consent"}),
    ("consent = 'false'", {"consent"}),
    ("not consent", {"consent"}),
    ("age between 1 and 17 or age is null", {"age"}),
    ("lower(name) like 'test%'", {"name"}),
    ("n ~ '^x'", {"n"}),
    ("case when a = 1 then b else false end", {"a", "b"}),
    ("a in (1, 2)", {"a"}),
    ("c not in ('x', 'y') or a = 1", {"a", "c"}),
    ("not (c in ('x'))", {"c"}),
    ("created < DATE '2024-01-01'", {"created"}),
    ("person.age < 18", {"person"}),
    ("note = 'current_date'", {"note"}),
    ('"Avg. Length" > 3', {"Avg. Length"}),
    ("a * 2 / b % 3 > 1", {"a", "b"}),
    ("round(a, 2) > 1", {"a"}),
]


@pytest.mark.parametrize(("expression", "columns"), GOOD)
def test_the_columns_that_an_expression_reads(expression: str, columns: set[str]) -> None:
    assert columns_of(expression) == columns


BAD = [
    ("a = (", "row-syntax"),
    ("", "row-syntax"),
    ("*", "row-syntax"),
    ("a in (select b from c)", "row-syntax"),
    ("random() > 0.5", "row-function"),
    ("count(*) > 1", "row-not-separable"),
    ("a * avg(a) > 1", "row-not-separable"),
    ("round(avg(a), 2) > 1", "row-not-separable"),
    ("age > avg(age)", "row-not-separable"),
    ("a > 1 and sum(a) over (partition by b) > 2", "row-not-separable"),
    ("row_number() over () > 2", "row-not-separable"),
    ("a > lag(a) over (order by a)", "row-not-separable"),
    ("first(a) > 1", "row-not-separable"),
    ("unnest(a) = 1", "row-not-separable"),
    ("a in (sum(a), 2)", "row-not-separable"),
    ("sum(a) in (1, 2)", "row-not-separable"),
    ("first(a in (1)) or b", "row-not-separable"),
    ("created < current_date", "row-clock"),
    ("created < CURRENT_TIMESTAMP", "row-clock"),
    ("1 = 1", "row-no-column"),
    ("true", "row-no-column"),
    (" or ".join(f"a = {i}" for i in range(400)), "row-too-long"),
]


@pytest.mark.parametrize(("expression", "code"), BAD)
def test_what_is_refused(expression: str, code: str) -> None:
    found = columns_of(expression)
    assert isinstance(found, Fault)
    assert found.code == code


@pytest.mark.parametrize("expression", [expression for expression, _ in GOOD[3:8]])
def test_what_is_accepted_gives_the_same_record_by_record(expression: str) -> None:
    frame = pl.DataFrame(
        {
            "age": [3, 18, None], "name": ["Test", "x", None], "n": ["x", "y", None],
            "a": [1, 2, None], "b": [True, False, None],
        }
    )  # fmt: skip
    whole = frame.select(pl.sql_expr(expression).alias("v"))["v"].to_list()
    single = [frame[i : i + 1].select(pl.sql_expr(expression).alias("v"))["v"][0] for i in range(3)]
    assert whole == single


SCHEMA = pa.schema([("consent", pa.string()), ("name", pa.string())])


TYPED = pa.schema([("consent", pa.bool_()), ("name", pa.string()), ("age", pa.int64())])


@pytest.mark.parametrize(
    ("expression", "schema", "right"),
    [
        ("consent = 'false'", SCHEMA, True),
        ("consent in ('false', 'False')", SCHEMA, True),
        # Polars would compare with the text "false", and let "False" through.
        ("consent = false", SCHEMA, False),
        ("consent is not true", SCHEMA, False),
        ("not consent", SCHEMA, False),
        ("consent > 2", SCHEMA, False),
        ("length(name)", SCHEMA, False),
        ("consent = false", TYPED, True),
        ("consent is not true", TYPED, True),
        ("not consent", TYPED, True),
        ("consent", TYPED, True),
        ("age = true", TYPED, False),
        ("age", TYPED, False),
        ("age < 18 and consent = true", TYPED, True),
        ("age < 'x'", TYPED, False),
    ],
)
def test_an_expression_must_fit_its_table(expression: str, schema: pa.Schema, right: bool) -> None:
    fault = boolean_fault(expression, schema)
    assert (fault is None) == right
    assert fault is None or fault.code == "row-type"


def test_the_hint_knows_csv() -> None:
    fault = boolean_fault("consent = false", SCHEMA)
    assert fault is not None
    assert "consent = 'false'" in fault.hint


def test_columns_that_polars_has_no_words_for_do_not_matter(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Polars panics over them, and prints what it panics about."""
    schema = pa.schema([("a", pa.int64()), ("d", pa.decimal256(60, 2))])
    assert boolean_fault("a = 1", schema) is None
    assert capfd.readouterr().err == ""
