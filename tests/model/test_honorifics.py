"""Titles and degrees, and the names that are written like them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.model.honorifics import NAMES_TOO, SUFFIXES, TITLES, name_proper

# (a written name, what of it is the name, the language)
CASES = [
    ("Ann Poe", "Ann Poe", ""),
    ("Dr. Ann Poe, MD", "Ann Poe", ""),
    ("Prof. Dr. Ann Poe", "Ann Poe", ""),
    ("Dr. Poe, MD", "Poe", ""),
    ("Ann Poe MD", "Ann Poe", ""),
    ("Ann Poe, DO", "Ann Poe", ""),
    ("Ann Poe, MD, PhD", "Ann Poe", ""),
    ("Ann Poe, Ph.D.", "Ann Poe", ""),
    ("JOHN POE, RN", "JOHN POE", ""),
    ("John Poe Jr.", "John Poe", ""),
    ("Poe Jr", "Poe", ""),
    ("John Poe III", "John Poe", ""),
    ("John Poe II", "John Poe", ""),
    # names that are written like degrees
    ("Anh Do", "Anh Do", ""),
    ("ANH DO", "ANH DO", ""),
    ("Anh DO", "Anh DO", ""),
    ("Do, Anh", "Do, Anh", ""),
    ("Anh, Do", "Anh, Do", ""),
    ("Thi Anh Do", "Thi Anh Do", ""),
    ("Thi Anh DO", "Thi Anh DO", ""),
    ("THI ANH, DO", "THI ANH, DO", ""),
    ("Van Poe, Do", "Van Poe, Do", ""),
    ("Mr. Anh Do", "Anh Do", ""),
    ("Dr. Do", "Do", ""),
    ("Dr. Do, DO", "Do", ""),
    ("Rahman Md", "Rahman Md", ""),
    ("Md Rahman", "Md Rahman", ""),
    ("Abdur Rahman Md", "Abdur Rahman Md", ""),
    ("ABDUR RAHMAN MD", "ABDUR RAHMAN MD", ""),
    ("Naosuke Ii", "Naosuke Ii", ""),
    ("Sok Iv", "Sok Iv", ""),
    ("Iv Sok", "Iv Sok", ""),
    ("Sok Np", "Sok Np", ""),
    ("Kim Rn", "Kim Rn", ""),
    ("KIM RN", "KIM RN", ""),
    ("Yo-Yo Ma", "Yo-Yo Ma", ""),
    ("Tran Vi", "Tran Vi", ""),
    ("Ann Ba", "Ann Ba", ""),
    ("Ann Bs", "Ann Bs", ""),
    ("Anh Le", "Anh Le", ""),
    ("Jr, Ann", "Jr, Ann", ""),
    ("Esq, Ann", "Esq, Ann", ""),
    ("Do", "Do", ""),
    # names that are written like titles
    ("Lady Gomez", "Lady Gomez", ""),
    ("Lord, Ann", "Lord, Ann", ""),
    ("Dame Fall", "Dame Fall", ""),
    ("Maj Berg", "Maj Berg", ""),
    ("Maj. Berg", "Berg", ""),
    ("Hon Li", "Hon Li", ""),
    ("Don Poe", "Don Poe", ""),
    ("Don José Gil", "Don José Gil", "es"),
    ("don José Gil", "José Gil", "es"),
    ("D. José Gil", "José Gil", "es"),
    ("D. Poe", "D. Poe", ""),
    ("M. Dupont", "Dupont", "fr"),
    ("M Dupont", "M Dupont", "fr"),
    ("M. Dupont", "M. Dupont", ""),
    ("Herr Groß", "Groß", "de"),
    ("Herr, John", "Herr, John", ""),
    ("Herr, John", "Herr, John", "de"),
    ("Miss, Ann", "Miss, Ann", ""),
    ("Sir Henry", "Henry", ""),
    # hardly names
    ("Dr.", "Dr.", ""),
    ("Dr. MD", "MD", ""),
    (" , ", " , ", ""),
    ("", "", ""),
]


@pytest.mark.parametrize(("text", "expected", "language"), CASES)
def test_what_of_a_written_name_is_the_name(text: str, expected: str, language: str) -> None:
    start, end = name_proper(text, language)
    assert text[start:end] == expected


WORDS = st.sampled_from([*sorted(TITLES | SUFFIXES | NAMES_TOO), "Ann", "Poe", ",", "."])


@given(st.lists(st.tuples(WORDS, st.sampled_from([str, str.upper, str.title]))))
def test_something_is_always_left(words: list[tuple[str, type[str]]]) -> None:
    text = " ".join(cased(word) for word, cased in words)
    start, end = name_proper(text)
    assert 0 <= start <= end <= len(text)
    assert bool(text[start:end].strip(" ,")) == bool(text.strip(" ,"))
