"""Fields that point into a text, in a sample, and their place in drafted rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from scrubber.model.fieldpath import FieldPath, leaves
from scrubber.model.opened import Opened
from scrubber.model.views import without_views
from scrubber.pipeline.offsets import pointing
from scrubber.policy import WrittenRule
from scrubber.policy.plan import Positions, Realign

_ROLES = ("start", "end", "pair", "copy")


def pointing_fields(table: pa.Table, texts: Sequence[str]) -> dict[FieldPath, Realign]:
    """The fields of a table that point into one of the fields `texts`, and those beside them."""
    opened = Opened(without_views(table))
    found = leaves(opened.table.schema)
    wanted = [path for path, _ in found if str(path) in texts]
    return dict(pointing(opened, wanted, found))


def realigned_rules(
    rules: Sequence[WrittenRule], tables: Sequence[pa.Table]
) -> tuple[WrittenRule, ...]:
    """The rules with ``realign:`` in those of texts, and without rules for fields that move."""
    texts = [rule.name for rule in rules if "entities" in rule.decision]
    found: dict[FieldPath, Realign] = {}
    for table in tables:
        found |= pointing_fields(table, texts)
    entries: dict[str, dict[Positions, None]] = {}
    for realign in found.values():
        entries.setdefault(str(realign.text), {})[realign.positions] = None
    moved = {str(path) for path in found} - entries.keys()
    made = []
    for rule in rules:
        if rule.name in entries:
            told = [_entry(one) for one in entries[rule.name]]
            rule = replace(rule, decision={**rule.decision, "realign": told})
        if rule.name not in moved:
            made.append(rule)
    return tuple(made)


def _entry(positions: Positions) -> Mapping[str, Any]:
    parts = {role: getattr(positions, role) for role in _ROLES}
    ends = {"ends": "inclusive"} if positions.inclusive else {}
    return {role: str(path) for role, path in parts.items() if path is not None} | ends
