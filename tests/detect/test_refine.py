"""The pure parts: context words, duplicates, windows; against Presidio's where it has them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from presidio_analyzer import EntityRecognizer, RecognizerResult

from scrubber.detect.context.nlp import Words
from scrubber.detect.refine import Refiner, with_context, without_duplicates
from scrubber.detect.spec import DetectSpec, Hotword
from scrubber.detect.windows import OVERLAP, WINDOW, Window, window_of, windows
from scrubber.model.finding import Span

SPANS = st.builds(
    lambda start, length, label, score, name: Span(start, start + length, label, score, name),
    st.integers(0, 12),
    st.integers(1, 8),
    st.sampled_from("AB"),
    st.sampled_from([0.0, 0.1, 0.5, 0.85, 1.0]),
    st.sampled_from(["r", "s"]),
)


def span(start: int, end: int, score: float = 0.5, label: str = "A", name: str = "r") -> Span:
    return Span(start, end, label, score, name)


# ── duplicates ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("spans", "kept"),
    [
        ([], []),
        ([span(0, 5)], [span(0, 5)]),
        ([span(0, 5, 0.0)], []),
        ([span(0, 5), span(0, 5)], [span(0, 5)]),
        ([span(0, 5, name="s"), span(0, 5, name="r")], [span(0, 5, name="r")]),
        ([span(0, 5), span(1, 3)], [span(0, 5)]),
        ([span(0, 5, 0.4), span(1, 3, 0.6)], [span(0, 5, 0.4), span(1, 3, 0.6)]),
        ([span(0, 5, 0.4), span(0, 5, 0.6)], [span(0, 5, 0.6)]),
        ([span(0, 5), span(3, 8)], [span(0, 5), span(3, 8)]),
        ([span(0, 5), span(1, 3, label="B")], [span(0, 5), span(1, 3, label="B")]),
    ],
)
def test_duplicates(spans: list[Span], kept: list[Span]) -> None:
    assert without_duplicates(spans) == kept


@given(st.lists(SPANS, max_size=15))
def test_duplicates_are_removed_as_presidio_does(spans: list[Span]) -> None:
    results = [RecognizerResult(s.label, s.start, s.end, s.score) for s in spans]
    theirs = EntityRecognizer.remove_duplicates(results)
    ours = without_duplicates(spans)
    assert [(s.label, s.start, s.end, s.score) for s in ours] == sorted(
        ((r.entity_type, r.start, r.end, r.score) for r in theirs),
        key=lambda r: (r[1], r[2], r[0], -r[3]),
    )


@given(st.lists(SPANS, max_size=10).flatmap(lambda s: st.tuples(st.just(s), st.permutations(s))))
def test_the_order_of_findings_does_not_matter(two: tuple[list[Span], list[Span]]) -> None:
    assert without_duplicates(two[0]) == without_duplicates(two[1])


# ── context ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("score", "context", "around", "expected"),
    [
        (0.3, ["card"], {"card"}, 0.65),
        (0.3, ["card"], {"cards"}, 0.65),
        (0.3, ["Card"], {"discard"}, 0.65),
        (0.3, ["card"], {"car"}, 0.3),
        (0.3, ["card"], set(), 0.3),
        (0.3, [], {"card"}, 0.3),
        (0.01, ["card"], {"card"}, 0.4),  # at least 0.4
        (0.9, ["card"], {"card"}, 1.0),  # at most 1
        (0.3, ["", "card"], {"card"}, 0.3),  # Presidio stops at the empty word
    ],
)
def test_context_raises_a_score(
    score: float, context: list[str], around: set[str], expected: float
) -> None:
    raised = with_context(span(0, 5, score), context, frozenset(around))
    assert raised.score == pytest.approx(expected)


WORDS = Words(
    ends=(2, 5, 9, 10, 14, 18, 22),
    lemmas=("my", "ssn", "card", ":", "4111", "then", "rest"),
    keywords=frozenset({"ssn", "card", "4111", "rest"}),
)


@pytest.mark.parametrize(
    ("start", "around"),
    [
        (0, {"ssn"}),  # nothing before; the first keyword from it on
        (11, {"ssn", "card", "4111"}),
        (12, {"ssn", "card", "4111"}),  # within a token
        (15, {"ssn", "card", "4111", "rest"}),
        (99, {"ssn", "card", "4111", "rest"}),  # after the last token, where Presidio raises
    ],
)
def test_the_words_around_a_place(start: int, around: set[str]) -> None:
    assert WORDS.around(start) == around


def test_six_keywords_backwards() -> None:
    lemmas = tuple("abcdefgh")
    words = Words(tuple(range(1, 9)), lemmas, frozenset(lemmas))
    assert words.around(7) == frozenset("cdefgh")


def test_no_words_at_all() -> None:
    assert Words((), (), frozenset()).around(0) == frozenset()


# ── hotwords ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("hotword", "text", "found"),
    [
        (Hotword("ref", "A", 0.9), "ref: TCK-123456", True),
        (Hotword("ref", "A", 0.9), "REF: TCK-123456", True),
        (Hotword("ref", "A", 0.9), "TCK-123456 ref", False),
        (Hotword("ref", "A", 0.9, 0, 10), "TCK-123456 ref", True),
        (Hotword("ref", "A", 0.9, 0, 3), "TCK-123456 ref", False),
        (Hotword("ref", "A", 0.9, 4), "ref TCK-123456", True),
        (Hotword("ref", "A", 0.9, 3), "ref TCK-123456", False),
        (Hotword("ref", "A", 0.9, 6), "😀😀😀 ref 😀 TCK-123456", True),
        (Hotword("ref", "A", 0.9, 5), "😀😀😀 ref 😀 TCK-123456", False),
        (Hotword("ref", "B", 0.9), "ref: TCK-123456", False),
        (Hotword("ref", "A", 0.4), "ref: TCK-123456", False),
        (Hotword("TCK", "A", 0.9), "TCK-123456", False),  # never the finding itself
    ],
)
def test_hotwords_lift_weak_findings_over_the_threshold(
    hotword: Hotword, text: str, found: bool
) -> None:
    spec = DetectSpec(hotwords=(hotword,), score_thresholds=(("default", 0.5),))
    weak = span(text.index("TCK"), text.index("TCK") + 10, 0.3)
    left = Refiner(spec).refine(text, [(weak, {})])
    assert [s.score for s in left] == ([hotword.score] if found else [])


# ── windows ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("length", "parts"),
    [
        (0, [(0, 0)]),
        (10, [(0, 10)]),
        (11, [(0, 10), (7, 11)]),
        (17, [(0, 10), (7, 17)]),
        (18, [(0, 10), (7, 17), (14, 18)]),
    ],
)
def test_windows(length: int, parts: list[tuple[int, int]]) -> None:
    assert windows(length, size=10, overlap=3) == tuple(Window(a, b) for a, b in parts)


@given(st.integers(0, 400), st.integers(2, 40), st.data())
def test_windows_hold_whatever_is_no_longer_than_the_overlap(
    length: int, size: int, data: st.DataObject
) -> None:
    overlap = data.draw(st.integers(1, size - 1))
    parts = windows(length, size, overlap)
    assert parts[0].start == 0
    assert parts[-1].end == length
    for start in range(length - overlap + 1):
        assert any(p.start <= start and start + overlap <= p.end for p in parts)


@given(st.integers(1, 5 * WINDOW), st.data())
def test_the_window_that_is_asked_knows_what_stands_before(
    length: int, data: st.DataObject
) -> None:
    position = data.draw(st.integers(0, length - 1))
    window = window_of(windows(length), position)
    assert window.start <= position < window.end
    assert window.start == 0 or position - window.start >= OVERLAP // 2
