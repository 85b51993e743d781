"""Planted recall of the rules' detectors in texts of the sources."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

import pyarrow as pa

from scrubber import formats
from scrubber.anonymize.labels import text_labels
from scrubber.assess import ENTITIES, Planted, plant, recall_of, writings_of
from scrubber.assess.writings import PLAIN
from scrubber.detect import DetectSpec, known_entities
from scrubber.detect.base import PATIENCE, TIMEOUT, Detector
from scrubber.detect.shared import detector_for
from scrubber.errors import DetectionError, GateError
from scrubber.formats.sampling import generator, picked
from scrubber.manifest import CheckFacts, PlantedFacts
from scrubber.model.finding import Span
from scrubber.model.opened import Opened
from scrubber.model.views import without_views
from scrubber.policy.plan import Keep, OnError, Plan, ScrubText, TablePlan
from scrubber.run.request import Outcome, Session
from scrubber.run.survey import Survey

_PLANTED = 20
"""Number of planted values per entity and writing; if all are found, the lower bound is .839."""
_SOURCES, _ROWS, _LONGEST = 4, 500, 160
_SEED = 0
_PROSE = ("It was written down and sent on the same day.", "They met again a week later.")


def recall(_: Session, outcome: Outcome) -> Outcome:
    """The outcome with the planted recall and its checks.

    Raises: the errors of :func:`planted_in`.
    """
    planted = planted_in_sources(outcome.surveyed)
    checks = (*outcome.checks, *recall_checks(outcome.plan, planted))
    return replace(outcome, planted=planted, checks=checks)


def planted_in_sources(surveyed: Survey) -> tuple[PlantedFacts, ...]:
    """The recall in texts of some sources, from their first records.

    Equal sources and rules give equal results.

    Raises: the errors of reading.
    """
    plan = surveyed.plan
    alike = [s for s in surveyed.sources if any(_text_fields(plan.table(s.alias)))]
    chance = generator(_SEED, "planted")
    texts: list[str] = []
    for source in [alike[i] for i in picked(len(alike), _SOURCES, chance)]:
        drop_bad = plan.on_error is OnError.DROP_ROW
        chunks = formats.read(source, surveyed.schemas[source.alias], drop_bad_rows=drop_bad)
        tables = ((source.alias, chunk.table) for chunk in islice(chunks, 1))
        texts.extend(_texts(plan, tables))
    return planted_in(plan, texts)


def planted_in_tables(
    plan: Plan, tables: Iterable[tuple[str, pa.Table]]
) -> tuple[PlantedFacts, ...]:
    """The recall in texts of the first records of tables, by their aliases."""
    return planted_in(plan, list(_texts(plan, tables)))


def planted_in(plan: Plan, texts: Sequence[str]) -> tuple[PlantedFacts, ...]:
    """The recall in `texts` of each entity that a text field of `plan` removes.

    Raises: DetectionError if recognizers exceed their time limit on several texts; GateError
    ``planted-recall`` if no value of an enabled entity is found and no setting explains it.
    """
    if plan.detect is None:
        return ()
    wanted = plan.detect.entities
    entities = [
        entity
        for entity in ENTITIES
        if (wanted is None or entity in wanted) and _taken_away(plan, entity)
    ]
    found = []
    kinds = [(entity, writing) for entity in entities for writing in writings_of(entity)]
    for (entity, writing), caught in _caught_in(texts, kinds, detector_for(plan.detect)).items():
        one = recall_of(entity, writing, sum(caught), len(caught))
        shares = (round(1000 * share) for share in (one.share, one.low, one.high))
        found.append(PlantedFacts(entity, writing, one.planted, *shares))
    _refuse_blind(plan.detect, _missed(plan.detect, found))
    return tuple(found)


def recall_checks(plan: Plan, planted: Iterable[PlantedFacts]) -> Iterator[CheckFacts]:
    """A failed check for each entity that settings of the rules exclude from detection."""
    for entity in _missed(plan.detect, planted) if plan.detect is not None else ():
        yield CheckFacts(
            f"planted-{entity}",
            False,
            "warning",
            f"what is planted as {entity} is found",
            "none of it: thresholds, exceptions or recognizers of the rules, or texts of code",
        )


def _missed(spec: DetectSpec, planted: Iterable[PlantedFacts]) -> list[str]:
    """The enabled entities of which no value was found, in any writing."""
    best: dict[str, int] = {}
    for one in planted:
        best[one.entity] = max(one.recall, best.get(one.entity, 0))
    none = [entity for entity, recall in best.items() if recall == 0]
    if not none:
        return []
    known = known_entities(spec) & known_entities(replace(spec, recognizers=(), deny_list=()))
    return [entity for entity in none if entity in known]


def _refuse_blind(spec: DetectSpec, missed: Sequence[str]) -> None:
    """Check the `missed` entities in plain prose: in the data's own texts, such as code, a name may
    rightly not count.

    Raises: GateError if the detector without the rules' settings finds none there either.
    """
    own = (json.loads(one).keys() for one in spec.recognizers)
    if not missed or any(keys.isdisjoint(("patterns", "deny_list")) for keys in own):
        return  # the rules change or disable Presidio's own recognizers
    bare = replace(
        spec, score_thresholds=(), allow_list=(), excludes=(), recognizers=(), least_score=0.0
    )
    caught = _caught_in(_PROSE, [(entity, PLAIN) for entity in missed], detector_for(bare))
    blind = [entity for entity in missed if not any(caught[entity, PLAIN])]
    if blind:
        raise GateError(
            "planted-recall",
            f"nothing that was planted in the texts is found: {', '.join(blind)}",
            hint="these recognizers are blind on this data, or the installation is damaged",
        )


def _caught_in(
    texts: Sequence[str], kinds: Sequence[tuple[str, str]], detector: Detector
) -> dict[tuple[str, str], list[bool]]:
    """The planted values found in `texts`, by entity and writing. Texts that cannot be scanned are
    omitted, since the run publishes none of them."""
    patience = PATIENCE
    while True:
        planted = [(kind, one) for kind in kinds for one in plant(texts, *kind, _PLANTED, _SEED)]
        try:
            seen = detector.detect([one.text for _, one in planted])
            break
        except DetectionError as error:
            patience -= error.code == TIMEOUT
            if error.index is None or patience <= 0 or not texts:
                raise
            bad = planted[error.index][1].into
            texts = [text for text in texts if text != bad]
    caught: dict[tuple[str, str], list[bool]] = {kind: [] for kind in kinds}
    for (kind, one), spans in zip(planted, seen, strict=True):
        caught[kind].append(_caught(one, spans))
    return caught


def _caught(one: Planted, spans: Iterable[Span]) -> bool:
    """True if findings cover every letter and digit of the planted value, with any entity."""
    left = {at for at in range(one.start, one.end) if one.text[at].isalnum()}
    for span in spans:
        left.difference_update(range(span.start, span.end))
    return not left


def _text_fields(table: TablePlan) -> Iterator[ScrubText]:
    return (f.disposition for f in table.fields if isinstance(f.disposition, ScrubText))


def _taken_away(plan: Plan, entity: str) -> bool:
    every = [one for table in plan.kinds for one in _text_fields(table)]
    return any(not isinstance(one.operator(entity), Keep) for one in every)


def _texts(plan: Plan, tables: Iterable[tuple[str, pa.Table]]) -> Iterator[str]:
    for alias, table in tables:
        head = Opened(without_views(table.slice(0, _ROWS)))
        for one in plan.table(alias).fields:
            if isinstance(one.disposition, ScrubText):
                values = text_labels(head.leaf(one.path).plain)
                yield from (text[:_LONGEST] for text in values.to_pylist() if text)
