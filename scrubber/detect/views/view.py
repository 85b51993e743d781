"""View: a text rewritten for detectors, with the way back to the original.

A finding in the view is a range of code points of the original: the characters that it comes from,
with everything between them. What was removed before or behind them stays outside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
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
        """The view with `edits` made, which are in order and do not overlap.

        >>> view = View.of("O&#39;Brien").edited([Edit(1, 6, "'")])
        >>> view.text, view.range(0, 7)
        ("O'Brien", (0, 11))
        """
        edits = [e for e in edits if e.text != self.text[e.start : e.end]]
        if not edits:
            return self
        texts: list[str] = []
        starts: list[Places] = []
        ends: list[Places] = []
        joins: list[int] = []
        length = at = 0
        for edit in edits:
            texts += (self.text[at : edit.start], edit.text)
            starts.append(self.starts[at : edit.start])
            ends.append(self.ends[at : edit.start])
            first, last = self._origin(edit.start, edit.end)
            starts.append(np.full(len(edit.text), first, dtype=np.int64))
            ends.append(np.full(len(edit.text), last, dtype=np.int64))
            joins.extend(length + j - at for j in self.joins if at <= j < edit.start)
            length += edit.start - at
            if edit.joins:
                joins.append(length)
            length += len(edit.text)
            at = edit.end
        joins.extend(length + j - at for j in self.joins if at <= j)
        texts.append(self.text[at:])
        starts.append(self.starts[at:])
        ends.append(self.ends[at:])
        return View("".join(texts), np.concatenate(starts), np.concatenate(ends), tuple(joins))

    def rewritten(self, text: str) -> View:
        """The view with `text`, as long as its own: each character is another form of one."""
        if len(text) != len(self.text):
            raise ValueError("a rewritten view keeps its length")
        return self if text == self.text else replace(self, text=text)

    def _origin(self, start: int, end: int) -> tuple[int, int]:
        if start < end:
            return int(self.starts[start]), int(self.ends[end - 1])
        place = int(self.ends[start - 1]) if start else 0
        return place, place

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
            joined = any(span.start <= place < span.end for place in self.joins)
            if start < end and (span.score >= PROVED or not joined):
                found.append(replace(span, start=start, end=end))
        return found
