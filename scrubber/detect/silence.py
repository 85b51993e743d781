"""Keeping third-party libraries silent while they hold texts.

Presidio logs what it validates (an IBAN that fails is logged whole) and warns about its registry;
spaCy warns about models. None of it may reach a log or the terminal: what matters is raised as an
error of ours, without the text.
"""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_LOGGERS = ("presidio-analyzer", "tldextract", "spacy", "stanza")
_HUSHED: ContextVar[bool] = ContextVar("scrubber_hushed", default=False)


class _Hush(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002
        return not _HUSHED.get()


class _NoWarnings:
    """Silence that several threads share: the first one saves Python's filters, and the last one
    restores them. Each by itself would restore what another had set."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._filters = warnings.catch_warnings()

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._filters = warnings.catch_warnings()
                self._filters.__enter__()
                warnings.simplefilter("ignore")
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._filters.__exit__(None, None, None)


_HUSH = _Hush()
_NO_WARNINGS = _NoWarnings()


@contextmanager
def hushed() -> Iterator[None]:
    """Within the block, the loggers of the detection libraries and Python's warnings say nothing.

    Records are dropped for this thread of execution alone: a program that uses Presidio beside
    scrubber keeps its logs. Warnings are silent in all threads for the time of the block.
    """
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_HUSH)  # adding the same filter again does nothing
    token = _HUSHED.set(True)
    try:
        with _NO_WARNINGS:
            yield
    finally:
        _HUSHED.reset(token)
