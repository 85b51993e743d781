"""Leaks: direct mentions and documents that findings leave, and letters that they take elsewhere.

Letters and digits alone count. A mention is left where one of its letters or digits is outside of
all findings; a document is left where one of its direct mentions is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.evaluation.sets import Document
from benchmarks.leaks.direct import PERSON, Set, kind_of
from scrubber.model.honorifics import name_proper

Interval = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Mention:
    """A direct identifier in a text, without the titles around a name."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class Tally:
    """Counts that add up: `documents` with a direct mention and the `left` of them, `mentions` and
    those left by kind, `letters` outside of labels and the `taken` of them."""

    documents: int = 0
    left: int = 0
    mentions: Mapping[str, int] = field(default_factory=Counter)
    mentions_left: Mapping[str, int] = field(default_factory=Counter)
    letters: int = 0
    taken: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.documents + other.documents,
            self.left + other.left,
            Counter(self.mentions) + Counter(other.mentions),
            Counter(self.mentions_left) + Counter(other.mentions_left),
            self.letters + other.letters,
            self.taken + other.taken,
        )


def mentions_of(document: Document, of: Set) -> list[Mention]:
    """The direct identifiers that the set labels in a document."""
    found = []
    for label in document.labels:
        text = document.text[label.start : label.end]
        kind = kind_of(of, label.label, text)
        if kind is not None:
            first, last = name_proper(text, of.language) if kind == PERSON else (0, len(text))
            found.append(Mention(label.start + first, label.start + last, kind))
    return found


def tally(document: Document, of: Set, findings: Iterable[Interval]) -> Tally:
    """The counts of one document.

    >>> from benchmarks.evaluation.sets import Label
    >>> of = Set("invented", "en", "", {"PER": "PERSON"})
    >>> tally(Document("Mr Ann Poe left", (Label(0, 10, "PER"),)), of, [(3, 6)]).left
    1
    """
    text, mentions = document.text, mentions_of(document, of)
    open_ = _outside(len(text), findings)
    left = Counter(m.kind for m in mentions if _any_letter(text, open_, m.start, m.end))
    unlabelled = _outside(len(text), ((one.start, one.end) for one in document.labels))
    others = [at for at, outside in enumerate(unlabelled) if outside and text[at].isalnum()]
    return Tally(
        documents=int(bool(mentions)),
        left=int(bool(left)),
        mentions=Counter(m.kind for m in mentions),
        mentions_left=left,
        letters=len(others),
        taken=sum(not open_[at] for at in others),
    )


def _outside(length: int, intervals: Iterable[Interval]) -> bytearray:
    """For each place of a text, 1 where none of the intervals covers it."""
    open_ = bytearray(b"\x01" * length)
    for start, end in intervals:
        open_[start:end] = bytes(len(open_[start:end]))
    return open_


def _any_letter(text: str, open_: Sequence[int], start: int, end: int) -> bool:
    return any(open_[at] and text[at].isalnum() for at in range(start, end))
