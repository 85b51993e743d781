"""Parallel work on the blocks of a source, with results in order.

It pays off for work that releases the interpreter lock, as Arrow's does. A process limited to one
core (a worker of a crew: see pyarrow's cpu_count) uses no threads.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

import pyarrow as pa

from scrubber.formats.base import CHUNK_BYTES
from scrubber.formats.io.stream import Block

S = TypeVar("S")
T = TypeVar("T")

_MOST: Final = 4
"""Maximum number of threads: each holds a block and its result."""


def abreast(
    items: Iterable[S], block_of: Callable[[S], Block], work: Callable[[S], Callable[[], T]]
) -> Iterator[tuple[S, T]]:
    """The items, and the results of the functions that `work` returns for them.

    `work` is called here and in order, some items ahead; its result is called in a thread. A block
    with a large record is processed alone.

    Raises: the errors of `items` and of the work, after the results of all earlier items.
    """
    threads = min(pa.cpu_count(), _MOST)
    if threads == 1:
        for item in items:
            yield item, work(item)()
        return
    under_way: deque[tuple[S, Future[T]]] = deque()
    failed: list[Exception] = []

    def done(left: int) -> Iterator[tuple[S, T]]:
        while len(under_way) > left:
            item, result = under_way.popleft()
            yield item, result.result()

    with ThreadPoolExecutor(threads, "abreast") as pool:
        for item in _before_failure(items, failed):
            large = block_of(item).size > 2 * CHUNK_BYTES
            if large:
                yield from done(0)
            under_way.append((item, pool.submit(work(item))))
            yield from done(0 if large else threads)
        yield from done(0)
    if failed:
        raise failed[0]


def _before_failure(items: Iterable[S], failed: list[Exception]) -> Iterator[S]:
    """The items up to the first failure, if any, which is added to `failed`."""
    try:
        yield from items
    except Exception as error:  # noqa: BLE001 - raised again when those before are done
        failed.append(error)
