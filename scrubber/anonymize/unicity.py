"""Unicity of an output: the records that its fields single out for a recipient."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from scrubber.anonymize.labels import subject_labels, text_labels
from scrubber.anonymize.recheck import keeps_subject
from scrubber.anonymize.singling import flat_fields, hashes
from scrubber.model.fieldpath import FieldPath
from scrubber.model.opened import Opened
from scrubber.model.views import without_views
from scrubber.policy.plan import Drop, FieldPlan, ScrubText, TablePlan, transforms_of, treatments
from scrubber.privacy.singled_records import (
    Fields,
    Kept,
    SingledRecords,
    candidates,
    estimate,
    kept,
    one_in,
    singled_records,
)
from scrubber.privacy.unicity import Hashes, Subjects

SAMPLED = 1 << 13
"""Records by which fields are compared. A smaller table is counted as a whole."""
_PLAIN = (
    pa.types.is_integer,
    pa.types.is_float32,
    pa.types.is_float64,
    pa.types.is_boolean,
    pa.types.is_date32,
)


@dataclass(frozen=True)
class Known:
    """The `fields` of an output table that others may know, and its subject, if persons are as
    distinguishable as in the source. `key` makes their hashes."""

    fields: tuple[str, ...]
    subject: str | None
    key: int = field(repr=False)

    @classmethod
    def of(cls, plan: TablePlan, key: int) -> Known:
        """The fields that others may know: one value per record, neither text nor made with the
        key."""
        subject = str(plan.subject) if plan.subject is not None and keeps_subject(plan) else None
        names = [str(one.path) for one in plan.fields if _is_known(one)]
        return cls(tuple(name for name in names if name != subject), subject, key)

    def columns(self, tables: Iterable[pa.Table], names: Sequence[str] | None = None) -> Columns:
        """The hashes of the fields `names` (all of them by default), and the subjects, in
        `tables`."""
        parts: dict[str, list[Hashes]] = {name: [] for name in names or self.fields}
        subjects: list[Subjects] = []
        for table in tables:
            opened, paths = Opened(without_views(table)), flat_fields(table.schema)
            for name in parts:
                parts[name].append(self._hashes(opened, paths.get(name), name))
            if self.subject is not None:
                subjects.append(self._subjects(opened, paths.get(self.subject)))
        return Columns(
            {name: _joined(each) for name, each in parts.items()},
            None if self.subject is None else np.concatenate([*subjects, np.zeros(0, np.int64)]),
        )

    def _hashes(self, opened: Opened, path: FieldPath | None, name: str) -> Hashes:
        if path is None:  # a key that no record of this piece has
            return np.zeros(opened.num_rows, dtype=np.uint64)
        plain = opened.leaf(path).plain
        if not any(is_plain(plain.type) for is_plain in _PLAIN):
            plain = text_labels(plain)
        return hashes(plain, self.key, name)

    def _subjects(self, opened: Opened, path: FieldPath | None) -> Subjects:
        if path is None:
            return np.zeros(opened.num_rows, dtype=np.int64)
        return hashes(subject_labels(opened.leaf(path).plain), self.key, "").view(np.int64)


@dataclass(frozen=True)
class Columns:
    """The hashes of records by field, and their subjects, if known."""

    hashes: Mapping[str, Hashes] = field(repr=False)
    subjects: Subjects | None = field(repr=False)

    @property
    def records(self) -> int:
        return len(next(iter(self.hashes.values()), ()))

    @classmethod
    def together(cls, parts: Sequence[Columns]) -> Columns:
        """The records of all parts; at least one."""
        subjects = [part.subjects for part in parts if part.subjects is not None]
        return cls(
            {name: _joined([part.hashes[name] for part in parts]) for name in parts[0].hashes},
            np.concatenate(subjects) if subjects else None,
        )

    def kept(self, combinations: Sequence[Fields], of: int) -> tuple[Kept, ...]:
        """The records looked at for each combination of fields."""
        return tuple(kept(self.hashes, fields, self.subjects, of) for fields in combinations)

    def candidates(self, *, whole: bool) -> tuple[Fields, ...]:
        """The combinations of fields worth looking at."""
        return candidates(self.hashes, self.subjects, whole=whole)


def singled_in(
    combinations: Sequence[Fields], parts: Sequence[tuple[Kept, ...]], records: int
) -> SingledRecords:
    """The records that the best of `combinations` single out, from the records looked at in all
    parts of a table."""
    of = one_in(records)
    estimates = [
        estimate(fields, Kept.together([part[i] for part in parts]), of)
        for i, fields in enumerate(combinations)
    ]
    return singled_records(records, estimates, of)


def _is_known(one: FieldPlan) -> bool:
    """True for a field of one value per record that a recipient may know from elsewhere, under some
    condition at least."""
    if one.path.nested:
        return False
    return any(
        not isinstance(each, Drop | ScrubText)
        and not any(t.traits.needs_key for t in transforms_of(each))
        for each in treatments(one)
    )


def _joined(parts: Sequence[Hashes]) -> Hashes:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint64)
