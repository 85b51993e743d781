from __future__ import annotations

import errno
import gzip
import hashlib
import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from scrubber import formats
from scrubber.errors import IncompleteError, InputError, OutputError
from scrubber.formats.io import stream

NAMES = [
    "x.csv", "x.csv.gz", "x.csv.zst", "x.tsv", "x.jsonl", "x.jsonl.gz", "x.jsonl.zst",
    "x.parquet", "x.arrow",
]  # fmt: skip
TABLE = pa.table({"a": ["x", None, "z"] * 50, "b": ["1", "2", "3"] * 50})


@pytest.mark.parametrize("name", NAMES)
def test_hash_size_and_rows_are_those_of_the_file(tmp_path, name):
    path = tmp_path / name
    kind, compression = formats.format_of(name)
    with formats.open_writer(path, TABLE.schema, kind, compression, like=None) as writer:
        writer.write(TABLE)
        writer.write(TABLE.slice(10, 5))
        written = writer.close()
        assert writer.close() == written
    data = path.read_bytes()
    assert written.sha256 == hashlib.sha256(data).hexdigest()
    assert (written.bytes, written.rows) == (len(data), 155)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_tables_give_the_same_bytes(files, name, monkeypatch):
    first = files.bytes(files.write(name, TABLE, TABLE))
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    copies = pa.concat_tables([TABLE.slice(0, 7), TABLE.slice(7)])  # in other Arrow chunks
    assert files.bytes(files.write("other" + name, copies, TABLE)) == first


@pytest.mark.parametrize("name", NAMES)
def test_reads_back(files, name):
    assert files.read(files.write(name, TABLE)).table.equals(TABLE)


@pytest.mark.parametrize("name", ["x.csv", "x.jsonl", "x.parquet", "x.arrow", "x.csv.gz"])
def test_a_file_of_no_rows(files, name):
    source = files.write(name, TABLE.schema.empty_table())
    if name == "x.jsonl":  # nothing says what the fields were
        assert files.bytes(source) == b""
    else:
        assert files.read(source).table.equals(TABLE.schema.empty_table())


@pytest.mark.parametrize("suffix", ["gz", "zst"])
@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_damaged_compression(files, kind, suffix):
    name = f"x.{kind}.{suffix}"
    whole = files.bytes(files.write(name, TABLE))
    middle = len(whole) // 2
    flipped = bytearray(whole)
    flipped[middle] ^= 0xFF
    damages = [whole[:middle], whole[:-1], whole[:-8], b"no " + whole]
    if suffix == "gz":  # zstd frames need not have a checksum
        damages.append(bytes(flipped))
    for data in damages:
        with pytest.raises(InputError) as caught:
            files.read(files.make(name, data))
        assert caught.value.code in ("compressed-unreadable", "input-empty")
    if suffix == "gz":
        members = files.make(name, whole + gzip.compress(b"5,6\n" if kind == "csv" else b"\n"))
        assert files.read(members).table.num_rows >= TABLE.num_rows


@pytest.mark.parametrize("name", NAMES)
def test_a_full_disk(tmp_path, name, monkeypatch):
    fail_with(monkeypatch, errno.ENOSPC)
    with pytest.raises(IncompleteError) as caught:
        fill(tmp_path / name)
    assert caught.value.code == "disk-full"


@pytest.mark.parametrize("name", NAMES)
def test_other_failures(tmp_path, name, monkeypatch):
    fail_with(monkeypatch, errno.EIO)
    with pytest.raises(OutputError) as caught:
        fill(tmp_path / name)
    assert caught.value.code == "output-write"


def fail_with(monkeypatch, number):
    class Failing(io.BytesIO):
        def fileno(self):
            return 0

        def write(self, _):
            raise OSError(number, "SECRET")

    monkeypatch.setattr(Path, "open", lambda *_, **__: Failing())


def fill(path):
    kind, compression = formats.format_of(path.name)
    with formats.open_writer(path, TABLE.schema, kind, compression, like=None) as writer:
        for _ in range(3):
            writer.write(TABLE)


def test_a_real_full_disk():
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    with pytest.raises(IncompleteError) as caught:  # the write to disk comes with the sync
        formats.open_writer(full, TABLE.schema, "csv", None, like=None).close()
    assert caught.value.code == "disk-full"


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(OutputError) as caught:
        formats.open_writer(tmp_path / "no" / "x.csv", TABLE.schema, "csv", None, like=None)
    assert caught.value.code == "output-write"


def test_an_exception_abandons_the_file(tmp_path):
    path = tmp_path / "x.parquet"
    with pytest.raises(KeyError), _writer(path) as writer:
        writer.write(TABLE)
        raise KeyError
    with pytest.raises(InputError):
        formats.schemas([formats.Source(str(path), "x.parquet", "parquet")])


def _writer(path):
    return formats.open_writer(path, TABLE.schema, "parquet", None, like=None)


def test_a_table_of_another_schema(tmp_path):
    with _writer(tmp_path / "x.parquet") as writer:
        with pytest.raises(ValueError, match="schema"):
            writer.write(pa.table({"a": [1]}))
        with pytest.raises(ValueError, match="schema"):
            writer.write(TABLE.select(["b", "a"]))


def test_text_that_is_no_utf8_is_no_crash(files):
    table = pa.table({"a": pa.array([b"SECRET\xff"], pa.binary()).view(pa.string())})
    with pytest.raises(OutputError) as caught:
        files.write("x.jsonl", table)
    assert caught.value.code == "output-encode"
    assert "SECRET" not in str(caught.value)


def test_progress_counts_the_bytes_of_the_file(files, small_chunks):
    small_chunks(10, 100)
    for name in ("x.csv", "x.jsonl.gz"):
        source = files.write(name, TABLE)
        consumed = [chunk.consumed for chunk in files.read(source).chunks]
        assert consumed == sorted(consumed)
        assert consumed[-1] == formats.source_bytes(source)


def test_media_types(files):
    assert formats.media_type(files.write("x.csv", TABLE)) == "text/csv"
    assert formats.media_type(files.write("x.arrow", TABLE)).endswith("arrow.file")


def test_a_block_shows_no_data():
    assert "SECRET" not in repr(stream.Block(b"SECRET", np.array([0, 6]), False))
