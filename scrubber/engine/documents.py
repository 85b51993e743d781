"""What a value stands in: the document of a row, and the subject whose data the row is."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from scrubber.engine.layouts import plain
from scrubber.engine.linking import LinkedField
from scrubber.model.fieldpath import FieldPath
from scrubber.model.nested import leaf_values
from scrubber.policy.plan import Apply, FieldPlan, ScrubText, TablePlan, transforms_of
from scrubber.transform.distinct import readable_values
from scrubber.transform.keys import RootKey, keyed_digest
from scrubber.transform.pseudonymize import DateShift


def document_ids(
    table: pa.Table, plan: TablePlan, key: RootKey | None, linked: Iterable[LinkedField] = ()
) -> pa.Array | None:
    """One opaque id per row, equal for rows with the same texts and the same linked values, or None
    where nothing asks for it.

    A document is a row: all its fields of class text together. Its id is a keyed digest of those
    texts, so that sameness does not depend on the order of rows or on the sharding; and of the
    values that they link to, since those decide what stands for a name in it.
    """
    texts = [f for f in plan.fields if isinstance(f.disposition, ScrubText)]
    if key is None or not any(
        transform.traits.needs_key for f in texts for transform in transforms_of(f.disposition)
    ):
        return None
    base = keyed_digest(key.derive("document", ""))
    digests = [base.copy() for _ in range(table.num_rows)]
    for number, field in enumerate(texts):
        tag = number.to_bytes(4, "big")
        values, rows = leaf_values(table, field.path)
        for value, row in zip(readable_values(plain(values)), rows.tolist(), strict=True):
            if isinstance(value, str):  # what is not UTF-8 is failed later
                data = value.encode("utf-8", "surrogatepass")
                digests[row].update(tag + len(data).to_bytes(8, "big") + data)
    for number, one in enumerate(linked, start=len(texts)):
        tag = number.to_bytes(4, "big")
        for row, here in enumerate(one.column.values):
            for text in here:
                data = text.encode("utf-8", "surrogatepass")
                digests[row].update(tag + len(data).to_bytes(8, "big") + data)
    return pa.array([digest.digest() for digest in digests], pa.binary())


def subject_of(table: pa.Table, plan: TablePlan, field: FieldPlan) -> pa.Array | None:
    """The subject of each row, as the field's transform asks for it: a column named by the
    transform's `context`, else the rule file's `subject`; None where it asks for none."""
    if not isinstance(field.disposition, Apply):
        return None
    transform = field.disposition.transform
    if not isinstance(transform, DateShift):
        return None
    path = FieldPath((transform.context,)) if transform.context is not None else plan.subject
    if path is None:
        return None
    return plain(leaf_values(table, path)[0])
