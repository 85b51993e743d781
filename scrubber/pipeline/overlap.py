"""Reading, writing and digesting beside the scrubbing of a source, each in a thread of its own.

That is work of Arrow and of OpenSSL, which leaves the interpreter to others, so that a second core
is used. What is done, and in which order, stays the same. Where a process may use one core only (a
worker of a crew: see pyarrow's cpu_count) there are no threads.
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
"""Bytes of an item that no other is to be held beside."""


class _End(NamedTuple):
    """Nothing more comes, because of this error if there is one."""

    error: BaseException | None


@contextmanager
def read_ahead(items: Iterable[T], size: Callable[[T], int]) -> Iterator[Iterable[T]]:
    """The items, of which the next one is made while one is in use; `size` tells an item's bytes.

    Beside a large item none is made. Raises: those of `items`, in their place among the items. On
    leaving, what is being made is waited for, and nothing more is.
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
    """The items one by one, each when it is wanted, until they are left."""
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
    """A function that waits for what `work` gives, which is done meanwhile; without threads when it
    is first asked for.

    Raises: those of `work`, where it is waited for. On leaving, the event tells `work` that nobody
    waits any more.
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
    """A function that hands a table on to be written, once the one before is; the bytes of a large
    one are written when it returns.

    Raises: those of `write`, at the next table or on leaving. Leaving waits for what was handed on.
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
