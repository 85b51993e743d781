"""Values of several kinds at a path, and objects whose keys are data."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from scrubber import formats
from scrubber.errors import InputError, OutputError
from scrubber.formats.jsonl import reader
from scrubber.model.fieldpath import leaves
from scrubber.model.opened import Opened, map_leaves
from tests.examples import examples

CASES: list[tuple[str, list[bytes], list[str]]] = [
    ("a string here, parts there",
     [b'{"m":[{"c":"hi"},{"c":[{"type":"text","text":"ho"},{"type":"image"}]},{"c":null}]}'],
     ["m[].c.{text}", "m[].c[].type", "m[].c[].text"]),
    ("a number and its digits", [b'{"id":7}', b'{"id":"7"}'], ["id.{text}", "id.{number}"]),
    ("a boolean among numbers", [b'{"x":1}', b'{"x":true}'], ["x.{boolean}", "x.{number}"]),
    ("an object, an empty list and a string",
     [b'{"x":{"y":1}}', b'{"x":[]}', b'{"x":"z"}', b'{"x":{}}'],
     ["x.{text}", "x.y", "x[]"]),
    ("a list within a list beside a string", [b'{"x":[["a"],"b"]}'], ["x[].{text}", "x[][]"]),
    ("big integers beside fractions", [b'{"x":9007199254740993}', b'{"x":0.5}'],
     ["x.{integer}", "x.{number}"]),
    ("addresses as keys", [b'{"m":{"ann@x.org":1}}', b'{"m":{"bo@x.org":null}}', b'{"m":{}}'],
     ["m.{key}", "m.{value}"]),
    ("numbers of people as keys, objects below",
     [b'{"r":{"5551234567":{"stars":[1,2]}}}', b'{"r":{"5551234568":{"stars":[],"note":"x"}}}'],
     ["r.{key}", "r.{value}.stars[]", "r.{value}.note"]),
    ("people as keys", [b'{"s":{"ann":5,"maria":3,"karl":4}}'], ["s.{key}", "s.{value}"]),
    ("a person as the only key", [b'{"r":{"Jane":0}}'], ["r.{key}", "r.{value}"]),
    ("numbers that no two records share",
     [b'{"r":{"emp12":1}}', b'{"r":{"emp77":2}}', b'{"r":{"emp35":1}}'], ["r.{key}", "r.{value}"]),
    ("numbers that records share are fields",
     [b'{"r":{"lab12":1}}', b'{"r":{"lab12":2}}', b'{"r":{"lab12":1}}'], ["r.lab12"]),
    ("words that no two records share are fields",
     [b'{"r":{"May":1}}', b'{"r":{"June":2}}', b'{"r":{"path":"x"}}'],
     ["r.May", "r.June", "r.path"]),
    ("keys that are data beside another kind",
     [b'{"r":{"ann@x.org":1}}', b'{"r":"none"}', b'{"r":{"bo@x.org":"two"}}'],
     ["r.{text}", "r.{key}", "r.{value}.{text}", "r.{value}.{number}"]),
]  # fmt: skip


def places(schema: pa.Schema) -> list[str]:
    return [str(path) for path, _ in leaves(schema)]


@pytest.mark.parametrize(("lines", "paths"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_every_kind_is_a_leaf_and_comes_back_as_it_was(files, lines, paths):
    data = b"".join(line + b"\n" for line in lines)
    source = files.make("x.jsonl", data)
    result = files.read(source)
    assert places(result.schema) == paths
    assert files.bytes(files.write("y.jsonl", result.table)) == data
    for path, kind in leaves(result.schema):
        leaf = Opened(result.table).leaf(path)
        assert (leaf.kind, len(leaf.values)) == (kind, len(leaf.rows))
    (sample,) = formats.samples([source], 100, 0)
    assert places(sample.table.schema) == paths
    assert sample.passed_over == 0


def test_each_leaf_is_visited_with_the_rows_of_its_values(files):
    source = files.make("x.jsonl", b'{"c":["a","b"]}\n{"c":"c"}\n{"c":{"d@x.org":"e"}}\n')
    table = files.read(source).table
    seen: dict[str, list[tuple[int, str]]] = {}

    def visit(path, values, rows):
        pairs = zip(rows.tolist(), values.to_pylist(), strict=True)
        seen[str(path)] = [(row, value) for row, value in pairs if value is not None]
        return values

    assert map_leaves(table, visit, table.schema).equals(table)
    assert seen == {
        "c.{text}": [(1, "c")],
        "c[]": [(0, "a"), (0, "b")],
        "c.{key}": [(2, "d@x.org")],
        "c.{value}": [(2, "e")],
    }


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"ann@x.org":1}\n', "json-key"),
        (b'{"seen":{"ann@x.org":1,"ann@x.org":2}}\n', "json-duplicate-key"),
        (b'{"seen":{"ann@x.org":1}}\n{"seen":{"\\uffffmap":1}}\n{"\\uffffmap":1}\n', "json-key"),
        (b'{"x":[' + b'{"a@b.org":[' * 40 + b"]}" * 40 + b"]}\n", "json-depth"),
    ],
)
def test_what_stays_an_error(files, data, code):
    with pytest.raises(InputError) as caught:
        formats.schemas([files.make("x.jsonl", data)])
    assert caught.value.code == code
    assert "ann@x.org" not in str(caught.value)


@pytest.mark.parametrize("name", ["y.parquet", "y.arrow", "y.csv"])
def test_only_json_holds_several_kinds(files, name):
    table = files.read(files.make("x.jsonl", b'{"a":[{"b":1},{"b":"x"}]}\n')).table
    with pytest.raises(OutputError) as caught:
        files.write(name, table)
    assert (caught.value.code, caught.value.place.field) == ("kinds-in-format", "a")


def test_keys_that_became_the_same_are_an_error(files):
    table = files.read(files.make("x.jsonl", b'{"a":{"ann@x.org":1,"bo@x.org":2}}\n')).table

    def visit(path, values, rows):
        del rows
        return pa.array(["x"] * len(values)) if str(path) == "a.{key}" else values

    table = map_leaves(table, visit, table.schema)
    with pytest.raises(OutputError) as caught:
        files.write("y.jsonl", table)
    assert (caught.value.code, caught.value.place.field) == ("json-repeated-key", "a")


NAMES = st.sampled_from(["a", "b", "text", "ann@x.org", "5551234567"])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
RECORDS = st.lists(
    st.fixed_dictionaries({"id": st.integers(0, 9)}, optional={"x": VALUES, "y": VALUES}),
    min_size=1,
    max_size=6,
)


def equal(one: Any, other: Any) -> bool:
    """Equal as JSON, but for what is null here and absent there, and for whole numbers."""
    if isinstance(one, dict) and isinstance(other, dict):
        return all(equal(one.get(key), other.get(key)) for key in {*one, *other})
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return one == other


@given(RECORDS)
@examples(150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_records_come_back(files, records):
    source = files.make("x.jsonl", b"".join(json.dumps(one).encode() + b"\n" for one in records))
    table = files.read(source).table
    written = files.bytes(files.write("y.jsonl", table)).splitlines()
    assert len(written) == len(records)
    assert all(map(equal, map(json.loads, written), records))


TAGS = st.lists(st.text("x", max_size=2), max_size=3)
REGULAR = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.integers(-5, 5),
            "t": st.text("aé\"\\\n☃", max_size=5),
            "m": st.lists(
                st.fixed_dictionaries({"role": st.sampled_from("us"), "n": st.floats(0, 9)}),
                max_size=3,
            ),
            "s": st.none() | st.fixed_dictionaries({"b": st.booleans(), "l": TAGS}),
        }
    ),
    min_size=1,
    max_size=8,
)  # fmt: skip


@given(REGULAR)
@examples(60, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_quick_way_and_the_tree_give_the_same_bytes(files, records):
    data = b"".join(json.dumps(one).encode() + b"\n" for one in records)
    source = files.make("x.jsonl", data)
    ways = []
    for quick in (True, False):
        with pytest.MonkeyPatch.context() as patch:
            if not quick:
                patch.setattr(reader, "_at_once", lambda block, schema: None)  # noqa: ARG005
            table = files.read(source).table
        ways.append((table, files.bytes(files.write("y.jsonl", table))))
    assert ways[0][0].equals(ways[1][0])
    assert ways[0][1] == ways[1][1]
