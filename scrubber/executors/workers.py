"""Worker processes and their pipes.

The standard library's pool shares its queues and locks among workers: one that dies while sending a
result blocks the others, and the parent, forever. Here each worker has its own pipe, and a broken
pipe is the whole protocol of ending: workers notice that the parent is gone, and the parent notices
that a worker is gone.

The standard library's processes would also import the starting program again, so a script without a
main guard would start itself again; and daemonic processes cannot have children. A worker here is
an interpreter that imports this module and nothing of the program.
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
"""Maximum number of batches, heavy jobs and light jobs in flight per worker."""

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")

_PROGRAM: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[2]); "
    "from scrubber.executors.workers import serve; serve(int(sys.argv[1]))"
)
_WORKER: Final = "SCRUBBER_WORKER"
"""The environment variable of workers, so that they never start further workers."""

A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class _Step:
    """The progress of a worker with its source: bytes read, records done."""

    consumed: int
    rows: int


class _Ticket(NamedTuple):
    """A request given to a worker: its overall number, and the alias of its source."""

    number: int
    source: str


_Request = BatchJob | Job[Any]
_Answer = Any  # the answer to a request, or a ScrubberError
_Hear = Callable[[str, int, int], None]


class Crew:
    """The worker processes of a run, started as needed; leaving the context ends them.

    The key travels through the workers' pipes, never through a file.

    Raises: the errors of the work; IncompleteError ``worker-died``, or ``internal`` for an
    unexpected error.
    """

    def __init__(self, bench: Bench, workers: int) -> None:
        key = bench.key
        self._args = bench.planned, key.reveal_to_worker() if key is not None else None
        self._limit = workers
        self._processes: list[subprocess.Popen[bytes]] = []
        # The requests given to each, oldest first.
        self._load: dict[Connection, deque[_Ticket]] = {}
        self._given = 0

    def scrub(self, batches: Iterable[Batch]) -> Iterator[ScrubbedBatch]:
        """Scrub batches; results come in the order of the batches.

        At most two batches per worker are in flight, so memory does not grow with the input.
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
        """The answers to `jobs` as they arrive, with the aliases of their sources.

        `hear` receives the progress of each source (by alias): bytes read, and records done.
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
        """Kill the workers at once, whatever they do: they hold nothing needed."""
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.wait()
        for pipe in self._load:
            pipe.close()

    def _give(self, request: _Request, source: str) -> _Ticket:
        """Send the request to the least loaded worker."""
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
        """Wait for the next answers, and return them with their requests."""
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
        # Nothing is imported from the working folder (-P), since it may hold data.
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
    """Ignore progress."""


def _worker_died() -> IncompleteError:
    return IncompleteError(
        "worker-died", "a worker process died", hint="perhaps out of memory: try fewer --workers"
    )


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Processes started in this context never see Ctrl-C: the parent handles it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _environment(work: Work | None) -> dict[str, str]:
    """The environment of a worker.

    A worker computes in one thread unless the user set otherwise, since workers replace threads;
    the libraries read this when loaded. The key arrives through the pipe, so its variable is
    removed.
    """
    found = {**dict.fromkeys(_THREADS, "1"), **os.environ, _WORKER: "1"}
    key = work.plan.key if work is not None else None
    if key is not None and key.source is KeySource.ENV:
        found.pop(key.name, None)
    return found


def serve(handle: int) -> None:
    """Serve requests of the parent until it is gone."""
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
    """Receive requests while others are processed, so that the parent never waits to send one."""
    while True:
        try:
            requests.put(pipe.recv())
        except (EOFError, OSError):
            os._exit(1)
