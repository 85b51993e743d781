"""Recoding: the result for each combination of quasi-identifiers, or its suppression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from scrubber.anonymize.labels import LABEL, Flags, Labelled
from scrubber.errors import InputError, Place
from scrubber.privacy.hierarchy import Codes, Label
from scrubber.privacy.uniques import check_key_space

Keys = NDArray[np.int64]


@dataclass(frozen=True)
class FieldRecoding:
    """A quasi-identifier: its distinct counted `leaves`, and for each combination, in the order of
    the keys, the position of its result in `labels`."""

    name: str
    leaves: tuple[Label, ...] = field(repr=False)
    labels: tuple[Label, ...] = field(repr=False)
    becomes: Codes = field(repr=False)


@dataclass(frozen=True)
class Recoding:
    """The generalization of all counted combinations: `keys` number the combinations by their
    leaves and are sorted; `gone` marks those to suppress.

    Pickled for worker processes; never written.
    """

    fields: tuple[FieldRecoding, ...]
    keys: Keys = field(repr=False)
    gone: Flags = field(repr=False)

    @classmethod
    def of(
        cls,
        names: Sequence[str],
        leaves: Sequence[tuple[Label, ...]],
        codes: Sequence[Codes],
        outputs: Sequence[tuple[tuple[Label, ...], Codes]],
        gone: Flags,
    ) -> Recoding:
        """Build a recoding from parallel arrays with an entry per combination; combinations may
        repeat. Each field has the code of its leaf, and (labels, position of the result).

        Raises: InputError ``key-space``.
        """
        check_key_space([len(one) for one in leaves])
        keys, first = np.unique(
            _packed(codes, [len(one) for one in leaves], len(gone)), return_index=True
        )
        fields = [
            FieldRecoding(name, one, labels, becomes[first])
            for name, one, (labels, becomes) in zip(names, leaves, outputs, strict=True)
        ]
        return cls(tuple(fields), keys, gone[first])

    def look_up(self, labelled: Sequence[Labelled], passed_over: Flags, source: str) -> Recoded:
        """Generalize records with the quasi-identifiers `labelled`. Records in `passed_over` are
        skipped, since they will be quarantined.

        Raises: InputError ``source-changed`` for an uncounted combination.
        """
        given = {str(one.plan.path): one.labels for one in labelled}
        codes = [
            pc.index_in(given[one.name], value_set=pa.array(one.leaves, LABEL))
            .fill_null(-1)
            .to_numpy(zero_copy_only=False)
            for one in self.fields
        ]
        known = np.logical_and.reduce([code >= 0 for code in codes])
        keys = _packed(codes, [len(one.leaves) for one in self.fields], len(known))
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        if len(self.keys):
            known &= self.keys[places] == keys
        if (~known & ~passed_over).any():
            text = "a record was not there when the records were counted"
            raise InputError("source-changed", text, place=Place(file=source))
        if not len(self.keys):
            places = np.zeros(0, dtype=np.intp)
        labels = {
            one.name: pa.array(one.labels, LABEL).take(pa.array(one.becomes[places]))
            for one in self.fields
        }
        return Recoded(labels, self.gone[places] & ~passed_over)


@dataclass(frozen=True)
class Recoded:
    """Per quasi-identifier the labels that records get, and which records are suppressed."""

    labels: dict[str, pa.Array] = field(repr=False)
    gone: Flags = field(repr=False)


def _packed(codes: Sequence[Codes], sizes: Sequence[int], entries: int) -> Keys:
    """One number for each combination of codes below `sizes`."""
    keys = np.zeros(entries, dtype=np.int64)
    for code, size in zip(codes, sizes, strict=True):
        keys = keys * max(size, 1) + code
    return keys
