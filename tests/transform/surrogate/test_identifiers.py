"""Stand-ins of ids: nobody is merged, nobody is himself, and the form stays."""

from __future__ import annotations

import random
import re
import uuid
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.transform.base import Context
from scrubber.transform.keys import RootKey
from scrubber.transform.surrogate import ENTITIES, Surrogate
from scrubber.transform.surrogate.lists import fold
from tests.examples import examples

KEY = RootKey(bytes(range(32)))
FIELD = Context("f", KEY)
IDS = ["ID", "UUID", "US_PASSPORT", "DE_ID_CARD", "IT_FISCAL_CODE", "CRYPTO"]


def stand_ins(values: list[Any], entity: str = "ID", type: pa.DataType | None = None) -> list[Any]:
    outcome = Surrogate(entity).apply(pa.array(values, type), FIELD)
    assert outcome.failed is None, outcome.why
    made: list[Any] = outcome.array.to_pylist()
    return made


def one(value: Any, entity: str = "ID", type: pa.DataType | None = None) -> Any:
    return stand_ins([value], entity, type)[0]


# ---- a UUID gives a UUID

WRITTEN = "6d92078a-8246-4ba4-ae5b-76104861e7dc"


@pytest.mark.parametrize("entity", ["UUID", "ID"])
@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        (WRITTEN, r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
        (WRITTEN.upper(), r"[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}"),
        (f"{{{WRITTEN}}}", r"\{[0-9a-f-]{36}\}"),
        (f"urn:uuid:{WRITTEN}", r"urn:uuid:[0-9a-f-]{36}"),
        (f" {WRITTEN}\n", r" [0-9a-f-]{36}\n"),
    ],
)
def test_a_uuid_gives_a_uuid_written_alike(entity: str, value: str, pattern: str) -> None:
    made = one(value, entity)
    assert re.fullmatch(pattern, made)
    assert uuid.UUID(made.strip()).version == 4
    assert uuid.UUID(made.strip()) != uuid.UUID(WRITTEN)
    assert uuid.UUID(made.strip()) == uuid.UUID(one(WRITTEN, entity))


def test_a_uuid_without_hyphens() -> None:
    made = one(WRITTEN.replace("-", ""), "UUID")
    assert re.fullmatch(r"[0-9a-f]{32}", made)
    assert uuid.UUID(made) == uuid.UUID(one(WRITTEN, "UUID"))


@given(st.uuids(), st.integers(1, 8))
def test_version_and_variant_are_kept(value: uuid.UUID, version: int) -> None:
    for old in (value, uuid.UUID(int=value.int, version=min(version, 5))):
        made = uuid.UUID(one(str(old), "UUID"))
        assert (made.version, made.variant) == (old.version, old.variant)
        assert made != old


# ---- nobody is merged


def sample(form: str, count: int) -> list[str]:
    """Different ids of a form: 9 is a digit, a and A are letters, h a hexadecimal digit, x any."""
    rng, out = random.Random(7), {}
    signs = {"9": "0123456789", "h": "0123456789abcdef", "x": "0123456789ABCDEFGHJKMNPQRSTVWXYZ"}
    while len(out) < count:
        out["".join(rng.choice(signs[c]) if c in signs else c for c in form)] = None
    return list(out)


@pytest.mark.slow
@pytest.mark.parametrize(
    "form",
    [
        "999999",
        "AB-999999",
        "hhhhhhhh-hhhh-4hhh-bhhh-hhhhhhhhhhhh",
        "h" * 32,
        "xxxxxxxxxx",
        "9" * 30,
    ],
)
def test_many_ids_stay_as_many(form: str) -> None:
    values = sample(form, 20_000)
    made = stand_ins(values)
    assert len(set(made)) == len(values)
    assert all(map(str.__ne__, values, made))
    assert set(map(len, made)) == {len(form)}


@pytest.mark.slow
def test_all_ids_of_a_format_are_permuted() -> None:
    values = [f"{i:06d}" for i in range(100_000)]  # every id that begins with 0
    made = stand_ins(values)
    assert sorted(made) == values
    assert all(map(str.__ne__, values, made))


ID_TEXTS = st.text("abAB019-. /", min_size=1, max_size=14) | st.text(max_size=12)


@examples(200)
@given(st.lists(ID_TEXTS, min_size=2, max_size=40, unique_by=fold), st.sampled_from(IDS))
def test_different_ids_have_different_stand_ins(values: list[str], entity: str) -> None:
    outcome = Surrogate(entity).apply(pa.array(values), FIELD)
    failed = [False] * len(values) if outcome.failed is None else outcome.failed.to_pylist()
    made = outcome.array.to_pylist()
    kept = [(v, new) for v, new, bad in zip(values, made, failed, strict=True) if not bad]
    assert len({fold(new) for _, new in kept}) == len(kept)
    assert all(fold(v) != fold(new) for v, new in kept if v.strip())
    alone = [Surrogate(entity).apply(pa.array([v]), FIELD).array[0].as_py() for v in values]
    assert alone == made


# ---- text and numbers are one


@pytest.mark.parametrize(
    "value",
    [
        *[100_000, 999_999, 1_234_567, 2_025_550_100, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 10**18],
        *[2**63 - 1, 2**63, 2**64 - 1, -1_234_567, -(2**31) + 1],
    ],
)
def test_a_number_becomes_what_its_text_becomes(value: int) -> None:
    text = one(str(value))
    assert len(text) == len(str(value))
    for type in (pa.int32(), pa.uint32(), pa.int64(), pa.uint64()):
        signed = pa.types.is_signed_integer(type)
        low = -(1 << (type.bit_width - 1)) if signed else 0
        if low <= value < low + (1 << type.bit_width):
            assert str(one(value, type=type)) == text


def test_separators_and_case_do_not_matter() -> None:
    plain = one("1234567")
    assert one("1.234.567").replace(".", "") == one("123-45 67").replace("-", "").replace(" ", "")
    assert one("1.234.567").replace(".", "") == plain
    assert one("ab-123456") == one("AB-123456").lower()
    assert one("\uff11\uff12\uff13\uff14\uff15\uff16\uff17") == plain


# ---- the form


@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        ("PMC-6431471-1", r"[A-Z]{3}-\d{7}-\d"),
        ("ab12.CD/34", r"[a-z]{2}\d\d\.[A-Z]{2}/\d\d"),
        ("0012345", r"0\d{6}"),
        ("7012345", r"[1-9]\d{6}"),
        ("RSSMRA85T10A562S", r"[A-Z0-9]{16}"),
        ("d41d8cd98f00b204e9800998ecf8427e", r"[0-9a-f]{32}"),
        ("K7QX2M9P4R", r"[A-Z0-9]{10}"),
        ("aB3dE9xQ1z", r"[A-Za-z0-9]{10}"),
        ("山田太郎", r"[a-z2-7]{26}"),
        ("AB12 é", r"[a-z2-7]{26}"),
        ("7" * 1500, r"[a-z2-7]{26}"),
        ("   ", r"   "),
    ],
)
def test_the_form_stays(value: str, pattern: str) -> None:
    assert re.fullmatch(pattern, one(value), re.ASCII)


def test_the_places_of_digits_do_not_tell_random_ids_apart() -> None:
    """Where digits and letters alternate, their pattern alone would name most of the ids."""
    values = sample("h" * 32, 500)

    def pattern(text: str) -> str:
        return re.sub("[a-f]", "a", re.sub("[0-9]", "9", text))

    made = stand_ins(values)
    assert sum(pattern(v) == pattern(new) for v, new in zip(values, made, strict=True)) == 0


def test_ids_of_one_form_by_law_keep_it() -> None:
    made = one("RSSMRA85T10A562S", "IT_FISCAL_CODE")
    assert re.fullmatch(r"[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z]", made)


# ---- what is refused


@pytest.mark.parametrize("value", ["C-1234", "5", "12345", "00042", "ab1", "abcd"])
def test_too_few_ids_are_refused_in_a_column_with_the_cure(value: str) -> None:
    outcome = Surrogate("ID").apply(pa.array([value, None, "AB-123456"]), FIELD)
    assert outcome.failed.to_pylist() == [True, False, False]
    assert outcome.array[0].as_py() is None
    assert "token" in outcome.why
    assert value not in outcome.why.replace("1,000,000", "")
    drawn = Surrogate("ID", unique=False).apply(pa.array([value]), FIELD)
    assert drawn.failed is None
    assert fold(drawn.array[0].as_py()) != fold(value)


def test_in_a_text_they_are_drawn() -> None:
    ids = pa.array([b"1"])
    for scope in (None, "dataset"):
        context = Context("note", KEY, label="TICKET", document=ids)
        outcome = Surrogate(scope=scope).apply(pa.array(["C-1234"]), context)
        assert outcome.failed is None
        assert outcome.array[0].as_py() != "C-1234"


@pytest.mark.parametrize("type", [pa.int8(), pa.int32(), pa.uint64()])
def test_small_numbers_are_refused(type: pa.DataType) -> None:
    outcome = Surrogate("ID").apply(pa.array([5, None, 99], type), FIELD)
    assert outcome.failed.to_pylist() == [True, False, True]


def test_a_number_that_its_type_cannot_hold_is_refused() -> None:
    outcome = Surrogate("ID").apply(pa.array([-(2**31)], pa.int32()), FIELD)
    made = outcome.array[0].as_py()
    assert (made is None) == (outcome.failed is not None)


@pytest.mark.parametrize(
    ("params", "complaint"),
    [
        ({"entity": "PHONE_NUMBER", "unique": True}, "an id"),
        ({"entity": "ID", "unique": True, "scope": "document"}, "scope: dataset"),
        ({"entity": "DE_PLZ", "unique": True}, "an id"),
    ],
)
def test_what_cannot_stay_distinct(params: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Surrogate(**params)


def test_the_record_says_that_it_can_be_undone() -> None:
    ids = Surrogate("ID").traits
    assert (ids.unique, ids.reversible, ids.deterministic) == (True, True, True)
    drawn = Surrogate("ID", unique=False).traits
    assert (drawn.unique, drawn.reversible) == (False, False)
    for entity in ("PERSON", "PHONE_NUMBER", "US_SSN", "DE_PLZ"):
        assert not Surrogate(entity).traits.reversible
        assert not Surrogate(entity).traits.unique
    assert "ID" in ENTITIES


def test_keys_change_the_permutation_and_locales_do_not() -> None:
    values = sample("AB-999999", 100)
    other = Context("f", RootKey(bytes(range(1, 33))))
    assert Surrogate("ID").apply(pa.array(values), other).array.to_pylist() != stand_ins(values)
    german = Surrogate("ID", "de_DE").apply(pa.array(values), FIELD).array.to_pylist()
    assert german == stand_ins(values)
