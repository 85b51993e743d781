"""Values replaced by a list of one's own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal

import pyarrow as pa

from scrubber.model.direction import Along, Directions, Incomparable, Indifferent, each
from scrubber.transform.base import Context, FromFile, Kind, Outcome, Strictness, Traits, kind_of
from scrubber.transform.columns.distinct import distinctly, readable_values
from scrubber.transform.columns.numerals import integer_range
from scrubber.transform.crypto.canonical import plain_text, text_type

_WHOLE = re.compile(r"-?[0-9]{1,20}")
_LISTED = {"type": ["string", "integer"]}
_SHAPE = {
    "anyOf": [
        {"type": "string", "minLength": 1},
        {"type": "object", "additionalProperties": {"type": ["string", "integer", "null"]}},
        {"type": "array", "minItems": 1, "items": _LISTED},
    ]
}
Pairs = tuple[tuple[str, str | None], ...]


def pairs_of(given: Any) -> str | Pairs:
    """The `values` of a rule file: the name of a file, a mapping of old values to new ones, or a
    list of values that stay. Raises ValueError, with a text for the author, for anything else."""
    if isinstance(given, str):
        return given
    if isinstance(given, dict):
        pairs = list(given.items())
    elif isinstance(given, list):
        pairs = [(value, value) for value in given]
    else:
        raise ValueError("values takes a file, a mapping of old to new values, or a list")
    new = [new for _, new in pairs if new is not None]
    if not all(isinstance(one, str | int) and not isinstance(one, bool) for one in new):
        raise ValueError("values holds texts, whole numbers and null; quote other values")
    return tuple((str(old).strip(), None if new is None else str(new)) for old, new in pairs)


@dataclass(frozen=True, slots=True)
class Map(FromFile):
    """Replace each value by the one that `values` gives for it.

    `values` is a mapping, in which null empties a value; a list of values to keep; or a CSV file of
    lines ``old;new`` or ``value``, where an empty new value empties. Any other value becomes
    `other`. Without `other` it is failed, or kept with ``unlisted: keep``. White space around a
    value is ignored. Integers stay integers if all new values are integers, else they become text.
    """

    name: ClassVar[str] = "map"
    strictness: ClassVar[Strictness] = Strictness.PARTLY
    sentence: ClassVar[str] = "replaced by a list"
    directions: ClassVar[Directions] = each(
        values=Incomparable(), other=Indifferent(), unlisted=Along(("keep", "fail"), "fail")
    )
    line: ClassVar[str] = "each line: old;new, or a value that stays"

    values: str | Pairs = field(
        metadata={
            "path": True,
            "null": "an item",
            "shape": _SHAPE,
            "read": pairs_of,
        },
        repr=False,
    )
    other: str | None = field(default=None, metadata={"withheld": True})
    unlisted: Literal["fail", "keep"] = "fail"
    rows: Pairs = field(default=(), repr=False, metadata={"internal": True})

    def __post_init__(self) -> None:
        if not self.values:
            raise ValueError("values must name a file or hold values")
        if self.other is not None and self.unlisted == "keep":
            raise ValueError("give other or unlisted: keep, not both")
        if len({old for old, _ in self.mapping}) != len(self.mapping):
            raise ValueError("values has a value twice, blanks aside")

    def file_name(self) -> str | None:
        return self.values if isinstance(self.values, str) else None

    def with_rows(self, rows: Sequence[tuple[str, ...]]) -> Map:
        if len(rows[0]) > 2:
            raise ValueError("the file has more than two columns")
        return replace(self, rows=tuple((row[0], row[-1].strip() or None) for row in rows))

    @property
    def mapping(self) -> Pairs:
        """The old values with their new ones; None empties."""
        return self.rows if isinstance(self.values, str) else self.values

    @property
    def traits(self) -> Traits:
        empties = any(new is None for _, new in self.mapping)
        accepts = frozenset({Kind.TEXT, Kind.INTEGER})
        return Traits(accepts, "generalization", empties=empties)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        if kind_of(input_type) is Kind.INTEGER:
            written = [*(new for _, new in self.mapping), self.other]
            low, high = integer_range(input_type)
            new = [_integer(one) for one in written if one is not None]
            if all(one is not None and low <= one <= high for one in new):
                return input_type
        return text_type(input_type)

    def apply(self, array: pa.Array, context: Context) -> Outcome:  # noqa: ARG002
        type_ = self.output_type(array.type)
        return distinctly(plain_text(array), lambda some: self._replaced(some, type_), type_)

    def _replaced(self, values: pa.Array, type_: pa.DataType) -> Outcome:
        """The new values of different ones."""
        new_of, keeps = dict(self.mapping), self.unlisted == "keep"
        new: list[str | None] = []
        failed: list[bool] = []
        for value in readable_values(values):
            if not isinstance(value, str | int):  # not UTF-8
                new.append(None)
                failed.append(True)
                continue
            old = str(value).strip()
            listed = old in new_of
            new.append(new_of[old] if listed else str(value) if keeps else self.other)
            failed.append(not listed and new[-1] is None)
        bad, why = pa.array(failed, pa.bool_()), "not a value of the list"
        if pa.types.is_integer(type_):
            numbers = [None if one is None else int(one) for one in new]
            return Outcome(pa.array(numbers, type_), bad, why)
        return Outcome(pa.array(new, type_), bad, why)


def _integer(written: str) -> int | None:
    return int(written) if _WHOLE.fullmatch(written) else None
