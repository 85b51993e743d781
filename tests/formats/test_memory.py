"""Memory: what a file holds is read bit by bit, whatever its layout; what cannot be is refused.

Each file is read in a process of its own, which tells the most memory that it held.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from scrubber import formats
from scrubber.errors import InputError
from scrubber.formats.ipc import messages as arrow_messages
from scrubber.formats.parquet import pages as parquet_pages

READ = """\
import sys
import pyarrow as pa
from scrubber import formats

def most():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))

source, = formats.discover(sys.argv[1:])
before = most()
schema = formats.schemas([source])[source.alias]
rows = sum(chunk.table.num_rows for chunk in formats.read(source, schema))
print(rows, most() - before)
"""
MOST = 200  # MiB


def one_row_group(path: Path) -> int:
    """320 MB in one row group, and in each column chunk more than is read at a time."""
    table = pa.table({"a": np.arange(20_000_000), "b": np.arange(20_000_000)})
    pq.write_table(table, path, row_group_size=table.num_rows, use_dictionary=False)
    return table.num_rows


def shared_by_all(path: Path) -> int:
    """10 KB, two hundred thousand times: two hundred and fifty times what may be held."""
    table = pa.table({"prompt": pa.array(["p" * 10_000]).take(pa.array(np.zeros(40_000, int)))})
    pq.write_table(table, path, row_group_size=table.num_rows)
    return table.num_rows


def shared_in_lists(path: Path) -> int:
    """The same, below lists and structs, the first of which is empty."""
    texts = pa.array([*(f"t{i}" for i in range(1000)), "p" * 10_000])
    long = texts.take(pa.array(np.full(40_000, 1000)))
    entries = pa.StructArray.from_arrays([long], ["content"])
    offsets = pa.array([0, 0, *range(4, 40_001, 4)], pa.int32())
    table = pa.table({"messages": pa.ListArray.from_arrays(offsets, entries)})
    pq.write_table(table, path, row_group_size=table.num_rows)
    return table.num_rows


def long_ones_together(path: Path) -> int:
    """Sorted by length: 150 bytes on the average, the last ones twenty thousand each."""
    texts = ["x"] * 2_000_000 + ["y" * 20_000 + str(i) for i in range(15_000)]
    table = pa.table({"text": texts})
    pq.write_table(table, path, row_group_size=table.num_rows)
    return table.num_rows


def runs_in_lists(path: Path) -> int:
    """Eight hundred thousand bytes a record, which lie in the file as one run."""
    flat = np.zeros(50_000_000, np.int64)
    lists = pa.ListArray.from_arrays(np.arange(0, 5 * 10**7 + 1, 10**5, dtype=np.int32), flat)
    pq.write_table(pa.table({"a": lists}), path, row_group_size=1000)
    return 500


def wide_and_empty(path: Path) -> int:
    """A thousand columns that hold nothing."""
    nulls = pa.nulls(65_536, pa.string())
    pq.write_table(pa.table({f"c{i}": nulls for i in range(1000)}), path)
    return 65_536


def one_record_batch(path: Path) -> int:
    table = pa.table({"a": np.arange(40_000_000)})
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table)
    return table.num_rows


def one_entry_for_all(path: Path) -> int:
    codes = pa.array(np.zeros(200_000, np.int8))
    table = pa.table({"prompt": pa.DictionaryArray.from_arrays(codes, pa.array(["p" * 10_000]))})
    with pa.ipc.new_stream(str(path), table.schema) as writer:
        writer.write_table(table)
    return table.num_rows


def views_of_one_text(path: Path) -> int:
    one = pa.array(["p" * 10_000], pa.string_view())
    view = one.buffers()[1].to_pybytes()
    array = pa.Array.from_buffers(
        pa.string_view(), 200_000, [None, pa.py_buffer(view * 200_000), one.buffers()[2]]
    )
    table = pa.table({"prompt": array})
    with pa.ipc.new_stream(str(path), table.schema) as writer:
        writer.write_table(table)
    return table.num_rows


def keys_that_most_lack(path: Path) -> int:
    lines = "".join(f'{{"k{i % 2000}":{(1, "true")[i % 2]}}}\n' for i in range(30_000))
    path.write_text(lines)
    return 30_000


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.parquet", one_row_group),
        ("a.parquet", shared_by_all),
        ("a.parquet", shared_in_lists),
        ("a.parquet", long_ones_together),
        ("a.parquet", runs_in_lists),
        ("a.parquet", wide_and_empty),
        ("a.arrow", one_record_batch),
        ("a.arrows", one_entry_for_all),
        ("a.arrows", views_of_one_text),
        ("a.jsonl", keys_that_most_lack),
    ],
)
def test_memory_stays_small(tmp_path: Path, name: str, make: Callable[[Path], int]) -> None:
    rows = make(tmp_path / name)
    command = [sys.executable, "-c", READ, str(tmp_path / name)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert int(told[0]) == rows
    assert int(told[1]) < MOST


def test_a_part_holds_no_more_than_its_records(files):
    """Else each chunk that goes to another process takes all of its record batch along."""
    import pickle

    table = pa.table(
        {"a": ["x" * 1000] * 50_000, "d": pa.array(["y"] * 50_000).dictionary_encode()}
    )
    for name in ("a.arrow", "a.parquet"):
        chunks = files.read(files.write(name, table)).chunks
        assert len(chunks) > 3
        assert all(len(pickle.dumps(c.table)) < 2 * c.table.nbytes + 10_000 for c in chunks)


# --- what cannot be held is refused ---------------------------------------------------------------


def code_of(source: formats.Source) -> tuple[str, int | None]:
    """The error that reading raises, and the record that it names."""
    with pytest.raises(InputError) as caught:
        schema = formats.schemas([source])[source.alias]
        list(formats.read(source, schema))
    assert "SCRUBBER_MEMORY_MIB" in caught.value.hint
    place = caught.value.place
    assert place is not None
    return caught.value.code, place.row if place.row is not None else place.line


@pytest.mark.parametrize(
    "name", ["a.parquet", "a.arrow", "a.arrows", "a.csv", "a.jsonl", "a.jsonl.gz"]
)
def test_a_record_that_is_too_large(files, monkeypatch, name):
    monkeypatch.setattr("scrubber.formats.io.stream.RECORD_BYTES", 2**20)
    monkeypatch.setattr("scrubber.formats.tables.rechunk.RECORD_BYTES", 2**20)
    table = pa.table({"a": ["x", "y" * 12 * 2**20, "z"]})
    assert code_of(files.write(name, table)) == ("record-too-large", 2)


def test_a_bomb_is_a_record_that_is_too_large(files, monkeypatch):
    monkeypatch.setattr("scrubber.formats.io.stream.RECORD_BYTES", 2**20)
    bomb = gzip.compress(b'{"a":"' + b"x" * 2**25)
    assert len(bomb) < 2**16
    assert code_of(files.make("a.jsonl.gz", bomb)) == ("record-too-large", 1)


def test_a_record_of_too_many_values(files, monkeypatch):
    monkeypatch.setattr("scrubber.formats.jsonl.lines.HELD_BYTES", 2**20)
    monkeypatch.setattr("scrubber.formats.jsonl.lines._OBJECT_BYTES", 2**20)
    data = b'{"a":[]}\n\n{"a":[' + b"[]," * 10_000 + b"[]]}\n"
    assert code_of(files.make("a.jsonl", data)) == ("record-too-large", 3)


def test_what_is_wrong_before_a_record_of_too_many_values_is_told_first(files, monkeypatch):
    monkeypatch.setattr("scrubber.formats.jsonl.lines.HELD_BYTES", 2**20)
    monkeypatch.setattr("scrubber.formats.jsonl.lines._OBJECT_BYTES", 2**20)
    source = files.make("a.jsonl", b'{"a":[]}\n{"a"\n{"a":[' + b"[]," * 10_000 + b"[]]}\n")
    with pytest.raises(InputError, match="json-line") as caught:
        formats.schemas([source])
    assert caught.value.place.line == 2


def test_many_small_records_of_many_values_are_read(files, monkeypatch):
    whole = files.make("a.jsonl", (b'{"a":[' + b"1," * 200 + b"1]}\n") * 300)
    rows = files.read(whole).rows
    monkeypatch.setattr("scrubber.formats.jsonl.lines._OBJECT_BYTES", 2**18)
    parts = files.read(whole)
    assert parts.rows == rows
    assert len(parts.chunks) > 10
    assert [c.first_row for c in parts.chunks][1] == parts.chunks[0].table.num_rows + 1


@pytest.mark.parametrize("codec", ["NONE", "SNAPPY", "ZSTD"])
def test_pages_that_are_too_large_together(files, monkeypatch, codec):
    monkeypatch.setattr("scrubber.formats.parquet.sizes.HELD_BYTES", 2**20)
    path = files.folder / "a.parquet"
    columns = {f"c{i}": np.random.default_rng(i).random(100_000) for i in range(10)}
    pq.write_table(pa.table(columns), path, compression=codec, use_dictionary=False)
    assert code_of(formats.Source(str(path), "a.parquet", "parquet")) == ("parquet-pages", 1)
    smaller = {"compression": codec, "use_dictionary": False, "data_page_size": 2**14}
    pq.write_table(pa.table(columns), path, write_batch_size=500, **smaller)
    assert files.read(formats.Source(str(path), "a.parquet", "parquet")).table.num_rows == 100_000


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("codec", ["lz4", "zstd"])
def test_a_record_batch_that_is_too_large(files, monkeypatch, stream, codec):
    monkeypatch.setattr("scrubber.formats.ipc.reader.HELD_BYTES", 2**20)
    table = pa.table({"a": ["x" * 100] * 20_000})
    path = str(files.folder / "a.arrow")
    options = pa.ipc.IpcWriteOptions(compression=codec)
    opener = pa.ipc.new_stream if stream else pa.ipc.new_file
    for most, refused in ((20_000, True), (2_000, False)):
        with opener(path, table.schema, options=options) as writer:
            writer.write_table(table, max_chunksize=most)
        source = formats.Source(path, "a.arrow", "arrow")
        if refused:
            with pytest.raises(InputError, match="arrow-batch"):
                files.read(source)
        else:
            assert files.read(source).table.equals(table)


def test_a_dictionary_counts_with_every_batch(files, monkeypatch):
    monkeypatch.setattr("scrubber.formats.ipc.reader.HELD_BYTES", 2**20)
    words = pa.array([f"{i:0100}" for i in range(20_000)])
    table = pa.table({"a": pa.DictionaryArray.from_arrays(pa.array([1, 2, 3]), words)})
    path = str(files.folder / "a.arrows")
    with pa.ipc.new_stream(
        path, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")
    ) as w:
        w.write_table(table)
    assert code_of(formats.Source(path, "a.arrows", "arrow"))[0] == "arrow-batch"


# --- what the heads say ---------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("codec", ["NONE", "SNAPPY", "ZSTD", "GZIP", "LZ4", "BROTLI"])
def test_the_headers_tell_of_every_page(files, version, codec):
    texts = [f"text number {i % 700}" for i in range(5000)]
    table = pa.table({"a": texts, "b": range(5000), "l": [[t, t] for t in texts]})
    path = files.folder / "a.parquet"
    options = {"data_page_version": version, "data_page_size": 4096, "write_batch_size": 100}
    pq.write_table(table, path, compression=codec, **options)
    group = pq.ParquetFile(path).metadata.row_group(0)
    with pa.OSFile(str(path)) as raw:
        for number in range(3):
            chunk = group.column(number)
            found = list(parquet_pages.pages(raw, chunk))
            assert len(found) > 2
            assert sum(p.values for p in found if not p.is_dictionary) == chunk.num_values
            assert [p.is_dictionary for p in found] == [True] + [False] * (len(found) - 1)
            assert sum(p.stored for p in found) < chunk.total_compressed_size
            assert sum(p.size for p in found) < chunk.total_uncompressed_size


@pytest.mark.parametrize("stream", [False, True])
def test_the_messages_tell_of_every_batch(files, stream):
    table = pa.table({"a": [f"{i:0100}" for i in range(1000)], "b": range(1000)})
    path = str(files.folder / "a.arrow")
    opener = pa.ipc.new_stream if stream else pa.ipc.new_file
    for codec in (None, "lz4", "zstd"):
        with opener(
            path, table.schema, options=pa.ipc.IpcWriteOptions(compression=codec)
        ) as writer:
            writer.write_table(table, max_chunksize=400)
        with pa.OSFile(path) as file:
            sizes = list(arrow_messages.batch_sizes(file, not stream, True))
        at_least = [0, 0, 0] if codec is None else [44_800, 44_800, 22_400]
        assert all(least <= size < least + 200 for size, least in zip(sizes, at_least, strict=True))


def test_a_row_group_of_no_records_has_no_pages(files):
    table = pa.table({"a": pa.array([], pa.string())})
    pq.write_table(table, files.folder / "a.parquet")
    assert (
        files.read(formats.Source(str(files.folder / "a.parquet"), "a.parquet", "parquet")).rows
        == []
    )
