"""Metadata of schemas and fields: nothing passes but what keeps types."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import scrubber
from scrubber.errors import InputError
from scrubber.formats.admission import admitted

KEY = bytes(range(32))
WORD = "zqsecretxw"
HUDI = {"hoodie_min_record_key": WORD, "hoodie_max_record_key": WORD}
FEATURES = {"label": {"names": [WORD], "_type": "ClassLabel"}}
SPARK = {"type": "struct", "fields": [{"name": "f", "metadata": {"ml_attr": {"vals": [WORD]}}}]}

SCHEMA_METADATA: dict[str, dict[str, str]] = {
    "Hudi": HUDI,
    "Hudi's bloom filter": {"org.apache.hudi.bloomfilter": WORD},
    "Hugging Face": {"huggingface": json.dumps({"info": {"features": FEATURES}})},
    "GeoParquet": {"geo": json.dumps({"columns": {"g": {"bbox": [1.5, 2], "crs": WORD}}})},
    "Spark": {"org.apache.spark.sql.parquet.row.metadata": json.dumps(SPARK)},
    "Iceberg": {"iceberg.schema": json.dumps({"fields": [{"name": "f", "doc": WORD}]})},
    "Delta": {"delta.stats": json.dumps({"minValues": {"f": WORD}})},
    "Avro": {"parquet.avro.schema": json.dumps({"doc": WORD}), "writer.model.name": WORD},
    "fastparquet": {"fastparquet.attrs": WORD},
    "petastorm": {"dataset-toolkit.unischema.v1": WORD},
    "R": {"r": f"A\n3\n263168\n{WORD}"},
    "pandas' attributes": {"PANDAS_ATTRS": json.dumps({"a": WORD})},
    "a key that is a value": {WORD: "1"},
    "our own mark": {"scrubber.absent": WORD},
    "pandas that is no JSON": {"pandas": WORD},
    "pandas of another shape": {"pandas": json.dumps([WORD])},
}


def field(metadata: dict[str, str], kind: pa.DataType | None = None) -> pa.Schema:
    return pa.schema([pa.field("f", kind or pa.string(), metadata=metadata)])


FIELD_METADATA: dict[str, pa.Schema] = {
    "a comment": field({"comment": WORD}),
    "a description in Parquet": field({"PARQUET:field_id": "7", "doc": WORD}),
    "the words of a Polars Enum": field({"_PL_ENUM_VALUES2": f"10;{WORD}"}),
    "a Polars Categorical": field({"_PL_CATEGORICAL2": f"10;{WORD}"}),
    "our own mark": field({"scrubber.absent": WORD}),
    "an extension type that nobody knows": field({"ARROW:extension:name": WORD}),
    "a known one with parameters": field(
        {"ARROW:extension:name": "geoarrow.wkb", "ARROW:extension:metadata": WORD}, pa.binary()
    ),
    "a period of no frequency": field(
        {
            "ARROW:extension:name": "pandas.period",
            "ARROW:extension:metadata": json.dumps({"freq": WORD}),
        },
        pa.int64(),
    ),
    "an interval of no type": field(
        {
            "ARROW:extension:name": "pandas.interval",
            "ARROW:extension:metadata": json.dumps({"subtype": WORD, "closed": "left"}),
        },
        pa.int64(),
    ),
    "the element of a list": pa.schema(
        [("f", pa.list_(pa.field("item", pa.string(), metadata={"a": WORD})))]
    ),
    "what the element of a list is called": pa.schema([("f", pa.list_(pa.field(WORD, pa.int8())))]),
    "the same of a large one": pa.schema([("f", pa.large_list(pa.field(WORD, pa.int8())))]),
    "the same of a fixed one": pa.schema([("f", pa.list_(pa.field(WORD, pa.int8()), 2))]),
    "the value of a map": pa.schema(
        [("f", pa.map_(pa.string(), pa.field("value", pa.string(), metadata={"a": WORD})))]
    ),
    "what the key of a map is called": pa.schema(
        [("f", pa.map_(pa.field(WORD, pa.string(), nullable=False), pa.string()))]
    ),
    "a field in a struct": pa.schema(
        [("f", pa.struct([pa.field("x", pa.string(), metadata={"a": WORD})]))]
    ),
    "a type of another system": pa.schema([("f", pa.opaque(pa.binary(), WORD, WORD))]),
    "the axes of a tensor": pa.schema(
        [("f", pa.fixed_shape_tensor(pa.int8(), [2], dim_names=[WORD]))]
    ),
}
CASES = {
    **{f"schema: {k}": pa.schema([("f", pa.string())], v) for k, v in SCHEMA_METADATA.items()},
    **{f"field: {k}": v for k, v in FIELD_METADATA.items()},
}


def text_of(schema: pa.Schema) -> str:
    return str(schema.serialize().to_pybytes())


@pytest.mark.parametrize("name", CASES)
def test_no_word_of_it_is_let_in(name: str) -> None:
    assert WORD in text_of(CASES[name])
    assert WORD not in text_of(admitted(CASES[name], "x"))


def parquet(path: Path, table: pa.Table) -> None:
    pq.write_table(table, path, write_page_index=True)


def arrow_file(path: Path, table: pa.Table) -> None:
    with pa.ipc.new_file(path, table.schema, metadata={"footer": WORD}) as writer:
        batch = table.to_batches()[0]
        writer.write_batch(batch, custom_metadata={"batch": WORD})


def arrow_stream(path: Path, table: pa.Table) -> None:
    with pa.ipc.new_stream(path, table.schema) as writer:
        writer.write_batch(table.to_batches()[0], custom_metadata={"batch": WORD})


WRITERS: dict[str, Callable[[Path, pa.Table], None]] = {
    "a.parquet": parquet,
    "a.arrow": arrow_file,
    "a.arrows": arrow_stream,
}


def kept(*names: str) -> dict[str, Any]:
    reason = {"class": "insensitive", "keep": "a test of metadata"}
    return {"version": 1, "fields": [{"name": name, **reason} for name in (*names, "**")]}


KEPT = kept()


def all_kept(schema: pa.Schema) -> dict[str, Any]:
    return kept("f.{key}") if pa.types.is_map(schema.field("f").type) else kept()


def one_row(schema: pa.Schema) -> pa.Table:
    values = {
        "struct": {"x": "v"}, "map": [("k", "v")], "list": [1, 2] , "string": "v", "binary": b"v"
    }  # fmt: skip
    column = schema.field("f").type
    storage = column.storage_type if isinstance(column, pa.BaseExtensionType) else column
    plain = pa.types.is_list(storage) and pa.types.is_string(storage.value_type)
    value: Any = next((v for k, v in values.items() if k in str(storage)), 1)
    for kind, example in (
        (pa.types.is_struct, values["struct"]),
        (pa.types.is_map, values["map"]),
        (pa.types.is_fixed_size_list, [1, 2]),
        (pa.types.is_large_list, [1, 2]),
        (pa.types.is_list, ["v"] if plain else [1, 2]),
    ):
        if kind(storage):
            value = example
            break
    array = pa.array([value], storage)
    if isinstance(column, pa.BaseExtensionType):
        array = pa.ExtensionArray.from_storage(column, array)
    return pa.Table.from_arrays([array], schema=schema)


PANDAS = "pandas.core.arrays.arrow.extension_types"


@pytest.fixture(autouse=True)
def nobodys_types() -> Iterator[None]:
    """Reads extension types as if pandas, which registers its own, were not loaded."""
    with suppress(pa.ArrowKeyError):  # never registered
        pa.unregister_extension_type("pandas.interval")
    yield
    if PANDAS in sys.modules:
        register_pandas()


def register_pandas() -> None:
    kind = import_module(PANDAS).ArrowIntervalType(pa.int64(), "left")
    with suppress(pa.ArrowKeyError):  # registered already
        pa.register_extension_type(kind)


@pytest.mark.parametrize("file", WRITERS)
def test_metadata_that_another_librarys_type_refuses(file: str, tmp_path: Path) -> None:
    WRITERS[file](tmp_path / file, one_row(CASES["field: an interval of no type"]))
    register_pandas()
    with pytest.raises(InputError, match="unreadable") as caught:
        scrubber.scrub(tmp_path / file, KEPT, key=KEY, out=tmp_path / "out")
    assert WORD not in str(caught.value)


@pytest.mark.parametrize("file", WRITERS)
@pytest.mark.parametrize("name", CASES)
def test_no_word_of_it_comes_out_of_a_file(name: str, file: str, tmp_path: Path) -> None:
    WRITERS[file](tmp_path / file, one_row(CASES[name]))
    scrubber.scrub(tmp_path / file, all_kept(CASES[name]), key=KEY, out=tmp_path / "out")
    written = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert len(written) >= 2
    for path in written:
        assert WORD.encode() not in path.read_bytes()
    after = tmp_path / "out" / "data" / file
    schema = (
        pq.read_schema(after)
        if file == "a.parquet"
        else (pa.ipc.open_file if file == "a.arrow" else pa.ipc.open_stream)(str(after)).schema
    )
    assert WORD not in text_of(schema)


@pytest.mark.parametrize("name", CASES)
def test_no_word_of_it_comes_out_of_a_table(name: str) -> None:
    result = scrubber.scrub(one_row(CASES[name]), all_kept(CASES[name]), key=KEY)
    assert WORD not in text_of(result.data.schema)
    assert WORD.encode() not in result.manifest.to_bytes()


def test_statistics_are_those_of_the_output(tmp_path: Path) -> None:
    table = pa.table({"f": [WORD, "a", "b"], "g": [1, 2, 3]})
    pq.write_table(table, tmp_path / "a.parquet", write_page_index=True)
    rules = {
        "version": 1,
        "fields": [
            {"name": "f", "class": "direct_identifier", "transform": "redact"},
            {"name": "g", "class": "insensitive", "keep": "numbers"},
        ],
        "rows": [{"drop": "g = 3", "reason": "test"}],
    }
    scrubber.scrub(tmp_path / "a.parquet", rules, out=tmp_path / "out")
    written = tmp_path / "out" / "data" / "a.parquet"
    assert WORD.encode() not in written.read_bytes()
    assert pq.ParquetFile(written).metadata.row_group(0).column(1).statistics.max == 2


@pytest.mark.parametrize("file", WRITERS)
def test_words_that_no_row_uses(file: str, tmp_path: Path) -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int8()), pa.array(["a", "b", WORD]))
    WRITERS[file](tmp_path / file, pa.table({"f": column}))
    scrubber.scrub(tmp_path / file, KEPT, out=tmp_path / "out")
    assert WORD.encode() not in (tmp_path / "out" / "data" / file).read_bytes()


def test_a_polars_enum_is_one_of_the_words_in_use() -> None:
    kind = pl.Enum(["b", WORD, "a"])
    frame = pl.DataFrame({"f": pl.Series(["a", "b", None], dtype=kind)})
    result = scrubber.scrub(frame, KEPT).data
    assert result["f"].dtype == pl.Enum(["b", "a"])
    assert result["f"].to_list() == ["a", "b", None]


def test_what_a_pandas_frame_carries_along() -> None:
    frame = pd.DataFrame(
        {"a": ["x", "y"], "c": pd.Categorical(["u", "v"], categories=["u", WORD, "v"])},
        index=pd.RangeIndex(1, 3, name=WORD),
    )
    frame.attrs = {"note": WORD}
    frame.columns.name = WORD
    result = scrubber.scrub(frame, KEPT).data
    assert result.attrs == {}
    assert result.columns.name is None
    assert result.index.name is None
    assert result.index.tolist() == [1, 2]
    assert result["c"].cat.categories.tolist() == ["u", "v"]


def test_dtypes_of_pandas_come_back() -> None:
    frame = pd.DataFrame(
        {
            "i": pd.array([1, None], "Int64"),
            "b": pd.array([True, None], "boolean"),
            "s": pd.array(["a", None], "string"),
            "c": pd.Categorical(["u", "v"], ordered=True),
            "z": pd.to_datetime(["2020-01-01", "2021-01-01"]).tz_localize("Europe/Paris"),
            "p": pd.period_range("2020-01", periods=2, freq="M"),
            "v": pd.interval_range(0, 2),
        },
        index=pd.Index(["k", "l"], name="key"),
    )
    result = scrubber.scrub(frame, KEPT).data
    pd.testing.assert_frame_equal(result, frame)


def test_columns_of_pandas_that_are_numbers() -> None:
    frame = pd.DataFrame([[1, 2], [3, 4]])
    assert scrubber.scrub(frame, KEPT).data.columns.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("name", "parameters", "kind"),
    [
        ("arrow.json", "", pa.string()),
        ("geoarrow.wkb", "", pa.binary()),
        ("pandas.period", '{"freq": "Q-DEC"}', pa.int64()),
    ],
)
def test_known_extension_types_keep_their_name(name: str, parameters: str, kind: Any) -> None:
    noted = {"ARROW:extension:name": name, "ARROW:extension:metadata": parameters}
    schema = field(noted, kind)
    assert admitted(schema, "x").equals(schema, check_metadata=True)
