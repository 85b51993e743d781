"""Counts as they are published."""

from __future__ import annotations

from typing import Final

SMALLEST: Final = 11
"""Fewer people than these are never told: the least count that is published, and the least that a
message or a draft names (the CMS policy on small cells: 1 to 10 are withheld)."""


def rounded(value: int, min_cell: int, base: int) -> int:
    """The multiple of `base` next to `value`, and none below `min_cell` unless it is zero.

    >>> rounded(1004, 11, 5), rounded(12, 11, 5), rounded(0, 11, 5)
    (1005, 15, 0)
    """
    nearest = (2 * value + base) // (2 * base) * base
    least = -(-min_cell // base) * base
    return max(nearest, least) if value else 0
