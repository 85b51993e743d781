"""Reading, writing and digesting in parallel with scrubbing, each in its own thread.

This work of Arrow and OpenSSL releases the interpreter lock, so it uses a second core. Operations
and their order stay the same. A process limited to one core (a worker of a crew: see pyarrow's
cpu_count) uses no threads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, partial
from queue import SimpleQueue
from typing import Final, NamedTuple, TypeVar

import pyarrow as pa

T = TypeVar("T")

LARGE: Final = 2**25
"""Bytes of an item above which no other item is held."""


class _End(NamedTuple):
    """The end of the items, caused by this error, if any."""

    error: BaseException | None


@contextmanager
def read_ahead(items: Iterable[T], size: Callable[[T], int]) -> Iterator[Iterable[T]]:
    """The items, preparing the next one while one is in use; `size` returns an item's bytes.
    Nothing is prepared beside a large item.

    Raises: the errors of `items`, at their position. Leaving the context waits for the item in
    preparation.
    """
    if pa.cpu_count() == 1:
        yield items
        return
    made: SimpleQueue[T | _End] = SimpleQueue()
    wanted = threading.Semaphore(1)
    left = threading.Event()

    def make() -> None:
        error: BaseException | None = None
        try:
            for item in _each(items, wanted, left):
                made.put(item)
                del item
        except BaseException as raised:  # noqa: BLE001 - raised again where it is waited for
            error = raised
        made.put(_End(error))

    def taken() -> Iterator[T]:
        while not isinstance(item := made.get(), _End):
            large = size(item) > LARGE
            if not large:
                wanted.release()
            yield item
            del item
            if large:
                wanted.release()
        if item.error is not None:
            raise item.error

    reader = threading.Thread(target=make, name="read-ahead", daemon=True)
    reader.start()
    try:
        yield taken()
    finally:
        left.set()
        wanted.release()
        reader.join()


def _each(items: Iterable[T], wanted: threading.Semaphore, left: threading.Event) -> Iterator[T]:
    """The items one by one, each on demand, until they are abandoned."""
    source = iter(items)
    while True:
        wanted.acquire()
        if left.is_set():
            return
        try:
            yield next(source)
        except StopIteration:
            return


@contextmanager
def beside(work: Callable[[threading.Event], T]) -> Iterator[Callable[[], T]]:
    """Start `work` in a thread, and return a function that waits for its result. Without threads,
    the work is done on the first call.

    Raises: the errors of `work`, on waiting. Leaving the context sets the event, which tells `work`
    that its result is not needed.
    """
    left = threading.Event()
    if pa.cpu_count() == 1:
        yield cache(partial(work, left))
        return
    with ThreadPoolExecutor(1, "beside") as pool:
        done = pool.submit(work, left)
        try:
            yield done.result
        finally:
            left.set()


@contextmanager
def write_behind(write: Callable[[pa.Table], None]) -> Iterator[Callable[[pa.Table], None]]:
    """A function that writes tables in the background, one at a time; large ones are written before
    it returns.

    Raises: the errors of `write`, at the next table or on leaving. Leaving waits for pending
    tables.
    """
    if pa.cpu_count() == 1:
        yield write
        return
    given: SimpleQueue[pa.Table | None] = SimpleQueue()
    free = threading.Semaphore(1)
    failed: list[BaseException] = []

    def work() -> None:
        while (table := given.get()) is not None:
            try:
                write(table)
            except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
                failed.append(error)
            del table
            free.release()

    def wait() -> None:
        free.acquire()
        if failed:
            free.release()
            raise failed[0]

    def put(table: pa.Table) -> None:
        wait()
        large = table.nbytes > LARGE
        given.put(table)
        del table
        if large:
            wait()
            free.release()

    writer = threading.Thread(target=work, name="write-behind", daemon=True)
    writer.start()
    try:
        yield put
        wait()
    finally:
        given.put(None)
        writer.join()
