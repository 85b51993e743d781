"""Profile: a summary of a column's sample for the verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from scrubber.profiling.columns.values import date_year, is_integer, is_number

Stored = Literal["text", "number", "date", "boolean", "other"]

# Maximum number of distinct values tested one by one.
_TESTED = 1000
_YEARS = range(1880, 2060)
_MISSING = frozenset(
    {"", "\\n", "na", "n/a", "n.a.", "null", "none", "nan", "nil", "-", "--", "?", ".", "unknown"}
)


@dataclass(frozen=True)
class Profile:
    """The sampled cells of a column.

    `stored` is the kind of its type and `cells` their number, nulls included. `missing` counts
    cells that are null, blank or marked as missing ("N/A"). `counts` has the frequency of each
    other value, as stripped text.
    """

    stored: Stored
    cells: int
    missing: int
    counts: Mapping[str, int] = field(repr=False)
    fractional: bool = False

    @classmethod
    def of(cls, values: pa.Array) -> Profile:
        """The profile of plain values (no dictionary, no extension type)."""
        kind = values.type
        stored = _stored(kind)
        if stored == "other":
            present = len(values) - values.null_count
            return cls("other", len(values), len(values) - present, {})
        if pa.types.is_float16(kind):
            values = values.cast(pa.float32())
        text = values if stored == "text" else values.cast(pa.large_string())
        counts: dict[str, int] = {}
        missing = 0
        for entry in pc.value_counts(text.cast(pa.large_binary())).to_pylist():
            raw, count = entry["values"], entry["counts"]
            value = "" if raw is None else raw.decode("utf-8", "replace").strip()
            if value.lower() in _MISSING:
                missing += count
            else:
                counts[value] = counts.get(value, 0) + count
        fractional = stored == "number" and not pa.types.is_integer(kind)
        return cls(stored, len(values), missing, counts, fractional)

    @property
    def present(self) -> int:
        """The number of cells with a value."""
        return self.cells - self.missing

    @property
    def distinct(self) -> int:
        return len(self.counts)

    @cached_property
    def tested(self) -> tuple[str, ...]:
        """Some of the distinct values."""
        return tuple(islice(self.counts, _TESTED))

    def share(self, test: Callable[[str], bool]) -> float:
        """The share of distinct values that pass `test`; 0 without values."""
        return _share(map(test, self.tested))

    @property
    def uniqueness(self) -> float:
        """The ratio of distinct values to values; 0 without values."""
        return self.distinct / self.present if self.present else 0.0

    @cached_property
    def numeric(self) -> bool:
        """True if nearly all values are numbers, as a type or as text."""
        return self.stored == "number" or (self.stored == "text" and self.share(is_number) >= 0.95)

    @cached_property
    def whole(self) -> bool:
        """True if the values are numbers without fractions."""
        if self.stored == "number":
            return not self.fractional
        return self.numeric and self.share(is_integer) >= 0.95

    @cached_property
    def binary(self) -> bool:
        """True for yes-or-no columns: booleans, or at most two short values in many cells."""
        if self.stored == "boolean":
            return True
        short = all(len(value) <= 12 for value in self.counts)
        return self.distinct <= 2 and short and self.present >= 10

    @cached_property
    def dated(self) -> float:
        """The share of distinct values that are dates."""
        return 1.0 if self.stored == "date" else self.share(lambda v: date_year(v) is not None)

    @cached_property
    def years(self) -> bool:
        """True if nearly all values are years."""
        return self.whole and self.share(_is_year) >= 0.95

    @cached_property
    def mean_words(self) -> float:
        if not self.tested:
            return 0.0
        return sum(len(value.split()) for value in self.tested) / len(self.tested)

    @cached_property
    def longest(self) -> int:
        return max(map(len, self.counts), default=0)

    @cached_property
    def lengths(self) -> tuple[int, float]:
        """The commonest length (code points), and the share of distinct values that have it."""
        tally: dict[int, int] = {}
        for value in self.tested:
            tally[len(value)] = tally.get(len(value), 0) + 1
        if not tally:
            return 0, 0.0
        length = min(tally, key=lambda n: (-tally[n], n))
        return length, tally[length] / len(self.tested)

    @cached_property
    def prose(self) -> bool:
        """True if the values are texts: many words, and rarely repeated."""
        if self.stored != "text" or not self.counts or self.numeric:
            return False
        wordy = self.mean_words >= 5 or (self.longest > 120 and self.mean_words >= 3)
        return wordy and (self.uniqueness > 0.1 or self.present < 20 or self.longest > 120)

    @cached_property
    def repeated(self) -> bool:
        """True if the values come from a short list, each in several cells."""
        if not self.counts:
            return False
        return self.present >= 5 * self.distinct and self.distinct <= 200

    @cached_property
    def coded(self) -> float:
        """The share of distinct values that are one word with a digit in it."""
        return self.share(lambda v: " " not in v and any(ch.isdigit() for ch in v))

    @cached_property
    def lettered(self) -> float:
        """The share of distinct values with a letter."""
        return self.share(lambda v: any(ch.isalpha() for ch in v))


def _is_year(value: str) -> bool:
    return is_integer(value) and int(value) in _YEARS


def _share(passed: Iterable[bool]) -> float:
    answers = list(passed)
    return sum(answers) / len(answers) if answers else 0.0


def _stored(kind: pa.DataType) -> Stored:
    t = pa.types
    if t.is_string(kind) or t.is_large_string(kind) or t.is_string_view(kind):
        return "text"
    if t.is_boolean(kind):
        return "boolean"
    if t.is_integer(kind) or t.is_floating(kind) or t.is_decimal(kind):
        return "number"
    return "date" if t.is_date(kind) or t.is_timestamp(kind) else "other"
