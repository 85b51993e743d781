"""No core dump of a process of our own: it would hold the key and the data."""

from __future__ import annotations

import contextlib
import ctypes
import sys

_PR_SET_DUMPABLE = 4


def leave_no_core() -> None:
    """From here on this process leaves no core file, nor can other processes of the user read its
    memory (on Linux; elsewhere the limit of core files is all there is).

    For processes of our own alone: a program that imports scrubber keeps its settings.
    """
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform.startswith("linux"):
        # A limit of 0 does not stop a kernel that hands cores to a program (core_pattern: |...).
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
