"""Time limits for the regexes of one recognizer on one text."""

from __future__ import annotations

from time import process_time

# The limit is for a text of up to this many code points; longer texts get more in proportion.
_LENGTH = 1_000_000


class TimeLimit:
    """The processor time, in seconds, that searches of a text of `length` code points may take
    together: `seconds`, and more for a very long text. It runs from the first search on."""

    __slots__ = ("_ends", "_seconds")

    def __init__(self, seconds: float, length: int) -> None:
        self._seconds = seconds * max(1.0, length / _LENGTH)
        self._ends: float | None = None

    def left(self, *, alone: bool = False) -> float:
        """The time left for the next search, for the ``timeout`` of the regex module; one that is
        `alone`, the only one, asks no clock. Raises TimeoutError where nothing is left."""
        if alone:
            return self._seconds
        if self._ends is None:
            self._ends = process_time() + self._seconds
            return self._seconds
        left = self._ends - process_time()
        if left <= 0:
            raise TimeoutError
        return left
