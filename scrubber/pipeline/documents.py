"""The context of a value: the document of its row, and the subject of the row."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from scrubber.model.batch import BatchRef
from scrubber.model.fieldpath import FieldPath
from scrubber.model.opened import Opened, Rows
from scrubber.pipeline.linked import LinkedField
from scrubber.policy.plan import (
    Drop,
    FieldPlan,
    Realign,
    ScrubText,
    TablePlan,
    beside_fields,
    linked_of,
    transforms_in,
    transforms_of,
    treatments,
)
from scrubber.transform.base import PerSubject
from scrubber.transform.columns.distinct import readable_values
from scrubber.transform.crypto.prf import framed
from scrubber.transform.keys import RootKey, keyed_digest


def document_ids(
    opened: Opened, plan: TablePlan, key: RootKey | None, linked: Collection[LinkedField] = ()
) -> pa.Array | None:
    """An opaque id per row, equal for rows with equal texts and equal linked values; None if it is
    not needed.

    A document is a row, with all its text fields together. Its id is a keyed digest of those texts,
    so it depends neither on the order of rows nor on the sharding. It also covers the linked
    values and languages, since they decide the stand-ins of names.
    """
    texts = [f for f in plan.fields if isinstance(f.disposition, ScrubText)]
    if key is None or not any(
        transform.traits.needs_key for f in texts for transform in transforms_of(f.disposition)
    ):
        return None
    base = keyed_digest(key.derive("document", ""))
    digests = [base.copy() for _ in range(opened.num_rows)]
    for number, field in enumerate(texts):
        tag = number.to_bytes(4, "big")
        leaf = opened.leaf(field.path)
        for value, row in zip(readable_values(leaf.plain), leaf.rows.tolist(), strict=True):
            if isinstance(value, str):  # invalid UTF-8 fails later
                data = value.encode("utf-8", "surrogatepass")
                digests[row].update(tag + len(data).to_bytes(8, "big") + data)
    for number, one in enumerate(linked, start=len(texts)):
        tag = number.to_bytes(4, "big")
        for row, here in enumerate(one.column.values):
            for text in here:
                data = text.encode("utf-8", "surrogatepass")
                digests[row].update(tag + len(data).to_bytes(8, "big") + data)
    languages = dict.fromkeys(column for one in texts if (column := beside_column(one)) is not None)
    for number, column in enumerate(languages, start=len(texts) + len(linked)):
        tag = number.to_bytes(4, "big")
        for row, value in enumerate(readable_values(opened.leaf(column).plain)):
            text = value if isinstance(value, str) else ""
            digests[row].update(tag + framed(text.encode("utf-8", "surrogatepass")))
    return pa.array([digest.digest() for digest in digests], pa.binary())


def record_ids(field: FieldPlan, ref: BatchRef, places: Rows) -> pa.Array | None:
    """An id for each of several records, given by their positions (`places`) in the batch from 0;
    None if it is not needed.

    It consists of the source's name and the record's number there, so it depends neither on batches
    nor on workers, and a copy of a file has other ids.
    """
    if not any(one.traits.scope == "none" for one in transforms_in(field)):
        return None
    source = ref.source.encode("utf-8", "surrogatepass")
    return pa.array([b"%b:%d" % (source, ref.first_row + i) for i in places.tolist()], pa.binary())


def subject_column(plan: TablePlan, field: FieldPlan) -> FieldPath | None:
    """The column of the field's subject: the column in the transform's `context`, or else the rule
    file's `subject`; None if it is not needed."""
    steps = transforms_in(field)
    transform = next((step for step in steps if isinstance(step, PerSubject)), None)
    if transform is None:
        return None
    named = transform.subject_field()
    return FieldPath((named,)) if named is not None else plan.subject


def beside_column(field: FieldPlan) -> FieldPath | None:
    """The column whose values the field's transforms need beside its own; None if it is not
    needed."""
    named = beside_fields(treatments(field))
    return FieldPath((named[0],)) if named else None


def unasked_for(plan: TablePlan) -> frozenset[str]:
    """The columns whose values are not needed: dropped columns that no transform or text refers to.
    Empty if rules judge whole records."""
    if plan.row_rules or plan.records.judges:
        return frozenset()
    asked = {plan.subject.column} if plan.subject is not None else set()
    for one in plan.fields:
        if not isinstance(one.disposition, Drop):
            asked.add(one.path.column)
        asked |= {linked.path.column for linked in linked_of(one)}
        if isinstance(one.disposition, Realign):
            told = one.disposition.positions
            parts = (one.disposition.text, told.start, told.end, told.copy)
            asked |= {path.column for path in parts if path is not None}
        asked |= {path.column for case in one.cases for _, path in case.columns}
        for column in (subject_column(plan, one), beside_column(one)):
            asked |= {column.column} if column is not None else set()
    asked |= {name for derived in plan.derived for name in derived.inputs}
    return frozenset({one.path.column for one in plan.fields} - asked)


class Subject(NamedTuple):
    """The subjects of several values, with cached results of transforms for them."""

    values: pa.Array
    worked_out: dict[Hashable, pa.Array]


class Subjects:
    """The subjects of a table's rows, looked up once for all fields with one value per row."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._of_rows: dict[FieldPath, Subject] = {}

    def of(self, column: FieldPath, rows: Rows) -> Subject:
        """The subjects of values in `rows`, from a column of the table."""
        if column not in self._of_rows:
            self._of_rows[column] = Subject(self._opened.leaf(column).plain, {})
        found = self._of_rows[column]
        if np.array_equal(rows, np.arange(self._opened.num_rows)):
            return found
        return Subject(found.values.take(pa.array(rows)), {})
