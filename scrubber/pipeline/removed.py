"""The fingerprints of what a batch loses: removed identifiers, and runs of words of its texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

import pyarrow as pa

from scrubber.assess.leaks.kinds import UNKNOWN
from scrubber.assess.leaks.prints import Fingerprinter, Prints
from scrubber.assess.leaks.words import seen_text
from scrubber.model.fieldclass import FieldClass
from scrubber.model.finding import Span
from scrubber.model.opened import Leaf, Opened
from scrubber.pipeline.detection import Looked
from scrubber.policy.plan import FieldPlan, Keep, Realign, ScrubText, TablePlan, transforms_in
from scrubber.transform.base import Kind, kind_of
from scrubber.transform.columns.distinct import readable_values

_PERSON, _FIRST, _LAST = "PERSON", "FIRST_NAME", "LAST_NAME"
_READABLE = frozenset({Kind.TEXT, Kind.INTEGER})


class Removed:
    """Collects the values of one batch. With `verbatim`, runs of words in scrubbed texts too."""

    def __init__(self, prints: Fingerprinter, *, verbatim: bool) -> None:
        self._prints, self._verbatim = prints, verbatim
        self._values: defaultdict[str, set[str]] = defaultdict(set)
        self._texts: list[str] = []

    def column(self, field: FieldPlan, leaf: Leaf) -> None:
        """Add the values of a column that is transformed or dropped, if they identify."""
        kind = _kind(field)
        if kind is not None:
            self._values[kind].update(value for value in _texts(leaf.plain) if value)

    def findings(self, looked: Looked, keeps: Callable[[str], bool]) -> None:
        """Add the findings in the texts of a field, without those kept by their label."""
        by_text = looked.found.outside_kept(keeps)
        used = set(looked.indices.tolist())
        for number, text in enumerate(readable_values(looked.dictionary)):
            if number in used and isinstance(text, str):
                self._spans(text, by_text.spans(number), keeps)
        by_row = looked.added
        if len(by_row):
            seen = readable_values(looked.seen)
            for place in looked.by_row:
                self._spans(str(seen[place]), by_row.spans(place), keeps)

    def texts(self, scrubbed: pa.Array) -> None:
        """Add scrubbed texts, of which a model learns."""
        if self._verbatim:
            self._texts.extend(text for text in readable_values(scrubbed) if isinstance(text, str))

    def names(self, opened: Opened, table: TablePlan) -> None:
        """Add the full names of records whose columns hold their parts."""
        parts = [
            [_texts(opened.leaf(one.path).plain) for one in table.fields if _is_part(one, entity)]
            for entity in (_FIRST, _LAST)
        ]
        for first in parts[0]:
            for last in parts[1]:
                pairs = zip(first, last, strict=True)
                self._values[_PERSON].update(f"{a} {b}" for a, b in pairs if a and b)

    def total(self) -> Prints:
        """The fingerprints of all that was added."""
        values = {
            kind: self._prints.of_values(kind, values) for kind, values in self._values.items()
        }
        found = Prints({kind: marks for kind, marks in values.items() if len(marks)})
        return Prints.together([found, self._prints.of_texts(self._texts)])

    def _spans(self, text: str, spans: Iterable[Span], keeps: Callable[[str], bool]) -> None:
        end = 0
        for span in sorted(spans, key=lambda one: (one.start, -one.end)):
            if span.end > end and not keeps(span.label):
                end = span.end
                value = text[span.start : span.end]
                self._values[span.label].add(seen_text(value) or value)


def _kind(field: FieldPlan) -> str | None:
    """The entity of an identifying column; None for any other."""
    if field.entity is not None:
        return field.entity
    direct = field.field_class is FieldClass.DIRECT_IDENTIFIER
    pseudonyms = any(step.traits.linkable for step in transforms_in(field))
    return UNKNOWN if direct or (field.field_class is None and pseudonyms) else None


def _is_part(field: FieldPlan, entity: str) -> bool:
    whole = isinstance(field.disposition, Keep | ScrubText | Realign)
    return field.entity == entity and not field.path.nested and not whole


def _texts(values: pa.Array) -> list[str | None]:
    """The values as text, null for those of kinds that identify nobody."""
    kind = kind_of(values.type)
    if kind not in _READABLE:
        return [None] * len(values)
    read = readable_values(values) if kind is Kind.TEXT else values.to_pylist()
    return [None if one is None or isinstance(one, bytes) else str(one) for one in read]
