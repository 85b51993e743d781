"""The command line within the process of a test."""

from __future__ import annotations

import typer

from scrubber.cli.app import app
from scrubber.errors import ScrubberError


def call(*words: object) -> int:
    """The exit code of a command, as ``main`` returns it. Its error is printed."""
    try:
        code = app([str(word) for word in words], prog_name="scrubber", standalone_mode=False)
    except ScrubberError as error:
        print(error)
        return error.exit_code
    except typer.BadParameter as error:
        print(error.format_message())
        return error.exit_code
    return code if isinstance(code, int) else 0
