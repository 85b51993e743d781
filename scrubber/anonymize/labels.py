"""Labels: the values of a field as the text that equivalence classes are counted by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.formats.tables.text import as_text
from scrubber.model.layouts import plain
from scrubber.model.nested import leaf_values
from scrubber.policy.plan import FieldPlan, transforms_of
from scrubber.transform.base import Context, Outcome
from scrubber.transform.keys import RootKey

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]

LABEL = pa.large_string()


@dataclass(frozen=True)
class Labelled:
    """A field's values as they are counted: `values` after the field's own transform, `labels` the
    same as text, null where a value is null or failed."""

    plan: FieldPlan
    values: pa.Array = field(repr=False)
    labels: pa.Array = field(repr=False)
    outcome: Outcome = field(repr=False)

    @property
    def failed(self) -> Flags:
        if self.outcome.failed is None:
            return np.zeros(len(self.values), dtype=np.bool_)
        flags: Flags = self.outcome.failed.to_numpy(zero_copy_only=False)
        return flags


def label(table: pa.Table, fields: Sequence[FieldPlan], key: RootKey | None) -> list[Labelled]:
    """The values of `fields`, which lie at the top of `table`, after their transforms."""
    return [_label(table, one, key) for one in fields]


def text_labels(values: pa.Array) -> pa.Array:
    """`values` in the text that formats write them as; a text that is not UTF-8 is null."""
    text = as_text(values)
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        raw = text.cast(pa.large_binary())
        return pa.array([_decoded(one) for one in raw.to_pylist()], LABEL)
    return text


def _decoded(raw: bytes | None) -> str | None:
    try:
        return None if raw is None else raw.decode()
    except UnicodeDecodeError:
        return None


def _label(table: pa.Table, one: FieldPlan, key: RootKey | None) -> Labelled:
    values = plain(leaf_values(table, one.path)[0])
    outcome = Outcome(values)
    for transform in transforms_of(one.disposition):
        outcome = transform.apply(values, Context(field=str(one.path), key=key))
    labels = text_labels(outcome.array)
    unreadable = pc.and_(pc.is_valid(outcome.array), pc.is_null(labels))
    if pc.any(unreadable).as_py():
        failed = unreadable if outcome.failed is None else pc.or_(unreadable, outcome.failed)
        blank = pc.if_else(failed, pa.scalar(None, outcome.array.type), outcome.array)
        outcome = Outcome(blank, failed, outcome.why or "a text is not valid UTF-8")
    return Labelled(one, outcome.array, labels, outcome)
