"""All errors that scrubber raises on purpose.

    ScrubberError                exit 2   a code, a place and a hint; never a value of the data
    ├─ RuleError                exit 2   all problems of a rule file at once
    ├─ KeyFault                 exit 2   a key is missing, too short, or readable by others
    ├─ InputError               exit 2   a source is unreadable or malformed
    ├─ OutputError              exit 2   the output exists, lies in the input, cannot be written
    ├─ NotAvailable             exit 2   a feature that is not built or not installed
    ├─ DetectionError           exit 2   a text could not be scanned
    ├─ TransformError           exit 2   a value could not be transformed
    ├─ ConservationError        exit 2   records in != records out + dropped + quarantined
    ├─ GateError                exit 1   the run worked, but its result failed a gate
    ├─ TamperedError            exit 4   an output does not match its manifest
    └─ IncompleteError          exit 5   the run ended early; nothing was published

Error texts of third-party libraries may quote the data, so they are never repeated, and errors are
raised ``from None``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_NAME_LIMIT = 120


def printable(name: str) -> str:
    r"""Return `name` with control, format (bidi), surrogate and line-separator characters escaped.

    Field and file names come from outside: they must not move the cursor, color the terminal or
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
    """The hint for a missing extra. It names no distribution, since scrubber is in no package
    index."""
    return f"in the checkout: pip install '.[{extra}]'"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the data.

    `file` is the name given by the user, `row` counts records from 1, `line` counts lines of the
    file from 1, `column` counts code points of that line from 1, and `field` is a path such as
    ``messages[].content``.
    """

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
    """A place in a rule file; lines and columns count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{printable(self.file)}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A problem in a rule file. `text` may quote the rule file, never the data."""

    mark: Mark
    code: str
    text: str
    hint: str = ""

    def __str__(self) -> str:
        tail = f", {self.hint}" if self.hint else ""
        return f"{self.mark} [{self.code}] {self.text}{tail}"


class ScrubberError(Exception):
    """A failure with a stable `code`, a `place` in the data and a `hint` for the user.

    The message never contains a value of the data.
    """

    exit_code = 2

    def __init__(self, code: str, text: str, *, place: Place | None = None, hint: str = "") -> None:
        super().__init__(code, text, place, hint)
        self.code = code
        self.text = text
        self.place = place
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions cross process boundaries, and pickle cannot restore keyword-only arguments
        # itself.
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
    """An invalid rule file, or another invalid `file` written by people. `problems` is never empty
    and is sorted by place."""

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
    """A key is missing, malformed, too short, or readable by others."""


class InputError(ScrubberError):
    """A source is unreadable, or its content does not match its name."""


class OutputError(ScrubberError):
    """The output folder exists, lies inside the input, or cannot be written."""


class NotAvailable(ScrubberError):
    """A feature that is not built yet, or whose extra is not installed."""


class DetectionError(ScrubberError):
    """A text could not be scanned, because a recognizer failed or exceeded its time limit.

    `index` is the position of the text in its list; texts after it were not scanned.
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
        """The same error with the place of the text."""
        return DetectionError(self.code, self.text, place=place, hint=self.hint)


class TransformError(ScrubberError):
    """A value could not be transformed and `on_error` is ``fail``."""


class ConservationError(ScrubberError):
    """Records in do not equal records out plus dropped plus quarantined: records were lost."""


class GateError(ScrubberError):
    """The run worked, but its result failed a gate or a test of the rule file."""

    exit_code = 1


class TamperedError(ScrubberError):
    """An output or a manifest does not match what was published."""

    exit_code = 4


class IncompleteError(ScrubberError):
    """The run ended early (interrupted, disk full); nothing was published."""

    exit_code = 5


class Interrupted(BaseException):
    """A request to stop: Ctrl-C, SIGTERM, or a closed terminal.

    It is not a KeyboardInterrupt, since typer would turn that into an exit code of its own.
    """


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
"""Errors with a cause outside of the run. Its finished parts are kept, and the same command resumes
the run once the cause is gone."""


def out_of_memory() -> IncompleteError:
    """The error for lack of memory, wherever it occurs."""
    return IncompleteError(
        "out-of-memory", "there is not enough memory", hint="try fewer --workers, or more memory"
    )
