"""Span, Finding, Cover: what was found in a text, and what is to be done about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A span and the action that the rules give to its label."""

    span: Span
    action: Action


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
    """Sorted, disjoint pieces that together cover every finding: the only input of `rewrite`.

    Built by :meth:`of` alone.
    """

    pieces: tuple[Piece, ...] = ()

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Cover:
        """The cover of `findings`: overlapping ones become their union with the strictest action.

        A finding that lies wholly inside another one whose action consumes all of its text, and
        whose score is at least as high, adds nothing: the outer action already leaves no rest of
        it (an URL inside an e-mail address). Every other overlap is a union. The union's label is
        that of the strictest finding; ties go to the higher score, then the longer span, then the
        earlier one, then the alphabet, so that the order of the findings does not matter.

        >>> a = Finding(Span(0, 5, "PERSON", 0.9, "x"), Action(5, "redact"))
        >>> b = Finding(Span(3, 9, "CITY", 0.8, "x"), Action(7, "drop"))
        >>> [(p.start, p.end, p.label) for p in Cover.of([a, b]).pieces]
        [(0, 9, 'CITY')]
        """
        pieces: list[Piece] = []
        for cluster in _clusters(sorted(set(findings))):
            strictest = _strictest(cluster)
            start = min(f.span.start for f in cluster)
            end = max(f.span.end for f in cluster)
            pieces.append(Piece(start, end, strictest.span.label, strictest.action))
        return cls(tuple(pieces))


def outside_kept(spans: Sequence[Span], keeps: Callable[[str], bool]) -> Sequence[Span]:
    """The spans less those within one that the rules keep by its label (`keeps`).

    An e-mail address that is kept is not broken by the URL of its domain. Such a span goes only
    where the kept one scores at least as high, and never with the full score of what is certain (a
    checksum, a deny list, a value of the record itself). What contains a kept span, or overlaps it
    in part, stays.
    """
    kept = [span for span in spans if keeps(span.label)]
    if not kept:
        return spans
    return [
        span
        for span in spans
        if span.score >= 1 or keeps(span.label) or not any(_holds(k, span) for k in kept)
    ]


def _holds(outer: Span, inner: Span) -> bool:
    within = outer.start <= inner.start and inner.end <= outer.end
    larger = (outer.start, outer.end) != (inner.start, inner.end)
    return within and larger and outer.score >= inner.score


def _clusters(findings: list[Finding]) -> list[list[Finding]]:
    """Runs of findings that overlap, directly or through one another; sorted by start."""
    clusters: list[list[Finding]] = []
    reach = -1
    for finding in findings:
        if finding.span.start < reach:
            clusters[-1].append(finding)
        else:
            clusters.append([finding])
        reach = max(reach, finding.span.end)
    return clusters


def _strictest(cluster: list[Finding]) -> Finding:
    """The strictest finding that no other one absorbs. The outermost is never absorbed, so there is
    one; looking in the order of strictness, few have to be compared with all."""
    ranked = sorted(cluster, key=_rank)
    return next(f for f in ranked if not any(_absorbs(other, f) for other in cluster))


def _absorbs(outer: Finding, inner: Finding) -> bool:
    a, b = outer.span, inner.span
    contains = a.start <= b.start and b.end <= a.end and (a.start, a.end) != (b.start, b.end)
    return contains and outer.action.consumes and a.score >= b.score


def _rank(finding: Finding) -> tuple[int, float, int, int, str, str]:
    span = finding.span
    return (
        -finding.action.strictness,
        -span.score,
        span.start - span.end,
        span.start,
        span.label,
        finding.action.name,
    )
