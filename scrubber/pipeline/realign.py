"""Positions in a text, and copies of parts of it, moved along with the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
import pyarrow as pa

from scrubber.model.fieldpath import FieldPath
from scrubber.model.findings import Flags
from scrubber.model.opened import Leaf, Opened, Rows
from scrubber.policy.plan import Positions, Unit
from scrubber.transform.base import Outcome
from scrubber.transform.columns.distinct import readable_values
from scrubber.transform.rewrite import OffsetMap

NO_POSITION = -1
"""The start of what is not in the text, such as the answer of a question without one."""

OUTSIDE = "a position lies outside of its text"
CONTRADICTED = "the words at the positions are not those of the copy"
ABSENT = "the copied words are not in the text"
CUT = "a position cuts a character in two"
UNEVEN = "lists of positions and copies differ in length"
NO_TEXT = "a position points into a text that is null"
TOO_LARGE = "a moved position is too large for its type"

_ENCODINGS = {Unit.BYTES: "utf-8", Unit.UTF16: "utf-16-le"}


class _Wrong(ValueError):
    """A fault of a position, without any value of the data."""


@dataclass(frozen=True)
class Rewritten:
    """The texts of a field before and after, and the offset map of each that changed. A text that
    failed is null after."""

    before: Leaf
    after: pa.Array = field(repr=False)
    offsets: Mapping[int, OffsetMap] = field(repr=False)


def realigned(opened: Opened, path: FieldPath, positions: Positions, texts: Rewritten) -> Outcome:
    """The values at `path`, moved along with `texts`; null stays null.

    A value fails where its position lies outside of its text, cuts a character, contradicts its
    copy, or where its copy is not in the text.
    """
    leaf = opened.leaf(path)
    pointing = _Pointing.of(opened, leaf, positions, len(texts.before.lists))
    units = _Units(positions.unit)
    before, after = readable_values(texts.before.plain), readable_values(texts.after)
    role = positions.role(path)
    limit = None if role == "copy" else np.iinfo(leaf.plain.type.to_pandas_dtype()).max
    values = readable_values(leaf.plain)
    made: list[object] = list(values)
    failed, why = np.zeros(len(values), dtype=np.bool_), ""
    for i, value in enumerate(values):
        number, start, end, copy = pointing.at(i)
        if value is None or (role == "pair" and i not in pointing.ordinals):
            continue
        old, new = before[number], after[number]
        try:
            if pointing.uneven[i]:
                raise _Wrong(UNEVEN)
            if isinstance(old, str) and not isinstance(new, str):
                made[i] = None  # the text itself is reported
                continue
            found = _moved(old, new, texts.offsets.get(number), start, end, copy, positions, units)
            if found is not None:
                part = pointing.ordinals[i] if role == "pair" else role
                made[i] = found[part]
            if limit is not None and isinstance(made[i], int) and made[i] > limit:  # type: ignore[operator]
                raise _Wrong(TOO_LARGE)
        except _Wrong as wrong:
            made[i], failed[i] = None, True
            why = why or str(wrong)
    array = pa.array(made, leaf.plain.type)
    return Outcome(array, pa.array(failed), why) if failed.any() else Outcome(array)


def _moved(
    old: object,
    new: object,
    offsets: OffsetMap | None,
    start: int | None,
    end: int | None,
    copy: str | None,
    positions: Positions,
    units: _Units,
) -> dict[str, object] | None:
    """The new start, end and copy; None where they stay as they are."""
    last = 1 if positions.inclusive else 0
    if start is None or (start == NO_POSITION and end in (None, NO_POSITION)):
        if start is not None and copy:
            raise _Wrong(CONTRADICTED)
        return None if not copy else _copied(old, new, offsets, copy)
    if not isinstance(old, str) or not isinstance(new, str):
        raise _Wrong(NO_TEXT)
    first = units.inward(old, start)
    if end is not None:
        behind = units.inward(old, end + last)
    else:
        behind = first + len(copy) if copy else first
    if not first <= behind <= len(old):
        raise _Wrong(OUTSIDE)
    if copy is not None and old[first:behind] != copy:
        raise _Wrong(CONTRADICTED)
    if offsets is None:
        return None
    if first < behind:
        moved, moved_end = offsets.map(first, behind)
    else:
        moved = moved_end = offsets.point(first)
    return {
        "start": units.outward(new, moved),
        "end": units.outward(new, moved_end) - last,
        "copy": new[moved:moved_end],
    }


def _copied(
    old: object, new: object, offsets: OffsetMap | None, copy: str
) -> dict[str, object] | None:
    """The copy of a part whose place is not told: of its places, the first that changed counts."""
    if not isinstance(old, str) or not isinstance(new, str):
        raise _Wrong(NO_TEXT)
    at = old.find(copy)
    if at < 0:
        raise _Wrong(ABSENT)
    while at >= 0 and offsets is not None:
        if offsets.touches(at, at + len(copy)):
            start, end = offsets.map(at, at + len(copy))
            return {"copy": new[start:end]}
        at = old.find(copy, at + 1)
    return None


class _Units:
    """Positions in a unit as code points, and back."""

    def __init__(self, unit: Unit) -> None:
        self._encoding = _ENCODINGS.get(unit)
        self._width = 2 if unit is Unit.UTF16 else 1
        self._known: tuple[str, list[int]] = ("", [0])

    def inward(self, text: str, at: int) -> int:
        """The code points before `at` units. Raises: _Wrong."""
        if at < 0:
            raise _Wrong(OUTSIDE)
        if self._encoding is None or text.isascii():
            if at > len(text):
                raise _Wrong(OUTSIDE)
            return at
        places = self._places(text)
        if at > places[-1]:
            raise _Wrong(OUTSIDE)
        found = int(np.searchsorted(places, at))
        if places[found] != at:
            raise _Wrong(CUT)
        return found

    def outward(self, text: str, at: int) -> int:
        """The units before the code point `at`."""
        return at if self._encoding is None or text.isascii() else self._places(text)[at]

    def _places(self, text: str) -> list[int]:
        """The units before each code point, and those of the whole text."""
        if self._known[0] != text:
            assert self._encoding is not None, "code points need no table"
            sizes = (len(ch.encode(self._encoding, "surrogatepass")) // self._width for ch in text)
            self._known = text, list(accumulate(sizes, initial=0))
        return self._known[1]


@dataclass(frozen=True)
class _Pointing:
    """For each value of a leaf the number of its text, and the start, end and copy beside it."""

    texts: Rows
    start: Sequence[int | None]
    end: Sequence[int | None]
    copy: Sequence[str | None]
    uneven: Flags
    ordinals: Mapping[int, str]

    def at(self, i: int) -> tuple[int, int | None, int | None, str | None]:
        return int(self.texts[i]), self.start[i], self.end[i], self.copy[i]

    @classmethod
    def of(cls, opened: Opened, leaf: Leaf, positions: Positions, depth: int) -> _Pointing:
        texts = leaf.elements(depth)
        uneven = np.zeros(len(leaf.rows), dtype=np.bool_)
        if positions.pair is not None:
            return cls(texts, *_pairs(leaf), [None] * len(uneven), uneven, _ordinals(leaf))
        found: dict[str, Sequence[object]] = {}
        for role in ("start", "end", "copy"):
            path = getattr(positions, role)
            if path is None:
                found[role] = [None] * len(uneven)
            else:
                found[role], differs = _beside(leaf, opened.leaf(path))
                uneven |= differs
        start, end, copy = (found[role] for role in ("start", "end", "copy"))
        words = [one if isinstance(one, str) else None for one in copy]
        return cls(texts, start, end, words, uneven, {})  # type: ignore[arg-type]


def _beside(leaf: Leaf, other: Leaf) -> tuple[Sequence[object], Flags]:
    """The values of `other` beside those of `leaf`, and marks where the lists of both differ in
    length."""
    values = readable_values(other.plain)
    same = np.zeros(len(leaf.rows), dtype=np.bool_)
    if not leaf.lists or np.array_equal(leaf.lists[-1], other.lists[-1]):
        return values, same
    depth = len(leaf.lists) - 1
    own, theirs = leaf.elements(depth), other.elements(depth)
    firsts, lasts = np.searchsorted(theirs, own), np.searchsorted(theirs, own, side="right")
    ordinal = np.arange(len(own)) - np.searchsorted(own, own)
    count = np.searchsorted(own, own, side="right") - np.searchsorted(own, own)
    places = firsts + ordinal
    found = [
        values[place] if place < last else None
        for place, last in zip(places.tolist(), lasts.tolist(), strict=True)
    ]
    return found, count != lasts - firsts


def _ordinals(leaf: Leaf) -> dict[int, str]:
    """The values that are the first or the second of their list."""
    own = leaf.elements(len(leaf.lists) - 1)
    place = np.arange(len(own)) - np.searchsorted(own, own)
    return {
        i: "start" if ordinal == 0 else "end"
        for i, ordinal in enumerate(place.tolist())
        if ordinal < 2
    }


def _pairs(leaf: Leaf) -> tuple[list[int | None], list[int | None]]:
    """The first and the second value of the list that each value is in."""
    own = leaf.elements(len(leaf.lists) - 1)
    values = readable_values(leaf.plain)
    firsts, lasts = np.searchsorted(own, own), np.searchsorted(own, own, side="right")
    starts = [values[first] for first in firsts.tolist()]
    ends = [
        values[first + 1] if first + 1 < last else None
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)
    ]
    return starts, ends
