"""The cost of balancing a sum by one of its members, the sums beyond it included.

A change of a member has to be balanced in each other sum that it is in, by a member of that sum
that changes in the right direction, and so on until a member is reached that is in no further sum.
The cheapest such tree is found from its leaves (Knuth, "A generalization of Dijkstra's algorithm",
Information Processing Letters 6(1), 1977). The trees of two sums may share members and need not be
realizable together, so this guides a search but bounds nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

NEVER: Final = 1 << 120
Row = Sequence[tuple[int, int]]


class Outlook:
    """The outlook on `rows` of (cell, factor), where to change a cell costs its price: the first
    one downwards, the second one upwards, :data:`NEVER` where it cannot be.

    A side of a row is ``2 * row``, or one more where what is missing is positive; a step is
    ``2 * cell``, or one more where it is upwards.
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
        # Of each side: the cell of its cheapest step, what that costs, and what the second costs.
        self._best = [(-1, NEVER, NEVER)] * len(self._steps)
        # Of each step: its price and that of balancing all of its cell's rows.
        self._total = [
            price + NEVER * len(self._sides[2 * cell])
            for cell, both in enumerate(prices)
            for price in both
        ]
        self._prices = [price for both in prices for price in both]
        self._ranked: dict[int, list[tuple[int, int]]] = {}
        self._settle(range(len(self._steps)))

    def lower(self, prices: Mapping[int, tuple[int, int]]) -> None:
        """Change the prices of some cells; none may rise."""
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
        """The steps that balance a row's `side`, cheapest first, as (price, cell). The price is
        :data:`NEVER` at most, which is to say that no tree is known, not that there is no way."""
        if side not in self._ranked:
            steps = self._steps[side]
            self._ranked[side] = sorted((self._price(side, step), step >> 1) for step in steps)
        return self._ranked[side]

    def _price(self, side: int, step: int) -> int:
        return min(self._total[step] - self._without(side ^ 1, step >> 1), NEVER)

    def _without(self, side: int, cell: int) -> int:
        """The price of balancing a row's `side` by another cell than `cell`."""
        cheapest, first, second = self._best[side]
        return second if cell == cheapest else first

    def _settle(self, sides: Iterable[int]) -> None:
        """Spread what has become cheaper at `sides` until nothing changes."""
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
            # Who changes the other way leaves this side to be balanced.
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
