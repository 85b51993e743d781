"""privacy: from rule file to output: what comes out fulfils what was asked, however it was run."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import log
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import scrubber
from scrubber.anonymize.recoding import Recoding
from scrubber.errors import GateError, InputError, RuleError, ScrubberError, TransformError
from scrubber.manifest import validate, verify
from scrubber.policy import rules_from_mapping
from scrubber.run.preview import preview
from scrubber.run.survey import survey
from tests.examples import examples

CITIES = {"Graz": "AT", "Wien": "AT", "Bonn": "DE", "Kiel": "DE", "Metz": "FR"}
ILLS = ("flu", "cold", "gout")
PEOPLE = [
    {"age": 20 + (7 * i) % 40, "city": list(CITIES)[(i * i) % 5], "ill": ILLS[(i * 3 + i // 7) % 3]}
    for i in range(120)
]


def rules(**privacy: Any) -> dict[str, Any]:
    """Rules over age (ranges of 10 and 20) and city (a file of countries)."""
    return {
        "version": 1,
        "fields": [
            {"name": ["age", "city"], "class": "quasi_identifier"},
            {"name": "ill", "class": "sensitive", "keep": "the label"},
        ],
        "privacy": {
            "k": 4,
            "suppression_limit": 0.1,
            "hierarchies": {
                "age": [{"bin": {"width": 10}}, {"bin": {"width": 20}}],
                "city": "cities.csv",
            },
            **privacy,
        },
    }


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    lines = "".join(f"{city};{country};*\n" for city, country in CITIES.items())
    (tmp_path / "cities.csv").write_text(lines)
    return tmp_path


def classes(
    rows: Iterable[Mapping[str, Any]], quasi: Sequence[str] = ("age", "city")
) -> dict[tuple[Any, ...], list[Mapping[str, Any]]]:
    found: dict[tuple[Any, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        found[tuple(row[name] for name in quasi)].append(row)
    return dict(found)


def scrubbed(rows: Sequence[Mapping[str, Any]], **privacy: Any) -> list[dict[str, Any]]:
    return scrubber.scrub(pl.DataFrame(rows), rules(**privacy)).data.to_dicts()


def test_classes_are_large_enough_and_records_come_out_in_order() -> None:
    result = scrubber.scrub(pl.DataFrame(PEOPLE), rules())
    out = result.data.to_dicts()
    assert min(map(len, classes(out).values())) >= 4
    assert 108 <= len(out) <= 120
    assert {row["city"] for row in out} <= {*CITIES, *CITIES.values(), "*"}
    left = iter(PEOPLE)
    assert all(any(row["ill"] == one["ill"] for one in left) for row in out)  # a subsequence
    data = result.manifest.data
    assert validate(result.manifest.to_json()) == []
    assert data["risk"]["privacy"]["optimal"] is True
    assert data["risk"]["privacy"]["k"] == 4
    assert [check["id"] for check in data["checks"]] == ["conservation", "privacy-recheck"]


def test_nothing_is_generalized_where_nothing_need_be() -> None:
    rows = PEOPLE[:10] * 4
    result = scrubber.scrub(pl.DataFrame(rows), rules())
    assert result.data.to_dicts() == rows
    assert result.data.schema == pl.DataFrame(rows).schema
    assert result.manifest.data["risk"]["privacy"]["loss"] == 0


def test_a_transform_comes_before_the_levels() -> None:
    given_ = rules(k=2, hierarchies={"city": "cities.csv"})
    given_["fields"][:1] = [
        {"name": "age", "class": "quasi_identifier", "transform": {"bin": {"width": 10}}},
        {"name": "city", "class": "quasi_identifier"},
    ]
    out = scrubber.scrub(pl.DataFrame(PEOPLE), given_).data.to_dicts()
    assert {row["age"] for row in out} <= {"[20, 30)", "[30, 40)", "[40, 50)", "[50, 60)", "*"}


@pytest.mark.parametrize(("target", "method"), [("parquet", "lattice"), ("csv", "mondrian")])
def test_the_same_bytes_for_any_number_of_workers(folder: Path, target: str, method: str) -> None:
    pq.write_table(pa.Table.from_pylist(PEOPLE), folder / "people.parquet", row_group_size=17)
    one, two = (
        scrubber.scrub(
            folder / "people.parquet",
            rules(method=method, l=2),
            out=folder / f"out{workers}",
            workers=workers,
            format=target,
        )
        for workers in (1, 2)
    )
    # Without a key the salt of a small file is drawn for each run, and the id depends on it.
    assert one.manifest.data["records"] == two.manifest.data["records"]
    assert one.manifest.data["risk"] == two.manifest.data["risk"]
    written = (one.data / "data" / f"people.{target}").read_bytes()
    assert written == (two.data / "data" / f"people.{target}").read_bytes()
    assert all(check.passed for check in verify(one.data))


def test_shards_are_counted_together(folder: Path) -> None:
    (folder / "in").mkdir()
    for name, rows in (("a", PEOPLE[:1]), ("b", PEOPLE[1:70]), ("c", PEOPLE[70:])):
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / "in" / f"{name}.jsonl").write_text(lines)
    scrubber.scrub(folder / "in", rules(), out=folder / "out")
    out = [
        json.loads(line)
        for path in sorted((folder / "out" / "data").glob("[!.]*.jsonl"))
        for line in path.read_text().splitlines()
    ]
    whole = scrubbed(PEOPLE)
    assert [tuple(row.values()) for row in out] == [tuple(row.values()) for row in whole]


def test_tables_without_quasi_identifiers_pass(folder: Path) -> None:
    (folder / "in").mkdir()
    (folder / "in" / "people.jsonl").write_text("".join(json.dumps(r) + "\n" for r in PEOPLE))
    (folder / "in" / "ills.csv").write_text("ill\nflu\ncold\n")
    result = scrubber.scrub(folder / "in", rules(), out=folder / "out")
    assert (folder / "out" / "data" / "ills.csv").read_text() == "ill\nflu\ncold\n"
    assert result.manifest.data["records"]["out"] != {"n": 122}  # the two cannot be subtracted


DIVERSE = [
    {"l": 3},
    {"l": {"ill": {"l": 2, "kind": "entropy"}}},
    {"l": {"ill": {"l": 2, "kind": "recursive", "c": 1.5}}},
    {"t": 0.25},
    {"t": {"ill": {"t": 0.2, "kind": "ordered"}}},
    {"l": 2, "t": 0.3},
]


def fulfils(
    model: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], whole: Counter[str]
) -> bool:
    """The definitions, word by word."""
    counts = Counter(row["ill"] for row in rows)
    n, total = len(rows), sum(whole.values())
    l_, t = model.get("l"), model.get("t")
    by_field = l_["ill"] if isinstance(l_, dict) else {"l": l_ or 0, "kind": "distinct"}
    match by_field["kind"]:
        case "distinct":
            diverse = len(counts) >= by_field["l"]
        case "entropy":
            entropy = -sum(c / n * log(c / n) for c in counts.values())
            diverse = entropy >= log(by_field["l"]) - 1e-9
        case _:
            ordered = sorted(counts.values(), reverse=True)
            diverse = ordered[0] < by_field["c"] * sum(ordered[by_field["l"] - 1 :])
    if t is None:
        return bool(diverse)
    setting = t["ill"] if isinstance(t, dict) else {"t": t, "kind": "equal"}
    apart = [counts[ill] / n - whole[ill] / total for ill in sorted(whole)]
    if setting.get("kind") == "ordered":
        distance = sum(abs(sum(apart[: i + 1])) for i in range(len(apart))) / (len(apart) - 1)
    else:
        distance = sum(map(abs, apart)) / 2
    return bool(diverse and distance <= setting["t"] + 1e-9)


@pytest.mark.parametrize("method", ["lattice", "mondrian"])
@pytest.mark.parametrize("model", DIVERSE, ids=json.dumps)
def test_sensitive_values_are_diverse_and_close(model: dict[str, Any], method: str) -> None:
    out = scrubbed(PEOPLE, **model, method=method)
    whole = Counter(row["ill"] for row in PEOPLE)
    found = classes(out)
    assert found
    assert all(len(rows) >= 4 and fulfils(model, rows, whole) for rows in found.values())


def test_mondrian_keeps_every_record_and_says_what_it_is() -> None:
    result = scrubber.scrub(pl.DataFrame(PEOPLE), rules(method="mondrian", suppression_limit=0))
    assert result.data.height == len(PEOPLE)
    risk = result.manifest.data["risk"]
    assert risk["privacy"]["loss"] is risk["privacy"]["optimal"] is None
    assert any("mondrian" in one["text"] for one in risk["limitations"])


def test_ordered_values_are_in_the_order_of_numbers() -> None:
    rows = [{"age": 20, "city": "Graz", "ill": ill} for ill in [2, 10] * 20]
    rows += [{"age": 21, "city": "Graz", "ill": 9} for _ in range(20)]
    # The nines are 1/3 away from all; as text, 10 would come before 2 and 9: 1/2.
    out = scrubbed(rows, t={"ill": {"t": 0.4, "kind": "ordered"}})
    assert {row["age"] for row in out} == {20, 21}


def test_a_class_has_to_be_of_several_subjects() -> None:
    rows = [{"who": f"p{i // 4}", **PEOPLE[i // 4]} for i in range(120)]
    asked = rules(suppression_limit=0)
    asked["subject"] = "who"
    asked["fields"].append(
        {"name": "who", "class": "direct_identifier", "transform": {"token": {"domain": "d"}}}
    )
    result = scrubber.scrub(pl.DataFrame(rows), asked, key=bytes(range(32)))
    found = classes(result.data.to_dicts())
    assert all(len({row["who"] for row in one}) >= 4 for one in found.values())
    assert result.manifest.data["risk"]["privacy"]["counted"] == "subjects"
    asked["fields"][-1] = {"name": "who", "transform": "drop"}
    result = scrubber.scrub(pl.DataFrame(rows), asked)
    texts = [one["text"] for one in result.manifest.data["risk"]["limitations"]]
    assert any("Subjects are not distinguishable" in text for text in texts)


def test_null_is_a_value_of_its_own() -> None:
    rows = [{**row, "city": None} if i % 10 == 0 else row for i, row in enumerate(PEOPLE)]
    out = scrubbed(rows, k=6, suppression_limit=0.1)
    found = classes(out)
    assert min(map(len, found.values())) >= 6
    assert len([row for row in out if row["city"] is None]) in (0, *range(6, 13))


def test_white_space_around_a_leaf_does_not_count() -> None:
    rows = [{**row, "city": f" {row['city']} "} for row in PEOPLE]
    out = scrubbed([*PEOPLE, *rows], k=30)
    assert min(map(len, classes(out).values())) >= 30


@pytest.mark.parametrize("rows", [0, 4])
def test_small_tables(rows: int) -> None:
    frame = pl.DataFrame(PEOPLE[:rows], schema=pl.DataFrame(PEOPLE).schema)
    result = scrubber.scrub(frame, rules(suppression_limit=0))
    assert result.data.height == rows
    assert validate(result.manifest.to_json()) == []


def test_values_that_fail_are_nulls_or_quarantined() -> None:
    asked = rules(k=6, hierarchies={"city": "cities.csv"})
    asked["fields"][:1] = [
        {"name": "age", "class": "quasi_identifier", "transform": {"bin": {"edges": [20, 40]}}},
        {"name": "city", "class": "quasi_identifier"},
    ]
    frame = pl.DataFrame(PEOPLE)
    with pytest.raises(TransformError, match="transform-failed"):
        scrubber.scrub(frame, asked)
    nulled = scrubber.scrub(frame, {**asked, "on_error": "null"})
    assert min(map(len, classes(nulled.data.to_dicts()).values())) >= 6
    dropped = scrubber.scrub(frame, {**asked, "on_error": "drop_row"})
    assert min(map(len, classes(dropped.data.to_dicts()).values())) >= 6
    failed = sum(row["age"] >= 40 for row in PEOPLE)
    assert dropped.manifest.to_json()["records"]["quarantined"] == [
        {"reason": "transform-failed", "count": {"n": failed}}
    ]


BAD: list[tuple[dict[str, Any], type[ScrubberError], str]] = [
    ({"k": 121}, GateError, "privacy-too-few"),
    ({"l": 4}, GateError, "privacy-infeasible"),
    ({"hierarchies": {"age": [{"bin": {"width": 7}}, {"bin": {"width": 10}}],
                      "city": "cities.csv"}}, InputError, "hierarchy-bad"),
    ({"hierarchies": {"age": "cities.csv", "city": "cities.csv"}}, InputError,
     "hierarchy-unmapped"),
    ({"hierarchies": {"city": "cities.csv"}}, RuleError, "quasi-identifier-undecided"),
    ({"hierarchies": {"age": "ragged.csv", "city": "cities.csv"}}, RuleError, "hierarchy-bad"),
    ({"hierarchies": {"age": [{"truncate_date": {"to": "year"}}], "city": "cities.csv"}},
     RuleError, "wrong-kind"),
    ({"weights": {"agee": 2}}, RuleError, "unknown-field"),
    ({"max_levels": {"agee": 2}}, RuleError, "unknown-field"),
    ({"max_levels": {"age": 2}, "method": "mondrian"}, RuleError, "not-available"),
    ({"max_levels": {"age": 0}}, GateError, "privacy-infeasible"),
    ({"metric": "entropy"}, RuleError, "unknown-value"),
    ({"l": {"city": {"l": 2}}}, RuleError, "unknown-field"),
]  # fmt: skip


@pytest.mark.parametrize(("privacy", "kind", "code"), BAD)
def test_what_cannot_be_done_is_said(
    folder: Path, privacy: dict[str, Any], kind: type[ScrubberError], code: str
) -> None:
    (folder / "ragged.csv").write_text("20;20-30;*\n21;*\n")
    pq.write_table(pa.Table.from_pylist(PEOPLE), folder / "p.parquet")
    with pytest.raises(kind, match=code) as caught:
        scrubber.scrub(folder / "p.parquet", rules(**privacy), out=folder / "out")
    assert not (folder / "out").exists()
    assert not any(city in str(caught.value) for city in CITIES)


def test_the_k_that_would_do_is_told_unless_it_is_small() -> None:
    frame = pl.DataFrame(PEOPLE)
    for rows, told in ((len(PEOPLE), f"k: {len(PEOPLE)} would do"), (9, "a smaller k")):
        with pytest.raises(GateError) as caught:
            scrubber.scrub(frame.head(rows), rules(k=121))
        assert told in caught.value.hint


INFEASIBLE: list[tuple[dict[str, Any], str, tuple[str, ...]]] = [
    ({"max_levels": {"age": 0}}, "age", ("without it none would", "(k: 3 would do, or higher")),
    ({"max_levels": {"age": 2, "city": 0}, "k": 30}, "city", ("k: 12 would do",)),
    ({"max_levels": {"age": 1, "city": 1}, "k": 15}, "age",
     ("highest levels 40 %", "k: 12 or suppression_limit: 0.4 would do")),
    ({"max_levels": {"age": 0}, "l": 2}, "age", ("k and l", "another l")),
    ({"max_levels": {"age": 1, "city": 1}, "t": 0.03, "time_limit": 1e-9}, "age",
     ("privacy-time", "were found in time", "a longer time_limit")),
    ({"l": 4}, "ill", ("a smaller l",)),
]  # fmt: skip


@pytest.mark.parametrize(("privacy", "field", "told"), INFEASIBLE)
def test_where_no_levels_do_it_is_said_what_costs_most_and_what_would(
    privacy: dict[str, Any], field: str, told: tuple[str, ...]
) -> None:
    with pytest.raises(GateError) as caught:
        scrubber.scrub(pl.DataFrame(PEOPLE), rules(**privacy))
    assert caught.value.place.field == field
    assert all(text in str(caught.value) for text in told)
    assert not any(city in str(caught.value) for city in CITIES)


def test_no_level_is_above_the_highest_allowed() -> None:
    whole = scrubber.scrub(pl.DataFrame(PEOPLE), rules(k=20))
    limited = scrubber.scrub(pl.DataFrame(PEOPLE), rules(k=20, max_levels={"age": 1}))
    for result, levels in ((whole, [2, 1]), (limited, [1, 2])):
        section = result.manifest.data["risk"]["privacy"]
        assert [one["level"] for one in section["quasi_identifiers"]] == levels
        assert [one["levels"] for one in section["quasi_identifiers"]] == [4, 3]
        assert sum(one["part_of_loss"] for one in section["quasi_identifiers"]) == 1000


def test_the_plan_shows_the_levels_that_may_be_chosen(folder: Path) -> None:
    pq.write_table(pa.Table.from_pylist(PEOPLE), folder / "p.parquet")
    parsed = rules_from_mapping(rules(max_levels={"age": 1, "city": 0}))
    shown = preview(parsed, survey(parsed, [str(folder / "p.parquet")]), 0)
    fields = {field.name: field.levels for field in shown.fields}
    assert fields == {"age": ("the value", "bin width=10"), "city": ("5 values",), "ill": ()}


def test_a_key_space_of_more_than_63_bits_is_refused() -> None:
    names = [f"q{i}" for i in range(11)]
    frame = pl.DataFrame({name: list(range(i, 100 + i)) for i, name in enumerate(names)})
    asked = {
        "version": 1,
        "fields": [{"name": names, "class": "quasi_identifier"}],
        "privacy": {"k": 2, "hierarchies": {n: [{"bin": {"width": 50}}] for n in names}},
    }
    with pytest.raises(InputError, match="key-space"):
        scrubber.scrub(frame, asked)


def test_a_failed_recheck_leaves_no_output(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def keeping_all(cls: type[Recoding], *args: Any) -> Recoding:
        *rest, gone = args
        return made(cls, *rest, gone & False)

    made = Recoding.of.__func__  # type: ignore[attr-defined]
    monkeypatch.setattr(Recoding, "of", classmethod(keeping_all))
    rows = [*PEOPLE, {"age": 99, "city": "Metz", "ill": "flu"}]
    pq.write_table(pa.Table.from_pylist(rows), folder / "p.parquet")
    with pytest.raises(GateError, match="privacy-recheck"):
        scrubber.scrub(folder / "p.parquet", rules(), out=folder / "out")
    assert not (folder / "out").exists()


row = st.fixed_dictionaries(
    {
        "age": st.one_of(st.none(), st.integers(0, 60)),
        "city": st.one_of(st.none(), st.sampled_from(sorted(CITIES))),
        "ill": st.sampled_from(ILLS),
    }
)


@examples(40)
@given(
    st.lists(row, min_size=8, max_size=60),
    st.integers(2, 6),
    st.sampled_from([0.0, 0.1, 0.5]),
    st.sampled_from(["lattice", "mondrian"]),
    st.sampled_from([{}, {"t": 0.4}]),
    st.integers(1, 59),
)
def test_any_table(
    rows: list[dict[str, Any]],
    k: int,
    limit: float,
    method: str,
    model: dict[str, Any],
    cut: int,
) -> None:
    schema = {"age": pl.Int64, "city": pl.String, "ill": pl.String}
    asked = rules(k=k, suppression_limit=limit, method=method, **model)
    result = scrubber.scrub(pl.DataFrame(rows, schema=schema), asked)
    out = result.data.to_dicts()
    whole = Counter(one["ill"] for one in rows)
    assert len(out) >= len(rows) - int(limit * len(rows) + 1e-9)
    for members in classes(out).values():
        assert len(members) >= k
        assert fulfils(model, members, whole)
    turned = rows[cut % len(rows) :] + rows[: cut % len(rows)]
    other = scrubber.scrub(pl.DataFrame(turned, schema=schema), asked)
    assert Counter(map(str, other.data.to_dicts())) == Counter(map(str, out))


def test_without_quasi_identifiers_row_rules_and_failures_go_together() -> None:
    asked = {
        "version": 1,
        "on_error": "drop_row",
        "fields": [
            {"name": "age", "transform": {"bin": {"edges": [20, 40.5]}}},
            {"name": ["city", "ill"], "keep": "why"},
        ],
        "rows": [{"drop": "ill = 'flu'", "reason": "flu"}],
    }
    left = scrubber.scrub(pl.DataFrame(PEOPLE), asked).data
    assert left.height == sum(row["age"] < 40.5 and row["ill"] != "flu" for row in PEOPLE)


def test_row_rules_come_before_privacy() -> None:
    asked = {**rules(), "rows": [{"drop": "ill = 'flu'", "reason": "flu"}]}
    out = scrubber.scrub(pl.DataFrame(PEOPLE), asked).data.to_dicts()
    assert {row["ill"] for row in out} == {"cold", "gout"}
    assert min(map(len, classes(out).values())) >= 4


def test_a_fraction_among_parameters_makes_no_trouble(folder: Path) -> None:
    asked = rules(hierarchies={"age": [{"bin": {"width": 10.5}}], "city": "cities.csv"})
    asked["fields"][1] = {"name": "ill", "class": "sensitive", "transform": {"round": {"to": 0.5}}}
    rows = [{**row, "ill": 1.25} for row in PEOPLE]
    pq.write_table(pa.Table.from_pylist(rows), folder / "p.parquet")
    scrubber.scrub(folder / "p.parquet", asked, out=folder / "out")
    assert pq.read_table(folder / "out" / "data" / "p.parquet")["ill"].to_pylist()[0] in (1.0, 1.5)
