"""A draft keeps no column of people, and none of the numbers that stand for them elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from scrubber.profiling.draft import draft

PEOPLE = ["Helena Novak", "Tomás Herrera", "Ingrid Larsen", "Samuel Okafor", "Julia Weber"]
HEADERS = [
    *("sales_rep", "product_owner", "price_approver", "status_by", "score_judge", "team_lead"),
    *("item", "category", "flag_set_by", "version", "event", "city", "occupation", "ward"),
    *("type", "label", "device_operator", "account_status", "field_7", "x", "Última revisión por"),
]
OWN_NUMBERS = [
    *("person_source_value", "PersonSourceValue", "condition_source_value", "gender_source_value"),
    *("provider_src_value", "visit_source_val", "origin_value"),
]


def kept(folder: Path, columns: dict[str, list[Any]]) -> set[str]:
    count = max(map(len, columns.values()))
    columns = {"reading": [f"{i * 7 % 90 / 3:.2f}" for i in range(count)], **columns}
    pl.DataFrame(columns).write_csv(folder / "t.csv")
    made = draft([str(folder / "t.csv")])
    assert {rule.name for rule in made.rules} == set(columns)
    return {rule.name for rule in made.rules if "keep" in rule.decision}


@pytest.mark.parametrize("distinct", [2, 5])
def test_values_that_are_people(tmp_path: Path, distinct: int) -> None:
    names = [PEOPLE[i * i % distinct] for i in range(200)]
    assert not kept(tmp_path, dict.fromkeys(HEADERS, names)) & set(HEADERS)


def test_people_among_other_values(tmp_path: Path) -> None:
    values = [*PEOPLE, "unassigned", "queue", "system"]
    column = [values[i % len(values)] for i in range(200)]
    assert not kept(tmp_path, {"status_by": column, "category": column}) - {"reading"}


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(["call Agnes Miller now", "asked Peter Novak"], id="both"),
        pytest.param(["call Agnes Miller now", "asked Peter Novak", "ok", "none"], id="half"),
        pytest.param(["ok", "left", "open", "done", "ask Agnes Miller"], id="a fifth"),
        pytest.param([*map(str.upper, "abcdefghijk"), "to agnes.miller@example.com"], id="e-mail"),
        pytest.param([*"abcdefghijklmnopqrstuvwxyz", "tel. 212-555-0152"], id="phone"),
    ],
)
@pytest.mark.parametrize("header", ["remark", "status", "field_7", "diagnosis", "ward", "category"])
def test_people_within_a_short_list_of_phrases(
    tmp_path: Path, values: list[str], header: str
) -> None:
    column = [values[i % len(values)] for i in range(40 * len(values))]
    assert not kept(tmp_path, {header: column}) - {"reading"}


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([str(2_000_000 + 7919 * i) for i in range(120)], id="long numbers"),
        pytest.param([str(i % 12) for i in range(120)], id="few numbers"),
        pytest.param(["MF"[i % 2] for i in range(120)], id="two letters"),
        pytest.param([f"{'ABC'[i % 3]}{i % 3}" for i in range(120)], id="few codes"),
    ],
)
def test_values_of_another_system(tmp_path: Path, values: list[str]) -> None:
    assert not kept(tmp_path, dict.fromkeys(OWN_NUMBERS, values)) & set(OWN_NUMBERS)


@pytest.mark.parametrize("name", ["patient_id", "customer_key", "member", "employee_id", "user_id"])
def test_few_numbers_of_few_people(tmp_path: Path, name: str) -> None:
    assert kept(tmp_path, {name: [str(i % 20) for i in range(400)]}) <= {"reading"}


def test_categories_and_numbers_of_things_are_kept(tmp_path: Path) -> None:
    """Else nothing would be left to learn from."""
    columns = {
        "status": [("open", "closed", "waiting")[i % 3] for i in range(200)],
        "store_id": [str(i % 9) for i in range(200)],
        "amount_source": [("web", "shop")[i % 2] for i in range(200)],
    }
    assert kept(tmp_path, columns) >= set(columns)
