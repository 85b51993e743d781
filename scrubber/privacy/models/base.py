"""PrivacyModel: the interface of privacy models, each in its own file.

A model is a frozen dataclass. Its fields are the parameters of a sensitive field in a rule file,
with descriptions and limits in their metadata. The first parameter may be given alone, for all
sensitive fields.
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
"""Tolerance of a recheck for sums in another order."""


class PrivacyModel(Protocol):
    """A requirement of every class for the values of a sensitive field.

    `key` is its name in rule files and manifests, `title` its name in words. `asked` completes "a
    class is not ...", and `remedy` suggests a change. `directions` are those of ``value`` and
    ``c``.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    asked: ClassVar[str]
    remedy: ClassVar[str]
    directions: ClassVar[Directions]

    @property
    def kind(self) -> str:
        """The variant of the measure, in a word."""
        ...

    @property
    def value(self) -> float:
        """The required strength, for the manifest."""
        ...

    @property
    def factor(self) -> float | None:
        """A second parameter of the measure, for the manifest, or None."""
        ...

    def broken(self, classes: Classes, uniques: Uniques, values: Codes, reference: Counts) -> Mask:
        """By class: true if it violates the model. `reference` has the number of records of each
        value in the whole table."""
        ...

    def holds(self, counts: pl.DataFrame, reference: Mapping[Label, int]) -> bool:
        """True if all classes of the written output meet the model.

        `counts` has class (numbers from 0), value (null: unknown) and n. `reference` has the number
        of input records of each label, in the order of the labels. Shares no code with `broken`.
        """
        ...
