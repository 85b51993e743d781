"""The documents of labelled sets that the built-in model was not trained on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from benchmarks.evaluation.sets import LabelledSet
from training.sources import SOURCES, documents


def held_out(labelled: LabelledSet, folder: Path) -> LabelledSet:
    """`labelled`, read under `folder`, without what was learned from: all of a set that training
    does not know, only what was kept of one that it does."""
    source = next((s for s in SOURCES if Path(s.path).stem == labelled.stem), None)
    if source is None:
        return labelled
    path = (folder / f"{labelled.name}.jsonl").resolve()
    kept = {d.text for d in documents(path.parents[1], source, kept=True)}
    mine = tuple(d for d in labelled.documents if d.text in kept or d.text.strip() in kept)
    return replace(labelled, documents=mine)
