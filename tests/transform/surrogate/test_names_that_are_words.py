"""People who are called like a degree, a title or a particle: nothing of the name is kept."""

from __future__ import annotations

import re

import polars as pl
import pyarrow as pa
import pytest

import scrubber
from scrubber.transform.base import Context
from scrubber.transform.keys import RootKey
from scrubber.transform.surrogate import Surrogate

KEY = bytes(range(32))

REPLACED = [
    "Anh Do", "ANH DO", "anh do", "Anh do", "Do, Anh", "Do Anh", "do Anh", "Le Do", "Thi Anh Do",
    "NGUYEN THI DO ANH", "NGUYEN VAN ANH", "nguyen van do anh", "Yo-Yo Ma", "Ma, Yo", "Ma Li",
    "Rahman Md", "Md Rahman", "Naosuke Ii", "Ii Naosuke", "Sok Iv", "Kim Rn", "Tran Vi", "Ann Ba",
    "Ann Bs", "Anh Le", "Le Anh", "le Anh", "LE VAN ANH", "Van Anh", "Rani Das", "RANI DAS",
    "Lady Gomez", "Lord, Ann", "Dame Fall", "Don Poe", "Della Poe", "Del Poe", "Al Poe", "Von Poe",
    "Maj Berg", "Hon Li", "Herr, John", "La Rue", "Ben Poe", "El Poe", "Do", "Md", "Jr", "II",
    "Lord",
]  # fmt: skip

# what stays of them
KEPT = [
    ("Ann Poe, DO", "DO"),
    ("Ann Poe MD", "MD"),
    ("Ann Poe, RN", "RN"),
    ("John Poe Jr.", "Jr."),
    ("Dr. Ann Poe", "Dr."),
    ("Ludwig van Gogh", "van"),
    ("van Gogh", "van"),
    ("Ana do Carmo", "do"),
    ("JAN VAN DER BERG", "VAN DER"),
    ("ANA DE LA CRUZ", "DE LA"),
]


def stand_in(value: str, entity: str = "PERSON", locale: str = "en_US") -> str:
    transform = Surrogate(entity, locale)
    made: str = transform.apply(pa.array([value]), Context("f", RootKey(KEY))).array[0].as_py()
    return made


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


@pytest.mark.parametrize("locale", ["en_US", "fr_FR", "es_ES"])
@pytest.mark.parametrize("entity", ["PERSON", "FIRST_NAME", "LAST_NAME"])
@pytest.mark.parametrize("value", REPLACED)
def test_every_word_of_a_name_is_replaced(value: str, entity: str, locale: str) -> None:
    assert not words(value) & words(stand_in(value, entity, locale))


@pytest.mark.parametrize(("value", "kept"), KEPT)
def test_what_is_no_name_stays(value: str, kept: str) -> None:
    fresh = stand_in(value)
    assert kept in fresh
    assert words(value) & words(fresh) == words(kept)


@pytest.mark.parametrize("value", ["Anh Do", "Do, Anh", "Le Do", "Rahman Md", "Naosuke Ii"])
def test_in_the_notes_of_the_row(value: str) -> None:
    rules = {
        "version": 1,
        "key": {"env": "NOT_READ"},
        "detect": {"ner": "none"},
        "fields": [
            {
                "name": "who",
                "class": "direct_identifier",
                "transform": {"surrogate": {"entity": "PERSON"}},
                "linked_as": "PERSON",
            },
            {
                "name": "note",
                "class": "text",
                "entities": {"default": "redact", "PERSON": "surrogate"},
                "linked": ["who"],
            },
        ],
    }
    surname = {"Anh Do": "Do", "Do, Anh": "Do", "Le Do": "Do", "Rahman Md": "Md"}.get(value, "Ii")
    note = f"Saw {value} again. Ms. {surname} is well, says {surname}."
    frame = pl.DataFrame({"who": [value], "note": [note]})
    out = scrubber.scrub(frame, rules, key=KEY).data
    assert not words(value) & (words(out["who"][0]) | words(out["note"][0])), out["note"][0]
