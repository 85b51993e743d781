"""Combinations of labels with their numbers of records, added up by batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from scrubber.anonymize.frame_counts import FrameSum, N, counted
from scrubber.privacy.hierarchy import Codes, Label
from scrubber.privacy.uniques import Counts


@dataclass(frozen=True)
class Combinations:
    """Distinct combinations, in no particular order: the distinct `labels` of each column, and the
    `codes` and number of `records` of each combination."""

    labels: tuple[tuple[Label, ...], ...] = field(repr=False)
    codes: tuple[Codes, ...] = field(repr=False)
    records: Counts = field(repr=False)


class Counter:
    """Adds up the combinations of `columns`. Memory grows with the number of combinations, not of
    records."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._seen: dict[str, dict[Label, int]] = {name: {} for name in columns}
        self._sum = FrameSum(columns, codes=True)

    def add(self, labels: Mapping[str, pa.Array]) -> None:
        """Count records; `labels` has an array of text for each column."""
        import polars as pl

        coded = {name: _coded(labels[name], seen) for name, seen in self._seen.items()}
        self._sum.add(counted(pl.DataFrame(coded)))

    def add_counted(self, other: Combinations) -> None:
        """Add the counts of another counter with the same columns."""
        import polars as pl

        columns = {
            name: _numbers(labels, seen)[codes]
            for (name, seen), labels, codes in zip(
                self._seen.items(), other.labels, other.codes, strict=True
            )
        }
        self._sum.add(pl.DataFrame({**columns, N: other.records}))

    def total(self) -> Combinations:
        """The counts so far, with the columns in order."""
        whole = self._sum.total()
        return Combinations(
            labels=tuple(tuple(seen) for seen in self._seen.values()),
            codes=tuple(whole[name].to_numpy() for name in self._seen),
            records=whole[N].to_numpy(),
        )


def _coded(labels: pa.Array, seen: dict[Label, int]) -> Codes:
    """The number of each label in `seen`; new labels are added to it."""
    encoded = labels.dictionary_encode(null_encoding="encode")
    codes = _numbers(encoded.dictionary.to_pylist(), seen)
    picked: Codes = codes[encoded.indices.to_numpy(zero_copy_only=False)]
    return picked


def _numbers(labels: Sequence[Label], seen: dict[Label, int]) -> Codes:
    return np.array([seen.setdefault(text, len(seen)) for text in labels], dtype=np.int32)
