from __future__ import annotations

import csv
import datetime as dt
import decimal
import gzip
import io
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from scrubber import formats
from scrubber.errors import InputError, OutputError, Place
from scrubber.formats.csv import reader as delimited
from scrubber.formats.csv.quoting import StrayQuote, last_opening, record_ends
from scrubber.formats.csv.reader import Dialect
from scrubber.formats.csv.writer import DelimitedEncoder
from scrubber.formats.io import stream
from scrubber.formats.tables.text import as_text
from tests.examples import examples

SECRET = "SECRETVALUE"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"a,b\n1,2\n", [{"a": "1", "b": "2"}], id="plain"),
        pytest.param(b"a,b\n1,2", [{"a": "1", "b": "2"}], id="no newline at the end"),
        pytest.param(b"zip\n02127\n", [{"zip": "02127"}], id="everything is text"),
        pytest.param(b'a,b\n,""\n', [{"a": None, "b": ""}], id="null is not empty"),
        pytest.param(b"a,b\r\n1,2\r\n", [{"a": "1", "b": "2"}], id="crlf"),
        pytest.param(b'a,b\n"1",', [{"a": "1", "b": None}], id="null at the end of the file"),
        pytest.param(b'a,b\n1,"x\r\ny"\n', [{"a": "1", "b": "x\r\ny"}], id="newline in quotes"),
        pytest.param(b'a,b\n1,"x\ry"\n', [{"a": "1", "b": "x\ry"}], id="return in quotes"),
        pytest.param(b'a,b\n1,"say ""hi"""\n', [{"a": "1", "b": 'say "hi"'}], id="doubled quote"),
        pytest.param(b'a,b\n"5"" pipe",x\n', [{"a": '5" pipe', "b": "x"}], id="quote in a cell"),
        pytest.param(b'a,b\n"""",""""""\n', [{"a": '"', "b": '""'}], id="quotes and no more"),
        pytest.param(b'a,b\n"x","y"', [{"a": "x", "b": "y"}], id="quote at the end of the file"),
        pytest.param(b'a,b\r\n"x","y"\r\n', [{"a": "x", "b": "y"}], id="quote before crlf"),
        pytest.param(b"\xef\xbb\xbfa,b\n1,2\n", [{"a": "1", "b": "2"}], id="byte order mark"),
        pytest.param(
            b"a,b\n\xef\xbb\xbf1,2\n", [{"a": "\ufeff1", "b": "2"}], id="mark in the first cell"
        ),
        pytest.param(b"a;b\n1,5;2\n", [{"a": "1,5", "b": "2"}], id="semicolon"),
        pytest.param(b"a|b\n1|2\n", [{"a": "1", "b": "2"}], id="bar"),
        pytest.param(b"a\tb\n1\t2\n", [{"a": "1", "b": "2"}], id="tab"),
        pytest.param(b'"a,b";c\n1;2\n', [{"a,b": "1", "c": "2"}], id="comma in a quoted name"),
        pytest.param(b"a,b\n1,2\n\n3,4\n\n", [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}],
                     id="empty lines"),
        pytest.param(b"a\n1\n\n2\n", [{"a": "1"}, {"a": None}, {"a": "2"}],
                     id="an empty line is a null in one column"),
        pytest.param(b"a,b\n1,x\0y\n", [{"a": "1", "b": "x\0y"}], id="NUL in a cell"),
        pytest.param("a,b\n👩‍👧,שלום\n".encode(), [{"a": "👩‍👧", "b": "שלום"}], id="emoji, rtl"),
        pytest.param("a,b\ne\u0301,\u202ex\n".encode(), [{"a": "e\u0301", "b": "\u202ex"}],
                     id="combining, bidi"),
        pytest.param(b",b\n1,2\n", [{"": "1", "b": "2"}], id="one unnamed column"),
        pytest.param(b"a,b\n", [], id="zero rows"),
        pytest.param(b"a,b", [], id="header only"),
        pytest.param(b"\x1b[31ma,b\n1,2\n", [{"\x1b[31ma": "1", "b": "2"}], id="hostile name"),
        pytest.param(b"a,b\nNA,null\n", [{"a": "NA", "b": "null"}], id="no words for null"),
        pytest.param(b"a,b\n 1 , 2 \n", [{"a": " 1 ", "b": " 2 "}], id="space is kept"),
    ],
)  # fmt: skip
def test_reads(files, data, expected):
    result = files.read(files.make("x.csv", data))
    assert result.rows == expected
    assert all(field.type == pa.string() for field in result.schema)


def test_tsv_has_tabs_whatever_the_header_holds(files):
    assert files.read(files.make("x.tsv", b"a,b,c\n1\n")).rows == [{"a,b,c": "1"}]


@pytest.mark.parametrize(
    ("data", "code", "row", "line"),
    [
        pytest.param(b"a,b\n1,2\n3\n", "csv-ragged", 2, None, id="too few cells"),
        pytest.param(b"a,b\n1,2\n\n3,4,5\n", "csv-ragged", 2, None, id="too many cells"),
        pytest.param(b"a,b\n1,SECRETVALUE\xff\n", "encoding", 1, None, id="latin-1 cell"),
        pytest.param(b"a,b\n1,2\n\n3,\xe9\n", "encoding", 2, None, id="latin-1 in row 2"),
        pytest.param(b"\xe9,b\n1,2\n", "encoding", None, 1, id="latin-1 header"),
        pytest.param("a,b\n1,2\n".encode("utf-16"), "encoding", None, 1, id="utf-16"),
        pytest.param("a,b\n1,2\n".encode("utf-16-le"), "encoding", None, 1, id="utf-16, no mark"),
        pytest.param("a,b\n1,\ud800\n".encode("utf-8", "surrogatepass"), "encoding", 1, None,
                     id="lone surrogate"),
        pytest.param(b'a,b\n1,2\n3,"SECRETVALUE\n4,5\n', "csv-quote", None, 3, id="open quote"),
        pytest.param(b'a,"b\n1,2\n', "csv-quote", None, 1, id="open quote in the header"),
        pytest.param(b"ann@example.com,b\n1,2\n", "csv-header", None, 1, id="address as a name"),
        pytest.param(b"a,078-05-1120\n1,2\n", "csv-header", None, 1, id="nine digits as a name"),
        pytest.param(b"a," + b"n" * 257 + b"\n1,2\n", "csv-header", None, 1, id="long name"),
        pytest.param(b"a,,\n1,2,3\n", "csv-header", None, 1, id="two columns without a name"),
        pytest.param(b"\na,b\n", "csv-header", None, 1, id="empty first line"),
        pytest.param(b"a,b,a\n1,2,3\n", "duplicate-field", None, None, id="two of one name"),
        pytest.param(b"a,b\r1,2\r", "csv-line-ends", None, 1, id="bare returns"),
        pytest.param(b"\xef\xbb\xbf", "input-empty", None, None, id="a mark and no more"),
    ],
)  # fmt: skip
def test_refuses(files, data, code, row, line):
    with pytest.raises(InputError) as caught:
        files.read(files.make("x.csv", data))
    error = caught.value
    assert error.code == code
    assert (error.place.file, error.place.row, error.place.line) == ("x.csv", row, line)
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None
    for shown in (str(error), repr(error)):
        assert "SECRET" not in shown
        assert "example.com" not in shown
        assert "1120" not in shown


QUOTES_OUT_OF_PLACE = [
    # data, line, column
    (b'a,b\n1,"see SECRET\n2,Ann\n3,"OK" as usual\n4,x\n', 4, 4),
    (b'a,b\n1,"OK" as usual\n', 2, 7),
    (b'a,b\n1,"OK" \n', 2, 7),
    (b'a,b\n1,"a\\"b"\n', 2, 7),
    (b'a,b\r\n1,"OK"x\r\n', 2, 7),
    (b'\xef\xbb\xbfa,b\n1,"OK"x\n', 2, 7),
    ('a,b\né👧,"OK"x\n'.encode(), 2, 8),
    (b'a;b\n1;"OK",2\n', 2, 7),
    (b'a\n"OK";"2"\n', 2, 5),
    (b'a,b\n"x\ny",1\n2,"z\n"w\n', 5, 2),
    (b'a,b\n5" pipe,x\n', 2, 2),
    (b'a,b\nx, "y"\n', 2, 4),
    (b'a,b\n1,x"y\n3,"z\n', 2, 4),
    (b'a,b\n1,x"', 2, 4),
    (b'a,b\n1,"', 2, 3),
    (b'a,b\n1,2\n3,"a""\n""b\n4,5', 3, 3),
    (b'"a"b,c\n1,2\n', 1, 4),
    (b'a"b,c\n1,2\n', 1, 2),
    (b'"a\nb"c,d\n1,2\n', 2, 3),
    (b'"a\nb",c\n1,"2"3\n', 3, 6),
    (b'a,b\n\xef\xbb\xbf"x",1\n', 2, 2),
]


@pytest.mark.parametrize("name", ["x.csv", "x.csv.gz"])
@pytest.mark.parametrize("drop", [False, True])
@pytest.mark.parametrize(("data", "line", "column"), QUOTES_OUT_OF_PLACE)
def test_a_quote_out_of_place_ends_the_reading(files, small_chunks, name, data, line, column, drop):
    """With `drop` too: where the record ends that it stands in nobody can tell."""
    packed = gzip.compress(data) if name.endswith("gz") else data
    source = files.make(name, packed)
    for rows, size in ((1 << 16, 1 << 20), (1, 7), (2, 16)):
        small_chunks(rows, size)
        with pytest.raises(InputError) as caught:
            files.read(source, drop_bad_rows=drop)
        error = caught.value
        assert (error.code, error.place) == ("csv-quote", Place(name, line=line, column=column))
        assert "SECRET" not in str(error)


def test_where_the_quotation_begins_is_told_too(files):
    with pytest.raises(InputError) as caught:
        files.read(files.make("x.csv", QUOTES_OUT_OF_PLACE[0][0]))
    assert "the quotation begins in line 2" in str(caught.value)


def test_a_header_that_never_ends_is_not_read_whole(files):
    with pytest.raises(InputError) as caught:
        files.read(files.make("x.csv", b"n" * (2 << 20)))
    assert caught.value.code == "csv-header"


def test_ragged_records_are_rejected_and_counted(files, small_chunks):
    small_chunks(2, 1 << 20)
    source = files.make("x.csv", b"a,b\n1,2\n3\n4,5,6\n7,8\n9\n10,11\n")
    result = files.read(source, drop_bad_rows=True)
    assert [row["a"] for row in result.rows] == ["1", "7", "10"]
    assert result.rejected == 3
    assert [(c.first_row, c.table.num_rows, c.rejected) for c in result.chunks] == [
        (1, 1, 1), (3, 1, 1), (5, 1, 1),
    ]  # fmt: skip


def test_a_ragged_record_that_is_no_utf8_is_not_lost(files):
    """pyarrow's handler of ragged records never hears of these."""
    source = files.make("x.csv", b"a,b\n1,2\n\xff\n3,4\n")
    for drop in (False, True):
        with pytest.raises(InputError) as caught:
            files.read(source, drop_bad_rows=drop)
        assert (caught.value.code, caught.value.place.row) == ("encoding", 2)


def test_ragged_row_number_counts_over_chunks(files, small_chunks):
    small_chunks(3, 64)
    rows = b"".join(b"%d,x\n" % i for i in range(100))
    with pytest.raises(InputError) as caught:
        files.read(files.make("x.csv", b"a,b\n" + rows + b"SECRETVALUE\n"))
    assert caught.value.place.row == 101


@pytest.mark.slow
@pytest.mark.parametrize("size", [10_000_000, 30_000_000])
def test_a_huge_cell(files, size):
    big = b'say "" and\n' * (size // 11)
    source = files.make("x.csv", b'a,b\n1,"' + big + b'"\n2,y\n')
    result = files.read(source)
    assert [len(row["b"]) for row in result.rows] == [len(big) - size // 11, 1]


def test_a_record_beyond_the_limit_is_refused(files, monkeypatch, small_chunks):
    small_chunks(10, 64)
    monkeypatch.setattr(stream, "RECORD_BYTES", 1000)
    monkeypatch.setattr(delimited, "_HEADER_BYTES", 8)
    with pytest.raises(InputError) as caught:
        files.read(files.make("x.csv", b'a,b\n1,"' + b"x" * 9000 + b'"\n'))
    assert caught.value.code == "record-too-large"


def test_chunks_depend_on_the_content_alone(files, small_chunks):
    small_chunks(7, 100)
    rows = b"".join(b'%d,"a\nb"\n' % i for i in range(200))
    plain, packed = files.make("x.csv", b"a,b\n" + rows), None
    first = [c.table.num_rows for c in files.read(plain).chunks]
    packed = files.write("y.csv.zst", files.read(plain).table)
    again = [c.table.num_rows for c in files.read(packed).chunks]
    assert sum(first) == 200
    assert len(first) > 20
    assert max(first) <= 7
    # The header and the quotes are as in the source, so the bytes are too.
    assert again == first


RECORDS = st.lists(
    st.sampled_from(
        [
            *("1,2", "1", "1,2,3", "", ",", "abcdefgh,12345678", "x\ry,z", "é,\ufeff", "\ufeff,y"),
            *('"",', '"a\nb",x', '"a\r\nb",""', '"""","5"" x"', '"\ufeffa",b'),
        ]
    ).flatmap(lambda record: st.sampled_from([record + "\n", record + "\r\n"])),
    max_size=30,
)


@given(RECORDS, st.sampled_from(["a,b\n", "a\n", "a,b,c\r\n"]), st.booleans())
@examples(400, suppress_health_check=list(HealthCheck))
def test_how_much_is_parsed_at_once_changes_nothing(files, records, header, drop):
    source = files.make("x.csv", (header + "".join(records)).encode())

    def read():
        try:
            result = files.read(source, drop_bad_rows=drop)
        except InputError as error:
            return error.code, error.place
        return result.rows, [(c.first_row, c.table.num_rows, c.rejected) for c in result.chunks]

    whole = read()
    with pytest.MonkeyPatch.context() as patch:
        for size in (41, 64):
            patch.setattr(delimited, "_AT_ONCE", size)
            assert read() == whole


@pytest.mark.parametrize("size", range(24, 48))
def test_line_ends_in_quotes_are_whole_wherever_they_are_cut(files, monkeypatch, size):
    monkeypatch.setattr(delimited, "_AT_ONCE", size)
    source = files.make("x.csv", b"a,b\r\n" + b'1,"x\r\ny"\r\n' * 20)
    assert files.read(source).rows == [{"a": "1", "b": "x\r\ny"}] * 20


# --- the scanner against a model that goes byte by byte ------------------------------------------


def model_ends(data: bytes, delimiter: int) -> tuple[list[int], bool] | int:
    """Record ends, and whether a quotation is open; or the offset of what is out of place."""
    ends, state, i = [], "cell begins", 0
    while i < len(data):
        byte = data[i]
        if state == "quoted":
            if byte == ord('"'):
                if data[i + 1 : i + 2] == b'"':
                    i += 1
                else:
                    state = "closed"
        elif byte == ord('"'):
            if state != "cell begins":
                return i
            state = "quoted"
        elif byte in (delimiter, 10, 13):
            state = "cell begins"
            if byte == 10:
                ends.append(i + 1)
        elif state == "closed":
            return i
        else:
            state = "in a cell"
        i += 1
    return ends, state == "quoted"


@given(st.text(alphabet='a,"\n\r;', max_size=40), st.sampled_from(",;"))
@examples(1500)
def test_record_ends_as_the_model_has_them(text, delimiter):
    data = text.encode()
    expected = model_ends(data, ord(delimiter))
    if isinstance(expected, int):
        with pytest.raises(StrayQuote) as caught:
            record_ends(data, delimiter)
        assert caught.value.offset == expected
        opening = caught.value.opening
        if opening is not None:
            before = data[: expected - 1]
            assert model_ends(before, ord(delimiter))[1]
            assert last_opening(before) == opening
        return
    found = record_ends(data, delimiter)
    assert (found.ends.tolist(), found.is_open) == expected
    whole = data[: found.ends[-1] if len(found.ends) else 0]
    assert found.lines == whole.count(b"\n")
    if found.is_open:
        begun = data[: last_opening(data)]
        assert model_ends(begun, ord(delimiter))[0] == found.ends.tolist()
        assert not begun or begun[-1] in (ord(delimiter), 10, 13)


# --- writing -------------------------------------------------------------------------------------

TEXT = st.text(
    st.characters(exclude_categories=["Cs"])
    | st.sampled_from(',;"\n\r\t |\0\ufeff\u0301\u200d\u202e👧'),
    max_size=12,
)
CELL = st.none() | st.just("") | TEXT


@given(
    st.integers(1, 4).flatmap(
        lambda n: st.lists(st.lists(CELL, min_size=n, max_size=n), min_size=1, max_size=12)
    ),
    st.sampled_from(["x.csv", "x.tsv", "x.csv.gz"]),
    st.integers(1, 5),
)
@examples(80, suppress_health_check=list(HealthCheck))
def test_what_is_written_reads_back(files, small_chunks, rows, name, chunk_rows):
    small_chunks(chunk_rows, 40)
    names = [f"c{i}" for i in range(len(rows[0]))]
    columns = [pa.array(list(cells), pa.string()) for cells in zip(*rows, strict=True)]
    table = pa.table(columns, names=names)
    source = files.write(name, table)
    assert files.read(source).table.equals(table)
    if not name.endswith(".gz"):
        text = files.bytes(source).decode()
        mark = "\t" if name == "x.tsv" else ","
        again = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))[1:]
        assert [row or [""] for row in again] == [[cell or "" for cell in row] for row in rows]


PLAIN = st.none() | st.sampled_from(["a", "12", " a", "ａ", "\ue000", "é", "x y", "a\0"])
ODD = st.sampled_from(
    ["", " ", "\u3000", "\ufeff", "\ufeffa", "a\ufeff", ",", ";", "|", "\t", '"', "\r\n"]
)


@given(
    st.integers(1, 4).flatmap(
        lambda n: st.tuples(
            *[st.lists(PLAIN | ODD if i == 2 else PLAIN, min_size=6, max_size=6) for i in range(n)]
        )
    ),
    st.sampled_from([",", ";", "|", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
)
@examples(150)
def test_plain_lines_are_written_as_all_others_are(columns, delimiter, end):
    """Which way they are written depends on the cells of a whole chunk."""
    names = [f"c{i}" for i in range(len(columns))]
    table = pa.table([pa.array(cells, pa.string()) for cells in columns], names=names)
    dialect = Dialect(delimiter, end)
    whole, each = io.BytesIO(), io.BytesIO()
    DelimitedEncoder(whole, table.schema, dialect).write(table.slice(1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DelimitedEncoder, "_plain_lines", lambda *_: None)
        DelimitedEncoder(each, table.schema, dialect).write(table.slice(1))
    assert whole.getvalue() == each.getvalue()
    text = whole.getvalue().decode()
    again = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))[1:]
    rows = list(zip(*columns, strict=True))[1:]
    assert [row or [""] for row in again] == [[cell or "" for cell in row] for row in rows]


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("plain", b"plain"), (None, b""), ("", b'""'), ("a,b", b'"a,b"'), ('a"b', b'"a""b"'),
        ("a\nb", b'"a\nb"'), ("a\rb", b'"a\rb"'), (" a", b" a"), (" ", b'" "'), ("=1+1", b"=1+1"),
        ("\ufeffa", b'"\xef\xbb\xbfa"'), ("\uff21", b"\xef\xbc\xa1"), ("a\ufeff", b"a\xef\xbb\xbf"),
    ],
)  # fmt: skip
def test_quotes_only_where_needed(files, cell, written):
    source = files.write("x.csv", pa.table({"a": pa.array([cell], pa.string()), "b": ["z"]}))
    assert files.bytes(source) == b"a,b\n" + written + b",z\n"


def test_python_and_polars_read_the_same(files):
    cells = ["a", "", 'q"q', "x,y", "new\nline", "car\rriage", "👩‍👧", " sp ", "\tt", "5"]
    table = pa.table({"k": [str(i) for i in range(len(cells))], "v": cells, "n": [None] * 10})
    source = files.write("x.csv", table.cast(pa.schema([(n, pa.string()) for n in "kvn"])))
    text = files.bytes(source).decode()
    assert [row["v"] for row in csv.DictReader(io.StringIO(text, newline=""))] == cells
    frame = pl.read_csv(source.path, infer_schema=False)
    assert frame["v"].to_list() == cells
    assert frame["n"].null_count() == 10


@pytest.mark.parametrize(
    "data",
    [
        b"a;b\r\n1;2\r\n\r\n",
        b"\xef\xbb\xbfa,b\n1,2\n",
        b"a|b\n1|2\n",
        b'a,"b ""x"""\n,""\n',
        b"a,b\n",
    ],
)
def test_the_dialect_is_carried_over(files, data):
    source = files.make("x.csv", data)
    result = files.read(source)
    copy = files.write("out.csv", result.table, like=source)
    assert files.bytes(copy) == data.replace(b"\r\n\r\n", b"\r\n")


def test_tsv_to_csv_changes_the_delimiter(files):
    source = files.make("x.tsv", b"a\tb\n1\t2\n")
    assert files.bytes(files.write("x.csv", files.read(source).table, like=source)) == b"a,b\n1,2\n"


@pytest.mark.parametrize(
    "names", [[""], ["\ufeffa"], ["a,b", 'c"d'], ["a\nb", "c"], ["\x1b[0m", ""]]
)
def test_names_survive(files, names):
    table = pa.table([pa.array(["1"])] * len(names), names=names)
    assert files.read(files.write("x.csv", table)).schema.names == names


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        (pa.int64(), -(2**63), "-9223372036854775808"),
        (pa.uint64(), 2**64 - 1, "18446744073709551615"),
        (pa.float64(), 0.1, "0.1"),
        (pa.float64(), 1e300, "1e+300"),
        (pa.float64(), float("-inf"), "-inf"),
        (pa.float32(), 0.5, "0.5"),
        (pa.bool_(), False, "false"),
        (pa.null(), None, ""),
        (pa.decimal128(20, 2), decimal.Decimal("1.10"), "1.10"),
        (pa.date32(), dt.date(2024, 1, 31), "2024-01-31"),
        (pa.time32("s"), dt.time(9, 30), "09:30:00"),
        (pa.duration("ms"), dt.timedelta(seconds=1), "1000"),
        (pa.timestamp("us"), dt.datetime(2024, 1, 31, 9, 30), "2024-01-31T09:30:00.000000"),
        (pa.timestamp("s", "UTC"), dt.datetime(2024, 1, 31, 9, 30), "2024-01-31T09:30:00Z"),
        (pa.timestamp("s", "-05:30"), dt.datetime(2024, 1, 31, 9, 30), "2024-01-31T04:00:00-05:30"),
        (pa.dictionary(pa.int8(), pa.string()), "x,y", '"x,y"'),
        (pa.string_view(), "", '""'),
        (pa.large_string(), "é", "é"),
    ],
)
def test_typed_values_as_text(files, kind, value, written):
    table = pa.table({"k": ["1", "2"], "a": pa.array([value, None], kind)})
    source = files.write("x.csv", table)
    assert files.bytes(source).decode() == f"k,a\n1,{written}\n2,\n"


@given(st.floats(allow_nan=False))
def test_floats_lose_nothing(value):
    assert float(as_text(pa.array([value]))[0].as_py()) == value


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (pa.list_(pa.int64()), [1]),
        (pa.struct([("x", pa.int64())]), {"x": 1}),
        (pa.map_(pa.string(), pa.int64()), [("x", 1)]),
        (pa.binary(), b"x"),
        (pa.binary(2), b"xy"),
        (pa.month_day_nano_interval(), (1, 2, 3)),
    ],
)
def test_what_text_cannot_hold(files, kind, value):
    with pytest.raises(OutputError) as caught:
        files.write("x.csv", pa.table({"a\x1b": pa.array([value], kind)}))
    assert caught.value.code == "nested-in-csv"
    assert "\x1b" not in str(caught.value)


def test_chunk_repr_shows_no_data(files):
    for chunk in files.read(files.make("x.csv", b"a\nSECRETVALUE\n")).chunks:
        assert SECRET not in repr(chunk)


def test_source_changed_between_the_passes(files):
    source = files.make("x.csv", b"a,b\n1,2\n")
    schema = formats.schemas([source])["x.csv"]
    Path(source.path).write_bytes(b"a,c\n1,2\n")
    with pytest.raises(InputError) as caught:
        list(formats.read(source, schema))
    assert caught.value.code == "source-changed"
