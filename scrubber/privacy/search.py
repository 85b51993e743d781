"""The search for the node of the lattice that loses least.

Classes that break the requirement are suppressed, and a node is feasible if that costs at most a
given number of records. The bounds stay exact under suppression: a class that is small at a node is
a union of classes that are small at every node below, so what a node suppresses for its size is
suppressed by all nodes below it. One look raises the bound of all of them, and a node that
suppresses too much for its size rules them out.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from scrubber.privacy.lattice import Lattice, Look, Node

_EPSILON = 1e-12


@dataclass(frozen=True)
class Choice:
    """The best node found.

    `loss` is its loss from 0 to 1, `bound` what no feasible node can go below (equal to `loss`
    where `optimal`), `parts` the share of each field in the loss (of its logarithm, which adds up),
    `looked_at` the nodes that were counted of all `nodes`.
    """

    look: Look = field(repr=False)
    loss: float
    bound: float
    optimal: bool
    parts: tuple[float, ...]
    looked_at: int
    nodes: int

    @property
    def levels(self) -> Node:
        return self.look.node


def search(
    lattice: Lattice,
    allowed: int,
    time_limit: float,
    clock: Callable[[], float] = time.monotonic,
) -> Choice | None:
    """The node that suppresses at most `allowed` records and loses least; None if there is none.

    After `time_limit` seconds the best so far is returned with the bound that was reached. Without
    reaching it the result depends on the data alone. Raises: TimeoutError where by then no node was
    found that is feasible, and there may be one.
    """
    hunt = _Hunt(lattice, allowed)
    deadline = clock() + time_limit

    def in_time() -> bool:
        return clock() < deadline

    hunt.descend(in_time)
    while in_time() and (node := hunt.next()) is not None:
        hunt.look(node)
    return hunt.choice()


class _Hunt:
    """The state of the search. `bounds` has for every node that is still open a bound of its log
    loss, infinity for those that were looked at, are infeasible, or cannot be the best."""

    def __init__(self, lattice: Lattice, allowed: int) -> None:
        self._lattice, self._allowed = lattice, allowed
        self._bounds = lattice.floor.copy()
        self._best: Look | None = None
        self._loss = np.inf
        self._looked_at = 0

    def look(self, node: Node) -> bool:
        """True if `node` is feasible; notes what it says of itself and of the nodes below."""
        lattice = self._lattice
        look = lattice.look(node)
        self._looked_at += 1
        below = tuple(slice(0, level + 1) for level in node)
        if int(lattice.uniques.records[look.small].sum()) > self._allowed:
            self._bounds[below] = np.inf
            return False
        np.maximum(self._bounds[below], lattice.bound_below(look), out=self._bounds[below])
        self._bounds[node] = np.inf
        if look.suppressed > self._allowed:
            return False
        loss = lattice.log_loss(look)
        if loss < self._loss:
            self._best, self._loss = look, loss
        return True

    def descend(self, in_time: Callable[[], bool]) -> None:
        """From the top, always to the feasible node one step down that would lose least."""
        node, floor = self._lattice.top, self._lattice.floor
        if not self.look(node):
            return
        while True:
            steps = [
                (*node[:i], level - 1, *node[i + 1 :]) for i, level in enumerate(node) if level
            ]
            open_ = [step for step in steps if np.isfinite(self._bounds[step])]
            feasible = [step for step in open_ if in_time() and self.look(step)]
            if not feasible:
                return
            node = min(feasible, key=lambda step: (floor[step], step))

    def next(self) -> Node | None:
        """A highest open node above the open node with the least bound: it says most of those that
        are in question. None where no open node can be better than the best."""
        self._bounds[self._bounds >= self._loss - _EPSILON] = np.inf
        flat = int(np.argmin(self._bounds))
        if not np.isfinite(self._bounds.flat[flat]):
            return None
        node = tuple(int(level) for level in np.unravel_index(flat, self._bounds.shape))
        climbing = True
        while climbing:
            climbing = False
            for i in range(len(node)):
                above = (*node[:i], node[i] + 1, *node[i + 1 :])
                if above[i] < self._bounds.shape[i] and np.isfinite(self._bounds[above]):
                    node, climbing = above, True
        return node

    def choice(self) -> Choice | None:
        open_ = self._bounds[self._bounds < self._loss - _EPSILON]
        if self._best is None:
            if open_.size:
                raise TimeoutError
            return None
        bound = float(open_.min()) if open_.size else self._loss
        return Choice(
            look=self._best,
            loss=float(np.expm1(self._loss)),
            bound=float(np.expm1(bound)),
            optimal=not open_.size,
            parts=tuple(one / (self._loss or 1) for one in self._lattice.log_losses(self._best)),
            looked_at=self._looked_at,
            nodes=int(np.prod(self._bounds.shape)),
        )
