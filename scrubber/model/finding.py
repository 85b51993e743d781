"""Span, Action, Cover: a finding in a text, and the stretches of the text to replace."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of Unicode code points, `start` <= i < `end`; carries no text.

    `score` lies in 0..1 and `recognizer` names what found it.
    """

    start: int
    end: int
    label: str
    score: float
    recognizer: str

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError("a span needs 0 <= start < end")

    @property
    def entity(self) -> str:
        """The label, by Presidio's word for it."""
        return self.label


@dataclass(frozen=True, slots=True, order=True)
class Action:
    """The action for a label: `strictness` orders actions (more is stricter), and `consumes` says
    that the action leaves nothing of the covered text and cannot be undone."""

    strictness: int
    name: str
    consumes: bool = True


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of a Cover: the text from `start` to `end` gets `action`, shown as `label`.

    `instead` is what the action makes of it where that is known already: the pseudonym that the
    record's own column shows for the same value.
    """

    start: int
    end: int
    label: str
    action: Action
    instead: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Cover:
    """Sorted, disjoint pieces that together cover every finding in one text."""

    pieces: tuple[Piece, ...] = ()
