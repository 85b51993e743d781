"""Why no node is feasible: what the highest levels still suppress, and what would help."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from scrubber.privacy.lattice import Lattice, Look

T = TypeVar("T")


@dataclass(frozen=True)
class Shortfall:
    """The top of a lattice as evidence of infeasibility.

    `suppressed` counts the records that go where every field has its highest level, `without[i]`
    those that go where field i is no quasi-identifier besides. `k` is the largest that would do
    with the levels, models and suppression as they are; None where none would.
    """

    suppressed: int
    without: tuple[int, ...]
    k: int | None

    @property
    def costliest(self) -> int | None:
        """The field without which the fewest records go; None where each keeps as many in."""
        if not self.without or min(self.without) >= self.suppressed:
            return None
        return int(np.argmin(self.without))


def shortfall(lattice: Lattice, allowed: int) -> Shortfall:
    """Look at the top of `lattice`, where at most `allowed` records may go.

    For k alone the top suppresses least of all nodes: where it is not feasible, none is.
    """
    return Shortfall(
        suppressed=lattice.look(lattice.top).suppressed,
        without=tuple(
            _without(lattice, number).suppressed for number in range(len(lattice.hierarchies))
        ),
        k=_largest_k(lattice, allowed),
    )


def _without(lattice: Lattice, number: int) -> Look:
    def others(given: tuple[T, ...]) -> tuple[T, ...]:
        return given[:number] + given[number + 1 :]

    fewer = replace(
        lattice,
        hierarchies=others(lattice.hierarchies),
        uniques=replace(lattice.uniques, quasi=others(lattice.uniques.quasi)),
        weights=others(lattice.weights),
    )
    return fewer.look(fewer.top)


def _largest_k(lattice: Lattice, allowed: int) -> int | None:
    uniques = lattice.uniques
    classes = lattice.classes(lattice.top)
    records, persons = classes.records(uniques), classes.persons(uniques)
    broken = replace(lattice.requirement, k=1).broken(classes, uniques)
    left = allowed - int(records[broken].sum())
    # From the smallest class: those that may go altogether, then the first that has to stay.
    order = np.argsort(persons[~broken], kind="stable")
    sizes, running = persons[~broken][order], np.cumsum(records[~broken][order])
    stays = sizes[running > left]
    return int(stays[0]) if left >= 0 and len(stays) and stays[0] > 1 else None
