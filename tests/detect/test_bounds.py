"""Time grows with the length of a cell and no faster; memory does not grow with the rows."""

from __future__ import annotations

import random
import time
import tracemalloc
from collections.abc import Callable

import pytest

from benchmarks.corpus import rows
from scrubber.detect import Detector, DetectSpec

pytestmark = pytest.mark.slow

Build = Callable[[DetectSpec], Detector]

# Code points. A quadratic step takes 16 times as long for the longer one, a linear one 4 times.
SHORT, LONG = 40_000, 160_000
SLACK = 9
# Other processes slow a run down, and never make a quadratic step look linear.
TRIES = 3
# Seconds of processor time below which nothing is told from noise.
NOISE = 0.1

UNITS = [
    *("a@b.com ", "email a@b.com ", "http://a.b.com/x ", "www.", "a.", "1.", "1-", "1 ", "A1-"),
    *("::", "1:", "ssn 432-12-3456 ", "card 4111111111111111 ", "(1", "+1 ", "é", "١", "\x00"),
    *("\n", "don't ", "Σa@b.com ", "DE89 ", '{"ip": "1.2.3.4"}, '),
]


def seconds(detector: Detector, text: str) -> float:
    start = time.process_time()
    detector.detect([text])
    return time.process_time() - start


def repeated(unit: str, length: int) -> str:
    return (unit * (length // len(unit) + 1))[:length]


@pytest.mark.parametrize("unit", UNITS, ids=ascii)
def test_four_times_the_text_takes_about_four_times_as_long(detector: Build, unit: str) -> None:
    made = detector(DetectSpec())
    short = min(seconds(made, repeated(unit, SHORT)) for _ in range(2))
    tries = (seconds(made, repeated(unit, LONG)) for _ in range(TRIES))
    assert any(one < SLACK * max(short, NOISE) for one in tries)


@pytest.mark.parametrize("char", "1@.:-/ a(", ids=ascii)
def test_a_million_times_one_character(detector: Build, char: str) -> None:
    made = detector(DetectSpec())
    assert seconds(made, char * 1_000_000) < 20  # about one second where it is the slowest


def test_a_million_digits_and_ten_megabytes_in_one_cell(detector: Build) -> None:
    made = detector(DetectSpec())
    digits = "".join(random.Random(1).choices("0123456789", k=1_000_000))
    assert seconds(made, digits) < 20  # about one second
    text = repeated(" ".join(rows(3_000, 0.02)), 10_000_000)
    assert seconds(made, text) < 30  # about two


def test_memory_does_not_grow_with_the_rows(detector: Build) -> None:
    # Each row is looked at closely, and nothing is found: a card number with a wrong last digit.
    made = detector(DetectSpec(entities=("CREDIT_CARD",)))
    texts = [f"{text} 4111111111111112" for text in rows(4_000, 0)]
    assert not any(made.detect(texts[:1_000]))  # what is remembered is in memory from here on
    assert peak(made, texts) < 1.5 * peak(made, texts[:1_000])


def peak(detector: Detector, texts: list[str]) -> int:
    """Bytes at most in use while `texts` are looked at, the answer apart."""
    tracemalloc.start()
    try:
        answer = detector.detect(texts)
        return tracemalloc.get_traced_memory()[1] - 8 * len(answer)
    finally:
        tracemalloc.stop()
