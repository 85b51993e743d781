"""Dates in words and figures, whole and in part, and ages; and numbers and words that are none."""

from __future__ import annotations

import pytest

from tests.detect.recognizers.searching import covers, found

MONTHS = {
    "en": "March", "de": "März", "fr": "mars", "es": "marzo", "it": "marzo", "pt": "março",
    "nl": "maart", "pl": "marca", "ru": "марта", "uk": "березня", "ro": "martie", "sv": "mars",
    "da": "marts", "fi": "maaliskuuta", "cs": "března", "sk": "marca", "hr": "ožujka",
    "bg": "март", "el": "Μαρτίου", "tr": "Mart", "ar": "مارس", "hi": "मार्च", "id": "Maret",
}  # fmt: skip
WHOLE = ["14 {} 2019", "14. {} 2019", "14 de {} de 2019", "14\n{} 2019"]
WRITINGS = """\
March 14, 2019|14th of March 2019|the 14th of March, 2019|2019. március 14|14 במרץ 2019
2019年3月14日|2019년 3월 14일|14 tháng 3 năm 2019|3/14/2019|14/03/2019|14.03.2019|14. 3. 2019
2019-03-14|2019/03/14|2019.03.14|14-Mar-2019|14-MAR-19|14MAR2019|14/Mar/2019|Mar-14-2019
20190314|3/14|3-14-19|14.3.|03/2019|March 2019|Mar 2019|Mar '19|early March 2019|mid-March
late March|March 14|14 March|Mar. 14|14 Mar|March 14th|Monday, March 14|Mon 14 Mar
Thursday the 14th|fourteenth of March|March fourteenth|14 March at 10:45|10:45 on 14 March
March 14-16|14-16 March 2019|9 and 14 July|March 14 and 16, 2019|2019-03-14T10:45:00Z
2019-03-14 10:45|14 III 2019|Q1 2019|spring of 2019|week 11 of 2019|2019 March 14|2019-Mar-14
Christmas 2019|last March|令和3年3月14日|14 grudnia 2019 r.|14 марта 2019 г."""
NO_DATES = [
    "He may march with us.", "In 2019 we moved.", "version 2.31.0.4", "ratio 3/4 of them",
    "a 12/25 split ratio", "page 14 of 19", "The second of many.", "1.6890", "45 CFR 164.514",
    "march on", "Augusta and April Jones", "the first and the second", "room 314",
]  # fmt: skip
AGES = [
    ("a 47-year-old man", "47"), ("aged 47", "47"), ("age: 47", "47"), ("47 y/o", "47"),
    ("in her late forties", "in her late forties"), ("47 Jahre alt", "47"), ("âgé de 47 ans", "47"),
    ("forty-seven years old", "forty-seven"), ("47 лет от роду", "47"), ("Age | 47", "47"),
]  # fmt: skip
NO_AGES = [
    "page 47",
    "47 days old",
    "aged cheese",
    "age 47%",
    "for 30 years",
    "il y a 20 ans après",
]


@pytest.mark.parametrize("month", MONTHS.values(), ids=MONTHS)
@pytest.mark.parametrize("form", WHOLE)
def test_in_words(month: str, form: str) -> None:
    text = f"x ({form.format(month)}) y"
    assert covers(text, form.format(month), "DATE_TIME")


@pytest.mark.parametrize("writing", WRITINGS.replace("\n", "|").split("|"))
def test_writings(writing: str) -> None:
    assert covers(f"She was seen on {writing} by the nurse.", writing, "DATE_TIME")


@pytest.mark.parametrize("text", NO_DATES)
def test_no_dates(text: str) -> None:
    assert found(text, "DATE_TIME") == set()


@pytest.mark.parametrize(("text", "age"), AGES)
def test_ages(text: str, age: str) -> None:
    assert covers(text, age, "AGE")


@pytest.mark.parametrize("text", NO_AGES)
def test_no_ages(text: str) -> None:
    assert found(text, "AGE") == set()


@pytest.mark.parametrize("age", [90, 93, 101])
def test_high_ages_are_apart(age: int) -> None:
    text = f"a {age}-year-old man, aged {age}"
    assert (found(text, "AGE"), found(text, "AGE_OVER_89")) == (set(), {str(age)})


@pytest.mark.parametrize(
    "text",
    [
        "14 March 1980 is her birthday",
        "03/14/1980 was my date of birth",
        "DOB\n14.03.1980",
        "14/03/1980 (DOB)",
    ],
)
def test_of_birth_behind_the_date(text: str) -> None:
    assert found(text, "DATE_OF_BIRTH")
