"""Transforms that erase a value or almost all of it: redact, replace, mask."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.direction import Directions, Incomparable, Indifferent, Less, More, each
from scrubber.transform.base import ANY, Context, Kind, Outcome, Strictness, Traits
from scrubber.transform.columns.ascii import ascii_only
from scrubber.transform.columns.distinct import few_at_a_time, per_distinct, with_rest
from scrubber.transform.columns.graphemes import boundary_after, boundary_before
from scrubber.transform.columns.textbytes import Integers, TextBytes
from scrubber.transform.crypto.canonical import text_type

__all__ = ["Mask", "Redact", "Replace"]

_NO_ASCII = 0xFF


@dataclass(frozen=True, slots=True)
class Redact:
    """Replace the value by a label: {PERSON} in text, {REDACTED} in a column.

    `with` is another text to write. Any type becomes text. Empty texts are replaced too, since
    emptiness is information.
    """

    name: ClassVar[str] = "redact"
    strictness: ClassVar[Strictness] = Strictness.REDACT
    sentence: ClassVar[str] = "redacted"
    directions: ClassVar[Directions] = each(with_=Indifferent())

    with_: str | None = field(default=None, metadata={"withheld": True})

    def __post_init__(self) -> None:
        if self.with_ is not None:
            _check_text("with", self.with_)

    @property
    def traits(self) -> Traits:
        return Traits(ANY, "masking", consumes=True)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return text_type(input_type)

    def apply(self, array: pa.Array, context: Context) -> Outcome:
        default = "{" + (context.label or "REDACTED") + "}"
        return _constant(array, default if self.with_ is None else self.with_)


@dataclass(frozen=True, slots=True)
class Replace:
    """Replace every value by the same given text.

    Any type becomes text. Empty texts are replaced too.
    """

    name: ClassVar[str] = "replace"
    strictness: ClassVar[Strictness] = Strictness.REPLACE
    sentence: ClassVar[str] = "replaced"
    directions: ClassVar[Directions] = each(with_=Indifferent())

    with_: str = field(metadata={"withheld": True, "presidio": "new_value"})

    def __post_init__(self) -> None:
        _check_text("with", self.with_)

    @property
    def traits(self) -> Traits:
        return Traits(ANY, "masking", consumes=True)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return text_type(input_type)

    def apply(self, array: pa.Array, context: Context) -> Outcome:  # noqa: ARG002
        return _constant(array, self.with_)


@dataclass(frozen=True, slots=True)
class Mask:
    """Replace all code points by a mask character, except for a few at the start or end.

    `keep_first` and `keep_last` count code points; a value not longer than both together is masked
    completely. Presidio's `chars_to_mask` instead masks that many code points at the start, or with
    `from_end` at the end. A letter and its combining marks are masked together. The length of the
    value stays visible. Integers become text.
    """

    name: ClassVar[str] = "mask"
    strictness: ClassVar[Strictness] = Strictness.MASK
    sentence: ClassVar[str] = "masked[ except the first {keep_first}][ except the last {keep_last}]"
    directions: ClassVar[Directions] = each(
        char=Indifferent(),
        keep_last=Less(0),
        keep_first=Less(0),
        chars_to_mask=More(inf),
        from_end=Incomparable(),
    )

    char: str = field(default="*", metadata={"presidio": "masking_char"})
    keep_last: int = 0
    keep_first: int = 0
    chars_to_mask: int | None = None
    from_end: bool = False

    def __post_init__(self) -> None:
        _check_text("char", self.char)
        if len(self.char) != 1 or unicodedata.category(self.char)[0] in "MC":
            raise ValueError("char must be one visible character that is no combining mark")
        if self.keep_last < 0 or self.keep_first < 0:
            raise ValueError("keep_first and keep_last must not be negative")
        if self.chars_to_mask is None:
            if self.from_end:
                raise ValueError("from_end needs chars_to_mask; to keep the first few: keep_first")
        elif self.chars_to_mask < 1:
            raise ValueError("chars_to_mask must be 1 or more: 0 would mask nothing")
        elif self.keep_last or self.keep_first:
            raise ValueError("give chars_to_mask or keep_first and keep_last, not both")

    @property
    def traits(self) -> Traits:
        counted = self.chars_to_mask is None
        leaves = self.keep_first + self.keep_last if counted else inf
        return Traits(frozenset({Kind.TEXT, Kind.INTEGER}), "masking", leaves=leaves)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return text_type(input_type)

    def apply(self, array: pa.Array, context: Context) -> Outcome:  # noqa: ARG002
        out_type = text_type(array.type)
        return few_at_a_time(
            array,
            lambda part: with_rest(
                part,
                self._quickly(ascii_only(part)).cast(out_type),
                lambda rest: per_distinct(
                    rest, self._masked, out_type, "a text is not valid UTF-8"
                ),
            ),
            out_type,
        )

    def _quickly(self, texts: pa.Array) -> pa.Array:
        """The results of `_masked` for ASCII texts, each byte by itself; null stays null."""
        whole, char = TextBytes.of(texts), self.char.encode()
        mark = char[0] if len(char) == 1 else _NO_ASCII
        starts, ends = whole.ends[:-1][whole.valid], whole.ends[1:][whole.valid]
        if self.chars_to_mask is not None:
            masked = whole.data.copy()
            for places in _one_by_one(starts, ends, self.chars_to_mask, self.from_end):
                masked[places] = mark
        else:
            masked = np.full(len(whole.data), mark, np.uint8)
            long = ends - starts > self.keep_first + self.keep_last
            for count, last in ((self.keep_first, False), (self.keep_last, True)):
                for places in _one_by_one(starts[long], ends[long], count, last):
                    masked[places] = whole.data[places]
        if len(char) == 1:
            return whole.with_others(masked, texts.type)
        wide = whole.with_others(masked, pa.large_binary())
        return pc.replace_substring(wide, bytes([_NO_ASCII]), char).cast(texts.type)

    def _masked(self, value: str | int) -> str:
        text = str(value)
        start, end = self._masked_range(text)
        return text[:start] + self.char * (end - start) + text[end:]

    def _masked_range(self, text: str) -> tuple[int, int]:
        size = len(text)
        if self.chars_to_mask is None:
            if size <= self.keep_first + self.keep_last:
                return 0, size
            start, end = self.keep_first, size - self.keep_last
        else:
            count = min(self.chars_to_mask, size)
            start, end = (size - count, size) if self.from_end else (0, count)
        return boundary_before(text, start), boundary_after(text, end)


def _one_by_one(starts: Integers, ends: Integers, count: int, last: bool) -> Iterator[Integers]:
    """The places of the first `count` bytes of all texts, or with `last` of their last ones: byte
    by byte, the first ones of all texts together; or text by text, where that is less to do. What a
    text does not have is left out."""
    if count > len(starts):
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            yield (
                np.arange(max(start, end - count), end)
                if last
                else np.arange(start, min(start + count, end))
            )
        return
    for place in range(count):
        there = ends - starts > place
        yield ends[there] - 1 - place if last else starts[there] + place


def _constant(array: pa.Array, text: str) -> Outcome:
    """`text` where the array has a value; NaN is a value."""
    out_type = text_type(array.type)
    scalar = pa.scalar(text, pa.large_string())
    filled = pc.if_else(array.is_valid(), scalar, pa.scalar(None, pa.large_string()))
    return Outcome(filled.cast(out_type))


def _check_text(key: str, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{key} holds half a surrogate pair") from None
