"""Reading back what was written, where the rules ask for classes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing

from scrubber.anonymize.levels import Chosen
from scrubber.executors.base import Executor
from scrubber.executors.queries import ReadBack, ReadingBack
from scrubber.manifest import OutputFacts
from scrubber.pipeline.source import Work
from scrubber.run.survey import Progress, Survey
from scrubber.transform.keys import RootKey


def read_back(
    work: Work,
    key: RootKey | None,
    surveyed: Survey,
    chosen: Chosen | None,
    outputs: Sequence[OutputFacts],
    executor: Executor,
    tell: Callable[[Progress], None],
) -> ReadBack:
    """The records of all `outputs`, by classes and by what is alike, as far as rules ask for it.

    Errors: as reading does; GateError as :func:`~scrubber.anonymize.gates.count_alike`.
    """
    if chosen is None and surveyed.plan.gates.min_k is None:
        return ReadBack(None, {})
    sensitive = tuple(chosen.reference) if chosen is not None else None
    sources = {source.alias: source for source in surveyed.sources}
    looks = [ReadingBack(sources[one.source], one, sensitive) for one in outputs]
    total = sum(one.bytes for one in outputs)

    def told(answers: Iterable[ReadBack]) -> Iterator[ReadBack]:
        for answer in answers:
            tell(Progress(total, total, 0))
            yield answer

    with closing(executor.looks(work, key, looks)) as answers:
        return ReadBack.together(told(answers))
