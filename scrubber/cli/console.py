"""Output channels: results on stdout, everything else on stderr, and one JSON envelope."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import traceback
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from scrubber._version import __version__
from scrubber.errors import IncompleteError, Problem, RuleError, ScrubberError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console
    from rich.text import Text


@dataclass(frozen=True, slots=True)
class Mode:
    """The output mode of the running command."""

    command: str = ""
    as_json: bool = False
    quiet: bool = False


_MODE: ContextVar[Mode] = ContextVar("mode", default=Mode())  # noqa: B039 - frozen


def begin(command: str, *, as_json: bool = False, quiet: bool = False) -> None:
    """Set the output mode of this process, errors included."""
    _MODE.set(Mode(command, as_json, quiet))


def as_json() -> bool:
    """True if stdout is reserved for the envelope."""
    return _MODE.get().as_json


def quiet() -> bool:
    """True if progress and summaries are suppressed."""
    return _MODE.get().quiet or as_json()


@cache
def stdout() -> Console:
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)


def watched() -> bool:
    """True if stdout itself is a terminal, so that only a person sees values of the data.

    rich treats a build log as a terminal if FORCE_COLOR or TTY_COMPATIBLE is set.
    """
    try:
        return sys.stdout.isatty()
    except (AttributeError, ValueError):
        return False


@cache
def stderr() -> Console:
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False, emoji=False)


class Answer(Protocol):
    """The result of a verb, as printed by commands."""

    @property
    def exit_code(self) -> int: ...

    def to_json(self) -> Any: ...


A = TypeVar("A", bound=Answer)


def answer(result: A, render: Callable[[A], None]) -> int:
    """Print the envelope of `result`, or render it for people. Return its exit code."""
    if as_json():
        return emit(result.to_json(), result.exit_code)
    render(result)
    return result.exit_code


def emit(data: Any, exit_code: int = 0) -> int:
    """Print the envelope ``{scrubber, command, exit_code, data}`` and return the exit code."""
    _print_json({"exit_code": exit_code, "data": data})
    return exit_code


def report_error(error: ScrubberError) -> int:
    """Report an error with code, place and hint, and return the exit code."""
    if as_json():
        _print_json({"exit_code": error.exit_code, "error": _error_json(error)})
    elif isinstance(error, RuleError):
        for problem in error.problems:
            stderr().print(_problem_text(problem), soft_wrap=True)
        stderr().print(f"error: {error.text}", style="bold red")
    else:
        stderr().print(f"error: {error}", style="bold red", soft_wrap=True)
    return error.exit_code


def report_interrupt() -> int:
    return report_error(IncompleteError("interrupted", "interrupted; nothing was published"))


def report_system(error: OSError) -> int:
    """Report a failure of the system in its own words; the text of the error would name paths.

    Errors of data files are translated where files are read and written.
    """
    with contextlib.suppress(OSError):  # buffered output for stdout cannot be written
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    text = os.strerror(error.errno) if error.errno else "the system refused"
    return report_error(IncompleteError("system", f"{text}; not everything was printed"))


def report_crash(error: BaseException) -> int:
    """Report an unexpected error: its type and our line, but not its text, which may quote the
    data."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if f"{Path(__file__).parents[1]}" in frame.filename]
    where = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    text = f"internal error: {type(error).__name__}{where}"
    return report_error(IncompleteError("internal", text, hint="please report it"))


def _problem_text(problem: Problem) -> Text:
    """The problem as in ``str``, with its place and code highlighted."""
    from rich.text import Text

    place, code = f"{problem.mark}", f"[{problem.code}]"
    rest = str(problem).removeprefix(f"{place} {code}")
    return Text.assemble((place, "bold"), " ", (code, "red"), rest)


def problem_json(problem: Problem) -> dict[str, Any]:
    mark = problem.mark
    return {
        "file": mark.file,
        "line": mark.line,
        "column": mark.column,
        "code": problem.code,
        "text": problem.text,
        "hint": problem.hint,
    }


def _error_json(error: ScrubberError) -> dict[str, Any]:
    body: dict[str, Any] = {"code": error.code, "text": error.text, "hint": error.hint}
    if error.place is not None:
        place = error.place
        body["place"] = {
            "file": place.file,
            "row": place.row,
            "line": place.line,
            "column": place.column,
            "field": place.field,
        }
    if isinstance(error, RuleError):
        body["problems"] = [problem_json(problem) for problem in error.problems]
    return body


def _print_json(body: dict[str, Any]) -> None:
    envelope = {"scrubber": __version__, "command": _MODE.get().command, **body}
    json.dump(envelope, sys.stdout, ensure_ascii=True, indent=2)
    sys.stdout.write("\n")
