"""Parquet and Arrow IPC: what goes in comes out; nothing hidden comes out."""

from __future__ import annotations

import base64
import datetime as dt
import decimal
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import feather
from pyarrow import parquet as pq
from pyarrow.parquet import encryption

from scrubber import formats
from scrubber.errors import InputError, OutputError
from scrubber.formats.parquet import reader as parquet
from scrubber.formats.parquet import sizes as parquet_sizes

SECRET = "SECRETVALUE"
D = decimal.Decimal
EXT = pa.ExtensionArray.from_storage

COLUMNS = [
    pytest.param(array, id=str(array.type))
    for array in [
        pa.array(["a", None, "", "😀e\u0301"]),
        pa.array(["a", None], pa.large_string()),
        pa.array(["a", None, "longer than twelve bytes"], pa.string_view()),
        pa.array([b"\xff", None], pa.binary()),
        pa.array([b"ab", None], pa.binary(2)),
        pa.array([1, None, 2**63 - 1]),
        pa.array([2**64 - 1, None], pa.uint64()),
        pa.array([1, None], pa.int8()),
        pa.array([0.5, None, float("nan"), float("inf")]),
        pa.array([0.5, None], pa.float32()),
        pa.array(np.array([0.5, 1], np.float16)),
        pa.array([True, None, False]),
        pa.array([None, None], pa.null()),
        pa.array([dt.datetime(2024, 1, 31), None], pa.timestamp("us")),
        pa.array([1, None], pa.timestamp("ns", "Europe/Berlin")),
        pa.array([dt.date(2024, 1, 31), None], pa.date32()),
        pa.array([1, None], pa.time64("us")),
        pa.array([1, None], pa.duration("us")),
        pa.array([D("1.10"), None], pa.decimal128(20, 2)),
        pa.array([D("1.10"), None], pa.decimal256(60, 2)),
        pa.array(["b", None, "a", "b"]).dictionary_encode(),
        pa.array([["a"], None, [], [None]], pa.list_(pa.string())),
        pa.array([["a"], None, []], pa.large_list(pa.large_string())),
        pa.array([[1, 2], None, [3, None]], pa.list_(pa.int64(), 2)),
        pa.array([{"x": 1, "y": "a"}, None, {"x": None, "y": None}]),
        pa.array([[{"x": 1, "y": ["a"]}], None, [None, {"x": 2, "y": None}]]),
        pa.array([[("k", 1), ("l", None)], None, []], pa.map_(pa.string(), pa.int64())),
        pa.array([[{"c": "x"}], None], pa.list_(
            pa.struct([("c", pa.dictionary(pa.int32(), pa.string()))]))),
        EXT(pa.uuid(), pa.array([b"0" * 16, None], pa.binary(16))),
        EXT(pa.json_(), pa.array(["{}", None])),
        EXT(pa.fixed_shape_tensor(pa.int32(), [2]), pa.array([[1, 2]], pa.list_(pa.int32(), 2))),
    ]
]  # fmt: skip


@pytest.mark.parametrize("name", ["x.parquet", "x.arrow", "x.arrows", "x.feather"])
@pytest.mark.parametrize("array", COLUMNS)
def test_types_survive(files, name, array):
    field = pa.field("a\x1b", array.type, metadata={b"unit": b"kg"})
    schema = pa.schema([("z", pa.int64()), field], metadata={b"origin": b"crm"})
    table = pa.table([pa.array(range(len(array))), array], schema=schema)
    first = files.write(name, table, like=_stream_like(files) if name == "x.arrows" else None)
    result = files.read(first)
    assert repr(result.rows) == repr(table.to_pylist())  # as NaN is not itself
    assert result.table.schema.equals(table.schema)
    assert result.schema.names == ["z", "a\x1b"]
    assert result.schema.metadata is None
    assert result.schema.field(1).metadata is None
    # And from there on it is a fixed point, slices and all.
    second = files.write("again" + Path(name).suffix, result.table.slice(1), like=first)
    again = files.read(second)
    assert repr(again.rows) == repr(table.slice(1).to_pylist())
    assert again.schema.equals(result.schema, check_metadata=True)


def _stream_like(files):
    table = pa.table({"a": [1]})
    path = files.folder / "like.arrows"
    with pa.ipc.new_stream(str(path), table.schema) as writer:
        writer.write_table(table)
    return formats.Source(str(path), "like.arrows", "arrow")


@pytest.mark.parametrize("name", ["x.parquet", "x.arrow"])
def test_zero_rows_keep_the_schema(files, name):
    schema = pa.schema(
        [("s", pa.struct([("x", pa.list_(pa.string()))])),
         ("d", pa.dictionary(pa.int8(), pa.string()))]
    )  # fmt: skip
    table = schema.empty_table()
    assert files.read(files.write(name, table)).schema.equals(schema)
    assert files.read(files.write(name, table)).rows == []


# --- what is hidden in an array is not written ---------------------------------------------------


def masked() -> pa.Array:
    """A null with its bytes still there, as zero-copy masks leave it."""
    plain = pa.array([SECRET, "x", "y"])
    return pa.Array.from_buffers(pa.string(), 3, [pa.py_buffer(b"\x06"), *plain.buffers()[1:]])


def masked_struct(inner: pa.Array) -> pa.Array:
    return pa.StructArray.from_arrays([inner], ["x"], mask=pa.array([True, False, False]))


HIDDEN = [
    pytest.param(masked(), id="string"),
    pytest.param(masked().cast(pa.large_string()), id="large string"),
    pytest.param(masked().view(pa.binary()), id="binary"),
    pytest.param(masked_struct(pa.array([SECRET, "x", "y"])), id="struct"),
    pytest.param(masked_struct(masked_struct(pa.array([SECRET, "x", "y"]))), id="struct^2"),
    pytest.param(pa.array([SECRET, "x", "y"]).dictionary_encode().slice(1), id="dictionary"),
    pytest.param(
        pa.DictionaryArray.from_arrays(pa.array([0, 1]), pa.array(["x", "y", SECRET])),
        id="unused entry",
    ),
    pytest.param(masked_struct(pa.array([SECRET, "x", "y"]).dictionary_encode()), id="in struct"),
    pytest.param(pa.array([[SECRET], ["x"]]).slice(1), id="sliced list"),
    pytest.param(
        pa.ListArray.from_arrays(
            pa.array([0, 1, 2]), pa.array([SECRET, "x"]), mask=pa.array([True, False])
        ),
        id="null list",
    ),
    pytest.param(pa.array([[("k", SECRET)], [("k", "x")]],
                          pa.map_(pa.string(), pa.string())).slice(1), id="sliced map"),
    pytest.param(pa.array([SECRET, "x"]).slice(1), id="sliced"),
    pytest.param(pa.array([SECRET + " longer than that", "x"], pa.string_view()).slice(1),
                 id="sliced view"),
    pytest.param(pa.array([[SECRET, "x"], ["y", "z"]], pa.list_(pa.string(), 2)).slice(1),
                 id="sliced fixed list"),
    pytest.param(EXT(pa.opaque(pa.string(), "t", "v"), masked()), id="extension"),
    pytest.param(EXT(pa.json_(), masked()), id="json extension"),
]  # fmt: skip


@pytest.mark.parametrize("name", ["x.parquet", "x.arrow", "x.arrows", "x.jsonl"])
@pytest.mark.parametrize("array", HIDDEN)
def test_nothing_hidden_is_written(files, name, array):
    table = pa.table({"a": array})
    assert SECRET not in str(table.to_pylist())
    path = files.folder / name
    like = _stream_like(files) if name == "x.arrows" else None
    kind = formats.format_of(name)[0]
    plain = like
    if kind == "parquet":
        codec = files.folder / "codec.parquet"
        pq.write_table(pa.table({"a": [1]}), codec, compression="none")
        plain = formats.Source(str(codec), "codec.parquet", "parquet")
    with formats.open_writer(path, table.schema, kind, None, like=plain) as writer:
        writer.write(table)
    assert SECRET.encode() not in path.read_bytes()
    if kind != "jsonl":
        assert files.read(formats.Source(str(path), name, kind)).rows == table.to_pylist()


def test_numbers_under_nulls_are_blank(files):
    number = int.from_bytes(b"SECRETNO", "little")
    plain = pa.array([number, 1, 2])
    array = pa.Array.from_buffers(pa.int64(), 3, [pa.py_buffer(b"\x06"), plain.buffers()[1]])
    assert b"SECRETNO" not in files.bytes(files.write("x.arrow", pa.table({"a": array})))


# --- dictionaries over several writes ------------------------------------------------------------


def coded(*values, ordered=False, index=None):
    index = index or pa.int8()
    entries = list(dict.fromkeys(v for v in values if v is not None))
    codes = pa.array([None if v is None else entries.index(v) for v in values], index)
    return pa.table(
        {
            "a": pa.DictionaryArray.from_arrays(
                codes, pa.array(entries, pa.string()), ordered=ordered
            )
        }
    )


@pytest.mark.parametrize("name", ["x.parquet", "x.arrow", "x.arrows"])
def test_dictionaries_of_many_tables(files, name):
    parts = [coded("b", "a"), coded("c", None, "a"), coded(None, None), coded("d", "b")]
    like = _stream_like(files) if name == "x.arrows" else None
    rows = files.read(files.write(name, *parts, like=like)).rows
    assert [r["a"] for r in rows] == ["b", "a", "c", None, "a", None, None, "d", "b"]


def test_an_ordered_dictionary_that_grows(files):
    one, two = coded("low", "high", ordered=True), coded("low", "mid", ordered=True)
    assert files.read(files.write("a.arrow", one, one)).table.num_rows == 4
    assert files.read(files.write("a.parquet", one, two)).table.num_rows == 4
    with pytest.raises(OutputError) as caught:
        files.write("b.arrow", one, two)
    assert caught.value.code == "dictionary-order"


def test_a_dictionary_with_too_many_entries(files):
    one = coded(*(f"a{i}" for i in range(100)))
    two = coded(*(f"b{i}" for i in range(100)))
    with pytest.raises(OutputError) as caught:
        files.write("x.arrow", one, two)
    assert caught.value.code == "dictionary-overflow"


# --- metadata, codecs, chunks --------------------------------------------------------------------


@pytest.mark.parametrize("codec", ["NONE", "SNAPPY", "ZSTD", "GZIP"])
def test_the_codec_is_carried_over(files, codec):
    path = files.folder / "x.parquet"
    pq.write_table(pa.table({"a": [1] * 100}), path, compression=codec)
    source = formats.Source(str(path), "x.parquet", "parquet")
    copy = files.write("y.parquet", files.read(source).table, like=source)
    written = pq.ParquetFile(copy.path).metadata.row_group(0).column(0).compression
    assert written == ("UNCOMPRESSED" if codec == "NONE" else codec)


def test_row_groups_are_the_written_tables(files):
    table = pa.table({"a": [1, 2, 3]})
    copy = files.write("x.parquet", table, table.slice(0, 0), table.slice(0, 1))
    facts = pq.ParquetFile(copy.path).metadata
    assert [facts.row_group(i).num_rows for i in range(facts.num_row_groups)] == [3, 1]


@pytest.mark.parametrize("name", ["x.parquet", "x.arrow"])
def test_large_records_make_small_chunks(files, name):
    cells = [bytes([i]) * 3_000_000 for i in range(8)]
    rng = np.random.default_rng(0)
    cells = [rng.bytes(3_000_000) for _ in cells]
    result = files.read(files.write(name, pa.table({"a": cells})))
    assert [row["a"] for row in result.rows] == cells
    assert max(c.table.num_rows for c in result.chunks) <= 3
    assert [c.first_row for c in result.chunks] == sorted({c.first_row for c in result.chunks})


@pytest.mark.parametrize("name", ["x.parquet", "x.arrow"])
def test_many_records_make_many_chunks(files, name):
    table = pa.table({"a": range(150_000)})
    result = files.read(files.write(name, table))
    assert result.table.equals(table)
    assert [c.table.num_rows for c in result.chunks] == [65_536, 65_536, 18_928]
    assert [c.first_row for c in result.chunks] == [1, 65_537, 131_073]
    consumed = [c.consumed for c in result.chunks]
    assert consumed == sorted(consumed)
    assert 0 < consumed[-1] <= Path(files.folder / name).stat().st_size


def test_polars_reads_what_is_written(files):
    table = pa.table({"a": ["x", None], "n": [1, 2]})
    for name, reader in [("x.parquet", pl.read_parquet), ("x.arrow", pl.read_ipc)]:
        assert reader(files.write(name, table).path).to_dicts() == table.to_pylist()


# --- what is wrong with a file -------------------------------------------------------------------


def damaged(data: bytes) -> list[bytes]:
    third = len(data) // 3
    return [data[:third], data[: -len(data) // 20], data[:-1], data[4:], b"PAR1" + data[4:8], b"x"]


@pytest.mark.parametrize("name", ["x.parquet", "x.arrow", "x.feather"])
@pytest.mark.parametrize("index", range(6))
def test_damaged_files(files, name, index):
    whole = files.bytes(files.write(name, pa.table({"a": [SECRET] * 1000, "b": range(1000)})))
    with pytest.raises(InputError) as caught:
        files.read(files.make(name, damaged(whole)[index]))
    assert caught.value.code in ("parquet-unreadable", "arrow-unreadable", "arrow-truncated")
    assert SECRET not in str(caught.value)
    assert caught.value.place.file == name


def test_a_stream_without_its_end(files):
    table = pa.table({"a": [SECRET, "y"]})
    path = files.folder / "x.arrows"
    with pa.ipc.new_stream(str(path), table.schema) as writer:
        writer.write_table(table)
        writer.write_table(table)
    whole = path.read_bytes()
    for cut in (whole[:-8], whole[:-9], whole[: len(whole) // 2], whole[:5]):
        with pytest.raises(InputError):
            files.read(files.make("y.arrows", cut))
    assert len(files.read(files.make("z.arrow", whole)).rows) == 4  # by content, not by name


def test_damaged_pages(files):
    table = pa.table({"a": [SECRET + str(i) for i in range(5000)]})
    whole = bytearray(files.bytes(files.write("x.parquet", table)))
    whole[200:1200] = b"\xff" * 1000
    with pytest.raises(InputError) as caught:
        files.read(files.make("x.parquet", bytes(whole)))
    assert caught.value.code == "parquet-unreadable"


def test_text_that_is_no_utf8(files):
    array = pa.array([b"\xff\xfe"], pa.binary()).view(pa.string())
    for name in ("x.arrow", "x.parquet"):
        with pytest.raises(InputError):
            files.read(files.write(name, pa.table({"a": array})))


def test_feather_of_the_first_version(files):
    path = files.folder / "x.feather"
    path.write_bytes(b"FEA1" + b"\0" * 100 + b"FEA1")
    with pytest.raises(InputError) as caught:
        formats.schemas([formats.Source(str(path), "x.feather", "arrow")])
    assert caught.value.code in ("arrow-unreadable", "arrow-truncated")


def test_feather_from_pandas(files):
    path = files.folder / "x.feather"
    feather.write_feather(pd.DataFrame({"a": ["x", None]}), path)
    rows = files.read(formats.Source(str(path), "x.feather", "arrow")).rows
    assert rows == [{"a": "x"}, {"a": None}]


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (pa.table([["x"], ["y"]], names=["a", "a"]), "duplicate-field"),
        (pa.table({"s": pa.StructArray.from_arrays([pa.array([1])] * 2, ["x", "x"])}),
         "duplicate-field"),
        (pa.table({"a": pa.array([[1]], pa.list_view(pa.int64()))}), "type-not-supported"),
        (pa.table({"a": pa.RunEndEncodedArray.from_arrays([1], ["x"])}), "type-not-supported"),
        (pa.table({"a": pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array(["x"])])}),
         "type-not-supported"),
        (pa.table({}), "no-fields"),
    ],
)  # fmt: skip
def test_fields_that_cannot_be_carried(files, table, code):
    path = files.folder / "x.arrow"
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table)
    with pytest.raises(InputError) as caught:
        formats.schemas([formats.Source(str(path), "x.arrow", "arrow")])
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("kind", "value"), [(pa.struct([]), {}), (pa.month_day_nano_interval(), (1, 2, 3))]
)
def test_what_parquet_cannot_hold(files, kind, value):
    table = pa.table({"ok": [1], "bad": pa.array([value], kind)})
    with pytest.raises(OutputError) as caught:
        files.write("x.parquet", table)
    assert (caught.value.code, caught.value.place.field) == ("type-in-parquet", "bad")


# --- facts that pyarrow would end the process over ------------------------------------------------


class _Keys(encryption.KmsClient):
    """Keys that are no secret."""

    def wrap_key(self, key_bytes: bytes, master_key_identifier: str) -> str:  # noqa: ARG002
        return base64.b64encode(key_bytes).decode()

    def unwrap_key(self, wrapped_key: str, master_key_identifier: str) -> bytes:  # noqa: ARG002
        return base64.b64decode(wrapped_key)


@pytest.mark.parametrize("readable_footer", [True, False])
def test_encrypted_columns_are_refused(files, readable_footer):
    table = pa.table({"a": [1, 2], "b": [SECRET, SECRET]})
    config = encryption.EncryptionConfiguration(
        footer_key="f", column_keys={"c": ["b"]}, plaintext_footer=readable_footer
    )
    factory = encryption.CryptoFactory(lambda _: _Keys())
    connection = encryption.KmsConnectionConfig()
    properties = factory.file_encryption_properties(connection, config)
    path = files.folder / "a.parquet"
    with pq.ParquetWriter(path, table.schema, encryption_properties=properties) as writer:
        writer.write_table(table)
    source = formats.Source(str(path), "a.parquet", "parquet")
    with pytest.raises(InputError, match="parquet-unreadable"):
        files.read(source)
    with pytest.raises(InputError, match="parquet-unreadable"):
        formats.samples([source], 1, 1)


def test_numbers_that_are_all_different_are_read_many_at_a_time(files):
    rows = 20_000
    table = pa.table(
        {
            "double": [i / 7 for i in range(rows)],
            "integer": list(range(rows)),
            "text": [f"value {i}" for i in range(rows)],
        }
    )
    source = files.write("a.parquet", table)
    with pa.OSFile(source.path) as raw, parquet._open(source) as file:
        step = parquet_sizes.records_at_once(
            file, 0, frozenset(), raw, partial(parquet._open, source)
        )
    assert step >= 8192


def test_dictionaries_are_made_of_what_repeats(files):
    rows = 5_000
    table = pa.table(
        {
            "few": [f"kind {i % 7}" for i in range(rows)],
            "a.b": [i % 3 for i in range(rows)],
            "each": [f"value {i}" for i in range(rows)],
            "number": [i / 7 for i in range(rows)],
            "none": pa.nulls(rows, pa.string()),
            "words": pa.array(["x", None] * (rows // 2)).dictionary_encode(),
        }
    )
    source = files.write("a.parquet", table)
    group = pq.ParquetFile(source.path).metadata.row_group(0)
    made = {
        group.column(i).path_in_schema: group.column(i).has_dictionary_page
        for i in range(group.num_columns)
    }
    assert made == {
        "few": True,
        "a.b": True,
        "each": False,
        "number": False,
        "none": True,
        "words": True,
    }
    assert files.read(source).table.to_pylist() == table.to_pylist()
