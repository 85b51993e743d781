"""The audit: every field of every format, seeded, and without a value of the data."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import scrubber
from scrubber.errors import InputError
from scrubber.model.fieldclass import FieldClass
from scrubber.profiling.report import banded, share_said
from tests.examples import examples

SUPPORT = Path(__file__).parents[2] / "fixtures" / "support"
PATTERNS = {"ner": "none"}


def classes(found: scrubber.Audit) -> dict[str, FieldClass]:
    return {field.name: field.field_class for table in found.tables for field in table.fields}


def test_the_fixture_is_told_field_by_field() -> None:
    found = scrubber.audit(str(SUPPORT))
    assert [table.name for table in found.tables] == ["chats.jsonl", "customers.csv"]
    told = classes(found)
    direct = {name for name, class_ in told.items() if class_ is FieldClass.DIRECT_IDENTIFIER}
    assert direct == {
        "chat_id", "customer_id", "first_name", "last_name", "email", "phone", "street", "last_ip",
    }  # fmt: skip
    assert told["messages[].content"] is FieldClass.TEXT
    assert told["birth_date"] is FieldClass.QUASI_IDENTIFIER
    assert told["churned"] is FieldClass.INSENSITIVE
    texts = next(f for f in found.tables[0].fields if f.name == "messages[].content")
    assert dict(texts.findings)["EMAIL_ADDRESS"] > 0
    assert 0 < texts.personal < 1


def test_a_frame_is_audited_like_a_file(tmp_path: Path) -> None:
    frame = pl.DataFrame({"email": ["ann@example.com"] * 30, "n": range(30)})
    frame.write_parquet(tmp_path / "t.parquet")
    by_path = scrubber.audit(tmp_path / "t.parquet", detect=PATTERNS)
    for data in (frame, frame.lazy(), frame.to_arrow(), frame.to_pandas()):
        (table,) = scrubber.audit(data, detect=PATTERNS).tables
        assert [f.evidence for f in table.fields] == [f.evidence for f in by_path.tables[0].fields]
        assert (table.name, table.records) == ("frame", 30)


def test_nested_dictionary_and_view_fields_are_seen() -> None:
    table = pa.table(
        {
            "people": pa.array([[{"email": "a@example.com"}], None], None),
            "city": pa.array(["Rome", "Oslo"]).dictionary_encode(),
            "phone": pa.array(["212-555-0152", None], pa.string_view()),
            "tags": pa.array([[("k", "v")], []], pa.map_(pa.string(), pa.string())),
        }
    )
    told = classes(scrubber.audit(table, detect=PATTERNS))
    assert set(told) == {"people[].email", "city", "phone", "tags.{key}", "tags.{value}"}
    assert told["people[].email"] is FieldClass.DIRECT_IDENTIFIER
    assert told["phone"] is FieldClass.DIRECT_IDENTIFIER


@pytest.mark.parametrize("rows", [0, 1])
def test_an_empty_table_and_a_table_of_one_row_have_an_audit(rows: int) -> None:
    data = pa.table({"last_name": ["Poe"], "c2": ["x"], "c3": pa.nulls(1)}).slice(0, rows)
    (table,) = scrubber.audit(data, detect=PATTERNS).tables
    assert [field.name for field in table.fields] == ["last_name", "c2", "c3"]
    assert table.fields[0].field_class is FieldClass.DIRECT_IDENTIFIER
    assert table.fields[2].doubtful


def test_a_large_file_is_sampled_by_its_seed(tmp_path: Path) -> None:
    data = pa.table({"id": list(range(300_000)), "plan": ["a", "b", "c"] * 100_000})
    pq.write_table(data, tmp_path / "t.parquet", row_group_size=20_000)
    one, again = (scrubber.audit(tmp_path, rows=500, seed=3, detect=PATTERNS) for _ in range(2))
    assert one == again
    (table,) = one.tables
    assert (table.records, table.sampled) == (300_000, 500)
    id_, plan = table.fields
    assert id_.distinct == 300_000
    assert not id_.exact
    assert plan.distinct == 3


@pytest.mark.parametrize("rows", [-1, 0])
def test_a_sample_has_records(rows: int) -> None:
    with pytest.raises(ValueError, match="rows"):
        scrubber.audit(pa.table({"a": [1]}), rows=rows)


def test_what_is_not_there_cannot_be_audited(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="input-missing"):
        scrubber.audit(tmp_path / "none.csv")


def test_small_counts_are_banded() -> None:
    assert [banded(n) for n in (0, 1, 10, 11)] == ["0", "1-10", "1-10", "11"]
    said = [share_said(n / 1000, 1000) for n in (0, 1, 10, 11, 500, 989, 990, 999, 1000)]
    few, most = "few", "nearly all"
    assert said == ["none", few, few, "1 %", "50 %", "99 %", most, most, "all"]
    texts = ["call 212-555-0152", *["nothing to be seen in this long text here"] * 40]
    audited = scrubber.audit(pa.table({"note": texts}), detect=PATTERNS).to_json()
    field = audited["tables"][0]["fields"][0]
    assert field["findings"]["PHONE_NUMBER"] == "1-10"
    assert field["personal"] == "few"


MARKS = st.text(st.characters(categories=["Lu", "Ll", "Nd"]), min_size=4, max_size=12).map(
    lambda text: f"Qz{text}7x"
)
COLUMNS = ["name", "email", "c1", "notes", "age", "account", "status", "birth_date", "zip"]


@given(
    st.lists(MARKS, min_size=1, max_size=60),
    st.sampled_from(COLUMNS),
    st.sampled_from(list("abcd")),
)
@examples(40)
def test_no_value_is_in_an_audit(marks: list[str], column: str, form: str) -> None:
    values = {
        "a": marks,
        "b": [f"{mark}@example.com" for mark in marks],
        "c": [f"Dear {mark}, your order number {mark} came late again" for mark in marks],
        "d": (marks * 20)[:80],
    }[form]
    found = scrubber.audit(
        pa.table({column: values, "nested": [[v] for v in values]}), detect=PATTERNS
    )
    shown = f"{found!r} {json.dumps(found.to_json(), ensure_ascii=False)}"
    assert not [mark for mark in marks if mark in shown]
