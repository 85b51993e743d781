"""A report becomes a file: whole or not at all, and over nothing but an earlier report."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from scrubber import storage
from scrubber.errors import OutputError, Place
from scrubber.review.page import FIRST_LINES
from scrubber.storage import Location


def write_report(page: str, target: Location) -> None:
    """Write `page` to `target`, which may be an earlier report.

    Errors: OutputError ``output-foreign`` if another file is there, ``output-write`` if the
    system refuses.
    """
    place = Place(file=target.name)
    if not _may_replace(target):
        raise OutputError(
            "output-foreign",
            "this is no report of scrubber, so it is not replaced",
            place=place,
            hint="name another file with --out",
        )
    if not isinstance(target, Path):
        storage.write(str(target), page.encode(), target.name)
        return
    try:
        with tempfile.TemporaryDirectory(prefix=".report-", dir=target.parent) as folder:
            whole = Path(folder) / "report.html"
            whole.write_text(page, encoding="utf-8", newline="")
            whole.replace(target)
    except OSError as error:
        text = os.strerror(error.errno) if error.errno else "the system refused"
        text = f"the report cannot be written: {text}"
        raise OutputError("output-write", text, place=place) from None


def _may_replace(target: Location) -> bool:
    if isinstance(target, Path) and target.exists() and not target.is_file():
        return False  # a pipe or device might wait for ever
    try:
        with target.open("rb") as stream:
            return stream.read(len(FIRST_LINES)) == FIRST_LINES.encode()
    except FileNotFoundError:
        return not (isinstance(target, Path) and target.is_symlink())
    except OSError:
        return False
