"""The rescan of some output records of a batch, and their residuals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.anonymize.labels import text_labels
from scrubber.assess import UNSEEN, Passage, remaining
from scrubber.detect.base import Detector
from scrubber.errors import DetectionError, Place
from scrubber.formats.sampling import generator, picked
from scrubber.model.batch import BatchRef
from scrubber.model.entities import entity
from scrubber.model.fieldclass import FieldClass
from scrubber.model.findings import Findings
from scrubber.model.opened import Leaf, Opened, Rows
from scrubber.model.tally import Tally
from scrubber.model.views import without_views
from scrubber.policy.plan import (
    Disposition,
    FieldPlan,
    Generalize,
    Keep,
    Realign,
    ScrubText,
    TablePlan,
    treatments,
)

_ROWS, _FEWEST, _BYTES = 1_000, 50, 1 << 19
"""A sample of a batch: maximum number of records, minimum number of records, and approximate
bytes."""
_SEED = 0


@dataclass(frozen=True)
class Rescanned:
    """The number of scanned records, and the residuals by (field, entity, recognizer)."""

    rows: int = 0
    residual: Tally[tuple[str, str, str]] = field(default_factory=Tally)


def rescan(
    before: Opened,
    after: pa.Table,
    plan: TablePlan,
    ref: BatchRef,
    detector: Detector,
    *,
    every: bool,
) -> Rescanned:
    """Rescan records of `after`, which correspond to those of `before`, row by row.

    Text fields and kept fields are scanned; results of other transforms are synthetic. A finding
    whose entity the rules keep is not a residual. The choice of records does not depend on the
    execution.

    Raises: DetectionError, with file and field, if recognizers exceed their time limit on several
    texts.
    """
    result = Opened(without_views(after))
    rows = np.arange(result.num_rows, dtype=np.int64) if every else _sample(result, plan, ref)
    if not len(rows):
        return Rescanned()
    own = _identifiers(before, plan, rows)
    residual: Counter[tuple[str, str, str]] = Counter()
    for one in plan.fields:
        passages = Counter(_passages(one, before, result, rows, own))
        try:
            left = remaining(list(passages), detector)
        except DetectionError as error:
            raise error.at(Place(ref.source, field=str(one.path))) from None
        found = Findings.of(left).outside_kept(partial(_keeps, one))
        times = np.array(list(passages.values()), np.int64)
        for (label, recognizer), count in found.counts(times).items():
            if label == UNSEEN.label or _counts(one, label):
                residual[str(one.path), label, recognizer] += count
    return Rescanned(len(rows), Tally(residual))


def _sample(result: Opened, plan: TablePlan, ref: BatchRef) -> Rows:
    """Choose records by the length of their texts. It is equal in all processes, unlike their
    memory use."""
    count = result.num_rows
    looked = (_looked_at(one, result) for one in plan.fields)
    size = sum(pc.sum(pc.binary_length(one.plain)).as_py() or 0 for one in looked if one)
    fitting = count * _BYTES // max(size, 1)
    most = min(_ROWS, max(_FEWEST, fitting))
    return np.array(picked(count, most, generator(_SEED, f"{ref.source}\0{ref.ordinal}")), np.int64)


def _identifiers(before: Opened, plan: TablePlan, rows: Rows) -> list[tuple[str, ...]]:
    """The direct identifiers in the input of each record, as texts."""
    own: list[dict[str, None]] = [{} for _ in rows]
    for one in plan.fields:
        if one.field_class is FieldClass.DIRECT_IDENTIFIER:
            leaf = before.leaf(one.path).among(rows)
            texts = text_labels(leaf.plain).to_pylist()
            for text, row in zip(texts, leaf.rows.tolist(), strict=True):
                if text:
                    own[row][text] = None
    return [tuple(texts) for texts in own]


def _passages(
    one: FieldPlan, before: Opened, result: Opened, rows: Rows, own: list[tuple[str, ...]]
) -> Iterator[Passage]:
    looked = _looked_at(one, result)
    if looked is None:
        return
    after = looked.among(rows)
    pairs = zip(
        text_labels(before.leaf(one.path).among(rows).plain).to_pylist(),
        text_labels(after.plain).to_pylist(),
        after.rows.tolist(),
        strict=True,
    )
    for was, became, row in pairs:
        if was and became:
            yield Passage(was, became, own[row])


def _looked_at(one: FieldPlan, result: Opened) -> Leaf | None:
    """The texts of a field; None for a field that is not scanned."""
    if any(map(_leaves_values, treatments(one))):
        leaf = result.leaf(one.path)
        kind = leaf.plain.type
        return leaf if pa.types.is_string(kind) or pa.types.is_large_string(kind) else None
    return None


def _leaves_values(disposition: Disposition) -> bool:
    match disposition:
        case Keep() | ScrubText() | Realign() | Generalize(level=0):
            return True
        case _:
            return False


def _keeps(one: FieldPlan, label: str) -> bool:
    """True if the rules keep findings with this label in the texts of a field."""
    text = one.disposition
    return isinstance(text, ScrubText) and isinstance(text.operator(label), Keep)


def _counts(one: FieldPlan, label: str) -> bool:
    """True if a finding with this label is a residual."""
    if isinstance(one.disposition, ScrubText):
        return not _keeps(one, label)
    return entity(label).evidence
