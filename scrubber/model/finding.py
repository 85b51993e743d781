"""Span, Action, Cover: a finding in a text, and the parts of the text to replace."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of Unicode code points, `start` <= i < `end`, without its text.

    `score` is in 0..1, and `recognizer` names the recognizer.
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
        """The label, in Presidio's term."""
        return self.label


@dataclass(frozen=True, slots=True, order=True)
class Action:
    """The action for a label: `strictness` orders actions (higher is stricter). `consumes` is true
    if the action leaves nothing of the covered text and cannot be undone."""

    strictness: int
    name: str
    consumes: bool = True


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a Cover: the text from `start` to `end` gets `action`, shown as `label`. `instead`
    is the result if it is known already: the pseudonym of the record's own column for the same
    value.
    """

    start: int
    end: int
    label: str
    action: Action
    instead: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Cover:
    """Sorted, disjoint pieces that together cover all findings in one text."""

    pieces: tuple[Piece, ...] = ()
