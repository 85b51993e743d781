"""Ctrl-C and its like: raised where the program stands, and remembered.

An exception that a signal raises can be lost: C code between two of our lines that asks Python
something (numpy and pyarrow look attributes up so) may clear whatever comes back. So the request
is remembered as well, and :func:`heed` raises it again at the next batch.
"""

from __future__ import annotations

import signal
import threading
from typing import NoReturn

from scrubber.errors import Interrupted

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_requested = threading.Event()


def listen() -> None:
    """From here on a request to stop raises Interrupted in the main thread."""
    for number in _SIGNALS:
        signal.signal(number, _interrupt)


def stop_listening() -> None:
    """The program is ending: further requests change nothing."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def heed() -> None:
    """Raise Interrupted if a request to stop has come before."""
    if _requested.is_set():
        raise Interrupted


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    _requested.set()
    raise Interrupted
