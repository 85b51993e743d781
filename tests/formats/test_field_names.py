"""Names that are values are refused in every format; ordinary ones are not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scrubber import formats
from scrubber.errors import InputError
from scrubber.formats.admission import admitted
from scrubber.formats.field_names import data_among, looks_like_data, row_as_header
from scrubber.model.fieldpath import leaves
from tests.formats.ordinary_names import ORDINARY


@pytest.mark.parametrize("kind", ORDINARY)
def test_ordinary_names_pass(kind: str) -> None:
    names = ORDINARY[kind]
    assert [name for name in names if looks_like_data(name)] == []
    assert data_among(names) is None


DATA = [
    *("ann@example.com", "score of ann@example.org", "078-05-1120", "078051120", "555-1234"),
    *("+1 555 123 4567", "(555) 123-4567", "4111 1111 1111 1111", "DE89370400440532013000"),
    *("550e8400-e29b-41d4-a716-446655440000", "10.1.2.3", "00:1A:2B:3C:4D:5E"),
    *("5d41402abc4b2a76b9719d911017c592", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "a" * 257),
    *("Ann Miller", "ann_miller", "ann.miller", "annMiller", "Miller, Ann", "MILLER ANN"),
    *("Dr. Miller", "John Fitzgerald Smith", "José García", "John Brown", "O'Brien, Patrick"),
    *("patient_10423", "patient-4711", "user 55123", "mrn0012345", "customer_id_88412"),
]


@pytest.mark.parametrize("name", DATA)
def test_a_value_is_no_name(name: str) -> None:
    assert looks_like_data(name)


@pytest.mark.parametrize(
    ("names", "index"),
    [
        (["id", "1985-03-12"], 1),
        (["12.03.1985", "30.11.1971", "1.1.1990"], 0),
        (["10423", "10077", "10990"], 0),
        (["Ann", "Bob"], 0),
        (["score", "smith", "ann"], 1),
    ],
)
def test_names_that_are_values_among_their_siblings(names: list[str], index: int) -> None:
    assert data_among(names) == index


@pytest.mark.parametrize(
    ("names", "rows"),
    [
        (["Ann", "Miller", "F"], [["Bob", "Jones", "M"], ["Eve", "Young", "F"]]),
        (["red", "circle", "small"], [["blue", "circle", "large"], ["red", "square", "small"]]),
        (["34", "85000", "1"], [["31", "90000", "0"], ["45", "70000", "1"]]),
        (["5.1", "3.5", "setosa"], [["4.9", "3.0", "setosa"], ["7.0", "3.6", "setosa"]]),
        (["AB-1203", "yes"], [["CD-9911", "no"], ["EF-1204", "yes"]]),
        (["yes"], [["no"], ["yes"]]),
    ],
)
def test_a_record_is_no_header(names: list[str], rows: list[list[str]]) -> None:
    assert row_as_header(names, rows) is not None


@pytest.mark.parametrize(
    ("names", "rows"),
    [
        (["name", "surname", "sex"], [["Bob", "Jones", "M"], ["Eve", "Young", "F"]]),
        (["color", "red"], [["red", "1"], ["blue", "0"]]),
        (["day"], [["monday"], ["tuesday"]]),
        ([str(i) for i in range(9)], [[str(9 - i) for i in range(9)], ["0"] * 9]),
        (["region", "2010", "2020"], [["x", "1500", "1800"], ["y", "2900", "3000"]]),
        (["region", "2019", "2020"], [["x", "1500", "1800"], ["y", "2900", "3000"]]),
        (["id", "other", "none"], [["1", "no", "x"], ["2", "other", "y"]]),
        (["a", "b"], [["a", "b"], ["a", "b"]]),
        (["a", "b"], []),
    ],
)
def test_a_header_is_no_record(names: list[str], rows: list[list[str]]) -> None:
    assert row_as_header(names, rows) is None


NAME = "Ann Miller"


def csv(folder: Path) -> Path:
    path = folder / "a.csv"
    path.write_text(f"id,{NAME}\n1,2\n")
    return path


def jsonl(folder: Path) -> Path:
    path = folder / "a.jsonl"
    path.write_text(json.dumps({"id": 1, NAME: 2}) + "\n")
    return path


def parquet(folder: Path) -> Path:
    path = folder / "a.parquet"
    pq.write_table(pa.table({"id": [1], NAME: [2]}), path)
    return path


def arrow(folder: Path) -> Path:
    path = folder / "a.arrow"
    table = pa.table({"id": [[{NAME: 2}]]})
    with pa.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table)
    return path


@pytest.mark.parametrize(
    ("make", "code"),
    [(csv, "csv-header"), (jsonl, "json-key"), (parquet, "field-name"), (arrow, "field-name")],
)
def test_every_format_refuses_it_and_does_not_show_it(
    make: Callable[[Path], Path], code: str, tmp_path: Path
) -> None:
    sources = formats.discover([str(make(tmp_path))])
    with pytest.raises(InputError) as caught:
        formats.schemas(sources)
    assert caught.value.code == code
    assert NAME not in str(caught.value)
    assert caught.value.hint or "make it a value" in caught.value.text
    with pytest.raises(InputError) as caught:  # of JSON, a sample leaves such records out
        formats.samples(sources, 10, 0)
    assert NAME not in str(caught.value)


@pytest.mark.parametrize(
    "kind",
    [
        pa.struct([(NAME, pa.int8())]),
        pa.list_(pa.struct([(NAME, pa.int8())])),
        pa.map_(pa.string(), pa.struct([(NAME, pa.int8())])),
        pa.struct([("s", pa.struct([(NAME, pa.int8())]))]),
    ],
    ids=str,
)
def test_names_however_deep(kind: pa.DataType) -> None:
    with pytest.raises(InputError) as caught:
        admitted(pa.schema([("x", kind)]), "x")
    assert caught.value.code == "field-name"
    assert NAME not in str(caught.value)
    assert "x" in str(caught.value.place)


def keyed(folder: Path, key: Callable[[int], str], *, under: str | None = None) -> Path:
    records = ({key(i): {"n": i}} for i in range(40))
    whole = (record if under is None else {"id": 1, under: record} for record in records)
    path = folder / "a.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in whole))
    return path


@pytest.mark.parametrize("key", [lambda i: f"u{i}x", lambda i: "qx" + "ab" * i, lambda i: f"p-{i}"])
def test_keys_that_differ_from_record_to_record(key: Callable[[int], str], tmp_path: Path) -> None:
    sources = formats.discover([str(keyed(tmp_path, key))])
    with pytest.raises(InputError) as caught:
        formats.schemas(sources)
    assert caught.value.code == "json-key"
    assert key(7) not in str(caught.value)
    (source,) = formats.discover([str(keyed(tmp_path, key, under="scores"))])
    found = leaves(formats.schemas([source])[source.alias])
    assert [str(path) for path, _ in found] == ["id", "scores.{key}", "scores.{value}.n"]


def test_sparse_words_are_names_still(tmp_path: Path) -> None:
    words = "width height depth weight color size brand model price stock page label".split()
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps({"id": 1, word: 2}) + "\n" for word in words * 3))
    assert set(words) < set(formats.schemas(formats.discover([str(path)]))["a.jsonl"].names)
