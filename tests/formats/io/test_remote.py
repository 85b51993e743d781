"""Objects in a store read like files: the same names, records, chunks and samples."""

from __future__ import annotations

import datetime
import gzip
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scrubber import formats
from scrubber.errors import InputError
from tests.stores import S3

BUCKET = "memory://bucket"


@pytest.fixture(autouse=True)
def memory() -> Iterator[fsspec.AbstractFileSystem]:
    system = fsspec.filesystem("memory")
    system.store.clear()
    system.pseudo_dirs[:] = [""]
    yield system
    system.store.clear()


def put(name: str, data: bytes = b"x") -> None:
    fsspec.filesystem("memory").pipe_file(f"/bucket/{name}", data)


@pytest.fixture
def tree() -> None:
    for name in (
        "a.csv", "b.parquet", "sub/c.jsonl.gz", "sub/deep/d.arrow", "sub/e.CSV", ".hidden.csv",
        "_SUCCESS", "sub/_temporary/x.csv", "sub/.git/y.csv",
    ):  # fmt: skip
        put(f"data/{name}")
    put("data[1].csv")


@pytest.mark.parametrize(
    ("given", "aliases"),
    [
        ("data/a.csv", ["a.csv"]),
        ("data", ["a.csv", "b.parquet", "sub/c.jsonl.gz", "sub/deep/d.arrow", "sub/e.CSV"]),
        ("data/", ["a.csv", "b.parquet", "sub/c.jsonl.gz", "sub/deep/d.arrow", "sub/e.CSV"]),
        ("data/sub", ["c.jsonl.gz", "deep/d.arrow", "e.CSV"]),
        ("data/*.csv", ["a.csv"]),
        ("data/**/*.arrow", ["sub/deep/d.arrow"]),
        ("data/*/*.gz", ["sub/c.jsonl.gz"]),
        ("*/a.csv", ["data/a.csv"]),
        ("data/s*", ["sub/c.jsonl.gz", "sub/deep/d.arrow", "sub/e.CSV"]),
        ("data/.hid*.csv", [".hidden.csv"]),
        ("data/.hidden.csv", [".hidden.csv"]),
        ("data/?.[cp]*", ["a.csv", "b.parquet"]),
        ("data[1].csv", ["data[1].csv"]),
    ],
)
@pytest.mark.usefixtures("tree")
def test_names(given: str, aliases: list[str]) -> None:
    found = formats.discover([f"{BUCKET}/{given}"])
    assert [source.alias for source in found] == aliases
    assert all(formats.source_bytes(source) == 1 for source in found)


@pytest.mark.usefixtures("tree")
def test_local_and_remote_inputs_together(tmp_path: Path) -> None:
    (tmp_path / "z.csv").write_text("x")
    found = formats.discover([str(tmp_path), f"{BUCKET}/data/sub/deep"])
    assert [source.alias for source in found] == ["d.arrow", "z.csv"]
    with pytest.raises(InputError, match="input-clash"):
        formats.discover([f"{BUCKET}/data/a.csv", f"{BUCKET}/data"])


@pytest.mark.parametrize(
    ("name", "given", "code"),
    [
        ("in/x.csv", "no", "input-missing"),
        ("in/x.csv", "no*", "input-no-match"),
        ("in/x.csv", "in/*.parquet", "input-no-match"),
        ("in/_x.csv", "in", "input-no-match"),
        ("in/x.pdf", "in", "input-unsupported"),
        ("in/../x.csv", "in", "input-no-match"),  # hidden, as any name with a dot
        ("in/../x.csv", "in/.*/x.csv", "input-name"),
        ("in/./x.csv", "in/.*/*", "input-name"),
        ("in/a//x.csv", "in", "input-name"),
        ("in/a\0.csv", "in", "input-name"),
        ("in/x.csv", "in/*/../*.csv", "input-name"),
    ],
)
def test_refuses(memory: fsspec.AbstractFileSystem, name: str, given: str, code: str) -> None:
    memory.store[f"/bucket/{name}"] = type(memory.open("/bucket/first", "wb"))(
        memory, f"/bucket/{name}", b"x"
    )  # past its own idea of names
    memory.rm("/bucket/first")
    with pytest.raises(InputError) as caught:
        formats.discover([f"{BUCKET}/{given}"])
    assert caught.value.code == code


def test_an_empty_object_is_refused() -> None:
    put("in/x.csv", b"")
    with pytest.raises(InputError, match="input-empty"):
        formats.discover([f"{BUCKET}/in"])


def table(rows: int) -> pa.Table:
    day = datetime.date(2026, 1, 1)
    return pa.table(
        {
            "id": pa.array(range(rows), pa.int64()),
            "note": [f"note {i} é" for i in range(rows)],
            "day": [day + datetime.timedelta(days=i % 900) for i in range(rows)],
            "tags": [[str(i), None] for i in range(rows)],
        }
    )


def contents(folder: Path) -> None:
    whole = table(12_000)
    pq.write_table(whole, folder / "a.parquet", row_group_size=5000)
    for name, opened in (("b.arrow", pa.ipc.new_file), ("c.arrow", pa.ipc.new_stream)):
        with opened(folder / name, whole.schema) as writer:
            writer.write_table(whole, max_chunksize=5000)
    lines = "".join(f'{{"n": {i}, "note": "x{i}"}}\n' for i in range(12_000)).encode()
    (folder / "d.jsonl").write_bytes(lines)
    (folder / "e.jsonl.gz").write_bytes(gzip.compress(lines))
    cells = "id,note\r\n" + "".join(f'{i},"a ""{i}"""\r\n' for i in range(12_000))
    (folder / "f.csv").write_text(cells, newline="")
    (folder / "g.csv.zst").write_bytes(pa.compress(cells.encode(), "zstd", asbytes=True))


@pytest.mark.parametrize("small", [False, True])
def test_what_is_read_is_the_same(
    tmp_path: Path, s3: S3, monkeypatch: pytest.MonkeyPatch, small: bool
) -> None:
    """With small requests, too, so that records lie across them."""
    if small:
        monkeypatch.setattr("scrubber.storage.READ_AHEAD", 1 << 14)
        monkeypatch.setattr("scrubber.formats.io.stream.CHUNK_BYTES", 1 << 15)
    contents(tmp_path)
    for path in tmp_path.iterdir():
        s3.put(f"in/{path.name}", path.read_bytes())
    local, remote = formats.discover([str(tmp_path)]), formats.discover([s3.url("in")])
    assert [s.alias for s in local] == [s.alias for s in remote]
    assert formats.schemas(local) == formats.schemas(remote)
    for here, there in zip(local, remote, strict=True):
        schema = formats.schemas([here])[here.alias]
        assert formats.media_type(here) == formats.media_type(there)
        read = [list(formats.read(source, schema)) for source in (here, there)]
        assert len(read[0]) == len(read[1])
        for one, other in zip(*read, strict=True):
            assert one == other
    samples = [formats.samples(sources, 500, 1) for sources in (local, remote)]
    assert samples[0] == samples[1]


NAMES = ("a b.csv", "a+b%20c.csv", "é#1.csv", "q?.csv", "[x]*.csv", "n=1/{a}.csv", "\u202e.csv")


def test_names_with_marks_in_them(s3: S3) -> None:
    for name in NAMES:
        s3.put(f"in/{name}", f"x\n{name}\n".encode())
    found = formats.discover([s3.url("in")])
    assert [source.alias for source in found] == sorted(NAMES)
    for name in NAMES:
        (source,) = formats.discover([s3.url(f"in/{name}")])
        assert (source.alias, source.facts) == (
            name.rsplit("/", 1)[-1],
            found[sorted(NAMES).index(name)].facts,
        )
        (chunk,) = formats.read(source, formats.schemas([source])[source.alias])
        assert chunk.table.to_pylist() == [{"x": name}]


def test_a_row_group_comes_in_one_request(
    s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scrubber.storage.reader import ObjectReader

    pq.write_table(table(200_000), tmp_path / "a.parquet", row_group_size=50_000)
    s3.put("a.parquet", (tmp_path / "a.parquet").read_bytes())
    (source,) = formats.discover([s3.url("a.parquet")])
    schema = formats.schemas([source])["a.parquet"]
    asked: list[int] = []
    fetch = ObjectReader._fetch

    def fetches(self: ObjectReader, start: int, end: int) -> bytes:
        asked.append(end - start)
        return fetch(self, start, end)

    monkeypatch.setattr(ObjectReader, "_fetch", fetches)
    rows = sum(chunk.table.num_rows for chunk in formats.read(source, schema))
    assert rows == 200_000
    assert len(asked) == 1 + 4  # the footer, four row groups
    assert sum(asked) < 1.1 * formats.source_bytes(source) + 2**16


def test_a_parquet_file_that_is_cut_is_no_parquet_file(s3: S3, tmp_path: Path) -> None:
    pq.write_table(table(1000), tmp_path / "a.parquet")
    s3.put("a.parquet", (tmp_path / "a.parquet").read_bytes()[:-100])
    with pytest.raises(InputError, match="parquet-unreadable"):
        formats.schemas(formats.discover([s3.url("a.parquet")]))


def test_an_object_that_is_written_again_is_noticed(s3: S3) -> None:
    s3.put("in/a.csv", b"x\n1\n")
    s3.put("in/b.csv", b"x\n1\n")
    sources = formats.discover([s3.url("in")])
    stamps = {source.alias: formats.stamp(source) for source in sources}
    formats.refuse_changed(sources, stamps)
    s3.put("in/b.csv", b"x\n2\n")
    with pytest.raises(InputError) as caught:
        formats.refuse_changed(sources, stamps)
    assert (caught.value.code, str(caught.value.place)) == ("source-changed", "b.csv")
    with pytest.raises(InputError, match="source-changed"):
        formats.schemas(sources)
    s3.client.delete_object(Bucket="bucket", Key="in/b.csv")
    with pytest.raises(InputError, match="source-changed"):
        formats.refuse_changed(sources, stamps)
