"""Infeasibility: the suppression at the highest levels, and changes that would help."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from scrubber.privacy.lattice import Lattice, Look

T = TypeVar("T")


@dataclass(frozen=True)
class Shortfall:
    """The top of a lattice as evidence of infeasibility.

    `suppressed` counts the suppressed records at the highest level of each field. `without[i]`
    counts those if field i were not a quasi-identifier. `k` is the largest value that would work
    with the given levels, models and suppression; None if there is none.
    """

    suppressed: int
    without: tuple[int, ...]
    k: int | None

    @property
    def costliest(self) -> int | None:
        """The field whose removal saves the most records; None if none saves any."""
        if not self.without or min(self.without) >= self.suppressed:
            return None
        return int(np.argmin(self.without))


def shortfall(lattice: Lattice, allowed: int) -> Shortfall:
    """Evaluate the top of `lattice`, if at most `allowed` records may be suppressed.

    For k alone, the top suppresses least of all nodes: if it is infeasible, all are.
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
    # From the smallest class: those that may be suppressed together, then the first that must stay.
    order = np.argsort(persons[~broken], kind="stable")
    sizes, running = persons[~broken][order], np.cumsum(records[~broken][order])
    stays = sizes[running > left]
    return int(stays[0]) if left >= 0 and len(stays) and stays[0] > 1 else None
