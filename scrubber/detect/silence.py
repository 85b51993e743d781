"""Keeping third-party libraries silent while they hold texts.

Presidio logs what it validates (an IBAN that fails is logged whole) and warns about its registry;
spaCy warns about models. None of it may reach a log or the terminal: what matters is raised as an
error of ours, without the text.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_LOGGERS = ("presidio-analyzer", "tldextract", "spacy", "stanza")
_HUSHED: ContextVar[bool] = ContextVar("scrubber_hushed", default=False)


class _Hush(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002
        return not _HUSHED.get()


_HUSH = _Hush()


@contextmanager
def hushed() -> Iterator[None]:
    """Within the block, the loggers of the detection libraries and Python's warnings say nothing.

    Records are dropped for this thread of execution alone: a program that uses Presidio beside
    scrubber keeps its logs. Only :func:`warnings.catch_warnings` is global for the time of the
    block.
    """
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_HUSH)  # adding the same filter again does nothing
    token = _HUSHED.set(True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        _HUSHED.reset(token)
