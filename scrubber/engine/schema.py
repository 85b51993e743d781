"""The schema of the scrubbed table: its types, and what is left of the metadata.

Metadata can hold values: Polars notes the words of an Enum in a field, Hugging Face those of a
ClassLabel and GeoParquet a bounding box in the schema. So the metadata of a field survives only
where the field is kept as it is, and what is known of the schema's to describe values survives
only where every field is (docs/decisions/0007).
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
    {b"huggingface", b"geo", b"org.apache.spark.sql.parquet.row.metadata"}
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
    if not changed or not schema.metadata:
        return result
    left = {k: v for k, v in schema.metadata.items() if k not in _DESCRIBES_VALUES}
    noted = left.pop(b"pandas", None)
    if noted is not None:
        same = {f.name for f in result if f.type.equals(schema.field(f.name).type)}
        left |= _pandas(noted, frozenset(result.names), frozenset(same))
    return result.with_metadata(left or None)


def _pandas(noted: bytes, names: frozenset[str], same: frozenset[str]) -> dict[bytes, bytes]:
    """What pandas noted, about fields that are left and index columns that are left alone.

    A field that changed its type is not noted any more: pandas takes the type from the data.
    """
    try:
        facts: Any = json.loads(noted)
        facts["columns"] = [
            column
            for column in facts["columns"]
            if (column["field_name"] or column["name"]) in same
        ]
        facts["index_columns"] = [
            index for index in facts["index_columns"] if isinstance(index, dict) or index in names
        ]
        return {b"pandas": json.dumps(facts).encode()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
