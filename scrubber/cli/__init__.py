"""The command line: rendering and exit codes, nothing else.

Exit codes: 0 pass, 1 a gate or test failed, 2 usage (command, rules, key, input), 3 needs review,
4 tampered, 5 incomplete run (interrupted, disk full; nothing was published).
"""

from __future__ import annotations

import signal
import sys
from typing import NoReturn

EXIT_INCOMPLETE = 5


def main() -> NoReturn:
    """Run the command line and exit with its code; no third-party text reaches the terminal."""
    import typer

    from scrubber.cli.app import app
    from scrubber.cli.console import report_crash, report_error, report_interrupt
    from scrubber.errors import ScrubberError

    signal.signal(signal.SIGTERM, _interrupt)
    try:
        code = app(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except ScrubberError as error:
        sys.exit(report_error(error))
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(report_interrupt())
    except BrokenPipeError:
        sys.stderr.close()  # the reader of a pipe has gone: nobody is left to tell
        sys.exit(EXIT_INCOMPLETE)
    except Exception as error:  # noqa: BLE001 - its text may quote the data
        if hasattr(error, "show") and hasattr(error, "exit_code"):  # wrong use of the command line
            error.show()
            sys.exit(error.exit_code)
        sys.exit(report_crash(error))


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
