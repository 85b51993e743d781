"""Counts that are equal in all worlds: cells of a system of sums, merged before the search.

If all but two members of a sum are known to be zero, these two are always equal; so are the totals
of two sums with the same parts. Such cells form a class: showing one shows all, and withholding one
only helps if all are withheld. A table whose fields are filled in every record is one class,
regardless of its number of fields.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

Key = Hashable
Row = tuple[tuple[int, int], ...]
_SHORT: Final = 8


@dataclass(frozen=True, slots=True)
class Cell:
    """A count. `price` is the cost of withholding it from the reader; None for a remainder, a
    difference that is never printed but must not be derivable if it is small.

    `guarded` is false for a remainder that counts no group of people. `zero_known` is false if an
    attacker cannot know that it is zero.
    """

    value: int
    price: int | None
    guarded: bool = True
    zero_known: bool = True


@dataclass(frozen=True, slots=True)
class Sum:
    """total = `times` the sum of parts, each given by its key."""

    total: Key
    parts: tuple[Key, ...]
    times: int = 1


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of cells that are not known to be zero, each as one cell with the keys of its
    members, and the sums as rows of (class, factor) that add up to zero."""

    cells: tuple[Cell, ...]
    members: tuple[tuple[Key, ...], ...]
    rows: tuple[Row, ...]


def classes(cells: Mapping[Key, Cell], sums: Iterable[Sum]) -> Classes:
    """The classes of `cells`, in the order of their first members. Redundant rows are removed.

    The price of a class is the total price of its printed members, or None without any. A class is
    guarded if any member is, and its zero is known if any member's is.

    Raises: ValueError for a sum that does not hold.
    """
    keys = list(cells)
    index = {key: i for i, key in enumerate(keys)}
    above = [-1 if _known_zero(cell) else i for i, cell in enumerate(cells.values())]
    rows = [((index[s.total], 1), *((index[p], -s.times) for p in s.parts)) for s in sums]
    values = [cell.value for cell in cells.values()]
    if any(sum(values[i] * factor for i, factor in row) for row in rows):
        raise ValueError("a sum does not hold")
    while True:
        merged = [row for row in (_merged(row, above) for row in rows) if row]
        rows = list({frozenset(row): row for row in reversed(merged)}.values())[::-1]
        if not _merge(rows, above):
            break
    members: dict[int, list[Key]] = {}
    for i, key in enumerate(keys):
        if (root := _root(i, above)) >= 0:
            members.setdefault(root, []).append(key)
    number = {root: n for n, root in enumerate(members)}
    return Classes(
        tuple(_as_one([cells[key] for key in group]) for group in members.values()),
        tuple(tuple(group) for group in members.values()),
        tuple(tuple((number[root], factor) for root, factor in row) for row in rows),
    )


def _known_zero(cell: Cell) -> bool:
    return cell.value == 0 and (cell.zero_known or cell.price is not None)


def _root(i: int, above: list[int]) -> int:
    """The first cell of the class of cell `i`, or -1 for a known zero; paths are halved."""
    while i >= 0 and above[i] != i:
        if above[i] >= 0:
            above[i] = above[above[i]]
        i = above[i]
    return i


def _merged(row: Row, above: list[int]) -> Row:
    """`row` over classes instead of cells, without known zeros; the first factor is positive."""
    factors: Counter[int] = Counter()
    for i, factor in row:
        if (root := _root(i, above)) >= 0:
            factors[root] += factor
    kept = [(root, factor) for root, factor in factors.items() if factor]
    flip = -1 if kept and kept[0][1] < 0 else 1
    return tuple((root, flip * factor) for root, factor in kept)


def _merge(rows: list[Row], above: list[int]) -> bool:
    """Merge cells that the rows prove equal. True if anything changed."""
    changed = False
    seen: dict[frozenset[tuple[int, int]], int] = {}
    for row in rows:
        now = _merged(row, above)
        if len(now) == 1:  # a multiple of it is zero
            above[now[0][0]] = -1
            changed = True
            continue
        for i, rest in _alone(now):
            other, factor = next(iter(rest))
            j = other if len(rest) == factor == 1 else seen.setdefault(rest, i)
            i, j = _root(i, above), _root(j, above)
            if i != j:
                above[max(i, j)] = min(i, j)
                changed = True
                break
    return changed


def _alone(row: Row) -> Iterator[tuple[int, frozenset[tuple[int, int]]]]:
    """Members that occur once, each with the terms that it equals."""
    for i, factor in row if len(row) <= _SHORT else row[:1]:
        if factor in (1, -1):
            yield i, frozenset((other, -factor * f) for other, f in row if other != i)


def _as_one(cells: list[Cell]) -> Cell:
    prices = [cell.price for cell in cells if cell.price is not None]
    return Cell(
        cells[0].value,
        sum(prices) if prices else None,
        any(cell.guarded for cell in cells),
        any(cell.zero_known for cell in cells),
    )
