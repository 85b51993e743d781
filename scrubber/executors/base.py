"""Executors of the jobs of a run: in this process or in worker processes. Same bytes either way."""

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
"""How much longer than a perfect division the division into whole sources may take."""

_WORTH = 64 * 2**20
"""So many bytes of light jobs are worth starting processes for."""

A = TypeVar("A")
Hear = Callable[[str, int, int], None]
"""Hears how far a source (by alias) is: bytes of it that were read, and records that are done."""
Answers = Generator[tuple[str, A], None, None]
"""Answers with the aliases of the sources of their jobs. Closing it ends the work."""


class Executor(Protocol):
    """Decides where jobs are done, and nothing else. `workers` is how many did the work."""

    workers: int

    def answers(self, bench: Bench, jobs: Sequence[Job[A]], hear: Hear) -> Answers[A]:
        """The answer to every job, in any order; one job a source. All are heavy, or none.

        Raises: those of the jobs themselves, and IncompleteError where a worker was lost.
        """

    def close(self) -> None:
        """Give back what the executor holds."""


def in_order(jobs: Sequence[Job[A]], answers: Answers[A]) -> Generator[A, None, None]:
    """The `answers` in the order of their `jobs`."""
    early: dict[str, A] = {}
    with closing(answers):
        for job in jobs:
            alias = job.source.alias
            while alias not in early:
                early.update([next(answers)])
            yield early.pop(alias)


def unheard(source: str, consumed: int, rows: int) -> None:
    """Progress that nobody follows."""


class InProcess:
    """One source after the other, in this process."""

    workers = 1

    def answers(self, bench: Bench, jobs: Iterable[Job[A]], hear: Hear) -> Answers[A]:
        for job in jobs:
            yield job.source.alias, job.run(bench, _about(job, hear))

    def close(self) -> None:
        """Nothing is held."""


class Processes:
    """In `workers` processes of this machine."""

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
        """Nothing is held: processes end with what they were started for."""

    def _divided(
        self, bench: Bench, jobs: Sequence[Job[A]]
    ) -> tuple[Sequence[Job[A]], Sequence[Job[A]], Sequence[Job[A]]]:
        """The jobs for single workers, those for this process, and those that are cut into batches
        which all workers share."""
        if not any(job.heavy for job in jobs):
            return (jobs, [], []) if worth_sending(jobs) else ([], jobs, [])
        if is_light(bench.work.plan):
            return (*largest_apart(jobs), [])
        whole, cut = divide(jobs, self.workers)
        return whole, [], cut


def worth_sending(jobs: Sequence[Job[Any]]) -> bool:
    """True if it is worth to start processes for these light jobs."""
    return len(jobs) > 1 and sum(job.size for job in jobs) >= _WORTH


def is_light(plan: Plan) -> bool:
    """True if to scrub a batch takes less than to hand it to a worker and back: nothing is looked
    at, before or afterwards, and no value is keyed."""
    return plan.detect is None and plan.rescan is None and not plan.needs_key


def largest_apart(jobs: Sequence[Job[A]]) -> tuple[list[Job[A]], list[Job[A]]]:
    """For light work, the jobs that go to workers as a whole, the largest first, and what this
    process does by itself, on more than one core: a source larger than all others together."""
    whole = sorted(jobs, key=_largest_first)
    if len(whole) == 1 or (whole and 2 * whole[0].size > sum(job.size for job in whole)):
        return whole[1:], whole[:1]
    return whole, []


def divide(jobs: Sequence[Job[A]], workers: int) -> tuple[list[Job[A]], list[Job[A]]]:
    """The jobs that go to workers as a whole, the largest first, and those that are cut into
    batches which all workers share, since whole they would leave workers idle at the end.

    A whole source is read and written where it is scrubbed; batches go through this process.
    """
    whole = sorted(jobs, key=_largest_first)
    cut: list[Job[A]] = []
    total = sum(job.size for job in jobs)
    shared = 0
    while whole and _longest(whole, workers) + shared / workers > _WASTE * total / workers:
        # Where the largest is small beside a worker's share, the condition does not hold: so few
        # are ever cut.
        shared += whole[0].size
        cut.append(whole.pop(0))
    return whole, cut


def _largest_first(job: Job[Any]) -> tuple[int, str]:
    return -job.size, job.source.alias


def _longest(jobs: Sequence[Job[Any]], workers: int) -> int:
    """The load of the busiest worker if each job goes to the one that is free first."""
    load = [0] * workers
    for job in jobs:
        heapq.heapreplace(load, load[0] + job.size)
    return max(load)


def _about(job: Job[Any], hear: Hear) -> Callable[[int, int], None]:
    return lambda consumed, rows: hear(job.source.alias, consumed, rows)
