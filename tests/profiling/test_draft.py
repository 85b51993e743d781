"""Drafted rule files: checked, run at once, little kept, whatever the fields are called."""

from __future__ import annotations

import datetime
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import scrubber
from scrubber.errors import OutputError
from scrubber.model.fieldpath import FieldPath, Selector, leaves
from scrubber.profiling.draft import Draft, draft, write_draft
from tests.examples import examples

KEY = bytes(range(32))
SUPPORT = Path(__file__).parents[2] / "fixtures" / "support"
PATTERNS = {"ner": "none"}
ROWS = 60
PEOPLE: dict[str, list[Any]] = {
    "customer_id": [f"C-{i:05d}" for i in range(ROWS)],
    "last_name": ["Smith", "Garcia", "Miller"] * 20,
    "email": [f"user{i}@example.com" for i in range(ROWS)],
    "age": [20 + i for i in range(ROWS)],
    "income": [20_000.5 + 731 * i for i in range(ROWS)],
    "zip": [f"{10_000 + 97 * i}" for i in range(ROWS)],
    "born": [datetime.date(1950 + i % 50, 1 + i % 12, 3) for i in range(ROWS)],
    "visit": [f"{1 + i % 12:02d}/{1 + i % 28:02d}/2024" for i in range(ROWS)],
    "sex": ["m", "f"] * 30,
    "status": ["open", "closed"] * 30,
    "city": [f"Town {chr(97 + i % 26)}" for i in range(ROWS)],
    "amount": [i * 1.37 for i in range(ROWS)],
    "notes": [f"please call back about the order number {i}" for i in range(ROWS)],
    "c1": ["?" + chr(0x4E00 + i) for i in range(ROWS)],
    "nothing": [None] * ROWS,
}


def drafted(folder: Path, data: pa.Table | None = None, detect: Any = PATTERNS) -> Draft:
    pq.write_table(pa.table(PEOPLE) if data is None else data, folder / "t.parquet")
    return draft([str(folder / "t.parquet")], detect=detect)


def run(folder: Path, made: Draft, source: str = "t.parquet") -> pa.Table:
    write_draft(made, folder / "rules.yaml")
    scrubber.scrub(folder / source, folder / "rules.yaml", out=folder / "out", key=KEY)
    return pq.read_table(folder / "out" / "data" / source)


def decisions(made: Draft) -> dict[str, Any]:
    return {rule.name: rule.decision for rule in made.rules}


def test_each_field_gets_what_suits_it(tmp_path: Path) -> None:
    made = drafted(tmp_path)
    assert decisions(made) == {
        "customer_id": {"transform": {"token": {"domain": "customer"}}},
        "last_name": {"transform": "drop"},
        "email": {"transform": "drop"},
        "age": {"transform": {"bin": {"width": 10, "top": 90}}},
        "income": {"transform": {"bin": {"width": 5000, "bottom": 25000, "top": 60000}}},
        "zip": {"transform": {"prefix": {"keep": 3, "width": 5}}},
        "born": {"transform": {"truncate_date": {"to": "year"}}},
        "visit": {"transform": {"truncate_date": {"to": "year", "format": "%m/%d/%Y"}}},
        "sex": {"keep": decisions(made)["sex"]["keep"]},
        "status": {"keep": decisions(made)["status"]["keep"]},
        "city": {"transform": "drop"},
        "amount": {"keep": decisions(made)["amount"]["keep"]},
        "notes": {"transform": "drop"},
        "c1": {"transform": "drop"},
        "nothing": {"transform": "drop"},
    }
    out = run(tmp_path, made)
    assert out.num_rows == ROWS
    assert out["age"][0].as_py() == "[20, 30)"
    assert out["visit"][0].as_py() == "2024"
    assert out["zip"][0].as_py() == "100"


def test_text_is_searched_where_names_are_found(tmp_path: Path) -> None:
    made = drafted(tmp_path, detect={"ner": "builtin"})
    linked = ["customer_id", "last_name", "email", "born"]
    assert decisions(made)["notes"] == {"entities": {"default": "redact"}, "linked": linked}
    assert decisions(made)["last_name"] == {"transform": "drop", "linked_as": "LAST_NAME"}
    assert made.counts()["dropped"] == 5
    assert "blanked" not in made.counts()
    assert made.head["detect"] == {"ner": "builtin"}
    assert run(tmp_path, made).num_rows == ROWS


def test_a_row_s_own_identifiers_are_not_left_in_its_text(tmp_path: Path) -> None:
    data = {
        "surname": [f"Qzorv{chr(97 + i % 26)}" for i in range(ROWS)],
        "account_no": [f"KX-{i:06d}" for i in range(ROWS)],
        "notes": [
            f"spoke with qzorv{chr(97 + i % 26)} about KX {i:06d} and it was all right then"
            for i in range(ROWS)
        ],
    }
    out = run(tmp_path, drafted(tmp_path, pa.table(data), {"ner": "builtin"}))
    assert out.column_names == ["notes"]
    for i, text in enumerate(out["notes"].to_pylist()):
        assert "qzorv" not in text
        assert f"{i:06d}" not in text


def test_the_fixture_s_tables_still_join(tmp_path: Path) -> None:
    made = draft([str(SUPPORT)])
    write_draft(made, tmp_path / "rules.yaml")
    scrubber.scrub(SUPPORT, tmp_path / "rules.yaml", out=tmp_path / "out", key=KEY)
    customers = (tmp_path / "out/data/customers.csv").read_text().splitlines()
    ids = {line.split(",")[0] for line in customers[1:]}
    chats = (tmp_path / "out/data/chats.jsonl").read_text()
    assert sum(id_ in chats for id_ in ids) > 50


def test_keys_that_share_values_share_a_domain(tmp_path: Path) -> None:
    ids = [f"P-{i:06d}" for i in range(50)]
    pq.write_table(pa.table({"id": ids, "status": ["a", "b"] * 25}), tmp_path / "people.parquet")
    visits = {"visit_id": [f"V-{i:06d}" for i in range(50)], "person": ids[::-1]}
    pq.write_table(pa.table(visits), tmp_path / "visits.parquet")
    found = decisions(draft([str(tmp_path)], detect=PATTERNS))
    domains = {
        name: found[name]["transform"]["token"]["domain"] for name in ("id", "person", "visit_id")
    }
    assert domains["id"] == domains["person"] != domains["visit_id"]


def test_a_field_of_one_name_gets_one_rule_that_fits_all_tables(tmp_path: Path) -> None:
    pq.write_table(pa.table({"x": list(range(60)), "date": PEOPLE["born"]}), tmp_path / "a.parquet")
    texts = {"x": PEOPLE["notes"], "date": PEOPLE["email"]}
    pq.write_table(pa.table(texts), tmp_path / "b.parquet")
    made = draft([str(tmp_path)], detect=PATTERNS)
    write_draft(made, tmp_path / "rules.yaml")
    sources = str(tmp_path / "*.parquet")
    scrubber.scrub(sources, tmp_path / "rules.yaml", out=tmp_path / "out", key=KEY)
    assert len({rule.name for rule in made.rules}) == len(made.rules)


def test_something_is_left_of_a_table_that_is_all_personal(tmp_path: Path) -> None:
    data = pa.table({"name": ["Ann Poe"] * 3, "email": ["a@example.com"] * 3})
    out = run(tmp_path, drafted(tmp_path, data))
    assert out.to_pylist() == [{"name": "{REDACTED}"}] * 3


def test_half_a_map_is_not_dropped(tmp_path: Path) -> None:
    pairs = pa.array(
        [[(f"user{i}@example.com", i)] for i in range(60)], pa.map_(pa.string(), pa.int64())
    )
    made = drafted(tmp_path, pa.table({"m": pairs, "status": PEOPLE["status"]}))
    assert run(tmp_path, made).column_names == ["status"]


def test_a_rare_key_that_the_sample_lacks_is_dropped(tmp_path: Path) -> None:
    lines = ['{"status": "a"}'] * 500 + ['{"status": "b", "rare": {"deep": "x"}}']
    (tmp_path / "t.jsonl").write_text("\n".join(lines) + "\n")
    made = draft([str(tmp_path / "t.jsonl")], rows=5, detect=PATTERNS)
    assert decisions(made)["rare.deep"] == {"transform": "drop"}


def test_a_draft_is_deterministic(tmp_path: Path) -> None:
    assert drafted(tmp_path).text == drafted(tmp_path).text


def test_a_rule_file_is_not_replaced_unasked(tmp_path: Path) -> None:
    made = drafted(tmp_path)
    write_draft(made, tmp_path / "sub" / "rules.yaml")
    with pytest.raises(OutputError, match="rules-exist"):
        write_draft(made, tmp_path / "sub" / "rules.yaml")
    write_draft(made, tmp_path / "sub" / "rules.yaml", overwrite=True)
    assert [p.name for p in (tmp_path / "sub").iterdir()] == ["rules.yaml"]
    with pytest.raises(OutputError, match="output-write"):
        write_draft(made, tmp_path / "t.parquet" / "rules.yaml")


HOSTILE = [
    "a", "b", "a.b", '"a"', "a*", "*", "**", "?", "a?", "[]", "a[]", '"', "\\", "a\nb", "# x", "- x",
    "", " ", "\t", "null", "yes", "{x}", "&a", "!t", "é", "\u202e", "x:y", "Is it you?", "a.*", '"a.b"',
]  # fmt: skip
NAMES = st.one_of(
    st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
)
VALUES = {
    "keys": pa.array([f"K{i:07d}" for i in range(30)]),
    "mails": pa.array([f"u{i}@example.com" for i in range(30)]),
    "plans": pa.array(["x", "y"] * 15),
    "numbers": pa.array([i * 1.5 for i in range(30)]),
    "flags": pa.array([True, None, False] * 10),
    "nulls": pa.nulls(30),
    "lists": pa.array([[f"u{i}@example.com"] for i in range(30)]),
    "structs": pa.array([{"b": f"K{i:07d}", "a*": 1} for i in range(30)]),
    "maps": pa.array([[("k", i)] for i in range(30)], pa.map_(pa.string(), pa.int64())),
}
TABLES = st.dictionaries(NAMES, st.sampled_from(sorted(VALUES)), min_size=1, max_size=6)


@given(TABLES)
@examples(50)
def test_any_names_give_a_rule_file_that_runs(columns: dict[str, str]) -> None:
    data = pa.table({name: VALUES[kind] for name, kind in columns.items()})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = drafted(folder, data)
        out = run(folder, made)
        assert out.num_rows == 30
        left = {path for path, _ in leaves(out.schema)}
        personal = {"mails", "lists"}
        for column, kind in columns.items():
            if kind in personal and any(path.column == column for path in left):
                values = str(out.column(column).to_pylist())
                assert "@example.com" not in values
        assert scrubber.load_rules(folder / "rules.yaml").fields


def test_names_that_decide_about_each_other_come_to_do_the_same(tmp_path: Path) -> None:
    data = pa.table({"a*": PEOPLE["status"], "ab": PEOPLE["email"], "c": PEOPLE["status"]})
    made = drafted(tmp_path, data)
    assert run(tmp_path, made).column_names == ["a*", "c"]
    data = pa.table({"a*": PEOPLE["status"], "a?": PEOPLE["email"], "c": PEOPLE["status"]})
    (tmp_path / "other").mkdir()
    made = drafted(tmp_path / "other", data)
    assert run(tmp_path / "other", made).column_names == ["c"]


def test_a_column_here_and_a_struct_there_are_dropped_together(tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"a": PEOPLE["status"], "c": PEOPLE["status"]}), tmp_path / "1x.parquet"
    )
    inner = pa.array([{"b": i} for i in range(ROWS)])
    pq.write_table(pa.table({"a": inner, "c": PEOPLE["status"]}), tmp_path / "y.parquet")
    made = draft([str(tmp_path)], detect=PATTERNS)
    write_draft(made, tmp_path / "rules.yaml")
    sources = str(tmp_path / "*.parquet")
    scrubber.scrub(sources, tmp_path / "rules.yaml", out=tmp_path / "out", key=KEY)
    assert str(FieldPath(("c",))) in decisions(made)


def test_wide_tables_ask_no_selector_of_each_column(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules times columns made `init` quadratic: 1,000 columns took half a minute."""
    count = 400
    path = tmp_path / "wide.csv"
    names = [f"c{i}" for i in range(count)]
    path.write_text("".join(",".join(row) + "\n" for row in (names, *[["7"] * count] * 12)))
    asked: list[str] = []
    monkeypatch.setattr(Selector, "matches", lambda self, _: bool(asked.append(self.text)))
    made = draft([str(path)])
    assert [rule.name for rule in made.rules] == names
    assert not asked


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("t.jsonl", '{"a": 1}\n' * 20 + '{"a": "SECRET", "a": 1}\n' * 3, "line 21"),
        ("t.csv", "a,b\n" + "1,2\n" * 20 + "SECRET\n" * 3, "row 21"),
    ],
)
def test_records_that_a_run_would_refuse_are_told(
    tmp_path: Path, name: str, text: str, place: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    made = draft([str(path)], detect=PATTERNS)
    (said,) = made.passed_over
    assert said.startswith("1-10 records were skipped; a run refuses them: t.")
    assert place in said
    assert "drop_row" in said
    assert said in made.text
    assert "SECRET" not in made.text
    found = scrubber.audit(str(path), detect=PATTERNS)
    assert not found.complete
    (table,) = found.to_json()["tables"]
    assert (table["passed_over"], place in table["refusal"]) == ("1-10", True)
