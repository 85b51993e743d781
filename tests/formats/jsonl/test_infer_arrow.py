"""The outline of many JSON lines at once is that of the records one by one, or there is none."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scrubber.formats.jsonl.infer_arrow import outlined
from scrubber.formats.jsonl.shape import FLOAT, INT, NEGATIVE, BadValue, Shape


def one_by_one(data: bytes) -> Shape:
    shape = Shape()
    for line in data.splitlines():
        shape.add_record(orjson.loads(line))
    return shape


def told(shape: Shape) -> tuple[Any, ...]:
    """All that a shape goes on to say: beside fractions the kind of whole numbers is nothing."""
    shape.settle()
    seen = shape.seen & ~(INT | NEGATIVE) if shape.seen & FLOAT else shape.seen
    fields = tuple((name, told(inner)) for name, inner in shape.fields.items())
    item = told(shape.item) if shape.item is not None else None
    return seen, shape.objects, shape.present, fields, item


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1}\n',
        b'{"a":1}\n{"a":2}',
        b'{"a":1}\r\n{"a":2}\r\n',
        b'{"a":-1,"b":1.5,"c":"x","d":true,"e":null}\n',
        b'{"a":-0}\n',
        b'{"a":1e5}\n{"a":1}\n',
        b'{"a":9007199254740993}\n',
        b'{"a":-9223372036854775808}\n',
        b'{"a":"2020-01-01"}\n{"a":"12:30:00"}\n',
        b'{"a":"2020-01-01T00:00:00Z"}\n',
        b'{"a":1}\n{"b":2}\n',
        b'{"a":null}\n{"a":2}\n',
        b'{"b":[],"a":[1,null]}\n{"b":[],"a":null}\n',
        b'{"a":{"b":1}}\n{"a":{}}\n{}\n{"c":{"d":"x"}}\n',
        b'{"a":[{"b":1},{"c":2}]}\n{"a":[]}\n',
        b'{"a":[[1],[]]}\n',
        b'{"a":"null"}\n{"a":null}\n',
        b'{"a":"nu","b":"ll"}\n{"a":"x","b":null}\n',
        b'{"a":"\\u00e9\\ud83d\\ude00"}\n',
        '{"é":"😀"}\n'.encode(),
    ],
)
def test_what_is_told_at_once(data: bytes) -> None:
    shape = outlined(data)
    assert shape is not None
    assert told(shape) == told(one_by_one(data))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b'{"a":1}\n\n{"a":2}\n',
        b' {"a":1}\n',
        b'{"a":1} {"a":2}\n',
        b'{"a":1}{"a":\n2}\n',
        b'{"a":1}{"b":{\n}}\n',
        b'[{"a":1}]\n',
        b'{"a":NaN}\n',
        b'{"a":-Infinity}\n',
        b'{"a":1e999}\n',
        b'{"a":12345678901234567890123}\n',
        b'{"a":18446744073709551615}\n',
        b'{"a":0.5}\n{"a":9007199254740993}\n',
        b'{"a":1,"a":2}\n',
        b'{"a":1,"\\u0061":2}\n',
        b'{"a":1}\n{"a":"x"}\n',
        b'{"a":1}\n{"a":true}\n',
        b'{"a":1}\x00{"a":2}\n',
        b'{"a":"\x01"}\n',
        b'{"a":"\xff"}\n',
        b'{"a":"\\ud800"}\n',
        b'{"a":"\\udc00"}\n',
        b'{"a":"\xed\xa0\x80"}\n',
        b'{"a":01}\n',
        b'{"a":1,}\n',
        b'{"a":/*x*/1}\n',
        b"{'a':1}\n",
        b'{"a":1}}\n',
        b"{}\n",
        b'{"12345678901":1}\n',  # a key that looks like data
        b'{"a":null,"b":1}\n{"b":null}\n',  # a null that is said, and a key that is left out
        b'{"a":"\\u006eull"}\n{"a":null}\n',
        b'{"nullable":null}\n',
        b'{"a":' + b"[" * 100 + b"]" * 100 + b"}\n",
        b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}\n",  # Arrow's parser would end the process
        b'{"a":' * 200_000 + b"1" + b"}" * 200_000 + b"\n",
    ],
)
def test_what_only_the_records_one_by_one_tell(data: bytes) -> None:
    assert outlined(data) is None


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**65), 2**65)
    | st.integers(-3, 3)
    | st.floats()
    | st.sampled_from(["", "null", "x", "2020-01-01", "nul", "\u0000", "é", "\ud800", "{", "}\n{"])
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "null"]), inner, max_size=2)
    ),
    max_leaves=5,
)
RECORDS = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), VALUES, max_size=4)
ALIKE = st.fixed_dictionaries(
    {"a": st.integers(-9, 9) | st.none(), "b": st.text(max_size=4)},
    optional={"c": st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=2)},
)
WAYS = st.sampled_from([(",", ":"), (", ", ": "), (" ,", " :")])


@given(st.lists(RECORDS, max_size=6) | st.lists(ALIKE, max_size=8), st.booleans(), WAYS)
@example([{"a": None}, {}], True, (",", ":"))
@example([{"a": "null"}, {}, {"a": None}], True, (",", ":"))
def test_it_is_that_of_the_records_or_none(
    records: list[dict[str, Any]], ascii: bool, way: tuple[str, str]
) -> None:
    lines = [json.dumps(one, ensure_ascii=ascii, separators=way) + "\n" for one in records]
    data = "".join(lines).encode(errors="surrogatepass")
    shape = outlined(data)
    if shape is None:
        return
    try:
        expected = one_by_one(data)
    except (BadValue, orjson.JSONDecodeError):
        pytest.fail("it tells of records that are to be refused")
    assert told(shape) == told(expected)
    if records:
        assert shape.schema().equals(expected.schema(), check_metadata=True)


@given(st.binary(max_size=40) | st.text('{}[]",:ab01-.e \n\\u', max_size=40).map(str.encode))
def test_hostile_bytes_are_no_records(data: bytes) -> None:
    shape = outlined(data)
    if shape is not None:
        assert told(shape) == told(one_by_one(data))


def test_one_column_of_very_many_records() -> None:
    data = b"".join(b'{"a":%d,"b":"%d"}\n' % (i, i) for i in range(20_000))
    shape = outlined(data)
    assert shape is not None
    assert shape.schema() == pa.schema({"a": pa.int64(), "b": pa.string()})


@pytest.mark.parametrize(
    "last", [b'{"a":1,"c":2}', b'{"a":1.5}', b'{"a":[1]}', b'{"a":{"b":1}}', b'{"b":1}']
)
def test_what_first_comes_late_is_looked_for_one_by_one(last: bytes) -> None:
    lines = [b'{"a":%d,"b":null}\n' % number for number in range(9_000)]
    assert outlined(b"".join(lines)) is not None
    assert outlined(b"".join([*lines, last])) is None


def test_keys_that_most_records_lack_take_no_memory_for_each() -> None:
    data = b"".join(
        b'{"k%d":1,"l%d":[{"m%d":1}]}\n' % (i % 97, i % 89, i % 83) for i in range(9_000)
    )
    shape = outlined(data)
    assert shape is None or told(shape) == told(one_by_one(data))
