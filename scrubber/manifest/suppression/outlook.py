"""The cost of balancing a sum by one of its members, including the sums beyond it.

A changed member must be balanced in each of its other sums, by another member that changes in the
right direction, and so on, until a member occurs in no further sum. The cheapest such tree is found
from its leaves (Knuth, "A generalization of Dijkstra's algorithm", Information Processing Letters
6(1), 1977). The trees of two sums may share members and need not be realizable together, so this
guides a search but bounds nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

NEVER: Final = 1 << 120
Row = Sequence[tuple[int, int]]


class Outlook:
    """The outlook on `rows` of (cell, factor). Each cell has two prices of a change, downwards and
    upwards; :data:`NEVER` means it is impossible.

    A side of a row is ``2 * row``, plus one if the missing amount is positive. A step is ``2 *
    cell``, plus one if it goes upwards.
    """

    def __init__(self, prices: Sequence[tuple[int, int]], rows: Sequence[Row]) -> None:
        self._steps: list[list[int]] = []
        self._sides: list[list[int]] = [[] for _ in range(2 * len(prices))]
        for row in rows:
            for positive in (0, 1):
                steps = [2 * cell + ((factor > 0) == positive) for cell, factor in row]
                for step in steps:
                    self._sides[step].append(len(self._steps))
                self._steps.append(steps)
        # For each side: the cell of its cheapest step, its cost, and the cost of the second
        # cheapest.
        self._best = [(-1, NEVER, NEVER)] * len(self._steps)
        # For each step: its price plus the cost of balancing all rows of its cell.
        self._total = [
            price + NEVER * len(self._sides[2 * cell])
            for cell, both in enumerate(prices)
            for price in both
        ]
        self._prices = [price for both in prices for price in both]
        self._ranked: dict[int, list[tuple[int, int]]] = {}
        self._settle(range(len(self._steps)))

    def lower(self, prices: Mapping[int, tuple[int, int]]) -> None:
        """Lower the prices of some cells; none may rise."""
        touched: set[int] = set()
        for cell, both in prices.items():
            for step, price in enumerate(both, 2 * cell):
                if gain := self._prices[step] - price:
                    self._prices[step] = price
                    self._total[step] -= gain
                    touched.update(self._sides[step])
        self._ranked.clear()
        self._settle(sorted(touched))

    def ranked(self, side: int) -> list[tuple[int, int]]:
        """The steps that balance a row's `side`, cheapest first, as (price, cell). A price of
        :data:`NEVER` means that no tree is known, not that none exists."""
        if side not in self._ranked:
            steps = self._steps[side]
            self._ranked[side] = sorted((self._price(side, step), step >> 1) for step in steps)
        return self._ranked[side]

    def _price(self, side: int, step: int) -> int:
        return min(self._total[step] - self._without(side ^ 1, step >> 1), NEVER)

    def _without(self, side: int, cell: int) -> int:
        """The price of balancing a row's `side` by any cell other than `cell`."""
        cheapest, first, second = self._best[side]
        return second if cell == cheapest else first

    def _settle(self, sides: Iterable[int]) -> None:
        """Propagate lower costs at `sides` until nothing changes."""
        waiting = deque(sides)
        queued = [False] * len(self._steps)
        for side in waiting:
            queued[side] = True
        while waiting:
            side = waiting.popleft()
            queued[side] = False
            ranked = sorted((self._price(side, step), step >> 1) for step in self._steps[side])
            (first, cheapest), (second, _) = (*ranked, (NEVER, -1), (NEVER, -1))[:2]
            if (cheapest, first, second) == self._best[side]:
                continue
            # A change in the other direction leaves this side to be balanced.
            leaving = self._steps[side ^ 1]
            before = [self._without(side, step >> 1) for step in leaving]
            self._best[side] = (cheapest, first, second)
            for step, old in zip(leaving, before, strict=True):
                if gain := old - self._without(side, step >> 1):
                    self._total[step] -= gain
                    for other in self._sides[step]:
                        if other != side ^ 1 and not queued[other]:
                            queued[other] = True
                            waiting.append(other)
