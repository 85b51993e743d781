"""Row-linked values: the identifiers of a row's own columns, looked for in that row's text.

What no model can know, the table does: that Gray is this patient's name, so that "gray, n." in the
notes is, too. A text is folded once, and most values are ruled out by a search for a few letters;
what is left is looked at closely.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as hidden_field

from scrubber.detect.folding import Folded, fold, squash
from scrubber.detect.identifiers import Identifier, code, date, mailbox, phone, phrase
from scrubber.detect.names import Names, name_words
from scrubber.model.finding import Span

__all__ = ["ENTITIES", "RECOGNIZER", "LinkedColumn", "LinkedHit", "find_linked", "label_of"]

RECOGNIZER = "linked"
IDENTITY = (RECOGNIZER, "1")  # the version rises when its answers change
_SCORE = 1.0

_NAMES = frozenset({"PERSON", "FIRST_NAME", "LAST_NAME"})
_MAKERS: Mapping[str, Callable[[str], list[Identifier]]] = {
    "EMAIL_ADDRESS": mailbox,
    "PHONE_NUMBER": phone,
    "DATE_TIME": date,
    "DATE_OF_BIRTH": date,
    "LOCATION": phrase,
    "ADDRESS": phrase,
    "STREET_ADDRESS": phrase,
    "CITY": phrase,
    "ORGANIZATION": phrase,
    "NRP": phrase,
    "ID": code,
}
_LABELS = {
    "FIRST_NAME": "PERSON",
    "LAST_NAME": "PERSON",
    "ADDRESS": "LOCATION",
    "STREET_ADDRESS": "LOCATION",
    "CITY": "LOCATION",
}

ENTITIES: frozenset[str] = _NAMES | frozenset(_MAKERS)
"""The entities that are looked for in a way of their own; every other one is a code, like ID."""


def label_of(entity: str) -> str:
    """How text calls what a column calls `entity`: a last name is a PERSON there.

    >>> label_of("LAST_NAME"), label_of("US_SSN")
    ('PERSON', 'US_SSN')
    """
    return _LABELS.get(entity, entity)


@dataclass(frozen=True, slots=True)
class LinkedColumn:
    """A linked field: what its values are, and the values of each row (none, one, or those of a
    list); a date as ISO 8601."""

    entity: str
    values: Sequence[Sequence[str]] = hidden_field(repr=False)

    @property
    def label(self) -> str:
        return label_of(self.entity)


@dataclass(frozen=True, slots=True)
class LinkedHit:
    """A value of the row in its text: `column` and `value` (its number in the row's values there)
    say which, None where it is made of several; `whole` whether all of it stands there."""

    span: Span
    column: int | None = None
    value: int = 0
    whole: bool = False


def find_linked(
    texts: Sequence[object], rows: Sequence[int], columns: Sequence[LinkedColumn]
) -> dict[int, tuple[LinkedHit, ...]]:
    """The hits of each text that has any, by its place in `texts`, in the order of the text.

    ``rows[i]`` is the row that ``texts[i]`` belongs to; what is no str is passed over. The answer
    for a text depends on it and on its row alone.
    """
    found: dict[int, tuple[LinkedHit, ...]] = {}
    known: dict[int, _Row] = {}
    last = -1
    for place, (text, row) in enumerate(zip(texts, rows, strict=True)):
        if not isinstance(text, str) or not text:
            continue
        if row != last:
            known, last = {row: _Row(columns, row)}, row
        hits = known[row].search(text)
        if hits:
            found[place] = hits
    return found


class _Row:
    """The identifiers of one row."""

    def __init__(self, columns: Sequence[LinkedColumn], row: int) -> None:
        self._people: list[_Person] = []
        self._others: list[tuple[int, int, str, Identifier]] = []
        people: dict[str, list[tuple[int, int, str]]] = {}
        for number, column in enumerate(columns):
            values = column.values[row]
            if column.entity in _NAMES:
                named = [(number, i, value) for i, value in enumerate(values)]
                if len(named) == 1:
                    people.setdefault(column.label, []).extend(named)
                else:  # several people: each by themselves
                    self._people += [_Person(column.label, [one]) for one in named]
                continue
            make = _MAKERS.get(column.entity, code)
            for i, value in enumerate(values):
                self._others += [(number, i, column.label, one) for one in make(value)]
        self._people += [_Person(label, named) for label, named in people.items()]

    def search(self, text: str) -> tuple[LinkedHit, ...]:
        folded = fold(text)
        squashed = squash(folded) if self._others else ""
        people = [one for one in self._people if one.possible(folded)]
        others = [one for one in self._others if one[3].possible(folded, squashed)]
        if not people and not others:
            return ()
        whole = Folded.of(text)
        hits = [hit for one in people for hit in one.search(whole)]
        for column, value, label, identifier in others:
            for place in identifier.search(whole):
                span = Span(*whole.span(place.start, place.end), label, _SCORE, RECOGNIZER)
                hits.append(LinkedHit(span, column, value, place.whole))
        return tuple(_without_parts(hits))


class _Person:
    """A person of a row: the columns' values that name them."""

    def __init__(self, label: str, named: Sequence[tuple[int, int, str]]) -> None:
        self._label = label
        self._named = named
        self._names = Names(value for _, _, value in named)

    def possible(self, folded: str) -> bool:
        return any(anchor in folded for anchor in self._names.anchors)

    def search(self, text: Folded) -> Iterator[LinkedHit]:
        for hit in self._names.search(text):
            span = Span(hit.start, hit.end, self._label, _SCORE, RECOGNIZER)
            whole = next(((c, i) for c, i, v in self._named if name_words(v) == hit.words), None)
            if whole is None:
                yield LinkedHit(span)
            else:
                yield LinkedHit(span, *whole, whole=True)


def _without_parts(hits: Sequence[LinkedHit]) -> Iterator[LinkedHit]:
    """Without the hits that lie in a longer one of their label; of equal ones the first."""
    order = sorted(
        hits, key=lambda h: (h.span.label, h.span.start, -h.span.end, not h.whole, h.column or 0)
    )
    kept: list[LinkedHit] = []
    for hit in order:
        last = kept[-1] if kept else None
        if last is None or last.span.label != hit.span.label or hit.span.end > last.span.end:
            kept.append(hit)
    yield from sorted(kept, key=lambda hit: hit.span)
