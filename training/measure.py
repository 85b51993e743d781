"""Coverage and precision of a network on documents that were kept from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from training.tagging import LABELS, Labelled

Finder = Callable[[Sequence[str]], list[list[tuple[int, int, str]]]]


def measured(documents: Sequence[Labelled], find: Finder) -> dict[str, tuple[int, float, float]]:
    """Per label: number of spans, share of them wholly covered, precision by character."""
    found = find([d.text for d in documents])
    result = {}
    for label in LABELS:
        spans = covered = hit = claimed = 0
        for document, answers in zip(documents, found, strict=True):
            mine = np.zeros(len(document.text) + 1, bool)
            for begin, end, name in answers:
                if name == label:
                    mine[begin:end] = True
            right = np.zeros(len(document.text) + 1, bool)
            open_ = np.ones(len(document.text) + 1, bool)
            for begin, end, name in document.spans:
                if name == label:
                    right[begin:end] = True
                    spans += 1
                    covered += bool(mine[begin:end].all())
                elif name not in LABELS:
                    open_[begin:end] = False
            visible = np.array([not c.isspace() for c in document.text] + [False])
            claimed += int((mine & visible & (open_ | right)).sum())
            hit += int((mine & right & visible).sum())
        if spans:
            result[label] = (spans, covered / spans, hit / max(1, claimed))
    return result
