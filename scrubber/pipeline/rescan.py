"""A second look at some of the records that come out of a batch, and what is left in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

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
from scrubber.model.finding import outside_kept
from scrubber.model.layouts import plain
from scrubber.model.nested import Rows, leaf_values
from scrubber.model.tally import Tally
from scrubber.model.views import without_views
from scrubber.policy.plan import FieldPlan, Generalize, Keep, ScrubText, TablePlan

_ROWS, _FEWEST, _BYTES = 1_000, 50, 1 << 19
"""A sample of a batch: at most so many records, and about so many bytes, but not fewer records."""
_SEED = 0


@dataclass(frozen=True)
class Rescanned:
    """The number of scanned records, and the residuals by (field, entity, recognizer)."""

    rows: int = 0
    residual: Tally[tuple[str, str, str]] = field(default_factory=Tally)


def rescan(
    before: pa.Table,
    after: pa.Table,
    plan: TablePlan,
    ref: BatchRef,
    detector: Detector,
    *,
    every: bool,
) -> Rescanned:
    """Look again at records of `after`, which became of those of `before`, row by row.

    Fields of text and kept ones are looked at; what other transforms make is made up anew. A
    finding that the rules keep by its entity is not left but kept. The same records are chosen
    however the batch is worked on. Raises: DetectionError, with file and field, where recognizers
    run out of time on several texts.
    """
    chosen = range(after.num_rows) if every else _sample(without_views(after), plan, ref)
    if not len(chosen):
        return Rescanned()
    rows = pa.array(chosen, pa.int64())
    before, after = without_views(before).take(rows), without_views(after).take(rows)
    own = _identifiers(before, plan)
    residual: Counter[tuple[str, str, str]] = Counter()
    for one in plan.fields:
        passages = Counter(_passages(one, before, after, own))
        try:
            left = remaining(list(passages), detector)
        except DetectionError as error:
            raise error.at(Place(ref.source, field=str(one.path))) from None
        for times, spans in zip(passages.values(), left, strict=True):
            for span in outside_kept(spans, partial(_keeps, one)):
                if span == UNSEEN or _counts(one, span.label):
                    residual[str(one.path), span.label, span.recognizer] += times
    return Rescanned(len(chosen), Tally(residual))


def _sample(table: pa.Table, plan: TablePlan, ref: BatchRef) -> list[int]:
    """Records of `table`; by the length of their texts, which is the same in every process, as the
    memory that they take is not."""
    rows = table.num_rows
    looked = (_looked_at(one, table) for one in plan.fields)
    size = sum(pc.sum(pc.binary_length(found[0])).as_py() or 0 for found in looked if found)
    fitting = rows * _BYTES // max(size, 1)
    most = min(_ROWS, max(_FEWEST, fitting))
    return picked(rows, most, generator(_SEED, f"{ref.source}\0{ref.ordinal}"))


def _identifiers(table: pa.Table, plan: TablePlan) -> list[tuple[str, ...]]:
    """The direct identifiers that each record came with, as texts."""
    own: list[dict[str, None]] = [{} for _ in range(table.num_rows)]
    for one in plan.fields:
        if one.field_class is FieldClass.DIRECT_IDENTIFIER:
            values, rows = leaf_values(table, one.path)
            texts = text_labels(plain(values)).to_pylist()
            for text, row in zip(texts, rows.tolist(), strict=True):
                if text:
                    own[row][text] = None
    return [tuple(texts) for texts in own]


def _passages(
    one: FieldPlan, before: pa.Table, after: pa.Table, own: list[tuple[str, ...]]
) -> Iterator[Passage]:
    found = _looked_at(one, after)
    if found is None:
        return
    values, rows = found
    pairs = zip(
        text_labels(plain(leaf_values(before, one.path)[0])).to_pylist(),
        text_labels(values).to_pylist(),
        rows.tolist(),
        strict=True,
    )
    for was, became, row in pairs:
        if was and became:
            yield Passage(was, became, own[row])


def _looked_at(one: FieldPlan, after: pa.Table) -> tuple[pa.Array, Rows] | None:
    """The texts of a field, and the row of each; None for a field that is not looked at."""
    match one.disposition:
        case Keep() | ScrubText() | Generalize(level=0):
            values, rows = leaf_values(after, one.path)
            values = plain(values)
            text = pa.types.is_string(values.type) or pa.types.is_large_string(values.type)
            return (values, rows) if text else None
        case _:
            return None


def _keeps(one: FieldPlan, label: str) -> bool:
    """True if the rules keep findings with this label in the texts of a field."""
    text = one.disposition
    return isinstance(text, ScrubText) and isinstance(text.operator(label), Keep)


def _counts(one: FieldPlan, label: str) -> bool:
    """True if a finding with this label is one that should not be there."""
    if isinstance(one.disposition, ScrubText):
        return not _keeps(one, label)
    return entity(label).evidence
