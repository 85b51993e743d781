"""Counts that are equal in every world are one class; what balancing a sum may cost."""

from __future__ import annotations

from collections.abc import Hashable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.manifest.suppression.outlook import NEVER, Outlook
from scrubber.manifest.suppression.worlds import Cell, Sum, classes

Cells = dict[Hashable, Cell]


def cells(**values: int) -> Cells:
    return {key: Cell(value, 1) for key, value in values.items()}


@pytest.mark.parametrize(
    ("values", "sums", "members", "rows"),
    [
        ({}, [], (), ()),
        ({"a": 0}, [], (), ()),
        ({"a": 3, "b": 3}, [], (("a",), ("b",)), ()),  # equal by chance is not equal
        ({"a": 3, "b": 3}, [("a", "b")], (("a", "b"),), ()),
        # a zero leaves two: all values of a field are changed
        ({"a": 3, "b": 3, "z": 0}, [("a", "bz")], (("a", "b"),), ()),
        ({"a": 3, "b": 1, "c": 2}, [("a", "bc")], (("a",), ("b",), ("c",)), (3,)),
        # the same parts: the totals are equal, and one sum says it all
        (
            {"a": 3, "b": 3, "x": 1, "y": 2},
            [("a", "xy"), ("b", "yx")],
            (("a", "b"), ("x",), ("y",)),
            (3,),
        ),
        # the same total and the same part: what remains is equal
        (
            {"t": 9, "x": 8, "y": 1, "z": 1},
            [("t", "xy"), ("t", "xz")],
            (("t",), ("x",), ("y", "z")),
            (3,),
        ),
        # merged step by step: a = b makes the two sums the same
        (
            {"a": 5, "b": 5, "x": 2, "y": 3, "z": 3},
            [("a", "xy"), ("b", "xz"), ("a", "b")],
            (("a", "b"), ("x",), ("y", "z")),
            (3,),
        ),
    ],
)
def test_table_of_classes(
    values: dict[str, int],
    sums: list[tuple[str, str]],
    members: tuple[tuple[str, ...], ...],
    rows: tuple[int, ...],
) -> None:
    found = classes(cells(**values), [Sum(total, tuple(parts)) for total, parts in sums])
    assert found.members == members
    assert tuple(map(len, found.rows)) == rows
    assert all(sum(found.cells[i].value * f for i, f in row) == 0 for row in found.rows)


def test_a_class_costs_what_its_printed_members_cost() -> None:
    of: Cells = {"a": Cell(4, 3), "b": Cell(4, None, guarded=False), "c": Cell(4, 5)}
    of |= {"d": Cell(7, None, guarded=False), "e": Cell(7, None, guarded=False)}
    found = classes(of, [Sum("a", ("b",)), Sum("b", ("c",)), Sum("d", ("e",))])
    assert found.cells == (Cell(4, 8), Cell(7, None, guarded=False))


def test_a_zero_that_nobody_knows_merges_nothing() -> None:
    of: Cells = {"a": Cell(4, 1), "b": Cell(4, 1), "u": Cell(0, None, zero_known=False)}
    found = classes(of, [Sum("a", ("b", "u"))])
    assert found.members == (("a",), ("b",), ("u",))


def test_a_sum_that_does_not_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="does not hold"):
        classes(cells(a=3, b=2), [Sum("a", ("b",))])


@st.composite
def systems(draw: st.DrawFn) -> tuple[Cells, list[Sum]]:
    """Sums over shared parts, so that many totals and remainders are equal."""
    parts = draw(st.lists(st.integers(0, 3), min_size=1, max_size=5))
    of: Cells = {i: Cell(n, 1) for i, n in enumerate(parts)}
    sums = []
    for number in range(draw(st.integers(1, 5))):
        group = tuple(draw(st.sets(st.sampled_from(sorted(of, key=str)), min_size=1)))
        of["t", number] = Cell(sum(of[i].value for i in group), 1)
        sums.append(Sum(("t", number), group))
    return of, sums


@given(systems())
def test_classes_hold_every_count_that_is_not_zero_once_and_only_equal_ones(
    system: tuple[Cells, list[Sum]],
) -> None:
    of, sums = system
    found = classes(of, sums)
    kept = [key for members in found.members for key in members]
    assert sorted(kept, key=str) == sorted((k for k, c in of.items() if c.value), key=str)
    for cell, members in zip(found.cells, found.members, strict=True):
        assert {of[key].value for key in members} == {cell.value}


@given(systems(), st.lists(st.integers(0, 50), min_size=10, max_size=10))
def test_a_world_of_the_classes_is_a_world_of_the_counts(
    system: tuple[Cells, list[Sum]], free: list[int]
) -> None:
    of, sums = system
    # Another world with the same zeros: other parts, and the totals that follow.
    world = {i: free[i] if of[i].value else 0 for i in of if isinstance(i, int)}
    for each in sums:
        world[each.total] = sum(world[part] for part in each.parts)
    found = classes(of, sums)
    for members in found.members:
        assert len({world[key] for key in members}) == 1
    for row in found.rows:
        assert sum(world[found.members[i][0]] * factor for i, factor in row) == 0


def test_the_outlook_reaches_beyond_a_sum() -> None:
    # t = a + b, and a = c + d, b = e + f: to use a costs its price and that of c or d.
    rows = [((0, 1), (1, -1), (2, -1)), ((1, 1), (3, -1), (4, -1)), ((2, 1), (5, -1), (6, -1))]
    prices = [(90, 90), (1, 1), (2, 2), (40, 50), (60, 60), (7, 8), (NEVER, 3)]
    outlook = Outlook(prices, rows)
    # Side 1 of row 0 misses something positive: t rises, or a or b falls.
    assert outlook.ranked(1) == [(9, 2), (41, 1), (90, 0)]
    # On side 0, t falls, or a rises (1 + 50), or b does (2 + 3).
    assert outlook.ranked(0) == [(5, 2), (51, 1), (90, 0)]
    outlook.lower({5: (0, 8), 3: (0, 0)})
    assert outlook.ranked(1) == [(1, 1), (2, 2), (90, 0)]
    assert outlook.ranked(0) == [(1, 1), (5, 2), (90, 0)]


def test_what_cannot_be_balanced_has_no_price() -> None:
    outlook = Outlook([(1, 1), (NEVER, NEVER)], [((0, 1), (1, -1))])
    assert outlook.ranked(0) == [(1, 0), (NEVER, 1)]
    # Two cells in two sums, and no leaf: only trees have a price.
    rows = [((0, 1), (1, -1)), ((0, 1), (1, -1))]
    assert Outlook([(1, 1), (1, 1)], rows).ranked(0) == [(NEVER, 0), (NEVER, 1)]


@pytest.mark.slow
@given(st.data())
def test_lowering_prices_is_the_same_as_lower_prices(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 7))
    price = st.integers(0, 20)
    before = [(data.draw(price), data.draw(price)) for _ in range(size)]
    members = st.lists(st.integers(0, size - 1), min_size=2, max_size=4, unique=True)
    rows = [
        tuple((cell, -1 if i else 1) for i, cell in enumerate(data.draw(members)))
        for _ in range(data.draw(st.integers(1, 5)))
    ]
    lowered = {c: (before[c][0] // 2, 0) for c in data.draw(st.sets(st.integers(0, size - 1)))}
    outlook = Outlook(before, rows)
    outlook.lower(lowered)
    fresh = Outlook([lowered.get(cell, both) for cell, both in enumerate(before)], rows)
    for side in range(2 * len(rows)):
        assert outlook.ranked(side) == fresh.ranked(side)
