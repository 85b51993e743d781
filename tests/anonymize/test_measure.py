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

from scrubber.anonymize.measure import measure
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
