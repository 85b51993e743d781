"""What is left of a schema: types follow the plan, and metadata that can hold values goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import scrubber
from scrubber.pipeline.schema import output_schema
from scrubber.policy import compile_plan, rules_from_mapping

KEY = bytes(range(32))


def rules(**fields: Any) -> dict[str, Any]:
    """Rules from name -> transform, or None to keep."""
    return {
        "version": 1,
        "fields": [
            {"name": name, "class": "insensitive", "keep": "test"}
            if transform is None
            else {"name": name, "class": "direct_identifier", "transform": transform}
            for name, transform in fields.items()
        ],
    }


TOKEN = {"token": {"domain": "d"}}


def schema_of(schema: pa.Schema, **fields: Any) -> pa.Schema:
    plan = compile_plan(rules_from_mapping(rules(**fields)), {"x": schema})
    return output_schema(schema, plan.table("x"))


@pytest.mark.parametrize(
    ("kind", "transform", "expected"),
    [
        (pa.int64(), None, pa.int64()),
        (pa.int64(), TOKEN, pa.string()),
        (pa.large_string(), TOKEN, pa.large_string()),
        (pa.dictionary(pa.int8(), pa.string()), TOKEN, pa.dictionary(pa.int8(), pa.string())),
        (pa.dictionary(pa.int8(), pa.int64()), TOKEN, pa.string()),
        (pa.list_(pa.int64()), TOKEN, pa.list_(pa.string())),
        (pa.decimal128(9, 2), {"round": {"to": 10}}, pa.decimal128(9, 2)),
        (pa.timestamp("ns", "UTC"), {"truncate_date": {"to": "year"}}, pa.timestamp("ns", "UTC")),
    ],
)
def test_types(kind: pa.DataType, transform: Any, expected: pa.DataType) -> None:
    schema = pa.schema([pa.field("f", kind), ("other", pa.int8())])
    assert schema_of(schema, f=transform, other=None).field("f").type == expected


def test_a_changed_field_loses_the_name_of_its_extension_type() -> None:
    noted = {"ARROW:extension:name": "arrow.uuid", "ARROW:extension:metadata": ""}
    kind = pa.binary(16)
    schema = pa.schema(
        [
            pa.field("a", kind, metadata=noted),
            pa.field("b", kind, metadata=noted),
            pa.field("s", pa.struct([pa.field("x", kind, metadata=noted)])),
        ]
    )
    out = schema_of(schema, a=TOKEN, b=None, **{"s.x": TOKEN})
    assert out.field("a").metadata is None
    assert out.field("b").metadata == schema.field("b").metadata
    assert out.field("s").type.field("x").metadata is None
    same = schema_of(schema, a=None, b=None, **{"s.x": None})
    assert same.equals(schema, check_metadata=True)


def test_the_words_of_a_polars_enum_do_not_travel(tmp_path: Path) -> None:
    kind = pl.Enum(["SECRET-A", "SECRET-B"])
    frame = pl.DataFrame({"id": pl.Series(["SECRET-A", "SECRET-B"], dtype=kind), "n": [1, 2]})
    pq.write_table(frame.to_arrow(), tmp_path / "a.parquet")
    scrubber.scrub(tmp_path, rules(id=TOKEN, n=None), key=KEY, out=tmp_path.parent / "out-enum")
    written = (tmp_path.parent / "out-enum" / "data" / "a.parquet").read_bytes()
    assert b"SECRET" not in written
    assert b"SECRET" not in str(pq.read_schema(pa.BufferReader(written))).encode()
    assert pl.read_parquet(written)["n"].to_list() == [1, 2]


def test_pandas_reads_what_pandas_wrote(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "age": pd.array([34, None], "Int64"),
            "n": pd.array([1, 2], "Int8"),
            "gone": ["SECRET", "b"],
        },
        index=pd.Index(["i", "j"], name="key"),
    )
    frame.to_parquet(tmp_path / "a.parquet")
    decided = rules(age={"bin": {"width": 10}}, n=None, gone="drop", key=None)
    scrubber.scrub(tmp_path, decided, key=KEY, out=tmp_path.parent / "out-pandas")
    out = pd.read_parquet(tmp_path.parent / "out-pandas" / "data" / "a.parquet")
    assert out.index.tolist() == ["i", "j"]
    assert out["n"].dtype == "Int8"
    assert out["age"].tolist()[0] == "[30, 40)"
    assert "gone" not in out


def test_what_pandas_notes_about_the_frame_before(tmp_path: Path) -> None:
    """Its attributes, and how many rows and categories there were."""
    frame = pd.DataFrame({"f": ["a", "b"], "c": pd.Categorical(["x", "y"])})
    frame.attrs = {"note": "SECRETNOTE"}
    frame.to_parquet(tmp_path / "in.parquet")
    decided = {**rules(f="redact", c=None), "rows": [{"drop": "c = 'x'", "reason": "test"}]}
    scrubber.scrub(tmp_path / "in.parquet", decided, out=tmp_path / "out")
    written = tmp_path / "out/data/in.parquet"
    noted = pq.read_schema(written).metadata
    assert b"SECRETNOTE" not in b"".join(noted.values())
    facts = noted[b"pandas"]
    assert b'"stop"' not in facts
    assert b"num_categories" not in facts
    assert pd.read_parquet(written).index.equals(pd.RangeIndex(1))


def test_a_special_range_index_comes_back() -> None:
    frame = pd.DataFrame({"f": ["a", "b", "c"]}).iloc[::2]
    out = scrubber.scrub(frame, rules(f="redact")).data
    assert list(out.index) == [0, 2]
