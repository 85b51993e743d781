"""Planted values: valid ones, where they are said to be, and the interval of the share caught."""

from __future__ import annotations

import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.assess import ENTITIES, WRITINGS, plant, recall_of, writings_of
from scrubber.assess.writings import PLAIN, VARIANT
from scrubber.model import entities
from scrubber.transform.surrogate.number import luhn_valid

SHAPES = {
    "PERSON": r"\S+( \S+)+",
    "EMAIL_ADDRESS": r"[a-z0-9._-]+@[a-z.]+\.[a-z]+",
    "PHONE_NUMBER": r"[+0-9() -]{12,15}",
    "US_SSN": r"\d{3}-\d{2}-\d{4}",
    "CREDIT_CARD": r"\d{15,16}",
    "IBAN_CODE": r"DE\d{20}",
    "IP_ADDRESS": r"\d+\.\d+\.\d+\.\d+",
}

NAME = "Zoë O'Hara-Li"


def values(entity: str, writing: str = PLAIN) -> list[str]:
    return [one.text[one.start : one.end] for one in plant(["a b"], entity, writing, 200)]


@pytest.mark.parametrize("entity", ENTITIES)
def test_values_have_their_shape_and_vary(entity: str) -> None:
    made = values(entity)
    assert all(re.fullmatch(SHAPES[entity], value) for value in made)
    assert len(set(made)) > 150


def test_values_are_valid() -> None:
    assert all(map(luhn_valid, values("CREDIT_CARD")))
    for iban in values("IBAN_CODE"):
        turned = "".join(str(int(ch, 36)) for ch in iban[4:] + iban[:4])
        assert int(turned) % 97 == 1
    for phone in values("PHONE_NUMBER"):
        assert phonenumbers.is_possible_number(phonenumbers.parse(phone, "US"))


VARIANTS = {
    "PERSON": r"[^,]+, [^,]+",
    "EMAIL_ADDRESS": r"[A-Z0-9._-]+\+\d+@MAIL\.[A-Z]+\.INTERNAL",
    "PHONE_NUMBER": r"[0-9][0-9 -]{9,14}",
    "US_SSN": r"\d{3} \d{2} \d{4}",
    "CREDIT_CARD": r"(\d{4}[ -]){3}\d{4}|\d{4}[ -]\d{6}[ -]\d{5}",
    "IBAN_CODE": r"NL\d\d [A-Z]{4} \d{4} \d{4} \d\d",
    "IP_ADDRESS": r"2001:db8(:[0-9a-f]{1,4}){6}",
}


@pytest.mark.parametrize("entity", ENTITIES)
def test_variants_have_the_form_of_another_country_or_habit(entity: str) -> None:
    made = values(entity, VARIANT)
    assert [value for value in made if not re.fullmatch(VARIANTS[entity], value)] == []
    assert len(set(made)) > 150


def test_variants_are_valid() -> None:
    for iban in (value.replace(" ", "") for value in values("IBAN_CODE", VARIANT)):
        assert int("".join(str(int(ch, 36)) for ch in iban[4:] + iban[:4])) % 97 == 1
    assert all(luhn_valid(re.sub(r"\D", "", card)) for card in values("CREDIT_CARD", VARIANT))


WRITTEN = {  # of the value, and what is around it
    "plain": ("Zoë O'Hara-Li", "Hello {} there"),
    "bold": ("Zoë O'Hara-Li", "Hello **{}** there"),
    "HTML": ("Zoë O'Hara-Li", "Hello <b>{}</b> there"),
    "table cell": ("Zoë O'Hara-Li", "Hello \n| Name | Status |\n|---|---|\n| {} | open |\n there"),
    "JSON": (r"Zo\u00eb O'Hara-Li", 'Hello {{"id": 7, "value": "{}", "open": true}} there'),
    "label above": ("Zoë O'Hara-Li", "Hello \nName:\n{}\n there"),
    "glued": ("Zoë O'Hara-Li", "Hello name={};status=open there"),
    "HTML entities": ("Zo&#235; O&#39;Hara&#45;Li", "Hello {} there"),
    "quoted-printable": ("Zo=C3=AB O'=\nHara-Li", "Hello {} there"),
    "no-break marks": ("Zoë\u00a0O'Hara\u2011Li", "Hello {} there"),
    "variant": ("Zoë O'Hara-Li", "Hello Name: {} there"),
}


@pytest.mark.parametrize("writing", WRITINGS)
def test_writings(writing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    row = entities.Entity("X", planted=lambda *_: NAME, variant=lambda *_: NAME, called="Name")
    monkeypatch.setattr(entities, "entity", lambda _: row)
    (one,) = plant(["Hello there"], "X", writing, 1)
    value, text = WRITTEN[writing]
    assert one.text == text.format(value)
    assert one.text[one.start : one.end] == value


def test_an_entity_without_a_variant_has_the_other_writings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = entities.Entity("X", planted=lambda *_: NAME)
    monkeypatch.setattr(entities, "entity", lambda _: row)
    assert set(writings_of("X")) == set(WRITINGS) - {VARIANT}
    (one,) = plant(["Hello there"], "X", "glued", 1)
    assert one.text == f"Hello x={NAME};status=open there"


def test_a_writing_that_changes_nothing_of_a_number_still_encodes_it() -> None:
    (one,) = plant([""], "CREDIT_CARD", "HTML entities", 1)
    assert re.fullmatch(r"&#\d\d;\d{14,15}", one.text)


@given(
    st.lists(st.text(st.sampled_from("ab 1\n\u0301é"), max_size=20), max_size=4),
    st.sampled_from(ENTITIES),
    st.integers(0, 9),
)
def test_the_rest_of_the_text_stays(texts: list[str], entity: str, count: int) -> None:
    planted = plant(texts, entity, PLAIN, count)
    assert planted == plant(texts, entity, PLAIN, count)
    assert len(planted) == count
    for i, one in enumerate(planted):
        rest = one.text[: one.start].removesuffix(" ") + one.text[one.end :]
        before = texts[i % len(texts)] if texts else ""
        assert rest == before or rest == before.removesuffix(" ")
        # never beside a letter or a digit that would make it another value
        assert not one.text[one.start - 1 : one.start].strip()
        assert not one.text[one.end : one.end + 1].strip()


# Wilson's interval, as R's binom::binom.wilson tells it
@pytest.mark.parametrize(
    ("caught", "planted", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (59, 60, 0.9114, 0.9971),
    ],
)
def test_the_interval(caught: int, planted: int, low: float, high: float) -> None:
    found = recall_of("X", PLAIN, caught, planted)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_share_lies_in_its_interval(counts: tuple[int, int]) -> None:
    found = recall_of("X", PLAIN, *counts)
    assert 0 <= found.low <= found.share <= found.high <= 1


@pytest.mark.parametrize(("caught", "planted"), [(1, 0), (0, 0), (-1, 5), (6, 5)])
def test_no_share_of_nothing(caught: int, planted: int) -> None:
    with pytest.raises(ValueError):
        recall_of("X", PLAIN, caught, planted)
