"""Laplace noise on each person's number, on a grid: local differential privacy."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal, localcontext
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.direction import Directions, Incomparable, Less, each
from scrubber.transform.base import (
    NUMBERS,
    Context,
    Kind,
    Outcome,
    PerSubject,
    Strictness,
    Traits,
    kind_of,
)
from scrubber.transform.columns.distinct import per_distinct
from scrubber.transform.columns.numerals import (
    EXACT,
    decimal_of,
    nearest_multiple,
    numerals,
    parameter,
    plain,
)
from scrubber.transform.columns.perturbing import Integers, drawn_for
from scrubber.transform.crypto.canonical import text_type
from scrubber.transform.crypto.prf import Stream, Streams

_MOST_EPSILON = 20
_MOST_STEPS = 10**9
_WORD = 1 << 63
_WORDS = 4  # a probability is compared with a draw word by word, to 252 binary places
_PREC = 120


@dataclass(frozen=True, slots=True)
class Laplace(PerSubject):
    """Add Laplace noise to a number: `epsilon`-local differential privacy.

    A number is first moved into the range from `lower` to `upper` and to the nearest multiple of
    `step` from `lower`. Then k steps are added with probability proportional to exp(-epsilon |k|
    step / (upper - lower)), the discrete Laplace or two-sided geometric distribution (Ghosh,
    Roughgarden and Sundararajan 2009). Results are not clamped, so means stay unbiased. The draw
    depends on the key, the field, the parameters, the subject and the number, so a repeated run
    does not average the noise away. `context` names the field of the subject, or of a record id
    (default: the rule file's `subject`). Null stays null; integers become int64, and decimals and
    floats float64. Failed values: NaN, infinity, other text, and numbers of no known subject.
    """

    name: ClassVar[str] = "laplace"
    strictness: ClassVar[Strictness] = Strictness.PERTURB
    sentence: ClassVar[str] = "Laplace noise added"
    directions: ClassVar[Directions] = each(
        epsilon=Less(),
        lower=Incomparable(),
        upper=Incomparable(),
        step=Incomparable(),
        context=Incomparable(),
    )

    epsilon: int | float
    lower: int | float
    upper: int | float
    step: int | float = 1
    context: str | None = None

    def __post_init__(self) -> None:
        if not 0 < parameter("epsilon", self.epsilon) <= _MOST_EPSILON:
            raise ValueError(f"epsilon must be more than 0 and at most {_MOST_EPSILON}")
        step = parameter("step", self.step)
        if step <= 0:
            raise ValueError("step must be more than 0")
        width = parameter("upper", self.upper) - parameter("lower", self.lower)
        if width <= 0:
            raise ValueError("lower must be less than upper")
        if width % step:
            raise ValueError("the range from lower to upper must be a multiple of step")
        if width / step > _MOST_STEPS:
            raise ValueError(f"step divides the range into more than {_MOST_STEPS:,} parts")

    @property
    def steps(self) -> int:
        """The steps from `lower` to `upper`: the sensitivity on the grid."""
        width = parameter("upper", self.upper) - parameter("lower", self.lower)
        return int(width / parameter("step", self.step))

    @property
    def deviation(self) -> float:
        """The standard deviation of the noise, in units of the field."""
        rate = float(self.epsilon) / self.steps
        return float(self.step) / (math.sqrt(2) * math.sinh(rate / 2))

    @property
    def traits(self) -> Traits:
        scheme = f"Laplace, epsilon {self.epsilon:.6g}, standard deviation {self.deviation:.6g}"
        formula = (
            f"true mean = mean, with {self.deviation:.6g} / sqrt(n) of standard error by noise"
        )
        technique = f"noise addition ({scheme})"
        return Traits(NUMBERS | {Kind.TEXT}, technique, needs_key=True, unbiased=formula)

    def subject_field(self) -> str | None:
        return self.context

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        match kind_of(input_type):
            case Kind.TEXT:
                return text_type(input_type)
            case Kind.INTEGER if self._whole:
                return pa.int64()
            case _:
                return pa.float64()

    def apply(self, array: pa.Array, context: Context) -> Outcome:
        type_ = self.output_type(array.type)
        lower, upper = parameter("lower", self.lower), parameter("upper", self.upper)
        step = parameter("step", self.step)

        def place(numeral: str) -> int | None:
            number = decimal_of(numeral)
            if number is None:
                return None
            inside = min(max(number, lower), upper)
            return int(
                EXACT.divide_int(nearest_multiple(EXACT.subtract(inside, lower), step), step)
            )

        def shown(steps: int) -> Any:
            number = EXACT.add(lower, EXACT.multiply(Decimal(steps), step))
            if kind_of(type_) is Kind.TEXT:
                return plain(number)
            return int(number) if pa.types.is_integer(type_) else float(number)

        places = per_distinct(numerals(array), place, pa.int64()).array
        purpose = ("laplace", *(plain(parameter("", n)) for n in self._parameters))
        noisy = drawn_for(places, context, purpose, self._all_moved, self._moved)
        made = per_distinct(noisy, shown, type_)
        failed = pc.and_(array.is_valid(), noisy.is_null())
        return Outcome(made.array, failed, "not a number, or of no known subject")

    @property
    def _parameters(self) -> tuple[int | float, ...]:
        return self.epsilon, self.lower, self.upper, self.step

    @property
    def _whole(self) -> bool:
        return all(parameter("", n) % 1 == 0 for n in (self.lower, self.step))

    def probability(self, steps: int) -> float:
        """The probability that the noise is `steps` steps."""
        alpha = np.exp(-float(self.epsilon) / self.steps)
        return float((1 - alpha) / (1 + alpha) * alpha ** abs(steps))

    def bits(self) -> tuple[tuple[int, ...], ...]:
        """The probability of each binary digit of a geometric number, as `_WORDS` words.

        The digits are independent: digit j is 1 with probability q / (1 + q), where
        q = exp(-epsilon 2**j / steps). Digits of a probability below 2**-252 are left out.
        """
        found: list[tuple[int, ...]] = []
        with localcontext(prec=_PREC):
            rate, scale = parameter("epsilon", self.epsilon) / self.steps, Decimal(_WORD**_WORDS)
            while True:
                odds = (-rate * 2 ** len(found)).exp()
                units = int((odds / (1 + odds) * scale).to_integral_value(ROUND_FLOOR))
                if not units:
                    return tuple(found)
                found.append(_words(units))

    def _moved(self, place: int, stream: Stream) -> int:
        bits = self.bits()
        return place + _geometric(bits, stream) - _geometric(bits, stream)

    def _all_moved(self, places: Integers, streams: Streams) -> Integers:
        bits = self.bits()
        return places + _geometrics(bits, streams) - _geometrics(bits, streams)


def _words(units: int) -> tuple[int, ...]:
    return tuple(units // _WORD**place % _WORD for place in reversed(range(_WORDS)))


def _geometric(bits: tuple[tuple[int, ...], ...], stream: Stream) -> int:
    return sum(1 << place for place, words in enumerate(bits) if _happens(words, stream))


def _happens(words: tuple[int, ...], stream: Stream) -> bool:
    """Compare the probability with a uniform number, word by word until they differ."""
    for word in words:
        drawn = stream.below(_WORD)
        if drawn != word:
            return drawn < word
    return False


def _geometrics(bits: tuple[tuple[int, ...], ...], streams: Streams) -> Integers:
    """As `_geometric`, for each stream; where a first word does not decide, `streams` is unsure."""
    found = np.zeros(len(streams.unsure), np.int64)
    for place, words in enumerate(bits):
        first, drawn = np.uint64(words[0]), streams.below(_WORD)
        found += (drawn < first).astype(np.int64) << place
        streams.unsure |= drawn == first
    return found
