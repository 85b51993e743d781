"""Rewriting texts: what a Cover covers is replaced, the rest stays, and offsets can be moved along.

Positions are Unicode code points.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as hidden_field
from typing import Any

import pyarrow as pa

from scrubber.errors import TransformError
from scrubber.model.arrow_errors import ARROW_ERRORS
from scrubber.model.finding import Cover, Piece
from scrubber.transform.base import Context, Outcome, Strictness, Transform, transformed
from scrubber.transform.columns.distinct import readable_values
from scrubber.transform.columns.graphemes import boundary_after, boundary_before

__all__ = ["OffsetMap", "Operator", "Rewritten", "rewrite", "rewrite_column", "widen"]

Operator = Callable[[str], Transform | None]
_Spot = tuple[int, int, str]  # one piece of one text: its row, its number there, what it covers


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
    out: list[str] = []
    old: list[tuple[int, int]] = []
    new: list[tuple[int, int]] = []
    at = length = 0
    for piece, replacement in zip(cover.pieces, replacements, strict=True):
        if not at <= piece.start < piece.end <= len(text):
            raise _outside()
        length += piece.start - at
        out += (text[at : piece.start], replacement)
        old.append((piece.start, piece.end))
        new.append((length, length + len(replacement)))
        length += len(replacement)
        at = piece.end
    out.append(text[at:])
    return Rewritten("".join(out), OffsetMap(tuple(old), tuple(new)))


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
    texts: pa.Array, covers: Sequence[Cover], operator: Operator, context: Context
) -> Outcome:
    """Every text of `texts` rewritten under the cover of its row, one transform call per group.

    `texts` is an array of a text type, and so is the result; `covers` has one cover per row (an
    empty one for null). ``operator(name)`` is the transform behind the name of an action, or None
    for an action of strictness KEEP, whose pieces stay as they are. Pieces are widened to whole
    characters, then all pieces of one action and label go through their transform as one array,
    with `label` and the `document`, `subject` and `record` of their rows in the context; a piece
    whose replacement is known (`instead`) gets that.

    Null stays null. A text is failed as a whole, and null, when one of its pieces is, or when it
    is not valid UTF-8. Raises: TransformError ``cover-outside``, and ``no-operator`` where an
    action that is not KEEP has no transform.
    """
    if len(covers) != len(texts):
        raise ValueError("one cover per text is needed")
    values = readable_values(texts)
    failed = [value is not None and not isinstance(value, str) for value in values]
    changes: dict[int, Cover] = {}
    groups: dict[tuple[str, str], list[_Spot]] = {}
    for row, cover in enumerate(covers):
        if not cover.pieces or failed[row]:
            continue
        active = _active(values[row], cover, operator)
        changes[row] = active
        for index, piece in enumerate(active.pieces):
            if piece.instead is not None:
                continue
            spot = (row, index, values[row][piece.start : piece.end])
            groups.setdefault((piece.action.name, piece.label), []).append(spot)
    why = "a text is not valid UTF-8" if any(failed) else ""
    filled: dict[int, list[str]] = {
        row: [piece.instead or "" for piece in cover.pieces] for row, cover in changes.items()
    }
    for (name, label), spots in groups.items():
        results, reason = _transformed(operator(name), label, spots, context)
        for (row, index, _), result in zip(spots, results, strict=True):
            if isinstance(result, str):
                filled[row][index] = result
            else:
                failed[row] = True
                why = why or f"{label}: {reason or 'a finding could not be transformed'}"
    return _rebuilt(texts, values, changes, filled, failed, why)


def _active(text: str | None, cover: Cover, operator: Operator) -> Cover:
    """The pieces that change, widened to whole characters; also over a kept neighbour."""
    pieces = []
    for piece in cover.pieces:
        if text is None or piece.end > len(text):
            raise _outside()
        if operator(piece.action.name) is not None:
            pieces.append(piece)
        elif piece.action.strictness != Strictness.KEEP:
            raise TransformError("no-operator", "a finding's action has no transform")
    return widen(text or "", Cover(tuple(pieces)))


def _transformed(
    transform: Transform | None, label: str, spots: Sequence[_Spot], context: Context
) -> tuple[list[Any], str]:
    """The results of `transform` for the covered texts (no str where it failed), and why it
    failed."""
    assert transform is not None  # _active left only pieces that have one
    rows = pa.array([row for row, _, _ in spots], pa.int64())
    here = replace(
        context,
        label=label,
        document=None if context.document is None else context.document.take(rows),
        subject=None if context.subject is None else context.subject.take(rows),
        record=None if context.record is None else context.record.take(rows),
    )
    covered = pa.array([text for _, _, text in spots], pa.large_string())
    outcome = transformed(transform, covered, here)
    return outcome.array.to_pylist(), outcome.why


def _rebuilt(
    texts: pa.Array,
    values: list[Any],
    changes: dict[int, Cover],
    filled: dict[int, list[str]],
    failed: list[bool],
    why: str,
) -> Outcome:
    if not changes and not any(failed):
        return Outcome(texts)
    result = [None if bad else value for value, bad in zip(values, failed, strict=True)]
    for row, cover in changes.items():
        if not failed[row]:
            result[row] = rewrite(values[row], cover, filled[row]).text
    try:
        array = pa.array(result, texts.type)
    except (*ARROW_ERRORS, UnicodeError, OverflowError):
        raise TransformError("not-representable", "a rewritten text cannot be stored") from None
    if isinstance(array, pa.ChunkedArray):
        raise TransformError("text-too-large", f"the texts of a batch outgrew {texts.type}")
    return Outcome(array, pa.array(failed, pa.bool_()) if any(failed) else None, why)


def _outside() -> TransformError:
    return TransformError("cover-outside", "a cover does not lie in its text")
