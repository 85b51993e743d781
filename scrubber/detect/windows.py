"""Long texts are read in overlapping windows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

# Code points. A text of up to WINDOW is read whole; a longer one in windows of that length, each
# beginning OVERLAP before the end of the last: an entity shorter than OVERLAP lies whole in one.
WINDOW = 100_000
OVERLAP = 2_000


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """The half-open range of code points of a text that is read at one go."""

    start: int
    end: int


def windows(length: int, size: int = WINDOW, overlap: int = OVERLAP) -> tuple[Window, ...]:
    """The windows of a text of `length` code points, in order; together they cover it.

    >>> windows(7, size=4, overlap=1)
    (Window(start=0, end=4), Window(start=3, end=7))
    """
    if length <= size:
        return (Window(0, length),)
    starts = range(0, length - overlap, size - overlap)
    return tuple(Window(start, min(start + size, length)) for start in starts)


def window_of(parts: Sequence[Window], position: int) -> Window:
    """The window whose words are asked about `position`: the last one that knows what stands
    before it."""
    place = bisect_right(parts, position, key=lambda window: window.start + OVERLAP // 2)
    return parts[max(place - 1, 0)]
