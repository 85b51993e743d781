"""Ctrl-C and similar signals: raised at once, and remembered.

An exception raised by a signal can be lost: C code that calls back into Python (numpy and pyarrow
look up attributes) may clear it. So the request is remembered, and :func:`heed` raises it again at
the next batch.
"""

from __future__ import annotations

import signal
import threading
from typing import NoReturn

from scrubber.errors import Interrupted

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_requested = threading.Event()


def listen() -> None:
    """Raise Interrupted in the main thread for requests to stop, from now on."""
    for number in _SIGNALS:
        signal.signal(number, _interrupt)


def stop_listening() -> None:
    """Ignore further requests: the program is ending."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def heed() -> None:
    """Raise Interrupted if a request to stop was remembered."""
    if _requested.is_set():
        raise Interrupted


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    _requested.set()
    raise Interrupted
