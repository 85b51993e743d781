"""Document consistency: found once, found everywhere in the document."""

from __future__ import annotations

import itertools
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.detect.linked.consistency import Consistency, spread
from scrubber.detect.spec import DetectSpec, Exclude
from scrubber.model.finding import Span

ALL = DetectSpec(consistency=("PERSON", "LOCATION"))


def span(text: str, part: str, label: str = "PERSON", score: float = 0.85) -> Span:
    start = text.index(part)
    return Span(start, start + len(part), label, score, "ner")


def more(spec: DetectSpec, texts: list[str], found: list[list[Span]]) -> list[list[str]]:
    spans = Consistency(spec).more(texts, found)
    return [[text[s.start : s.end] for s in one] for text, one in zip(texts, spans, strict=True)]


def test_what_the_names_model_is_not_sure_of_is_no_source() -> None:
    text = "Hockey is played. hockey is fun"
    for recognizer, score, count in (
        ("scrubber.names", 0.5, 0),
        ("scrubber.names", 0.7, 1),
        ("mine", 0.5, 1),
    ):
        found = [Span(0, 6, "PERSON", score, recognizer)]
        (more_,) = Consistency(ALL).more([text], [found])
        assert len(more_) == count


# (texts, what is found in the first one as what, what more is found in each)
CASES = [
    (["Henrik Hasslund came. hasslund left"], ("Henrik Hasslund", "PERSON"), [["hasslund"]]),
    (["Henrik Hasslund", "ask Henrik!", None], ("Henrik Hasslund", "PERSON"), [[], ["Henrik"], []]),
    (["Ann Poe", "A. Poe; A.P."], ("Ann Poe", "PERSON"), [[], ["A. Poe", "A.P."]]),
    (["Will Stone", "will a stone? Stone said"], ("Will Stone", "PERSON"), [[], ["Stone"]]),
    (["Mr. Gray", "the gray cat, Gray's"], ("Mr. Gray", "PERSON"), [[], ["Gray"]]),
    (["in Aarhus", "AARHUS again"], ("Aarhus", "LOCATION"), [[], ["AARHUS"]]),
    (["at New Hill", "the new hill, hill"], ("New Hill", "LOCATION"), [[], ["new hill"]]),
    (["ACME", "acme"], ("ACME", "ORGANIZATION"), [[], []]),
    (["42", "42"], ("42", "PERSON"), [[], []]),
]  # fmt: skip


@pytest.mark.parametrize(("texts", "first", "expected"), CASES)
def test_what_was_found_is_found_again(
    texts: list[str | None], first: tuple[str, str], expected: list[list[str]]
) -> None:
    present = [text or "" for text in texts]
    found = [[span(present[0], *first)], *([] for _ in present[1:])]
    assert more(ALL, present, found) == expected


def test_the_score_is_the_best_of_its_sources() -> None:
    text = "Ann Poe, ann poe and Poe"
    weak, strong = span(text, "Ann Poe", score=0.5), span(text, "ann poe", score=0.9)
    (found,) = Consistency(DetectSpec()).more([text], [[weak, strong]])
    assert [(s.start, s.score, s.recognizer) for s in found] == [(21, 0.9, "consistency")]


# (text, what is found in it as what, what more is found)
DOUBTFUL = [
    # a common word in small letters is no name by itself, a rarer one is
    ("Bishop Garrigan, the bishop; garrigan", [("Bishop Garrigan", "PERSON")], ["garrigan"]),
    ("A new Gauge? my gauge", [("Gauge", "PERSON")], ["gauge"]),  # a name elsewhere
    ("Chameleon! chameleons, Chameleon", [("Chameleon", "PERSON")], ["Chameleon"]),
    ("leo captain here, captain!", [("leo captain", "PERSON")], ["captain"]),
    # the words of an e-mail address are its own
    ("Ann Poe <ann.poe@x.org> poe", [("Ann Poe", "PERSON"), ("ann.poe@x.org", "EMAIL_ADDRESS")],
     ["poe"]),
    ("Ann Poe <ann.poe@x>", [("Ann Poe", "PERSON")], ["ann.poe"]),
    # a word that is rather a place here, where it is one
    ("Lyra said. In Lyra, to Lyra; Lyra", [("Lyra", "PERSON"), ("Lyra", "LOCATION", 2),
     ("Lyra", "LOCATION", 3)], ["Lyra"]),
    ("Lyra said. In Lyra", [("Lyra", "PERSON"), ("Lyra", "LOCATION", 2)], ["Lyra"]),
    ("Ann Lyra said. In Lyra, to Lyra", [("Ann Lyra", "PERSON"), ("Lyra", "LOCATION", 2),
     ("Lyra", "LOCATION", 3)], ["Lyra", "Lyra"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "found", "expected"), DOUBTFUL)
def test_not_every_place_of_a_word_is_one_of_the_name(
    text: str, found: list[tuple[Any, ...]], expected: list[str]
) -> None:
    spans = []
    for part, label, *nth in found:
        start = -1
        for _ in range(nth[0] if nth else 1):
            start = text.index(part, start + 1)
        spans.append(Span(start, start + len(part), label, 0.9, "scrubber.names"))
    assert more(DetectSpec(), [text], [spans]) == [expected]


def test_the_allow_list_and_exclusions_hold() -> None:
    texts = ["Henrik Hasslund", "Henrik and Hasslund"]
    found = [[span(texts[0], texts[0])], []]
    allowed = DetectSpec(allow_list=("Henrik",))
    assert more(allowed, texts, found) == [[], ["Hasslund"]]
    excluded = DetectSpec(excludes=(Exclude("^Hass", "PERSON"),))
    assert more(excluded, texts, found) == [[], ["Henrik"]]


def test_it_can_be_switched_off() -> None:
    assert more(DetectSpec(consistency=()), ["Ann Poe. Poe"], [[Span(0, 7, "PERSON", 1, "x")]]) == [
        []
    ]


def test_texts_of_their_own_do_not_share() -> None:
    texts = ["Ann Poe, poe", "poe"]
    found = spread(Consistency(DetectSpec()), texts, [(Span(0, 7, "PERSON", 1, "x"),), ()])
    assert [[s.recognizer for s in one] for one in found] == [["x", "consistency"], []]


WORDS = st.lists(st.sampled_from(["Ann", "Poe", "poe", "ann", "the", "Will", ",", "é"]), max_size=8)


@given(st.lists(WORDS, min_size=1, max_size=3))
def test_the_order_of_findings_and_texts_does_not_matter(pieces: list[list[str]]) -> None:
    texts = ["Ann Poe", *(" ".join(words) for words in pieces)]
    found = [[span(texts[0], "Ann Poe"), span(texts[0], "Poe", score=0.3)], *([] for _ in pieces)]
    one = Consistency(DetectSpec()).more(texts, found)
    other = Consistency(DetectSpec()).more(texts[::-1], [list(f[::-1]) for f in found[::-1]])
    assert one == other[::-1]


def test_many_names_in_a_long_text_take_linear_time() -> None:
    names = [f"Henrik{chr(97 + i % 26)}{chr(97 + i // 26)} Hass{i % 7}" for i in range(300)]
    names = [name.rstrip("0123456789") + "lund" for name in names]
    text = ". ".join(names * 5)
    found = []
    at = 0
    for name in names:
        at = text.index(name, at)
        found.append(Span(at, at + len(name), "PERSON", 0.9, "ner"))
    start = time.process_time()
    (extra,) = Consistency(DetectSpec()).more([text], [found])
    assert len(extra) >= 4 * len(names)
    assert time.process_time() - start < 5


@pytest.mark.slow
def test_a_crowd_that_shares_its_names_takes_linear_time() -> None:
    words = ["Anneke", "Bruin", "Carlsen", "Dorthe", "Ewald", "Fiskars", "Gunnel", "Hasslund"]
    names = [" ".join(four) for four in itertools.permutations(words, 4)]  # 1680 people
    text = " and ".join(names * 3)
    found, at = [], 0
    for name in names:
        found.append(Span(at, at + len(name), "PERSON", 0.9, "ner"))
        at += len(name) + 5
    start = time.process_time()
    (extra,) = Consistency(DetectSpec()).more([text], [found])
    assert [text[s.start : s.end] for s in extra] == names * 2
    assert time.process_time() - start < 5  # a tenth of that; with sets of all people, much more
