"""The lattice of generalization levels: suppression and loss of a node, and bounds for others.

A node gives each quasi-identifier a level. Its loss is ARX's metric Loss (Prasser et al., "Flexible
data anonymization using ARX", 2020): by field, the mean share of leaves that a value covers, or 1
for suppressed records; over all fields, the geometric mean of 1 + share, minus 1. Here the weighted
mean of log(1 + share) is used, which has the same order and is additive over fields.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scrubber.errors import InputError
from scrubber.privacy.hierarchy import Codes, GeneralizationHierarchy
from scrubber.privacy.requirement import Requirement
from scrubber.privacy.uniques import Classes, Mask, Uniques, check_key_space, classes_of

Node = tuple[int, ...]
Grid = NDArray[np.float64]

_MAX_NODES = 1 << 24


@dataclass(frozen=True)
class Look:
    """An evaluated node.

    `broken` marks its suppressed entries, `small` those of them in classes that are too small:
    every lower node suppresses these too. `suppressed` counts records.
    """

    node: Node
    broken: Mask = field(repr=False)
    small: Mask = field(repr=False)
    suppressed: int


@dataclass(frozen=True)
class Lattice:
    """All nodes over `hierarchies`, for the entries of `uniques`, which use their codes.

    `weights` are the weights of the fields in the loss: not negative, and not all 0.
    """

    hierarchies: tuple[GeneralizationHierarchy, ...]
    uniques: Uniques = field(repr=False)
    requirement: Requirement
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        if int(np.prod([float(h) for h in self.shape])) > _MAX_NODES:
            text = f"the hierarchies span more than {_MAX_NODES} combinations of levels"
            raise InputError("lattice-too-large", text, hint="remove levels, or method: mondrian")
        check_key_space([len(h.labels) for h in self.hierarchies])

    @property
    def shape(self) -> Node:
        return tuple(h.height for h in self.hierarchies)

    @property
    def top(self) -> Node:
        return tuple(height - 1 for height in self.shape)

    @cached_property
    def floor(self) -> Grid:
        """By node: its log loss without suppression, a lower bound."""
        return self._spread(self._mean, self.top)

    def look(self, node: Node) -> Look:
        """Evaluate `node`: count its classes."""
        classes = self.classes(node)
        small = self.requirement.small(classes, self.uniques)
        broken = self.requirement.broken(classes, self.uniques) if self._has_models else small
        gone = broken[classes.ids]
        suppressed = int(self.uniques.records[gone].sum())
        return Look(node, gone, gone if broken is small else small[classes.ids], suppressed)

    def classes(self, node: Node) -> Classes:
        """The equivalence classes of the entries at `node`."""
        columns = [levels[level] for levels, level in zip(self._codes, node, strict=True)]
        sizes = [sizes[level] for sizes, level in zip(self._sizes, node, strict=True)]
        return classes_of(columns, sizes, len(self.uniques.records))

    def log_loss(self, look: Look) -> float:
        """The loss of the node, including its suppressed records."""
        return sum(self.log_losses(look))

    def log_losses(self, look: Look) -> tuple[float, ...]:
        """The weighted part of each field in the loss of the node."""
        costs = self._costs(look.broken, look.suppressed, look.node)
        return tuple(float(cost[-1]) for cost in costs)

    def bound_below(self, look: Look) -> Grid:
        """A bound of the log loss for each node at or below the given one: they also suppress the
        records of small classes, and generalize the others at least as much."""
        suppressed = int(self.uniques.records[look.small].sum())
        return self._spread(self._costs(look.small, suppressed, look.node), look.node)

    def _costs(self, gone: Mask, suppressed: int, node: Node) -> list[NDArray[np.float64]]:
        """By field and level up to the node's: its part of the log loss if `gone` is suppressed."""
        total = max(self.uniques.total, 1)
        at = np.flatnonzero(gone)
        records = self.uniques.records[at]
        costs = []
        for number, (hierarchy, level) in enumerate(zip(self.hierarchies, node, strict=True)):
            codes = self.uniques.quasi[number][at]
            leaves = np.bincount(codes, weights=records, minlength=len(hierarchy.labels))
            spared = hierarchy.loss[: level + 1] @ leaves
            share = self._share[number][: level + 1] + (suppressed - spared) / total
            costs.append(self._part[number] * np.log1p(share))
        return costs

    @cached_property
    def _mean(self) -> list[NDArray[np.float64]]:
        return [part * np.log1p(share) for part, share in zip(self._part, self._share, strict=True)]

    @cached_property
    def _share(self) -> list[NDArray[np.float64]]:
        """By field and level: the mean share of leaves covered by the records' values."""
        total = max(self.uniques.total, 1)
        return [
            hierarchy.loss
            @ np.bincount(codes, weights=self.uniques.records, minlength=len(hierarchy.labels))
            / total
            for hierarchy, codes in zip(self.hierarchies, self.uniques.quasi, strict=True)
        ]

    @cached_property
    def _part(self) -> tuple[float, ...]:
        whole = sum(self.weights)
        return tuple(weight / whole for weight in self.weights)

    @cached_property
    def _codes(self) -> list[list[Codes]]:
        """By field and level: the group of each entry."""
        return [
            [group[codes] for group in hierarchy.groups]
            for hierarchy, codes in zip(self.hierarchies, self.uniques.quasi, strict=True)
        ]

    @cached_property
    def _sizes(self) -> list[list[int]]:
        return [[int(group.max()) + 1 for group in h.groups] for h in self.hierarchies]

    @cached_property
    def _has_models(self) -> bool:
        return bool(self.requirement.models)

    def _spread(self, costs: Sequence[NDArray[np.float64]], node: Node) -> Grid:
        """The sums of one cost per field, for each node at or below `node`."""
        grid = np.zeros(tuple(level + 1 for level in node))
        for number, cost in enumerate(costs):
            grid += cost.reshape([-1 if i == number else 1 for i in range(len(node))])
        return grid
