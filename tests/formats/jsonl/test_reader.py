from __future__ import annotations

import datetime as dt
import decimal
import gzip
import json

import orjson
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from scrubber import formats
from scrubber.errors import InputError, OutputError
from scrubber.formats import ABSENT, sampling
from scrubber.formats.jsonl import shape as json_types
from scrubber.formats.jsonl.tree import records_of
from tests.examples import examples


def lines(*records: object) -> bytes:
    return b"".join(
        record if isinstance(record, bytes) else orjson.dumps(record) + b"\n" for record in records
    )


@pytest.mark.parametrize(
    ("records", "kind"),
    [
        pytest.param([{"a": "x"}], pa.string(), id="string"),
        pytest.param([{"a": "2024-01-31T09:30:00Z"}], pa.string(), id="a time stays text"),
        pytest.param([{"a": "02127"}], pa.string(), id="digits stay text"),
        pytest.param([{"a": 1}, {"a": None}], pa.int64(), id="integer"),
        pytest.param([{"a": 1}, {"a": 1.5}], pa.float64(), id="integer and fraction"),
        pytest.param([{"a": 2**53}, {"a": 0.5}], pa.float64(), id="the last exact integer"),
        pytest.param([{"a": 2**63 - 1}, {"a": -(2**63)}], pa.int64(), id="64 bits"),
        pytest.param([{"a": 2**64 - 1}, {"a": 0}], pa.uint64(), id="64 bits without a sign"),
        pytest.param([{"a": True}, {"a": None}], pa.bool_(), id="bool"),
        pytest.param([{"a": None}], pa.null(), id="only null"),
        pytest.param([{"a": []}], pa.list_(pa.null()), id="empty list"),
        pytest.param([{"a": []}, {"a": ["x", None]}], pa.list_(pa.string()), id="list"),
        pytest.param([{"a": [[1], [2.5]]}], pa.list_(pa.list_(pa.float64())), id="nested list"),
        pytest.param([{"a": {}}], pa.struct([]), id="empty object"),
        pytest.param([{"a": [{"b": 1}, {"c": "x"}]}],
                     pa.list_(pa.struct([("b", pa.int64()), ("c", pa.string())])),
                     id="objects in a list"),
    ],
)  # fmt: skip
def test_infers(files, records, kind):
    source = files.make("x.jsonl", lines(*records))
    result = files.read(source)
    assert result.schema.field("a").type == kind
    assert len(result.rows) == len(records)
    assert files.bytes(files.write("y.jsonl", result.table)).splitlines() == [
        orjson.dumps(
            {"a": float(r["a"]) if kind == pa.float64() and r["a"] is not None else r["a"]}
        )
        if kind != pa.list_(pa.list_(pa.float64()))
        else b'{"a":[[1.0],[2.5]]}'
        for r in records
    ]


REPEATED_KEYS = [
    (b'{"a": 1, "a": 2}', "a"),
    (b'{"a": 1, "a": 1}', "a"),
    (b'{"a": 1, "\\u0061": 2}', "a"),
    (b'{"b": "SECRET", "a": 1, "b": "x"}', "b"),
    (b'{"b": "SECRET", "b": null}', "b"),
    (b'{"b": null, "b": "SECRET"}', "b"),
    (b'{"b": "x:SECRET", "b": "\\u003a\\u003A"}', "b"),
    (b'{"b": ":", "c": {"d": [{"e": ":", "e": "\\u003a\\u003a\\u003a"}]}}', "c.d[].e"),
    (b'{"c": {"d": [], "d": []}}', "c.d"),
    (b'{"c": {"d": [{"e": "y"}, {"e": "SECRET", "e": "z"}]}}', "c.d[].e"),
    (b'{"c": {"d": []}, "c": {}}', "c"),
    (b'{"": 1, "": 2}', '""'),
    (b'{"a:b": 1, "a\\u003ab": 2}', "a:b"),
    (b'{"\\u00e9": 1, "\xc3\xa9": 2}', "é"),
    (b'{"c": {"ann@SECRET.com": 1, "ann@SECRET.com": 2}}', "c"),
    (b'{"5551234567": 1, "5551234567": 2}', None),
    (b'{"x": ' + b'{"y": ' * 300 + b"1" + b', "y": 2}' * 300 + b"}", "x.y"),
]


@pytest.mark.parametrize(
    ("bad", "code", "field"),
    [
        pytest.param(b'{"a": 1, "b": SECRET}\n', "json-line", None, id="no JSON"),
        pytest.param(b'{"a": "SECRET\n', "json-line", None, id="cut short"),
        pytest.param(b'{"a": 1}{"a": 2}\n', "json-line", None, id="two on a line"),
        pytest.param(b'["SECRET"]\n', "json-line", None, id="array"),
        pytest.param(b'"SECRET"\n', "json-line", None, id="scalar"),
        pytest.param(b"null\n", "json-line", None, id="null"),
        pytest.param(b'{"a": NaN}\n', "json-line", None, id="NaN"),
        pytest.param(b'{"a": -Infinity}\n', "json-line", None, id="infinity"),
        pytest.param(b'{"a": 1e999}\n', "json-line", None, id="infinity by size"),
        pytest.param(b'{"b": "SECRET\\ud800"}\n', "json-line", None, id="lone surrogate"),
        pytest.param(b'{"b": "SECRET\xff"}\n', "encoding", None, id="latin-1"),
        pytest.param(b'{"a": 18446744073709551616}\n', "json-big-integer", None, id="65 bits"),
        pytest.param(b'{"a": -9223372036854775809}\n', "json-big-integer", None, id="-64 bits"),
        pytest.param(b'{"a": 9' + b"9" * 5000 + b"}\n", "json-line", None, id="5000 digits"),
        pytest.param(b'{"n": 18446744073709551615}\n', "json-big-integer", "n", id="two signs"),
        pytest.param(b'{"x": ' + b"[" * 80 + b"]" * 80 + b"}\n", "json-depth", None, id="deep"),
        pytest.param(b'{"x": ' + b"[" * 5000 + b"]" * 5000 + b"}\n", "json-line", None,
                     id="very deep"),
        pytest.param(b'{"ann@SECRET.com": 1}\n', "json-key", None, id="address as a key"),
        *(
            pytest.param(line + b"\n", "json-duplicate-key", path, id=f"twice: {line.decode()}")
            for line, path in REPEATED_KEYS
        ),
    ],
)  # fmt: skip
def test_bad_records(files, bad, code, field):
    good = {"a": 1, "b": "x", "c": {"d": [{"e": "y"}]}, "f": 0.5, "n": -1}
    source = files.make("x.jsonl", lines(good, b"\n", good, bad, good))
    with pytest.raises(InputError) as caught:
        formats.schemas([source])
    error = caught.value
    assert error.code == code
    assert (error.place.file, error.place.line, error.place.row) == ("x.jsonl", 4, 3)
    assert error.place.field == field
    assert "SECRET" not in str(error) + repr(error)
    assert "5551234567" not in str(error)
    assert error.__cause__ is None
    # As a rejected record: it is counted, the rest is there, and no trace of it in the schema.
    result = files.read(source, drop_bad_rows=True)
    assert (result.rejected, result.rows) == (1, [good] * 3)
    assert result.schema.names == ["a", "b", "c", "f", "n"]
    assert sum(c.table.num_rows + c.rejected for c in result.chunks) == 4


@pytest.mark.parametrize("name", ["x.jsonl", "x.jsonl.gz"])
@pytest.mark.parametrize("row", [0, 1500, 2_999])
@pytest.mark.parametrize("bad", [REPEATED_KEYS[i][0] for i in (0, 2, 6, 7)])
def test_a_repeated_key_is_refused_among_many_records(files, monkeypatch, name, row, bad):
    """Where lines are counted by their likeness, by Arrow, and by blocks of a large file."""
    records = [{"a": i, "b": f"at {i}:00", "c": {"d": [{"e": "y"}]}} for i in range(3_000)]
    text = [lines(record) for record in records]
    text[row] = bad + b"\n"
    data = b"".join(text)
    source = files.make(name, gzip.compress(data, 1) if name.endswith("gz") else data)
    with pytest.raises(InputError) as caught:
        formats.schemas([source])
    assert (caught.value.code, caught.value.place.line) == ("json-duplicate-key", row + 1)
    result = files.read(source, drop_bad_rows=True)
    assert result.rejected == 1
    assert result.rows == records[:row] + records[row + 1 :]
    monkeypatch.setattr(sampling, "WHOLE_BYTES", 1000)
    monkeypatch.setattr(sampling, "BLOCK_BYTES", 3000)
    (drawn,) = formats.samples([source], 3_000, 0)
    assert all(record == records[record["a"]] for record in drawn.table.to_pylist())


def test_colons_in_texts_are_no_keys(files):
    record = {"a:b": "::", "c": [{"d": [":"], "é:": {"x": ":"}}], "e": '\\:":', "f": {}}
    text = json.dumps(record).replace('"::"', '"\\u003a:"').encode()
    assert files.read(files.make("x.jsonl", text)).rows == [record]


def test_digits_in_text_are_no_big_integers(files):
    record = {"a": "18446744073709551616", "b": 12345678901234567890}
    assert files.read(files.make("x.jsonl", lines(record))).rows == [record]


def test_big_floats_are_no_big_integers(files):
    data = b'{"a": 18446744073709551616.0, "b": 1e30, "c": 123456789012345678901e3}\n'
    rows = files.read(files.make("x.jsonl", data)).rows
    assert rows == [json.loads(data)]


def test_big_integers_between_fractions_are_a_kind_of_their_own(files):
    rows = [{"f": 1}, {"f": 2**53 + 1}, {"f": 0.5}, {"f": 1}]
    for order in (rows, rows[::-1]):
        result = files.read(files.make("a.jsonl", lines(*order)))
        copy = files.write("b.jsonl", result.table)
        assert files.bytes(copy) == lines(*order)


def test_a_record_that_contradicts_itself_is_rejected_whole(files):
    bad = {"a": [-1, 2**64 - 1], "new": 1}
    result = files.read(files.make("x.jsonl", lines(bad, {"a": [2]})), drop_bad_rows=True)
    assert (result.rows, result.rejected, result.schema.names) == ([{"a": [2]}], 1, ["a"])


def test_rows_and_lines_over_many_chunks(files, small_chunks):
    small_chunks(3, 40)
    records = [lines({"a": i}) if i % 4 else b"\n" for i in range(40)]
    source = files.make("x.jsonl", lines(*records, b'{"a": SECRET}\n'))
    with pytest.raises(InputError) as caught:
        formats.schemas([source])
    assert (caught.value.place.line, caught.value.place.row) == (41, 31)
    result = files.read(source, drop_bad_rows=True)
    assert [row["a"] for row in result.rows] == [i for i in range(40) if i % 4]
    firsts = [c.first_row for c in result.chunks]
    sizes = [c.table.num_rows + c.rejected for c in result.chunks]
    assert firsts == [1 + sum(sizes[:i]) for i in range(len(sizes))]
    assert len(result.chunks) > 10


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'\xef\xbb\xbf{"a":1}\n', id="byte order mark"),
        pytest.param(b'{"a":1}', id="no newline at the end"),
        pytest.param(b'{"a":1}\r\n', id="crlf"),
        pytest.param(b'\n \n{"a":1}\n\n\t\n', id="empty lines"),
        pytest.param(b'  { "a" : 1 }  \n', id="space"),
    ],
)
def test_tolerates(files, data):
    assert files.read(files.make("x.jsonl", data)).rows == [{"a": 1}]


@pytest.mark.parametrize("data", [b"\n\n", b"{}\n{}\n"])
def test_nothing_to_read(files, data):
    with pytest.raises(InputError) as caught:
        formats.schemas([files.make("x.jsonl", data)])
    assert caught.value.code == "no-fields"


def test_a_huge_cell(files):
    source = files.make("x.jsonl", lines({"a": "x" * 10_000_000}, {"a": "😀"}))
    assert [len(row["a"]) for row in files.read(source).rows] == [10_000_000, 1]


def test_too_many_keys(files, monkeypatch):
    monkeypatch.setattr(json_types, "_FIELDS", 10)
    fine, many = {f"k{i}": 1 for i in range(10)}, {f"k{i}": 1 for i in range(11)}
    source = files.make("x.jsonl", lines(fine, many))
    with pytest.raises(InputError) as caught:
        formats.schemas([source])
    assert caught.value.code == "json-fields"
    assert files.read(source, drop_bad_rows=True).rejected == 1


# --- absent and null -----------------------------------------------------------------------------


def test_absent_keys_stay_absent_and_nulls_stay_null(files):
    data = lines(
        {"id": 1, "often": None, "s": {"x": 1}, "l": [{"p": 1}, {"q": 2}]},
        {"id": 2, "sometimes": "y", "s": {}, "l": []},
        {"id": 3, "often": "z", "s": None},
    )
    source = files.make("x.jsonl", data)
    result = files.read(source)
    assert (result.schema.field("sometimes").metadata or {}).get(ABSENT) == b"1"
    assert result.schema.field("often").metadata is None
    copy = files.write("y.jsonl", result.table, like=source)
    written = [json.loads(line) for line in files.bytes(copy).splitlines()]
    assert written == [
        {"id": 1, "often": None, "s": {"x": 1}, "l": [{"p": 1}, {"q": 2}]},
        {"id": 2, "often": None, "s": {}, "l": [], "sometimes": "y"},
        {"id": 3, "often": "z", "s": None},
    ]


@pytest.mark.parametrize("name", ["y.arrow", "y.parquet", "y.csv"])
def test_the_mark_of_absence_goes_no_further(files, name):
    source = files.make("x.jsonl", lines({"a": 1, "s": [{"x": 1}]}, {"s": [{"y": 2}]}))
    table = files.read(source).table
    if name == "y.csv":
        table = table.drop_columns(["s"])
    copy = files.write(name, table)
    assert b"scrubber.absent" not in files.bytes(copy)
    if name != "y.csv":
        assert files.read(copy).table.equals(table)


# --- writing -------------------------------------------------------------------------------------

UTC = dt.UTC
WHEN = dt.datetime(2024, 1, 31, 9, 30, 0, 5)


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        (pa.string(), "é😀\u202e\0", '"é😀\u202e\\u0000"'),
        (pa.large_string(), "x", '"x"'),
        (pa.string_view(), "x", '"x"'),
        (pa.int64(), 2**63 - 1, "9223372036854775807"),
        (pa.uint64(), 2**64 - 1, "18446744073709551615"),
        (pa.float64(), 0.1, "0.1"),
        (pa.float64(), float("nan"), "null"),
        (pa.bool_(), True, "true"),
        (pa.null(), None, "null"),
        (pa.timestamp("us"), WHEN, '"2024-01-31T09:30:00.000005"'),
        (pa.timestamp("us", "UTC"), WHEN, '"2024-01-31T09:30:00.000005Z"'),
        (pa.timestamp("us", "Europe/Berlin"), WHEN, '"2024-01-31T10:30:00.000005+01:00"'),
        (pa.date32(), dt.date(2024, 1, 31), '"2024-01-31"'),
        (pa.time64("us"), dt.time(9, 30), '"09:30:00.000000"'),
        (pa.duration("s"), dt.timedelta(minutes=1), '"60"'),
        (pa.decimal128(20, 2), decimal.Decimal("1.10"), '"1.10"'),
        (pa.binary(), b"\xff\0", '"/wA="'),
        (pa.dictionary(pa.int8(), pa.string()), "x", '"x"'),
        (pa.list_(pa.timestamp("s")), [dt.datetime(2024, 1, 31)], '["2024-01-31T00:00:00"]'),
        (pa.map_(pa.string(), pa.date32()), [("k", dt.date(2024, 1, 31))],
         '[{"key":"k","value":"2024-01-31"}]'),
        (pa.struct([("m", pa.map_(pa.string(), pa.int64()))]), {"m": [("k", 1)]},
         '{"m":[{"key":"k","value":1}]}'),
        (pa.list_(pa.int64(), 2), [1, 2], "[1,2]"),
    ],
)  # fmt: skip
def test_writes(files, kind, value, written):
    table = pa.table({"a": pa.array([value, None], kind)})
    data = files.bytes(files.write("x.jsonl", table))
    assert data.decode() == f'{{"a":{written}}}\n{{"a":null}}\n'
    for line in data.splitlines():
        json.loads(line)


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        (pa.month_day_nano_interval(), (1, 2, 3), "type-in-jsonl"),
        (pa.float64(), float("inf"), "infinity-in-jsonl"),
        (pa.float32(), float("-inf"), "infinity-in-jsonl"),
    ],
)
def test_what_json_cannot_hold(files, kind, value, code):
    with pytest.raises(OutputError) as caught:
        files.write("x.jsonl", pa.table({"a": pa.array([value], kind)}))
    assert (caught.value.code, caught.value.place.field) == (code, "a")


NAME = st.text("abc\u202eé \x1b.", min_size=1, max_size=3)
SCALARS = st.sampled_from(
    [
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        st.booleans(),
    ]
)


def shapes(depth: int = 2) -> st.SearchStrategy[st.SearchStrategy[object]]:
    leaf = SCALARS.map(lambda values: st.none() | values)
    if not depth:
        return leaf
    inner = shapes(depth - 1)
    return (
        leaf
        | inner.map(lambda values: st.none() | st.lists(values, max_size=3))
        | st.dictionaries(NAME, inner, min_size=1, max_size=3).map(
            lambda fields: st.none() | st.fixed_dictionaries({}, optional=fields)
        )
    )


RECORDS = (
    st.dictionaries(NAME, shapes(), min_size=1, max_size=4)
    .map(lambda fields: st.fixed_dictionaries(fields))
    .flatmap(lambda record: st.lists(record, min_size=1, max_size=6))
)


def without_none(value: object) -> object:
    if isinstance(value, dict):
        return {k: without_none(v) for k, v in value.items() if v is not None}
    return [without_none(v) for v in value] if isinstance(value, list) else value


@given(RECORDS, st.sampled_from(["x.jsonl", "x.jsonl.gz", "x.ndjson.zst"]))
@examples(80, suppress_health_check=list(HealthCheck))
def test_what_is_written_reads_back(files, records, name):
    source = files.make("in.jsonl", lines(*records))
    table = files.read(source).table
    copy = files.write(name, table)
    again = files.read(copy)
    # A path that was both null and absent comes back as null: Arrow knows only one of the two.
    assert [without_none(row) for row in table.to_pylist()] == list(map(without_none, records))
    assert [without_none(row) for row in again.rows] == list(map(without_none, records))
    assert [row.keys() for row in again.rows] == [row.keys() for row in table.to_pylist()]


@given(RECORDS, RECORDS)
@examples(60, suppress_health_check=list(HealthCheck))
def test_rejecting_is_the_same_in_both_passes(files, some, others):
    """Records of two unrelated shapes: each is read or rejected, none is lost or read wrong."""
    mixed = [record for pair in zip(some, others, strict=False) for record in pair]
    source = files.make("in.jsonl", lines(*mixed))
    shape = json_types.Shape()
    taken = []
    for record in mixed:
        try:
            shape.check(record)
        except json_types.BadValue:
            continue
        shape.add(record)
        taken.append(record)
    result = files.read(source, drop_bad_rows=True)
    assert result.rejected == len(mixed) - len(taken)
    assert list(map(without_none, records_of(result.table))) == list(map(without_none, taken))
