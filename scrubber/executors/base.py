"""Executors of the jobs of a run, in this process or in worker processes, with equal bytes."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from typing import Any, Protocol, TypeVar

from scrubber.executors.jobs import Job
from scrubber.executors.workers import Crew
from scrubber.pipeline.source import Bench
from scrubber.policy.plan import Plan

_WASTE = 1.05
"""Maximum duration of a division into whole sources, relative to a perfect one."""

_WORTH = 64 * 2**20
"""Minimum bytes of light jobs for which processes are started."""

A = TypeVar("A")
Hear = Callable[[str, int, int], None]
"""Receives the progress of a source (by alias): bytes read, and records done."""
Answers = Generator[tuple[str, A], None, None]
"""Answers with the aliases of their sources. Closing it ends the work."""


class Executor(Protocol):
    """Decides where jobs run, and nothing else. `workers` is the number of workers used."""

    workers: int

    def answers(self, bench: Bench, jobs: Sequence[Job[A]], hear: Hear) -> Answers[A]:
        """The answers to all jobs, in any order; one job per source. Either all are heavy, or none.

        Raises: the errors of the jobs; IncompleteError for a lost worker.
        """

    def close(self) -> None:
        """Release the resources of the executor."""


def in_order(jobs: Sequence[Job[A]], answers: Answers[A]) -> Generator[A, None, None]:
    """Sort `answers` into the order of their `jobs`."""
    early: dict[str, A] = {}
    with closing(answers):
        for job in jobs:
            alias = job.source.alias
            while alias not in early:
                early.update([next(answers)])
            yield early.pop(alias)


def unheard(source: str, consumed: int, rows: int) -> None:
    """Ignore progress."""


class InProcess:
    """Processes one source at a time in this process."""

    workers = 1

    def answers(self, bench: Bench, jobs: Iterable[Job[A]], hear: Hear) -> Answers[A]:
        for job in jobs:
            yield job.source.alias, job.run(bench, _about(job, hear))

    def close(self) -> None:
        """Do nothing: no resources are held."""


class Processes:
    """Uses `workers` processes of this machine."""

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def answers(self, bench: Bench, jobs: Sequence[Job[A]], hear: Hear) -> Answers[A]:
        whole, here, cut = self._divided(bench, jobs)
        yield from InProcess().answers(bench, here, hear)
        if whole or cut:
            with Crew(bench, self.workers) as crew:
                yield from crew.answers(whole, hear)
                shared = Bench(bench.work, bench.key, crew.scrub) if cut else bench
                yield from InProcess().answers(shared, cut, hear)

    def close(self) -> None:
        """Do nothing: processes end with their jobs."""

    def _divided(
        self, bench: Bench, jobs: Sequence[Job[A]]
    ) -> tuple[Sequence[Job[A]], Sequence[Job[A]], Sequence[Job[A]]]:
        """The jobs for single workers, those for this process, and those split into batches for all
        workers."""
        if not any(job.heavy for job in jobs):
            return (jobs, [], []) if worth_sending(jobs) else ([], jobs, [])
        if is_light(bench.work.plan):
            return (*largest_apart(jobs), [])
        whole, cut = divide(jobs, self.workers)
        return whole, [], cut


def worth_sending(jobs: Sequence[Job[Any]]) -> bool:
    """True if these light jobs are worth starting processes."""
    return len(jobs) > 1 and sum(job.size for job in jobs) >= _WORTH


def is_light(plan: Plan) -> bool:
    """True if scrubbing a batch takes less time than sending it to a worker and back: no text is
    scanned, and no value is keyed."""
    return plan.detect is None and plan.rescan is None and not plan.needs_key


def largest_apart(jobs: Sequence[Job[A]]) -> tuple[list[Job[A]], list[Job[A]]]:
    """For light work: the jobs sent to workers as a whole, largest first, and those that this
    process handles itself on more than one core, namely a source larger than all others together.
    """
    whole = sorted(jobs, key=_largest_first)
    if len(whole) == 1 or (whole and 2 * whole[0].size > sum(job.size for job in whole)):
        return whole[1:], whole[:1]
    return whole, []


def divide(jobs: Sequence[Job[A]], workers: int) -> tuple[list[Job[A]], list[Job[A]]]:
    """The jobs sent to workers as a whole, largest first, and those split into batches for all
    workers, since they would otherwise leave workers idle at the end.

    A whole source is read and written by its worker; batches pass through this process.
    """
    whole = sorted(jobs, key=_largest_first)
    cut: list[Job[A]] = []
    total = sum(job.size for job in jobs)
    shared = 0
    while whole and _longest(whole, workers) + shared / workers > _WASTE * total / workers:
        # The condition does not hold if the largest job is small relative to a worker's share, so
        # few jobs are ever split.
        shared += whole[0].size
        cut.append(whole.pop(0))
    return whole, cut


def _largest_first(job: Job[Any]) -> tuple[int, str]:
    return -job.size, job.source.alias


def _longest(jobs: Sequence[Job[Any]], workers: int) -> int:
    """The load of the busiest worker if each job goes to the first free worker."""
    load = [0] * workers
    for job in jobs:
        heapq.heapreplace(load, load[0] + job.size)
    return max(load)


def _about(job: Job[Any], hear: Hear) -> Callable[[int, int], None]:
    return lambda consumed, rows: hear(job.source.alias, consumed, rows)
