"""Writing a report to a file: completely or not at all, and over nothing but an earlier report."""

from __future__ import annotations

from pathlib import Path

from scrubber import storage
from scrubber.errors import OutputError, Place
from scrubber.review.page import FIRST_LINES
from scrubber.storage import Location, write_whole


def write_report(page: str, target: Location) -> None:
    """Write `page` to `target`, which may be an earlier report.

    Raises: OutputError ``output-foreign`` for any other existing file, ``output-write`` for a
    failure of the system.
    """
    if isinstance(target, Path):
        write_whole(target, page.encode(), replace=_only_a_report)
        return
    _only_a_report(target)
    storage.write(str(target), page.encode(), target.name)


def _only_a_report(target: Location) -> None:
    if not _may_replace(target):
        raise OutputError(
            "output-foreign",
            "this is not a report of scrubber, so it is not replaced",
            place=Place(file=target.name),
            hint="name another file with --out",
        )


def _may_replace(target: Location) -> bool:
    try:
        with target.open("rb") as stream:
            return stream.read(len(FIRST_LINES)) == FIRST_LINES.encode()
    except FileNotFoundError:
        return True
    except OSError:
        return False
