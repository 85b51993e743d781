"""Small random tables with hierarchies, and the definitions spelt out record by record."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from hypothesis import strategies as st

from scrubber.privacy.hierarchy import GeneralizationHierarchy
from scrubber.privacy.models import Closeness, Diversity, PrivacyModel
from scrubber.privacy.requirement import Requirement
from scrubber.privacy.uniques import Uniques

Record = tuple[int, ...]


@dataclass(frozen=True)
class World:
    """Records as (quasi..., sensitive, subject), all of them codes."""

    hierarchies: tuple[GeneralizationHierarchy, ...]
    records: tuple[Record, ...]
    values: int
    with_subject: bool

    @property
    def uniques(self) -> Uniques:
        q = len(self.hierarchies)
        width = q + 2 if self.with_subject else q + 1
        counts = Counter(record[:width] for record in self.records)
        table = np.array(sorted(counts), dtype=np.int32).reshape(-1, width)
        return Uniques(
            quasi=tuple(table[:, i].copy() for i in range(q)),
            records=np.array([counts[key] for key in sorted(counts)], dtype=np.int64),
            sensitive=(table[:, q].copy(),),
            subject=table[:, q + 1].copy() if self.with_subject else None,
        )

    @property
    def reference(self) -> np.ndarray:
        q = len(self.hierarchies)
        return np.bincount([r[q] for r in self.records], minlength=self.values).astype(np.int64)

    def nodes(self) -> Iterator[tuple[int, ...]]:
        return product(*(range(h.height) for h in self.hierarchies))

    def classes(self, node: Sequence[int]) -> dict[tuple[object, ...], list[Record]]:
        found: dict[tuple[object, ...], list[Record]] = defaultdict(list)
        for record in self.records:
            labels = zip(self.hierarchies, record, node, strict=False)
            found[tuple(h.labels[code][level] for h, code, level in labels)].append(record)
        return found

    def suppressed(self, node: Sequence[int], requirement: Requirement) -> list[Record]:
        return [
            record
            for members in self.classes(node).values()
            if self.is_broken(members, requirement)
            for record in members
        ]

    def is_broken(self, members: Sequence[Record], requirement: Requirement) -> bool:
        q = len(self.hierarchies)
        persons = len({r[q + 1] for r in members}) if self.with_subject else len(members)
        values = Counter(record[q] for record in members)
        return persons < requirement.k or any(
            not is_diverse(model, values)
            if isinstance(model, Diversity)
            else distance(model, values, self.reference) > model.value + 1e-9
            for _, model in requirement.models
        )

    def loss(self, node: Sequence[int], gone: Sequence[Record]) -> float:
        left = Counter(gone)
        shares = []
        for i, (hierarchy, level) in enumerate(zip(self.hierarchies, node, strict=True)):
            leaves, total, still = len(hierarchy.labels), 0.0, Counter(left)
            for record in self.records:
                if still[record]:
                    still[record] -= 1
                    total += 1.0
                    continue
                group = hierarchy.labels[record[i]][level]
                size = sum(row[level] == group for row in hierarchy.labels)
                total += (size / leaves - 1 / leaves) / (1 - 1 / leaves) if leaves > 1 else 0.0
            shares.append(total / len(self.records))
        return math.prod(1 + share for share in shares) ** (1 / len(shares)) - 1


def is_diverse(model: Diversity, values: Counter[int]) -> bool:
    counts = sorted(values.values(), reverse=True)
    if model.kind == "distinct":
        return len(counts) >= model.l
    if model.kind == "entropy":
        total = sum(counts)
        return -sum(c / total * math.log(c / total) for c in counts) >= math.log(model.l) - 1e-9
    return counts[0] < model.c * sum(counts[int(model.l) - 1 :])


def distance(model: Closeness, values: Counter[int], reference: np.ndarray) -> float:
    p = np.array([values[i] for i in range(len(reference))]) / sum(values.values())
    q = reference / reference.sum()
    if model.kind == "equal":
        return float(np.abs(p - q).sum() / 2)
    if len(q) == 1:
        return 0.0
    return float(np.abs(np.cumsum(p - q)).sum() / (len(q) - 1))


@st.composite
def hierarchies(draw: st.DrawFn, name: str) -> GeneralizationHierarchy:
    leaves = draw(st.integers(1, 6))
    rows: list[list[str | None]] = [[f"{i}"] for i in range(leaves)]
    groups = list(range(leaves))
    for level in range(draw(st.integers(0, 3))):
        merge = [draw(st.integers(0, max(g, 0))) for g in range(max(groups) + 1)]
        order = {g: n for n, g in enumerate(sorted(set(merge)))}
        groups = [order[merge[g]] for g in groups]
        for row, group in zip(rows, groups, strict=True):
            row.append(f"L{level}.{group}")
    made = GeneralizationHierarchy.of(name, rows)
    return made.limited(draw(st.integers(0, made.height)))  # so that no level may have one group


@st.composite
def worlds(draw: st.DrawFn, max_records: int = 25) -> World:
    made = tuple(draw(hierarchies(f"q{i}")) for i in range(draw(st.integers(1, 3))))
    values = draw(st.integers(1, 4))
    record = st.tuples(
        *(st.integers(0, len(h.labels) - 1) for h in made),
        st.integers(0, values - 1),
        st.integers(0, 5),
    )
    records = draw(st.lists(record, min_size=1, max_size=max_records))
    return World(made, tuple(records), values, draw(st.booleans()))


@st.composite
def requirements(draw: st.DrawFn, world: World, models: bool = True) -> Requirement:
    k = draw(st.integers(1, 6))
    asked: list[tuple[int, PrivacyModel]] = []
    if models and draw(st.booleans()):
        kind = draw(st.sampled_from(["distinct", "entropy", "recursive"]))
        c = draw(st.sampled_from([0.5, 1.0, 2.0, 3.0]))
        asked.append((0, Diversity(draw(st.integers(1, 4)), kind, c)))
    if models and draw(st.booleans()):
        kind = draw(st.sampled_from(["equal", "ordered"]))
        asked.append((0, Closeness(draw(st.sampled_from([0.1, 0.2, 0.35, 0.5])), kind)))
    return Requirement(k, tuple(asked), (world.reference,))
