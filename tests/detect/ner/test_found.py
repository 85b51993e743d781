"""People through ``scrubber.find``: initials, small letters, cells, scripts; and plain text."""

from __future__ import annotations

import pytest

from scrubber import find

FOUND = [
    # what courts put for a name
    ("A certain K.T. was questioned on 3 May 2001.", "K.T."),
    ("The cases against [M] and [the co-accused B] were severed.", "M"),
    ("The cases against [M] and [the co-accused B] were severed.", "B"),
    ("Witness X stated that B had left Ankara.", "X"),
    ("The applicant, Mr J. K., was born in 1961.", "J. K."),
    # chat
    ("hey anna, tell marek that the parcel is here", "anna"),
    ("hey anna, tell marek that the parcel is here", "marek"),
    ("thanks priya! see you tomorrow", "priya"),
    ("i spoke with dave yesterday about the refund", "dave"),
    ("patient seen by dr lindqvist on monday", "lindqvist"),
    # bare cells
    ("MÜLLER, Jürgen", "MÜLLER, Jürgen"),
    ("O'Brien, Siobhán", "O'Brien, Siobhán"),
    ("MARIA DA SILVA", "MARIA DA SILVA"),
    ("nguyen van anh", "nguyen van anh"),
    # other languages and scripts
    ("Sehr geehrter Herr Schröder,", "Schröder"),
    ("Bonjour, je m'appelle Élodie Lefèvre.", "Élodie Lefèvre"),
    ("Меня зовут Анна Иванова, я живу в Москве.", "Анна Иванова"),
    ("Иван Петров", "Иван Петров"),
    ("王小明", "王小明"),
    ("محمد علي", "محمد علي"),
    # handles
    ("RT @annpoe: what a day", "@annpoe"),
]

# Words that are names elsewhere, capitals that are no names, code.
PLAIN = [
    "Plan B is ready.",
    "See Section A of the contract.",
    "Option A) cats Option B) dogs",
    "Take vitamin C daily.",
    "A number of hearings took place in May.",
    "Will you mark the page? There is hope.",
    "Let x be the value and y the sum.",
    "Machine Learning Engineer",
    "Order status: shipped",
    "Dear Customer,",
    "def hello_world():\n    print('hi')",
    "SELECT name, id FROM users WHERE age > 3",
    "Never-married",
    "Private",
]


def people(text: str) -> list[tuple[int, int]]:
    (spans,) = find([text])
    return [(span.start, span.end) for span in spans if span.label == "PERSON"]


@pytest.mark.parametrize(("text", "name"), FOUND)
def test_a_person_is_wholly_covered(text: str, name: str) -> None:
    seen = {i for start, end in people(text) for i in range(start, end)}
    start = text.index(name)
    letters = {start + i for i, char in enumerate(name) if char.isalnum()}
    assert letters <= seen


@pytest.mark.parametrize("text", PLAIN)
def test_no_person_is_found_where_none_is(text: str) -> None:
    assert people(text) == []


def test_a_name_that_was_found_once_is_found_in_the_whole_text() -> None:
    text = "Dear Henrik Hasslund,\n\nplease sign. I asked hasslund twice."
    start = text.index("hasslund")
    assert any(a <= start and start + len("hasslund") <= b for a, b in people(text))
