"""Rewriting texts: what a Cover covers is replaced, the rest stays, and offsets can be moved along.

Positions are Unicode code points.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as hidden_field
from typing import Any

import numpy as np
import pyarrow as pa

from scrubber.errors import TransformError
from scrubber.model.arrow_errors import ARROW_ERRORS
from scrubber.model.finding import Action, Cover, Piece
from scrubber.model.findings import Covers, Ints
from scrubber.transform.base import Context, Outcome, Strictness, Transform, transformed
from scrubber.transform.columns.distinct import readable_values
from scrubber.transform.columns.graphemes import boundary_after, boundary_before

__all__ = ["OffsetMap", "Operator", "Rewritten", "rewrite", "rewrite_column", "widen"]

Operator = Callable[[str], Transform | None]


@dataclass(frozen=True, slots=True)
class OffsetMap:
    """The spans of an old text in the new one.

    `old` and `new` are the half-open ranges of the pieces in either text, sorted, in step.
    """

    old: tuple[tuple[int, int], ...] = ()
    new: tuple[tuple[int, int], ...] = ()

    def map(self, start: int, end: int) -> tuple[int, int]:
        """The range of the new text for the range `start` <= i < `end` of the old one.

        A range outside every piece moves; one that overlaps a piece grows to hold the whole of
        its replacement. Raises: ValueError unless 0 <= start < end.

        >>> OffsetMap(old=((0, 3),), new=((0, 6),)).map(4, 6)  # "Ann is" -> "{NAME} is"
        (7, 9)
        """
        if not 0 <= start < end:
            raise ValueError("a range needs 0 <= start < end")
        return self._start(start), self._end(end)

    def touches(self, start: int, end: int) -> bool:
        """True if a piece lies in the range of the old text, at least in part."""
        i = bisect_right(self.old, start, key=lambda piece: piece[1])
        return i < len(self.old) and self.old[i][0] < end

    def point(self, at: int) -> int:
        """The place in the new text of a place in the old one; within a piece, its beginning."""
        return self._start(at)

    def _start(self, at: int) -> int:
        # the last piece that begins at or before `at`
        i = bisect_right(self.old, at, key=lambda piece: piece[0]) - 1
        if i < 0:
            return at
        inside = at < self.old[i][1]
        return self.new[i][0] if inside else self.new[i][1] + at - self.old[i][1]

    def _end(self, at: int) -> int:
        # the last piece that begins before `at`
        i = bisect_left(self.old, at, key=lambda piece: piece[0]) - 1
        if i < 0:
            return at
        return self.new[i][1] + max(at - self.old[i][1], 0)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A new text, and how the ranges of the old one map to it."""

    text: str = hidden_field(repr=False)
    offsets: OffsetMap


def rewrite(text: str, cover: Cover, replacements: Sequence[str]) -> Rewritten:
    """`text` with ``replacements[i]`` in place of ``cover.pieces[i]``, and nothing else changed.

    Total for every text and every cover whose pieces lie in it, one replacement per piece.

    Raises: TransformError ``cover-outside`` where a piece reaches beyond the text or into another
    piece: such a cover belongs to another text, and clipping it would leave what it was to hide.
    ValueError where the replacements are not as many as the pieces.

    >>> from scrubber.model.finding import Action
    >>> cover = Cover((Piece(5, 8, "PERSON", Action(70, "redact")),))
    >>> rewrite("I am Ann.", cover, ["{PERSON}"]).text
    'I am {PERSON}.'
    """
    pieces = [(piece.start, piece.end) for piece in cover.pieces]
    return Rewritten(_spliced(text, pieces, replacements), _moves(pieces, replacements))


def _moves(pieces: Sequence[tuple[int, int]], replacements: Sequence[str]) -> OffsetMap:
    new: list[tuple[int, int]] = []
    grown = 0
    for (start, end), replacement in zip(pieces, replacements, strict=True):
        new.append((start + grown, start + grown + len(replacement)))
        grown += len(replacement) - (end - start)
    return OffsetMap(tuple(pieces), tuple(new))


def _spliced(text: str, pieces: Iterable[tuple[int, int]], replacements: Iterable[str]) -> str:
    out: list[str] = []
    at = 0
    for (start, end), replacement in zip(pieces, replacements, strict=True):
        if not at <= start < end <= len(text):
            raise _outside()
        out += (text[at:start], replacement)
        at = end
    out.append(text[at:])
    return "".join(out)


def widen(text: str, cover: Cover) -> Cover:
    """`cover` with every piece grown so that it cuts no character of `text` in two.

    A finding may end before the combining marks, joiners or variation selectors of its last
    letter; left behind, they would be a rest of it. A piece does not grow into its neighbours,
    which cover what they hold themselves.
    """
    if text.isascii():
        return cover
    pieces: list[Piece] = []
    for i, piece in enumerate(cover.pieces):
        floor = pieces[-1].end if pieces else 0
        last = i + 1 == len(cover.pieces)
        ceiling = len(text) if last else cover.pieces[i + 1].start
        start = max(boundary_before(text, piece.start), floor)
        end = min(boundary_after(text, piece.end), max(ceiling, piece.end))
        same = (start, end) == (piece.start, piece.end)
        pieces.append(piece if same else replace(piece, start=start, end=end))
    return Cover(tuple(pieces))


def rewrite_column(
    texts: pa.Array,
    covers: Covers,
    operator: Operator,
    context: Context,
    offsets: dict[int, OffsetMap] | None = None,
) -> Outcome:
    """Every text of `texts` rewritten under its cover, one transform call per group.

    `texts` is an array of a text type, and so is the result; null has no pieces.
    ``operator(name)`` is the transform behind the name of an action, or None for an action of
    strictness KEEP, whose pieces stay as they are. Pieces are widened to whole characters, then all
    pieces of one action and label go through their transform as one array, with `label` and the
    `document`, `subject` and `record` of their rows in the context; a piece whose replacement is
    known (`instead`) gets that. `offsets`, if given, gets the offset map of each text that
    changes, by its position.

    Null stays null. A text is failed as a whole, and null, when one of its pieces is, or when it
    is not valid UTF-8. Raises: TransformError ``cover-outside``, and ``no-operator`` where an
    action that is not KEEP has no transform.
    """
    values = readable_values(texts)
    failed = [value is not None and not isinstance(value, str) for value in values]
    why = "a text is not valid UTF-8" if any(failed) else ""
    active = _active(values, failed, covers, operator)
    pieces = list(zip(active.starts.tolist(), active.ends.tolist(), strict=True))
    filled: list[str | None] = list(active.instead) or [None] * len(active)
    for (action, label), places in _groups(active, filled):
        rows = active.texts[places]
        covered = [
            values[row][slice(*pieces[place])]
            for row, place in zip(rows.tolist(), places.tolist(), strict=True)
        ]
        results, reason = _transformed(operator(action.name), label, rows, covered, context)
        for row, place, result in zip(rows.tolist(), places.tolist(), results, strict=True):
            filled[place] = result
            if not isinstance(result, str):
                failed[row] = True
                why = why or f"{label}: {reason or 'a finding could not be transformed'}"
    if not pieces and not any(failed):
        return Outcome(texts)
    rewritten = [None if bad else value for value, bad in zip(values, failed, strict=True)]
    for row, here in active.by_text():
        if not failed[row]:
            rewritten[row] = _spliced(values[row], pieces[here], map(str, filled[here]))
            if offsets is not None:
                offsets[row] = _moves(pieces[here], list(map(str, filled[here])))
    flags = pa.array(failed, pa.bool_()) if any(failed) else None
    return Outcome(_stored(rewritten, texts.type), flags, why)


def _active(
    values: Sequence[Any], failed: Sequence[bool], covers: Covers, operator: Operator
) -> Covers:
    """The pieces that change, widened to whole characters; also over a kept neighbour."""
    if covers.texts.max(initial=-1) >= len(values):
        raise _outside()
    covers = covers.only(~np.array(failed, dtype=np.bool_)[covers.texts])
    lengths = np.array([len(v) if isinstance(v, str) else -1 for v in values], np.int64)
    if (covers.ends > lengths[covers.texts]).any():
        raise _outside()
    changes = np.array([operator(action.name) is not None for action in covers.actions], np.bool_)
    for code in np.unique(covers.codes).tolist():
        if not changes[code] and covers.actions[code].strictness != Strictness.KEEP:
            raise TransformError("no-operator", "a finding's action has no transform")
    if len(covers):
        covers = covers.only(changes[covers.codes])
    starts, ends = covers.starts.copy(), covers.ends.copy()
    for row, here in covers.by_text():
        if not values[row].isascii():
            wide = widen(values[row], covers.of_text(row)).pieces
            starts[here] = [piece.start for piece in wide]
            ends[here] = [piece.end for piece in wide]
    return replace(covers, starts=starts, ends=ends)


def _groups(
    covers: Covers, filled: Sequence[str | None]
) -> Iterator[tuple[tuple[Action, str], Ints]]:
    """The places of the pieces that are not filled, by action and label, in the order in which
    these come first."""
    places = np.flatnonzero([one is None for one in filled])
    keys = covers.codes[places] * len(covers.label_names) + covers.labels[places]
    _, firsts, groups = np.unique(keys, return_index=True, return_inverse=True)
    for group in np.argsort(firsts):
        members = places[groups == group]
        code, label = covers.codes[members[0]], covers.labels[members[0]]
        yield (covers.actions[code], covers.label_names[label]), members


def _transformed(
    transform: Transform | None, label: str, rows: Ints, covered: Sequence[str], context: Context
) -> tuple[list[Any], str]:
    """The results of `transform` for texts covered in these rows (no str where it failed), and why
    it failed."""
    assert transform is not None  # _active left only pieces that have one
    here = replace(context.taken(pa.array(rows)), label=label)
    outcome = transformed(transform, pa.array(covered, pa.large_string()), here)
    return outcome.array.to_pylist(), outcome.why


def _stored(values: list[Any], kind: pa.DataType) -> pa.Array:
    try:
        array = pa.array(values, kind)
    except (*ARROW_ERRORS, UnicodeError, OverflowError):
        raise TransformError("not-representable", "a rewritten text cannot be stored") from None
    if isinstance(array, pa.ChunkedArray):
        raise TransformError("text-too-large", f"the texts of a batch outgrew {kind}")
    return array


def _outside() -> TransformError:
    return TransformError("cover-outside", "a cover does not lie in its text")
