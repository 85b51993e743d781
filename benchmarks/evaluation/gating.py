"""What the gate holds back: the share of texts without need of a model, and the names lost by it.

Counted by document, as texts come, and by line, which is harder: a line is a text of its own.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.corpus import rows
from benchmarks.evaluation.labels import LOCATION, NAMES, PERSON
from benchmarks.evaluation.score import labels_of
from benchmarks.evaluation.sets import Document, Label, LabelledSet
from scrubber.detect.ner.builtin import Name, builtin

_CORPUS_ROWS = 20_000
_SOUGHT = (PERSON, LOCATION)
_LEGEND = (
    "held back: share of texts that the model is not shown; lost: labels in those texts; found "
    "lost: of the people and places that the model finds in all texts, those in texts held back."
)

Find = Callable[[Sequence[str]], list[list[Name]]]


@dataclass(frozen=True)
class Gated:
    """`texts` were asked about and `held` of them held back, with `lost` of the `labels` by
    entity; the model finds `found` people and places in all of them, `missed` in those."""

    name: str
    texts: int
    held: int
    labels: Counter[str]
    lost: Counter[str]
    found: int
    missed: int


def gated(
    labelled: LabelledSet, may_hold_name: Callable[[str], bool], find: Find, *, lines: bool
) -> Gated:
    """The gate on a set, by document or by line; `find` is the model."""
    texts: list[str] = []
    held: list[str] = []
    labels: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for document in labelled.documents:
        own = [label for label in labels_of(document, frozenset()) if label.label in NAMES]
        for text, inside in _lines(document, own) if lines else [(document.text, own)]:
            through = may_hold_name(text)
            texts.append(text)
            if not through:
                held.append(text)
            labels.update(label.label for label in inside)
            lost.update(label.label for label in inside if not through)
    found, missed = (
        sum(name.label in _SOUGHT for names in find(some) for name in names)
        for some in (texts, held)
    )
    return Gated(labelled.name, len(texts), len(held), labels, lost, found, missed)


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
    find = builtin().find
    head = ["set", "unit", "texts", "held back", *(f"{name} lost" for name in NAMES), "found lost"]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for labelled in sets:
        for by_line in (False, True):
            one = gated(labelled, may_hold_name, find, lines=by_line)
            cells = [one.name, "line" if by_line else "document", str(one.texts)]
            cells.append(f"{one.held / one.texts:.3f}" if one.texts else "-")
            cells += [f"{one.lost[n]} of {one.labels[n]}" if one.labels[n] else "-" for n in NAMES]
            cells.append(f"{one.missed} of {one.found}")
            lines.append(f"| {' | '.join(cells)} |")
    for share in (0.0, 0.02, 0.35):
        held, rate = speed(may_hold_name, share)
        rows_held = f"Generated rows, {share:.0%} with personal data: {held:.3f} held back"
        lines.append(f"\n{rows_held}, {rate:.0f} MB/s")
    return "\n".join(["# Gate", "", *lines, "", _LEGEND])


def _lines(document: Document, labels: Sequence[Label]) -> Iterator[tuple[str, list[Label]]]:
    start = 0
    for line in document.text.splitlines(keepends=True):
        end = start + len(line)
        if line.strip():
            yield line, [x for x in labels if start <= x.start and x.end <= end]
        start = end
