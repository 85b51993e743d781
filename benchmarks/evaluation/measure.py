"""Counts of how far findings cover labels, which add up over documents.

By character (code points): a character is labelled if any label of the entity covers it, found if
any finding of the entity does. Nothing is forgiven at the edges: where a set labels "Mr Gray" and
"Gray" is found, "Mr " lowers recall; where it labels "Gray" and "Mr Gray" is found, "Mr " lowers
precision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.evaluation.sets import Label

_Interval = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted for one entity; `both`, `found` and `labelled` are characters.

    `covered` labels are wholly covered by findings of the entity, `covered_by_any` by findings of
    any entity: whatever is done to those, nothing of the label is left.
    """

    both: int = 0
    found: int = 0
    labelled: int = 0
    labels: int = 0
    covered: int = 0
    covered_by_any: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.both + other.both,
            self.found + other.found,
            self.labelled + other.labelled,
            self.labels + other.labels,
            self.covered + other.covered,
            self.covered_by_any + other.covered_by_any,
        )

    @property
    def precision(self) -> float | None:
        """The share of found characters that are labelled; None where nothing was found."""
        return self.both / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """The share of labelled characters that were found; None where nothing is labelled."""
        return self.both / self.labelled if self.labelled else None

    def f(self, beta: float) -> float | None:
        """The F-measure that weighs recall `beta` times as much as precision."""
        if not self.labelled:
            return None
        weight = beta * beta
        return (1 + weight) * self.both / (weight * self.labelled + self.found)

    @property
    def share_covered(self) -> float | None:
        """The share of labels that findings of the entity cover wholly."""
        return self.covered / self.labels if self.labels else None

    @property
    def share_covered_by_any(self) -> float | None:
        """The share of labels that findings of any entity together cover wholly."""
        return self.covered_by_any / self.labels if self.labels else None


def count(
    labels: Iterable[Label], findings: Iterable[Label], entities: Sequence[str]
) -> dict[str, Counts]:
    """The counts of each of `entities` in one document; labels and findings by entity.

    >>> count([Label(0, 4, "PERSON")], [Label(0, 2, "PERSON"), Label(2, 6, "URL")], ["PERSON"])
    {'PERSON': Counts(both=2, found=2, labelled=4, labels=1, covered=0, covered_by_any=1)}
    """
    findings = list(findings)
    labels = list(labels)
    anything = union((f.start, f.end) for f in findings)
    counts = {}
    for entity in entities:
        wanted = {(label.start, label.end) for label in labels if label.label == entity}
        found = union((f.start, f.end) for f in findings if f.label == entity)
        labelled = union(wanted)
        counts[entity] = Counts(
            both=_length(_intersection(labelled, found)),
            found=_length(found),
            labelled=_length(labelled),
            labels=len(wanted),
            covered=sum(_covers(found, one) for one in wanted),
            covered_by_any=sum(_covers(anything, one) for one in wanted),
        )
    return counts


def total(counts: Iterable[Mapping[str, Counts]]) -> dict[str, Counts]:
    """The sums by entity."""
    sums: dict[str, Counts] = {}
    for one in counts:
        for entity, more in one.items():
            sums[entity] = sums.get(entity, Counts()) + more
    return sums


def union(intervals: Iterable[_Interval]) -> list[_Interval]:
    """Sorted, disjoint intervals, none touching another, that hold the same positions.

    >>> union([(4, 6), (0, 2), (1, 3), (3, 4)])
    [(0, 6)]
    """
    merged: list[_Interval] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _intersection(a: Sequence[_Interval], b: Sequence[_Interval]) -> list[_Interval]:
    common = []
    i = j = 0
    while i < len(a) and j < len(b):
        start, end = max(a[i][0], b[j][0]), min(a[i][1], b[j][1])
        if start < end:
            common.append((start, end))
        if a[i][1] < b[j][1]:
            i += 1
        else:
            j += 1
    return common


def _length(intervals: Iterable[_Interval]) -> int:
    return sum(end - start for start, end in intervals)


def _covers(intervals: Sequence[_Interval], one: _Interval) -> bool:
    return any(start <= one[0] and one[1] <= end for start, end in intervals)
