"""Examining a dataset: a sample of its records, and a verdict on each field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import pyarrow as pa

from scrubber import formats
from scrubber.detect.base import Detector
from scrubber.detect.language import unmeasured
from scrubber.errors import DetectionError, Place
from scrubber.formats import Sample
from scrubber.formats.sampling import drawn, generator
from scrubber.frames import open_frames
from scrubber.frames.feed import Feed
from scrubber.model.fieldclass import FieldClass
from scrubber.model.fieldpath import FieldPath
from scrubber.model.layouts import plain
from scrubber.model.opened import Opened
from scrubber.model.views import without_views
from scrubber.profiling.columns import Profile, Verdict, judge

_PERSON = "PERSON"
_CELLS = 20_000
"""Maximum number of examined cells of a field; lists may hold many per record."""
_TEXTS, _TEXT_LENGTH = 1000, 400_000
"""Maximum number of distinct texts of a field for the detectors, and of code points in them."""
_SHORT = 200
"""Maximum number of distinct values of other fields for the detectors."""
_WHOLE, _SURE = 0.9, 0.5
"""A finding is the whole value if it covers this share of it with at least this score."""


@dataclass(frozen=True, slots=True)
class Looked:
    """The findings of the detectors: `with_findings` of `cells` had some; `findings` counts by
    entity.

    `people` is the share of cells, or of distinct values if larger, that are a person's name and
    nothing else. `mentions` is the share that names a person among other words. `unmeasured`
    counts the cells in each language or script whose leaks were not measured.
    """

    cells: int = 0
    with_findings: int = 0
    findings: tuple[tuple[str, int], ...] = ()
    people: float = 0.0
    mentions: float = 0.0
    unmeasured: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Examined:
    """A field of a dataset: its path and type, its sampled values, and the verdict."""

    path: FieldPath
    type: pa.DataType
    verdict: Verdict
    looked: Looked
    profile: Profile = field(repr=False)
    values: pa.Array = field(repr=False)


@dataclass(frozen=True)
class ExaminedTable:
    """A dataset (a file, its shards together, or a frame) and its fields."""

    sample: Sample
    fields: tuple[Examined, ...]


def sampled(data: object, paths: Sequence[str] | None, rows: int, seed: int) -> tuple[Sample, ...]:
    """About `rows` records of each dataset in `paths`, or of each table of `data`; of a stream, the
    first ones."""
    if paths is not None:
        return formats.samples(formats.discover(paths), rows, seed)
    opened = open_frames(data)
    return tuple(
        _sample(name, feed, rows, seed, streamed=opened.streamed)
        for name, feed in opened.feeds.items()
    )


def _sample(name: str, feed: Feed, rows: int, seed: int, *, streamed: bool) -> Sample:
    tables, count = [feed.schema.empty_table()], 0
    for table in feed.tables():
        tables.append(table)
        count += table.num_rows
        if streamed and count >= rows:
            return Sample(name, pa.concat_tables(tables).slice(0, rows), None)
    part = drawn(pa.concat_tables(tables), rows, generator(seed, name))
    return Sample(name, part, count)


def examine(samples: Sequence[Sample], detector: Detector) -> Iterator[ExaminedTable]:
    """Classify each field of each sample.

    Raises: DetectionError, with file and field, for a text that could not be scanned.
    """
    for sample in samples:
        opened = Opened(without_views(sample.table))
        fields = []
        for leaf in opened.leaves:
            values = plain(leaf.values.slice(0, _CELLS))
            try:
                fields.append(_examined(leaf.path, leaf.kind, values, detector))
            except DetectionError as error:
                raise error.at(Place(sample.name, field=str(leaf.path))) from None
        yield ExaminedTable(replace(sample, table=opened.table), tuple(fields))


def _examined(path: FieldPath, kind: pa.DataType, values: pa.Array, detector: Detector) -> Examined:
    profile = Profile.of(values)
    verdict = judge(path, profile)
    looked = Looked()
    if profile.stored == "text" and not profile.numeric and not _settled(verdict):
        looked, whole = _look(profile, verdict, detector)
        verdict = judge(path, profile, whole)
    return Examined(path, kind, verdict, looked, profile, values)


def _settled(verdict: Verdict) -> bool:
    """True if no detector could change the verdict or add information."""
    return verdict.field_class is FieldClass.DIRECT_IDENTIFIER and verdict.confidence >= 0.75


def _look(
    profile: Profile, verdict: Verdict, detector: Detector
) -> tuple[Looked, Mapping[str, float]]:
    """The findings in some of the values, and the share of whole values by entity."""
    most = _TEXTS if verdict.field_class is FieldClass.TEXT else _SHORT
    texts = list(_bounded(islice(profile.counts, most)))
    found = detector.detect(texts)
    findings: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    foreign: Counter[str] = Counter()
    cells = some = named = mentioning = mentioned = 0
    for text, spans in zip(texts, found, strict=True):
        times = profile.counts[text]
        cells += times
        some += times if spans else 0
        language = unmeasured(text)
        if language is not None:
            foreign[language] += times
        for span in spans:
            findings[span.label] += times
        entities = {
            span.label
            for span in spans
            if span.end - span.start >= _WHOLE * len(text) and span.score >= _SURE
        }
        whole.update(entities)
        named += times if _PERSON in entities else 0
        if _PERSON not in entities and any(span.label == _PERSON for span in spans):
            mentioning, mentioned = mentioning + 1, mentioned + times
    shares = {entity: count / len(texts) for entity, count in sorted(whole.items())}
    people = max(shares.get(_PERSON, 0.0), named / max(cells, 1))
    mentions = max(mentioning / max(len(texts), 1), mentioned / max(cells, 1))
    counted = tuple(tuple(sorted(each.items())) for each in (findings, foreign))
    return Looked(cells, some, counted[0], people, mentions, counted[1]), shares


def _bounded(texts: Iterator[str]) -> Iterator[str]:
    """The texts up to the limits, skipping huge ones."""
    total = 0
    for text in texts:
        if len(text) <= _TEXT_LENGTH:
            yield text
            total += len(text)
        if total >= _TEXT_LENGTH:
            return
