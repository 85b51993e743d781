"""Labels: the text of a field's values, by which equivalence classes are counted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.formats.tables.text import as_text, has_text, is_binary, unwrapped
from scrubber.model.opened import Opened
from scrubber.policy.plan import FieldPlan, transforms_of
from scrubber.transform.base import Context, Outcome, transformed
from scrubber.transform.columns.distinct import distinctly
from scrubber.transform.crypto.canonical import canonical
from scrubber.transform.keys import RootKey

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]

LABEL = pa.large_string()
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,100}(?:\.[0-9]{0,100})?|\.[0-9]{1,100})")


@dataclass(frozen=True)
class Labelled:
    """The counted values of a field: `values` after its transform, and `labels`, their text. A
    label is null for a null or failed value."""

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


def label(opened: Opened, fields: Sequence[FieldPlan], key: RootKey | None) -> list[Labelled]:
    """The values of `fields`, which are columns of the table, after their transforms."""
    return [_label(opened.leaf(one.path).plain, one, key) for one in fields]


def text_labels(values: pa.Array) -> pa.Array:
    """The text of `values`, as formats write it. Null for bytes that are not UTF-8, and for types
    without text."""
    values = unwrapped(values)
    if is_binary(values.type):
        return pa.array([_decoded(one) for one in values.to_pylist()], LABEL)
    if not has_text(values.type):
        return pa.nulls(len(values), LABEL)
    text = as_text(values)
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        raw = text.cast(pa.large_binary())
        return pa.array([_decoded(one) for one in raw.to_pylist()], LABEL)
    return text


def subject_labels(values: pa.Array) -> pa.Array:
    """The subjects of records, canonical as for keyed functions: 7, 7.0 and "7" are one subject,
    and so are two Unicode spellings of a name. Null for an unknown subject."""
    form = canonical(values, floats=True)
    if form is None:
        return text_labels(values)

    def each(distinct: pa.Array) -> Outcome:
        forms = [
            None if body is None else (form.tag + body).decode("latin-1")
            for body in form.bodies(distinct).to_pylist()
        ]
        return Outcome(pa.array(forms, LABEL))

    return distinctly(form.values, each, LABEL).array


def sensitive_labels(labels: pa.Array) -> pa.Array:
    """`labels` without differences that make one value look like several: case, blanks, invisible
    characters, Unicode spellings, and number formats. Null for a blank label."""
    return distinctly(
        labels, lambda some: Outcome(pa.array(map(_plain_label, some.to_pylist()), LABEL)), LABEL
    ).array


def _plain_label(text: str) -> str | None:
    seen = "".join(ch for ch in unicodedata.normalize("NFKC", text) if not _invisible(ch))
    folded = " ".join(unicodedata.normalize("NFC", seen.casefold()).split())
    if _NUMBER.fullmatch(folded):
        number = f"{Decimal(folded).normalize():f}"
        return "0" if number == "-0" else number
    return folded or None


def _invisible(ch: str) -> bool:
    return unicodedata.category(ch) in ("Cf", "Cc") and not ch.isspace()


def _decoded(raw: bytes | None) -> str | None:
    try:
        return None if raw is None else raw.decode()
    except UnicodeDecodeError:
        return None


def _label(values: pa.Array, one: FieldPlan, key: RootKey | None) -> Labelled:
    outcome = Outcome(values)
    for transform in transforms_of(one.disposition):
        outcome = transformed(transform, values, Context(field=str(one.path), key=key))
    labels = text_labels(outcome.array)
    unreadable = pc.and_(pc.is_valid(outcome.array), pc.is_null(labels))
    if pc.any(unreadable).as_py():
        failed = unreadable if outcome.failed is None else pc.or_(unreadable, outcome.failed)
        blank = pc.if_else(failed, pa.scalar(None, outcome.array.type), outcome.array)
        outcome = Outcome(blank, failed, outcome.why or "a text is not valid UTF-8")
    return Labelled(one, outcome.array, labels, outcome)
