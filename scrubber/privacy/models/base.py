"""PrivacyModel: what a privacy model says and does, in one file each.

A model is a frozen dataclass. Its fields are what a rule file gives for a sensitive field, with a
description and limits in their metadata; the first, given alone, holds for every sensitive field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Protocol

from scrubber.model.direction import Directions
from scrubber.privacy.hierarchy import Codes, Label
from scrubber.privacy.uniques import Classes, Counts, Mask, Uniques

if TYPE_CHECKING:
    import polars as pl

TOLERANCE = 1e-12
SLACK = 1e-9
"""What a recheck allows for sums in another order."""


class PrivacyModel(Protocol):
    """A requirement of every class for the values of a sensitive field.

    `key` is its name in a rule file and a manifest, `title` in words; `asked` completes "a class is
    not ...", and `remedy` says what to change. `directions` are those of ``value`` and ``c``.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    asked: ClassVar[str]
    remedy: ClassVar[str]
    directions: ClassVar[Directions]

    @property
    def kind(self) -> str:
        """Which measure, in a word."""
        ...

    @property
    def value(self) -> float:
        """The strength that is asked, for the manifest."""
        ...

    @property
    def factor(self) -> float | None:
        """A second number of the measure, for the manifest; None where there is none."""
        ...

    def broken(self, classes: Classes, uniques: Uniques, values: Codes, reference: Counts) -> Mask:
        """Per class: it does not fulfil the model. `reference` has the records of each value in
        the whole table."""
        ...

    def holds(self, counts: pl.DataFrame, reference: Mapping[Label, int]) -> bool:
        """Counted again from what was written: every class fulfils the model.

        `counts` has class (numbers from 0), value (null: unknown) and n; `reference` the records of
        each label before, in the labels' order. Shares no code with `broken`.
        """
        ...
