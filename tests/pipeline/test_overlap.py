"""Reading ahead, writing behind, something beside: the same in the same order, and every error is
heard."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pyarrow as pa
import pytest

from scrubber.pipeline import overlap as conveyor
from scrubber.pipeline.overlap import LARGE, beside, read_ahead, write_behind


@pytest.fixture(autouse=True, params=[1, 2], ids=["one core", "two cores"])
def cores(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conveyor.pa, "cpu_count", lambda: request.param)


def small(_: object) -> int:
    return 1


def table(number: int) -> pa.Table:
    return pa.table({"a": [number]})


def test_the_items_come_in_their_order() -> None:
    with read_ahead(range(1000), small) as items:
        assert list(items) == list(range(1000))


def test_no_items() -> None:
    with read_ahead([], small) as items:
        assert list(items) == []


def test_an_error_comes_in_its_place() -> None:
    def three() -> Iterator[int]:
        yield from range(3)
        raise MemoryError

    seen: list[int] = []
    with pytest.raises(MemoryError), read_ahead(three(), small) as items:
        seen.extend(items)
    assert seen == [0, 1, 2]


@pytest.mark.parametrize(("size", "beside"), [(1, 2), (LARGE, 2), (LARGE + 1, 1)])
def test_one_item_is_made_ahead_and_none_beside_a_large_one(
    monkeypatch: pytest.MonkeyPatch, size: int, beside: int
) -> None:
    monkeypatch.setattr(conveyor.pa, "cpu_count", lambda: 2)
    made = 0

    def making() -> Iterator[int]:
        nonlocal made
        for number in range(20):
            made += 1
            yield number

    with read_ahead(making(), lambda _: size) as items:
        for number, _ in enumerate(items, 1):
            if number < 19:
                time.sleep(0.005)
                assert number <= made <= number + beside - 1


def test_leaving_early_ends_the_reading() -> None:
    with read_ahead(iter(int, 1), small) as items:  # without end
        assert next(iter(items)) == 0
    assert not [one for one in threading.enumerate() if one.name == "read-ahead"]


def test_what_is_handed_on_is_written_in_order() -> None:
    written: list[int] = []

    def write(one: pa.Table) -> None:
        written.extend(one.column("a").to_pylist())

    with write_behind(write) as put:
        for number in range(200):
            put(table(number))
    assert written == list(range(200))
    assert not [one for one in threading.enumerate() if one.name == "write-behind"]


def test_a_large_table_is_written_when_it_was_put(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conveyor.pa, "cpu_count", lambda: 2)
    monkeypatch.setattr(conveyor, "LARGE", 100)
    written: list[int] = []

    def write(one: pa.Table) -> None:
        time.sleep(0.01)
        written.append(one.num_rows)

    with write_behind(write) as put:
        put(pa.table({"a": list(range(50))}))
        assert written == [50]
        put(table(1))
    assert written == [50, 1]


@pytest.mark.parametrize("fails_at", [0, 1, 5, 9])
def test_an_error_of_writing_is_heard(fails_at: int) -> None:
    tries: list[int] = []

    def write(one: pa.Table) -> None:
        (number,) = one.column("a").to_pylist()
        tries.append(number)
        if number == fails_at:
            raise OSError

    with pytest.raises(OSError), write_behind(write) as put:
        for number in range(10):
            put(table(number))
    assert tries == list(range(fails_at + 1))  # nothing is written behind what was not


def test_an_error_beside_the_writing_ends_it() -> None:
    with pytest.raises(KeyboardInterrupt), write_behind(lambda _: None) as put:
        put(table(1))
        raise KeyboardInterrupt
    assert not [one for one in threading.enumerate() if one.name == "write-behind"]


def test_what_is_done_beside_is_done_once() -> None:
    done: list[int] = []

    def work(_: threading.Event) -> int:
        done.append(1)
        return 7

    with beside(work) as result:
        assert [result(), result()] == [7, 7]
    assert done == [1]


def test_what_fails_beside_fails_where_it_is_waited_for() -> None:
    def work(_: threading.Event) -> int:
        raise MemoryError

    with beside(work) as result, pytest.raises(MemoryError):
        result()
    with beside(work):  # and nobody asks
        pass


def test_what_nobody_waits_for_any_more_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conveyor.pa, "cpu_count", lambda: 2)
    told: list[bool] = []
    with pytest.raises(KeyError), beside(lambda left: told.append(left.wait(60))):
        raise KeyError
    assert told == [True]
