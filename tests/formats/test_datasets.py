from __future__ import annotations

import itertools
import json
import tempfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber import formats
from scrubber.errors import InputError
from scrubber.model.fieldpath import leaves
from tests.examples import examples


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


def test_jsonl_shards_of_different_kinds_share_a_schema(files):
    one, two = files.make("p1.jsonl", b'{"a":1}\n'), files.make("p2.jsonl", b'{"a":"x"}\n')
    found = formats.schemas([one, two])
    assert [str(path) for path, _ in leaves(found["p1.jsonl"])] == ["a.{text}", "a.{number}"]
    for source in (one, two):
        table = next(formats.read(source, found[source.alias])).table
        assert files.bytes(files.write("out.jsonl", table)) == files.bytes(source)


def test_jsonl_shards_that_disagree(files):
    one, two = files.make("p1.jsonl", b'{"a":-1}\n'), files.make("p2.jsonl", b'{"a":%d}\n' % 2**63)
    with pytest.raises(InputError) as caught:
        formats.schemas([one, two])
    assert caught.value.code == "json-big-integer"
    assert (caught.value.place.file, caught.value.place.line) == ("p2.jsonl", 1)
    found = formats.schemas([one, two], drop_bad_rows=True)
    chunks = list(formats.read(two, found["p2.jsonl"], drop_bad_rows=True))
    assert [(c.table.num_rows, c.rejected) for c in chunks] == [(0, 1)]


VALUES = st.recursive(
    st.sampled_from([None, True, 1, -1, 2**53 + 1, 2**63, 0.5, "x"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=4,
)
RECORDS = st.lists(st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3), max_size=8)


@examples(150)
@given(records=RECORDS, cuts=st.sets(st.integers(0, 8), max_size=3), drop=st.booleans())
def test_shards_that_are_looked_at_apart_give_the_schema_of_them_all(records, cuts, drop):
    """As if they were one file: also what is refused, and what is passed over."""

    def found(folder: Path, pieces: list[list[dict]]) -> object:
        sources = []
        for number, piece in enumerate(pieces):
            path = folder / f"{number}.jsonl"
            path.write_text("".join(json.dumps(record) + "\n" for record in piece))
            sources.append(formats.Source(str(path), path.name, "jsonl"))
        try:
            schemas = formats.schemas(sources, drop_bad_rows=drop)
        except InputError as error:
            return error.code
        rejected = sum(
            chunk.rejected
            for source in sources
            for chunk in formats.read(source, schemas[source.alias], drop_bad_rows=drop)
        )
        (raw,) = {schema.serialize().to_pybytes() for schema in schemas.values()}
        return raw, rejected

    edges = sorted({0, len(records), *(cut for cut in cuts if cut < len(records))})
    pieces = [records[a:b] for a, b in itertools.pairwise(edges)] or [[]]
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as many:
        assert found(Path(many), pieces) == found(Path(one), [records])


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
