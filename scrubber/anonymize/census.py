"""The census: the combinations of quasi-identifiers, with their numbers of records.

The census folds over the batches and writes nothing. Counts of unique combinations add up, so the
result depends on neither batches nor shards. Memory grows with the number of combinations only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.anonymize.counts import Combinations, Counter
from scrubber.anonymize.labels import (
    Labelled,
    label,
    sensitive_labels,
    subject_labels,
    text_labels,
)
from scrubber.errors import InputError, Place, TransformError
from scrubber.model.batch import Batch
from scrubber.model.fieldpath import FieldPath
from scrubber.model.opened import Opened
from scrubber.model.views import without_views
from scrubber.policy.derive.computing import with_derived
from scrubber.policy.plan import FieldPlan, Generalize, OnError, Plan, TablePlan
from scrubber.policy.records.judging import judge
from scrubber.privacy.hierarchy import GeneralizationHierarchy, Label
from scrubber.transform.base import Context, Transform, transformed
from scrubber.transform.keys import RootKey

_SUBJECT = "subject"

Ladder = dict[Label, tuple[Label, ...]]
Ladders = dict[str, Ladder]


@dataclass(frozen=True)
class Census:
    """The counts of combinations.

    `counts` has a column for each name in `quasi` and `sensitive`, then one for the subject; null
    is a null value or an unknown subject. `ladders` holds the levels above each value, for levels
    made by transforms.
    """

    quasi: tuple[str, ...]
    sensitive: tuple[str, ...]
    counts: Combinations = field(repr=False)
    ladders: Ladders = field(repr=False)


def _quasi(name: str) -> str:
    """The column of a quasi-identifier, distinct from all other names."""
    return f"q:{name}"


def _sensitive(name: str) -> str:
    return f"s:{name}"


def take_census(plan: Plan, batches: Iterable[Batch], key: RootKey | None) -> Census:
    """Count the records of `batches` that pass the row rules, in tables with quasi-identifiers.

    Raises: TransformError ``transform-failed`` for a failed value if ``on_error`` is ``fail`` (with
    ``drop_row`` the record is not counted); InputError ``hierarchy-value`` for a value that the
    transform of a level cannot take.
    """
    quasi, sensitive = _asked_about(plan)
    ladders: Ladders = {name: {} for name in quasi}
    counter = _counter(quasi, sensitive)
    for batch in batches:
        table_plan = plan.table(batch.ref.source)
        if table_plan.quasi:
            _count(plan, table_plan, batch, key, sensitive, ladders, counter)
    return Census(quasi, sensitive, counter.total(), ladders)


class CensusSum:
    """Adds up the censuses of parts of the records, in any order."""

    def __init__(self, plan: Plan) -> None:
        self._quasi, self._sensitive = _asked_about(plan)
        self._ladders: Ladders = {name: {} for name in self._quasi}
        self._counter = _counter(self._quasi, self._sensitive)

    def add(self, census: Census) -> None:
        self._counter.add_counted(census.counts)
        for name, ladder in census.ladders.items():
            self._ladders[name].update(ladder)

    def total(self) -> Census:
        """The sum so far."""
        return Census(self._quasi, self._sensitive, self._counter.total(), self._ladders)


def _counter(quasi: Sequence[str], sensitive: Sequence[str]) -> Counter:
    return Counter([*map(_quasi, quasi), *map(_sensitive, sensitive), _SUBJECT])


def _asked_about(plan: Plan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The quasi-identifiers, and the sensitive fields used by a model."""
    assert plan.privacy is not None
    tables = [table for table in plan.kinds if table.quasi]
    quasi = {str(f.path) for f in tables[0].quasi}
    models = [name for name, _ in plan.privacy.models]
    known = {str(f.path) for table in tables for f in table.sensitive}
    asked = {name for name in known if models and (None in models or name in models)}
    return tuple(sorted(quasi)), tuple(sorted(asked))


def _count(
    plan: Plan,
    table_plan: TablePlan,
    batch: Batch,
    key: RootKey | None,
    sensitive: tuple[str, ...],
    ladders: Ladders,
    counter: Counter,
) -> None:
    computed = with_derived(batch.table, table_plan.derived, plan.run_day)
    table = without_views(computed.table)
    judged = judge(plan, replace(batch, table=computed.table), key).kept
    for name, failed in computed.failed.items():
        field = table_plan.field(FieldPath((name,)))
        if (field.on_error or plan.on_error) is OnError.DROP_ROW:
            judged &= ~failed
    kept = np.flatnonzero(judged)
    if len(kept) < table.num_rows:
        table = table.take(pa.array(kept))
    asked = [f for f in table_plan.sensitive if str(f.path) in sensitive]
    labelled = label(Opened(table), [*table_plan.quasi, *asked], key)
    good = np.ones(table.num_rows, dtype=np.bool_)
    for column in labelled:
        if column.failed.any() and plan.on_error is OnError.FAIL:
            raise _failure(batch, column, int(kept[np.flatnonzero(column.failed)[0]]))
        if plan.on_error is OnError.DROP_ROW:
            good &= ~column.failed
        if isinstance(column.plan.disposition, Generalize):
            _climb(column, column.plan.disposition, ladders[str(column.plan.path)], key)
    columns = {}
    for column in labelled:
        name = str(column.plan.path)
        if isinstance(column.plan.disposition, Generalize):
            columns[_quasi(name)] = column.labels
        else:
            columns[_sensitive(name)] = sensitive_labels(column.labels)
    columns |= {
        _sensitive(name): pa.nulls(table.num_rows, pa.large_string())
        for name in sensitive
        if _sensitive(name) not in columns
    }
    columns[_SUBJECT] = _subjects(table, table_plan)
    keep = pa.array(good)
    counter.add({name: array.filter(keep) for name, array in columns.items()})


def _subjects(table: pa.Table, table_plan: TablePlan) -> pa.Array:
    if table_plan.subject is None:
        return pa.nulls(table.num_rows, pa.large_string())
    return subject_labels(Opened(table).leaf(table_plan.subject).plain)


def _climb(one: Labelled, disposition: Generalize, ladder: Ladder, key: RootKey | None) -> None:
    """Add the levels of new values."""
    if not disposition.levels.steps:
        return
    encoded = one.labels.dictionary_encode()
    first = np.full(len(encoded.dictionary), -1, dtype=np.int64)
    indices = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    at = np.arange(len(indices))[::-1]
    first[indices[at][indices[at] >= 0]] = at[indices[at] >= 0]
    labels = encoded.dictionary.to_pylist()
    new = [i for i, text in enumerate(labels) if text not in ladder]
    if not new:
        return
    values = one.values.take(pa.array(first[new]))
    levels = levels_of(values, disposition.levels.steps, Context(str(one.plan.path), key))
    for i, row in zip(new, zip(*levels, strict=True), strict=True):
        ladder[labels[i]] = (labels[i], *row)


def levels_of(values: pa.Array, steps: Sequence[Transform], context: Context) -> list[list[Label]]:
    """The results of each step for all `values`.

    Raises: InputError ``hierarchy-value`` for a value that a step cannot take.
    """
    levels = []
    for step in steps:
        outcome = transformed(step, values, context)
        if outcome.failed is not None and pc.any(outcome.failed).as_py():
            raise InputError(
                "hierarchy-value",
                f"{step.name} cannot take a value: {outcome.why}",
                place=Place(field=context.field),
                hint="name a hierarchy file, or give the field a transform that comes first",
            )
        levels.append(text_labels(outcome.array).to_pylist())
    return levels


def _failure(batch: Batch, one: Labelled, index: int) -> TransformError:
    return TransformError(
        "transform-failed",
        one.outcome.why or "a value could not be transformed",
        place=Place(batch.ref.source, batch.ref.first_row + index, str(one.plan.path)),
        hint=f"rule {one.plan.rule.mark}; or set on_error: null or drop_row",
    )


def hierarchy_of(
    one: FieldPlan, labels: Sequence[Label], ladder: Ladder
) -> GeneralizationHierarchy:
    """The hierarchy of a quasi-identifier with the distinct `labels`.

    Null is always a leaf of its own.

    Raises: InputError ``hierarchy-unmapped`` for a label that is not a leaf of the hierarchy file,
    ``hierarchy-bad``.
    """
    disposition = one.disposition
    assert isinstance(disposition, Generalize)
    name = str(one.path)
    rows: list[tuple[Label, ...]]
    if disposition.levels.rows:
        rows = list(disposition.levels.rows)
        known = {row[0]: row for row in rows}
        # White space around a value is ignored when matching, but other spellings stay separate.
        for text in labels:
            if text is None or text in known:
                continue
            if text.strip() not in known:
                raise InputError(
                    "hierarchy-unmapped",
                    "a value is missing in the hierarchy file",
                    place=Place(field=name),
                    hint="scrubber hierarchy drafts a file with every value",
                )
            rows.append((text, *known[text.strip()][1:]))
    elif disposition.levels.steps:
        rows = [ladder[text] for text in labels if text is not None]
    else:
        rows = [(text,) for text in labels if text is not None]
    if None in labels or not rows:
        width = len(rows[0]) if rows else 1
        roots = {row[-1] for row in rows}
        last = roots.pop() if width > 1 and len(roots) == 1 else None
        rows.append((*(None,) * (width - 1), last) if width > 1 else (None,))
    return GeneralizationHierarchy.of(name, rows)
