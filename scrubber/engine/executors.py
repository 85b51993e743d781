"""Where batches are scrubbed: in this process or in worker processes. Same bytes either way.

The standard library's pool shares its queues and locks among the workers: one that dies while it
sends a result blocks the others, and the parent, for ever. Here each worker has a pipe of its own,
and a broken pipe is the whole protocol of ending: a worker sees that its parent has gone, however
it went, and the parent sees that a worker has.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from scrubber.engine.detectors import detector_for
from scrubber.engine.recoding import Recoding
from scrubber.engine.scrub import ScrubbedBatch, Tools, scrub_batch
from scrubber.errors import IncompleteError, ScrubberError
from scrubber.model.batch import Batch
from scrubber.policy.plan import Plan
from scrubber.transform.keys import RootKey

_PER_WORKER = 2


def tools_for(plan: Plan, key: RootKey | None, recoding: Recoding | None = None) -> Tools:
    """The key and the detector that `plan` needs; built once per process."""
    return Tools(key, detector_for(plan.detect) if plan.detect is not None else None, recoding)


def in_process(
    plan: Plan, key: RootKey | None, batches: Iterable[Batch], recoding: Recoding | None = None
) -> Generator[ScrubbedBatch, None, None]:
    """Scrub one batch after the other, in order."""
    tools = tools_for(plan, key, recoding)
    for batch in batches:
        yield scrub_batch(plan, batch, tools)


def in_workers(
    plan: Plan,
    key: RootKey | None,
    batches: Iterable[Batch],
    workers: int,
    recoding: Recoding | None = None,
) -> Generator[ScrubbedBatch, None, None]:
    """Scrub batches in `workers` processes; results come in the order of the batches.

    At most two batches per worker are under way, so memory does not grow with the input. The key
    travels through the workers' pipes, never through a file. Errors: what scrub_batch raises, and
    IncompleteError ``worker-died``, or ``internal`` for an error that nobody foresaw.
    """
    crew = _Crew(plan, key, workers, recoding)
    try:
        for batch in batches:
            crew.give(batch)
            if crew.under_way >= _PER_WORKER * workers:
                yield crew.next_result()
        while crew.under_way:
            yield crew.next_result()
    finally:
        crew.dismiss()


def execute(
    plan: Plan,
    key: RootKey | None,
    batches: Iterable[Batch],
    workers: int,
    recoding: Recoding | None = None,
) -> closing[Generator[ScrubbedBatch, None, None]]:
    """The scrubbed batches in order, as a context that stops the workers when it is left."""
    one = workers <= 1
    return closing(
        in_process(plan, key, batches, recoding)
        if one
        else in_workers(plan, key, batches, workers, recoding)
    )


_Result = ScrubbedBatch | ScrubberError


class _Crew:
    """The worker processes of a run, started as they are needed."""

    def __init__(
        self, plan: Plan, key: RootKey | None, workers: int, recoding: Recoding | None
    ) -> None:
        self._args = plan, key.reveal_to_worker() if key is not None else None, recoding
        self._limit = workers
        self._processes: list[BaseProcess] = []
        self._load: dict[Connection, deque[int]] = {}  # what each was given, oldest first
        self._done: dict[int, _Result] = {}
        self._given = self._taken = 0

    @property
    def under_way(self) -> int:
        """How many batches were given whose result was not taken."""
        return self._given - self._taken

    def give(self, batch: Batch) -> None:
        """Send `batch` to the worker that has the least to do."""
        idle = any(not load for load in self._load.values())
        if not idle and len(self._processes) < self._limit:
            self._start_one()
        pipe = min(self._load, key=lambda one: len(self._load[one]))
        try:
            pipe.send(batch)
        except OSError:
            raise _worker_died() from None
        self._load[pipe].append(self._given)
        self._given += 1

    def next_result(self) -> ScrubbedBatch:
        """The result of the oldest batch; whichever come before it are kept until their turn."""
        while self._taken not in self._done:
            for pipe in wait([pipe for pipe, load in self._load.items() if load]):
                assert isinstance(pipe, Connection)
                try:
                    result: _Result = pipe.recv()
                except (EOFError, OSError):
                    raise _worker_died() from None
                self._done[self._load[pipe].popleft()] = result
        result = self._done.pop(self._taken)
        self._taken += 1
        if isinstance(result, ScrubberError):
            raise result
        return result

    def dismiss(self) -> None:
        """End the workers at once, whatever they are doing: they hold nothing that is needed."""
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.join()
        for pipe in self._load:
            pipe.close()

    def _start_one(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, *self._args), daemon=True)
        resource_tracker.ensure_running()  # else starting the process would, and lift the hold
        with _interrupts_held():
            process.start()
            self._processes.append(process)
        theirs.close()
        self._load[ours] = deque()


def _worker_died() -> IncompleteError:
    return IncompleteError(
        "worker-died", "a worker process died", hint="out of memory? try fewer --workers"
    )


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """A process that is started in here never sees Ctrl-C: the parent decides what it means."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(pipe: Connection, plan: Plan, secret: bytes | None, recoding: Recoding | None) -> None:
    """The life of a worker: batches in, results out, until the parent has gone."""
    batches: queue.SimpleQueue[Batch] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(pipe, batches), daemon=True).start()
    import pyarrow as pa

    pa.set_cpu_count(1)
    key = RootKey(secret) if secret is not None else None
    tools: Tools | None = None
    while True:
        batch = batches.get()
        result: _Result
        try:
            tools = tools or tools_for(plan, key, recoding)
            result = scrub_batch(plan, batch, tools)
        except ScrubberError as error:
            result = error
        except BaseException as error:  # noqa: BLE001 - a panic of Polars, too; it may quote data
            text = f"internal error in a worker process: {type(error).__name__}"
            result = IncompleteError("internal", text, hint="please report it")
        try:
            pipe.send(result)
        except OSError:
            os._exit(1)


def _receive(pipe: Connection, batches: queue.SimpleQueue[Batch]) -> None:
    """Take in batches while others are worked on, so that the parent never waits to send one."""
    while True:
        try:
            batches.put(pipe.recv())
        except (EOFError, OSError):
            os._exit(1)
