"""Sums of counts in frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars as pl

N: Final = "n"
_MERGE_AT: Final = 1 << 16


class FrameSum:
    """Adds up frames of counts (column ``n``) by the same `columns`: texts, or `codes` (int32).
    Memory grows with the number of combinations, time with the number of added rows."""

    def __init__(self, columns: Sequence[str], *, codes: bool = False) -> None:
        self._columns, self._codes = list(columns), codes
        self._frames: list[pl.DataFrame] = []
        self._height, self._limit = 0, _MERGE_AT

    @classmethod
    def like(cls, counted: pl.DataFrame) -> FrameSum:
        """An empty sum for frames with the columns of `counted`."""
        return cls([name for name in counted.columns if name != N])

    def add(self, counted: pl.DataFrame) -> None:
        self._frames.append(counted)
        self._height += counted.height
        if self._height > self._limit:
            self._frames = [self.total()]
            self._height = self._frames[0].height
            self._limit = max(_MERGE_AT, 2 * self._height)

    def total(self) -> pl.DataFrame:
        """The sum so far."""
        import polars as pl

        column = pl.Int32 if self._codes else pl.String
        schema = {**dict.fromkeys(self._columns, column), N: pl.Int64}
        whole = pl.concat([pl.DataFrame(schema=schema), *self._frames])
        return whole.group_by(self._columns).agg(pl.col(N).sum())


def counted(frame: pl.DataFrame) -> pl.DataFrame:
    """Count equal rows of `frame`."""
    import polars as pl

    return frame.group_by(frame.columns).agg(pl.len().cast(pl.Int64).alias(N))
