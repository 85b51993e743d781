"""Verdicts from headers and values together, and what their evidence may say."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.model.fieldclass import FieldClass
from scrubber.model.fieldpath import FieldPath
from scrubber.profiling.columns import Profile, Verdict, judge
from scrubber.profiling.columns.shapes import common_shape, shape_of

D, Q, S, T, I = FieldClass  # noqa: E741 - in the order of the classes
GIVEN = (
    "Ann Robert Maria Hans Linda Jose Paul Emma Julia Peter Karen David Laura Mark Susan".split()
)
LAST = (
    "Smith Miller Garcia Jones Brown Wilson Lopez Davis Moore Clark Lewis Young King Hall".split()
)
MANY = range(40)
WORDS = "the order came late and nobody told us why so please check it again with the shop".split()

EMAILS = [f"{a.lower()}{i}@example.com" for i, a in enumerate(GIVEN)]
PHONES = [f"212-555-{i * 37 % 10000:04d}" for i in MANY]
SSNS = [f"{100 + i}-{10 + i}-{1000 + i}" for i in MANY]
UUIDS = [f"{i:08x}-1111-2222-3333-{i * 7919:012x}" for i in MANY]
IPS = [f"10.1.{i}.{i * 3 % 250}" for i in MANY]
DATES = [f"19{40 + i}-0{1 + i % 9}-1{i % 10}" for i in MANY]
US_DATES = [f"{1 + i % 12:02d}/{1 + i % 28:02d}/{1950 + i}" for i in MANY]
STREETS = [f"{i + 3} {LAST[i % 14]} Street" for i in MANY]
GERMAN_STREETS = [f"{LAST[i % 14]}straße {i + 1}" for i in MANY]
NAMES = [f"{GIVEN[i % 15]} {LAST[i % 14]}" for i in MANY]
NOTES = [" ".join(WORDS[i % 7 : i % 7 + 9]) + f" {i}" for i in MANY]
AGES = [str(20 + i) for i in MANY]
AMOUNTS = [f"{i * 13.37:.2f}" for i in MANY]
COLORS = [("red", "blue", "green")[i % 3] for i in MANY]
BITS = [i % 2 for i in MANY]
CARDS = ["4111 1111 1111 1111", "5555-5555-5555-4444", "378282246310005", "6011111111111117"]

CASES: list[tuple[str, Sequence[Any], FieldClass, str | None]] = [
    # names and values agree
    ("email", EMAILS, D, "EMAIL_ADDRESS"),
    ("fname", GIVEN, D, "FIRST_NAME"),
    ("Nachname", LAST, D, "LAST_NAME"),
    ("patient_name", NAMES, D, "PERSON"),
    ("telefono", PHONES, D, "PHONE_NUMBER"),
    ("direccion", STREETS, D, "STREET_ADDRESS"),
    ("ssn", SSNS, D, "US_SSN"),
    ("dob", DATES, Q, "DATE_OF_BIRTH"),
    ("geburtsdatum", US_DATES, Q, "DATE_OF_BIRTH"),
    ("age", AGES, Q, "AGE"),
    ("notes", NOTES, T, None),
    ("amount", AMOUNTS, I, None),
    ("status", COLORS, I, None),
    # values alone
    ("c1", EMAILS, D, "EMAIL_ADDRESS"),
    ("c2", PHONES, D, "PHONE_NUMBER"),
    ("c3", SSNS, D, "US_SSN"),
    ("c4", UUIDS, D, "ID"),
    ("c5", IPS, D, "IP_ADDRESS"),
    ("c6", STREETS, D, "STREET_ADDRESS"),
    ("c7", GERMAN_STREETS, D, "STREET_ADDRESS"),
    ("c8", NAMES, D, "PERSON"),
    ("c9", [f"{n}, {g}" for n, g in zip(LAST, GIVEN, strict=False)], D, "PERSON"),
    ("c10", [name.lower() for name in GIVEN], D, "FIRST_NAME"),
    ("c11", DATES, Q, "DATE_TIME"),
    ("c12", NOTES, T, None),
    ("c13", AMOUNTS, I, None),
    ("c14", COLORS, I, None),
    ("c15", CARDS, D, "CREDIT_CARD"),
    ("c16", [f"AB{i:06d}X" for i in MANY], D, "ID"),
    ("c17", [10_000_000 + i * 97 for i in MANY], D, "ID"),
    # they disagree
    ("notes", EMAILS, D, "EMAIL_ADDRESS"),
    ("name", EMAILS, D, "EMAIL_ADDRESS"),
    ("customer", UUIDS, D, "ID"),
    ("patient", [f"P-{i:04d}" for i in MANY] * 3, D, "ID"),
    ("email", BITS, I, None),
    ("phone", COLORS, I, None),
    ("time_on_site", [i * 1.5 for i in MANY], I, None),
    ("email_verified", [True, False] * 20, I, None),
    ("email_verified", EMAILS, D, "EMAIL_ADDRESS"),
    ("diagnosis", NOTES, T, None),
    # a text with some e-mails in it is text
    ("c1", [*NOTES, *EMAILS[:8]], T, None),
    # typed values
    ("created", [datetime.date(2020, 1, 1 + i % 28) for i in MANY], Q, "DATE_TIME"),
    ("flag", [True, False, None] * 10, I, None),
    ("customer_id", list(MANY), D, "ID"),
]


def verdict(header: str, values: Sequence[Any]) -> Verdict:
    return judge(FieldPath((header,)), Profile.of(pa.array(values)))


@pytest.mark.parametrize(
    ("entity", "concept", "class_"),
    [("PERSON", "full_name", D), ("LOCATION", "place", Q), ("DATE_TIME", "date", Q)],
)
def test_what_detectors_see_in_most_values_is_called_by_its_plainest_word(
    entity: str, concept: str, class_: FieldClass
) -> None:
    values = pa.array(["Qzrt Vbnm", "Wxcv Plok", "Mnji Bhuv", "42"] * 3)
    found = judge(FieldPath(("c1",)), Profile.of(values), {entity: 0.75})
    assert (found.concept.id, found.field_class) == (concept, class_)


@pytest.mark.parametrize(("header", "values", "class_", "entity"), CASES)
def test_header_and_values_make_a_verdict(
    header: str, values: Sequence[Any], class_: FieldClass, entity: str | None
) -> None:
    found = verdict(header, values)
    assert (found.field_class, found.entity) == (class_, entity)
    assert not found.doubtful


@pytest.mark.parametrize("values", [[], [None, None], ["", " ", "N/A", "\\N"], pa.nulls(3)])
def test_without_values_the_name_alone_speaks(values: Any) -> None:
    array = pa.array(values, None if isinstance(values, pa.Array) else pa.string())
    named = judge(FieldPath(("last_name",)), Profile.of(array))
    assert named.field_class is D
    assert not named.doubtful
    assert judge(FieldPath(("c1",)), Profile.of(array)).doubtful


@pytest.mark.parametrize(
    "value", ["x", "7", "Qzx", "-1.5", "🙂", "\x00", "a" * 100_000, "9" * 5000]
)
def test_one_row_is_no_evidence_of_harmlessness(value: str) -> None:
    found = verdict("c1", [value])
    assert found.doubtful or found.field_class in (D, T)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (pa.binary(), [b"x"]),
        (pa.duration("s"), [3]),
        (pa.time32("s"), [datetime.time(1)]),
        (pa.float16(), [1.0]),
        (pa.decimal128(5, 2), [None]),
        (pa.struct([]), [{}]),
    ],
)
def test_every_type_gets_a_verdict(kind: pa.DataType, values: list[Any]) -> None:
    import numpy as np

    if pa.types.is_float16(kind):
        values = [np.float16(1.0)]
    assert 0 <= judge(FieldPath(("c",)), Profile.of(pa.array(values, kind))).confidence <= 1


def test_a_missing_share_counts_what_only_looks_like_a_value() -> None:
    profile = Profile.of(pa.array(["a", None, " ", "N/A", "\\N", "b", "a"]))
    assert (profile.cells, profile.missing, profile.distinct) == (7, 4, 2)


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("Ann 42", "Aaa 99"),
        ("é-Ж9", "a-A9"),
        ("李", "x"),
        ("€%", "??"),
        ("a@b.c", "a@a.a"),
        ("", ""),
    ],
)
def test_a_shape_hides_letters_digits_and_signs(value: str, shape: str) -> None:
    assert shape_of(value) == shape


@pytest.mark.parametrize(
    ("values", "shape"),
    [
        ([f"A-{i:03d}" for i in range(11)], "A-999"),
        ([f"A-{i:03d}" for i in range(10)], None),  # too few share it
        (["x" * i for i in range(1, 30)], "a+"),
        (["-" * i for i in range(1, 30)], None),  # a shape of signs is the value itself
        (["!" * i for i in range(1, 30)], None),
        ([f"{'word ' * 20}{i}" for i in range(30)], None),  # too long
        ([], None),
    ],
)
def test_only_common_shapes_are_shown(values: list[str], shape: str | None) -> None:
    assert common_shape(values) == shape


@given(st.text(max_size=20), st.lists(st.one_of(st.none(), st.text(max_size=40)), max_size=40))
def test_any_column_gets_the_same_verdict_twice(header: str, values: list[str | None]) -> None:
    array = pa.array(values, pa.string())
    one, other = (judge(FieldPath((header,)), Profile.of(array)) for _ in range(2))
    assert one == other
    assert 0 <= one.confidence <= 1


@given(
    st.lists(st.text(st.characters(categories=["Lu", "Nd"]), min_size=6, max_size=12), max_size=9)
)
def test_evidence_of_few_values_shows_no_shape(values: list[str]) -> None:
    assert not any("shape" in said for said in verdict("c1", values or [""]).evidence)
