"""Rare values in one group: what too few records or persons have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.direction import Directions, Indifferent, More, each
from scrubber.transform.base import Context, Kind, Outcome, Strictness, Traits, kind_of
from scrubber.transform.columns.distinct import takeable
from scrubber.transform.counting import Counting
from scrubber.transform.crypto.canonical import all_failed, plain_text, text_type

_ACCEPTED = frozenset({Kind.TEXT, Kind.INTEGER, Kind.DATE, Kind.BOOLEAN})


@dataclass(frozen=True, slots=True)
class Rare(Counting):
    """Replace values that fewer than `min` records of the data set have by `other`.

    Without `other` they become null. With a `subject`, the persons are counted, and records of no
    known subject do not count. All files count together, in a pass of their own, after row rules
    and before `privacy`. Values are equal if they are the same text; 7 in a Parquet file is "7" in
    a CSV file. With `other`, the result is text. Tests of rules see no counts, so they keep values.
    """

    name: ClassVar[str] = "rare"
    strictness: ClassVar[Strictness] = Strictness.PARTLY
    sentence: ClassVar[str] = "rare values joined[: those of fewer than {min}]"
    directions: ClassVar[Directions] = each(min=More(), other=Indifferent())

    min: int
    other: str | None = field(default=None, metadata={"withheld": True})
    common: tuple[str, ...] | None = field(default=None, repr=False, metadata={"internal": True})
    keeps: bool = field(default=False, metadata={"internal": True})

    def __post_init__(self) -> None:
        if self.min < 2:
            raise ValueError("min must be at least 2")

    @property
    def traits(self) -> Traits:
        return Traits(_ACCEPTED, "generalization", empties=self.other is None)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return input_type if self.other is None else text_type(input_type)

    @property
    def counts(self) -> bool:
        return self.common is None and not self.keeps

    def groups(self, array: pa.Array) -> pa.Array:
        return _as_text(array)

    def kind_of_group(self, group: str) -> str:
        return group

    def settled(self, groups: Mapping[str, int], persons: Mapping[str, int]) -> Rare:
        del groups
        common = sorted(value for value, number in persons.items() if number >= self.min)
        return replace(self, common=tuple(common))

    def uncounted(self) -> Rare:
        return replace(self, keeps=True)

    def apply(self, array: pa.Array, context: Context) -> Outcome:  # noqa: ARG002
        type_ = self.output_type(array.type)
        if self.counts:
            return all_failed(array, type_, "rare needs the counts of all records")
        texts = _as_text(array)
        made = takeable(array) if self.other is None else texts.cast(type_)
        if self.keeps:
            return Outcome(made.cast(type_))
        kept = pc.is_in(texts, value_set=pa.array(self.common, pa.large_string()))
        rare = pc.and_(array.is_valid(), pc.invert(kept))
        broken = pc.and_(array.is_valid(), texts.is_null())
        result = pc.if_else(rare, pa.scalar(self.other, made.type), made)
        if not pc.any(broken).as_py():
            return Outcome(result.cast(type_))
        result = pc.if_else(broken, pa.scalar(None, made.type), result)
        return Outcome(result.cast(type_), broken, "a text is not valid UTF-8")


def _as_text(array: pa.Array) -> pa.Array:
    """Values as text (large_string); null where one is not UTF-8."""
    if kind_of(array.type) is not Kind.TEXT:
        return takeable(array).cast(pa.large_string())
    texts = plain_text(array).cast(pa.large_string())
    valid = pc.fill_null(_is_utf8(texts), True)
    return texts if pc.all(valid).as_py() else pc.if_else(valid, texts, None)


def _is_utf8(texts: pa.Array) -> pa.Array:
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid:  # it quotes them
        return pa.array([_decodes(value) for value in texts], pa.bool_())
    return pa.array(np.ones(len(texts), np.bool_))


def _decodes(value: pa.Scalar) -> bool:
    try:
        value.as_py()
    except UnicodeDecodeError:
        return False
    return True
