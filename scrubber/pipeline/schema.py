"""The schema of the scrubbed table: its types, and the remaining admitted metadata."""

from __future__ import annotations

import pyarrow as pa

from scrubber.formats import ABSENT
from scrubber.formats.metadata import Metadata, fewer
from scrubber.model.fieldpath import FieldPath
from scrubber.model.nested import map_types
from scrubber.policy.plan import Keep, TablePlan, field_type
from scrubber.policy.record_rules import RecordPlan


def output_schema(schema: pa.Schema, plan: TablePlan) -> pa.Schema:
    """The schema of the scrubbed table: names and order of the remaining fields are kept.

    A changed field loses the name of its extension type.
    """
    decided = {field.path: field for field in plan.fields}
    changed = [
        path
        for path, field in decided.items()
        if field.cases or not isinstance(field.disposition, Keep)
    ]

    def annotate(path: FieldPath, metadata: Metadata) -> Metadata:
        if not metadata or not any(one.within(path) for one in changed):
            return metadata
        return {key: value for key, value in metadata.items() if key == ABSENT} or None

    result = map_types(schema, lambda path, kind: field_type(decided[path], kind), annotate)
    whole = not plan.row_rules and plan.records == RecordPlan()
    noted = fewer(schema.metadata, schema, result, whole=whole)
    return pa.schema(list(result), metadata=noted)
