"""Local differential privacy: exact probabilities, bounds of epsilon, draws that do not average."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.transform.base import Context, Outcome, transformed
from scrubber.transform.keys import RootKey
from scrubber.transform.laplace import _WORD, _WORDS, Laplace
from scrubber.transform.randomized_response import RandomizedResponse

KEY = RootKey(bytes(range(32)))


def made(transform: Laplace | RandomizedResponse, values: pa.Array, subjects: list[str]) -> Outcome:
    context = Context("f", KEY, subject=pa.array(subjects, pa.string()))
    return transformed(transform, values, context)


def people(n: int) -> list[str]:
    return [f"person {i}" for i in range(n)]


@pytest.mark.parametrize("given_", [{"p": 0.75}, {"epsilon": 0.01}, {"epsilon": 1}])
def test_each_draw_of_a_randomized_response_enumerated(given_: dict[str, float]) -> None:
    asked = RandomizedResponse(("a", "b", "c"), **given_)
    true, other = asked.weights
    total = true + 2 * other

    class Every:
        def below(self, n: int) -> np.ndarray[Any, np.dtype[np.uint64]]:
            return np.arange(n, dtype=np.uint64)

    for answer in range(3):
        drawn = asked._all_answered(np.full(total, answer), Every())  # type: ignore[arg-type]
        counts = np.bincount(drawn, minlength=3).tolist()
        assert counts == [true if i == answer else other for i in range(3)]
        for place in (0, true - 1, true, true + other - 1, true + other, total - 1):
            assert asked.answer(answer, place) == drawn[place]
    if "p" in given_:
        assert Fraction(true, total) == Fraction("0.75")
    else:
        assert math.exp(given_["epsilon"] - 1e-4) < true / other <= math.exp(given_["epsilon"])


@given(st.floats(0.001, 20), st.integers(2, 1000))
def test_the_ratio_of_probabilities_is_at_most_e_to_epsilon(epsilon: float, count: int) -> None:
    asked = RandomizedResponse(tuple(map(str, range(count))), epsilon=epsilon)
    assert asked.spent <= epsilon
    assert asked.spent > epsilon - 1e-4


def geometric(bits: tuple[tuple[int, ...], ...], value: int) -> float:
    """The exact probability of a geometric number by its independent binary digits."""
    share = 1.0 if value < 1 << len(bits) else 0.0
    for place, words in enumerate(bits):
        p = sum(word / _WORD ** (i + 1) for i, word in enumerate(words))
        share *= p if value >> place & 1 else 1 - p
    return share


@pytest.mark.parametrize(("epsilon", "upper"), [(1, 4), (0.5, 3), (3, 1), (20, 10)])
def test_the_digits_of_a_number_make_the_discrete_laplace_distribution(
    epsilon: float, upper: int
) -> None:
    asked = Laplace(epsilon, 0, upper)
    shares = [geometric(asked.bits(), k) for k in range(300)]
    for steps in range(-8, 9):
        found = sum(shares[k] * shares[k + abs(steps)] for k in range(200))
        assert found == pytest.approx(asked.probability(steps), rel=1e-9)
    ratios = [asked.probability(k) / asked.probability(k + upper) for k in range(5)]
    assert max(ratios) <= math.exp(epsilon) * (1 + 1e-12)
    assert sum(map(asked.probability, range(-400, 401))) == pytest.approx(1)


def test_the_words_of_a_probability_are_it_rounded_down() -> None:
    for words in Laplace(1, 0, 5).bits():
        assert len(words) == _WORDS
        assert all(0 <= word < _WORD for word in words)
    first = Fraction(Laplace(1, 0, 1).bits()[0][0], _WORD)
    exact = math.exp(-1) / (1 + math.exp(-1))
    assert float(first) == pytest.approx(exact, abs=1e-15)


def test_a_draw_that_a_word_does_not_decide_goes_on_with_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One word of 2 binary places is undecided often: both ways of drawing give the same."""
    values, subjects = pa.array([3] * 500), people(500)
    from scrubber.transform import laplace

    monkeypatch.setattr(laplace, "_WORD", 4)
    counts = Counter(made(Laplace(1, 0, 4), values, subjects).array.to_pylist())
    expected = [500 * Laplace(1, 0, 4).probability(k - 3) for k in range(1, 6)]
    found = [counts[k] for k in range(1, 6)]
    assert sum((a - b) ** 2 / b for a, b in zip(found, expected, strict=True)) < 20


def chi_square(counts: Counter[int], shares: dict[int, float], cases: int) -> float:
    return sum((counts[k] - cases * p) ** 2 / (cases * p) for k, p in shares.items())


def test_noise_has_its_distribution_over_people() -> None:
    asked, cases = Laplace(1, 0, 3), 20_000
    found = made(asked, pa.array([1] * cases), people(cases)).array.to_pylist()
    counts = Counter(value - 1 for value in found)
    shares = {k: asked.probability(k) for k in range(-12, 13)}
    assert chi_square(counts, shares, cases) < 56  # 0.9998 of chi-square with 25 degrees
    answers = made(
        RandomizedResponse(("a", "b", "c"), p=0.5), pa.array(["a"] * cases), people(cases)
    )
    by_answer = Counter(answers.array.to_pylist())
    assert chi_square(by_answer, {"a": 0.5, "b": 0.25, "c": 0.25}, cases) < 17  # type: ignore[arg-type]


def test_reruns_repeat_and_people_differ() -> None:
    asked, values = Laplace(1, 0, 1000), pa.array([500, 500, 500, 501, None])
    subjects = ["ann", "bob", "ann", "ann", "ann"]
    ann, bob, again, other, none = made(asked, values, subjects).array.to_pylist()
    assert ann == again
    assert ann != bob
    assert other - ann != 1, "the difference of two numbers must not show"
    assert none is None
    assert made(asked, values, subjects).array.to_pylist() == [ann, bob, again, other, none]
    assert made(Laplace(2, 0, 1000), values, subjects).array[0].as_py() != ann
    elsewhere = transformed(asked, values, Context("g", KEY, subject=pa.array(subjects)))
    assert elsewhere.array[0].as_py() != ann


@pytest.mark.parametrize(
    ("array", "type_"),
    [
        (pa.array([1, None, 300], pa.int16()), pa.int64()),
        (pa.array([1.5, None, 1e300]), pa.float64()),
        (pa.array(["1", None, " 2e1 "]), pa.string()),
        (pa.array([1, None, 2], pa.decimal128(5, 1)), pa.float64()),
    ],
)
def test_the_types_of_noisy_numbers(array: pa.Array, type_: pa.DataType) -> None:
    asked = Laplace(5, -10, 10)
    found = made(asked, array, ["a", "b", "c"])
    assert found.array.type == type_ == asked.output_type(array.type)
    assert found.array.null_count == 1
    assert found.failed is None or not any(found.failed.to_pylist())


def test_numbers_outside_of_the_range_are_moved_into_it_before_the_noise() -> None:
    asked, same = Laplace(20, 0, 10), ["ann"] * 3
    outside = made(asked, pa.array([10.0, 11.0, 1e9]), same).array.to_pylist()
    assert len(set(outside)) == 1


def test_noise_is_on_the_grid_and_is_not_clamped() -> None:
    found = made(Laplace(0.5, 10, 110, 25), pa.array([10] * 300), people(300)).array.to_pylist()
    assert {(value - 10) % 25 for value in found} == {0}
    assert min(found) < 10


@pytest.mark.parametrize(
    ("transform", "array"),
    [
        (Laplace(1, 0, 10), pa.array(["x", "nan", "inf", "1,5"])),
        (Laplace(1, 0, 10), pa.array([math.nan, math.inf, -math.inf, math.nan])),
        (RandomizedResponse(("yes", "no"), p=0.75), pa.array(["Yes", "", "maybe", "no "])),
        (RandomizedResponse(("yes", "no"), p=0.75), pa.array([1, 2, 3, 4])),
    ],
)
def test_what_has_no_noise_fails(transform: Laplace | RandomizedResponse, array: pa.Array) -> None:
    found = made(transform, array, people(4))
    assert found.failed is not None
    assert all(found.failed.to_pylist())


@pytest.mark.parametrize("transform", [Laplace(1, 0, 10), RandomizedResponse(("3", "4"), p=0.75)])
def test_values_of_nobody_fail(transform: Laplace | RandomizedResponse) -> None:
    subjects = pa.array(["a", None], pa.string())
    found = transformed(transform, pa.array([3, 3]), Context("f", KEY, subject=subjects))
    assert found.failed is not None
    assert found.failed.to_pylist() == [False, True]
    nobody = transformed(transform, pa.array([3, 3]), Context("f", KEY))
    assert nobody.failed is not None
    assert all(nobody.failed.to_pylist())


def test_answers_keep_their_type() -> None:
    for array in (pa.array([True, False, None]), pa.array([0, 1, None], pa.uint8())):
        values = ("true", "false") if pa.types.is_boolean(array.type) else ("0", "1")
        found = made(RandomizedResponse(values, epsilon=0.1), array, ["a", "b", "c"]).array
        assert found.type == array.type
        assert found.null_count == 1


@pytest.mark.parametrize(
    ("kind", "given_", "word"),
    [
        (RandomizedResponse, {"values": ("a", "b")}, "either epsilon or p"),
        (RandomizedResponse, {"values": ("a", "b"), "p": 0.7, "epsilon": 1}, "either"),
        (RandomizedResponse, {"values": ("a", "b"), "p": 0.5}, "more than 1/2"),
        (RandomizedResponse, {"values": ("a", "b"), "p": 1}, "less than 1"),
        (RandomizedResponse, {"values": ("a",), "p": 0.9}, "2 to 1000"),
        (RandomizedResponse, {"values": ("a", "a"), "p": 0.9}, "different"),
        (RandomizedResponse, {"values": ("a", "b,c"), "p": 0.9}, "commas"),
        (RandomizedResponse, {"values": ("a", "b"), "epsilon": 0}, "more than 0"),
        (RandomizedResponse, {"values": ("a", "b"), "epsilon": math.inf}, "finite"),
        (Laplace, {"epsilon": 0, "lower": 0, "upper": 1}, "more than 0"),
        (Laplace, {"epsilon": 1, "lower": 1, "upper": 1}, "less than upper"),
        (Laplace, {"epsilon": 1, "lower": 0, "upper": 1, "step": 0.3}, "multiple of step"),
        (Laplace, {"epsilon": 1, "lower": 0, "upper": 1, "step": -1}, "more than 0"),
        (Laplace, {"epsilon": 1, "lower": 0, "upper": 1e12, "step": 1}, "parts"),
        (Laplace, {"epsilon": math.nan, "lower": 0, "upper": 1}, "finite"),
    ],
)
def test_bad_parameters(kind: type, given_: dict[str, object], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        kind(**given_)


def test_the_standard_deviation() -> None:
    asked = Laplace(1, 0, 7)
    variance = sum(k * k * asked.probability(k) for k in range(-2000, 2001))
    assert asked.deviation == pytest.approx(math.sqrt(variance))
    assert asked.deviation == pytest.approx(7 * math.sqrt(2), rel=0.01)


def test_probabilities_fall_with_distance() -> None:
    asked = Laplace(1, 0, 10)
    for near, far in pairwise(asked.probability(k) for k in range(50)):
        assert near > far
    assert np.isclose(asked.probability(3), asked.probability(-3))
