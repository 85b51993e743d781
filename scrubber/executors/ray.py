"""Execution on a Ray cluster, scheduled by Ray Data; the only importer of ray.

Workers read sources and write parts themselves, on shared storage. Only counts and, with
``privacy:``, labels of quasi-identifiers pass through Ray, and they are sealed. The key never
passes: each worker resolves it from its reference. Errors return as results, so that Ray neither
logs them nor retries lasting failures; it retries only after a lost worker.
"""

from __future__ import annotations

import logging
import os
import socket
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeVar

import pyarrow as pa

from scrubber.errors import (
    IncompleteError,
    NotAvailable,
    Place,
    ScrubberError,
    how_to_install,
    out_of_memory,
)
from scrubber.executors.base import Answers, Hear, InProcess, worth_sending
from scrubber.executors.jobs import Job
from scrubber.executors.sealed import (
    Envelope,
    Seal,
    Slips,
    answer_of,
    fault,
    lost,
    request_of,
)
from scrubber.formats import Source
from scrubber.pipeline.source import Bench

_ATTEMPTS: Final = 3
"""Maximum number of starts of a job whose worker is lost, since the job itself may exhaust the
memory."""
_BLOCKS: Final = 4096
"""Maximum number of blocks of jobs: Ray's bookkeeping grows with them."""
_KNOCK_SECONDS: Final = 10

A = TypeVar("A")


class Ray:
    """Ray's workers: `workers` of them, or one for each CPU of the cluster at `address`.

    Without an address, this is the cluster that the program is connected to, or the one in
    RAY_ADDRESS, or else a local one for the duration of the run.

    Raises: NotAvailable ``extra-missing``.
    """

    def __init__(self, workers: int | None, address: str | None) -> None:
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # no telemetry
        try:
            import ray.data  # noqa: F401
        except ImportError:
            raise NotAvailable(
                "extra-missing", "ray is not installed", hint=how_to_install("ray")
            ) from None
        self.workers = workers or 1
        self._wanted, self._address = workers, address
        self._ours = False

    def answers(self, bench: Bench, jobs: Sequence[Job[A]], hear: Hear) -> Answers[A]:
        """As Executor.answers; progress is reported for finished jobs only.

        Raises: the errors of the jobs; KeyFault ``key-by-value`` if the key differs from the plan's
        reference; OutputError ``storage-not-shared``; NotAvailable ``no-cluster``; IncompleteError
        ``worker-died`` for a job that lost its worker repeatedly.
        """
        if not any(job.heavy for job in jobs) and not worth_sending(jobs):
            yield from InProcess().answers(bench, jobs, hear)
            return
        dealt = _dealt(jobs)
        slips = Slips(dealt)
        seal = Seal.of(bench.key)
        envelope = Envelope.around(bench, slips.schemas, seal)
        self._connect()
        for number, raw in self._spread(envelope, slips.sealed(seal)):
            answer = answer_of(raw, seal)
            if isinstance(answer, ScrubberError):
                raise answer
            yield dealt[number].source.alias, answer

    def close(self) -> None:
        """Disconnect, if the connection was made here."""
        import ray

        if self._ours:
            ray.shutdown()
            self._ours = False

    def _connect(self) -> None:
        """Connect to a cluster, unless connected."""
        import ray

        logging.getLogger("ray.data").setLevel(logging.ERROR)
        if not ray.is_initialized():
            # Ray's log lines name paths and addresses, and go to the terminal.
            os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
            here = self._address is None and not os.environ.get("RAY_ADDRESS")
            options = {"num_cpus": self._wanted, "include_dashboard": False} if here else {}
            try:
                _knock(self._address)
                ray.init(self._address, log_to_driver=False, logging_level=logging.ERROR, **options)
            except Exception:  # noqa: BLE001 - as an address can be wrong in many ways
                raise NotAvailable(
                    "no-cluster",
                    "no Ray cluster answers at this address",
                    hint="that of ray start, such as 10.0.0.1:6379, or auto on one of its nodes",
                ) from None
            self._ours = True
        self.workers = self._wanted or max(1, int(ray.cluster_resources().get("CPU", 1)))

    def _spread(self, envelope: Envelope, slips: Sequence[bytes]) -> Iterator[tuple[int, bytes]]:
        """The sealed answers to the slips, as they arrive."""
        import ray
        import ray.data

        blocks = min(len(slips), _BLOCKS)
        rows = [{"number": number, "slip": slip} for number, slip in enumerate(slips)]
        ray.data.DataContext.get_current().enable_progress_bars = False
        try:
            attempts = ray.remote(num_cpus=0)(Attempts).remote()
            answers = ray.data.from_items(rows, override_num_blocks=blocks).map(
                _Worker,
                fn_constructor_args=(envelope, attempts),
                compute=ray.data.ActorPoolStrategy(size=min(self.workers, blocks)),
                num_cpus=1,
            )
            for row in answers.iter_rows():
                yield row["number"], row["answer"]
        except Exception:  # noqa: BLE001 - workers answer with their errors: this is Ray's own
            raise lost("workers of the Ray cluster were lost") from None


def _dealt(jobs: Sequence[Job[A]]) -> list[Job[A]]:
    """Order the jobs so that Ray's blocks are of similar size."""
    ordered = sorted(jobs, key=lambda job: (-job.size, job.source.alias))
    blocks = min(len(ordered), _BLOCKS)
    return [job for first in range(blocks) for job in ordered[first::blocks]]


def _knock(address: str | None) -> None:
    """Check that the address answers, since Ray itself would wait for minutes.

    Raises: OSError.
    """
    host, _, port = (address or "").rpartition(":")
    if port.isdigit() and "/" not in host:
        socket.create_connection((host.strip("[]"), int(port)), _KNOCK_SECONDS).close()


class Attempts:
    """An actor that counts the starts of each slip: Ray Data would endlessly retry one that always
    loses its worker, such as for lack of memory."""

    def __init__(self) -> None:
        self._begun: Counter[int] = Counter()

    def begin(self, number: int) -> int:
        """The number of starts, including this one."""
        self._begun[number] += 1
        return self._begun[number]


class _Worker:
    """Ray Data's callable for each row; one object lives in each worker process."""

    def __init__(self, envelope: Envelope, attempts: Any) -> None:
        self._envelope, self._attempts = envelope, attempts
        self._opened: tuple[Bench, tuple[pa.Schema, ...], Seal] | None = None
        pa.set_cpu_count(1)

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        import ray

        answer: Any
        try:
            self._opened = self._opened or self._envelope.opened()
            bench, schemas, seal = self._opened
            request = request_of(row["slip"], schemas, seal)
            refuse_again(ray.get(self._attempts.begin.remote(row["number"])), request.source)
            answer = request.run(bench, _unheard)
        except ScrubberError as error:
            answer = error
        except MemoryError:
            answer = out_of_memory()
        except (SystemExit, KeyboardInterrupt):  # Ray's way to end a worker
            raise
        except BaseException as error:  # noqa: BLE001 - it may quote data, and Ray would log it
            text = f"internal error in a worker: {type(error).__name__}"
            answer = IncompleteError("internal", text, hint="please report it")
        said = self._opened[2].close(answer) if self._opened is not None else fault(answer)
        return {"number": row["number"], "answer": said}


def refuse_again(attempt: int, source: Source) -> None:
    """Give up a job that has lost too many workers.

    Raises: IncompleteError ``worker-died``.
    """
    if attempt > _ATTEMPTS:
        text = "workers were lost each time that they worked on it"
        raise lost(text, Place(file=source.alias))


def _unheard(consumed: int, rows: int) -> None:
    """Ignore progress within a source."""
