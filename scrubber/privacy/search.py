"""The search for the lattice node with the lowest loss.

Classes that violate the requirement are suppressed. A node is feasible if it suppresses at most a
given number of records. Bounds stay exact under suppression: a class that is small at a node is a
union of classes that are small at every lower node, so lower nodes suppress these records too. One
evaluation raises the bounds of all lower nodes, and rules them out if it suppresses too much.
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

    `loss` is its loss from 0 to 1, and `bound` a lower bound for all feasible nodes (equal to
    `loss` if `optimal`). `parts` is the part of each field in the logarithm of the loss, which is
    additive. `looked_at` counts the evaluated ones of all `nodes`.
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
    """The node with the lowest loss that suppresses at most `allowed` records; None if there is
    none.

    After `time_limit` seconds, the best node so far is returned with its bound. Within the limit,
    the result depends on the data only.

    Raises: TimeoutError if no feasible node was found in time but one may exist.
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
    """The state of the search. `bounds` has a bound of the log loss for each open node. It is
    infinite for nodes that were evaluated, are infeasible, or cannot be the best."""

    def __init__(self, lattice: Lattice, allowed: int) -> None:
        self._lattice, self._allowed = lattice, allowed
        self._bounds = lattice.floor.copy()
        self._best: Look | None = None
        self._loss = np.inf
        self._looked_at = 0

    def look(self, node: Node) -> bool:
        """Evaluate `node`, and note the bounds for it and the nodes below. True if it is
        feasible."""
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
        """Descend from the top, always to the feasible node one step down with the lowest loss."""
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
        """A highest open node above the open node with the lowest bound, since it is most
        informative. None if no open node can be better than the best."""
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
