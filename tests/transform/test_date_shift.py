"""Date shifting: one secret number of days per subject, whatever the dates are written in."""

import datetime as dt
from collections import Counter
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.errors import KeyFault
from scrubber.transform.base import Context
from scrubber.transform.columns.date_formats import DateFormat
from scrubber.transform.keys import RootKey
from scrubber.transform.pseudonymize import DateShift

KEY = RootKey(bytes(range(32)))
MAX = DateShift(max_days=30)


def about(subject: list[Any], type: pa.DataType | None = None, field: str = "f") -> Context:
    return Context(field, KEY, subject=pa.array(subject, type))


def days(shift: DateShift, subject: list[Any], type: pa.DataType | None = None) -> list[int | None]:
    return shift.shifts(pa.array(subject, type), Context("f", KEY)).to_pylist()


@pytest.mark.parametrize(
    ("params", "complaint"),
    [
        ({"max_days": 0}, "min_days"),
        ({"max_days": 5, "min_days": 0}, "min_days"),
        ({"max_days": 5, "min_days": 6}, "min_days"),
        ({"max_days": 36_526}, "max_days"),
        ({"max_days": 6, "multiple_of": 7}, "multiple"),
        ({"max_days": 30, "multiple_of": 0}, "multiple_of"),
        ({"max_days": 30, "format": "%Y-%m"}, "day"),
        ({"max_days": 30, "format": "%Y-%m-%d %Q"}, "%Q"),
        ({"max_days": 30, "format": "%Y-%m-%d %Y"}, "twice"),
        ({"max_days": 30, "format": "%Y-%y-%m-%d"}, "year"),
        ({"max_days": 30, "format": "%Y-%m-%d %"}, "not supported"),
    ],
)
def test_bad_parameters(params: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        DateShift(**params)


@pytest.mark.parametrize(
    ("shift", "allowed"),
    [
        (DateShift(max_days=2), {-2, -1, 1, 2}),
        (DateShift(max_days=4, min_days=3), {-4, -3, 3, 4}),
        (DateShift(max_days=1), {-1, 1}),
        (DateShift(max_days=22, min_days=8, multiple_of=7), {-21, -14, 14, 21}),
    ],
)
def test_the_shift_is_uniform_over_what_is_allowed_and_never_zero(
    shift: DateShift, allowed: set[int]
) -> None:
    drawn = Counter(days(shift, list(range(4000))))
    assert set(drawn) == allowed
    expected = 4000 / len(allowed)
    # 16.3 is the 0.999 quantile of chi-square with 3 degrees of freedom; the draw is fixed
    assert sum((count - expected) ** 2 / expected for count in drawn.values()) < 16.3


def test_a_subject_is_its_value_not_its_layout() -> None:
    (whole,) = days(MAX, [7], pa.int8())
    assert days(MAX, [7], pa.int64()) == [whole]
    assert days(MAX, [7.0, float("nan"), None]) == [whole, None, None]
    wide = DateShift(max_days=36_525)
    (seven,) = days(wide, [7])
    assert days(wide, ["7", "007"], pa.string()) != [seven, seven]
    for same in (["7"], [7.0], [Decimal("7.00")]):
        assert days(wide, same) == [seven]
    assert days(wide, ["caf\u00e9"]) == days(wide, ["cafe\u0301"])
    assert days(wide, [-0.0]) == days(wide, [0]) == days(wide, ["0"])
    assert days(wide, [1e22]) == days(wide, [str(10**22)])
    assert days(wide, [True]) != days(wide, ["true"])
    assert days(wide, [7]) != days(DateShift(max_days=36_525, domain="x"), [7])


ISO = [
    "2024-02-29",
    "2024-02-29T12:30",
    "2024-02-29 12:30:59",
    "2024-02-29T12:30:59.123456789Z",
    "2024-02-29T12:30:59,5+05:30",
    "2024-02-29 23:59:60 -0800",
    "  2024-02-29\n",
]


def test_text_and_real_dates_of_a_subject_move_together() -> None:
    (shift,) = days(MAX, ["s"])
    assert shift is not None
    moved = (dt.date(2024, 2, 29) + dt.timedelta(shift)).isoformat()
    texts = MAX.apply(pa.array(ISO), about(["s"] * len(ISO), field="other"))
    assert texts.failed is None
    assert texts.array.to_pylist() == [text.replace("2024-02-29", moved) for text in ISO]
    noon = dt.datetime(2024, 2, 29, 12, 30, 59, 123456)
    for type in [
        pa.date32(),
        pa.date64(),
        pa.timestamp("s"),
        pa.timestamp("ms"),
        pa.timestamp("us", "Europe/Berlin"),
        pa.timestamp("ns", "UTC"),
    ]:
        column = pc.cast(pa.array([noon], pa.timestamp("us")), type, safe=False)
        outcome = MAX.apply(column, about(["s"]))
        assert outcome.failed is None
        assert outcome.array.type == type
        text = pc.cast(outcome.array, pa.timestamp("us"), safe=False)[0].as_py()
        assert text.date().isoformat() == moved


@pytest.mark.parametrize(
    ("format", "text", "by_ten_days"),
    [
        ("%m/%d/%Y", "04/17/1960", "04/27/1960"),
        ("%m/%d/%Y", "4/7/1960", "4/17/1960"),
        ("%m/%d/%Y", "12/25/1999", "01/04/2000"),
        ("%d.%m.%y", "28.02.00", "09.03.00"),
        ("%d.%m.%y", "25.12.68", None),
        ("%Y%m%d", "20240229", "20240310"),
        ("%d %b %Y", "17 APR 1960", "27 APR 1960"),
        ("%A, %B %d, %Y", "Monday, april 17, 2023", "Thursday, april 27, 2023"),
        (
            "%m/%d/%Y %I:%M:%S.%f %p %Z",
            "04/17/1960 1:02:03.5000 pm CET",
            "04/27/1960 1:02:03.5000 pm CET",
        ),
        ("%Y-%m-%dT%H:%M:%S%z", "2024-01-01T00:00:00+0100", "2024-01-11T00:00:00+0100"),
        ("%d%%%m%%%Y", "01%01%2024", "11%01%2024"),
        ("%d. %m. %Y", "1.  1.\t2024", "11.  1.\t2024"),
        ("%m/%d/%Y", "02/30/2024", None),
        ("%m/%d/%Y", "04/17/60", None),
        ("%m/%d/%Y", "04/17/1960x", None),
        ("%m/%d/%Y", "٠٤/17/1960", None),
        ("%Y-%m-%d", "9999-12-25", None),
        ("%Y-%m-%d", "0000-01-01", None),
        ("%Y-%m-%d", "", None),
    ],
)
def test_formats(format: str, text: str, by_ten_days: str | None) -> None:
    found = DateFormat.compile(format).read(text)
    moved = None if found is None else found.moved(found.day.toordinal() + 10)
    assert moved == by_ten_days


def test_the_rest_of_the_text_is_as_it_was() -> None:
    shift = DateShift(max_days=30, format="%m/%d/%Y %H:%M")
    outcome = shift.apply(pa.array(["04/17/1960 9:05", None]), about(["s", "s"]))
    assert outcome.failed is None
    assert outcome.array[0].as_py().endswith("/1960 9:05")


@pytest.mark.parametrize(
    ("array", "subject", "failed"),
    [
        (pa.array(["2024-01-01", "tomorrow", "", None, "2024-01-01"]), ["s"] * 4 + [None],
         [False, True, True, False, True]),
        (pa.array([dt.date(2024, 1, 1), None, dt.date(2024, 1, 1)]), ["s", None, None],
         [False, False, True]),
        (pa.array(["0001-01-01", "9999-12-31"]), ["s", "s"], None),
        (pa.array([dt.date(1, 1, 1), dt.date(9999, 12, 31)]), ["s", "s"], None),
        (pa.array([-(2**31), 2**31 - 1, 0], pa.int32()).view(pa.date32()), ["s"] * 3,
         [True, True, False]),
        (pa.array([-(2**63), 2**63 - 1], pa.timestamp("ns")), ["s", "s"], None),
        (pa.array([-(2**63), 2**63 - 1, 0], pa.timestamp("s")), ["s"] * 3, [True, True, False]),
    ],
)  # fmt: skip
def test_what_cannot_be_moved_fails(
    array: pa.Array, subject: list[Any], failed: list[bool] | None
) -> None:
    outcome = MAX.apply(array, about(subject, pa.string()))
    # None: of the first and the last day that there is, one can move and one cannot
    assert outcome.failed is not None
    found = outcome.failed.to_pylist()
    assert sorted(found) == [False, True] if failed is None else found == failed
    lost = [null and not gone for null, gone in zip(
        outcome.array.is_null().to_pylist(), found, strict=True)]  # fmt: skip
    assert lost == array.is_null().to_pylist()


def test_without_subject_or_key_nothing_is_moved() -> None:
    column = pa.array([dt.date(2024, 1, 1), None])
    outcome = MAX.apply(column, Context("f", KEY))
    assert outcome.failed.to_pylist() == [True, False]
    with pytest.raises(KeyFault):
        MAX.apply(column, Context("f", subject=pa.array(["s", "s"])))
    nested = MAX.apply(column, about([[1], [1]]))
    assert nested.failed.to_pylist() == [True, False]


@pytest.mark.parametrize(
    "type", [pa.string(), pa.large_string(), pa.string_view(), pa.date32(), pa.null()]
)
def test_empty_and_null_columns_keep_their_type(type: pa.DataType) -> None:
    for count in (0, 3):
        outcome = MAX.apply(pa.nulls(count, type), about(["s"] * count, pa.string()))
        assert outcome.failed is None
        assert outcome.array.equals(pa.nulls(count, type))


def test_summer_time_moves_the_local_hour() -> None:
    # a day is 24 hours of absolute time: 13:00 in summer is 12:00 in winter
    zone = ZoneInfo("Europe/Berlin")
    summer = dt.datetime(2024, 7, 1, 13, tzinfo=zone)
    column = pa.array([summer], pa.timestamp("s", "Europe/Berlin"))
    shift = DateShift(max_days=180, min_days=180)
    (moved,) = shift.apply(column, about(["s"])).array.to_pylist()
    assert moved.astimezone(zone).hour == 12
    assert abs(moved.astimezone(dt.UTC) - summer.astimezone(dt.UTC)) == dt.timedelta(180)


DATES = st.dates(dt.date(1000, 1, 1), dt.date(3000, 1, 1))


@given(st.lists(DATES, min_size=2), st.text(), st.integers(1, 400))
def test_intervals_stay(dates: list[dt.date], subject: str, max_days: int) -> None:
    shift = DateShift(max_days=max_days)
    context = about([subject] * len(dates))
    real = shift.apply(pa.array(dates), context).array.to_pylist()
    written = shift.apply(pa.array([d.isoformat() for d in dates]), context).array.to_pylist()
    assert [d.isoformat() for d in real] == written
    (moved,) = {new - old for new, old in zip(real, dates, strict=True)}
    assert 1 <= abs(moved.days) <= max_days


def test_the_dates_of_a_record_share_one_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    draws: list[DateShift] = []
    shifts = DateShift.shifts

    def counted(self: DateShift, subject: pa.Array, context: Context) -> pa.Array:
        draws.append(self)
        return shifts(self, subject, context)

    monkeypatch.setattr(DateShift, "shifts", counted)
    context = about(["a", "b", None])
    dates = pa.array([dt.date(2020, 1, 1)] * 3)
    texts = pa.array(["01.01.2020"] * 3)
    moved = MAX.apply(dates, context).array.to_pylist()
    written = DateShift(max_days=30, format="%d.%m.%Y").apply(texts, context).array.to_pylist()
    assert written == [day and day.strftime("%d.%m.%Y") for day in moved]
    assert len(draws) == 1
    for other in (DateShift(max_days=31), DateShift(max_days=30, domain="x")):
        alone = other.apply(dates, about(["a", "b", None])).array
        assert other.apply(dates, context).array == alone
    assert len(draws) == 5
