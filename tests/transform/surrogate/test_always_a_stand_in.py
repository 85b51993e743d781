"""There always is a stand-in, it is not the original, and it does not hold it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scrubber.transform.base import Context
from scrubber.transform.keys import RootKey
from scrubber.transform.surrogate import ENTITIES, Surrogate
from scrubber.transform.surrogate.lists import LOCALES, Listing, Lists, fold, lists_of
from scrubber.transform.surrogate.person import matching_parts
from tests.examples import examples

KEY = RootKey(bytes(range(32)))

DEGENERATE = [
    "D.", "D", "d", "D. D.", "A B", "a", "Ø", "ß", "İ", "ŉ", "Д.", "王", "김", "नि", "م", "ก",
    "\u200b", "\u00ad", "\u0301", "\ufe0f", "\u202e", "\u2060", "\x00", "ﬁ", "½", "²", "٣",
    ".", ",", ", ", "-", "--", "''", "’", "( )", "·", "…", "@", "/", "#", "+", "%", "&", "_",
    "Dr.", "Mr. D.", "Jr", "de", "van", "do", "Street", "Inc", "Apt", "No", "PO Box", "Suite 1",
    "example.com", "example", "a@example.com", "www.", "http://", "com", "::", "0", "00", "+1",
    "1", "1/1", "1990", "9999", "January", "12:00", "00:00", "Mon", "MA", "X9", "GB00", "000-00",
    "😀", "👩‍👩‍👧", "🇩🇪", "1️⃣", "x" * 999, "x" * 1001, "a " * 499, "王" * 5000, "- " * 800,
]  # fmt: skip


def stand_ins(values: list[str], entity: str, **params: Any) -> list[str]:
    # drawn: a permutation refuses ids of few forms
    outcome = Surrogate(entity, unique=False, **params).apply(pa.array(values), Context("f", KEY))
    assert outcome.failed is None
    made: list[str] = outcome.array.to_pylist()
    return made


def in_text(values: list[str], label: str, **extra: Any) -> list[str]:
    document = pa.array([b"1"] * len(values))
    context = Context("note", KEY, label=label, document=document, **extra)
    outcome = Surrogate().apply(pa.array(values), context)
    assert outcome.failed is None
    made: list[str] = outcome.array.to_pylist()
    return made


def hides(value: str, fresh: str) -> bool:
    """Whether `fresh` is something, is not `value`, and does not have it as words."""
    old, new = fold(value), fold(fresh)
    if not old:
        return fresh == value
    held = any(map(str.isalnum, old)) and re.search(rf"(?<!\w){re.escape(old)}(?!\w)", new)
    return bool(new) and old != new and not held


@pytest.mark.parametrize("entity", ENTITIES)
def test_in_a_column(entity: str) -> None:
    for locale in LOCALES:
        made = stand_ins(DEGENERATE, entity, locale=locale)
        assert [v for v, new in zip(DEGENERATE, made, strict=True) if not hides(v, new)] == []


@pytest.mark.parametrize("label", [*ENTITIES, "TICKET", "NRP"])
def test_in_a_text(label: str) -> None:
    made = in_text(DEGENERATE, label)
    assert [v for v, new in zip(DEGENERATE, made, strict=True) if not hides(v, new)] == []


def one_element(lists: Lists) -> Lists:
    """The same locale with one entry a list."""
    return replace(
        lists,
        **{
            name: Listing.of(listing.entries[:1])
            for name, listing in vars(lists).items()
            if isinstance(listing, Listing)
        },
    )


@pytest.mark.parametrize("entity", ENTITIES)
@pytest.mark.parametrize("locale", LOCALES)
def test_where_lists_have_one_element(
    entity: str, locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = one_element(lists_of(locale))
    monkeypatch.setattr("scrubber.transform.surrogate.lists_of", lambda _: few)
    theirs = [
        listing.entries[0]
        for listing in vars(few).values()
        if isinstance(listing, Listing) and len(listing)
    ]
    values = [*theirs, " ".join(theirs[:2]), f"{few.given.entries[0]} {few.surnames.entries[0]}"]
    for made in (
        stand_ins(values, entity, locale=locale),
        stand_ins([value.upper() for value in values], entity, locale=locale),
    ):
        assert [v for v, new in zip(values, made, strict=True) if not hides(v, new)] == []


@given(st.text(min_size=1, max_size=40), st.sampled_from(ENTITIES), st.sampled_from(LOCALES))
@examples(300)
def test_of_any_text(value: str, entity: str, locale: str) -> None:
    (column,) = stand_ins([value], entity, locale=locale)
    (text,) = in_text([value], entity)
    assert hides(value, column)
    assert hides(value, text)


NAMES = st.lists(
    st.sampled_from(["Ann", "Do", "D.", "d", "Poe", "Li", "van", "MD", ",", "王", "J.R.", "Ann-Do"])
    | st.text(min_size=1, max_size=6),
    min_size=1,
    max_size=4,
).map(" ".join)


@given(whole=NAMES, value=NAMES, fresh=NAMES)
@example(whole="Dan Dee", value="D.", fresh="Dora Dill")  # an initial of both
@example(whole="Ann Do", value="Do Ann", fresh="Do Ann")
@examples(300)
def test_beside_a_linked_name(whole: str, value: str, fresh: str) -> None:
    known = {b"1": matching_parts(whole, fresh)}
    made = in_text([value, whole], "PERSON", names=known)
    assert hides(value, made[0])
    assert hides(whole, made[1])


@given(st.lists(NAMES, min_size=1, max_size=30))
@examples(100)
def test_whole_columns_hide_as_single_values_do(values: list[str]) -> None:
    for entity in ("PERSON", "FIRST_NAME", "LAST_NAME", "EMAIL_ADDRESS"):
        made = stand_ins(values, entity)
        assert all(map(hides, values, made))
        assert made == [stand_ins([value], entity)[0] for value in values]


@pytest.mark.parametrize("locale", LOCALES)
def test_no_part_of_a_name_keeps_its_initial(locale: str) -> None:
    lists = lists_of(locale)
    given, surnames = lists.given.entries[:100], lists.surnames.entries[:100]
    values = [f"{first} {last}" for first, last in zip(given, surnames, strict=True)]
    for value, new in zip(values, stand_ins(values, "PERSON", locale=locale), strict=True):
        for old, fresh in zip(value.split(), new.split(), strict=True):
            assert fold(old)[0] != fold(fresh)[0]


def test_an_initial_is_that_of_the_stand_in() -> None:
    (fresh,) = in_text(["Dan Poe"], "PERSON")
    known = {b"1": matching_parts("Dan Poe", fresh)}
    assert in_text(["D.", "D. Poe"], "PERSON", names=known) == [
        f"{fresh[0]}.",
        f"{fresh[0]}. {fresh.split()[1]}",
    ]
