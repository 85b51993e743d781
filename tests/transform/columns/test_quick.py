"""Whole arrays at once: the same answers as value by value."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.transform.base import Context, Outcome, Transform
from scrubber.transform.clip import Clip
from scrubber.transform.columns.distinct import with_rest
from scrubber.transform.columns.iso_dates import IsoDates, written
from scrubber.transform.crypto.cmac import Cmac
from scrubber.transform.crypto.prf import Stream, Streams
from scrubber.transform.date_part import DatePart
from scrubber.transform.erase import Mask
from scrubber.transform.generalize import Bin, Hierarchy, Ip, Prefix, Round, TruncateDate
from scrubber.transform.keys import RootKey
from scrubber.transform.pseudonymize import DateShift
from scrubber.transform.significant import Significant
from scrubber.transform.surrogate import Surrogate
from tests.examples import examples

QUICK = (
    "clip",
    "date_part",
    "significant",
    "bin",
    "round",
    "generalize",
    "truncate_date",
    "erase",
    "date_shift",
    "surrogate",
)
EPOCH = date(1970, 1, 1).toordinal()
KEY = RootKey(bytes(range(32)))


def _rest_alone(
    array: pa.Array, _: pa.Array, rest: Callable[..., Outcome], *beside: pa.Array
) -> Outcome:
    return rest(array, *beside)


@contextmanager
def value_by_value() -> Iterator[None]:
    """Nothing is answered at once."""
    with pytest.MonkeyPatch.context() as patch:
        for name in QUICK:
            module = importlib.import_module(f"scrubber.transform.{name}")
            patch.setattr(module, "with_rest", _rest_alone)
        yield


def same(transform: Transform, array: pa.Array) -> None:
    subject = pa.array([None if i % 7 == 6 else i % 3 for i in range(len(array))], pa.int64())
    context = Context("field", KEY, subject=subject)
    quick = transform.apply(array, context)
    with value_by_value():
        slow = transform.apply(array, context)
    assert quick.array.type == slow.array.type
    # as text, so that 0.0 is not -0.0 and NaN is NaN
    assert list(map(repr, quick.array.to_pylist())) == list(map(repr, slow.array.to_pylist()))
    assert flags(quick, array) == flags(slow, array)


def flags(outcome: Outcome, array: pa.Array) -> list[bool]:
    failed: list[bool] = [] if outcome.failed is None else outcome.failed.to_pylist()
    return failed or [False] * len(array)


FLOATS = st.one_of(
    st.floats(),
    st.floats(-1000, 1000).map(lambda x: round(x, 2)),
    st.integers(-10_000, 10_000).map(lambda i: i / 8),
    st.integers(-10_000, 10_000).map(lambda i: i / 20),
)
NUMERALS = st.one_of(
    st.decimals(-10_000, 10_000, places=2).map(str),
    st.integers(-(10**20), 10**20).map(str),
    FLOATS.map(repr),
    st.from_regex(r"-?(0|[1-9]|12)\.[05]{1,6}(0|[0-9]){0,5}", fullmatch=True),
    st.from_regex(r"[+-]?[0-9]{0,14}\.?[0-9]{0,8}( ?e[0-9])?", fullmatch=True),
    # no float is as near to a bound as these are
    st.from_regex(r"-?(0|90|99|100)\.[0459](0{17}|9{17})[0-9]", fullmatch=True),
    st.from_regex(r"-?[0-9]{1,3}(\.5)?e-?0{0,2}[0-9]{1,3}", fullmatch=True),
    st.sampled_from(["0." + "0" * 330 + "1", "0" * 399 + "1", "0" * 400 + "1", "9" * 400]),
    st.sampled_from(["nan", "-inf", "Infinity", "nan(1)", "0x1p3", "1_0", " 1", "1\n", "١"]),
    st.text(max_size=4),
)
STEPS = (1, 2, 10, 1000, 0.5, 0.25, 2.5, 0.1, 0.05, 0.001)
NUMBERS: dict[str, tuple[pa.DataType, Any]] = {
    "int64": (pa.int64(), st.integers(-(2**63), 2**63 - 1) | st.integers(-200, 200)),
    "int8": (pa.int8(), st.integers(-128, 127)),
    "uint64": (pa.uint64(), st.integers(0, 2**64 - 1)),
    "double": (pa.float64(), FLOATS),
    "float": (pa.float32(), FLOATS.map(lambda x: max(min(x, 1e38), -1e38) if x == x else x)),
    "decimal": (pa.decimal128(12, 3), st.decimals(-(10**8), 10**8, places=3)),
    "text": (pa.string(), NUMERALS),
}


@pytest.mark.parametrize("kind", NUMBERS)
@examples(60)
@given(data=st.data())
def test_numbers_are_rounded_and_binned_as_decimals_are(kind: str, data: st.DataObject) -> None:
    type_, values = NUMBERS[kind]
    array = pa.array(data.draw(st.lists(st.none() | values, max_size=30)), type_)
    step = data.draw(st.sampled_from(STEPS))
    same(Round(to=step), array)
    same(Round(digits=data.draw(st.integers(0, 4))), array)
    same(Bin(width=step, origin=data.draw(st.sampled_from((0, 1, 0.25, -3)))), array)
    same(Bin(width=step, top=90.5, bottom=-7), array)
    same(Bin(edges=(-100, 0.1, 18, 65.5, 200), top=100, bottom=0), array)
    same(Significant(data.draw(st.integers(1, 9))), array)
    same(Clip(-7, 90.5), array)
    same(Clip(upper=0.1, to="null"), array)


@pytest.mark.parametrize(
    ("value", "step", "rounded"),
    [
        (0.25, 0.5, 0.0),
        (0.75, 0.5, 1.0),
        (2.675, 0.01, 2.68),  # the shortest decimal counts, not the binary value below it
        (1.005, 0.01, 1.0),
        (0.15, 0.1, 0.2),
        (0.25, 0.1, 0.2),
        (-0.25, 0.5, 0.0),
        (0.1 + 0.2, 0.1, 0.3),
    ],
)
def test_ties_of_floats_are_those_of_their_decimals(
    value: float, step: float, rounded: float
) -> None:
    array = pa.array([value, None, value])
    assert Round(to=step).apply(array, Context("f")).array.to_pylist() == [rounded, None, rounded]
    text = Round(to=step).apply(pa.array([repr(value)]), Context("f")).array[0].as_py()
    assert Decimal(text) == Decimal(repr(rounded))


@pytest.mark.parametrize("sign", ["", "-", "+"])
@pytest.mark.parametrize(
    "numeral",
    [
        *("90", "90.0", "89.999999999999", "90.000000000001", "89.99999999999999999999"),
        *("90.00000000000000000001", "0.25", "0.24999999999999999999", "0.25000000000000000000001"),
        *("0." + "0" * 340 + "1", "1e-400", "9e1", "9e01", "9e001", "9e0001", "0e9999", ".5", "5."),
        *("0" * 399 + "1", "0" * 400 + "1", "1" + "0" * 399, "100000000000000", "99999999999999.5"),
    ],
)
def test_numerals_that_floats_do_not_tell_from_a_bound(numeral: str, sign: str) -> None:
    for array in (pa.array([sign + numeral]), pa.array([sign + numeral, "no number", " 1", None])):
        same(Round(to=0.5), array)
        same(Round(digits=6), array)
        same(Bin(width=10, top=90, bottom=-90), array)
        same(Bin(edges=(-90, 0, 0.25, 90)), array)
        same(Clip(0.25, 90), array)
        same(Significant(2), array)


@examples(25)
@given(st.lists(st.none() | NUMERALS, min_size=1, max_size=20), st.sampled_from(STEPS))
def test_few_numbers_that_come_again_and_again(values: list[str | None], step: float) -> None:
    array = pa.array(values * 600, pa.string())
    same(Round(to=step), array)
    same(Bin(width=step, top=90.5), array.slice(1))


@examples(25)
@given(
    st.lists(st.none() | st.decimals(-1, 1, places=3).map(str), min_size=150, max_size=200),
    st.sampled_from((0.5, 0.1, 1, 2.5)),
)
def test_numbers_near_each_other(values: list[str | None], step: float) -> None:
    same(Round(to=step), pa.array(values, pa.large_string()))


CODES = st.one_of(
    st.from_regex(r"[0-9]{1,9}", fullmatch=True),
    st.text("Aa09 -\t\n\x1cé\u0301\u200d👨", max_size=8),
    st.text(max_size=8),
)
ADDRESSES = st.one_of(
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(str),
    st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){2,4}", fullmatch=True),
    st.from_regex(r" ?[0-9]{1,2}\.0[0-9]{0,2}\.[0-9]{1,4}\.[0-9]\n?", fullmatch=True),
)
DATES = st.one_of(
    st.dates().map(str),
    st.datetimes().map(str),
    st.from_regex(
        r" ?[0-9]{4}-[0-3][0-9]-[0-3][0-9]([T ][0-2][0-9]:[0-6]0(:60)?Z?)?", fullmatch=True
    ),
    st.text("0123456789-T:Z ", max_size=20),
)
WORDS = st.sampled_from("Anna Smith MARY li Dr Von De Jr Jo X J. O'Neil José Qq Aa".split())
NAMES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join) | st.text("Ab \t'-é", max_size=9)
MAILBOXES = st.emails() | st.text("aB@.é \n1", max_size=9) | st.just("a" * 1001)
ALIKE_DATES = st.sampled_from(
    [
        r"[0-2][0-9]{3}-[01][0-9]-[0-3][0-9]",
        r"[0-9]{4}-0[0-9]-[0-3][0-9][T ][0-2][0-9]:[0-6][0-9]",
        r"[0-9]{4}-1[0-3]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]",
        r"20[0-9]{2}-1[0-2]-[0-2][0-9] [01][0-9]:[0-5][0-9]:[0-6]0[.,][0-9]{3} ?[+-][0-9]{2}:00",
        r"[0-9]{4}-02-(28|29|30)",
    ]
).flatmap(lambda form: st.lists(st.none() | st.from_regex(form, fullmatch=True), max_size=30))
CASES: list[tuple[Any, Callable[[], Transform]]] = [
    (CODES, lambda: Prefix(keep=3)),
    (CODES, lambda: Prefix(keep=2, fill="*")),
    (CODES, lambda: Prefix(keep=3, width=5, restricted=("036", "000"), fill="é")),
    (CODES, lambda: Mask()),
    (CODES, lambda: Mask(keep_first=1, keep_last=2)),
    (CODES, lambda: Mask(keep_last=3, char="é")),
    (CODES, lambda: Mask(chars_to_mask=2)),
    (CODES, lambda: Mask(chars_to_mask=3, from_end=True)),
    (ADDRESSES, lambda: Ip()),
    (ADDRESSES, lambda: Ip(v4=19, v6=32)),
    (ADDRESSES, lambda: Ip(v4=0)),
    (DATES, lambda: TruncateDate(to="year")),
    (DATES, lambda: TruncateDate(to="quarter")),
    (DATES, lambda: TruncateDate(to="month")),
    (DATES, lambda: TruncateDate(to="day")),
    (DATES, lambda: DateShift(max_days=400)),
    (DATES, lambda: DatePart("week")),
    (DATES, lambda: DatePart(("quarter", "weekday"))),
    (NAMES, lambda: Surrogate("PERSON")),
    (NAMES, lambda: Surrogate("PERSON", locale="es_ES")),
    (MAILBOXES, lambda: Surrogate("EMAIL_ADDRESS")),
    (MAILBOXES, lambda: Surrogate("EMAIL_ADDRESS", locale="fr_FR", unique=True)),
]


@pytest.mark.parametrize("case", range(len(CASES)))
@pytest.mark.parametrize("type_", [pa.string(), pa.large_string()], ids=str)
@examples(40)
@given(data=st.data())
def test_texts_are_as_value_by_value(case: int, type_: pa.DataType, data: st.DataObject) -> None:
    values, make = CASES[case]
    array = pa.array([None, *data.draw(st.lists(st.none() | values, max_size=30))], type_)
    same(make(), array)
    same(make(), array.slice(1))


@pytest.mark.parametrize("type_", [pa.string(), pa.large_string()], ids=str)
@examples(80)
@given(dates=ALIKE_DATES, hidden=st.booleans())
def test_columns_of_dates_that_are_written_alike(
    type_: pa.DataType, dates: list[str | None], hidden: bool
) -> None:
    array = pa.array(dates, type_)
    if hidden:  # bytes under the nulls
        full = pa.array(["1999-12-31" if one is None else one for one in dates], type_)
        array = pa.Array.from_buffers(
            type_, len(array), [array.buffers()[0], *full.buffers()[1:]], array.null_count
        )
    for part in (array, array.slice(1)):
        for to in ("year", "quarter", "month", "day"):
            same(TruncateDate(to=to), part)
        same(DateShift(max_days=36_525), part)


HIDDEN = {
    "all kinds": ["192.0.2.7", "1950-10-26", "Anna Smith", "12345", "a@b.example"],
    "addresses": ["192.0.2.7", "10.0.0.255", "0.0.0.0", "1.2.3.4"],
    "dates": ["1950-10-26", "2000-02-29", "0001-01-01"],
    "names": ["Anna Smith", "Li Qq", "Bo Lee"],
}


@pytest.mark.parametrize("kind", HIDDEN)
@pytest.mark.parametrize("case", range(len(CASES)))
@pytest.mark.parametrize("type_", [pa.string(), pa.large_string()], ids=str)
def test_what_lies_under_a_null_is_nobodys(case: int, type_: pa.DataType, kind: str) -> None:
    array = pa.array(HIDDEN[kind], type_)
    for kept in range(len(array)):
        valid = pa.array([place == kept for place in range(len(array))]).buffers()[1]
        nulls = pa.Array.from_buffers(type_, len(array), [valid, *array.buffers()[1:]])
        assert nulls.null_count == len(array) - 1
        same(CASES[case][1](), nulls)


@pytest.mark.slow
def test_all_days_there_are() -> None:
    days = np.arange(date.min.toordinal(), date.max.toordinal() + 1) - EPOCH
    texts = pa.array(days, pa.int32()).view(pa.date32()).cast(pa.string())
    assert b"".join(texts.cast(pa.binary()).to_pylist()) == written(days).tobytes()
    found = IsoDates.read(texts)
    assert found.is_date.all()
    assert (found.days() == days).all()


@pytest.mark.parametrize("year", [0, 1, 4, 100, 400, 1900, 1999, 2000, 2023, 2024, 9999])
def test_days_that_there_are_not(year: int) -> None:
    texts = [f"{year:04d}-{month:02d}-{day:02d}" for month in range(14) for day in range(33)]

    def exists(text: str) -> bool:
        try:
            return bool(date.fromisoformat(text))
        except ValueError:
            return False

    assert IsoDates.read(pa.array(texts)).is_date.tolist() == list(map(exists, texts))


@given(st.lists(st.none() | st.integers(-99_999, 99_999), max_size=20))
def test_numbers_as_codes(values: list[int | None]) -> None:
    array = pa.array(values, pa.int32())
    same(Prefix(keep=2, width=4), array)
    same(Mask(keep_last=2), array)
    same(Hierarchy("h.csv", 1, mapping=(("7", "odd"), ("12", "even"))), array)


@given(st.lists(st.none() | st.sampled_from([" a", "a", "b ", "b", "", "c"]), max_size=20))
def test_leaves_of_a_hierarchy(values: list[str | None]) -> None:
    mapping = (("a", "1"), ("b ", "2"), ("a", "3"))
    array = pa.array(values, pa.string())
    same(Hierarchy("h.csv", 1, mapping=mapping), array)
    same(Hierarchy("h.csv", 1, mapping=mapping, unmapped="star"), array)


def test_the_rest_is_put_where_it_belongs() -> None:
    array = pa.array(["a", None, "b", "c", "d"])
    quick = pa.array(["A", None, None, "C", None])

    def rest(left: pa.Array) -> Outcome:
        assert left.to_pylist() == ["b", "d"]
        return Outcome(pa.array(["B", None]), pa.array([False, True]), "why")

    outcome = with_rest(array, quick, rest)
    assert outcome.array.to_pylist() == ["A", None, "B", "C", None]
    assert outcome.failed is not None
    assert outcome.failed.to_pylist() == [False, False, False, False, True]
    assert outcome.why == "why"
    whole = with_rest(array, pc.utf8_upper(array), rest)
    assert (whole.array.to_pylist(), whole.failed) == (["A", None, "B", "C", "D"], None)


@given(st.lists(st.binary(max_size=80)), st.binary(max_size=40))
def test_many_streams_are_each_its_own(messages: list[bytes], head: bytes) -> None:
    mac = Cmac(bytes(range(32)))
    many = Streams(mac, head, pa.array(messages, pa.large_binary()))
    bounds = (2, 3, 1000, 7, 1 << 63, 12)
    drawn = [many.below(n).tolist() for n in bounds]
    for i, message in enumerate(messages):
        one = Stream(mac, head + message)
        if not many.unsure[i]:
            assert [column[i] for column in drawn] == [one.below(n) for n in bounds]


def test_a_stream_that_has_to_draw_again_says_so() -> None:
    n = (1 << 63) + 1  # nearly every second word is drawn again
    mac = Cmac(bytes(range(32)))
    messages = [b"%d" % i for i in range(64)]
    many = Streams(mac, b"", pa.array(messages, pa.large_binary()))
    drawn = many.below(n)
    assert 0 < many.unsure.sum() < 64
    for i, message in enumerate(messages):
        if not many.unsure[i]:
            assert drawn[i] == Stream(mac, message).below(n)
