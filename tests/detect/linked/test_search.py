"""Row-linked values: the row's own identifiers in its texts, and in no other row's."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.detect.linked.folding import Folded
from scrubber.detect.linked.person import Person
from scrubber.detect.linked.person_search import NameSearch
from scrubber.detect.linked.search import LinkedColumn, LinkedHit, find_linked, label_of

COLUMNS = [
    LinkedColumn("FIRST_NAME", [("Noah",), ("Ann",), ("",)]),
    LinkedColumn("LAST_NAME", [("Gray",), ("Poe",), ("",)]),
    LinkedColumn("EMAIL_ADDRESS", [("ngray1@mac.com",), ("ann@poe.org",), ("",)]),
    LinkedColumn("PHONE_NUMBER", [("617-248-4867",), ("",), ("",)]),
    LinkedColumn("ID", [("C-100037",), ("C-2",), ("",)]),
    LinkedColumn("PERSON", [("Mia Gray", "Tom Poe"), (), ("Lou Reed", "")]),
]


def shown(text: str, hits: tuple[LinkedHit, ...]) -> list[tuple[str, str, int | None, bool]]:
    return [(text[h.span.start : h.span.end], h.span.label, h.column, h.whole) for h in hits]


CASES = [
    (0, "Mr. Gray", [("Gray", "PERSON", 1, True)]),
    (
        0,
        "Noah Gray and Mia",
        [("Noah Gray", "PERSON", None, False), ("Mia", "PERSON", None, False)],
    ),
    (0, "mia gray", [("mia gray", "PERSON", 5, True)]),
    (
        1,
        "to ANN@poe.org",
        [
            ("ANN", "PERSON", 0, True),
            ("ANN@poe.org", "EMAIL_ADDRESS", 2, True),
            ("poe", "PERSON", 1, True),
        ],
    ),
    (0, "c100037 / 100037", [("c100037", "ID", 4, True), ("100037", "ID", 4, False)]),
    (0, "2484867", [("2484867", "PHONE_NUMBER", 3, False)]),
    (0, "Ann Poe", [("Poe", "PERSON", None, False)]),
    (1, "Noah Gray is not here", []),
    (1, "C-2", []),  # too short to say anything
    (2, "Lou Reed", [("Lou Reed", "PERSON", 5, True)]),
    (2, "", []),
]


@pytest.mark.parametrize(("row", "text", "expected"), CASES)
def test_hits(row: int, text: str, expected: list[tuple[str, str, int | None, bool]]) -> None:
    hits = find_linked([text], [row], COLUMNS).get(0, ())
    assert shown(text, hits) == expected
    assert all(hit.span.score == 1.0 and hit.span.recognizer == "linked" for hit in hits)


def test_what_is_no_text_is_passed_over() -> None:
    assert find_linked([None, object(), ""], [0, 0, 0], COLUMNS) == {}


def test_no_value_shows_in_a_repr() -> None:
    hits = find_linked(["Mr. Gray"], [0], COLUMNS)
    assert "Gray" not in repr(hits) + repr(COLUMNS)


@pytest.mark.parametrize(
    ("entity", "label"),
    [("LAST_NAME", "PERSON"), ("CITY", "LOCATION"), ("US_SSN", "US_SSN"), ("PERSON", "PERSON")],
)
def test_labels(entity: str, label: str) -> None:
    assert label_of(entity) == label


PAIRS = st.lists(st.tuples(st.sampled_from([0, 1, 2]), st.text(max_size=20)), max_size=6)


@given(PAIRS)
def test_the_answer_depends_on_the_text_and_its_row_alone(
    pairs: list[tuple[int, str]],
) -> None:
    pairs = [(row, f"{text} Gray, Ann C100037 {text}") for row, text in pairs]
    whole = find_linked([text for _, text in pairs], [row for row, _ in pairs], COLUMNS)
    for place, (row, text) in enumerate(pairs):
        assert find_linked([text], [row], COLUMNS).get(0, ()) == whole.get(place, ())


WORDS = st.from_regex(r"\A[A-Z][a-zé]{0,3}(?:[ '-][A-Z][a-z]{1,3})?\Z")
PIECES = st.sampled_from(
    ["{a}", "{b}", "{a}{b}", "{i}.{j}", "{i}. {j}.", "{i} {b}", "Mr. ", " ", ".", "x"]
)


@given(WORDS, WORDS, st.lists(PIECES, min_size=1, max_size=5), st.sampled_from([str, str.lower]))
def test_the_gate_rules_out_no_text_that_names_the_row(
    first: str, last: str, pieces: list[str], cased: Callable[[str], str]
) -> None:
    said = "".join(pieces).format(a=cased(first), b=cased(last), i=first[0], j=last[0])
    columns = [LinkedColumn("FIRST_NAME", [(first,)]), LinkedColumn("LAST_NAME", [(last,)])]
    if NameSearch([Person([first, last])]).search(Folded.of(said)):
        assert find_linked([said], [0], columns)
    if NameSearch([Person([first])]).search(Folded.of(said)):
        assert find_linked([said], [0], columns[:1])


@pytest.mark.slow
def test_a_huge_text_takes_linear_time() -> None:
    text = "Gray N. C-100037 61724848 ngray1 at " * 6_000
    seconds = []
    for size in (len(text) // 4, len(text)):
        start = time.process_time()
        find_linked([text[:size]], [0], COLUMNS)
        seconds.append(time.process_time() - start)
    assert seconds[1] < 12 * seconds[0] + 0.5


def test_many_rows_without_a_hit_cost_little() -> None:
    rows = 5_000
    columns = [
        LinkedColumn("LAST_NAME", [(f"Quill{i}feather",) for i in range(rows)]),
        LinkedColumn("ID", [(f"C-{i:07d}",) for i in range(rows)]),
    ]
    start = time.process_time()
    assert find_linked(["the weather is fine today " * 12] * rows, range(rows), columns) == {}
    assert time.process_time() - start < 2
