"""Executors of scrubbing: in this process or in worker processes. Same bytes either way."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator, Sequence
from typing import Any, Protocol, TypeVar

from scrubber.executors.queries import Look
from scrubber.executors.workers import Crew
from scrubber.outputs.checkpoints import Done
from scrubber.pipeline.source import Bench, Task, Work, make_part
from scrubber.policy.plan import Plan
from scrubber.transform.keys import RootKey

_WASTE = 1.05
"""How much longer than a perfect division the division into whole sources may take."""

_WORTH = 64 * 2**20
"""So many bytes to look at are worth starting processes for."""

A = TypeVar("A")
Hear = Callable[[str, int, int], None]
"""Hears how far a source (by alias) is: bytes of it that were read, and records that are done."""


class Executor(Protocol):
    """Decides where sources are scrubbed, and nothing else. `workers` is how many did the work."""

    workers: int

    def parts(
        self, work: Work, key: RootKey | None, tasks: Sequence[Task], hear: Hear
    ) -> Generator[Done, None, None]:
        """The part of every task, finished and on record, or that its source cannot be read; in any
        order. Closing it ends the work.

        Errors: those of the work itself, and IncompleteError where a worker was lost.
        """

    def looks(
        self, work: Work | None, key: RootKey | None, looks: Sequence[Look[A]]
    ) -> Generator[A, None, None]:
        """The answers to the looks, in their order. Errors: as `parts`."""

    def close(self) -> None:
        """Give back what the executor holds."""


class InProcess:
    """One source after the other, in this process."""

    workers = 1

    def parts(
        self, work: Work, key: RootKey | None, tasks: Sequence[Task], hear: Hear
    ) -> Generator[Done, None, None]:
        bench = Bench(work, key)
        for task in tasks:
            yield bench.part(task, _about(task, hear))

    def looks(
        self, work: Work | None, key: RootKey | None, looks: Sequence[Look[A]]
    ) -> Generator[A, None, None]:
        bench = Bench(work, key)
        for look in looks:
            yield look.by(bench)

    def close(self) -> None:
        """Nothing is held."""


class Processes:
    """In `workers` processes of this machine."""

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def parts(
        self, work: Work, key: RootKey | None, tasks: Sequence[Task], hear: Hear
    ) -> Generator[Done, None, None]:
        if is_light(work.plan):
            whole, here = largest_apart(tasks)
            yield from InProcess().parts(work, key, here, hear)
            cut: list[Task] = []
        else:
            whole, cut = divide(tasks, self.workers)
        if whole or cut:
            with Crew(work, key, self.workers) as crew:
                yield from crew.parts(whole, hear)
                for task in cut:
                    yield make_part(work, task, key, crew.scrub, _about(task, hear))

    def looks(
        self, work: Work | None, key: RootKey | None, looks: Sequence[Look[A]]
    ) -> Generator[A, None, None]:
        if not worth_sending(looks):
            yield from InProcess().looks(work, key, looks)
            return
        with Crew(work, key, self.workers) as crew:
            yield from crew.looks(looks)

    def close(self) -> None:
        """Nothing is held: processes end with what they were started for."""


def worth_sending(looks: Sequence[Look[Any]]) -> bool:
    """True if it is worth to start processes for these looks."""
    return len(looks) > 1 and sum(look.size for look in looks) >= _WORTH


def is_light(plan: Plan) -> bool:
    """True if to scrub a batch takes less than to hand it to a worker and back: nothing is looked
    at, before or afterwards, and no value is keyed."""
    return plan.detect is None and plan.rescan is None and not plan.needs_key


def largest_apart(tasks: Sequence[Task]) -> tuple[list[Task], list[Task]]:
    """For light work, the tasks that go to workers as a whole, the largest first, and what this
    process does by itself, on more than one core: a source larger than all others together."""
    whole = sorted(tasks, key=_largest_first)
    if len(whole) == 1 or (whole and 2 * whole[0].size > sum(task.size for task in whole)):
        return whole[1:], whole[:1]
    return whole, []


def divide(tasks: Sequence[Task], workers: int) -> tuple[list[Task], list[Task]]:
    """The tasks that go to workers as a whole, the largest first, and those that are cut into
    batches which all workers share, since whole they would leave workers idle at the end.

    A whole source is read and written where it is scrubbed; batches go through this process.
    """
    whole = sorted(tasks, key=_largest_first)
    cut: list[Task] = []
    total = sum(task.size for task in tasks)
    shared = 0
    while whole and _longest(whole, workers) + shared / workers > _WASTE * total / workers:
        # Where the largest is small beside a worker's share, the condition does not hold: so few
        # are ever cut.
        shared += whole[0].size
        cut.append(whole.pop(0))
    return whole, cut


def _largest_first(task: Task) -> tuple[int, str]:
    return -task.size, task.source.alias


def _longest(tasks: Sequence[Task], workers: int) -> int:
    """The load of the busiest worker if each task goes to the one that is free first."""
    load = [0] * workers
    for task in tasks:
        heapq.heapreplace(load, load[0] + task.size)
    return max(load)


def _about(task: Task, hear: Hear) -> Callable[[int, int], None]:
    return lambda consumed, rows: hear(task.source.alias, consumed, rows)
