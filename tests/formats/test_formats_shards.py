from __future__ import annotations

import pyarrow as pa
import pytest

from scrubber import formats
from scrubber.errors import InputError


def test_jsonl_shards_share_a_schema(files):
    sources = [
        files.make("d/part-1.jsonl", b'{"a": 1}\n'),
        files.make("d/part-02.jsonl", b'{"a": 0.5, "b": "x"}\n'),
        files.make("d/part-003.jsonl", b"\n"),
        files.make("d/other.jsonl", b'{"a": "text"}\n'),
    ]
    found = formats.schemas(sources)
    assert list(found) == [source.alias for source in sources]
    shared = pa.schema([("a", pa.float64()), ("b", pa.string())])
    for source in sources[:3]:
        assert found[source.alias].equals(shared)
    assert found["d/other.jsonl"].equals(pa.schema([("a", pa.string())]))
    rows = [
        row
        for source in sources
        for chunk in formats.read(source, found[source.alias])
        for row in chunk.table.to_pylist()
    ]
    assert rows == [{"a": 1.0, "b": None}, {"a": 0.5, "b": "x"}, {"a": "text"}]


def test_a_shard_without_a_key_leaves_it_out_again(files):
    one, two = (
        files.make("p1.jsonl", b'{"a":1}\n'),
        files.make("p2.jsonl", b'{"a":1,"b":2}\n'),
    )
    found = formats.schemas([one, two])
    table = next(formats.read(one, found["p1.jsonl"])).table
    assert files.bytes(files.write("out.jsonl", table)) == files.bytes(one)


def test_jsonl_shards_that_disagree(files):
    one, two = files.make("p1.jsonl", b'{"a":1}\n'), files.make("p2.jsonl", b'{"a":"x"}\n')
    with pytest.raises(InputError) as caught:
        formats.schemas([one, two])
    assert caught.value.code == "json-mixed-types"
    assert (caught.value.place.file, caught.value.place.line) == ("p2.jsonl", 1)
    found = formats.schemas([one, two], drop_bad_rows=True)
    chunks = list(formats.read(two, found["p2.jsonl"], drop_bad_rows=True))
    assert [(c.table.num_rows, c.rejected) for c in chunks] == [(0, 1)]


@pytest.mark.parametrize(
    ("one", "two", "field"),
    [
        pytest.param({"a": ["x"]}, {"a": ["x"], "b": ["y"]}, "b", id="more"),
        pytest.param({"a": ["x"], "b": ["y"]}, {"a": ["x"]}, "b", id="fewer"),
        pytest.param({"a": ["x"]}, {"a": [1]}, "a", id="another type"),
        pytest.param({"a": [{"x": 1}]}, {"a": [{"x": "y"}]}, "a", id="another type inside"),
    ],
)
@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_drift(files, suffix, one, two, field):
    (files.folder / "d").mkdir()
    sources = [
        files.write(f"d/p1.{suffix}", pa.table(one)),
        files.write(f"d/p2.{suffix}", pa.table(two)),
    ]
    with pytest.raises(InputError) as caught:
        formats.schemas(sources)
    error = caught.value
    assert (error.code, error.place.field, error.place.file) == (
        "schema-drift",
        field,
        f"d/p2.{suffix}",
    )
    assert f"d/p1.{suffix}" in str(error)


def test_drift_in_csv(files):
    sources = [files.make("p1.csv", b"a,b\n"), files.make("p2.csv", b"a,c\n")]
    with pytest.raises(InputError) as caught:
        formats.schemas(sources)
    assert (caught.value.code, caught.value.place.field) == ("schema-drift", "b")


@pytest.mark.parametrize(
    "names", [["p1.csv", "q1.csv"], ["d/p1.csv", "e/p1.csv"], ["p1.csv", "p1.tsv"]]
)
def test_what_are_no_shards(files, names):
    for name, data in zip(names, [b"a\n1\n", b"b\n2\n"], strict=True):
        files.make(name, data)
    sources = [files.make(n, d) for n, d in zip(names, [b"a\n1\n", b"b\n2\n"], strict=True)]
    assert [s.names for s in formats.schemas(sources).values()] == [["a"], ["b"]]


def test_the_order_of_columns_is_each_shards_own(files):
    sources = [files.make("p1.csv", b"a,b\n1,2\n"), files.make("p2.csv", b"b,a\n3,4\n")]
    found = formats.schemas(sources)
    assert found["p2.csv"].names == ["b", "a"]
    assert next(formats.read(sources[1], found["p2.csv"])).table.to_pylist() == [
        {"b": "3", "a": "4"}
    ]
