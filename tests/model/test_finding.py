"""Spans, and the Cover: never smaller than its findings, whatever overlaps what."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.model.finding import Action, Cover, Finding, Piece, Span

KEEP = Action(0, "keep", consumes=False)
MASK = Action(30, "mask", consumes=False)
SURROGATE = Action(55, "surrogate")
REDACT = Action(70, "redact")
ACTIONS = [KEEP, MASK, SURROGATE, REDACT]


def f(start: int, end: int, label: str, action: Action, score: float = 0.5) -> Finding:
    return Finding(Span(start, end, label, score, "r"), action)


@pytest.mark.parametrize("bad", [(-1, 2), (2, 2), (3, 1)])
def test_a_span_is_not_empty(bad: tuple[int, int]) -> None:
    with pytest.raises(ValueError):
        Span(*bad, "X", 0.5, "r")


CASES = {
    "nothing": ([], []),
    "one": ([f(1, 4, "A", MASK)], [Piece(1, 4, "A", MASK)]),
    "apart, in order": (
        [f(5, 6, "B", MASK), f(1, 4, "A", REDACT)],
        [Piece(1, 4, "A", REDACT), Piece(5, 6, "B", MASK)],
    ),
    "touching stay two": (
        [f(0, 3, "A", MASK), f(3, 5, "B", REDACT)],
        [Piece(0, 3, "A", MASK), Piece(3, 5, "B", REDACT)],
    ),
    "overlap: union, strictest action": (
        [f(0, 5, "A", SURROGATE), f(3, 8, "B", REDACT)],
        [Piece(0, 8, "B", REDACT)],
    ),
    "overlap leaves no rest where one is kept": (
        [f(0, 5, "A", KEEP), f(3, 8, "B", REDACT)],
        [Piece(0, 8, "B", REDACT)],
    ),
    "a chain is one": (
        [f(0, 4, "A", MASK), f(3, 7, "B", SURROGATE), f(6, 9, "C", MASK)],
        [Piece(0, 9, "B", SURROGATE)],
    ),
    "an URL in an e-mail address adds nothing": (
        [f(0, 15, "EMAIL", SURROGATE, 1.0), f(5, 15, "URL", REDACT, 0.5)],
        [Piece(0, 15, "EMAIL", SURROGATE)],
    ),
    "a surer finding inside counts": (
        [f(0, 15, "A", SURROGATE, 0.4), f(5, 15, "B", REDACT, 0.9)],
        [Piece(0, 15, "B", REDACT)],
    ),
    "a mask cannot swallow a stricter finding": (
        [f(0, 15, "A", MASK, 1.0), f(5, 10, "B", REDACT, 0.5)],
        [Piece(0, 15, "B", REDACT)],
    ),
    "the same span twice: the strictest": (
        [f(0, 5, "A", SURROGATE, 1.0), f(0, 5, "B", REDACT, 0.2)],
        [Piece(0, 5, "B", REDACT)],
    ),
    "equal strictness: the higher score names it": (
        [f(0, 5, "A", REDACT, 0.5), f(0, 5, "B", REDACT, 0.9)],
        [Piece(0, 5, "B", REDACT)],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_cover(name: str) -> None:
    findings, pieces = CASES[name]
    assert Cover.of(findings).pieces == tuple(pieces)
    for order in itertools.permutations(findings):
        assert Cover.of(order).pieces == tuple(pieces)


FINDINGS = st.lists(
    st.builds(
        lambda start, size, label, action, score: f(start, start + size, label, action, score),
        st.integers(0, 40),
        st.integers(1, 12),
        st.sampled_from("ABC"),
        st.sampled_from(ACTIONS),
        st.sampled_from([0.1, 0.5, 0.9]),
    ),
    max_size=12,
)


@given(FINDINGS)
def test_law_a_cover_is_never_smaller_than_its_findings(findings: list[Finding]) -> None:
    pieces = Cover.of(findings).pieces
    covered = {i for p in pieces for i in range(p.start, p.end)}
    found = {i for x in findings for i in range(x.span.start, x.span.end)}
    assert covered == found
    assert all(a.end <= b.start for a, b in itertools.pairwise(pieces))


@given(FINDINGS)
def test_law_no_finding_gets_a_weaker_action_unless_it_is_swallowed(fs: list[Finding]) -> None:
    for piece in Cover.of(fs).pieces:
        for x in fs:
            if x.span.start < piece.end and piece.start < x.span.end:
                assert piece.start <= x.span.start
                assert x.span.end <= piece.end
                assert piece.action.strictness >= x.action.strictness or piece.action.consumes


@given(FINDINGS, st.randoms())
def test_law_order_and_repetition_do_not_matter(findings: list[Finding], random: object) -> None:
    shuffled = findings + findings[:3]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert Cover.of(shuffled) == Cover.of(findings)


def test_many_findings_in_one_take_linear_time() -> None:
    inner = [f(5 * i, 5 * i + 4, "A", SURROGATE, 1.0) for i in range(20_000)]
    outer = f(0, 100_000, "A", SURROGATE, 0.9)
    start = time.process_time()
    (piece,) = Cover.of([*inner, outer]).pieces
    assert (piece.start, piece.end, piece.action) == (0, 100_000, SURROGATE)
    (piece,) = Cover.of([*inner, f(0, 100_000, "B", REDACT, 1.0)]).pieces
    assert piece.label == "B"
    assert time.process_time() - start < 3  # quadratic: minutes
