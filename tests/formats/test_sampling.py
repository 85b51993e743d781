"""Seeded samples: the same records for a seed, from everywhere, without reading everything."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from scrubber import formats
from scrubber.errors import InputError
from scrubber.formats import Sample, sampling

ROWS = 6000
NOTE = 'said "no,\nnever"; then, left'


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of the tests' size count as large."""
    monkeypatch.setattr(sampling, "WHOLE_BYTES", 10_000)
    monkeypatch.setattr(sampling, "BLOCK_BYTES", 2048)


def table(first: int = 0, rows: int = ROWS) -> pa.Table:
    numbers = range(first, first + rows)
    return pa.table(
        {
            "n": [str(i) for i in numbers],
            "note": [f"{i}: {NOTE}" if i % 3 == 0 else f"{i}: plain" for i in numbers],
        }
    )


def write(path: Path, data: pa.Table) -> Path:
    match path.suffix:
        case ".parquet":
            pq.write_table(data, path, row_group_size=500)
        case ".csv":
            pa_csv.write_csv(data, path)
        case ".jsonl":
            path.write_text("".join(json.dumps(row) + "\n" for row in data.to_pylist()))
        case ".arrow":
            with pa.ipc.new_file(path, data.schema) as writer:
                writer.write_table(data, max_chunksize=500)
        case ".arrows":
            with pa.ipc.new_stream(path, data.schema) as writer:
                writer.write_table(data, max_chunksize=500)
        case ".gz":
            write(path.with_suffix(""), data)
            path.write_bytes(gzip.compress(path.with_suffix("").read_bytes()))
            path.with_suffix("").unlink()
    return path


def sample(path: Path, rows: int = 600, seed: int = 0) -> Sample:
    (one,) = formats.samples(formats.discover([str(path)]), rows, seed)
    return one


NAMES = ["t.parquet", "t.csv", "t.jsonl", "t.arrow", "t.arrows", "t.csv.gz", "t.jsonl.gz"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("small_blocks")
def test_a_sample_holds_records_as_they_are(tmp_path: Path, name: str) -> None:
    found = sample(write(tmp_path / name, table()))
    rows = found.table.to_pylist()
    assert 300 <= len(rows) <= 600
    assert len({row["n"] for row in rows}) == len(rows)
    for row in rows:
        i = int(row["n"])
        assert row["note"] == (f"{i}: {NOTE}" if i % 3 == 0 else f"{i}: plain")


@pytest.mark.parametrize("name", ["t.parquet", "t.csv", "t.jsonl", "t.arrow"])
@pytest.mark.usefixtures("small_blocks")
def test_a_sample_comes_from_all_over_the_file(tmp_path: Path, name: str) -> None:
    numbers = [int(n) for n in sample(write(tmp_path / name, table())).table["n"].to_pylist()]
    assert min(numbers) < ROWS / 4
    assert max(numbers) > ROWS * 3 / 4


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("small_blocks")
def test_the_seed_decides(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, table())
    assert sample(path, seed=1).table.equals(sample(path, seed=1).table)
    assert not sample(path, seed=1).table.equals(sample(path, seed=2).table)


@pytest.mark.parametrize("name", NAMES)
def test_a_small_file_is_taken_whole(tmp_path: Path, name: str) -> None:
    found = sample(write(tmp_path / name, table(rows=20)))
    assert found.table.num_rows == 20
    assert sorted(int(n) for n in found.table["n"].to_pylist()) == list(range(20))


@pytest.mark.parametrize(
    ("name", "known"), [("t.parquet", True), ("t.csv", True), ("t.arrows", False)]
)
def test_how_many_records_there_are_is_said_where_it_is_known(
    tmp_path: Path, name: str, known: bool
) -> None:
    assert sample(write(tmp_path / name, table())).records == (ROWS if known else None)


def test_shards_are_one_sample(tmp_path: Path) -> None:
    for i in range(3):
        write(tmp_path / f"part-{i}.parquet", table(i * 100, 100))
    found = sample(tmp_path, rows=60)
    assert (found.name, found.shards, found.records) == ("part-0.parquet", 3, 300)
    assert {int(n) // 100 for n in found.table["n"].to_pylist()} == {0, 1, 2}


def test_json_shards_are_read_by_what_they_hold_together(tmp_path: Path) -> None:
    (tmp_path / "p1.jsonl").write_text('{"a": 1}\n')
    (tmp_path / "p2.jsonl").write_text('{"a": 1.5, "b": "x"}\n')
    assert sample(tmp_path).table.to_pylist() == [{"a": 1.0, "b": None}, {"a": 1.5, "b": "x"}]


def test_records_that_cannot_be_read_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"a": 1}\nnonsense\n{"a": "text"}\n{"a": 2}\n')
    assert sample(tmp_path / "a.jsonl").table["a"].to_pylist() == [1, 2]
    (tmp_path / "b.csv").write_text("a,b\n1,2\n3\n4,5\n")
    assert sample(tmp_path / "b.csv").table["a"].to_pylist() == ["1", "4"]


@pytest.mark.parametrize("cell", ['5" pipe', '"OK" as usual', ' "x"', '"a\\"b"'])
@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.csv.gz"])
@pytest.mark.parametrize("row", [0, 3000, 5999])
@pytest.mark.usefixtures("small_blocks")
def test_a_quote_out_of_place_is_refused_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, row: int, cell: str
) -> None:
    monkeypatch.setattr(sampling, "BLOCK_BYTES", 8192)  # blocks that overlap
    mark = "\t" if name == "t.tsv" else ","
    lines = [f'{i}{mark}"a note,{" " * (i % 9)}\n of two lines"\n' for i in range(ROWS)]
    lines[row] = f"{row}{mark}{cell}\n"
    text = "".join([f"n{mark}note\n", *lines]).encode()
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    with pytest.raises(InputError) as caught:
        sample(tmp_path / name)
    assert (caught.value.code, caught.value.place.line) == ("csv-quote", 2 + 2 * row)


def test_a_csv_file_without_records_is_an_empty_sample(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n")
    assert sample(tmp_path / "a.csv").table.num_rows == 0


def test_what_is_no_parquet_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 nonsense PAR1")
    with pytest.raises(InputError, match="parquet-unreadable"):
        sample(tmp_path / "a.parquet")


def test_no_sample_shows_its_records() -> None:
    shown = repr(Sample("x", pa.table({"a": ["secret"]}), 1))
    assert "secret" not in shown


def test_drawing_keeps_the_order() -> None:
    drawn = sampling.drawn(pa.table({"n": list(range(100))}), 10, random.Random(3))["n"].to_pylist()
    assert drawn == sorted(drawn)
    assert len(drawn) == 10


@pytest.mark.parametrize("name", ["t.parquet", "t.arrow"])
def test_views_are_sampled_as_other_texts(files, name):
    table = pa.table(
        {"a": pa.array([f"longer than twelve {i}" for i in range(100)], pa.string_view())}
    )
    (sample,) = formats.samples([files.write(name, table)], 20, 1)
    assert sample.table.num_rows == 20
    assert set(sample.table["a"].to_pylist()) < set(table["a"].to_pylist())
