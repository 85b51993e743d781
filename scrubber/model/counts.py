"""Publishable counts."""

from __future__ import annotations

from typing import Final

SMALLEST: Final = 11
"""The smallest published count, and the smallest in messages and drafts (the CMS policy on small
cells: 1 to 10 are withheld)."""


def rounded(value: int, min_cell: int, base: int) -> int:
    """The multiple of `base` nearest to `value`, but none below `min_cell` except zero.

    >>> rounded(1004, 11, 5), rounded(12, 11, 5), rounded(0, 11, 5)
    (1005, 15, 0)
    """
    nearest = (2 * value + base) // (2 * base) * base
    least = -(-min_cell // base) * base
    return max(nearest, least) if value else 0
