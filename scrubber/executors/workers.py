"""Worker processes and the pipes to them.

The standard library's pool shares its queues and locks among the workers: one that dies while it
sends a result blocks the others, and the parent, for ever. Here each worker has a pipe of its own,
and a broken pipe is the whole protocol of ending: a worker sees that its parent has gone, however
it went, and the parent sees that a worker has.

Nor is it the standard library's processes: they import the program that starts them once more, so a
script without a main guard would start itself again, and a daemonic process may have none. A worker
of ours is an interpreter that imports this module and nothing of the program's.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from types import TracebackType
from typing import Any, Final, NamedTuple, TypeVar

from scrubber.errors import IncompleteError, NotAvailable, ScrubberError, out_of_memory
from scrubber.executors.jobs import BatchJob, Job
from scrubber.model.batch import Batch
from scrubber.pipeline.batch import ScrubbedBatch
from scrubber.pipeline.source import Bench, Work
from scrubber.policy.plan import KeySource
from scrubber.startup.gc_tuning import collect_seldom
from scrubber.startup.no_core import leave_no_core
from scrubber.startup.no_pandas import without_pandas
from scrubber.transform.keys import RootKey

_BATCHES, _HEAVY, _LIGHT = 2, 1, 8
"""So many batches, and heavy and light jobs, are under way for every worker."""

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")

_PROGRAM: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[2]); "
    "from scrubber.executors.workers import serve; serve(int(sys.argv[1]))"
)
_WORKER: Final = "SCRUBBER_WORKER"
"""The variable of the environment that a worker has, so that none ever starts more of them."""

A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class _Step:
    """The progress of a worker with its source: bytes read, records done."""

    consumed: int
    rows: int


class _Ticket(NamedTuple):
    """A request that a worker was given: its number among them all, and the alias of its source."""

    number: int
    source: str


_Request = BatchJob | Job[Any]
_Answer = Any  # what the request is answered with, or a ScrubberError
_Hear = Callable[[str, int, int], None]


class Crew:
    """The worker processes of a run, started as they are needed; a context that ends them.

    The key travels through the workers' pipes, never through a file. Raises: what the work raises,
    and IncompleteError ``worker-died``, or ``internal`` for an error that nobody foresaw.
    """

    def __init__(self, bench: Bench, workers: int) -> None:
        key = bench.key
        self._args = bench.planned, key.reveal_to_worker() if key is not None else None
        self._limit = workers
        self._processes: list[subprocess.Popen[bytes]] = []
        self._load: dict[Connection, deque[_Ticket]] = {}  # what each was given, oldest first
        self._given = 0

    def scrub(self, batches: Iterable[Batch]) -> Iterator[ScrubbedBatch]:
        """Scrub batches; results come in the order of the batches.

        At most two batches per worker are under way, so memory does not grow with the input.
        """
        done: dict[_Ticket, _Answer] = {}
        waiting: deque[_Ticket] = deque()

        def oldest() -> ScrubbedBatch:
            ticket = waiting.popleft()
            while ticket not in done:
                done.update(self._answers(_unheard))
            scrubbed: ScrubbedBatch = _good(done.pop(ticket))
            return scrubbed

        for batch in batches:
            waiting.append(self._give(BatchJob(batch), batch.ref.source))
            if len(waiting) >= _BATCHES * self._limit:
                yield oldest()
        while waiting:
            yield oldest()

    def answers(self, jobs: Iterable[Job[A]], hear: _Hear) -> Iterator[tuple[str, A]]:
        """The answers to `jobs` as they come, with the aliases of their sources.

        `hear` hears how far each source (by alias) is: bytes read, and records done.
        """
        under_way = 0
        for job in jobs:
            self._give(job, job.source.alias)
            under_way += 1
            while under_way >= (_HEAVY if job.heavy else _LIGHT) * self._limit:
                for ticket, answer in self._answers(hear):
                    under_way -= 1
                    yield ticket.source, _good(answer)
        while under_way:
            for ticket, answer in self._answers(hear):
                under_way -= 1
                yield ticket.source, _good(answer)

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """End the workers at once, whatever they are doing: they hold nothing that is needed."""
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.wait()
        for pipe in self._load:
            pipe.close()

    def _give(self, request: _Request, source: str) -> _Ticket:
        """Send the request to the worker that has the least to do."""
        idle = any(not load for load in self._load.values())
        if not idle and len(self._processes) < self._limit:
            self._start_one()
        pipe = min(self._load, key=lambda one: len(self._load[one]))
        self._send(pipe, request)
        ticket = _Ticket(self._given, source)
        self._load[pipe].append(ticket)
        self._given += 1
        return ticket

    def _answers(self, hear: _Hear) -> list[tuple[_Ticket, _Answer]]:
        """The requests that workers have answered by now, and their answers; it waits until a
        worker says something."""
        answers = []
        for pipe in wait([pipe for pipe, load in self._load.items() if load]):
            assert isinstance(pipe, Connection)
            try:
                said: _Answer | _Step = pipe.recv()
            except (EOFError, OSError):
                raise _worker_died() from None
            if isinstance(said, _Step):
                hear(self._load[pipe][0].source, said.consumed, said.rows)
            else:
                answers.append((self._load[pipe].popleft(), said))
        return answers

    def _start_one(self) -> None:
        if getattr(sys, "frozen", False) or _WORKER in os.environ:
            text = "this program is no Python interpreter, or a worker itself: it starts no workers"
            raise NotAvailable("workers-unavailable", text, hint="leave out the number of workers")
        ours, theirs = Pipe()
        path = json.dumps([place for place in sys.path if isinstance(place, str)])
        # Nothing is imported from the working folder (-P): data may lie there.
        flags = [*subprocess._args_from_interpreter_flags(), "-P"]  # type: ignore[attr-defined]
        words = [sys.executable, *flags, "-c", _PROGRAM, str(theirs.fileno()), path]
        with theirs, _interrupts_held():
            try:
                process = subprocess.Popen(
                    words,
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    env=_environment(self._args[0]),
                )
            except OSError:
                ours.close()
                raise _worker_died() from None
            self._processes.append(process)
            self._load[ours] = deque()
        self._send(ours, self._args)

    def _send(self, pipe: Connection, thing: object) -> None:
        try:
            pipe.send(thing)
        except OSError:
            raise _worker_died() from None


def _good(answer: _Answer) -> Any:
    if isinstance(answer, ScrubberError):
        raise answer
    return answer


def _unheard(source: str, consumed: int, rows: int) -> None:
    """Progress that nobody follows."""


def _worker_died() -> IncompleteError:
    return IncompleteError(
        "worker-died", "a worker process died", hint="perhaps out of memory: try fewer --workers"
    )


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """A process that is started in here never sees Ctrl-C: the parent decides what it means."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _environment(work: Work | None) -> dict[str, str]:
    """A worker computes in one thread, unless the user said otherwise: the workers together are as
    many threads as are wanted. The libraries ask when they are loaded. The key comes through the
    pipe, so a variable that holds it stays behind."""
    found = {**dict.fromkeys(_THREADS, "1"), **os.environ, _WORKER: "1"}
    key = work.plan.key if work is not None else None
    if key is not None and key.source is KeySource.ENV:
        found.pop(key.name, None)
    return found


def serve(handle: int) -> None:
    """The life of a worker: requests in, answers out, until the parent has gone."""
    leave_no_core()
    pipe = Connection(handle)
    try:
        work, secret = pipe.recv()
    except (EOFError, OSError):
        return
    requests: queue.SimpleQueue[_Request] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(pipe, requests), daemon=True).start()
    import pyarrow as pa

    collect_seldom()
    without_pandas()
    pa.set_cpu_count(1)
    bench = Bench(work, RootKey(secret) if secret is not None else None)
    del secret

    def send(said: _Answer | _Step) -> None:
        try:
            pipe.send(said)
        except OSError:
            os._exit(1)

    while True:
        send(_answer(bench, requests.get(), send))


def _answer(bench: Bench, request: _Request, send: Callable[[_Answer | _Step], None]) -> _Answer:
    try:
        return request.run(bench, lambda consumed, rows: send(_Step(consumed, rows)))
    except ScrubberError as error:
        return error
    except MemoryError:
        return out_of_memory()
    except BaseException as error:  # noqa: BLE001 - a panic of Polars, too; it may quote data
        text = f"internal error in a worker process: {type(error).__name__}"
        return IncompleteError("internal", text, hint="please report it")


def _receive(pipe: Connection, requests: queue.SimpleQueue[_Request]) -> None:
    """Take in requests while others are worked on, so that the parent never waits to send one."""
    while True:
        try:
            requests.put(pipe.recv())
        except (EOFError, OSError):
            os._exit(1)
