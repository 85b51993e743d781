"""Combinations: how many records have each combination of labels, added up batch by batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from scrubber.privacy.hierarchy import Codes, Label
from scrubber.privacy.uniques import Counts

if TYPE_CHECKING:
    import polars as pl

_N = "n"
_MERGE_AT = 1 << 16


@dataclass(frozen=True)
class Combinations:
    """Distinct combinations: per column its distinct `labels`, and for each combination which of
    them it has (`codes`); `records` says how many records have it. In no particular order."""

    labels: tuple[tuple[Label, ...], ...] = field(repr=False)
    codes: tuple[Codes, ...] = field(repr=False)
    records: Counts = field(repr=False)


class Counter:
    """Adds up the combinations of `columns`; its memory grows with their number, not with that of
    the records."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._seen: dict[str, dict[Label, int]] = {name: {} for name in columns}
        self._frames: list[pl.DataFrame] = []
        self._height, self._limit = 0, _MERGE_AT

    def add(self, labels: Mapping[str, pa.Array]) -> None:
        """Count records, of which `labels` has an array of text for every column."""
        import polars as pl

        coded = {name: _coded(labels[name], seen) for name, seen in self._seen.items()}
        frame = pl.DataFrame(coded)
        self._take(frame.group_by(frame.columns).agg(pl.len().cast(pl.Int64).alias(_N)))

    def add_counted(self, counted: Combinations) -> None:
        """Add what another counter of the same columns counted."""
        import polars as pl

        columns = {
            name: _numbers(labels, seen)[codes]
            for (name, seen), labels, codes in zip(
                self._seen.items(), counted.labels, counted.codes, strict=True
            )
        }
        self._take(pl.DataFrame({**columns, _N: counted.records}))

    def _take(self, counted: pl.DataFrame) -> None:
        self._frames.append(counted)
        self._height += counted.height
        if self._height > self._limit:
            self._merge()
            self._limit = max(_MERGE_AT, 2 * self._height)

    def _merge(self) -> None:
        import polars as pl

        merged = pl.concat(self._frames).group_by(list(self._seen)).agg(pl.col(_N).sum())
        self._frames, self._height = [merged], merged.height

    def total(self) -> Combinations:
        """The counts so far, with the columns in order."""
        if len(self._frames) > 1:
            self._merge()
        none, nobody = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int64)
        whole = self._frames[0] if self._frames else None
        return Combinations(
            labels=tuple(tuple(seen) for seen in self._seen.values()),
            codes=tuple(
                whole[name].to_numpy() if whole is not None else none for name in self._seen
            ),
            records=whole[_N].to_numpy() if whole is not None else nobody,
        )


def _coded(labels: pa.Array, seen: dict[Label, int]) -> Codes:
    """Each label's number in `seen`, to which new ones are added."""
    encoded = labels.dictionary_encode(null_encoding="encode")
    codes = _numbers(encoded.dictionary.to_pylist(), seen)
    picked: Codes = codes[encoded.indices.to_numpy(zero_copy_only=False)]
    return picked


def _numbers(labels: Sequence[Label], seen: dict[Label, int]) -> Codes:
    return np.array([seen.setdefault(text, len(seen)) for text in labels], dtype=np.int32)
