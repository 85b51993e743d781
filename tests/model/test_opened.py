"""Nested data keeps its shape: what is taken apart is put together again."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.model.fieldpath import FieldPath, leaves
from scrubber.model.nested import map_types
from scrubber.model.opened import Opened, map_leaves

MESSAGE = pa.struct([("role", pa.string()), ("content", pa.string())])
CASES = {
    "flat": (pa.int64(), [1, None, 3]),
    "list": (pa.list_(pa.string()), [["a", None], None, [], ["b"]]),
    "large list": (pa.large_list(pa.large_string()), [["a"], None]),
    "fixed size": (pa.list_(pa.int32(), 2), [[1, 2], None, [3, None]]),
    "struct": (MESSAGE, [{"role": "u", "content": "x"}, None, {"role": None, "content": "y"}]),
    "list of struct": (pa.list_(MESSAGE), [[{"role": "u", "content": "x"}, None], None, []]),
    "map": (pa.map_(pa.string(), pa.string()), [[("k", "v"), ("l", None)], None, []]),
    "list of list": (pa.list_(pa.list_(pa.string())), [[["a"], None, []], None, [["b", "c"]]]),
    "empty struct": (pa.struct([]), [{}, {}]),
    "dictionary": (pa.dictionary(pa.int8(), pa.string()), ["a", None, "a"]),
    "zoned": (pa.timestamp("us", "Europe/Paris"), [0, None]),
}


def identity(_path: FieldPath, array: pa.Array, _rows: object) -> pa.Array:
    return array


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("cut", [(0, None), (1, None), (0, 0), (0, 1)])
def test_identity_gives_back_the_table(name: str, cut: tuple[int, int | None]) -> None:
    kind, values = CASES[name]
    table = pa.table({"f": pa.array(values, kind)}).slice(*cut)
    assert map_leaves(table, identity, table.schema).equals(table)


@pytest.mark.parametrize("name", CASES)
def test_a_leaf_is_found_by_its_path_and_opened_once(name: str) -> None:
    kind, values = CASES[name]
    opened = Opened(pa.table({"f": pa.array(values, kind), "g": values}).slice(1))
    assert [(leaf.path, leaf.kind) for leaf in opened.leaves] == leaves(opened.table.schema)
    for leaf in opened.leaves:
        assert opened.leaf(leaf.path) is leaf
        assert len(leaf.rows) == len(leaf.values)
        assert leaf.rows.tolist() == sorted(leaf.rows)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("rows", [[], [1], [0, 1], [0, 2]])
def test_the_values_among_some_rows_are_those_of_the_table_of_these_rows(
    name: str, rows: list[int]
) -> None:
    kind, values = CASES[name]
    some = np.array([row for row in rows if row < len(values)], np.int64)
    opened = Opened(pa.table({"f": pa.array(values, kind)}))
    for leaf, alone in zip(opened.leaves, opened.take(some).leaves, strict=True):
        among = leaf.among(some)
        assert among.values.to_pylist() == alone.values.to_pylist()
        assert among.rows.tolist() == alone.rows.tolist()


def test_other_columns_are_not_opened_for_one() -> None:
    opened = Opened(pa.table({"a": [1], "b": [[2]]}))
    opened.leaf(FieldPath(("a",)))
    assert len(opened._columns) == 1


def test_a_leaf_in_a_list_of_structs_changes_alone() -> None:
    table = pa.table({"m": pa.array(CASES["list of struct"][1], pa.list_(MESSAGE)), "n": [1, 2, 3]})

    def visit(path: FieldPath, array: pa.Array, rows: np.ndarray) -> pa.Array:
        if str(path) == "m[].content":
            assert rows.tolist() == [0, 0]
            return pc.utf8_upper(array)
        return array

    out = map_leaves(table, visit, table.schema)
    assert out.column("m").to_pylist() == [[{"role": "u", "content": "X"}, None], None, []]


@pytest.mark.parametrize(
    ("drop", "left"),
    [
        (["m[].content"], ["m[].role", "n"]),
        (["m[].content", "m[].role"], ["n"]),
        (["n"], ["m[].role", "m[].content"]),
    ],
)
def test_dropping_leaves(drop: list[str], left: list[str]) -> None:
    table = pa.table({"m": pa.array(CASES["list of struct"][1], pa.list_(MESSAGE)), "n": [1, 2, 3]})
    schema = map_types(table.schema, lambda p, t: None if str(p) in drop else t)
    out = map_leaves(table, lambda p, a, _: None if str(p) in drop else a, schema)
    assert [str(path) for path, _ in leaves(out.schema)] == left
    assert out.num_rows == 3


def test_a_table_without_columns_is_refused_since_it_forgets_its_rows() -> None:
    with pytest.raises(ValueError):
        map_leaves(pa.table({"a": [1, 2]}), lambda *_: None, pa.schema([]))


def test_metadata_and_nullability() -> None:
    schema = pa.schema(
        [
            pa.field("a", pa.int64(), nullable=False, metadata={"k": "v"}),
            pa.field("b", pa.date32()),
        ],
        metadata={"top": "kept"},
    )
    out = map_types(schema, lambda p, t: pa.string() if str(p) == "a" else t)
    assert out.metadata == {b"top": b"kept"}
    assert out.field("a").metadata == {b"k": b"v"}
    assert out.field("a").nullable
    assert out.field("b") == schema.field("b")


def test_several_chunks() -> None:
    column = pa.chunked_array([["a"], [], ["b", None]], pa.string())
    table = pa.table({"f": column})
    assert map_leaves(table, identity, table.schema).column("f").to_pylist() == ["a", "b", None]
    empty = pa.table({"f": pa.chunked_array([], pa.list_(MESSAGE))})
    assert map_leaves(empty, identity, empty.schema).num_rows == 0


LEAF = st.none() | st.text(max_size=3)
ENTRY = st.fixed_dictionaries({"a": LEAF, "b": st.none() | st.lists(LEAF, max_size=3)})
NESTED = st.lists(st.none() | st.lists(st.none() | ENTRY, max_size=3), max_size=6)
NESTED_TYPE = pa.list_(pa.struct([("a", pa.string()), ("b", pa.list_(pa.string()))]))


@given(values=NESTED, start=st.integers(0, 6))
def test_any_nesting_is_kept(values: list[object], start: int) -> None:
    table = pa.table({"f": pa.array(values, NESTED_TYPE)}).slice(start)
    out = map_leaves(table, identity, table.schema)
    assert out.column("f").to_pylist() == values[start:]
    out.validate(full=True)
