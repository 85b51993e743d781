"""Token and encrypt: what is equal, what is not, what comes back."""

import base64
import datetime as dt
import unicodedata
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC
from hypothesis import given
from hypothesis import strategies as st

from scrubber.errors import KeyFault
from scrubber.transform.base import Context, Kind, Outcome, Strictness, transformed
from scrubber.transform.keys import RootKey
from scrubber.transform.pseudonymize import Encrypt, Token, reveal

KEY = RootKey(bytes(range(32)))
OTHER_KEY = RootKey(bytes(range(1, 33)))
FIELD = Context("customer_id", KEY)
DAY = dt.date(2024, 2, 29)
NOON = dt.datetime(2024, 2, 29, 12)
INVALID_UTF8 = pa.Array.from_buffers(
    pa.string(), 2, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0\2\0\0\0"), pa.py_buffer(b"\xffa")]
)


def token(array: pa.Array, context: Context = FIELD, **params: Any) -> list[str | None]:
    outcome = Token(**params).apply(array, context)
    assert outcome.failed is None
    assert len(outcome.array) == len(array)
    return outcome.array.to_pylist()


def one(value: Any, type: pa.DataType | None = None, **params: Any) -> str:
    (made,) = token(pa.array([value], type), **params)
    assert made is not None
    return made


# ---- token: the format


@pytest.mark.parametrize(("bits", "length"), [(64, 13), (80, 16), (120, 24), (128, 26)])
def test_a_token_is_base32_of_so_many_bits_of_aes_cmac(bits: int, length: int) -> None:
    made = one("ann", bits=bits, domain="d")
    assert len(made) == length
    decoded = base64.b32decode(made.upper() + "=" * (-len(made) % 8))
    mac = CMAC(AES(KEY.derive("token", "d")))
    mac.update(b"sann")
    assert decoded == mac.finalize()[: bits // 8]


def test_a_token_stays_the_same_for_ever() -> None:
    assert one("ann", domain="d") == "cbir57pqoerm7qmewghn6k43qu"


def test_prefix() -> None:
    assert one("ann", prefix="cust_é_") == "cust_é_" + one("ann")


@pytest.mark.parametrize(
    ("params", "complaint"),
    [
        ({"bits": 56}, "bits"),
        ({"bits": 256}, "at most 128 bits: write bits: 128"),
        ({"bits": 129}, "at most 128 bits"),
        ({"bits": 100}, "multiple of 8"),
        ({"prefix": "a\n"}, "printable"),
        ({"prefix": "\x1b[31m"}, "printable"),
        ({"prefix": "x" * 65}, "at most"),
        ({"domain": ""}, "domain"),
    ],
)
def test_bad_parameters(params: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Token(**params)


# ---- token: what is equal

NFC, NFD = "caf\u00e9", "cafe\u0301"
SAME = [
    [
        *[
            (5, pa.int8()),
            (5, pa.int64()),
            (5, pa.uint32()),
            (Decimal("5.00"), pa.decimal128(5, 2)),
        ],
        *[("5", pa.string()), ("5", pa.large_string()), ("5", pa.string_view())],
    ],
    [("05", pa.string())],
    [("005", pa.string())],
    [("+5", pa.string())],
    [("5.0", pa.string())],
    [(" 5", pa.string())],
    [("5 ", pa.string())],
    [("\uff15", pa.string())],  # a full-width digit
    [(-5, pa.int16()), ("-5", pa.string()), (Decimal("-5.0"), pa.decimal128(5, 1))],
    [
        *[(Decimal("0.50"), pa.decimal128(5, 2)), (Decimal("0.5"), pa.decimal256(60, 1))],
        ("0.5", pa.string()),
    ],
    [("0.50", pa.string())],
    [(".5", pa.string())],
    [(0, pa.int64()), (Decimal("-0.0"), pa.decimal128(5, 1)), ("0", pa.string())],
    [("-0", pa.string())],
    [
        *[(2**64 - 1, pa.uint64()), (Decimal(2**64 - 1), pa.decimal128(20, 0))],
        (str(2**64 - 1), pa.string()),
    ],
    [(-(2**63), pa.int64()), (str(-(2**63)), pa.string())],
    [(Decimal(10**60), pa.decimal256(70, 0)), ("1" + "0" * 60, pa.string())],
    [("1e60", pa.string())],
    [(True, pa.bool_())],
    [("true", pa.string())],
    [("True", pa.string())],
    [("b1", pa.string())],
    [(False, pa.bool_())],
    [(1, pa.int64()), ("1", pa.string())],
    [("", pa.string())],
    [("null", pa.string())],
    [
        (b"5", pa.binary()),
        (b"5", pa.large_binary()),
        (b"5", pa.binary_view()),
        (b"5", pa.binary(1)),
    ],
    [(b"s5", pa.binary())],
    [(b"", pa.binary())],
    [(DAY, pa.date32()), (DAY, pa.date64())],
    [("2024-02-29", pa.string())],
    [("19782", pa.string()), (19782, pa.int32())],  # the day's number
    [("d19782", pa.string())],
    [(NOON, pa.timestamp("s")), (NOON, pa.timestamp("ns"))],
    [(NOON, pa.timestamp("s", "UTC")), (NOON, pa.timestamp("us", "Europe/Berlin"))],
    [(dt.datetime(2024, 2, 29), pa.timestamp("s"))],
    [("2024-02-29 12:00:00", pa.string())],
    [(dt.time(12), pa.time32("s")), (dt.time(12), pa.time64("ns"))],
    [(NFC, pa.string()), (NFD, pa.string()), (NFD, pa.string_view())],
    [("\u212b", pa.string()), ("A\u030a", pa.string()), ("\u00c5", pa.string())],  # ångström
    [("\uac00", pa.string()), ("\u1100\u1161", pa.string())],  # a syllable and its letters
    [("cafe", pa.string())],
    [("CAF\u00c9", pa.string())],
    [("\0", pa.string())],
    [("👩‍👩‍👧", pa.string())],
]


def typed(value: Any, type: pa.DataType) -> Any:
    with_zone = pa.types.is_timestamp(type) and type.tz
    return value.replace(tzinfo=dt.UTC) if with_zone else value


def test_equal_values_are_equal_whatever_their_layout_and_others_are_not() -> None:
    tokens = []
    for group in SAME:
        made = {one(typed(value, type), type) for value, type in group}
        assert len(made) == 1, group
        tokens += made
    assert len(set(tokens)) == len(SAME)


def test_typed_keeps_numbers_apart_from_text() -> None:
    for group in SAME:
        kinds = {isinstance(value, str) for value, _ in group}
        made = {one(typed(value, type), type, canonical="typed") for value, type in group}
        assert len(made) == len(kinds), group


def test_columns_of_many_kinds_are_as_value_by_value() -> None:
    for value, type in (pair for group in SAME for pair in group):
        exact = typed(value, type)
        column = pa.array([None, exact, None, exact], type).slice(1)
        single = one(exact, type)
        assert token(column) == [single, None, single]


@pytest.mark.parametrize("how", ["none", "strip", "casefold", "nfkc_casefold"])
@pytest.mark.parametrize("scope", ["dataset", "document"])
def test_spellings_of_one_text_stay_one_however_it_is_folded(how: Any, scope: Any) -> None:
    context = Context("f", KEY, document=pa.array([b"1"] * 4))
    made = token(pa.array([NFC, NFD, f"{NFC}s", f"{NFD}s"]), context, normalize=how, scope=scope)
    assert made[0] == made[1] != made[2] == made[3]


def test_domains_keys_and_fields() -> None:
    column = pa.array(["ann"])
    here = token(column)
    assert token(column, Context("other", KEY)) != here
    assert token(column, Context("other", KEY), domain="customer_id") == here
    assert token(column, Context("x", KEY, label="PERSON")) == one_in_domain("PERSON")
    assert token(column, Context("customer_id", OTHER_KEY)) != here


def one_in_domain(domain: str) -> list[str | None]:
    return token(pa.array(["ann"]), domain=domain)


@pytest.mark.parametrize(
    ("how", "same", "different"),
    [
        ("none", ("ann", "ann"), ("ann", "ann ")),
        ("strip", ("ann", " ann\t"), ("ann", "Ann")),
        ("casefold", ("STRASSE ", "straße"), ("ﬁ\u0301", "fi")),
        ("nfkc_casefold", ("ﬁ", "FI"), ("ann", "anne")),
        ("nfkc_casefold", ("cafe\u0301", "CAFÉ"), ("a b", "ab")),
    ],
)
def test_normalize(how: Any, same: tuple[str, str], different: tuple[str, str]) -> None:
    assert one(same[0], normalize=how) == one(same[1], normalize=how)
    assert one(different[0], normalize=how) != one(different[1], normalize=how)


def test_normalize_leaves_numbers_alone() -> None:
    assert one(5, normalize="casefold") == one(5)


def test_scopes() -> None:
    values = pa.array(["ann", "ann", "ann", None])
    ids = pa.array([b"1", b"1", b"2", b"2"])
    context = Context("f", KEY, document=ids, record=ids)
    in_document = token(values, context, scope="document")
    assert in_document[0] == in_document[1] != in_document[2]
    assert in_document[3] is None
    never = token(values, context, scope="none")
    assert len(set(never)) == 4
    assert never == token(values, context, scope="none")
    everywhere = token(values, context)
    assert len(set(everywhere[:3])) == 1
    assert not {*in_document[:3]} & {*never[:3]} & {*everywhere[:3]}
    beside = Context("g", KEY, record=ids)
    assert token(values, beside, scope="none", domain="f") != token(
        values, context, scope="none", domain="f"
    )


@pytest.mark.parametrize("scope", ["document", "none"])
def test_an_unknown_document_fails_closed(scope: Any) -> None:
    values = pa.array(["ann", None])
    unknown = Token(scope=scope).apply(values, FIELD)
    assert unknown.failed.to_pylist() == [True, False]
    assert unknown.array.to_pylist() == [None, None]
    ids = pa.array([None, b"1"], pa.binary())
    gap = Context("f", KEY, document=ids, record=ids)
    assert Token(scope=scope).apply(values, gap).failed.to_pylist() == [True, False]


# ---- both: the guarantees of a transform


@pytest.mark.parametrize("transform", [Token(), Encrypt(), Encrypt(pad_to=16)])
@pytest.mark.parametrize(
    "array",
    [
        pa.array([], pa.string()),
        pa.nulls(3),
        pa.nulls(3, pa.string()),
        pa.array(["a", None, "b", "a"]),
        pa.array(["x", "a", None, "a"]).slice(1),
        pa.array([None, 2, 2], pa.uint64()),
        pa.array(["a"], pa.large_string()),
        pa.array(["a", None], pa.string_view()),
    ],
)
def test_length_nulls_and_text_type_are_kept(transform: Any, array: pa.Array) -> None:
    outcome = transform.apply(array, FIELD)
    assert outcome.failed is None
    assert outcome.array.is_null().equals(array.is_null())
    assert outcome.array.type == transform.output_type(array.type)
    is_text = array.type in (pa.string(), pa.large_string(), pa.string_view())
    assert outcome.array.type == (array.type if is_text else pa.string())


@pytest.mark.parametrize("transform", [Token(), Encrypt()])
@pytest.mark.parametrize(
    "array", [pa.array([1.5, None]), pa.array([{"a": 1}, None]), pa.array([[1], None])]
)
def test_a_float_or_a_nest_is_never_passed_through(transform: Any, array: pa.Array) -> None:
    outcome = transform.apply(array, FIELD)
    assert outcome.array.null_count == 2
    assert outcome.failed.to_pylist() == [True, False]


@pytest.mark.parametrize("transform", [Token(), Encrypt()])
def test_text_that_is_not_utf8_fails(transform: Any) -> None:
    outcome = transform.apply(INVALID_UTF8, FIELD)
    assert outcome.failed.to_pylist() == [True, False]
    assert outcome.array.is_null().to_pylist() == [True, False]


@pytest.mark.parametrize("transform", [Token(), Encrypt()])
def test_without_a_key_nothing_is_done(transform: Any) -> None:
    with pytest.raises(KeyFault, match="key-missing"):
        transform.apply(pa.array(["a"]), Context("f"))


def test_traits() -> None:
    assert Kind.FLOAT not in Token().traits.accepts
    assert Token().traits.consumes
    assert Token().traits.linkable
    assert not Token(scope="none").traits.linkable
    assert not Token(bits=64).traits.unique
    assert Token().traits.technique == "pseudonymization (AES-256-CMAC)"
    assert Encrypt().traits.reversible
    assert not Encrypt().traits.consumes
    assert Encrypt.strictness is Strictness.ENCRYPT


def test_many_rows_cross_the_slices() -> None:
    numbers = pa.array([i % 70_000 for i in range(140_000)])
    made = Token().apply(numbers, FIELD).array
    assert made.slice(70_000).equals(made.slice(0, 70_000))
    assert len(made.unique()) == 70_000


@given(st.lists(st.none() | st.text()))
def test_a_token_is_a_function_of_the_value(values: list[str | None]) -> None:
    column = pa.array(values, pa.string())
    made = token(column)
    assert token(pa.array(values[::-1], pa.string())) == made[::-1]
    texts = {value and unicodedata.normalize("NFC", value) for value in values}
    assert len(set(made)) == len(texts)


# ---- encrypt


EVERY_TYPE = [
    pa.array(["", "a", "ü\0👩‍👩‍👧", None, "x" * 1000]),
    pa.array(["a", None], pa.large_string()),
    pa.array(["a", None], pa.string_view()),
    pa.array([-128, 127, None], pa.int8()),
    pa.array([0, 2**64 - 1], pa.uint64()),
    pa.array([True, False, None]),
    pa.array([Decimal("-12.340"), Decimal("0.000"), None], pa.decimal128(9, 3)),
    pa.array([Decimal("1" * 60)], pa.decimal256(70, 0)),
    pa.array([DAY, dt.date(1, 1, 1), None], pa.date32()),
    pa.array([DAY, dt.date(1900, 1, 1), None], pa.date64()),
    pa.array([-(2**31), 2**31 - 1], pa.int32()).view(pa.date32()),
    pa.array([0, 1, -1, 2**63 - 1, None], pa.timestamp("ns")),
    pa.array([0, -(2**62), None], pa.timestamp("s", "Europe/Berlin")),
    pa.array([dt.time(23, 59, 59)], pa.time32("ms")),
    pa.array([dt.time(23, 59, 59, 1)], pa.time64("us")),
    pa.array([b"", b"\x80\0\0", None]),
    pa.array([b"abcd"], pa.binary(4)),
]


@pytest.mark.parametrize("pad_to", [0, 1, 64])
@pytest.mark.parametrize("array", EVERY_TYPE, ids=lambda array: str(array.type))
def test_what_is_encrypted_comes_back_exactly(array: pa.Array, pad_to: int) -> None:
    sealed = Encrypt(pad_to=pad_to).apply(array, FIELD)
    assert sealed.failed is None
    opened = reveal(sealed.array, KEY, "customer_id", array.type)
    assert opened.failed is None
    assert opened.array.equals(array)


def test_equal_values_are_equal_and_hidden() -> None:
    first, second, other = Encrypt().apply(pa.array(["ann", "ann", "bob"]), FIELD).array.to_pylist()
    assert first == second != other
    assert first.startswith("siv1.")
    assert "ann" not in base64.urlsafe_b64decode(first[5:] + "==").decode("latin-1")


def test_padding_hides_the_length() -> None:
    names = pa.array(["", "a", "a" * 29])
    lengths = {len(text) for text in Encrypt(pad_to=32).apply(names, FIELD).array.to_pylist()}
    assert len(lengths) == 1
    bare = {len(text) for text in Encrypt().apply(names, FIELD).array.to_pylist()}
    assert len(bare) == 3


def test_a_changed_text_another_key_domain_or_type_does_not_open() -> None:
    (text,) = Encrypt(domain="d").apply(pa.array(["ann"]), FIELD).array.to_pylist()
    flipped = text[:-1] + ("A" if text[-1] != "A" else "Q")
    bad = pa.array([flipped, text[5:], "siv1.", "siv1.!!", "siv2." + text[5:], "ann", "", None])
    opened = reveal(bad, KEY, "d")
    assert opened.array.null_count == 8
    assert opened.failed.to_pylist() == [True] * 7 + [False]
    good = pa.array([text])
    assert reveal(good, KEY, "d").array.to_pylist() == ["ann"]
    for key, domain, type in [
        (OTHER_KEY, "d", pa.string()),
        (KEY, "e", pa.string()),
        (KEY, "d", pa.int64()),
        (KEY, "d", pa.binary()),
    ]:
        assert reveal(good, key, domain, type).failed.to_pylist() == [True]


def test_a_value_that_does_not_fit_the_type_does_not_open() -> None:
    sealed = Encrypt().apply(pa.array([300, 5]), FIELD).array
    opened = reveal(sealed, KEY, "customer_id", pa.int8())
    assert opened.array.to_pylist() == [None, 5]
    assert opened.failed.to_pylist() == [True, False]
    fine = Encrypt().apply(pa.array([1_500], pa.timestamp("ms")), FIELD).array
    assert reveal(fine, KEY, "customer_id", pa.timestamp("s")).failed.to_pylist() == [True]


@pytest.mark.parametrize("params", [{"pad_to": -1}, {"pad_to": 65_537}, {"domain": ""}])
def test_bad_parameters_of_encrypt(params: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        Encrypt(**params)


@given(st.lists(st.none() | st.text()), st.integers(0, 40))
def test_text_comes_back(values: list[str | None], pad_to: int) -> None:
    column = pa.array(values, pa.string())
    sealed = Encrypt(pad_to=pad_to).apply(column, FIELD).array
    assert reveal(sealed, KEY, "customer_id").array.equals(column)


@given(st.lists(st.none() | st.text() | st.sampled_from("abc")), st.integers(0, 40))
def test_values_are_encrypted_together_as_the_library_does_alone(
    values: list[str | None], pad_to: int
) -> None:
    made = Encrypt(pad_to=pad_to).apply(pa.array(values, pa.string()), FIELD).array.to_pylist()
    keys = [KEY.derive(purpose, "customer_id") for purpose in ("encrypt-mac", "encrypt-ctr")]
    library = AESSIV(b"".join(keys))
    for value, text in zip(values, made, strict=True):
        if value is None:
            assert text is None
            continue
        plain = b"s" + value.encode() + b"\x80"
        plain += bytes(-len(plain) % pad_to if pad_to else 0)
        sealed = base64.urlsafe_b64encode(library.encrypt(plain, [b"siv1."]))
        assert text == "siv1." + sealed.decode().rstrip("=")


def test_a_number_and_its_text_are_encrypted_alike_unless_kinds_are_kept_apart() -> None:
    number, text, other = pa.array([7]), pa.array(["7"]), pa.array(["007"])
    same = [Encrypt().apply(column, FIELD).array for column in (number, text, other)]
    assert same[0].equals(same[1])
    assert not same[1].equals(same[2])
    apart = [Encrypt(canonical="typed").apply(column, FIELD).array for column in (number, text)]
    assert not apart[0].equals(apart[1])
    assert reveal(same[0], KEY, "customer_id").array.to_pylist() == ["7"]
    assert reveal(same[1], KEY, "customer_id", pa.int64()).array.to_pylist() == [7]
    assert reveal(same[2], KEY, "customer_id", pa.int64()).failed.to_pylist() == [True]


def test_each_spelling_comes_back_as_it_was() -> None:
    column = pa.array([NFC, NFD])
    sealed = Encrypt().apply(column, FIELD).array
    assert reveal(sealed, KEY, "customer_id").array.equals(column)


def per(period: str, values: list[Any], dates: pa.Array) -> Outcome:
    context = Context("f", KEY, beside=dates)
    return transformed(Token(domain="d", per=(period, "ts")), pa.array(values), context)


def test_a_token_of_each_day() -> None:
    dates = ["2024-01-03T10:00:00Z", "2024-01-03", "2024-01-04", "2024-02-03", "2025-01-03"]
    for period, different in (("day", 4), ("month", 3), ("year", 2)):
        made = per(period, ["a"] * 5, pa.array(dates)).array.to_pylist()
        assert len(set(made)) == different
        assert made[0] == made[1]
        assert made[0] not in Token(domain="d").apply(pa.array(["a"]), FIELD).array.to_pylist()
        times = pa.array([dt.datetime.fromisoformat(one[:10]) for one in dates])
        assert per(period, ["a"] * 5, times).array.to_pylist() == made


def test_a_token_of_no_day_is_failed() -> None:
    made = per("day", ["a", "a", None, "a"], pa.array(["soon", None, None, "2024-01-03"]))
    assert made.failed is not None
    assert made.failed.to_pylist() == [True, True, False, False]
    assert made.array.to_pylist()[:3] == [None, None, None]


@pytest.mark.parametrize(
    ("before", "after", "sign"),
    [
        (None, "day, ts", 1),
        ("day, ts", None, -1),
        ("day, ts", "year, ts", -1),
        ("month, ts", "day, ts", 1),
        ("day, ts", "day, ts", 0),
        ("day, ts", "day, other", None),
    ],
)
def test_a_shorter_period_protects_more(
    before: str | None, after: str | None, sign: int | None
) -> None:
    assert Token.directions["per"].compare(before, after) == sign
