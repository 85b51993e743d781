"""The command line: rendering and exit codes, nothing else.

Exit codes: 0 pass, 1 a gate or test failed, 2 usage (command, rules, key, input), 3 needs review,
4 tampered, 5 incomplete run (interrupted, disk full; nothing was published).
"""

from __future__ import annotations

import io
import os
import signal
import sys
from typing import NoReturn

from scrubber.cli.interrupts import listen, stop_listening
from scrubber.errors import Interrupted, ScrubberError
from scrubber.startup.gc_tuning import collect_seldom
from scrubber.startup.no_core import leave_no_core


def main() -> NoReturn:
    """Run the command line and exit with its code; no third-party text reaches the terminal."""
    leave_no_core()
    collect_seldom()
    _open_streams()
    listen()
    # End like Unix tools if the reader closes the pipe.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        code = _command()
    except BaseException as error:  # noqa: BLE001 - its text may quote the data
        stop_listening()
        code = _explained(error)
    sys.exit(code)


def _command() -> int:
    from scrubber.cli.app import app

    code = app(prog_name="scrubber", standalone_mode=False)
    sys.stdout.flush()
    return code if isinstance(code, int) else 0


def _explained(error: BaseException) -> int:
    """Report the error and return the exit code."""
    from scrubber.cli.console import report_crash, report_error, report_interrupt, report_system

    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 0
    if isinstance(error, ScrubberError):
        return report_error(error)
    if isinstance(error, Interrupted):
        return report_interrupt()
    if isinstance(error, OSError):
        return report_system(error)
    if hasattr(error, "show") and hasattr(error, "exit_code"):  # wrong usage of the command line
        error.show()
        return int(error.exit_code)
    return report_crash(error)


def _open_streams() -> None:
    """Connect closed standard streams to the null device. Otherwise the next opened file would take
    their number, and messages for the terminal would be written into it."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number: this one
            setattr(sys, name, open(number, "r+", closefd=False))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        # Escape characters that the terminal's encoding lacks.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
