"""Detection in all texts of a batch: the findings of detectors, and those known from the record.

Distinct texts of a field are scanned once. Linked values and document consistency depend on the
record, so they are computed for records with something to link or to spread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as hidden_field

import numpy as np
import pyarrow as pa

from scrubber.detect.base import Detector, Seen
from scrubber.detect.linked.consistency import Consistency
from scrubber.detect.linked.search import LinkedHit, find_linked
from scrubber.errors import DetectionError
from scrubber.model.fieldpath import FieldPath
from scrubber.model.finding import Span
from scrubber.model.findings import Findings
from scrubber.model.opened import Leaf, Opened, Rows
from scrubber.pipeline.forms import Form, cuts, shown
from scrubber.pipeline.linked import LinkedField
from scrubber.policy.plan import Format, Linked, ScrubText, TablePlan, linked_of
from scrubber.transform.columns.distinct import readable_values


class GaveUp(Exception):
    """No more texts are scanned: `error` was one too many, in `row` of the field `path`."""

    def __init__(self, path: FieldPath, row: int, error: DetectionError) -> None:
        super().__init__()
        self.path, self.row, self.error = path, row, error


@dataclass(frozen=True)
class Looked:
    """The texts of one field and their findings.

    `dictionary` has the distinct texts, as detectors see them, and `forms` those that are read in a
    format, by their position there. `indices` maps each text (null: -1) to its position in
    `distinct`; `found` has the findings by that position, and `errors` the failures of texts that
    could not be scanned. `linked` and `again` hold, by the position of a text, findings known from
    its record: matches of linked values, and names found elsewhere in the document (`blind`: the
    failure of that search).
    """

    texts: pa.Array = hidden_field(repr=False)
    dictionary: pa.Array = hidden_field(repr=False)
    rows: Rows = hidden_field(repr=False)
    indices: Rows = hidden_field(repr=False)
    distinct: Sequence[object] = hidden_field(repr=False)
    found: Findings = hidden_field(repr=False)
    errors: Mapping[int, DetectionError] = hidden_field(repr=False)
    linked: Mapping[int, tuple[LinkedHit, ...]] = hidden_field(repr=False)
    again: dict[int, tuple[Span, ...]] = hidden_field(default_factory=dict, repr=False)
    blind: dict[int, DetectionError] = hidden_field(default_factory=dict, repr=False)
    forms: Mapping[int, Form] = hidden_field(default_factory=dict, repr=False)

    @property
    def seen(self) -> pa.Array:
        """The texts as detectors see them."""
        places = pa.array(self.indices, mask=self.indices < 0)
        return self.dictionary.take(places) if self.forms else self.texts

    def cuts(self, index: int, start: int, end: int) -> list[tuple[int, int]]:
        """The parts of a range of the distinct text `index` that may change."""
        form = self.forms.get(index)
        return [(start, end)] if form is None else cuts(form, start, end)

    def spans(self, place: int) -> tuple[Span, ...]:
        """All findings in the text at `place`."""
        return (*self.found.spans(int(self.indices[place])), *self._of_row(place))

    def _of_row(self, place: int) -> tuple[Span, ...]:
        linked = (hit.span for hit in self.linked.get(place, ()))
        return (*linked, *self.again.get(place, ()))

    @property
    def by_row(self) -> list[int]:
        """The positions of texts to which the record adds findings."""
        return sorted({*self.linked, *self.again})

    @property
    def alone(self) -> Rows:
        """`indices` of the texts to which the record adds nothing; -1 for the others."""
        alone = self.indices.copy()
        alone[self.by_row] = -1
        return alone

    @property
    def beside_rows(self) -> Rows:
        """`indices` of the texts to which the record adds findings; -1 for the others."""
        beside = np.full(len(self.indices), -1, np.int64)
        beside[self.by_row] = self.indices[self.by_row]
        return beside

    @property
    def added(self) -> Findings:
        """The findings that records add, by the positions of the texts."""
        return Findings.in_texts((place, self._of_row(place)) for place in self.by_row)

    def text(self, place: int) -> str | None:
        """The text at `place`; None for null or a text that could not be scanned."""
        index = int(self.indices[place])
        text = None if index < 0 else self.distinct[index]
        looked_at = isinstance(text, str) and index not in self.errors
        return str(text) if looked_at else None


def linked_fields(opened: Opened, plan: TablePlan) -> dict[Linked, LinkedField]:
    """The fields that any text field of the table links to."""
    wanted = dict.fromkeys(linked for field in plan.fields for linked in linked_of(field))
    return {linked: LinkedField.of(opened, linked) for linked in wanted}


def look(
    opened: Opened,
    plan: TablePlan,
    detector: Detector,
    consistency: Consistency,
    fields: Mapping[Linked, LinkedField],
    patience: int,
    instead: Mapping[FieldPath, Leaf],
) -> dict[FieldPath, Looked]:
    """Scan each text field of the table, or its replacement in `instead`; `fields` are its linked
    fields.

    Raises: GaveUp at the `patience`-th text of a field for which a recognizer exceeds its time
    limit.
    """
    looked: dict[FieldPath, Looked] = {}
    for field in plan.fields:
        if isinstance(field.disposition, ScrubText):
            columns = [fields[linked] for linked in field.disposition.linked]
            leaf = instead[field.path] if field.path in instead else opened.leaf(field.path)
            form = field.disposition.format
            looked[field.path] = _look_at(leaf, detector, columns, patience, form)
    if consistency.labels:
        _spread(looked, consistency, patience)
    return looked


def _look_at(
    leaf: Leaf,
    detector: Detector,
    columns: Sequence[LinkedField],
    patience: int,
    form: Format | None,
) -> Looked:
    encoded = leaf.plain.dictionary_encode()
    indices = encoded.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    dictionary, distinct = encoded.dictionary, readable_values(encoded.dictionary)
    forms: dict[int, Form] = {}
    if form is not None and form is not Format.TOKENS:
        seen = [shown(one, form) if isinstance(one, str) else None for one in distinct]
        forms = {i: one.form for i, one in enumerate(seen) if one is not None and one.form}
        if forms:
            distinct = [
                was if one is None else one.text for was, one in zip(distinct, seen, strict=True)
            ]
            readable = [one if isinstance(one, str) else None for one in distinct]
            dictionary = pa.array(readable, pa.large_string())
    try:
        found, errors = _detect(detector, distinct, patience)
    except DetectionError as error:
        if error.index is None:
            raise
        first = int(np.argmax(indices == error.index))
        raise GaveUp(leaf.path, int(leaf.rows[first]), error) from None
    linked: Mapping[int, tuple[LinkedHit, ...]] = {}
    if columns:
        each = [None if i < 0 else distinct[i] for i in indices.tolist()]
        linked = find_linked(each, leaf.rows.tolist(), [field.column for field in columns])
    return Looked(
        leaf.plain, dictionary, leaf.rows, indices, distinct, found, errors, linked, forms=forms
    )


def _detect(
    detector: Detector, texts: Sequence[object], patience: int
) -> tuple[Findings, Mapping[int, DetectionError]]:
    """The findings in the texts, and the error of each that could not be scanned."""
    readable = [i for i, text in enumerate(texts) if isinstance(text, str)]
    broken = DetectionError("text-encoding", "a text is not valid UTF-8")
    try:
        answers = detector.attempt([str(texts[i]) for i in readable], patience)
    except DetectionError as error:
        index = None if error.index is None else readable[error.index]
        raise DetectionError(error.code, error.text, index=index) from None
    seen: dict[int, Seen] = dict.fromkeys(range(len(texts)), broken)
    seen.update(zip(readable, answers, strict=True))
    errors = {i: one for i, one in seen.items() if isinstance(one, DetectionError)}
    found = {i: one for i, one in seen.items() if not isinstance(one, DetectionError)}
    return Findings.in_texts(found.items()), errors


def _spread(looked: Mapping[FieldPath, Looked], consistency: Consistency, patience: int) -> None:
    """Spread findings in one text of a record to its other texts."""
    fields = list(looked.values())
    for row in sorted({row for one in fields for row in _rows_with(one, consistency.labels)}):
        places = [(one, place) for one in fields for place in _places_of(one, row)]
        texts = [(one, place, one.text(place)) for one, place in places]
        known = [(one, place, text) for one, place, text in texts if text is not None]
        try:
            more = consistency.more(
                [text for _, _, text in known], [one.spans(place) for one, place, _ in known]
            )
        except DetectionError as error:  # an exclusion exceeded its time limit
            patience -= 1
            if patience <= 0:
                raise GaveUp(next(iter(looked)), row, error) from None
            for one, place, _ in known:
                one.blind[place] = DetectionError(error.code, error.text)
            continue
        for (one, place, _), spans in zip(known, more, strict=True):
            if spans:
                one.again[place] = spans


def _rows_with(looked: Looked, labels: frozenset[str]) -> set[int]:
    """The rows with a finding of one of these labels in their texts."""
    bearing = np.zeros(len(looked.distinct) + 1, dtype=np.bool_)  # the last one for null
    bearing[looked.found.texts[looked.found.labelled(labels.__contains__)]] = True
    rows = set(looked.rows[bearing[looked.indices]].tolist())
    for place, hits in looked.linked.items():
        if any(hit.span.label in labels for hit in hits):
            rows.add(int(looked.rows[place]))
    return rows


def _places_of(looked: Looked, row: int) -> range:
    """The positions of the texts of `row`; rows never decrease along a flat leaf."""
    first, last = np.searchsorted(looked.rows, [row, row + 1])
    return range(int(first), int(last))
