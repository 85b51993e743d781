"""Row-linked values: the identifiers in a record's own columns, searched for in its texts.

The table knows more than any model: if Gray is this patient's name, then so is "gray, n." in the
notes. A text is folded once. A search for a few letters rules out most values; the others are
examined closely.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as hidden_field

from scrubber.detect.linked.folding import Folded, fold, squash
from scrubber.detect.linked.identifiers import CODE, DATE, MAILBOX, PHONE, PHRASE, Identifier, Kind
from scrubber.detect.linked.person import Person, may_name, name_words
from scrubber.detect.linked.person import needle as name_needle
from scrubber.detect.linked.person_search import NameSearch
from scrubber.model.entities import entity as of_name
from scrubber.model.finding import Span

__all__ = ["ENTITIES", "RECOGNIZER", "LinkedColumn", "LinkedHit", "find_linked", "label_of"]

RECOGNIZER = "linked"
IDENTITY = (RECOGNIZER, "1")  # the version rises when its answers change
_SCORE = 1.0

_NAMES = frozenset({"PERSON", "FIRST_NAME", "LAST_NAME"})
_KINDS: Mapping[str, Kind] = {
    "EMAIL_ADDRESS": MAILBOX,
    "PHONE_NUMBER": PHONE,
    "DATE_TIME": DATE,
    "DATE_OF_BIRTH": DATE,
    "LOCATION": PHRASE,
    "ADDRESS": PHRASE,
    "STREET_ADDRESS": PHRASE,
    "CITY": PHRASE,
    "ORGANIZATION": PHRASE,
    "NRP": PHRASE,
    "ID": CODE,
}
_REMEMBERED = 1 << 14
ENTITIES: frozenset[str] = _NAMES | frozenset(_KINDS)
"""The entities that are looked for in a way of their own; every other one is a code, like ID."""


def label_of(entity: str) -> str:
    """The label in text of a column's `entity`: a last name is a PERSON there.

    >>> label_of("LAST_NAME"), label_of("US_SSN")
    ('PERSON', 'US_SSN')
    """
    return of_name(entity).label or entity


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
    search, gates = _Search(columns), [_Gate.of(column) for column in columns]
    names = [gate.needles for gate in gates if gate.named]
    squashing = any(column.entity not in _NAMES for column in columns)
    found: dict[int, tuple[LinkedHit, ...]] = {}
    for place, (text, row) in enumerate(zip(texts, rows, strict=True)):
        if not isinstance(text, str) or not text:
            continue
        folded = fold(text)
        squashed = squash(folded) if squashing else ""
        for gate in gates:
            needle = gate.needles[row]
            if needle is None or (needle and needle in (squashed if gate.squashed else folded)):
                break
        else:
            if len(names) < 2 or not _initials_in([needles[row] for needles in names], folded):
                continue
        hits = search.hits(text, folded, squashed, row)
        if hits:
            found[place] = hits
    return found


@dataclass(frozen=True, slots=True)
class _Gate:
    """For each row what must stand in a text for a column to be worth a closer look: nothing where
    the row has no value, None where it always is."""

    needles: Sequence[str | None]
    squashed: bool
    named: bool

    @classmethod
    def of(cls, column: LinkedColumn) -> _Gate:
        named = column.entity in _NAMES
        kind = _KINDS.get(column.entity, CODE)
        make = name_needle if named else kind.needle
        needles = [
            make(values[0]) if len(values) == 1 else None if any(values) else ""
            for values in column.values
        ]
        return cls(needles, kind.squashed and not named, named)


def _initials_in(words: Sequence[str | None], folded: str) -> bool:
    """True if initials of two of the words may stand in the text, with a full stop between."""
    initials = {word[0] for word in words if word}
    return len(initials) > 0 and any(
        f"{one}.{gap}{other}" in folded
        for one in initials
        if f"{one}." in folded
        for other in initials
        for gap in ("", " ")
    )


_One = tuple[int, int, str]  # a value: the number of its column, its own there, itself


class _Search:
    """The columns of a batch by what kind of identifier they hold."""

    def __init__(self, columns: Sequence[LinkedColumn]) -> None:
        named = [(n, column) for n, column in enumerate(columns) if column.entity in _NAMES]
        self._named = named
        self._others = [
            (n, column, _KINDS.get(column.entity, CODE))
            for n, column in enumerate(columns)
            if column.entity not in _NAMES
        ]
        self._made: dict[tuple[int, str], list[Identifier]] = {}

    def hits(self, text: str, folded: str, squashed: str, row: int) -> tuple[LinkedHit, ...]:
        found: list[LinkedHit] = []
        whole: Folded | None = None
        if self._named:
            named: dict[str, list[list[_One]]] = {}
            for label, ones in self._people(row):
                if may_name([one[2] for one in ones], folded):
                    named.setdefault(label, []).append(ones)
            for label, people in named.items():
                whole = whole or Folded.of(text)
                found += _person_hits(whole, label, people)
        for number, column, kind in self._others:
            for i, value in enumerate(column.values[row]):
                if not value:
                    continue
                for identifier in self._identifiers(number, value, kind):
                    if identifier.possible(folded, squashed):
                        whole = whole or Folded.of(text)
                        found += _hits(whole, identifier, column.label, number, i)
        return tuple(_without_parts(found)) if found else ()

    def _people(self, row: int) -> list[tuple[str, list[_One]]]:
        """The people that the row names: single values are parts of one name, the values of a list
        are people each by themselves."""
        together: dict[str, list[_One]] = {}
        people: list[tuple[str, list[_One]]] = []
        for number, column in self._named:
            values = column.values[row]
            for i, value in enumerate(values):
                if not value:
                    continue
                if len(values) == 1:
                    together.setdefault(column.label, []).append((number, i, value))
                else:
                    people.append((column.label, [(number, i, value)]))
        return [*together.items(), *people]

    def _identifiers(self, number: int, value: str, kind: Kind) -> list[Identifier]:
        """The identifiers to search for; cached, since dates and places repeat."""
        made = self._made.get((number, value))
        if made is None:
            if len(self._made) >= _REMEMBERED:
                self._made.clear()
            made = self._made[number, value] = kind.make(value)
        return made


def _person_hits(text: Folded, label: str, people: Sequence[Sequence[_One]]) -> Iterator[LinkedHit]:
    search = NameSearch(Person(value for _, _, value in ones) for ones in people)
    every = [one for ones in people for one in ones]
    for hit in search.search(text):
        span = Span(hit.start, hit.end, label, _SCORE, RECOGNIZER)
        whole = next(((n, i) for n, i, value in every if name_words(value) == hit.words), None)
        yield LinkedHit(span) if whole is None else LinkedHit(span, *whole, whole=True)


def _hits(
    text: Folded, identifier: Identifier, label: str, column: int, value: int
) -> Iterator[LinkedHit]:
    for place in identifier.search(text):
        span = Span(*text.span(place.start, place.end), label, _SCORE, RECOGNIZER)
        yield LinkedHit(span, column, value, place.whole)


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
