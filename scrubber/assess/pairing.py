"""Pairs: the record of the source that each published record was made from.

A run keeps the order of records, so the published ones are a subsequence of the source.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scrubber.assess.clues import Label, Making, shown

Origins = NDArray[np.int64]
Column = Sequence[Label]
Fits = Callable[[int, int], bool]

UNKNOWN = -1


@dataclass(frozen=True)
class Table:
    """Equally long columns of labels, by field."""

    columns: Mapping[str, Column] = field(repr=False)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def take(self, rows: Sequence[int]) -> Table:
        """These rows, in this order."""
        return Table({name: [column[i] for i in rows] for name, column in self.columns.items()})

    def joined(self, other: Table) -> Table:
        """The rows of both, in the fields that both have."""
        return Table(
            {
                name: [*column, *other.columns[name]]
                for name, column in self.columns.items()
                if name in other.columns
            }
        )


def origins(source: Table, out: Table, makings: Mapping[str, Making]) -> Origins:
    """For each record of `out` the index of its record in `source`, UNKNOWN where several fit.

    With equal numbers of records, it is the same index. Otherwise records are matched from both
    ends by the fields whose forms show (:class:`~scrubber.assess.clues.Making`); where the two
    matches agree, no other order-keeping match exists.
    """
    if len(source) == len(out):
        return np.arange(len(out))
    fits = _fits(source, out, {name: one for name, one in makings.items() if one.shows})
    rows, others = range(len(source)), range(len(out))
    first = _embedded(rows, others, fits)
    last = _embedded(rows[::-1], others[::-1], fits)
    if first is None or last is None:
        return np.full(len(out), UNKNOWN)
    found, back = np.array(first), np.array(last[::-1])
    return np.where(found == back, found, UNKNOWN)


def _embedded(rows: Sequence[int], others: Sequence[int], fits: Fits) -> list[int] | None:
    """The first row that fits each of `others`, in their order; None where there is none."""
    found: list[int] = []
    remaining = iter(rows)
    for other in others:
        row = next((one for one in remaining if fits(one, other)), None)
        if row is None:
            return None
        found.append(row)
    return found


def _fits(source: Table, out: Table, makings: Mapping[str, Making]) -> Fits:
    columns = [
        (making, source.columns[name], out.columns[name])
        for name, making in makings.items()
        if name in source.columns and name in out.columns
    ]
    known: list[dict[tuple[Label, Label], bool]] = [{} for _ in columns]

    def fits(row: int, other: int) -> bool:
        for (making, ours, theirs), seen in zip(columns, known, strict=True):
            pair = ours[row], theirs[other]
            if pair not in seen:
                seen[pair] = shown(making, pair[0])(pair[1])
            if not seen[pair]:
                return False
        return True

    return fits
