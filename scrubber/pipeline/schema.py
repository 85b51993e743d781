"""The schema of the scrubbed table: its types, and what is left of the metadata.

Metadata can hold values: Polars notes the words of an Enum in a field, Hugging Face those of a
ClassLabel, GeoParquet a bounding box in the schema, and pandas the attributes of a frame and how
many rows it had. So the metadata of a field survives only where the field is kept as it is, and
what is known of the schema's to describe values survives only where every field and record is
(docs/decisions/0007).
"""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from scrubber.formats import ABSENT
from scrubber.model.fieldpath import FieldPath
from scrubber.model.nested import Metadata, map_types
from scrubber.policy.plan import Keep, TablePlan, output_type

_DESCRIBES_VALUES = frozenset(
    {b"huggingface", b"geo", b"org.apache.spark.sql.parquet.row.metadata", b"PANDAS_ATTRS"}
)


def output_schema(schema: pa.Schema, plan: TablePlan) -> pa.Schema:
    """The schema of the scrubbed table: names and order stay where fields do."""
    decided = {field.path: field.disposition for field in plan.fields}
    changed = [path for path, disposition in decided.items() if not isinstance(disposition, Keep)]

    def annotate(path: FieldPath, metadata: Metadata) -> Metadata:
        if not metadata or not any(one.within(path) for one in changed):
            return metadata
        return {key: value for key, value in metadata.items() if key == ABSENT} or None

    result = map_types(schema, lambda path, kind: output_type(decided[path], kind), annotate)
    if not schema.metadata or not (changed or plan.row_rules):
        return result
    left = {k: v for k, v in schema.metadata.items() if k not in _DESCRIBES_VALUES}
    noted = left.pop(b"pandas", None)
    if noted is not None:
        same = {f.name for f in result if f.type.equals(schema.field(f.name).type)}
        left |= _pandas(noted, frozenset(result.names), frozenset(same), whole=not plan.row_rules)
    return result.with_metadata(left or None)


def _is_special(index: Any) -> bool:
    """Whether a range index is another than the one that pandas gives by itself."""
    return (index["start"], index["step"], index["name"]) != (0, 1, None)


def _pandas(
    noted: bytes, names: frozenset[str], same: frozenset[str], *, whole: bool
) -> dict[bytes, bytes]:
    """What pandas noted, about fields that are left and index columns that are left alone.

    A field that changed its type is not noted any more: pandas takes the type from the data. Nor
    are the number of categories and a plain range index (or any, where rules drop records), which
    tell what there was before; nor the frame's attributes, which no rule decides.
    """
    try:
        facts: Any = json.loads(noted)
        facts.pop("attributes", None)
        facts["columns"] = [
            column
            for column in facts["columns"]
            if (column["field_name"] or column["name"]) in same
        ]
        facts["index_columns"] = [
            index
            for index in facts["index_columns"]
            if (index in names if isinstance(index, str) else whole and _is_special(index))
        ]
        for column in facts["columns"]:
            if isinstance(column["metadata"], dict):
                column["metadata"].pop("num_categories", None)
        return {b"pandas": json.dumps(facts).encode()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
