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


@pytest.mark.parametrize(
    ("name", "text", "kept", "count", "code"),
    [
        ("a.jsonl", '{"a": 1}\nnonsense\n[1]\n{"a": 2}\n', [1, 2], 2, "json-line"),
        ("a.jsonl", f'{{"a": -1}}\n{{"a": {2**63}}}\n{{"a": 2}}\n', [-1, 2], 1, "json-big"),
        ("a.jsonl", '{"a": 1}\n{"a": 1, "a": 3}\n{"a": 2}\n', [1, 2], 1, "json-duplicate-key"),
        ("b.csv", "a,b\n1,2\n3\n4,5\n", ["1", "4"], 1, "csv-ragged"),
        ("c.csv", "a,b\n1,2\n4,5\n", ["1", "4"], 0, None),
    ],
)
def test_records_that_cannot_be_read_are_passed_over_and_counted(
    tmp_path: Path, name: str, text: str, kept: list[object], count: int, code: str | None
) -> None:
    (tmp_path / name).write_text(text)
    found = sample(tmp_path / name)
    assert found.table["a"].to_pylist() == kept
    assert found.passed_over == count
    assert (found.refusal is None) == (code is None)
    assert found.refusal is None or found.refusal.code.startswith(str(code))
    assert found.refusal is None or 2 in (found.refusal.place.line, found.refusal.place.row)


@pytest.mark.parametrize(
    ("name", "good", "bad", "code"),
    [
        ("t.jsonl", '{{"n": {0}}}\n', '{{"n": [}}\n', "json-line"),
        ("t.csv", "{0},x\n", "{0}\n", "csv-ragged"),
    ],
)
@pytest.mark.usefixtures("small_blocks")
def test_of_a_large_file_the_first_bad_record_is_named_too(
    tmp_path: Path, name: str, good: str, bad: str, code: str
) -> None:
    header = "n,x\n" if name.endswith(".csv") else ""
    rows = [(bad if i % 50 == 31 else good).format(i) for i in range(ROWS)]
    (tmp_path / name).write_text(header + "".join(rows))
    found = sample(tmp_path / name)
    assert found.passed_over > 0
    assert found.refusal is not None
    assert (found.refusal.code, found.refusal.place.row) == (code, 32)


def test_a_shard_that_does_not_go_with_the_others_is_counted(tmp_path: Path) -> None:
    (tmp_path / "p1.jsonl").write_text('{"a": -1}\n')
    (tmp_path / "p2.jsonl").write_text(f'{{"a": {2**63}}}\n{{"a": {2**64 - 1}}}\n')
    found = sample(tmp_path)
    assert (found.passed_over, found.refusal.place.file) == (2, "p2.jsonl")


def test_where_no_record_can_be_read_the_reason_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"a": 1, "a": 2}\n')
    with pytest.raises(InputError, match=r"a.jsonl, line 1, row 1, field a: .json-duplicate-key"):
        sample(tmp_path / "a.jsonl")


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
