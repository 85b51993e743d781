"""Row-linked values of a batch: the values to find in a row's texts, and their pseudonyms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as hidden_field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.detect.linked.search import LinkedColumn, LinkedHit
from scrubber.model.fieldpath import FieldPath
from scrubber.model.finding import Piece
from scrubber.model.findings import Covers
from scrubber.model.opened import Opened, Rows
from scrubber.policy.plan import Apply, FieldPlan, Linked
from scrubber.transform.base import Context, Transform, transformed
from scrubber.transform.columns.distinct import readable_values
from scrubber.transform.surrogate.person import matching_parts

_PERSON = "PERSON"
_MAIL = "EMAIL_ADDRESS"


@dataclass(frozen=True)
class LinkedField:
    """A linked field of a batch: its flat `array`, and for each row the position of its first value
    and the number of its values."""

    linked: Linked
    array: pa.Array = hidden_field(repr=False)
    firsts: Rows = hidden_field(repr=False)
    counts: Rows = hidden_field(repr=False)

    @classmethod
    def of(cls, opened: Opened, linked: Linked) -> LinkedField:
        leaf = opened.leaf(linked.path)
        counts = np.bincount(leaf.rows, minlength=opened.num_rows).astype(np.int64)
        return cls(linked, leaf.plain, np.cumsum(counts) - counts, counts)

    @cached_property
    def column(self) -> LinkedColumn:
        """The values of each row as texts; null is empty, so that positions are kept."""
        texts = as_texts(self.array)
        if bool(np.all(self.counts == 1)):
            return LinkedColumn(self.linked.entity, [(text,) for text in texts])
        pairs = zip(self.firsts.tolist(), self.counts.tolist(), strict=True)
        values = [tuple(texts[first : first + count]) for first, count in pairs]
        return LinkedColumn(self.linked.entity, values)


def as_texts(array: pa.Array) -> list[str]:
    """Each value as it would appear in a text: a number by its digits, a date as ISO 8601; empty
    for null and for invalid UTF-8."""
    if pa.types.is_timestamp(array.type):
        local = pc.local_timestamp(array) if array.type.tz else array
        array = local.cast(pa.date32(), safe=False)
    elif pa.types.is_date64(array.type):
        array = array.cast(pa.date32(), safe=False)
    if not pa.types.is_large_string(array.type) and not pa.types.is_string(array.type):
        array = array.cast(pa.string())
    return [value if isinstance(value, str) else "" for value in readable_values(array)]


class Shown:
    """The pseudonyms in the columns of a batch, for the same values in its texts.

    `context(field, rows)` is the transform's context for the values of these rows.
    """

    def __init__(
        self,
        fields: Sequence[LinkedField],
        plans: Mapping[FieldPath, FieldPlan],
        context: Callable[[FieldPlan, Rows], Context],
    ) -> None:
        self._fields, self._plans, self._context = fields, plans, context
        self._cache: dict[tuple[int, int], list[str | None]] = {}

    def prepare(self, hits: Mapping[int, Sequence[LinkedHit]], rows: Rows) -> None:
        """Compute the pseudonyms for rows with matches, by one transform call per field."""
        wanted = sorted({int(rows[place]) for place in hits})
        for number, field in enumerate(self._fields):
            self._show(number, field, [row for row in wanted if (number, row) not in self._cache])

    def covers(
        self,
        covers: Covers,
        hits: Mapping[int, Sequence[LinkedHit]],
        rows: Rows,
        operator: Callable[[str], Transform | None],
    ) -> Covers:
        """`covers` with the columns' pseudonyms in pieces that are a linked value, if the text's
        operator is of the same family as the column's."""
        instead: list[str | None] = [None] * len(covers)
        for place, found in hits.items():
            row = int(rows[place])
            for number in covers.pieces_of(place):
                piece = covers.piece(number)
                instead[number] = self._instead(piece, found, row, operator(piece.action.name))
        return replace(covers, instead=instead)

    def names(self, rows: Iterable[int]) -> dict[int, dict[str, str]]:
        """By row: the stand-ins of the parts of its names in its columns."""
        found: dict[int, dict[str, str]] = {}
        for number, field in enumerate(self._fields):
            transform = self._transform(field)
            if field.column.label != _PERSON or transform is None or not transform.traits.realistic:
                continue
            for row in rows:
                shown = self._cache.get((number, row), [])
                for value, fresh in zip(field.column.values[row], shown, strict=False):
                    if value and fresh is not None:
                        parts = matching_parts(value, fresh)
                        found[row] = parts | found.get(row, {})
        return found

    def _instead(
        self, piece: Piece, hits: Sequence[LinkedHit], row: int, operator: Transform | None
    ) -> str | None:
        if operator is None or not _shared(operator):
            return None
        if operator.traits.realistic and piece.label == _PERSON:
            return None  # replaced part by part, by `names`
        inside = {
            (hit.column, hit.value, hit.whole, (hit.span.start, hit.span.end))
            for hit in hits
            if hit.span.label == piece.label
            and piece.start <= hit.span.start
            and hit.span.end <= piece.end
        }
        values = {(column, value) for column, value, _, _ in inside}
        if len(values) != 1:
            return None
        column, value, _, place = next(iter(inside))
        if column is None or type(self._transform(self._fields[column])) is not type(operator):
            return None
        shown = self._cache[column, row][value]
        if shown is None or any(one[2] for one in inside):
            return shown
        user = self._fields[column].linked.entity == _MAIL and operator.traits.realistic
        if user and place == (piece.start, piece.end) and "@" in shown:
            return shown.partition("@")[0]
        return None

    def _show(self, number: int, field: LinkedField, rows: Sequence[int]) -> None:
        transform = self._transform(field)
        if transform is None or not rows:
            self._cache |= {(number, row): [None] * int(field.counts[row]) for row in rows}
            return
        places = [int(field.firsts[row]) + i for row in rows for i in range(int(field.counts[row]))]
        owners = np.repeat(np.asarray(rows, np.int64), field.counts[list(rows)])
        context = self._context(self._plans[field.linked.path], owners)
        outcome = transformed(transform, field.array.take(pa.array(places, pa.int64())), context)
        shown: list[str | None] = [text or None for text in as_texts(outcome.array)]
        at = 0
        for row in rows:
            count = int(field.counts[row])
            self._cache[number, row] = shown[at : at + count]
            at += count

    def _transform(self, field: LinkedField) -> Transform | None:
        """The column's transform, if its pseudonyms can be shared with texts."""
        plan = self._plans[field.linked.path]
        disposition = plan.disposition
        if plan.cases or not isinstance(disposition, Apply):
            return None
        return disposition.transform if _shared(disposition.transform) else None


def _shared(transform: Transform) -> bool:
    return transform.traits.pseudonym and transform.traits.scope != "none"
