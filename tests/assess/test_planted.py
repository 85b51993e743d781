"""Planted values: valid ones, where they are said to be, and the interval of the share caught."""

from __future__ import annotations

import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.assess import ENTITIES, plant, recall_of
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


def values(entity: str) -> list[str]:
    return [one.text[one.start : one.end] for one in plant(["a b"], entity, 200)]


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


@given(
    st.lists(st.text(st.sampled_from("ab 1\n\u0301é"), max_size=20), max_size=4),
    st.sampled_from(ENTITIES),
    st.integers(0, 9),
)
def test_the_rest_of_the_text_stays(texts: list[str], entity: str, count: int) -> None:
    planted = plant(texts, entity, count)
    assert planted == plant(texts, entity, count)
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
    found = recall_of("X", caught, planted)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_share_lies_in_its_interval(counts: tuple[int, int]) -> None:
    found = recall_of("X", *counts)
    assert 0 <= found.low <= found.share <= found.high <= 1


@pytest.mark.parametrize(("caught", "planted"), [(1, 0), (0, 0), (-1, 5), (6, 5)])
def test_no_share_of_nothing(caught: int, planted: int) -> None:
    with pytest.raises(ValueError):
        recall_of("X", caught, planted)
