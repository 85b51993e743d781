"""Generalization hierarchies: the ancestors of each value of a quasi-identifier, by level."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scrubber.errors import InputError, Place

TOP = "*"

Codes = NDArray[np.int32]
Label = str | None


@dataclass(frozen=True)
class GeneralizationHierarchy:
    """The levels of a quasi-identifier: `labels[i][level]` is the ancestor of leaf i.

    Level 0 is the leaf itself (None for null, which is a leaf of its own). The last level is a
    single group, unless the levels were :meth:`limited`. Each group lies within one group of the
    next level, so classes of a level are unions of classes of the level below. Use :meth:`of` to
    create one.
    """

    name: str
    labels: tuple[tuple[Label, ...], ...] = field(repr=False)

    @classmethod
    def of(cls, name: str, rows: Iterable[Sequence[Label]]) -> GeneralizationHierarchy:
        """The hierarchy with the given rows (leaf, level 1, ..., root) for the field `name`.

        A root ``*`` is added if the last level has several groups. Leaves are sorted (numbers by
        size, text by group), regardless of the order of the rows.

        Raises: InputError ``hierarchy-bad`` for no rows, rows of different lengths, a leaf with two
        sets of ancestors, or a group split over several groups of the next level.
        """
        unique: dict[Label, tuple[Label, ...]] = {}
        for row in map(tuple, rows):
            if not row or (unique and len(row) != len(next(iter(unique.values())))):
                raise _bad(name, "its lines have different numbers of levels")
            if unique.setdefault(row[0], row) != row:
                raise _bad(name, "a leaf has two sets of ancestors")
        if not unique:
            raise _bad(name, "it has no lines")
        numbers = all(leaf is None or _is_number(leaf) for leaf in unique)
        labels = sorted(unique.values(), key=_by_number if numbers else _by_group)
        if len({row[-1] for row in labels}) > 1:
            labels = [(*row, TOP) for row in labels]
        made = cls(name, tuple(labels))
        made._check_nested()
        return made

    def limited(self, level: int) -> GeneralizationHierarchy:
        """Cut the hierarchy after `level`, if it is higher."""
        return replace(self, labels=tuple(row[: level + 1] for row in self.labels))

    @property
    def height(self) -> int:
        """The number of levels, including that of the leaves."""
        return len(self.labels[0])

    @cached_property
    def codes_of(self) -> Mapping[Label, int]:
        """The code of each leaf: its position in `labels`."""
        return {row[0]: code for code, row in enumerate(self.labels)}

    @cached_property
    def groups(self) -> tuple[Codes, ...]:
        """By level: the group of each leaf, numbered from 0 in the order of the leaves."""
        return tuple(_numbered([row[level] for row in self.labels]) for level in range(self.height))

    @cached_property
    def loss(self) -> NDArray[np.float64]:
        """(level, leaf): the share of leaves in the leaf's group, from 0 for a single leaf to 1 for
        all leaves: (size / leaves - 1 / leaves) / (1 - 1 / leaves)."""
        leaves = len(self.labels)
        sizes = np.stack([np.bincount(group)[group] for group in self.groups]).astype(float)
        return np.zeros_like(sizes) if leaves == 1 else (sizes - 1) / (leaves - 1)

    def _check_nested(self) -> None:
        for level, (lower, upper) in enumerate(zip(self.groups, self.groups[1:], strict=False)):
            above = np.full(int(lower.max()) + 1, -1, dtype=np.int32)
            above[lower] = upper
            if not np.array_equal(above[lower], upper):
                text = f"a group of level {level} is divided among groups of level {level + 1}"
                raise _bad(self.name, text)


def in_order(labels: Iterable[Label]) -> list[Label]:
    """Sort distinct labels: null first, then by size if all are numbers, else as text."""
    given = list(labels)
    numbers = all(label is None or _is_number(label) for label in given)
    if numbers:
        return sorted(given, key=lambda label: _by_number((label,)))
    return sorted(given, key=lambda label: (label is not None, label or ""))


def _numbered(labels: Sequence[Label]) -> Codes:
    numbers: dict[Label, int] = {}
    return np.array([numbers.setdefault(label, len(numbers)) for label in labels], dtype=np.int32)


def _is_number(leaf: str) -> bool:
    try:
        return not math.isnan(float(leaf))
    except ValueError:
        return False


def _by_number(row: Sequence[Label]) -> tuple[bool, float, str]:
    leaf = row[0]
    return (False, 0.0, "") if leaf is None else (True, float(leaf), leaf)


def _by_group(row: Sequence[Label]) -> tuple[tuple[bool, str], ...]:
    return tuple((label is not None, label or "") for label in reversed(row))


def _bad(name: str, text: str) -> InputError:
    place = Place(field=name)
    return InputError("hierarchy-bad", text, place=place, hint="each line: leaf;level 1;...;*")
