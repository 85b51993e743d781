"""Disclosure control: which counts are shown, and which are withheld so that no small one leaks.

Primary suppression shows a count below the limit as "fewer than the limit". Sums that hold between
the counts (total = sum of parts) could give such a count away by differencing, so secondary
suppression hides further counts. Here every small count gets a *witness*: another set of
counts that agrees with all that is shown and with every sum, in which the small count has another
value. A witness is a proof: no attack on the shown counts and the sums, however clever, can pin the
count down. Withholding one more count only allows more worlds, so a witness stays one.

The witness is a move: whole-number changes d that keep every sum, scaled by t, for at least
`spread` values of t. A cheap move is searched for (best first), where using a shown count costs its
price (it must be withheld then). Compare the shortest-path heuristics for cell
suppression, e.g. Castro, "A shortest-paths heuristic for statistical data protection in positive
tables", INFORMS J. Computing 19(4), 2007; sums here need not form tables.

The attacker is assumed to know the limit, all sums, that a zero is always shown, that a withheld
count is not below the limit, and which remainders are zero. Not covered: what an attacker who
reruns this very algorithm could infer from its choices.
"""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import count
from typing import Final

Key = Hashable
_UNBOUNDED: Final = 1 << 60
_SEARCH_LIMIT: Final = 4000
_CHOICES: Final = 8
_PRICE_UNIT: Final = 1 << 80
_WIDEN_PRICE: Final = 1000 * _PRICE_UNIT
_UNBALANCEABLE: Final = 1000 * _WIDEN_PRICE


class Shown(Enum):
    """How a count is published."""

    OPEN = "n"
    SMALL = "lt"
    WITHHELD = "suppressed"


@dataclass(frozen=True, slots=True)
class Cell:
    """A count. `price` is what withholding it costs (the reader loses it), None for a remainder:
    a difference that is never printed but must not be derivable if it is small.

    `guarded` False exempts a remainder that counts no group of people; `zero_known` False says that
    an attacker cannot know that it is zero.
    """

    value: int
    price: int | None
    guarded: bool = True
    zero_known: bool = True


@dataclass(frozen=True, slots=True)
class Sum:
    """total = sum of parts, each named by its key."""

    total: Key
    parts: tuple[Key, ...]


def protect(cells: Mapping[Key, Cell], sums: Iterable[Sum], limit: int) -> dict[Key, Shown]:
    """How to publish each printed cell so that every guarded count in 1..limit-1 has a witness.

    `limit` is at least 3. Among equal prices the smaller count is withheld, then the earlier one.
    Errors: ValueError if a sum does not hold or `limit` is below 3.
    """
    if limit < 3:
        raise ValueError("the smallest cell that is shown is at least 3")
    return _Protection(cells, tuple(sums), limit).run()


@dataclass(frozen=True, slots=True)
class _Use:
    """A way for a cell to take part in a move: what it costs and the values that it may take."""

    cell: int
    price: int
    low: int
    high: int
    becomes: Shown | None


@dataclass(frozen=True, slots=True)
class _Move:
    """A partial move: the changes so far, the sums that they unbalance (by how much, and what it
    will cost at least to balance each), and the room for t."""

    changes: dict[int, int]
    uses: tuple[_Use, ...]
    unbalanced: dict[int, tuple[int, int]]
    low: int
    high: int
    price: int = 0
    ahead: int = 0


class _Protection:
    def __init__(self, cells: Mapping[Key, Cell], sums: Sequence[Sum], limit: int) -> None:
        self._keys = list(cells)
        self._cells = list(cells.values())
        self._limit = limit
        self._spread = max(2, limit // 2)
        index = {key: i for i, key in enumerate(self._keys)}
        # A sum as its signed members: total +1, parts -1; they add up to zero.
        self._sums = [[(index[s.total], 1), *((index[p], -1) for p in s.parts)] for s in sums]
        if any(sum(self._cells[i].value * sign for i, sign in s) for s in self._sums):
            raise ValueError("a sum does not hold")
        self._sums_of: list[list[tuple[int, int]]] = [[] for _ in self._cells]
        for number, members in enumerate(self._sums):
            for cell, sign in members:
                self._sums_of[cell].append((number, sign))
        self._shown = [
            Shown.SMALL if 0 < cell.value < limit else Shown.OPEN for cell in self._cells
        ]
        self._ranked: dict[int, list[tuple[int, int]]] = {}

    def run(self) -> dict[Key, Shown]:
        safe = [not (c.guarded and 0 < c.value < self._limit) for c in self._cells]
        for cell in range(len(self._cells)):
            if safe[cell]:
                continue
            move = self._cheapest_move(cell)
            if move is None:
                for reached in self._withhold_around(cell):
                    safe[reached] = True
                continue
            for use in move.uses:
                if use.becomes is not None:
                    self._show(use.cell, use.becomes)
            for moved in move.changes:
                safe[moved] = True
        printed = [i for i, cell in enumerate(self._cells) if cell.price is not None]
        return {self._keys[i]: self._shown[i] for i in printed}

    def _cheapest_move(self, cell: int) -> _Move | None:
        """The move of `cell` that a best-first search finds, by the price paid and that ahead."""
        order = count()
        frontier: list[tuple[int, int, _Move]] = []

        def push(move: _Move | None) -> None:
            if move is not None:
                # Later entries first among equals: go deep before going wide.
                heapq.heappush(frontier, (move.price + move.ahead, -next(order), move))

        for use in self._uses(cell):
            push(self._extend(_Move({}, (), {}, -_UNBOUNDED, _UNBOUNDED), use, 1))
        for _ in range(_SEARCH_LIMIT + 4 * len(self._sums)):
            if not frontier:
                return None
            move = heapq.heappop(frontier)[2]
            if not move.unbalanced:
                return move
            number = next(reversed(move.unbalanced))
            rest, _ = move.unbalanced[number]
            for member, sign in self._members(number):
                if member not in move.changes:
                    for use in self._uses(member):
                        push(self._extend(move, use, -rest * sign))
        return None

    def _members(self, number: int) -> list[tuple[int, int]]:
        """The members of a sum that may move, cheapest first, at most a handful of them."""
        if number not in self._ranked:
            movable = [(uses[0].price, m) for m in self._sums[number] if (uses := self._uses(m[0]))]
            best = heapq.nsmallest(_CHOICES, movable)
            self._ranked[number] = [member for _, member in best]
            total = self._sums[number][0]
            if total not in self._ranked[number] and self._uses(total[0]):
                self._ranked[number].append(total)
        return self._ranked[number]

    def _uses(self, i: int) -> list[_Use]:
        cell, shown = self._cells[i], self._shown[i]
        if cell.price is None:
            if cell.value == 0 and cell.zero_known:
                return []
            return [_Use(i, 0, 1 if cell.zero_known else 0, _UNBOUNDED, None)]
        if cell.value == 0:
            return []
        if shown is Shown.OPEN:
            price = cell.price * _PRICE_UNIT + (cell.value << 16)
            return [_Use(i, price, self._limit, _UNBOUNDED, Shown.WITHHELD)]
        if shown is Shown.WITHHELD:
            low = self._limit if cell.value >= self._limit else 1
            return [_Use(i, 0, low, _UNBOUNDED, None)]
        wider = _Use(i, _WIDEN_PRICE, 1, _UNBOUNDED, Shown.WITHHELD)
        return [_Use(i, 0, 1, self._limit - 1, None), wider]

    def _extend(self, move: _Move, use: _Use, change: int) -> _Move | None:
        """`move` with `change` at one more cell; None if too little room is left for t."""
        value = self._cells[use.cell].value
        down, up = value - use.low, use.high - value
        if change < 0:
            down, up = up, down
        low = max(move.low, -(down // abs(change)))
        high = min(move.high, up // abs(change))
        if high - low + 1 < self._spread:
            return None
        changes = {**move.changes, use.cell: change}
        unbalanced, ahead = dict(move.unbalanced), move.ahead
        for number, sign in self._sums_of[use.cell]:
            rest, expected = unbalanced.pop(number, (0, 0))
            rest, ahead = rest + sign * change, ahead - expected
            if rest:
                least = self._least_price(number, changes)
                unbalanced[number], ahead = (rest, least), ahead + least
        price = move.price + use.price
        return _Move(changes, (*move.uses, use), unbalanced, low, high, price, ahead)

    def _least_price(self, number: int, changes: Mapping[int, int]) -> int:
        for member, _ in self._members(number):
            if member not in changes:
                return self._uses(member)[0].price
        return _UNBALANCEABLE

    def _show(self, cell: int, shown: Shown) -> None:
        self._shown[cell] = shown
        for number, _ in self._sums_of[cell]:
            self._ranked.pop(number, None)

    def _withhold_around(self, cell: int) -> set[int]:
        """Withhold every count that sums connect with `cell`: doubling them all is a witness."""
        reached, stack = {cell}, [cell]
        while stack:
            for number, _ in self._sums_of[stack.pop()]:
                for member, _ in self._sums[number]:
                    if member not in reached and self._cells[member].value:
                        reached.add(member)
                        stack.append(member)
        for member in reached:
            if self._cells[member].price is not None:
                self._show(member, Shown.WITHHELD)
        return reached
