"""Every error that scrubber raises on purpose.

    ScrubberError                exit 2   a code, a place and a hint; never a value of the data
    ├─ RuleError                exit 2   every problem of a rule file, all at once
    ├─ KeyFault                 exit 2   a key is missing, too short, or readable by others
    ├─ InputError               exit 2   a source cannot be read or is not what it says
    ├─ OutputError              exit 2   the output exists, lies in the input, cannot be written
    ├─ NotAvailable             exit 2   asked for something that is not built or not installed
    ├─ DetectionError           exit 2   a text could not be looked at
    ├─ TransformError           exit 2   a value could not be transformed
    ├─ ConservationError        exit 2   rows in != rows out + dropped + quarantined
    ├─ GateError                exit 1   the run worked, its result is not good enough
    ├─ TamperedError            exit 4   an output is not what its manifest says
    └─ IncompleteError          exit 5   the run was cut short; nothing was published

What a third-party library says about a failure may quote the data, so its text is never
repeated, and errors are raised ``from None``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_NAME_LIMIT = 120


def printable(name: str) -> str:
    r"""`name` with control, format (bidi), surrogate and line-separator characters escaped.

    Field and file names come from outside: they must not move the cursor, colour the terminal or
    reverse the text. Names over 120 code points are cut.

    >>> printable("a\x1b[31mb")
    'a\\x1b[31mb'
    >>> printable("caf\u00e9 \u202etxt")
    'café \\u202etxt'
    """
    out = []
    for ch in name[:_NAME_LIMIT]:
        if unicodedata.category(ch) in _UNSAFE_CATEGORIES:
            code = ord(ch)
            out.append(f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")
        else:
            out.append(ch)
    return "".join(out) + ("…" if len(name) > _NAME_LIMIT else "")


def how_to_install(extra: str) -> str:
    """The hint for an extra that is missing: the distribution is in no index, so never its name."""
    return f"in the checkout: pip install '.[{extra}]'"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the data: `file` is the name the user gave, `row` counts data records from 1,
    `line` counts lines of the file from 1, `column` code points of that line from 1, `field` is a
    path such as ``messages[].content``."""

    file: str | None = None
    row: int | None = None
    field: str | None = None
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = []
        if self.file is not None:
            parts.append(printable(self.file))
        if self.line is not None:
            column = f" column {self.column}" if self.column is not None else ""
            parts.append(f"line {self.line}{column}")
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.field is not None:
            parts.append(f"field {printable(self.field)}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a rule file; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{printable(self.file)}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong with a rule file. `text` may quote the rule file, never the data."""

    mark: Mark
    code: str
    text: str
    hint: str = ""

    def __str__(self) -> str:
        tail = f", {self.hint}" if self.hint else ""
        return f"{self.mark} [{self.code}] {self.text}{tail}"


class ScrubberError(Exception):
    """A failure with a stable `code`, a `place` in the data and a `hint` what to do.

    The message never holds a value of the data.
    """

    exit_code = 2

    def __init__(self, code: str, text: str, *, place: Place | None = None, hint: str = "") -> None:
        super().__init__(code, text, place, hint)
        self.code = code
        self.text = text
        self.place = place
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions cross process boundaries; keyword-only arguments need help to do so.
        return (_rebuild, (type(self), self.code, self.text, self.place, self.hint))

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place is not None and str(self.place) else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}[{self.code}] {self.text}{hint}"


def _rebuild(
    kind: type[ScrubberError], code: str, text: str, place: Place | None, hint: str
) -> ScrubberError:
    return kind(code, text, place=place, hint=hint)


class RuleError(ScrubberError):
    """A rule file, or another `file` that people write, that cannot be used; `problems` is never
    empty and is sorted by place."""

    def __init__(self, problems: Sequence[Problem], file: str = "rule file") -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        self._file = file
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        super().__init__("rules", f"{count} {noun} in the {file}")

    def __reduce__(self) -> tuple[object, ...]:
        return (RuleError, (self.problems, self._file))

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class KeyFault(ScrubberError):
    """A key is missing, malformed, too short, or its file can be read by others."""


class InputError(ScrubberError):
    """A source cannot be read, or is not what its name says."""


class OutputError(ScrubberError):
    """The output folder exists already, lies inside the input, or cannot be written."""


class NotAvailable(ScrubberError):
    """Something was asked for that is not built yet or whose extra is not installed."""


class DetectionError(ScrubberError):
    """A text could not be looked at (a recognizer failed or ran out of time).

    `index` is its number among the texts that were given, where no more of them was looked at.
    """

    def __init__(
        self,
        code: str,
        text: str,
        *,
        place: Place | None = None,
        hint: str = "",
        index: int | None = None,
    ) -> None:
        super().__init__(code, text, place=place, hint=hint)
        self.index = index

    def at(self, place: Place) -> DetectionError:
        """The same with the place of the text."""
        return DetectionError(self.code, self.text, place=place, hint=self.hint)


class TransformError(ScrubberError):
    """A value could not be transformed and `on_error` is ``fail``."""


class ConservationError(ScrubberError):
    """Rows in are not rows out plus dropped plus quarantined: rows were lost."""


class GateError(ScrubberError):
    """The run worked, but its result does not pass a gate or a test of the rule file."""

    exit_code = 1


class TamperedError(ScrubberError):
    """An output or a manifest is not what the manifest says."""

    exit_code = 4


class IncompleteError(ScrubberError):
    """The run was cut short (interrupted, disk full); nothing was published."""

    exit_code = 5


class Interrupted(BaseException):
    """A request to stop: Ctrl-C, SIGTERM, or a terminal that has gone. Not a KeyboardInterrupt,
    which typer would turn into an exit code of its own."""


RESUMED: Final[tuple[type[BaseException], ...]] = (
    IncompleteError,
    InputError,
    OutputError,
    TransformError,
    DetectionError,
    Interrupted,
    KeyboardInterrupt,
    SystemExit,
    MemoryError,
)
"""Errors whose cause lies outside of the run. Its finished parts stay, and the same command takes
them up once the cause is gone."""


def out_of_memory() -> IncompleteError:
    """The error for want of memory, wherever it shows."""
    return IncompleteError(
        "out-of-memory", "there is not enough memory", hint="try fewer --workers, or more memory"
    )
