"""scrubber report"""

from __future__ import annotations

from typing import Annotated

import typer

from scrubber.cli.console import answer, begin, stdout
from scrubber.cli.console import quiet as wants_quiet
from scrubber.cli.options import Json, OutputArgument, Quiet
from scrubber.errors import printable


def report(
    output: OutputArgument,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="The file to write (default DIR/report.html).",
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="DIR",
            help="Add a comparison with this earlier manifest or folder.",
        ),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Render the manifest of DIR as one self-contained HTML page.

    The command replaces an earlier report, but no other file.

    Example: scrubber report scrubbed
    """
    begin("report", as_json=as_json, quiet=quiet)
    from scrubber.api import Reported
    from scrubber.api import report as reported

    def render(written: Reported) -> None:
        if not wants_quiet():
            stdout().print(f"Report: {printable(written.path)}", soft_wrap=True)

    return answer(reported(output, out=out, against=against), render)
