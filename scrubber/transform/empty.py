"""Emptying a field that stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa

from scrubber.model.direction import Directions, each
from scrubber.transform.base import ANY, Context, Outcome, Strictness, Traits


@dataclass(frozen=True, slots=True)
class Empty:
    """Make every value null; the field stays, and its type.

    Under a condition (`when`), `drop` does the same to the values for which it holds.
    """

    name: ClassVar[str] = "empty"
    strictness: ClassVar[Strictness] = Strictness.EMPTY
    sentence: ClassVar[str] = "emptied"
    directions: ClassVar[Directions] = each()

    @property
    def traits(self) -> Traits:
        return Traits(ANY, "suppression", consumes=True, empties=True)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return input_type

    def apply(self, array: pa.Array, context: Context) -> Outcome:  # noqa: ARG002
        return Outcome(pa.nulls(len(array), array.type))
