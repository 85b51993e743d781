"""Randomized response: each person's answer is the true one only with a known probability."""

from __future__ import annotations

import decimal
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.direction import Directions, Incomparable, Less, Wider, each
from scrubber.transform.base import (
    Context,
    Kind,
    Outcome,
    PerSubject,
    Strictness,
    Traits,
    kind_of,
)
from scrubber.transform.columns.distinct import per_distinct
from scrubber.transform.columns.numerals import numerals, parameter
from scrubber.transform.columns.perturbing import Integers, drawn_for
from scrubber.transform.crypto.canonical import all_failed
from scrubber.transform.crypto.prf import Stream, Streams

_UNIT = 1 << 16  # the weight of each other answer, if epsilon is given
_MOST_EPSILON = 20
_MOST_VALUES = 1000
_WIDE = decimal.Context(prec=60)
_ACCEPTED = frozenset({Kind.TEXT, Kind.INTEGER, Kind.BOOLEAN})


@dataclass(frozen=True, slots=True)
class RandomizedResponse(PerSubject):
    """Replace an answer at random by one of the other `values`, under local differential privacy.

    The true answer is kept with probability `p`; each of the k - 1 others has an equal part of the
    rest. Give `p` (above 1/k) or `epsilon`: p = e**epsilon / (e**epsilon + k - 1) (k-ary randomized
    response: Warner 1965; Kairouz, Oh and Viswanath 2014). The draw depends on the key, the field,
    the parameters, the subject and the answer, so a repeated run does not average the noise away.
    `context` names the field of the subject, or of a record id (default: the rule file's
    `subject`). `scrubber.estimate` gives unbiased shares of the true answers. Null stays null.
    Failed values: answers outside of `values`, and answers of no known subject.
    """

    name: ClassVar[str] = "randomized_response"
    strictness: ClassVar[Strictness] = Strictness.PERTURB
    sentence: ClassVar[str] = "answered at random with a known probability"
    directions: ClassVar[Directions] = each(
        values=Wider(), epsilon=Less(), p=Less(), context=Incomparable()
    )

    values: tuple[str, ...]
    epsilon: int | float | None = None
    p: int | float | None = None
    context: str | None = None

    def __post_init__(self) -> None:
        if (self.epsilon is None) == (self.p is None):
            raise ValueError("give either epsilon or p (the probability of the true answer)")
        if len(set(self.values)) != len(self.values):
            raise ValueError("values must be different from each other")
        if any("," in value for value in self.values):
            raise ValueError("values must not contain commas")
        if not 2 <= len(self.values) <= _MOST_VALUES:
            raise ValueError(f"values needs 2 to {_MOST_VALUES} answers")
        if self.epsilon is not None and not 0 < parameter("epsilon", self.epsilon) <= _MOST_EPSILON:
            raise ValueError(f"epsilon must be more than 0 and at most {_MOST_EPSILON}")
        if self.p is not None:
            share = Fraction(parameter("p", self.p))
            if not Fraction(1, len(self.values)) < share < 1:
                raise ValueError(f"p must be more than 1/{len(self.values)} and less than 1")
            if share.denominator > 10**9:
                raise ValueError("p has at most 9 decimal places")

    @property
    def weights(self) -> tuple[int, int]:
        """The weights of the true answer and of each other one; their ratio is at most e**epsilon,
        and exactly what `p` says if `p` is given."""
        if self.p is not None:
            share = Fraction(parameter("p", self.p))
            others = len(self.values) - 1
            return share.numerator * others, share.denominator - share.numerator
        ratio = _WIDE.exp(parameter("epsilon", self.epsilon or 0))
        return int((ratio * _UNIT).to_integral_value(decimal.ROUND_FLOOR)), _UNIT

    @property
    def probability(self) -> float:
        """The probability of the true answer."""
        true, other = self.weights
        return true / (true + other * (len(self.values) - 1))

    @property
    def spent(self) -> float:
        """The epsilon of one answer: ln of the ratio of the weights."""
        true, other = self.weights
        return math.log(Fraction(true, other))

    @property
    def traits(self) -> Traits:
        scheme = f"randomized response, p {self.probability:.6g}, epsilon {self.spent:.6g}"
        p, other = self.probability, (1 - self.probability) / (len(self.values) - 1)
        formula = f"true share = (share - {other:.6g}) / {p - other:.6g}"
        technique = f"noise addition ({scheme})"
        return Traits(_ACCEPTED, technique, needs_key=True, unbiased=formula)

    def subject_field(self) -> str | None:
        return self.context

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return input_type

    def apply(self, array: pa.Array, context: Context) -> Outcome:
        if pa.types.is_null(array.type):
            return Outcome(array)
        if kind_of(array.type) not in _ACCEPTED:
            return all_failed(array, array.type, "not an answer of the kind of text")
        try:
            values = pa.array(self.values, pa.string()).cast(array.type)
        except pa.ArrowInvalid:
            return all_failed(array, array.type, f"not all values are of the type {array.type}")
        places = {value: at for at, value in enumerate(self.values)}
        answers = per_distinct(numerals(array), places.get, pa.int64()).array
        shown = ("randomized_response", *self.values, *map(str, self.weights))
        drawn = drawn_for(answers, context, shown, self._all_answered, self._answered)
        failed = pc.and_(array.is_valid(), drawn.is_null())
        return Outcome(values.take(drawn), failed, "none of the values, or of no known subject")

    def answer(self, true: int, drawn: int) -> int:
        """The place of the answer for the place of the true one and a draw, uniform below the sum
        of all weights."""
        weight, other = self.weights
        if drawn < weight:
            return true
        found = (drawn - weight) // other
        return found + 1 if found >= true else found

    @property
    def _total(self) -> int:
        true, other = self.weights
        return true + other * (len(self.values) - 1)

    def _answered(self, true: int, stream: Stream) -> int:
        return self.answer(true, stream.below(self._total))

    def _all_answered(self, true: Integers, streams: Streams) -> Integers:
        weight, other = (np.uint64(number) for number in self.weights)
        drawn = streams.below(self._total)
        found = (np.where(drawn < weight, weight, drawn) - weight) // other
        found = found.astype(np.int64)
        return np.where(drawn < weight, true, found + (found >= true))
