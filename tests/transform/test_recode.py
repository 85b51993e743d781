"""Clip, significant, date_part, map, email and url: the values that come out, and what fails."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.transform.base import Context, Transform, kind_of, transformed
from scrubber.transform.clip import Clip
from scrubber.transform.date_part import DatePart
from scrubber.transform.email import Email
from scrubber.transform.keys import RootKey
from scrubber.transform.map import Map, pairs_of
from scrubber.transform.significant import Significant
from scrubber.transform.url import Url

COLUMN = Context("f", RootKey(bytes(range(32))))
FAILED = object()
EMPTIED = object()
NAN, INF = float("nan"), float("inf")


def one(transform: Transform, value: Any, type_: pa.DataType | None = None) -> Any:
    """What becomes of one value beside a null; FAILED where it failed, EMPTIED where it is gone."""
    array = pa.array([None, value], type_)
    assert kind_of(array.type) in transform.traits.accepts
    outcome = transformed(transform, array, COLUMN)
    failed = outcome.failed is not None and outcome.failed[1].as_py()
    result = outcome.array[1].as_py()
    if failed:
        assert outcome.why
        return FAILED
    return EMPTIED if result is None else result


INCOME = {"lower": 0, "upper": 250_000}
HALVES = {"lower": 0.5, "upper": 2.5}


@pytest.mark.parametrize(
    ("params", "value", "type_", "expected"),
    [
        (INCOME, 300_000, pa.int64(), 250_000),
        (INCOME, -1, pa.int64(), 0),
        (INCOME, 250_000, pa.int64(), 250_000),
        (INCOME, 2**62, pa.int64(), 250_000),
        (INCOME, 250_000.01, pa.float64(), 250_000.0),
        (INCOME, 249_999.99, pa.float64(), 249_999.99),
        (INCOME, 1e300, pa.float64(), 250_000.0),
        (INCOME, NAN, pa.float64(), FAILED),
        (INCOME, INF, pa.float64(), FAILED),
        (INCOME, "300000", pa.string(), "250000"),
        (INCOME, " -3.5 ", pa.string(), "0"),
        (INCOME, " 17 ", pa.string(), " 17 "),
        (INCOME, "1e9", pa.large_string(), "250000"),
        (INCOME, "much", pa.string(), FAILED),
        (INCOME, "", pa.string(), FAILED),
        (HALVES, 3, pa.int32(), 2),
        (HALVES, 0, pa.int32(), 1),
        (HALVES, 2, pa.int32(), 2),
        (HALVES, Decimal("2.6"), pa.decimal128(4, 1), Decimal("2.5")),
        ({"lower": 0.55, "upper": 2.55}, Decimal("0.1"), pa.decimal128(4, 1), Decimal("0.6")),
        ({"upper": 0.1}, 0.1, pa.float32(), 0.10000000149011612),
        ({"upper": 0.1}, 0.2, pa.float32(), 0.10000000149011612),
        ({"lower": -1000, "upper": 1000}, 3, pa.int8(), FAILED),
        ({"upper": 90, "to": "null"}, 91, pa.int64(), EMPTIED),
        ({"upper": 90, "to": "null"}, 90, pa.int64(), 90),
        ({"upper": 90, "to": "null"}, "x", pa.string(), FAILED),
    ],
)
def test_clip(params: dict[str, Any], value: Any, type_: pa.DataType, expected: Any) -> None:
    assert one(Clip(**params), value, type_) == expected


@pytest.mark.parametrize("params", [{}, {"lower": 2, "upper": 2}, {"upper": NAN}, {"lower": INF}])
def test_bounds_that_are_none_are_refused(params: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"lower|upper"):
        Clip(**params)


@given(
    st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(-20, 20), min_size=1),
    st.integers(-10, 5),
    st.integers(6, 10),
)
def test_clip_of_integers_is_max_and_min(values: list[int], low: int, high: int) -> None:
    outcome = transformed(Clip(low, high), pa.array(values, pa.int64()), COLUMN)
    assert outcome.array.to_pylist() == [min(max(value, low), high) for value in values]


@pytest.mark.parametrize(
    ("digits", "value", "expected"),
    [
        (3, 0.012345, 0.0123),
        (3, 123456, 123000),
        (3, 9.996, 10.0),
        (3, -0.00099951, -0.001),
        (2, 0.125, 0.12),
        (2, 0.135, 0.14),
        (1, 25, 20),
        (1, 35, 40),
        (3, 0.0, 0.0),
        (3, 5e-324, 5e-324),
        (3, 1.7976931348623157e308, FAILED),
        (3, NAN, FAILED),
        (3, "0.012345", "0.0123"),
        (3, "123456", "123000"),
        (3, "1,234", FAILED),
        (3, "1", "1"),
        (3, "1.50", "1.50"),
        (3, "1.500", "1.50"),
        (3, "0.00", "0.00"),
        (3, "0.10", "0.10"),
        (3, "12e2", "1200"),
        (2, "9.96", "10.0"),
        (4, "-7", "-7"),
        (2, Decimal("1.2345"), Decimal("1.2000")),
    ],
)
def test_significant(digits: int, value: Any, expected: Any) -> None:
    type_ = pa.decimal128(9, 4) if isinstance(value, Decimal) else None
    assert one(Significant(digits), value, type_) == expected


def test_significant_digits_that_a_type_cannot_hold_fail() -> None:
    assert one(Significant(1), 99, pa.int8()) == 100
    assert one(Significant(1), 127, pa.int8()) == 100
    assert one(Significant(2), 127, pa.int8()) is FAILED


@given(st.lists(st.floats(-1e15, 1e15), min_size=1), st.integers(1, 6))
def test_significant_is_as_the_decimal_module_rounds(values: list[float], digits: int) -> None:
    found = transformed(Significant(digits), pa.array(values, pa.float64()), COLUMN).array
    for value, result in zip(values, found.to_pylist(), strict=True):
        exact = Decimal(repr(value))
        wanted = exact.scaleb(0) if not exact else _rounded(exact, digits)
        assert result == float(wanted)


def _rounded(number: Decimal, digits: int) -> Decimal:
    step = Fraction(10) ** (number.adjusted() - digits + 1)
    multiple = round(Fraction(number) / step) * step  # Python rounds half to even
    return Decimal(multiple.numerator) / Decimal(multiple.denominator)


DAY = date(2024, 5, 3)  # a Friday, in the week 18
MOMENT = datetime(2024, 5, 3, 21, 30)
PARTS = {"year": 2024, "quarter": 2, "month": 5, "week": 18, "day": 3, "weekday": 5, "hour": 21}


@pytest.mark.parametrize("part", PARTS)
def test_date_parts_of_every_kind(part: Any) -> None:
    number = PARTS[part]
    assert one(DatePart(part), MOMENT, pa.timestamp("us")) == number
    assert one(DatePart(part), MOMENT.isoformat(), pa.string()) == str(number)
    wanted = FAILED if part == "hour" else number
    assert one(DatePart(part), DAY, pa.date32()) == wanted
    written = FAILED if part == "hour" else str(number)
    assert one(DatePart(part), "2024-05-03", pa.string()) == written
    assert one(DatePart(part, "%m/%d/%y %I%p"), "05/03/24 9pm", pa.string()) == str(number)


@pytest.mark.parametrize(
    ("to", "format_", "value", "expected"),
    [
        (("month", "hour"), None, "2025-03-09T07:15:00Z", "03-07"),
        (("year", "month"), None, "2025-03-09", "2025-03"),
        (("weekday",), None, "2025-03-09", "7"),
        ("week", None, "2021-01-03", "53"),
        ("week", None, "2018-12-31", "1"),
        ("year", None, "soon", FAILED),
        ("year", "%d.%m.%Y", "2024-05-03", FAILED),
        ("year", None, "2024-02-30", FAILED),
    ],
)
def test_date_parts_of_text(to: Any, format_: str | None, value: str, expected: Any) -> None:
    assert one(DatePart(to, format_), value) == expected


def test_the_hour_is_that_of_the_zone() -> None:
    moment = datetime.fromisoformat("2024-05-03T23:30+00:00")
    zone = pa.timestamp("us", "Europe/Berlin")
    assert one(DatePart("hour"), moment, zone) == 1
    assert one(DatePart("day"), moment, zone) == 4
    assert one(DatePart(("day", "hour")), moment, zone) == "04-01"


@pytest.mark.parametrize("parts", [(), ("day", "day"), ("year", "month", "day")])
def test_parts_that_say_nothing_or_all_are_refused(parts: Any) -> None:
    with pytest.raises(ValueError, match="part"):
        DatePart(parts)


def mapped(given_: Any, **options: Any) -> Map:
    return Map(pairs_of(given_), **options)


@pytest.mark.parametrize(
    ("transform", "value", "expected"),
    [
        (mapped({"CA": "West"}), " CA ", "West"),
        (mapped({"CA": "West"}), "NY", FAILED),
        (mapped({"CA": "West"}, other="else"), "NY", "else"),
        (mapped({"CA": "West"}, unlisted="keep"), "NY", "NY"),
        (mapped(["gmail.com"], other="other"), "gmail.com", "gmail.com"),
        (mapped(["gmail.com"], other="other"), "Gmail.com", "other"),
        (mapped({"9": None}, unlisted="keep"), 9, EMPTIED),
        (mapped({"9": None}, unlisted="keep"), 1, 1),
        (mapped({"9": None}, unlisted="keep"), "9", EMPTIED),
        (mapped({"9": 0}, unlisted="keep"), 9, 0),
        (mapped({"9": "none"}, unlisted="keep"), 9, "none"),
        (mapped({"9": "none"}, unlisted="keep"), 1, "1"),
        (mapped({"1": 1}, other="-1"), 7, -1),
    ],
)
def test_map(transform: Map, value: Any, expected: Any) -> None:
    assert one(transform, value) == expected


def test_a_map_from_a_file_reads_one_or_two_columns() -> None:
    one_column = Map("f.csv", other="other").with_rows([("a",), ("b",)])
    assert one(one_column, "b") == "b"
    assert one(one_column, "c") == "other"
    two = Map("f.csv").with_rows([("a", "x"), ("b", " ")])
    assert one(two, "a") == "x"
    assert one(two, "b") is EMPTIED
    with pytest.raises(ValueError, match="columns"):
        Map("f.csv").with_rows([("a", "b", "c")])


@pytest.mark.parametrize("given_", [{}, [], ["a", " a"]])
def test_a_map_of_nothing_or_of_two_is_refused(given_: Any) -> None:
    with pytest.raises(ValueError, match="values"):
        mapped(given_)


@pytest.mark.parametrize(
    ("keep", "value", "expected"),
    [
        ("domain", "Ann.Poe@Mail.Example.com", "mail.example.com"),
        ("tld", " ann@example.co.jp ", "jp"),
        ("domain", "ann@münchen.de", "münchen.de"),
        ("domain", "a@b@c.com", FAILED),
        ("domain", "Ann <ann@example.com>", FAILED),
        ("domain", "ann@example.com, bob@example.com", FAILED),
        ("domain", "ann@localhost", FAILED),
        ("domain", "ann@192.0.2.7", FAILED),
        ("domain", "@example.com", FAILED),
        ("domain", "ann", FAILED),
        ("domain", "ann@ex?ann@x.com", FAILED),
        ("domain", "a" * 400 + "@example.com", FAILED),
    ],
)
def test_email(keep: Any, value: str, expected: Any) -> None:
    assert one(Email(keep), value) == expected


def test_email_with_tokens_joins_by_part() -> None:
    texts = ["ann@a.com", "ann@b.com", "bob@a.com", "ann@A.de", "bad", "ann@a.com"]
    found = transformed(Email("tld", "token"), pa.array(texts), COLUMN).array.to_pylist()
    first, second, third, fourth, bad, again = found
    assert bad is None
    assert first == again
    parts = [one.replace("@", ".").split(".") for one in (first, second, third, fourth)]
    local, host, tld = zip(*parts, strict=True)
    assert tld == ("com", "com", "com", "de")
    assert local[0] == local[1] == local[3] != local[2]
    assert host[0] == host[2] == host[3] != host[1]
    assert not {"ann", "bob", "a", "b"} & {*local, *host}
    domain = transformed(Email("domain", "token"), pa.array(texts), COLUMN).array.to_pylist()
    assert domain[0] == f"{local[0]}@a.com"


BOTH = ("host", "path")


@pytest.mark.parametrize(
    ("keep", "ids", "value", "expected"),
    [
        (BOTH, None, "https://Shop.example.com/a/b?token=1#x", "shop.example.com/a/b"),
        (BOTH, "{id}", "https://s.example/users/123/orders?e=a%40b", "s.example/users/{id}/orders"),
        (BOTH, "{id}", "/users/ann%40x.com/v2/list", "/users/{id}/v2/list"),
        (BOTH, "{id}", "//cdn.example/ann@x.com", "cdn.example/{id}"),
        (BOTH, "{id}", "https://s.example/3f2504e0-4f89-11d3-9a0c-0305e82c3301", "s.example/{id}"),
        (BOTH, "{id}", "https://s.example/" + "x" * 41, "s.example/{id}"),
        (BOTH, "{id}", "https://s.example/about-us/", "s.example/about-us/"),
        (BOTH, None, "https://s.example/a;jsessionid=77/b;v=1", "s.example/a/b"),
        (BOTH, None, "https://ann:pw@s.example:8080/a", "s.example/a"),
        (BOTH, None, "https://s.example", "s.example"),
        (("host",), None, "https://www.google.com/search?q=ann", "www.google.com"),
        (("host",), None, "http://[2001:db8::1]/x", "[2001:db8::1]"),
        (("host",), None, "/search?q=ann", FAILED),
        (("host",), None, "-", FAILED),
        (("host",), None, "mailto:ann@x.com", FAILED),
        (("scheme", "host"), None, "HTTPS://s.example/a", "https://s.example"),
        (("path",), None, "https://s.example/a?b", "/a"),
        (("path",), None, "https://s.example", FAILED),
        (BOTH, None, "https://s.example\\@ann/", FAILED),
        (BOTH, None, "https://s.example/a b?c", FAILED),
        (BOTH, None, "data:text/plain,Ann", FAILED),
        (BOTH, None, "s.example/a", FAILED),
    ],
)
def test_url(keep: Any, ids: str | None, value: str, expected: Any) -> None:
    assert one(Url(keep, ids), value) == expected


@pytest.mark.parametrize(
    "params", [{"keep": ()}, {"keep": ("host", "host")}, {"keep": ("host",), "path_ids": "x"},
               {"keep": ("path",), "path_ids": "a/b"}, {"keep": ("path",), "path_ids": ""}],
)  # fmt: skip
def test_url_parts_that_say_nothing_are_refused(params: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"keep|path_ids"):
        Url(**params)
