"""Wilson's score interval (1927) for a share estimated from a sample."""

from __future__ import annotations

import math
from typing import Final

_NORMAL: Final = 1.959964  # quantile of the standard normal distribution for a 95 % interval


def bounds(part: int, whole: int) -> tuple[float, float]:
    """The lower and upper bounds, from 0 to 1, of the 95 % interval for `part` of `whole` cases.

    >>> [round(bound, 3) for bound in bounds(97, 100)], [round(b, 3) for b in bounds(0, 10)]
    ([0.915, 0.99], [0.0, 0.278])
    """
    if not 0 <= part <= whole or not whole:
        raise ValueError("of the cases some, all or none count")
    share, square = part / whole, _NORMAL**2
    middle = share + square / (2 * whole)
    wide = _NORMAL * math.sqrt(share * (1 - share) / whole + square / (4 * whole**2))
    low, high = ((middle + sign * wide) / (1 + square / whole) for sign in (-1, 1))
    # Rounding may put a bound slightly on the wrong side of 0, 1 or the share.
    return max(0.0, min(low, share)), min(1.0, max(high, share))
