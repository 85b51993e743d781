"""Work side by side: the results come in order, and errors after the results before them."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest

from scrubber.formats.io.side_by_side import abreast
from scrubber.formats.io.stream import Block


def blocks(count: int, size: int = 1) -> Iterator[Block]:
    for number in range(count):
        yield Block(bytes([number]) * size, np.array([0, size]), False)


@pytest.mark.parametrize("cores", [1, 2, 64])
def test_the_results_come_in_order(monkeypatch: pytest.MonkeyPatch, cores: int) -> None:
    monkeypatch.setattr(pa, "cpu_count", lambda: cores)
    asked: list[int] = []

    def work(block: Block):  # type: ignore[no-untyped-def]
        asked.append(block.view[0])
        return lambda: block.view[0] * 2

    got = [(one.view[0], two) for one, two in abreast(blocks(50), lambda one: one, work)]
    assert got == [(number, number * 2) for number in range(50)]
    assert asked == list(range(50))


@pytest.mark.parametrize("cores", [1, 2, 64])
@pytest.mark.parametrize("fails", ["items", "work"])
def test_an_error_comes_after_what_was_before(
    monkeypatch: pytest.MonkeyPatch, cores: int, fails: str
) -> None:
    monkeypatch.setattr(pa, "cpu_count", lambda: cores)

    def items() -> Iterator[Block]:
        yield from blocks(5)
        if fails == "items":
            raise ValueError("items")
        yield from blocks(3)

    def work(block: Block):  # type: ignore[no-untyped-def]
        def result() -> int:
            if fails == "work" and block.view[0] == 2:
                raise ValueError("work")
            return block.view[0]

        return result

    got: list[int] = []
    with pytest.raises(ValueError, match=fails):
        got.extend(two for _, two in abreast(items(), lambda one: one, work))
    assert got == ([0, 1, 2, 3, 4] if fails == "items" else [0, 1])


def test_few_are_held_and_a_large_one_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pa, "cpu_count", lambda: 64)
    monkeypatch.setattr("scrubber.formats.io.side_by_side.CHUNK_BYTES", 10)
    held = 0
    most: dict[bool, int] = {True: 0, False: 0}
    lock = threading.Lock()
    sizes = [1] * 9 + [30, 1, 30, 30] + [1] * 9

    def items() -> Iterator[Block]:
        nonlocal held
        for size in sizes:
            held += 1
            yield Block(b"x" * size, np.array([0, size]), False)

    def work(block: Block):  # type: ignore[no-untyped-def]
        def result() -> None:
            with lock:
                large = len(block.view) > 20
                most[large] = max(most[large], held)

        return result

    for _ in abreast(items(), lambda one: one, work):
        held -= 1
    assert most[False] <= 6
    assert most[True] <= 2
