"""What the gate holds back: the share of texts without need of a model, and the names lost by it.

Counted by document, as texts come, and by line, which is harder: a line is a text of its own.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.corpus import rows
from benchmarks.evaluation.labels import NAMES
from benchmarks.evaluation.score import labels_of
from benchmarks.evaluation.sets import Document, Label, LabelledSet

_CORPUS_ROWS = 20_000


@dataclass(frozen=True)
class Gated:
    """`texts` were asked about and `held` of them held back, with `lost` of the `labels` by
    entity."""

    name: str
    texts: int
    held: int
    labels: Counter[str]
    lost: Counter[str]


def gated(labelled: LabelledSet, may_hold_name: Callable[[str], bool], lines: bool) -> Gated:
    """The gate on a set, by document or by line."""
    texts, held = 0, 0
    labels: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for document in labelled.documents:
        own = [label for label in labels_of(document, frozenset()) if label.label in NAMES]
        for text, inside in _lines(document, own) if lines else [(document.text, own)]:
            through = may_hold_name(text)
            texts += 1
            held += not through
            labels.update(label.label for label in inside)
            lost.update(label.label for label in inside if not through)
    return Gated(labelled.name, texts, held, labels, lost)


def speed(may_hold_name: Callable[[str], bool], share: float) -> tuple[float, float]:
    """(share held back, MB/s of processor time) on generated rows, `share` of them with personal
    data but none with a name in it, except as part of an address of the net."""
    texts = list(rows(_CORPUS_ROWS, share))
    size = sum(len(text.encode()) for text in texts) / 1e6
    start = time.process_time()
    through = sum(map(may_hold_name, texts))
    return 1 - through / len(texts), size / (time.process_time() - start)


def as_text(sets: Sequence[LabelledSet], may_hold_name: Callable[[str], bool]) -> str:
    """The report as Markdown."""
    head = ["set", "unit", "texts", "held back", *(f"{name} lost" for name in NAMES)]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for labelled in sets:
        for by_line in (False, True):
            one = gated(labelled, may_hold_name, by_line)
            cells = [one.name, "line" if by_line else "document", str(one.texts)]
            cells.append(f"{one.held / one.texts:.3f}" if one.texts else "-")
            cells += [f"{one.lost[n]} of {one.labels[n]}" if one.labels[n] else "-" for n in NAMES]
            lines.append(f"| {' | '.join(cells)} |")
    for share in (0.0, 0.02, 0.35):
        held, rate = speed(may_hold_name, share)
        lines.append(
            f"\nGenerated rows, {share:.0%} with personal data: {held:.3f} held back, {rate:.0f} MB/s"
        )
    return "\n".join(["# Gate", "", *lines])


def _lines(document: Document, labels: Sequence[Label]) -> Iterator[tuple[str, list[Label]]]:
    start = 0
    for line in document.text.splitlines(keepends=True):
        end = start + len(line)
        if line.strip():
            yield line, [x for x in labels if start <= x.start and x.end <= end]
        start = end
