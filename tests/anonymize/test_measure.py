"""Risk of files as they are, and drafts of hierarchies."""

from __future__ import annotations

import stat
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import scrubber
from scrubber.anonymize.measure import measure
from scrubber.anonymize.singling import single_out
from scrubber.errors import InputError, OutputError
from scrubber.privacy.hierarchy import GeneralizationHierarchy
from scrubber.profiling.hierarchy import draft_hierarchy, write_hierarchy


def written(path: Path, rows: list[dict[str, Any]]) -> str:
    pl.DataFrame(rows).write_parquet(path)
    return str(path)


ROWS = [{"a": 1, "b": "x", "c": 1.5}] * 3 + [{"a": 2, "b": None, "c": 1.5}]


def test_classes_are_counted_over_all_files(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    written(tmp_path / "d" / "1.parquet", ROWS)
    written(tmp_path / "d" / "2.parquet", ROWS[:2])
    found = measure([str(tmp_path / "d")], ["a", "b"])
    assert found.risk is not None
    assert (found.risk.records, found.risk.classes, found.risk.smallest) == (6, 2, 1)
    assert found.risk.unique == 1 / 6
    assert found.risk.highest == 1
    assert found.journalist is found.population_unique is None


def test_the_population_protects_who_is_in_it(tmp_path: Path) -> None:
    sample = written(tmp_path / "s.parquet", ROWS)
    people = written(tmp_path / "p.parquet", [*ROWS[:3] * 4, {"a": 9, "b": "x", "c": 0.0}])
    found = measure([sample], ["a"], population=[people], population_size=100)
    assert found.journalist is not None
    assert found.journalist.absent == 1
    assert found.journalist.highest == 1
    assert found.journalist.mean == (3 / 12 + 1) / 4
    assert found.population_unique is not None
    assert 0 <= found.population_unique <= 1


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from("xyz")), min_size=1, max_size=30))
def test_the_sizes_are_those_of_a_plain_count(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, str]]
) -> None:
    path = tmp_path_factory.mktemp("m") / "t.parquet"
    file = written(path, [{"a": a, "b": b} for a, b in rows])
    sizes = Counter(rows).values()
    found = measure([file], ["b", "a", "b"]).risk
    assert found is not None
    assert found.smallest == min(sizes)
    assert found.mean == len(sizes) / len(rows)
    assert sum(records for *_, records in found.histogram) == len(rows)


def test_what_cannot_be_measured_is_said(tmp_path: Path) -> None:
    file = written(tmp_path / "t.parquet", [{"age": 1, "tags": ["x"]}] * 5)
    cases: list[tuple[list[str], dict[str, Any], str]] = [
        (["agee"], {}, "unknown-field"),
        (["tags[]"], {}, "unknown-field"),
        ([], {}, "quasi-missing"),
        (["age"], {"population_size": 4}, "population-small"),
    ]
    for names, options, code in cases:
        with pytest.raises(InputError, match=code):
            measure([file], names, **options)


DRAFTS: list[tuple[list[Any], tuple[str, ...], tuple[str, ...]]] = [
    (
        [3, 17, 44, 91, None],
        ("ranges of 20", "ranges of 80", "*"),
        ("17", "[0, 20)", "[0, 80)", "*"),
    ),
    (["01234", "01299", "90210"], ("first 3", "*"), ("01234", "012", "*")),
    (
        ["2024-05-03", "2024-05-09", "2024-11-30", "2025-01-01"],
        ("month", "year", "*"),
        ("2024-05-09", "2024-05", "2024", "*"),
    ),
    (["red", "green", "blue"], ("*",), ("blue", "*")),
    (["one"], ("*",), ("one", "*")),
]


@pytest.mark.parametrize(("values", "levels", "line"), DRAFTS, ids=str)
def test_levels_follow_from_the_form_of_values(
    tmp_path: Path, values: list[Any], levels: tuple[str, ...], line: tuple[str, ...]
) -> None:
    file = written(tmp_path / "t.parquet", [{"v": value} for value in values])
    made = draft_hierarchy([file], "v")
    assert made.levels == levels
    assert {row[0] for row in made.rows} == {str(value) for value in values if value is not None}
    GeneralizationHierarchy.of("v", made.rows)  # each level goes up from the one before
    assert line in made.rows


def test_a_draft_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = written(tmp_path / "t.parquet", [{"v": "a;b"}, {"v": 'c"d'}])
    out = tmp_path / "deep" / "v.csv"
    write_hierarchy(draft_hierarchy([file], "v"), out)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert out.read_text() == '"a;b";*\n"c""d";*\n'
    with pytest.raises(OutputError, match="hierarchy-exists"):
        write_hierarchy(draft_hierarchy([file], "v"), out)
    write_hierarchy(draft_hierarchy([file], "v"), out, overwrite=True)


def test_no_values_no_draft(tmp_path: Path) -> None:
    file = written(tmp_path / "t.parquet", [{"v": None, "w": 1}])
    with pytest.raises(InputError, match="hierarchy-empty"):
        draft_hierarchy([file], "v")


def test_unicity_is_that_of_all_files_of_a_table(tmp_path: Path) -> None:
    rows = [{"a": n % 7, "b": n % 11, "id": n, "who": n // 2, "tags": ["x"]} for n in range(70)]
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    whole.mkdir()
    parts.mkdir()
    written(whole / "t1.parquet", rows)
    for number in range(4):
        written(parts / f"t{number}.parquet", rows[number::4])
    (one,), (other,) = single_out([str(whole)]), single_out([str(parts)])
    assert one.unicity == other.unicity
    assert one.fields == ("a", "b", "id", "who")
    assert [single.fields for single in one.unicity.by_itself] == [("id",)]
    (by_subject,) = single_out([str(parts)], "who")
    assert (by_subject.counted, by_subject.unicity.persons) == ("subjects", 35)
    assert "who" not in by_subject.fields


def test_records_without_a_subject_are_persons(tmp_path: Path) -> None:
    rows = [{"who": who, "v": v} for who, v in [(1, "x"), (1, "x"), (None, "y"), (None, "z")]]
    (found,) = single_out([written(tmp_path / "t.parquet", rows)], "who")
    assert found.unicity.persons == 3
    assert found.unicity.by_itself[0].alone == 3


def test_each_table_has_a_unicity_of_its_own(tmp_path: Path) -> None:
    written(tmp_path / "people.parquet", [{"a": n} for n in range(5)])
    written(tmp_path / "visits.parquet", [{"b": 1}] * 5)
    people, visits = single_out([str(tmp_path)])
    assert (people.table, visits.table) == ("people.parquet", "visits.parquet")
    assert people.unicity.by_itself[0].alone == 5
    assert visits.unicity.fewest is not None
    assert visits.unicity.fewest.alone == 0


RISK_RULES = """version: 1
subject: who
fields:
  - {name: who, class: direct_identifier, transform: drop}
  - {name: [age, zip], class: quasi_identifier, transform: {prefix: {keep: 1}}}
  - {name: sex, class: quasi_identifier, transform: drop}
  - {name: note, class: insensitive, transform: drop}
  - {name: kind, class: insensitive, keep: "a few values"}
"""


def test_rules_name_quasi_identifiers_subject_and_what_is_dropped(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(RISK_RULES)
    rows = [
        {"who": n, "age": n % 3, "zip": n % 4, "sex": n % 2, "note": f"n{n}", "kind": "k"}
        for n in range(24)
    ]
    (tmp_path / "d").mkdir()
    written(tmp_path / "d" / "people.parquet", rows)
    written(tmp_path / "d" / "kinds.parquet", [{"kind": "k", "age": 3}] * 2)
    found = scrubber.risk(tmp_path / "d", rules=tmp_path / "rules.yaml")
    assert found.quasi == ("age", "zip")
    assert found.risk is not None
    assert (found.risk.records, found.risk.smallest) == (24, 2)
    people = next(one for one in found.unicity if one.table == "people.parquet")
    assert people.fields == ("age", "zip", "kind")
    assert people.counted == "subjects"
    assert people.unicity.best[-1].alone == 0


def test_without_quasi_identifiers_there_is_unicity_alone(tmp_path: Path) -> None:
    found = scrubber.risk(written(tmp_path / "t.parquet", ROWS))
    assert (found.quasi, found.risk) == ((), None)
    assert found.unicity[0].unicity.persons == 4
    with pytest.raises(InputError, match="quasi-missing"):
        scrubber.risk(str(tmp_path / "t.parquet"), population=str(tmp_path / "t.parquet"))
