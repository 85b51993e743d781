"""Assessment of the result in a manifest: residuals and planted recall."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scrubber.errors import printable

Count = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Left:
    """The residuals of an entity in a field, over all recognizers."""

    field: str
    entity: str
    counts: tuple[Count, ...]

    def __str__(self) -> str:
        return f"{printable(self.entity)} in {printable(self.field)}"


def left_in(risk: Mapping[str, Any]) -> tuple[Left, ...]:
    """The residuals of ``risk.rescan``, by field and entity; empty without a rescan."""
    grouped: dict[tuple[str, str], list[Count]] = {}
    for row in (risk["rescan"] or {"left": ()})["left"]:
        grouped.setdefault((row["field"], row["entity"]), []).append(row["count"])
    return tuple(Left(*key, tuple(counts)) for key, counts in sorted(grouped.items()))


def looked_line(rescan: Mapping[str, Any], looked_at: str) -> str:
    """The rescan of the result in words; `looked_at` is the number of scanned records."""
    which = "all output records" if rescan["records"] == "all" else "a sample of the output records"
    were = "were" if rescan["records"] == "all" else "was"
    what = "all entities" if rescan["entities"] == "all" else "the entities of the rules"
    return f"{which} ({looked_at}) {were} scanned again for {what}"


def worst(rows: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Of the planted recall of entities and writings the one with the least lower bound."""
    return min(rows, key=lambda one: (one["low"], one["recall"]), default=None)


def worst_by_entity(rows: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The worst writing of each entity, by entity."""
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for one in rows:
        grouped.setdefault(one["entity"], []).append(one)
    for _, group in sorted(grouped.items()):
        yield from filter(None, [worst(group)])


def at_least(one: Mapping[str, Any]) -> str:
    """The lower bound of planted recall, and what it is of.

    >>> at_least({"entity": "US_SSN", "writing": "bold", "low": 839})
    'at least 83.9% (US_SSN, bold)'
    """
    named = f"{printable(one['entity'])}, {printable(one['writing'])}"
    return f"at least {one['low'] / 1000:.1%} ({named})"


def caught(one: Mapping[str, Any]) -> str:
    """The share of planted values found, with its interval, in words.

    >>> caught({"entity": "US_SSN", "planted": 60, "recall": 983, "low": 911, "high": 997})
    '98.3% (91.1% to 99.7%)'
    """
    share, low, high = (f"{one[name] / 1000:.1%}" for name in ("recall", "low", "high"))
    return f"{share} ({low} to {high})"


def planted_lines(risk: Mapping[str, Any]) -> Iterator[str]:
    """Planted recall, the worst first; empty if nothing was planted."""
    rows = risk["planted"]
    lowest = worst(rows)
    if lowest is not None:
        number = max(one["planted"] for one in rows)
        writings = len({one["writing"] for one in rows})
        said = ", ".join(
            f"{printable(one['entity'])} {caught(one)} in {printable(one['writing'])}"
            for one in worst_by_entity(rows)
        )
        yield f"planted values found: {at_least(lowest)}"
        yield f"{number} values each in {writings} writings; lowest: {said}"
