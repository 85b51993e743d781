"""The library's verbs: a frame in, the same kind of frame out, with its manifest."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import polars.testing
import pyarrow as pa
import pytest

import scrubber
from scrubber.errors import (
    InputError,
    KeyFault,
    NotAvailable,
    OutputError,
    RuleError,
    TransformError,
)

KEY = bytes(range(32))
RULES: dict[str, Any] = {
    "version": 1,
    "detect": {"ner": "none", "entities": ["EMAIL_ADDRESS", "IP_ADDRESS"]},
    "fields": [
        {"name": "id", "class": "direct_identifier", "transform": {"token": {"domain": "user"}}},
        {"name": "name", "class": "direct_identifier", "transform": "drop"},
        {"name": "age", "class": "quasi_identifier", "transform": {"bin": {"width": 10}}},
        {"name": "note", "class": "text", "entities": {"default": "redact"}},
        {"name": "kind", "class": "insensitive", "keep": "a category"},
        {"name": "when", "class": "insensitive", "keep": "a time"},
        {"name": "score", "class": "insensitive", "keep": "a number"},
    ],
}
DATA: dict[str, list[Any]] = {
    "id": [1, 2, None],
    "name": ["Ann", "Ben", None],
    "age": [34, None, 80],
    "note": ["mail ann@example.com", None, ""],
    "kind": ["a", "b", "a"],
    "when": [dt.datetime(2026, 1, 1), None, dt.datetime(2026, 1, 2)],
    "score": [1.5, None, 2.0],
}


def polars_frame() -> pl.DataFrame:
    return pl.DataFrame(DATA).with_columns(
        pl.col("kind").cast(pl.Categorical),
        pl.col("when").dt.cast_time_unit("ms").dt.replace_time_zone("Europe/Paris"),
    )


def check_values(columns: dict[str, list[Any]]) -> None:
    assert "name" not in columns
    assert columns["age"] == ["[30, 40)", None, "[80, 90)"]
    assert columns["note"] == ["mail {EMAIL_ADDRESS}", None, ""]
    assert columns["kind"] == ["a", "b", "a"]
    first, second, third = columns["id"]
    assert third is None
    assert len({first, second}) == 2
    assert {len(first), len(second)} == {26}


def test_polars_frame_and_lazy_frame() -> None:
    frame = polars_frame()
    result = scrubber.scrub(frame, RULES, key=KEY)
    assert isinstance(result.data, pl.DataFrame)
    check_values(result.data.to_dict(as_series=False))
    for name in ("kind", "when", "score"):
        assert result.data[name].dtype == frame[name].dtype
        polars.testing.assert_series_equal(result.data[name], frame[name])
    lazy = scrubber.scrub(frame.lazy(), RULES, key=KEY)
    assert isinstance(lazy.data, pl.LazyFrame)
    polars.testing.assert_frame_equal(lazy.data.collect(), result.data)


@pytest.mark.parametrize("backend", ["numpy", "pyarrow"])
def test_pandas_keeps_its_dtypes(backend: str) -> None:
    frame = pd.DataFrame(DATA).astype({"id": "Int64", "kind": "category", "age": "Int64"})
    if backend == "pyarrow":
        frame = frame.convert_dtypes(dtype_backend="pyarrow")
    result = scrubber.scrub(frame, RULES, key=KEY).data
    assert isinstance(result, pd.DataFrame)
    for name in ("kind", "when", "score"):
        assert result[name].dtype == frame[name].dtype
    check_values(
        {n: [None if pd.isna(v) else v for v in result[n].tolist()] for n in result.columns}
    )


def test_a_pandas_index_that_says_something_has_to_be_decided() -> None:
    frame = pd.DataFrame(DATA).astype({"id": "Int64"})
    frame.index = pd.Index(["ann@example.com", "b", "c"], name="mail")
    with pytest.raises(RuleError, match="mail"):
        scrubber.scrub(frame, RULES, key=KEY)
    rules = copy.deepcopy(RULES)
    rules["fields"].append({"name": "mail", "class": "direct_identifier", "transform": "drop"})
    result = scrubber.scrub(frame, rules, key=KEY).data
    assert "ann@example.com" not in result.to_csv()


def test_a_pandas_column_of_mixed_objects_is_refused_without_its_values() -> None:
    frame = pd.DataFrame({"id": [1, "SECRET"], "age": [1, 2]})
    with pytest.raises(InputError) as caught:
        scrubber.scrub(frame, RULES, key=KEY)
    assert caught.value.code == "frame-values"
    assert "SECRET" not in str(caught.value)


def test_arrow_table_record_batch_and_stream() -> None:
    table = polars_frame().to_arrow()
    result = scrubber.scrub(table, RULES, key=KEY).data
    assert isinstance(result, pa.Table)
    check_values(result.to_pydict())
    batch = table.combine_chunks().to_batches()[0]
    assert isinstance(scrubber.scrub(batch, RULES, key=KEY).data, pa.RecordBatch)

    class Stream:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return table.__arrow_c_stream__(requested_schema)

    assert scrubber.scrub(Stream(), RULES, key=KEY).data.equals(result)


def test_hidden_values_do_not_travel_in_arrow_buffers() -> None:
    """Dropped rows leave no entry behind in a kept dictionary."""
    kind = pa.array(["plain", "SECRET-KIND"]).dictionary_encode()
    table = pa.table({"kind": kind, "age": [1, 2]})
    rules = {
        **RULES,
        "fields": [RULES["fields"][2], RULES["fields"][4]],
        "rows": [{"drop": "age = 2", "reason": "too old"}],
    }
    result = scrubber.scrub(table, rules).data
    assert result.to_pydict() == {"kind": ["plain"], "age": ["[0, 10)"]}
    assert b"SECRET-KIND" not in b"".join(
        bytes(buffer)
        for column in result.columns
        for chunk in column.chunks
        for array in (chunk, getattr(chunk, "dictionary", chunk))
        for buffer in array.buffers()
        if buffer is not None
    )


@pytest.mark.parametrize("rows", [0, 1])
def test_few_rows(rows: int) -> None:
    result = scrubber.scrub(polars_frame().head(rows), RULES, key=KEY)
    assert result.data.height == rows
    assert result.manifest.data["records"]["in"] == ({"n": 0} if rows == 0 else {"lt": 11})


def test_paths(tmp_path: Path) -> None:
    polars_frame().write_parquet(tmp_path / "a.parquet")
    result = scrubber.scrub(tmp_path / "a.parquet", RULES, key=KEY, out=tmp_path / "out")
    assert result.data == tmp_path / "out"
    check_values(pl.read_parquet(tmp_path / "out/data/a.parquet").to_dict(as_series=False))
    assert scrubber.read_manifest(tmp_path / "out") == result.manifest
    with pytest.raises(OutputError, match="output-missing"):
        scrubber.scrub(tmp_path / "a.parquet", RULES, key=KEY)


def test_the_same_frame_and_file_get_the_same_tokens(tmp_path: Path) -> None:
    frame = polars_frame()
    frame.write_parquet(tmp_path / "a.parquet")
    scrubber.scrub([tmp_path / "a.parquet"], RULES, key=KEY, out=tmp_path / "out")
    written = pl.read_parquet(tmp_path / "out/data/a.parquet")
    given = scrubber.scrub(frame, RULES, key=KEY).data
    assert written["id"].to_list() == given["id"].to_list()


@pytest.mark.parametrize("key", [b"short", "not a key", bytes(32)])
def test_bad_keys(key: bytes | str) -> None:
    with pytest.raises(KeyFault):
        scrubber.scrub(polars_frame(), RULES, key=key)


def test_no_key() -> None:
    with pytest.raises(KeyFault, match="key-missing"):
        scrubber.scrub(polars_frame(), RULES)


@pytest.mark.parametrize("data", [7, {"a": [1]}, [1, 2], pytest.param(object(), id="object")])
def test_what_is_no_table(data: object) -> None:
    with pytest.raises(InputError, match="frame-type"):
        scrubber.scrub(data, RULES, key=KEY)


def test_errors_of_a_frame_name_the_row_and_no_value() -> None:
    frame = pl.DataFrame({"age": ["12", "SECRET"]})
    rules = {**RULES, "fields": [RULES["fields"][2]]}
    with pytest.raises(TransformError) as caught:
        scrubber.scrub(frame, rules)
    assert caught.value.place is not None
    assert (caught.value.place.row, caught.value.place.field) == (2, "age")
    assert "SECRET" not in repr(caught.value) + str(caught.value)


def test_results_show_no_data() -> None:
    result = scrubber.scrub(polars_frame(), RULES, key=KEY)
    assert "example.com" not in repr(result)
    assert "EMAIL_ADDRESS" not in repr(result)


@pytest.mark.parametrize(
    ("texts", "detect", "expected"),
    [
        ([], None, []),
        (["", None, "nothing here"], None, [[], [], []]),
        (
            ["mail ann@example.com", "mail ann@example.com"],
            {"entities": ["EMAIL_ADDRESS"]},
            [[(5, 20, "EMAIL_ADDRESS")]] * 2,
        ),
        (
            ["é🙏 ann@example.com"],
            {"entities": ["EMAIL_ADDRESS"]},
            [[(3, 18, "EMAIL_ADDRESS")]],
        ),
        (
            ["use Bluebird"],
            {"entities": ["EMAIL_ADDRESS"], "deny_list": {"PROJECT": ["Bluebird"]}},
            [[(4, 12, "PROJECT")]],
        ),
        (["we saw 100037"], {"ner": "none"}, [[]]),
        (
            ["we saw 100037"],
            {"ner": "none", "score_thresholds": {"default": 0}},
            [[(7, 13, "US_DRIVER_LICENSE")]],
        ),
    ],
)
def test_find(texts: list[str | None], detect: dict[str, Any] | None, expected: object) -> None:
    found = scrubber.find(texts, detect)
    assert [[(s.start, s.end, s.label) for s in spans] for spans in found] == expected
    for spans in found:
        for span in spans:
            assert span.entity == span.label
            assert 0 < span.score <= 1
            assert span.recognizer


def test_find_refuses_what_it_does_not_know() -> None:
    with pytest.raises(RuleError, match="unknown-key"):
        scrubber.find(["x"], {"entitys": []})
    with pytest.raises((RuleError, NotAvailable)):
        scrubber.find(["x"], {"ner": "spacy:no_such_model"})


def test_public_names_and_pickles() -> None:
    for name in scrubber.__all__:
        assert getattr(scrubber, name) is not None
    with pytest.raises(AttributeError):
        scrubber.nothing  # noqa: B018
    manifest = scrubber.scrub(polars_frame(), RULES, key=KEY).manifest
    assert pickle.loads(pickle.dumps(manifest)) == manifest


NESTED_DICTIONARY = pa.DictionaryArray.from_arrays(pa.array([0], pa.int8()), pa.array([["SECRET"]]))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (pa.table([pa.array(["SECRET"]), pa.nulls(1)], names=["a", "a"]), "duplicate-field"),
        (pa.table({"a": NESTED_DICTIONARY}), "type-not-supported"),
        (pa.table({"a": pa.array([["SECRET"]], pa.list_view(pa.string()))}), "type-not-supported"),
        (pa.table({}), "no-fields"),
        (pl.DataFrame(), "no-fields"),
        (pl.DataFrame({"a": pl.Series([5], dtype=pl.Int128)}), "frame-values"),
    ],
)
def test_frames_that_cannot_be_looked_at_are_refused_as_files_are(data: Any, code: str) -> None:
    decided = {"version": 1, "fields": [{"name": "a", "optional": True, "transform": "redact"}]}
    with pytest.raises(InputError) as caught:
        scrubber.scrub(data, decided, key=KEY)
    assert caught.value.code == code
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    ("operator", "linkable"),
    [
        ({"token": {}}, True),
        ({"token": {"scope": "document"}}, False),
        ({"encrypt": {}}, True),
        ({"surrogate": {}}, False),
        ({"surrogate": {"scope": "dataset"}}, True),
        ("redact", False),
    ],
)
def test_pseudonyms_in_text_are_linkable_where_equal_values_stay_equal(
    operator: Any, linkable: bool
) -> None:
    table = pa.table({"t": ["ann@example.com 1", "ann@example.com 2"]})
    decided = {
        "version": 1,
        "detect": {"ner": "none", "entities": ["EMAIL_ADDRESS"]},
        "fields": [{"name": "t", "entities": {"default": operator}}],
    }
    result = scrubber.scrub(table, decided, key=KEY)
    one, two = (text.rpartition(" ")[0] for text in result.data.column("t").to_pylist())
    (field,) = result.manifest.data["fields"]
    assert field["linkable"] is linkable
    assert (one == two) is (linkable or operator == "redact")


@pytest.mark.parametrize(
    ("detect", "said"),
    [
        ({}, False),
        ({"allow_list": ["ann@example.com"]}, True),
        ({"rules": [{"exclude": {"regex": ".*"}}]}, True),
    ],
)
def test_what_the_rules_let_through_is_said(detect: dict[str, Any], said: bool) -> None:
    decided = {
        "version": 1,
        "detect": {"ner": "none", "entities": ["EMAIL_ADDRESS"], **detect},
        "fields": [{"name": "t", "entities": {"default": "redact"}}],
    }
    result = scrubber.scrub(pa.table({"t": ["ann@example.com"]}), decided)
    texts = [one["text"] for one in result.manifest.data["risk"]["limitations"]]
    assert any("the rules allow or exclude" in text for text in texts) is said
    assert (result.data.column("t").to_pylist() == ["ann@example.com"]) is said
    assert "ann@example" not in str(texts)


PATTERNS = {"ner": "none"}


def test_a_string_is_one_text() -> None:
    text = "call 212-555-0152"
    assert scrubber.find(text, PATTERNS) == scrubber.find([text], PATTERNS)[0]
    assert [span.label for span in scrubber.find(text, PATTERNS)] == ["PHONE_NUMBER"]
    assert scrubber.find("", PATTERNS) == ()
    assert scrubber.find([], PATTERNS) == []


@pytest.mark.parametrize("given", [b"call 212-555-0152", [b"x"], [1], [["x"]], ["x", 1.5]])
def test_what_is_no_text_is_refused(given: Any) -> None:
    with pytest.raises(TypeError, match="a text or several texts"):
        scrubber.find(given, PATTERNS)
