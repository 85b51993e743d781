"""scrubber report"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrubber.cli.console import as_json, emit, quiet, stdout
from scrubber.errors import printable

if TYPE_CHECKING:
    from scrubber.storage import Location

_NAME = "report.html"


def report_command(output: Location, out: Location | None, against: Location | None) -> int:
    """Write the report of the manifest at `output` and say where it is."""
    from scrubber.manifest import read_manifest
    from scrubber.review import report_page, write_report

    earlier = read_manifest(against) if against is not None else None
    page = report_page(read_manifest(output), earlier)
    target = out if out is not None else (output if output.is_dir() else output.parent) / _NAME
    write_report(page, target)
    if as_json():
        return emit({"report": str(target)})
    if not quiet():
        stdout().print(f"Report: {printable(str(target))}", soft_wrap=True)
    return 0
