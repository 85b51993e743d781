"""Withheld groups: no small one can be computed from the published ones and the totals."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.release.withholding import Group, Total, withhold


def groups(*rows: int, least: int = 10) -> list[Group]:
    return [Group(n, n < least) for n in rows]


def shown(parts: list[Group]) -> list[int | None]:
    return [None if part.withheld else part.rows for part in parts]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((50, 20, 30), [50, 20, 30]),
        ((50, 20, 3), [50, None, None]),  # one alone could be computed from the total
        ((50, 20, 30, 4, 7), [50, 20, 30, None, None]),  # together 11
        ((50, 20, 30, 4, 5), [50, None, 30, None, None]),  # together only 9
        ((3,), [None]),
        ((3, 4), [None, None]),
        ((), []),
    ],
)
def test_one_table(rows: tuple[int, ...], expected: list[int | None]) -> None:
    parts = groups(*rows)
    withhold([Total(None, tuple(parts))], 10)
    assert shown(parts) == expected


def test_a_group_of_few_subjects_with_many_records_is_never_alone() -> None:
    parts = [Group(1000, small=True), Group(40, small=False), Group(50, small=False)]
    withhold([Total(None, tuple(parts))], 10)
    assert shown(parts) == [None, None, 50]


def test_a_coarser_table_does_not_give_a_group_away() -> None:
    north, south = groups(40, 60)
    fine = groups(37, 3, 25, 35)
    withhold(
        [
            Total(None, (north, south)),
            Total(None, tuple(fine)),
            Total(north, (fine[0], fine[1])),
            Total(south, (fine[2], fine[3])),
        ],
        10,
    )
    assert shown([north, south]) == [40, 60]
    assert shown(fine) == [None, None, 25, 35]


def test_the_only_part_of_a_published_group_is_published_or_the_group_is_not() -> None:
    whole, other = Group(30, small=False), Group(50, small=False)
    (part,) = (Group(30, small=True),)  # the same records, but of few subjects
    rest = Group(50, small=False)
    totals = [
        Total(None, (whole, other)),
        Total(whole, (part,)),
        Total(other, (rest,)),
    ]
    withhold(totals, 10)
    assert part.withheld
    assert whole.withheld
    assert other.withheld == rest.withheld  # neither is alone


def determined(totals: list[Total], all_of: list[Group]) -> set[int]:
    """The withheld groups whose rows are a linear consequence of what is known."""
    hidden = [group for group in all_of if group.withheld]
    place = {id(group): at for at, group in enumerate(hidden)}
    matrix = []
    for total in totals:
        row = np.zeros(len(hidden))
        for part in total.parts:
            if part.withheld:
                row[place[id(part)]] += 1
        if total.of is not None and total.of.withheld:
            row[place[id(total.of)]] -= 1
        matrix.append(row)
    known = np.array(matrix)
    rank = np.linalg.matrix_rank(known)
    unit = np.eye(len(hidden))
    return {
        at
        for at in range(len(hidden))
        if np.linalg.matrix_rank(np.vstack([known, unit[at]])) == rank
    }


ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 40), st.booleans()),
    min_size=1,
    max_size=14,
)


@given(ROWS)
def test_no_withheld_group_of_three_nested_tables_is_determined(
    rows: list[tuple[int, int, int, bool]],
) -> None:
    """Cells by (a, b), tables by a, by (a, b), and by (a, b, flag)."""
    finest: dict[tuple[int, int, bool], int] = defaultdict(int)
    for a, b, n, flag in rows:
        finest[a, b, flag] += n
    levels = [{key[:depth]: 0 for key in finest} for depth in (1, 2)]
    for key, n in finest.items():
        for depth, level in zip((1, 2), levels, strict=True):
            level[key[:depth]] += n
    tables = [*levels, finest]
    nodes = [{key: Group(n, n < 10) for key, n in table.items()} for table in tables]
    totals = [Total(None, tuple(level.values())) for level in nodes]
    for coarse in range(3):
        for fine in range(coarse + 1, 3):
            totals += [
                Total(group, tuple(g for k, g in nodes[fine].items() if k[: coarse + 1] == key))
                for key, group in nodes[coarse].items()
            ]
    withhold(totals, 10)
    all_of = [group for level in nodes for group in level.values()]
    hidden = [group for group in all_of if group.withheld]
    whole = sum(finest.values())
    for at in determined(totals, all_of):
        assert hidden[at].rows == whole, "only a table of one group is known by the total"
