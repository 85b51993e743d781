"""Folding: what writings share, and the exact way back."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.detect.linked.folding import Folded, fold, occurrences, squash

TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=60)

SAME = [
    ("José", "JOSE", "jose\u0301"),
    ("Straße", "STRASSE", "strasse"),
    ("O’Brien", "o'brien", "O‘BRIEN"),
    ("Søren Łukasz", "soren lukasz", "SOREN LUKASZ"),
    ("Ｇｒａｙ", "gray", "Gr\u00ada\u200by"),
    ("٠١٢", "012", "０１２"),
    ("Σίσυφος", "ΣΙΣΥΦΟΣ", "σισυφοσ"),
    ("a\u00a0b", "a b", "A\u2003B"),
    ("x—y", "x-y", "X‐Y"),
    ("e\ufe0f", "E", "e"),
]


@pytest.mark.parametrize("writings", SAME)
def test_writings_of_one_value_fold_alike(writings: tuple[str, ...]) -> None:
    assert len({fold(text) for text in writings}) == 1


@given(TEXTS)
def test_the_fast_way_and_the_exact_way_agree(text: str) -> None:
    assert Folded.of(text).folded == fold(text)


@given(TEXTS)
def test_composed_and_decomposed_texts_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(TEXTS)
def test_every_range_leads_back_to_characters_that_fold_to_it(text: str) -> None:
    whole = Folded.of(text)
    for start in range(len(whole.folded)):
        for end in range(start + 1, min(start + 4, len(whole.folded)) + 1):
            first, last = whole.span(start, end)
            assert 0 <= first < last <= len(text)
            assert whole.folded[start:end] in fold(text[first:last])


def test_marks_go_with_their_letter() -> None:
    text = "a Jose\u0301 b"
    at = Folded.of(text).folded.index("jose")
    assert text[slice(*Folded.of(text).span(at, at + 4))] == "Jose\u0301"


def test_half_an_expanded_letter_is_the_whole_letter() -> None:
    assert Folded.of("ßa").span(1, 3) == (0, 2)


@given(TEXTS)
def test_squashed_text_knows_its_places(text: str) -> None:
    whole = Folded.of(text)
    squashed, places = whole.squashed
    assert squashed == squash(whole.folded)
    assert squashed == "".join(whole.folded[place] for place in places)


def test_occurrences_overlap() -> None:
    assert list(occurrences("aa", "aaa")) == [0, 1]
