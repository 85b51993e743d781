"""Reading and writing beside the scrubbing of a source, each in a thread of its own.

Both are Arrow's work, which leaves the interpreter to others, so that a second core is used. What is
done, and in which order, does not change. At most one item more is read, and one more is held for
writing; where an item is large there is none beside it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Final, TypeVar

T = TypeVar("T")

LARGE: Final = 2**25
"""Bytes of an item that nothing else is to be held beside."""


class _Raised:
    """What ended the other thread; None where nothing is left."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def has_spare_core() -> bool:
    """Whether this process may use more than one core."""
    return len(os.sched_getaffinity(0)) > 1


@contextmanager
def read_ahead(items: Iterable[T], size: Callable[[T], int]) -> Iterator[Iterator[T]]:
    """The items, of which the next one is made while one is in use. `size` tells an item's bytes.

    Errors: those of `items`, when their turn has come. On leaving, nothing is read any more.
    """
    made: SimpleQueue[T | _Raised] = SimpleQueue()
    wanted = threading.Semaphore(1)
    left = threading.Event()

    def make() -> None:
        try:
            source = iter(items)
            while True:
                wanted.acquire()
                if left.is_set():
                    return
                made.put(next(source))
        except StopIteration:
            made.put(_Raised(None))
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            made.put(_Raised(error))

    def taken() -> Iterator[T]:
        while not isinstance(item := made.get(), _Raised):
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


@contextmanager
def write_behind(write: Callable[[T], None], size: Callable[[T], int]) -> Iterator[Callable[[T], None]]:
    """A function that hands an item on to be written, and waits for the one before to be.

    Errors: those of `write`, at the next item or on leaving. Leaving waits for the last item; with an
    error nothing that was not begun is written.
    """
    given: SimpleQueue[T | None] = SimpleQueue()
    free = threading.Semaphore(1)
    failed: list[BaseException] = []

    def work() -> None:
        while (item := given.get()) is not None:
            try:
                write(item)
            except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
                failed.append(error)
            del item
            free.release()

    def put(item: T) -> None:
        wait()
        given.put(item)
        if size(item) <= LARGE:
            return
        del item
        wait()
        free.release()

    def wait() -> None:
        free.acquire()
        if failed:
            free.release()
            raise failed[0]

    writer = threading.Thread(target=work, name="write-behind", daemon=True)
    writer.start()
    try:
        yield put
        wait()
    finally:
        given.put(None)
        writer.join()
