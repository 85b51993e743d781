"""Lines like those before are only counted, and what is inferred is as record by record."""

from __future__ import annotations

import json
from collections.abc import Sequence
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scrubber import formats
from scrubber.errors import InputError
from scrubber.formats.io.stream import Block, line_ends
from scrubber.formats.jsonl import infer as jsonl_schema
from scrubber.formats.jsonl import infer_regex as jsonl_alike
from scrubber.formats.jsonl.infer_regex import Lines, likeness, unlike
from scrubber.formats.jsonl.shape import FLOAT, INT, NEGATIVE, BadValue, Shape
from tests.examples import examples


def shape_of(lines: Sequence[bytes]) -> Shape:
    shape = Shape()
    for line in lines:
        shape.add_record(orjson.loads(line))
    return shape


def meaning(shape: Shape) -> tuple[Any, ...]:
    """All that a shape goes on to say: of its counts only whether a key was lacking, and beside
    fractions nothing of whole numbers."""
    shape.settle()
    seen = shape.seen & ~(INT | NEGATIVE) if shape.seen & FLOAT else shape.seen
    fields = tuple(
        (name, inner.present < shape.objects, meaning(inner))
        for name, inner in shape.fields.items()
    )
    return seen, fields, meaning(shape.item) if shape.item is not None else None


def others(known: Shape, lines: Sequence[bytes]) -> Lines:
    """The lines that are not like what is known, however many they are."""
    alike = likeness(known)
    if alike is None:
        return list(enumerate(lines))
    data = b"".join(line + b"\n" for line in lines)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonl_alike, "_MOST", 0)
        found = unlike(Block(data, np.append(0, line_ends(data)), False), alike)
    return list(enumerate(lines)) if found is None else found


FIRST = (
    '{"i":1,"n":-2,"w":9007199254740993,"u":18446744073709551615,"f":0.5,"b":true,"t":"x",'
    '"s":{"x":1,"y":null},"l":[1,null],"e":[],"o":{},"é\\".":"k","d":null}'
).encode()
SECOND = (
    '{"i":1,"n":-2,"w":9007199254740993,"u":18,"f":0.5,"b":true,"t":"x",'
    '"s":{"x":1},"l":[],"e":[],"o":{},"é\\".":"k","d":null,"late":1}'
).encode()
KNOWN = [FIRST, SECOND]


def known(**changes: str) -> bytes:
    """The second line with other values, as JSON; without a key where that is empty."""
    dumps = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))
    values = {name: dumps(value) for name, value in json.loads(SECOND).items()} | changes
    pairs = (f"{dumps(k)}:{v}" for k, v in values.items() if v)
    return f"{{{','.join(pairs)}}}".encode()


@pytest.mark.parametrize(
    "line",
    [
        SECOND,
        known(late=""),
        known(i="0"),
        known(i="999999999999999"),
        known(n="-0", i="7"),
        known(w="999999999999999999", u="999999999999999999"),
        known(f="-1e5"),
        known(f="12"),
        known(f="-0"),
        known(f="1.25E-99"),
        known(b="false"),
        known(t='""'),
        known(t='"null"'),
        known(t='"é😀\x7f\u2028"'),
        known(t=r'"\" \\ \/ \b\f\n\r\t \u0000\u00e9\uD83D\ude00\uFFFF"'),
        known(s='{"x":5,"y":null}'),
        known(l="[]"),
        known(l="[3, null,4]"),
        known().replace(b",", b", ").replace(b":", b": "),
        known().replace("é".encode(), rb"\u00e9"),
        known() + b"\r",
    ],
)
def test_what_says_nothing_new(line: bytes) -> None:
    shape = shape_of(KNOWN)
    before = meaning(shape)
    assert others(shape, [line]) == []
    shape.add(orjson.loads(line))
    assert meaning(shape) == before


@pytest.mark.parametrize(
    "line",
    [
        FIRST,  # for its number of more than 18 digits
        b"",
        b" ",
        b"null",
        b"{}",
        known() + b",",
        known() + b" {}",
        known() + known(),
        known()[:-1],
        known(i=""),
        known(d=""),
        known(late="1", more="1"),
        known(i="null"),
        known(i="-1"),
        known(i="01"),
        known(i="+1"),
        known(i="0x1F"),
        known(i="1.0"),
        known(i="1e3"),
        known(i="true"),
        known(i='"1"'),
        known(i="9007199254740993"),
        known(w="9223372036854775808"),
        known(u="-1"),
        known(f="NaN"),
        known(f="Infinity"),
        known(f="1e999"),
        known(f="1."),
        known(f=".5"),
        known(f="9007199254740993"),
        known(b="True"),
        known(t="null"),
        known(t="'x'"),
        known(t='"a\tb"'),
        known(t='"a\x00b"'),
        known(t='"a\x1fb"'),
        known(t=r'"\x41"'),
        known(t=r'"\ud83d"'),
        known(t=r'"\ude00"'),
        known(t=r'"\ud83d\u0041"'),
        known(t=r'"\u12"'),
        known(t='"a"b"'),
        known(s="{}"),
        known(s="null"),
        known(s='{"y":null,"x":1}'),
        known(s='{"x":1,"x":2}'),
        known(s='{"x":1,"y":2}'),
        known(l="[1,]"),
        known(l="[,1]"),
        known(l="[1.5]"),
        known(l="null"),
        known(e="[1]"),
        known(o='{"a":1}'),
        known(d="1"),
        known().replace("é".encode(), "É".encode()),
        known(l="[" * 100_000 + "]" * 100_000),
        known(s='{"x":' * 100_000 + "1" + "}" * 100_000),
    ],
)
def test_what_has_to_be_looked_at(line: bytes) -> None:
    assert others(shape_of(KNOWN), [SECOND, line, SECOND]) == [(1, line)]


@pytest.mark.parametrize("text", [b"\xff", b"\xed\xa0\x80", b"\xc0\x80", b"\xe9"])
def test_bytes_that_are_not_utf8_are_looked_at(text: bytes) -> None:
    data = b'{"a":"x"}\n{"a":"' + text + b'"}\n'
    alike = likeness(shape_of([b'{"a":"x"}']))
    assert alike is not None
    assert unlike(Block(data, np.append(0, line_ends(data)), False), alike) is None


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [b"{}"],
        [orjson.dumps({f"key{i}": "x" for i in range(1_000)})],
        [orjson.dumps({f"key{i}": "x"}) for i in range(100)],
        [b'{"a":' + b"[" * 40 + b'"x"' + b"]" * 40 + b"}"],
    ],
)
def test_what_no_likeness_is_made_of(lines: list[bytes]) -> None:
    assert likeness(shape_of(lines)) is None


@pytest.mark.parametrize(
    ("seen", "alike", "new"),
    [
        pytest.param(
            ['{"a":1,"b":1,"c":1}', '{"b":2}'],
            ['{"b":1}', '{"a":1,"b":1}', '{"b":1,"c":1}', '{"a":1, "b":1, "c":1}'],
            ["{}", '{"a":1}', '{"a":1,"c":1}', '{"b":1,"a":1}', '{,"b":1}', '{"a":1,,"b":1}'],
            id="some keys are lacking",
        ),
        pytest.param(
            ['{"a":1,"b":1,"c":1}', "{}"],
            ["{}", '{"a":1}', '{"b":1}', '{"c":1}', '{"a":1,"c":1}', '{"b":1, "c":1}'],
            ["{,}", '{"a":1,}', '{"c":1,"b":1}', '{"a":1,"a":1}', '{"a":1"b":1}', '{"d":1}'],
            id="all keys are lacking",
        ),
        pytest.param(
            ['{"s":{"a":1}}', '{"s":{}}', '{"s":null}'],
            ['{"s":{}}', '{"s":{"a":2}}', '{"s":null}'],
            ["{}", '{"s":{"a":1},"s":{}}', '{"s":{null}}', '{"s":{"a":null}}'],
            id="below a key",
        ),
        pytest.param(
            ['{"é😀":1}'],
            ['{"é😀":1}', '{"\\u00e9\\ud83d\\ude00":1}'],
            ['{"é":1}', '{"\\u00e9":1}', '{"\\ud83d":1}'],
            id="keys in ASCII",
        ),
    ],
)
def test_keys(seen: list[str], alike: list[str], new: list[str]) -> None:
    known = shape_of([line.encode() for line in seen])
    assert others(known, [line.encode() for line in alike]) == []
    lines = [line.encode() for line in new]
    assert others(known, lines) == list(enumerate(lines))


def test_where_many_are_unlike_none_is_told() -> None:
    alike = likeness(shape_of([b'{"a":1}']))
    assert alike is not None
    for number, told in ((100, True), (200, False)):
        data = b'{"a":1}\n' * (1_000 - number) + b'{"a":null}\n' * number
        found = unlike(Block(data, np.append(0, line_ends(data)), False), alike)
        assert (found is not None) == told


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**65)
    | st.integers(-3, 3)
    | st.floats()
    | st.sampled_from(["", "null", "\u0000", "é", "\ud800", "\\", '"', "}\n{"])
    | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "é."]), inner, max_size=2)
    ),
    max_leaves=5,
)
RECORDS = st.dictionaries(st.sampled_from(["a", "b", "c", "é\\"]), VALUES, max_size=4)
ALIKE = st.fixed_dictionaries(
    {
        "a": st.integers(-9, 9) | st.integers(-(2**63), 2**64) | st.none(),
        "b": st.text(max_size=4),
        "f": st.floats() | st.integers(-9, 9) | st.integers(2**52, 2**54),
        "s": st.fixed_dictionaries({"x": st.integers(0, 9)}, optional={"y": st.booleans()}),
        "l": st.lists(st.text(max_size=2) | st.none(), max_size=2),
    },
    optional={"c": st.lists(st.integers(-9, 9), max_size=2)},
)
WAYS = st.sampled_from([(",", ":"), (", ", ": "), (" ,", " :")])


def written(records: list[dict[str, Any]], ascii: bool, way: tuple[str, str]) -> list[bytes]:
    texts = (json.dumps(one, ensure_ascii=ascii, separators=way) for one in records)
    return [text.encode(errors="surrogatepass") for text in texts]


def good(lines: list[bytes]) -> list[bytes]:
    """The lines that go together."""
    shape, taken = Shape(), []
    for line in lines:
        try:
            record = orjson.loads(line)
            shape.check(record)
        except (orjson.JSONDecodeError, BadValue):
            continue
        shape.add(record)
        taken.append(line)
    return taken


@examples(200)
@given(
    st.lists(RECORDS, min_size=1, max_size=6) | st.lists(ALIKE, min_size=1, max_size=12),
    st.integers(1, 6),
    st.booleans(),
    WAYS,
    st.randoms(use_true_random=False),
)
def test_what_is_only_counted_says_nothing_new(
    records: list[dict[str, Any]], first: int, ascii: bool, way: tuple[str, str], chance: Any
) -> None:
    lines = written(records, ascii, way)
    shape = shape_of(good(lines[:first]))
    repeated = lines * 2
    chance.shuffle(repeated)
    try:
        found = others(shape, repeated)
    except UnicodeError:
        pytest.fail("bytes are not to be decoded")
    looked_at = {number for number, _ in found}
    taken = [line for number, line in enumerate(repeated) if number not in looked_at]
    alone = deepcopy(shape)
    for line in taken:
        alone.add(orjson.loads(line))
    assert meaning(alone) == meaning(shape)
    for number, line in found:
        assert line == repeated[number]
    rest = good([line for _, line in found])
    one_by_one = deepcopy(alone)
    try:
        for line in rest:
            one_by_one.add_record(orjson.loads(line))
            shape.add_record(orjson.loads(line))
    except BadValue:
        return
    shape.count(len(taken))
    assert meaning(shape) == meaning(one_by_one)
    assert (shape.objects, shape.seen) == (one_by_one.objects, one_by_one.seen)


@given(st.lists(ALIKE, min_size=1, max_size=3), st.data())
def test_a_line_with_a_byte_changed(records: list[dict[str, Any]], draw: st.DataObject) -> None:
    lines = good(written(records, draw.draw(st.booleans()), (",", ":")))
    if not lines:
        return
    shape = shape_of(lines)
    line = bytearray(draw.draw(st.sampled_from(lines)))
    at = draw.draw(st.integers(0, len(line) - 1))
    line[at : at + draw.draw(st.integers(0, 2))] = draw.draw(
        st.sampled_from(b'{}[]",:\\0123456789-+.eEntfu \t\r\x00\x1f\x7f\xc3\xa9\xff').map(
            lambda sign: bytes([sign])
        )
        | st.just(b"")
    )
    if not others(shape, [bytes(line)]):
        before = meaning(shape)
        shape.add(orjson.loads(bytes(line)))
        assert meaning(shape) == before


def inferred(path: Path, drop_bad_rows: bool) -> object:
    sources = formats.discover([str(path)])
    try:
        (schema,) = formats.schemas(sources, drop_bad_rows=drop_bad_rows).values()
    except InputError as error:
        return error.code, error.place
    return schema.to_string(show_field_metadata=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("alike")


@examples(150)
@given(
    st.lists(ALIKE, min_size=1, max_size=12),
    st.lists(ALIKE | RECORDS, max_size=6),
    st.lists(st.sampled_from([b"", b" ", b"{", b"[1]", b'{"a":1,"a":2}', b'{"b":"\xff"}'])),
    st.booleans(),
    st.booleans(),
    st.randoms(use_true_random=False),
)
@example([{"a": 1, "b": "x"}], [{"b": "x", "a": 1}, {"a": 1}], [b"", b"{"], False, False, None)
def test_what_is_inferred_is_as_record_by_record(
    folder: Path,
    alike: list[dict[str, Any]],
    unlike: list[dict[str, Any]],
    bad: list[bytes],
    drop_bad_rows: bool,
    shuffled: bool,
    chance: Any,
) -> None:
    lines = written(alike, False, (",", ":")) * 8
    rest = [*written(unlike, True, (",", ":")), *bad]
    if shuffled and chance is not None:
        rest += lines
        chance.shuffle(rest)
        lines = rest
    else:
        lines += rest
    path = folder / "data.jsonl"
    path.write_bytes(b"\n".join(lines))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("scrubber.formats.io.stream.CHUNK_ROWS", 7)
        patch.setattr("scrubber.formats.io.stream.CHUNK_BYTES", 256)
        patch.setattr(jsonl_schema, "_FIRST", 100)
        quick = inferred(path, drop_bad_rows)
        patch.setattr(jsonl_schema, "_look", lambda block, alike: None)  # noqa: ARG005
        assert quick == inferred(path, drop_bad_rows)
