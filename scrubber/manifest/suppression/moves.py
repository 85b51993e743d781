"""Moves: changes of counts that preserve all sums, and the search for a cheap one.

A move assigns a whole number d to each class, scaled by t: the counts n + t d are a possible world
for at least `spread` values of t. A move is built outwards from one class: each change unbalances
sums, and one more class balances each of them. Changing a shown count costs its price, since it
must then be withheld. The search is best-first, by the price so far and the :class:`Outlook` on the
rest, so it finds a cheap move but not always the cheapest.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from enum import Enum
from itertools import count, islice
from typing import Final

from scrubber.manifest.suppression.outlook import NEVER, Outlook
from scrubber.manifest.suppression.worlds import Classes

_UNBOUNDED: Final = 1 << 60
_SEARCH_LIMIT: Final = 400
_CHOICES: Final = 40
_LOOKED_AT: Final = 24
_PRICE_UNIT: Final = 1 << 80
_WIDEN_PRICE: Final = 1000 * _PRICE_UNIT
_EITHER: Final = (-1, 1)
_RISING: Final = (1,)

Room = tuple[int, int]


class Shown(Enum):
    """The published form of a count."""

    OPEN = "n"
    SMALL = "lt"
    WITHHELD = "suppressed"


@dataclass(frozen=True, slots=True)
class Use:
    """A class's part in a move: its cost, its possible values, and true if it must be withheld."""

    cell: int
    price: int
    low: int
    high: int
    withholds: bool


@dataclass(frozen=True, slots=True)
class Move:
    """A possibly partial move: the changes so far, the unbalanced sums (by how much, and the
    estimated cost of balancing each), and the range of t."""

    changes: dict[int, int]
    uses: tuple[Use, ...]
    unbalanced: dict[int, tuple[int, int]]
    room: Room
    price: int = 0
    ahead: int = 0


_START: Final = Move({}, (), {}, (-_UNBOUNDED, _UNBOUNDED))


class Moves:
    """The possible moves of classes, given the counts shown so far.

    `limit` is the smallest count above zero that is shown; counts below it start as SMALL.
    """

    def __init__(self, found: Classes, limit: int) -> None:
        self._cells, self._rows = found.cells, found.rows
        self._limit = limit
        self._spread = max(2, limit // 2)
        self._factors = [dict(row) for row in self._rows]
        self._rows_of: list[list[tuple[int, int]]] = [[] for _ in self._cells]
        for number, row in enumerate(self._rows):
            for cell, factor in row:
                self._rows_of[cell].append((number, factor))
        self._shown = [
            Shown.SMALL if 0 < cell.value < limit else Shown.OPEN for cell in self._cells
        ]
        self._withheld: list[int] = []
        self._outlooks: dict[tuple[Room, tuple[int, ...]], tuple[Outlook, int]] = {}

    @property
    def shown(self) -> tuple[Shown, ...]:
        """The published form of each class."""
        return tuple(self._shown)

    def shown_as(self, cell: int) -> Shown:
        return self._shown[cell]

    def withhold(self, cell: int) -> None:
        """Withhold `cell` from now on."""
        self._shown[cell] = Shown.WITHHELD
        self._withheld.append(cell)

    def connected(self, cell: int) -> set[int]:
        """The classes above zero that sums connect with `cell`. Doubling all of them is a move."""
        reached, stack = {cell}, [cell]
        while stack:
            for number, _ in self._rows_of[stack.pop()]:
                for member, _ in self._rows[number]:
                    if member not in reached and self._cells[member].value:
                        reached.add(member)
                        stack.append(member)
        return reached

    def cheap(self, cell: int) -> Move | None:
        """A move of `cell`, or None if none was found.

        If the general search gives up, a move in which all counts rise is often available: only
        small counts obstruct it, and it leads up to the totals.
        """
        for use in self._uses(cell):
            for directions in (_EITHER, _RISING):
                move = self._search(use, directions)
                if move is not None:
                    return move
        return None

    def _search(self, first: Use, directions: tuple[int, ...]) -> Move | None:
        """The move of `first` with changes in `directions`, by best-first search."""
        room = self._room(_START, first, 1)
        if room is None:
            return None
        outlook = self._outlook(room, directions)
        order = count()
        frontier: list[tuple[int, int, Move]] = []

        def push(move: Move, use: Use, change: int) -> None:
            longer = self._extend(move, use, change, outlook)
            if longer is not None:
                # Later entries first among equals: depth before breadth.
                heapq.heappush(frontier, (longer.price + longer.ahead, -next(order), longer))

        push(_START, first, 1)
        for _ in range(_SEARCH_LIMIT + 4 * len(self._rows)):
            if not frontier:
                return None
            move = heapq.heappop(frontier)[2]
            if not move.unbalanced:
                return move
            for use, change in self._narrowest(move, directions, outlook):
                push(move, use, change)
        return None

    def _outlook(self, room: Room, directions: tuple[int, ...]) -> Outlook:
        """The outlook for t with `room` and changes in `directions`, shared by all searches and
        updated with cells withheld since."""
        move = Move({}, (), {}, room)

        def price(i: int, change: int) -> int:
            uses = self._uses(i) if change in directions else ()
            return next((use.price for use in uses if self._room(move, use, change)), NEVER)

        def prices(i: int) -> tuple[int, int]:
            return price(i, -1), price(i, 1)

        if (room, directions) in self._outlooks:
            outlook, known = self._outlooks[room, directions]
            if known < len(self._withheld):
                outlook.lower({i: prices(i) for i in self._withheld[known:]})
        else:
            outlook = Outlook([prices(i) for i in range(len(self._cells))], self._rows)
        self._outlooks[room, directions] = (outlook, len(self._withheld))
        return outlook

    def _narrowest(
        self, move: Move, directions: tuple[int, ...], outlook: Outlook
    ) -> list[tuple[Use, int]]:
        """Ways to balance an unbalanced sum: among the inspected sums, the one with the fewest
        ways, so that dead ends show early."""
        narrowest: list[tuple[Use, int]] | None = None
        for number in islice(reversed(move.unbalanced), _LOOKED_AT):
            ways = self._ways(move, number, directions, outlook)
            if narrowest is None or len(ways) < len(narrowest):
                narrowest = ways
            if len(narrowest) <= 1:
                break
        return narrowest or []

    def _ways(
        self, move: Move, number: int, directions: tuple[int, ...], outlook: Outlook
    ) -> list[tuple[Use, int]]:
        """Uses that balance a sum and leave room for t, each with its change; cheapest first, up to
        a limit."""
        rest, _ = move.unbalanced[number]
        factors = self._factors[number]
        ways: list[tuple[Use, int]] = []
        for _, cell in outlook.ranked(_side(number, rest)):
            if cell in move.changes or rest % factors[cell]:
                continue
            change = -rest // factors[cell]
            if (1 if change > 0 else -1) in directions:
                ways += [(u, change) for u in self._uses(cell) if self._room(move, u, change)]
                if len(ways) >= _CHOICES:
                    break
        return ways

    def _uses(self, i: int) -> list[Use]:
        cell, shown = self._cells[i], self._shown[i]
        if cell.price is None:
            return [Use(i, 0, 1 if cell.zero_known else 0, _UNBOUNDED, False)]
        if shown is Shown.OPEN:
            price = cell.price * _PRICE_UNIT + (cell.value << 16)
            return [Use(i, price, self._limit, _UNBOUNDED, True)]
        if shown is Shown.WITHHELD:
            low = self._limit if cell.value >= self._limit else 1
            return [Use(i, 0, low, _UNBOUNDED, False)]
        wider = Use(i, _WIDEN_PRICE, 1, _UNBOUNDED, True)
        return [Use(i, 0, 1, self._limit - 1, False), wider]

    def _room(self, move: Move, use: Use, change: int) -> Room | None:
        """The values of t for which `move` and `change` at one more class respect all bounds; None
        if too few."""
        value = self._cells[use.cell].value
        down, up = value - use.low, use.high - value
        if change < 0:
            down, up = up, down
        low = max(move.room[0], -(down // abs(change)))
        high = min(move.room[1], up // abs(change))
        return (low, high) if high - low + 1 >= self._spread else None

    def _extend(self, move: Move, use: Use, change: int, outlook: Outlook) -> Move | None:
        """Extend `move` with `change` at one more class; None if too little room is left for t."""
        room = self._room(move, use, change)
        if room is None:
            return None
        changes = {**move.changes, use.cell: change}
        unbalanced, ahead = dict(move.unbalanced), move.ahead
        for number, factor in self._rows_of[use.cell]:
            rest, expected = unbalanced.pop(number, (0, 0))
            rest, ahead = rest + factor * change, ahead - expected
            if rest:
                ranked = outlook.ranked(_side(number, rest))
                price = next((price for price, cell in ranked if cell not in changes), NEVER)
                unbalanced[number], ahead = (rest, price), ahead + price
        return Move(changes, (*move.uses, use), unbalanced, room, move.price + use.price, ahead)


def _side(number: int, rest: int) -> int:
    """The side of a row to balance if its sum is too large by `rest`."""
    return 2 * number + (rest < 0)
