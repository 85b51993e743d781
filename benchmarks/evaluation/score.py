"""A labelled set against systems."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from benchmarks.evaluation.labels import NAMES, entity_of, is_part, partly_labelled
from benchmarks.evaluation.measure import Counts, count, total
from benchmarks.evaluation.sets import Document, Label, LabelledSet
from benchmarks.evaluation.systems import System

_BATCH = 64


@dataclass(frozen=True)
class Scored:
    """What systems reached on a set: counts by system and entity, and seconds by system.

    `partly` says that texts hold names without a label, so that precision means nothing. `ignored`
    counts the labels that mean no entity of any system.
    """

    name: str
    stem: str
    documents: int
    size: int
    partly: bool
    ignored: Mapping[str, int]
    entities: tuple[str, ...]
    counts: Mapping[str, Mapping[str, Counts]]
    seconds: Mapping[str, float]


def score(labelled: LabelledSet, systems: Sequence[System]) -> Scored:
    """Let each system look at the texts of the set, and count."""
    known = frozenset().union(*(system.entities for system in systems))
    shared = frozenset(NAMES) | {entity_of(entity, known) for entity in known}
    gold = [labels_of(document, known) for document in labelled.documents]
    named = Counter(label.label for d in labelled.documents for label in d.labels)
    entities = tuple(sorted({g.label for labels in gold for g in labels} & shared, key=_order))
    counts, seconds = {}, {}
    for system in systems:
        start = time.process_time()
        found = _findings(system, labelled.documents)
        seconds[system.name] = time.process_time() - start
        counts[system.name] = total(
            count(labels, _by_entity(findings, known), entities)
            for labels, findings in zip(gold, found, strict=True)
        )
    return Scored(
        name=labelled.name,
        stem=labelled.stem,
        documents=len(labelled.documents),
        size=sum(len(d.text.encode("utf-8", "surrogatepass")) for d in labelled.documents),
        partly=partly_labelled(labelled.stem),
        ignored={k: n for k, n in sorted(named.items()) if entity_of(k, known) is None},
        entities=entities,
        counts=counts,
        seconds=seconds,
    )


def _findings(system: System, documents: Sequence[Document]) -> list[list[Label]]:
    found: list[list[Label]] = []
    for first in range(0, len(documents), _BATCH):
        found.extend(system.find([d.text for d in documents[first : first + _BATCH]]))
    return found


def labels_of(document: Document, known: Set[str]) -> list[Label]:
    """The labels of the document that mean an entity, by entity; parts side by side (nothing but
    spaces and punctuation between them) are one."""
    labels: list[Label] = []
    part_before = False
    for label in document.labels:
        entity = entity_of(label.label, known)
        if entity is None:
            continue
        part = is_part(label.label)
        if part and part_before and labels[-1].label == entity:
            gap = document.text[labels[-1].end : label.start]
            if not any(character.isalnum() or character == "\n" for character in gap):
                labels[-1] = Label(labels[-1].start, max(labels[-1].end, label.end), entity)
                continue
        labels.append(Label(label.start, label.end, entity))
        part_before = part
    return labels


def _by_entity(findings: Sequence[Label], known: Set[str]) -> list[Label]:
    """Findings by entity; those that mean none keep their name, since they cover text, too."""
    return [Label(f.start, f.end, entity_of(f.label, known) or f.label) for f in findings]


def _order(entity: str) -> tuple[int, str]:
    return (NAMES.index(entity) if entity in NAMES else len(NAMES), entity)
