"""Findings and their covers: never smaller than the findings, whatever overlaps what."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.model import findings as findings_module
from scrubber.model.finding import Action, Cover, Piece, Span
from scrubber.model.findings import Covers, Findings

KEEP = Action(0, "keep", consumes=False)
MASK = Action(30, "mask", consumes=False)
SURROGATE = Action(55, "surrogate")
REDACT = Action(70, "redact")
ACTIONS = [KEEP, MASK, SURROGATE, REDACT]


class Finding(NamedTuple):
    """A span and the action of its label; several actions of one label, as no rules have them, are
    several labels to the arrays."""

    span: Span
    action: Action


def cover_of(findings: Iterable[Finding]) -> Cover:
    return covers_of([list(findings)]).of_text(0)


def covers_of(texts: Sequence[Sequence[Finding]]) -> Covers:
    actions = {f"{x.span.label}\0{x.action.name}": x.action for findings in texts for x in findings}
    spans = [
        [replace(x.span, label=f"{x.span.label}\0{x.action.name}") for x in findings]
        for findings in texts
    ]
    covers = Findings.of(spans).covers(actions.__getitem__)
    names = tuple(name.partition("\0")[0] for name in covers.label_names)
    return replace(covers, label_names=names)


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
    assert cover_of(findings).pieces == tuple(pieces)
    for order in itertools.permutations(findings):
        assert cover_of(order).pieces == tuple(pieces)


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
    pieces = cover_of(findings).pieces
    covered = {i for p in pieces for i in range(p.start, p.end)}
    found = {i for x in findings for i in range(x.span.start, x.span.end)}
    assert covered == found
    assert all(a.end <= b.start for a, b in itertools.pairwise(pieces))


@given(FINDINGS)
def test_law_no_finding_gets_a_weaker_action_unless_it_is_swallowed(fs: list[Finding]) -> None:
    for piece in cover_of(fs).pieces:
        for x in fs:
            if x.span.start < piece.end and piece.start < x.span.end:
                assert piece.start <= x.span.start
                assert x.span.end <= piece.end
                assert piece.action.strictness >= x.action.strictness or piece.action.consumes


@given(FINDINGS, st.randoms())
def test_law_order_and_repetition_do_not_matter(findings: list[Finding], random: object) -> None:
    shuffled = findings + findings[:3]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert cover_of(shuffled) == cover_of(findings)


def test_many_findings_in_one_take_linear_time() -> None:
    inner = [f(5 * i, 5 * i + 4, "A", SURROGATE, 1.0) for i in range(20_000)]
    outer = f(0, 100_000, "A", SURROGATE, 0.9)
    start = time.process_time()
    (piece,) = cover_of([*inner, outer]).pieces
    assert (piece.start, piece.end, piece.action) == (0, 100_000, SURROGATE)
    (piece,) = cover_of([*inner, f(0, 100_000, "B", REDACT, 1.0)]).pieces
    assert piece.label == "B"
    assert time.process_time() - start < 3  # quadratic: minutes


def test_many_findings_that_one_absorbs_take_linear_time() -> None:
    inner = [f(5 * i, 5 * i + 4, "A", REDACT, 0.5) for i in range(20_000)]
    start = time.process_time()
    (piece,) = cover_of([*inner, f(0, 100_000, "B", SURROGATE, 0.9)]).pieces
    assert piece == Piece(0, 100_000, "B", SURROGATE)
    assert time.process_time() - start < 3


def plainly(findings: Sequence[Finding]) -> Cover:
    """The cover of one text, by the definition."""
    clusters: list[list[Finding]] = []
    for x in sorted(findings):
        if clusters and x.span.start < max(y.span.end for y in clusters[-1]):
            clusters[-1].append(x)
        else:
            clusters.append([x])
    pieces = []
    for cluster in clusters:
        left = [x for x in cluster if not any(absorbs(y, x) for y in cluster)]
        strictest = min(left, key=rank)
        start = min(x.span.start for x in cluster)
        end = max(x.span.end for x in cluster)
        pieces.append(Piece(start, end, strictest.span.label, strictest.action))
    return Cover(tuple(pieces))


def absorbs(outer: Finding, inner: Finding) -> bool:
    a, b = outer.span, inner.span
    longer = a.start <= b.start and b.end <= a.end and (a.start, a.end) != (b.start, b.end)
    return longer and outer.action.consumes and a.score >= b.score


def rank(x: Finding) -> tuple[object, ...]:
    span = x.span
    size = span.end - span.start
    return -x.action.strictness, -span.score, -size, span.start, span.label, x.action.name


@given(st.lists(FINDINGS, max_size=5))
def test_law_many_texts_at_once_are_each_by_itself(texts: list[list[Finding]]) -> None:
    covers = covers_of(texts)
    for number, findings in enumerate(texts):
        assert covers.of_text(number) == plainly(findings)
    same = Covers.of([covers.of_text(number) for number in range(len(texts))])
    assert [same.of_text(i) for i in range(len(texts))] == [plainly(one) for one in texts]


SPANS = [
    [Span(3, 5, "B", 0.5, "y"), Span(0, 2, "A", 1.0, "x")],
    [],
    [Span(1, 9, "A", 0.25, "z")],
]


def test_spans_come_back_as_they_were_given() -> None:
    found = Findings.of(SPANS)
    assert [list(found.spans(number)) for number in range(3)] == SPANS
    assert [list(found.spans(number)) for number in (-1, 3)] == [[], []]
    assert len(Findings.of([])) == len(Findings.of([[], []])) == 0


def test_texts_are_repeated_joined_and_counted() -> None:
    found = Findings.of(SPANS)
    again = found.repeated(np.array([2, -1, 0, 0, 1], np.int64))
    expected = [SPANS[2], [], SPANS[0], SPANS[0], []]
    assert [list(again.spans(number)) for number in range(5)] == expected
    more = Findings.in_texts([(1, [Span(0, 1, "C", 0.5, "w")]), (2, [Span(0, 1, "A", 0.5, "y")])])
    both = found.joined(more)
    for number in range(3):
        assert both.spans(number) == (*found.spans(number), *more.spans(number))
    assert Findings.of([]).joined(found) is found
    assert found.joined(Findings.of([])) is found
    assert both.counts(np.array([2, 5, 1])) == {
        ("B", "y"): 2, ("A", "x"): 2, ("A", "z"): 1, ("C", "w"): 5, ("A", "y"): 1,
    }  # fmt: skip


def test_neither_findings_nor_covers_show_where_they_are() -> None:
    found = Findings.of(SPANS)
    assert "3" not in repr(found)
    assert "array" not in repr(found) + repr(found.covers(lambda _: REDACT))


@given(
    st.lists(FINDINGS, max_size=4),
    st.sampled_from([frozenset("A"), frozenset("AB"), frozenset()]),
    st.sampled_from([1, 7, 1 << 20]),
)
def test_law_what_stays_beside_kept_findings(
    texts: list[list[Finding]], kept: frozenset[str], pairs: int
) -> None:
    spans = [[x.span for x in text] for text in texts]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(findings_module, "_PAIRS", pairs)
        left = Findings.of(spans).outside_kept(kept.__contains__)
    for number, each in enumerate(spans):
        keepers = [x for x in each if x.label in kept]
        expected = [
            x
            for x in each
            if x.label in kept or x.score >= 1 or not any(holds(k, x) for k in keepers)
        ]
        assert list(left.spans(number)) == expected


def holds(outer: Span, inner: Span) -> bool:
    longer = (outer.start, outer.end) != (inner.start, inner.end)
    within = outer.start <= inner.start and inner.end <= outer.end
    return longer and within and outer.score >= inner.score


def test_many_kept_findings_take_linear_time() -> None:
    texts = [[Span(0, 9, "K", 0.9, "r"), Span(2, 5, "A", 0.5, "r")] for _ in range(50_000)]
    start = time.process_time()
    left = Findings.of(texts).outside_kept("K".__eq__)
    assert len(left) == 50_000
    assert time.process_time() - start < 5
