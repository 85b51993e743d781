"""Whole blocks of JSONL at once: what is read and written is as record by record."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber import formats
from scrubber.errors import InputError
from scrubber.formats.jsonl import lines as jsonl_records
from scrubber.formats.jsonl import reader as jsonl
from scrubber.formats.jsonl import writer as jsonl_writer
from scrubber.formats.jsonl.shape import BadValue, Shape
from tests.examples import examples

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "t": TEXTS,
    "i": st.integers(-(2**63), 2**63 - 1) | st.integers(-5, 5),
    "f": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-9, 9).map(float),
    "b": st.booleans(),
    "n": st.none(),
    "l": st.lists(st.none() | st.integers(0, 9), max_size=3),
    "s": st.fixed_dictionaries({}, optional={"x": st.none() | TEXTS, "y": st.integers(0, 5)}),
}
RECORDS = st.lists(
    st.fixed_dictionaries({}, optional={name: st.none() | one for name, one in SCALARS.items()}),
    min_size=1,
    max_size=12,
)


def tables(path: Path) -> list[pa.Table]:
    sources = formats.discover([str(path)])
    schema = formats.schemas(sources)[sources[0].alias]
    return [chunk.table for chunk in formats.read(sources[0], schema)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("jsonl")


@examples(150)
@given(records=RECORDS)
def test_a_block_is_read_as_its_records(folder: Path, records: list[dict[str, Any]]) -> None:
    path = folder / "data.jsonl"
    path.write_bytes(b"\n".join(map(orjson.dumps, records)) + b"\n\n")
    if not any(records):
        return
    quick = tables(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonl, "_at_once", lambda block, schema: None)  # noqa: ARG005
        slow = tables(path)
    assert [one.schema for one in quick] == [one.schema for one in slow]
    assert [repr(one.to_pylist()) for one in quick] == [repr(one.to_pylist()) for one in slow]
    assert all(
        a.schema.equals(b.schema, check_metadata=True) for a, b in zip(quick, slow, strict=True)
    )


@pytest.mark.parametrize(
    "line",
    [
        b'{"a":1.5} {"a":2.5}',
        b'{"a":1.5}{"a":2.5}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":01.5}',
        b'{"a":1.5,}',
        b'{"a":"\xff"}',
        b'{"a":"\\ud800"}',
        b'{"a":"x\ty"}',
        b'{"a":12345678901234567890123}',
        b"[1]",
        b'{"a":1.5',
        b'{"a":1.5,"a":2.5}',
        b'{"a":1.5,"\\u0061":2.5}',
    ],
)
def test_a_line_that_is_no_record_is_refused_in_the_middle_of_good_ones(
    tmp_path: Path, line: bytes
) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(b'{"a":1.5}\n' * 3 + line + b'\n{"a":1.5}\n')
    with pytest.raises(InputError) as caught:
        tables(path)
    assert caught.value.place is not None
    assert caught.value.place.line == 4


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (b'{"a":-0}\n{"a":1.5}\n', "[{'a': 0.0}, {'a': 1.5}]"),
        (b'{"a":-0.0}\n{"a":1.5}\n', "[{'a': -0.0}, {'a': 1.5}]"),
        (b'{"a": -0 }\n{"a":7}\n', "[{'a': 0}, {'a': 7}]"),
        (b'{"a":{}}\n{"a":{}}\n', "[{'a': {}}, {'a': {}}]"),
        (b'{"a":null,"b":1}\n{"b":2}\n', "[{'a': None, 'b': 1}, {'a': None, 'b': 2}]"),
        (b'{"a":1e3}\n{"a":2}\n', "[{'a': 1000.0}, {'a': 2.0}]"),
        (b'{"\\u0061":"\\u00e9\\u0000"}\n', "[{'a': 'é\\x00'}]"),
    ],
)
def test_what_arrow_would_read_otherwise(tmp_path: Path, lines: bytes, expected: str) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(lines)
    (table,) = tables(path)
    assert repr(table.to_pylist()) == expected


@pytest.mark.parametrize(
    ("digits", "long"),
    [
        (b'{"a":1234567890123456789}', True),
        (b'{"a":-1234567890123456789}', True),
        (b'{"a":[1,1234567890123456789]}', True),
        (b'{"a":0.12345678901234567890}', False),
        (b'{"a":123456789012345678}', False),
    ],
)
def test_only_long_integers_need_care(digits: bytes, long: bool) -> None:
    assert jsonl_records.may_be_long(digits) is long


@given(RECORDS)
def test_records_alike_are_only_counted_and_nothing_else_is_lost(
    records: list[dict[str, Any]],
) -> None:
    quick, slow = Shape(), Shape()
    seen: list[str] = []
    for shape, add in ((quick, quick.add_record), (slow, slow.add)):
        try:
            for record in records * 2:
                add(record)
            schema = shape.schema()
            seen.append(schema.to_string(show_field_metadata=True))
        except BadValue as bad:
            seen.append(f"{bad.code} {bad.path}")
    assert seen[0] == seen[1]


CELLS: dict[str, st.SearchStrategy[Any]] = {
    "i": st.integers(-(2**63), 2**63 - 1),
    "t": TEXTS | st.sampled_from(['"', "\\", "\n", "\x1f", "\x7f", "\u2028", "é"]),
    "f": st.floats(allow_infinity=False),
    "b": st.booleans(),
    'é"': st.integers(0, 9),
    "u": st.text("az ,é", max_size=6),
}
FLAT = st.sets(st.sampled_from(sorted(CELLS))).flatmap(
    lambda full: st.lists(
        st.fixed_dictionaries(
            {name: one if name in full else st.none() | one for name, one in CELLS.items()}
        ),
        max_size=12,
    )
)


@examples(150)
@given(records=FLAT, omitted=st.sets(st.sampled_from(["t", "f", "b", 'é"', "u"])))
def test_flat_records_are_written_as_orjson_does(
    folder: Path, records: list[dict[str, Any]], omitted: set[str]
) -> None:
    types = (pa.int64(), pa.string(), pa.float64(), pa.bool_(), pa.uint8(), pa.large_string())
    names = tuple(CELLS)
    mark = {formats.ABSENT: b"1"}
    schema = pa.schema(
        [
            pa.field(name, kind, metadata=mark if name in omitted else None)
            for name, kind in zip(names, types, strict=True)
        ]
    )
    table = pa.Table.from_pylist(records, schema)
    assert jsonl_writer.JsonlEncoder(None, schema)._joins  # type: ignore[arg-type]
    path = folder / "out.jsonl"
    with formats.open_writer(path, schema, "jsonl", None, like=None) as writer:
        writer.write(table.slice(0, 3))
        writer.write(table.slice(3))
    expected = b""
    for record in records:
        gone = {k for k in omitted if record[k] is None}
        kept = {k: record[k] for k in names if k not in gone}
        nan = {k: None for k, v in kept.items() if isinstance(v, float) and math.isnan(v)}
        expected += orjson.dumps({**kept, **nan}) + b"\n"
    assert path.read_bytes() == expected
