"""Which groups are withheld, so that no small one can be computed from the published ones.

A table of groups adds up to all records, and to each coarser table of the same records. Primary
suppression withholds groups of too few subjects. Secondary suppression withholds others, until each
sum that lacks a group lacks at least two, with enough records between them (compare Willenborg and
de Waal, Elements of Statistical Disclosure Control, 2001, chapter 6). Tables of one family are
nested in each other, so each group is in at most two sums. Then this is enough: a chain of withheld
groups leads from each one to another that may be larger while it is smaller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(eq=False)
class Group:
    """A group of `rows` records; `small` ones have too few subjects."""

    rows: int
    small: bool
    withheld: bool = field(init=False)

    def __post_init__(self) -> None:
        self.withheld = self.small


@dataclass(frozen=True)
class Total:
    """The sum of the groups `parts`: a group of a coarser table, or all records (None)."""

    of: Group | None
    parts: tuple[Group, ...]


def withhold(totals: Sequence[Total], least: int) -> None:
    """Withhold further groups until no small one can be computed from the others. `least` is the
    smallest number of records that the withheld groups of a sum have together."""
    smallest_first = sorted(totals, key=lambda total: sum(part.rows for part in total.parts))
    changed = True
    while changed:
        changed = False
        for total in smallest_first:
            changed |= _withheld_more(total, least)


def _withheld_more(total: Total, least: int) -> bool:
    """True if another group of the sum had to be withheld."""
    gone = [part for part in total.parts if part.withheld]
    known = total.of is None or not total.of.withheld
    if (not gone and known) or (gone and not known):
        return False
    rows, changed = sum(part.rows for part in gone), False
    left = sorted((part for part in total.parts if not part.withheld), key=lambda part: part.rows)
    count = len(gone)
    for part in left:
        if count >= (2 if known else 1) and (rows >= least or not known):
            break
        part.withheld = changed = True
        rows, count = rows + part.rows, count + 1
    if known and total.of is not None and (count < 2 or rows < least):
        total.of.withheld = changed = True
    return changed
