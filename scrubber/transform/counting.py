"""Transforms whose result for a value depends on all records: they are counted first."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa

from scrubber.transform.base import Transform
from scrubber.transform.steps import Steps, steps_of


@dataclass(frozen=True, slots=True)
class Group:
    """The `records` in which a value is counted, and the `persons` whose records they are; without
    subjects, each record is a person's."""

    records: int
    persons: int


class Counting(ABC):
    """A transform that is settled by the counts of all records before it applies to one.

    Until then all values are failed, except after :meth:`uncounted`.
    """

    __slots__ = ()
    name: ClassVar[str]

    @property
    @abstractmethod
    def counts(self) -> bool:
        """True if it has to be settled before it applies."""

    @abstractmethod
    def groups(self, array: pa.Array) -> pa.Array:
        """The group in which each value of a flat array is counted, as text (large_string); null
        for a value that is not counted."""

    @abstractmethod
    def kind_of_group(self, group: str) -> str:
        """The set of groups in which persons are counted once."""

    @abstractmethod
    def settled(self, groups: Mapping[str, int], persons: Mapping[str, int]) -> Transform:
        """The transform with the results for the whole data set: the numbers of records of all
        `groups`, and of the `persons` of each set of groups."""

    @abstractmethod
    def uncounted(self) -> Transform:
        """The nearest transform of a value alone, for some records of the data set (tests of rules,
        previews)."""


def counting_step(transform: Transform) -> tuple[tuple[Transform, ...], Counting] | None:
    """The step of a transform that has to be counted, and the steps before it; None without one."""
    steps = steps_of(transform)
    for number, step in enumerate(steps):
        if isinstance(step, Counting) and step.counts:
            return steps[:number], step
    return None


def with_step(transform: Transform, old: object, new: Transform) -> Transform:
    """`transform` with `new` in place of the step `old`."""
    steps = tuple(new if step is old else step for step in steps_of(transform))
    return Steps(steps) if isinstance(transform, Steps) else steps[0]
