"""Where batches are scrubbed: in this process or in worker processes. Same bytes either way."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from multiprocessing.connection import Connection, wait

from scrubber.engine.detectors import detector_for
from scrubber.engine.scrub import ScrubbedBatch, Tools, scrub_batch
from scrubber.errors import IncompleteError
from scrubber.model.batch import Batch
from scrubber.policy.plan import Plan
from scrubber.transform.keys import RootKey


def tools_for(plan: Plan, key: RootKey | None) -> Tools:
    """The key and the detector that `plan` needs; built once per process."""
    return Tools(key, detector_for(plan.detect) if plan.detect is not None else None)


def in_process(
    plan: Plan, key: RootKey | None, batches: Iterable[Batch]
) -> Generator[ScrubbedBatch, None, None]:
    """Scrub one batch after the other, in order."""
    tools = tools_for(plan, key)
    for batch in batches:
        yield scrub_batch(plan, batch, tools)


def in_workers(
    plan: Plan, key: RootKey | None, batches: Iterable[Batch], workers: int
) -> Generator[ScrubbedBatch, None, None]:
    """Scrub batches in `workers` processes; results come in the order of the batches.

    At most two batches per worker are under way, so memory does not grow with the input. The key
    travels through the workers' pipe, never through a file. Errors: what scrub_batch raises, and
    IncompleteError ``worker-died``, or ``internal`` for an error that nobody foresaw.
    """
    crew = _Crew(plan, key, workers)
    try:
        for batch in batches:
            crew.give(batch)
            if crew.under_way >= 2 * workers:
                yield crew.next_result()
        while crew.under_way:
            yield crew.next_result()
    except (EOFError, OSError) as error:
        if not crew.has_lost(error):
            raise
        raise IncompleteError(
            "worker-died", "a worker process died", hint="out of memory? try fewer --workers"
        ) from None
    finally:
        crew.dismiss()


def execute(
    plan: Plan, key: RootKey | None, batches: Iterable[Batch], workers: int
) -> closing[Generator[ScrubbedBatch, None, None]]:
    """The scrubbed batches in order, as a context that stops the workers when it is left."""
    one = workers <= 1
    return closing(
        in_process(plan, key, batches) if one else in_workers(plan, key, batches, workers)
    )


class _Worker:
    """What a worker process holds for its lifetime."""

    plan: Plan
    key: RootKey | None
    tools: Tools | None = None


def _start(plan: Plan, secret: bytes | None, leash: Connection) -> None:
    threading.Thread(target=_end_with, args=(leash,), daemon=True).start()
    import pyarrow as pa

    pa.set_cpu_count(1)
    _Worker.plan = plan
    _Worker.key = RootKey(secret) if secret is not None else None


def _end_with(leash: Connection) -> None:
    wait([leash])  # nothing is ever sent: it is readable when the other end is closed
    os._exit(1)


def _work(batch: Batch) -> ScrubbedBatch:
    if _Worker.tools is None:  # here, so that what fails reaches the parent as an error
        _Worker.tools = tools_for(_Worker.plan, _Worker.key)
    return scrub_batch(_Worker.plan, batch, _Worker.tools)
