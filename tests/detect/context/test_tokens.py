"""The words around a place, from the pieces around it, are those of the text as a whole."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scrubber.detect.context.nlp import Reader, Words
from scrubber.detect.context.tokens import Cutter, Surroundings
from scrubber.detect.presidio.engines import nlp_engine, word_cutter
from scrubber.detect.spec import DetectSpec
from tests.examples import examples

CONTEXT = ("card", "Phone", "ssn", "be", "a.m", ":", "don", "σας")


@cache
def reader() -> Reader:
    engine = nlp_engine(DetectSpec())
    return Reader(engine, "en", word_cutter(engine, "en"))


def cutter() -> Cutter:
    made = reader().cutter
    assert made is not None
    return made


def supported(words: frozenset[str], context: tuple[str, ...]) -> bool:
    return any(one.lower() in word for one in context for word in words)


def whole(text: str) -> Words:
    return Words.of(reader().read([text])[0], 0)


@pytest.mark.parametrize(
    ("text", "context", "there"),
    [
        ("my card 4111", ("card",), True),
        ("my Cards: 4111", ("CARD",), True),
        ("card red blue green grey pink brown 4111", ("card",), False),
        ("card the of a to in is 4111", ("card",), True),  # stop words do not count
        ("4111 card", ("card",), False),  # what stands behind does not count
        ("card\n\n4111", ("card",), True),
        ("card, . ! ? 4111", ("card",), True),
        ("nothing 4111", ("card",), False),
        ("discard 4111", ("card",), True),  # a part of a word counts
    ],
)
def test_a_word_before_the_finding_counts(text: str, context: tuple[str, ...], there: bool) -> None:
    near = Surroundings(cutter(), text)
    around = near.around(text.index("4111"), context)
    assert around is not None
    assert supported(around, context) is there
    assert near.mentions(context) or not there


def test_a_text_may_begin_within_another() -> None:
    words = Surroundings(cutter(), "my card 4111", offset=100).around(108, ("card",))
    assert words is not None
    assert "card" in words


PARTS = st.sampled_from(
    [
        *(
            "card",
            "Phone",
            "SSN",
            "cards",
            "card:",
            ":card",
            "card:phone",
            "Card-phone",
            "the",
            "is",
        ),
        *(
            "4111",
            "$5",
            "+1",
            "be",
            "Be",
            "-PRON-",
            "don't",
            "a.m.",
            "e.g.",
            ":)",
            "o'clock",
            "U.S.",
        ),
        *(",", ".", "(", ")", "...", "\u2019s", "Σας", "ΣΑΣ", "İ", "ß", "🙏", "a@b.com", "x" * 45),
        *(" ", " ", " ", " ", "  ", "\n", "\t", "\u00a0", "\u2028", "\x00"),
    ]
)


@examples(400)
@given(
    st.lists(PARTS, max_size=30).map("".join),
    st.integers(0, 400),
    st.sets(st.sampled_from(CONTEXT)),
)
@example("card:phone phone 4111", 17, {"card"})
@example("Be be card a.m. 4111", 16, {"be"})
def test_the_same_words_support_a_finding(text: str, place: int, chosen: set[str]) -> None:
    context = tuple(sorted(chosen))
    start = min(place, max(len(text) - 1, 0))
    near = Surroundings(cutter(), text)
    expected = supported(whole(text).around(start), context)
    if expected:
        assert near.mentions(context)
    if context and text:
        around = near.around(start, context)
        if around is not None:
            assert supported(around, context) is expected
