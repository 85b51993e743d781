"""Columns that nobody asks for: left in the file where the footer says that they have no nulls."""

from __future__ import annotations

import datetime as dt
import decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scrubber import formats
from scrubber.errors import InputError

SECRET = "SECRETVALUE"
FULL = [
    pa.array([SECRET, "b"]),
    pa.array([SECRET, "b"], pa.large_string()),
    pa.array([b"a", b"b"], pa.binary()),
    pa.array([b"ab", b"cd"], pa.binary(2)),
    pa.array([1, 2], pa.int8()),
    pa.array([2**64 - 1, 2], pa.uint64()),
    pa.array([0.5, float("nan")]),
    pa.array([True, False]),
    pa.array([dt.date(2024, 1, 31)] * 2, pa.date32()),
    pa.array([1, 2], pa.timestamp("ns", "Europe/Berlin")),
    pa.array([1, 2], pa.time64("us")),
    pa.array([decimal.Decimal("1.10")] * 2, pa.decimal128(20, 2)),
]
READ_ALL_THE_SAME = [
    pa.array([SECRET, None]),
    pa.array([SECRET, "b"]).dictionary_encode(),
    pa.array(["long enough to be a view", "b"], pa.string_view()),
    pa.array([[SECRET], []], pa.list_(pa.string())),
    pa.array([{"x": SECRET}, {"x": "b"}]),
    pa.array([None, None], pa.null()),
    pa.ExtensionArray.from_storage(pa.uuid(), pa.array([b"0" * 16] * 2, pa.binary(16))),
]


def read(path: Path, unasked: set[str]) -> pa.Table:
    source = formats.Source(str(path), path.name, "parquet")
    schema = formats.schemas([source])[source.alias]
    chunks = list(formats.read(source, schema, unasked=frozenset(unasked)))
    for chunk in chunks:
        assert chunk.table.schema.equals(schema, check_metadata=True)
        chunk.table.validate(full=True)
    return pa.concat_tables([chunk.table for chunk in chunks])


def written(path: Path, columns: dict[str, Any], **how: Any) -> Path:
    pq.write_table(pa.table(columns), path, **how)
    return path


@pytest.mark.parametrize("column", FULL, ids=lambda column: str(column.type))
def test_a_column_without_nulls_comes_as_blank_values(column: pa.Array, tmp_path: Path) -> None:
    table = read(written(tmp_path / "a.parquet", {"n": [1, 2], "x": column}), {"x"})
    assert table["n"].to_pylist() == [1, 2]
    assert table["x"].null_count == 0
    assert len(table["x"]) == 2
    assert table["x"].to_pylist() != column.to_pylist()
    assert SECRET not in str(table)


@pytest.mark.parametrize("column", READ_ALL_THE_SAME, ids=lambda column: str(column.type))
def test_others_are_read(column: pa.Array, tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", {"n": [1, 2], "x": column})
    assert read(path, {"x"}).equals(read(path, set()))


def test_each_row_group_tells_of_itself(tmp_path: Path) -> None:
    columns = {"n": [1, 2, 3, 4], "x": [SECRET, "b", "c", None]}
    path = written(tmp_path / "a.parquet", columns, row_group_size=2)
    assert read(path, {"x"})["x"].to_pylist() == ["", "", "c", None]


@pytest.mark.parametrize("how", [{"write_statistics": False}, {"write_statistics": ["n"]}])
def test_without_statistics_it_is_read(how: dict[str, Any], tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", {"n": [1, 2], "x": ["a", "b"]}, **how)
    assert read(path, {"x"})["x"].to_pylist() == ["a", "b"]


def test_names_with_dots_are_not_taken_for_paths(tmp_path: Path) -> None:
    columns = {"a": [{"b": "x"}, {"b": "y"}], "a.b": ["1", "2"], "n": [1, 2]}
    path = written(tmp_path / "a.parquet", columns)
    assert read(path, {"a.b"}).to_pydict() == columns


def test_its_bytes_are_not_looked_at(tmp_path: Path) -> None:
    """A column that is damaged does not matter, where it is left out."""
    columns = {"x": [f"{SECRET}{i}" for i in range(100)], "n": list(range(100))}
    path = written(tmp_path / "a.parquet", columns, use_dictionary=False)
    place = pq.read_metadata(path).row_group(0).column(0).data_page_offset
    data = bytearray(path.read_bytes())
    data[place : place + 60] = b"\xff" * 60
    path.write_bytes(bytes(data))
    assert read(path, {"x"})["n"].to_pylist() == columns["n"]
    with pytest.raises(InputError):
        read(path, set())


def test_other_formats_read_everything(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("n,x\n1,a\n2,b\n")
    source = formats.Source(str(path), "a.csv", "csv")
    schema = formats.schemas([source])[source.alias]
    (chunk,) = formats.read(source, schema, unasked=frozenset({"x"}))
    assert chunk.table["x"].to_pylist() == ["a", "b"]
