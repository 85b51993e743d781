"""Scores that are the share of right findings, as measured on text of other origin than learned.

The network is too sure of text that it did not learn from. For each label, a table says how often a
finding of each score was right; it rises with the score, so thresholds keep their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from scrubber.detect.ner.builtin import STEPS, Name, Names
from training.network import Array
from training.tagging import LABELS, Labelled

LOWEST = 0.35
"""What the model takes for a name counts under the default threshold, however unsure it is: a name
that is missed costs more than a word that is taken for one."""

# Counts as many findings at each score as this, each as right as its score says.
_PRIOR = 2.0


def unchanged() -> Array:
    """The table that leaves every score as it is."""
    return np.tile(np.linspace(0, 1, STEPS, dtype=np.float32), (len(LABELS), 1))


def fitted(names: Names, sets: Iterable[Sequence[Labelled]]) -> Array:
    """The table for `names`, whose own one is `unchanged`; every set weighs the same."""
    right = np.zeros((len(LABELS), STEPS))
    seen = np.zeros((len(LABELS), STEPS))
    for documents in sets:
        found = list(_judged(documents, names.find([d.text for d in documents])))
        weight = 1000 / max(1, len(found))
        for label, step, share in found:
            right[label, step] += weight * share
            seen[label, step] += weight
    steps = np.linspace(0, 1, STEPS)
    table = [
        _rising((r + _PRIOR * steps) / (s + _PRIOR), s + _PRIOR)
        for r, s in zip(right, seen, strict=True)
    ]
    return np.clip(np.array(table), LOWEST, 1).round(2).astype(np.float32)


def _judged(
    documents: Sequence[Labelled], found: Sequence[Sequence[Name]]
) -> Iterator[tuple[int, int, float]]:
    """Of each finding its label, its step, and 1 where most of it is a name of that label; findings
    of which nothing is known are left out."""
    for document, names in zip(documents, found, strict=True):
        for name in names:
            covered = dict.fromkeys((*LABELS, None), 0)
            for begin, end, label in document.spans:
                overlap = max(0, min(end, name.end) - max(begin, name.start))
                covered[label if label in LABELS else None] += overlap
            if covered[None]:
                continue
            share = covered[name.label] / (name.end - name.start)
            yield LABELS.index(name.label), round(name.score * (STEPS - 1)), float(share > 0.5)


def _rising(values: Array, weights: Array) -> Array:
    """The values nearest to `values` that never fall (pool adjacent violators)."""
    pools: list[list[float]] = []  # mean, weight, size
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        pools.append([value, weight, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            mean, much, size = pools.pop()
            last = pools[-1]
            last[0] = (last[0] * last[1] + mean * much) / (last[1] + much)
            last[1] += much
            last[2] += size
    return np.concatenate([np.full(int(size), mean) for mean, _, size in pools])
