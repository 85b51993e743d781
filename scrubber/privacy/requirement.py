"""Requirements for every equivalence class: k-anonymity, and the models of sensitive fields."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from scrubber.privacy.models import PrivacyModel
from scrubber.privacy.uniques import Classes, Counts, Mask, Uniques

_NO_REFERENCE: Counts = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Requirement:
    """At least `k` persons in each class, and the models of each sensitive field, by its number.

    `reference` has the number of records of each value in the whole table, by sensitive field, as
    the reference of closeness.
    """

    k: int
    models: tuple[tuple[int, PrivacyModel], ...] = ()
    reference: tuple[Counts, ...] = field(default=(), repr=False)

    def small(self, classes: Classes, uniques: Uniques) -> Mask:
        """By class: true for fewer than `k` persons.

        Merging never makes a class small, which allows the search to prune.
        """
        return classes.persons(uniques) < self.k

    def broken(self, classes: Classes, uniques: Uniques) -> Mask:
        """By class: true if it is too small or violates a model. Ids without records are broken."""
        bad = self.small(classes, uniques)
        for number, model in self.models:
            bad |= self.unmet(number, model, classes, uniques)
        return bad

    def unmet(self, number: int, model: PrivacyModel, classes: Classes, uniques: Uniques) -> Mask:
        """By class: true if it violates `model` in the sensitive field `number`."""
        reference = self.reference[number] if self.reference else _NO_REFERENCE
        return model.broken(classes, uniques, uniques.sensitive[number], reference)
