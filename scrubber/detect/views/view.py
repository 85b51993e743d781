"""View: a text rewritten for detectors, with the way back to the original.

A finding in the view is a range of code points of the original: the characters that it comes from,
with everything between them. What was removed before or behind them stays outside.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from scrubber.model.finding import Span

Places = npt.NDArray[np.int64]

PROVED = 0.85
"""A finding over a joined line break needs this score: two cells of a column are no number."""

_ASCII = re.compile(r"[\x00-\x7f]+")


def beyond_ascii(text: str) -> str:
    """The characters of `text` that are not ASCII: few, so that asking about them is quick."""
    return _ASCII.sub("", text)


@dataclass(frozen=True, slots=True)
class Edit:
    """`start` to `end` (code points; equal where something is inserted) becomes `text`.

    Where `joins`, the two sides stood on different lines.
    """

    start: int
    end: int
    text: str
    joins: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """`text`, and for each of its code points the half-open range that it comes from.

    `starts` and `ends` are those ranges, in the original. `joins` are the places in `text` where
    lines were joined, in order.
    """

    text: str = field(repr=False)
    starts: Places = field(repr=False)
    ends: Places = field(repr=False)
    joins: tuple[int, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, text: str) -> View:
        """The text as it is."""
        places = np.arange(len(text) + 1, dtype=np.int64)
        return cls(text, places[:-1], places[1:])

    def edited(self, edits: Iterable[Edit]) -> View:
        """The view with `edits` made, which are in order and do not overlap. Lines are joined last:
        raises ValueError for a view in which some are.

        >>> view = View.of("O&#39;Brien").edited([Edit(1, 6, "'")])
        >>> view.text, view.range(0, 7)
        ("O'Brien", (0, 11))
        """
        edits = [e for e in edits if e.text != self.text[e.start : e.end]]
        if not edits:
            return self
        if self.joins:
            raise ValueError("lines are joined by the last edits of a view")
        begins = np.array([edit.start for edit in edits])
        stops = np.array([edit.end for edit in edits])
        sizes = np.array([len(edit.text) for edit in edits])
        marks = np.zeros(len(self.text) + 1, dtype=np.int8)
        np.add.at(marks, begins, 1)
        np.add.at(marks, stops, -1)
        kept = np.cumsum(marks[:-1]) == 0
        before = begins - (np.cumsum(stops - begins) - (stops - begins))  # kept before each edit
        # An insertion comes from the place behind the character before it.
        edge = np.concatenate(([0], self.ends))[begins]
        first = np.where(begins < stops, np.append(self.starts, 0)[begins], edge)
        last = np.where(begins < stops, np.concatenate(([0], self.ends))[stops], edge)
        where = np.repeat(before, sizes)
        places = before + np.cumsum(sizes) - sizes
        return View(
            "".join(self._pieces(edits)),
            np.insert(self.starts[kept], where, np.repeat(first, sizes)),
            np.insert(self.ends[kept], where, np.repeat(last, sizes)),
            tuple(int(p) for p, edit in zip(places, edits, strict=True) if edit.joins),
        )

    def _pieces(self, edits: Iterable[Edit]) -> Iterator[str]:
        at = 0
        for edit in edits:
            yield self.text[at : edit.start]
            yield edit.text
            at = edit.end
        yield self.text[at:]

    def rewritten(self, text: str) -> View:
        """The view with `text`, as long as its own: each character is another form of one."""
        if len(text) != len(self.text):
            raise ValueError("a rewritten view keeps its length")
        return self if text == self.text else replace(self, text=text)

    def range(self, start: int, end: int) -> tuple[int, int]:
        """The range of the original behind ``text[start:end]``, 0 <= start < end."""
        return int(self.starts[start]), int(self.ends[end - 1])

    def original(self, spans: Sequence[Span]) -> list[Span]:
        """`spans` of the view as spans of the original.

        A span of inserted text alone has no original, and one over joined lines counts only with
        a score of PROVED.
        """
        found = []
        for span in spans:
            start, end = self.range(span.start, span.end)
            joined = bisect_left(self.joins, span.start) < bisect_left(self.joins, span.end)
            if start < end and (span.score >= PROVED or not joined):
                found.append(replace(span, start=start, end=end))
        return found
