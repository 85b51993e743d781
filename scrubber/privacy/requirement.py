"""Requirements for every equivalence class: k-anonymity, and the models of sensitive fields."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from scrubber.privacy.models import PrivacyModel
from scrubber.privacy.uniques import Classes, Counts, Mask, Uniques

_NO_REFERENCE: Counts = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Requirement:
    """At least `k` persons in each class, and for the sensitive field of each number the models.

    `reference` has, per sensitive field, the records of each value in the whole table: what
    closeness is measured against.
    """

    k: int
    models: tuple[tuple[int, PrivacyModel], ...] = ()
    reference: tuple[Counts, ...] = field(default=(), repr=False)

    def small(self, classes: Classes, uniques: Uniques) -> Mask:
        """Per class: fewer than `k` persons.

        Merging classes never makes one small that was not, which is what the search prunes by.
        """
        return classes.persons(uniques) < self.k

    def broken(self, classes: Classes, uniques: Uniques) -> Mask:
        """Per class: too small, or not as a model asks. An id without records is broken."""
        bad = self.small(classes, uniques)
        for number, model in self.models:
            bad |= self.unmet(number, model, classes, uniques)
        return bad

    def unmet(self, number: int, model: PrivacyModel, classes: Classes, uniques: Uniques) -> Mask:
        """Per class: not as `model` asks of the sensitive field `number`."""
        reference = self.reference[number] if self.reference else _NO_REFERENCE
        return model.broken(classes, uniques, uniques.sensitive[number], reference)
