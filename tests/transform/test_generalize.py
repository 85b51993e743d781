"""Generalization: coarser, exact, and never the value itself where it could not be made coarser."""

from __future__ import annotations

import ipaddress
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.transform.base import Context, Transform, kind_of
from scrubber.transform.columns.numerals import decimal_of, nearest_multiple, plain
from scrubber.transform.generalize import Bin, Hierarchy, Ip, Prefix, Round, TruncateDate

COLUMN = Context(field="f")
FAILED = object()
NAN, INF = float("nan"), float("inf")
ACUTE = "\u0301"


def one(transform: Transform, value: Any, type_: pa.DataType | None = None) -> Any:
    """What becomes of one value beside a null; FAILED where it failed."""
    array = pa.array([None, value], type_)
    assert kind_of(array.type) in transform.traits.accepts
    outcome = transform.apply(array, COLUMN)
    assert outcome.array.type == transform.output_type(array.type)
    failed = [False, False] if outcome.failed is None else outcome.failed.to_pylist()
    assert not failed[0]
    first, result = outcome.array.to_pylist()
    assert first is None
    if failed[1]:
        assert result is None
        assert outcome.why
        assert len(str(value)) < 6 or str(value) not in outcome.why
        return FAILED
    return result


TEN = {"width": 10}
AGES = {"edges": (0, 18, 65)}


@pytest.mark.parametrize(
    ("params", "value", "expected"),
    [
        (TEN, 34, "[30, 40)"),
        (TEN, 30, "[30, 40)"),
        (TEN, 39.999, "[30, 40)"),
        (TEN, 0, "[0, 10)"),
        (TEN, -1, "[-10, 0)"),
        (TEN, -10, "[-10, 0)"),
        (TEN, -10.5, "[-20, -10)"),
        (TEN, "34", "[30, 40)"),
        (TEN, " 34.5 ", "[30, 40)"),
        (TEN, "+3.4e1", "[30, 40)"),
        (TEN, ".5", "[0, 10)"),
        (TEN, Decimal("39.99"), "[30, 40)"),
        ({"width": 10.0}, 34, "[30, 40)"),
        ({"width": 5, "origin": 2}, 1, "[-3, 2)"),
        ({"width": 5, "origin": 2}, 2, "[2, 7)"),
        # no 0.30000000000000004
        ({"width": 0.1}, 0.3, "[0.3, 0.4)"),
        ({"width": 0.1}, 0.7, "[0.7, 0.8)"),
        ({"width": 0.1}, 0.1 + 0.2, "[0.3, 0.4)"),
        ({"width": 0.1, "origin": 0.05}, 0.15, "[0.15, 0.25)"),
        # top and bottom, which cut the interval they lie in
        ({**TEN, "top": 90}, 90, ">=90"),
        ({**TEN, "top": 90}, 89, "[80, 90)"),
        ({**TEN, "top": 95}, 91, "[90, 95)"),
        ({**TEN, "bottom": 10}, 9, "<10"),
        ({**TEN, "bottom": 15}, 16, "[15, 20)"),
        ({**TEN, "top": 90}, 10**30, ">=90"),
        # wide numbers stay exact
        (TEN, Decimal(10**37 + 7), f"[{10**37}, {10**37 + 10})"),
        (TEN, "1e30", f"[{10**30}, {10**30 + 10})"),
        (TEN, 2**63 - 1, "[9223372036854775800, 9223372036854775810)"),
        # edges
        (AGES, 0, "[0, 18)"),
        (AGES, 17.99, "[0, 18)"),
        (AGES, 18, "[18, 65)"),
        (AGES, 65, FAILED),
        (AGES, -1, FAILED),
        ({**AGES, "top": 65}, 65, ">=65"),
        ({**AGES, "top": 60}, 59, "[18, 60)"),
        ({**AGES, "bottom": 0}, -1, "<0"),
        # what is no number
        (TEN, NAN, FAILED),
        (TEN, INF, FAILED),
        ({**TEN, "top": 90}, INF, FAILED),
        (TEN, "", FAILED),
        (TEN, "abc", FAILED),
        (TEN, "nan", FAILED),
        (TEN, "1,234", FAILED),
        (TEN, "1_000", FAILED),
        (TEN, "0x1f", FAILED),
        (TEN, "３４", FAILED),
        (TEN, "34 years", FAILED),
        (TEN, "1e9999", FAILED),
        (TEN, "9" * 2000, FAILED),
    ],
)
def test_bin(params: dict[str, Any], value: Any, expected: object) -> None:
    if value == 10**30:
        value = Decimal(value)
    assert one(Bin(**params), value) == expected


@pytest.mark.parametrize(
    "type_", [pa.int8(), pa.uint64(), pa.float16(), pa.float32(), pa.float64(), pa.string_view()]
)
def test_bin_in_every_width(type_: pa.DataType) -> None:
    value = "7" if type_ == pa.string_view() else 7
    assert one(Bin(width=5), value, type_) == "[5, 10)"


@pytest.mark.parametrize("type_", [pa.float16(), pa.float32(), pa.float64()])
def test_a_float_is_what_it_is_written_as_in_its_width(type_: pa.DataType) -> None:
    assert one(Bin(width=0.1), 0.7, type_) == "[0.7, 0.8)"


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({}, "either"),
        ({"width": 1, "edges": (1, 2)}, "either"),
        ({"width": 0}, "more than 0"),
        ({"width": -1}, "more than 0"),
        ({"width": NAN}, "finite"),
        ({"width": 1, "top": INF}, "finite"),
        ({"width": 1, "top": 1, "bottom": 1}, "less than top"),
        ({"edges": (1,)}, "two or more"),
        ({"edges": (1, 1)}, "each more"),
        ({"edges": (2, 1)}, "each more"),
        ({"edges": (0, 1), "origin": 1}, "origin"),
        ({"edges": (0, 10), "top": 11}, "top"),
        ({"edges": (0, 10), "top": 0}, "top"),
        ({"edges": (0, 10), "bottom": 10}, "bottom"),
    ],
)
def test_bin_parameters(params: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        Bin(**params)


@pytest.mark.parametrize(
    ("params", "value", "type_", "expected"),
    [
        ({"to": 10}, 34, pa.int64(), 30),
        ({"to": 10}, 35, pa.int64(), 40),
        ({"to": 10}, 25, pa.int64(), 20),  # a tie goes to the even multiple
        ({"to": 10}, -25, pa.int64(), -20),
        ({"to": 10}, -34, pa.int8(), -30),
        ({"to": 10}, 127, pa.int8(), FAILED),  # 130 is no int8
        ({"to": 10}, 255, pa.uint8(), FAILED),
        ({"to": 10}, 124, pa.int8(), 120),
        ({"to": 1}, 7, pa.int64(), FAILED),  # would change nothing
        ({"digits": 2}, 7, pa.int64(), FAILED),
        ({"to": 0.5}, 7, pa.int64(), FAILED),
        ({"to": 2.5}, 6, pa.int64(), 5),
        ({"to": 2.5}, 7, pa.int64(), FAILED),  # 7.5 is no integer
        ({"digits": 1}, 0.25, pa.float64(), 0.2),
        ({"digits": 1}, 0.35, pa.float64(), 0.4),
        ({"digits": 2}, 2.675, pa.float64(), 2.68),
        ({"to": 0.1}, 0.1 + 0.2, pa.float64(), 0.3),
        ({"to": 1000}, 1e300, pa.float64(), 1e300),
        ({"to": 5}, -1.0, pa.float64(), 0.0),
        ({"to": 1000}, 65504, pa.float16(), FAILED),
        ({"digits": 1}, 0.25, pa.float16(), 0.199951171875),
        ({"to": 5}, NAN, pa.float64(), FAILED),
        ({"to": 5}, -INF, pa.float32(), FAILED),
        ({"digits": 1}, Decimal("1.25"), pa.decimal128(5, 2), Decimal("1.20")),
        ({"digits": 1}, Decimal("1.26"), pa.decimal32(5, 2), Decimal("1.30")),
        ({"digits": 0}, Decimal("9.99"), pa.decimal128(3, 2), FAILED),  # 10.00 needs 4 digits
        ({"digits": 2}, Decimal("9.99"), pa.decimal128(3, 2), FAILED),  # would change nothing
        ({"to": 0.25}, Decimal("0.3"), pa.decimal128(3, 1), FAILED),  # 0.25 needs 2 places
        ({"to": 10}, "34", pa.string(), "30"),
        ({"to": 10}, " 34.5 ", pa.large_string(), "30"),
        ({"to": 0.5}, "34.1", pa.string(), "34.0"),
        ({"digits": 2}, "3.14159", pa.string_view(), "3.14"),
        ({"digits": 0}, "-0.2", pa.string(), "0"),
        ({"to": 100}, "1e3", pa.string(), "1000"),
        ({"to": 10}, "x", pa.string(), FAILED),
        ({"to": 10}, "", pa.string(), FAILED),
    ],
)
def test_round(params: dict[str, Any], value: Any, type_: pa.DataType, expected: object) -> None:
    assert one(Round(**params), value, type_) == expected


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({}, "either"),
        ({"to": 1, "digits": 1}, "either"),
        ({"to": 0}, "more than 0"),
        ({"to": INF}, "finite"),
        ({"digits": -1}, "digits"),
    ],
)
def test_round_parameters(params: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        Round(**params)


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("year", date(2024, 1, 1)),
        ("quarter", date(2024, 4, 1)),
        ("month", date(2024, 5, 1)),
        ("week", date(2024, 4, 29)),
        ("day", FAILED),
        ("hour", FAILED),
    ],
)
@pytest.mark.parametrize("type_", [pa.date32(), pa.date64()])
def test_truncate_a_date(to: Any, expected: object, type_: pa.DataType) -> None:
    assert one(TruncateDate(to), date(2024, 5, 3), type_) == expected


@pytest.mark.parametrize(
    ("to", "value", "expected"),
    [
        ("hour", "2024-05-03T10:59:59.999999", "2024-05-03T10:00"),
        ("day", "2024-05-03T10:59:59.999999", "2024-05-03"),
        ("week", "2024-05-05T23:59", "2024-04-29"),
        ("week", "2025-01-01T00:00", "2024-12-30"),
        ("month", "1969-12-31T23:59:59.5", "1969-12-01"),
        ("quarter", "1900-03-31T00:00", "1900-01-01"),
        ("year", "1700-12-31T00:00", "1700-01-01"),
    ],
)
@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_truncate_a_timestamp(to: Any, value: str, expected: str, unit: str) -> None:
    moment = datetime.fromisoformat(value)
    moment = (
        moment.replace(microsecond=0)
        if unit == "s"
        else moment.replace(
            microsecond=moment.microsecond // 1000 * 1000 if unit == "ms" else moment.microsecond
        )
    )
    assert one(TruncateDate(to), moment, pa.timestamp(unit)) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("zone", "to", "moment", "expected"),
    [
        ("Europe/Berlin", "day", "2024-05-03T00:30+02:00", "2024-05-03T00:00+02:00"),
        ("+05:30", "hour", "2024-05-03T10:45+05:30", "2024-05-03T10:00+05:30"),
        # midnight does not exist: the day begins at one
        ("America/Sao_Paulo", "day", "2018-11-04T05:00-02:00", "2018-11-04T01:00-02:00"),
        # two o'clock comes twice: the earlier one
        ("Europe/Berlin", "hour", "2024-10-27T02:30+01:00", "2024-10-27T02:00+02:00"),
        ("America/Havana", "day", "2024-11-03T12:00-05:00", "2024-11-03T00:00-04:00"),
    ],
)
def test_truncate_in_the_local_time_of_the_zone(
    zone: str, to: Any, moment: str, expected: str
) -> None:
    result = one(TruncateDate(to), datetime.fromisoformat(moment), pa.timestamp("us", zone))
    # by instant: == is never true for a time that comes twice (PEP 495)
    assert result.timestamp() == datetime.fromisoformat(expected).timestamp()


def test_an_unknown_zone_fails() -> None:
    array = pa.array([0], pa.timestamp("us", "Nowhere/Land"))
    outcome = TruncateDate("day").apply(array, COLUMN)
    assert outcome.failed.to_pylist() == [True]
    assert outcome.array.null_count == 1


@pytest.mark.parametrize(
    ("stored", "type_"),
    [
        (-(2**63), pa.timestamp("ns")),
        (-(2**63) + 5, pa.timestamp("ns")),
        (2**63 - 1, pa.timestamp("s")),
        (-(2**63), pa.timestamp("us", "Europe/Berlin")),
        (2**31 - 1, pa.date32()),
        (-(2**31), pa.date32()),
        (2**62, pa.date64()),
    ],
)
def test_dates_beyond_the_calendar_fail(stored: int, type_: pa.DataType) -> None:
    width = pa.int32() if type_ == pa.date32() else pa.int64()
    array = pa.array([0, stored, None], width).view(type_)
    outcome = TruncateDate("year").apply(array, COLUMN)
    assert outcome.failed.to_pylist() == [False, True, False]
    assert outcome.array.is_null().to_pylist() == [False, True, True]


@pytest.mark.parametrize(
    ("params", "value", "expected"),
    [
        (("year",), "2024-05-03", "2024"),
        (("quarter",), "2024-05-03", "2024-Q2"),
        (("quarter",), "2024-12-31", "2024-Q4"),
        (("month",), "2024-05-03", "2024-05"),
        (("week",), "2024-05-03", "2024-W18"),
        (("week",), "2024-12-30", "2025-W01"),
        (("day",), "2024-05-03T10:11:12", "2024-05-03"),
        (("hour",), "2024-05-03T10:59:12.123", "2024-05-03T10"),
        (("hour",), "2024-05-03T10:59Z", "2024-05-03T10Z"),
        (("hour",), "2024-05-03 10:59:00+02:00", "2024-05-03T10+02:00"),
        (("month",), " 2024-05-03 ", "2024-05"),
        (("year",), "0001-01-01", "0001"),
        (("month", "%m/%d/%Y"), "5/3/2024", "2024-05"),
        (("year", "%d %b %y"), "03 may 71", "1971"),
        (("hour", "%m/%d/%Y %I:%M %p"), "05/03/2024 12:30 AM", "2024-05-03T00"),
        (("hour", "%m/%d/%Y %I:%M %p"), "05/03/2024 12:30 pm", "2024-05-03T12"),
        (("hour", "%d.%m.%Y %H:%M %z"), "03.05.2024 10:30 +0200", "2024-05-03T10+0200"),
        (("hour",), "2024-05-03", FAILED),
        (("year",), "2024", FAILED),
        (("year",), "", FAILED),
        (("year",), "yesterday", FAILED),
        (("year",), "2024-02-30", FAILED),
        (("year",), "05/03/2024", FAILED),
        (("year", "%m/%d/%Y"), "2024-05-03", FAILED),
        (("year", "%m/%d/%Y"), "13/13/2024", FAILED),
        (("year",), "2024-05-03 and more", FAILED),
    ],
)
@pytest.mark.parametrize("type_", [pa.string(), pa.large_string(), pa.string_view()])
def test_truncate_text(
    params: tuple[Any, ...], value: str, expected: object, type_: pa.DataType
) -> None:
    assert one(TruncateDate(*params), value, type_) == expected


@pytest.mark.parametrize(
    ("params", "text"),
    [
        (("year", "%d"), "year"),
        (("year", "%Y-%Q"), "%Q"),
        (("hour", "%Y-%m-%d"), "hour"),
        (("hour", "%Y-%m-%d %I"), "hour"),
        (("day", "%Y-%m-%d %Z"), "%z"),
    ],
)
def test_truncate_parameters(params: tuple[Any, ...], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        TruncateDate(*params)


@pytest.mark.parametrize(
    ("params", "value", "expected"),
    [
        ({"keep": 3}, "94110", "941"),
        ({"keep": 3}, " 94110 ", "941"),
        ({"keep": 3, "fill": "*"}, "94110", "941**"),
        ({"keep": 3}, 94110, "941"),
        ({"keep": 3, "width": 5}, 2139, "021"),
        ({"keep": 3, "width": 5, "fill": "*"}, "2139", "021**"),
        ({"keep": 3, "width": 5}, "94110-1234", "941"),
        ({"keep": 4}, "SW1A 1AA", "SW1A"),
        ({"keep": 3, "width": 5, "restricted": ("036",)}, 3601, "000"),
        ({"keep": 3, "fill": "*", "restricted": ("036",)}, "03601", "000**"),
        ({"keep": 3, "restricted": ("036",)}, "13601", "136"),
        ({"keep": 1}, "Éric", "É"),
        ({"keep": 1}, f"E{ACUTE}ric", "É"),  # NFC first: one letter, as above
        ({"keep": 1}, f"x{ACUTE}ric", ""),  # has no NFC: not cut in two
        ({"keep": 2}, f"x{ACUTE}ric", f"x{ACUTE}"),
        ({"keep": 2}, "👩\u200d👧 x", ""),
        # not longer than what is kept: it would come out whole
        ({"keep": 3}, "941", FAILED),
        ({"keep": 3}, "94", FAILED),
        ({"keep": 3}, "", FAILED),
        ({"keep": 3}, 941, FAILED),
        ({"keep": 3}, -94110, FAILED),
    ],
)
def test_prefix(params: dict[str, Any], value: Any, expected: object) -> None:
    assert one(Prefix(**params), value) == expected


@pytest.mark.parametrize(
    "params",
    [
        {"keep": 0},
        {"keep": 3, "fill": "**"},
        {"keep": 3, "fill": ACUTE},
        {"keep": 3, "width": 3},
        {"keep": 3, "restricted": ("0366",)},
    ],
)
def test_prefix_parameters(params: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Prefix(**params)


@pytest.mark.parametrize(
    ("params", "value", "expected"),
    [
        ({}, "192.0.2.7", "192.0.2.0/24"),
        ({}, " 192.0.2.7 ", "192.0.2.0/24"),
        ({"v4": 16}, "192.0.2.7", "192.0.0.0/16"),
        ({"v4": 0}, "192.0.2.7", "0.0.0.0/0"),
        ({}, "2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ({}, "2001:DB8::1", "2001:db8::/48"),
        ({"v6": 32}, "2001:db8:1::1", "2001:db8::/32"),
        ({}, "::ffff:192.0.2.7", "192.0.2.0/24"),
        ({}, "::ffff:c000:207", "192.0.2.0/24"),
        # 6to4 holds the IPv4 address in its bits 16 to 47
        ({}, "2002:c000:0207::1", "2002:c000:200::/40"),
        ({}, "fe80::1%eth0", "fe80::/48"),
        ({}, "192.0.2.7/32", FAILED),
        ({}, "192.0.2.7:80", FAILED),
        ({}, "192.0.2.256", FAILED),
        ({}, "192.000.002.007", FAILED),
        ({}, "3221225991", FAILED),
        ({}, "localhost", FAILED),
        ({}, "", FAILED),
    ],
)
def test_ip(params: dict[str, Any], value: str, expected: object) -> None:
    assert one(Ip(**params), value) == expected


@pytest.mark.parametrize("params", [{"v4": 32}, {"v4": -1}, {"v6": 65}, {"v6": -1}])
def test_ip_parameters(params: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="bits"):
        Ip(**params)


MAPPING = (("Oslo", "Norway"), ("Bergen ", "Norway"), ("7", "low"))


@pytest.mark.parametrize(
    ("unmapped", "value", "expected"),
    [
        ("fail", "Oslo", "Norway"),
        ("fail", " Oslo ", "Norway"),
        ("fail", "Bergen", "Norway"),
        ("fail", 7, "low"),
        ("fail", "Paris", FAILED),
        ("fail", "oslo", FAILED),
        ("fail", "", FAILED),
        ("star", "Paris", "*"),
        ("star", 8, "*"),
        ("star", "Oslo", "Norway"),
    ],
)
def test_hierarchy(unmapped: Any, value: Any, expected: object) -> None:
    assert one(Hierarchy("h.csv", 1, unmapped, MAPPING), value) == expected


def test_a_hierarchy_that_was_not_read_fails_everything() -> None:
    assert one(Hierarchy("h.csv", 1, "star"), "Oslo") is FAILED


def test_hierarchy_parameters() -> None:
    with pytest.raises(ValueError, match="level"):
        Hierarchy("h.csv", 0)
    with pytest.raises(ValueError, match="file"):
        Hierarchy("", 1)
    assert "Oslo" not in repr(Hierarchy("h.csv", 1, "fail", MAPPING))


# Properties

TEXT_TRANSFORMS: list[Transform] = [
    Bin(width=0.1),
    Bin(edges=(0, 1, 5), top=5),
    Round(to=0.3),
    Round(digits=3),
    TruncateDate("week"),
    TruncateDate("hour", "%d %B %Y %H"),
    Prefix(2),
    Ip(),
    Hierarchy("h.csv", 1, "fail", MAPPING),
]
written = st.text(max_size=8) | st.integers().map(str) | st.floats().map(str) | st.dates().map(str)


@pytest.mark.parametrize("transform", TEXT_TRANSFORMS, ids=lambda t: t.name)
@given(st.lists(st.none() | written | st.ip_addresses().map(str), max_size=8))
def test_total_over_text(transform: Transform, values: list[str | None]) -> None:
    outcome = transform.apply(pa.array(values, pa.large_string()), COLUMN)
    assert outcome.array.type == pa.large_string()
    assert len(outcome.array) == len(values)
    failed = [False] * len(values) if outcome.failed is None else outcome.failed.to_pylist()
    for value, result, bad in zip(values, outcome.array.to_pylist(), failed, strict=True):
        assert (result is None) == (value is None or bad)
        assert not (bad and value is None)
    again = transform.apply(pa.array(values, pa.large_string()), COLUMN)
    assert again.array.equals(outcome.array)


finite = st.floats(allow_nan=False, allow_infinity=False)
steps = st.sampled_from([0.1, 0.25, 1, 3, 7.5, 10, 1e6])


@given(finite, steps, st.sampled_from([0, 0.05, -3]))
def test_a_bin_holds_its_value(value: float, width: float, origin: float) -> None:
    label = one(Bin(width=width, origin=origin), value)
    low, high = (Fraction(part) for part in label[1:-1].split(", "))
    assert low <= Fraction(repr(value)) < high
    assert high - low == Fraction(str(width))
    assert (low - Fraction(str(origin))) % Fraction(str(width)) == 0


@given(finite, steps)
def test_rounding_is_to_the_nearest_multiple(value: float, step: float) -> None:
    rounded = nearest_multiple(Decimal(repr(value)), Decimal(repr(step)))
    exact, width = Fraction(repr(value)), Fraction(str(step))
    assert Fraction(rounded) % width == 0
    distance = abs(Fraction(rounded) - exact)
    assert distance <= width / 2
    if distance == width / 2:
        assert Fraction(rounded) / width % 2 == 0


@given(st.integers(-(2**63), 2**63 - 1), st.integers(2, 10**6))
def test_rounded_integers_are_as_python_rounds_fractions(value: int, step: int) -> None:
    expected = round(Fraction(value, step)) * step
    result = one(Round(to=step), value, pa.int64())
    assert result == (expected if -(2**63) <= expected < 2**63 else FAILED)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=5))
def test_plain_reads_back(number: Decimal) -> None:
    assert decimal_of(plain(number)) == number
    assert "E" not in plain(number)


@given(st.datetimes(), st.sampled_from(["year", "quarter", "month", "week", "day", "hour"]))
def test_a_floor_is_the_first_instant_of_its_period(moment: datetime, to: Any) -> None:
    floor = one(TruncateDate(to), moment, pa.timestamp("us"))
    assert floor is not FAILED
    assert timedelta() <= moment - floor < timedelta(days=366)
    assert one(TruncateDate(to), floor, pa.timestamp("us")) == floor
    # dates, timestamps and text are cut at the same places
    written = TruncateDate(to)
    assert one(written, moment.isoformat()) == one(written, floor.isoformat())


@given(
    st.datetimes(datetime(1890, 1, 1), datetime(2060, 1, 1)),
    st.sampled_from(["America/Havana", "Asia/Beirut", "Europe/Berlin", "Australia/Lord_Howe"]),
    st.sampled_from(["year", "week", "day", "hour"]),
)
def test_no_zone_breaks_the_floor(moment: datetime, zone: str, to: Any) -> None:
    aware = moment.replace(tzinfo=ZoneInfo(zone))
    floor = one(TruncateDate(to), aware, pa.timestamp("us", zone))
    assert floor is not FAILED
    assert floor <= aware.astimezone(floor.tzinfo)


@given(st.ip_addresses(), st.integers(0, 31), st.integers(0, 64))
def test_an_address_lies_in_its_network(address: Any, v4: int, v6: int) -> None:
    network = ipaddress.ip_network(one(Ip(v4, v6), str(address)))
    mapped = getattr(address, "ipv4_mapped", None)
    assert (mapped or address) in network
    assert network.prefixlen <= (v4 if network.version == 4 else v6)


@given(st.text(max_size=8), st.integers(1, 4))
def test_a_prefix_never_is_the_value(text: str, keep: int) -> None:
    result = one(Prefix(keep), text, pa.string())
    if result is not FAILED:
        assert len(result) <= keep
        assert result != text


@pytest.mark.parametrize(
    ("width", "value", "type_", "expected"),
    [
        (1, 12345, pa.int64(), FAILED),
        (0.5, 7, pa.uint8(), FAILED),
        (2, 12345, pa.int64(), "[12344, 12346)"),
        (0.01, Decimal("9.99"), pa.decimal128(5, 2), FAILED),
        (1, Decimal("9.99"), pa.decimal128(5, 2), "[9, 10)"),
        (1, 9.99, pa.float64(), "[9, 10)"),
        (1, "9.99", pa.string(), "[9, 10)"),
    ],
)
def test_a_bin_of_its_own_for_every_value_would_hide_nothing(
    width: float, value: Any, type_: pa.DataType, expected: Any
) -> None:
    assert one(Bin(width=width), value, type_) == expected


@pytest.mark.parametrize(
    ("to", "value", "expected"),
    [
        ("day", "2024-05-03", FAILED),
        ("day", " 2024-05-03 ", FAILED),
        ("day", "2024-05-03T10:20", "2024-05-03"),
        ("month", "2024-05-03", "2024-05"),
    ],
)
def test_a_date_in_text_that_nothing_is_cut_from_is_failed(
    to: Any, value: str, expected: Any
) -> None:
    assert one(TruncateDate(to), value) == expected
