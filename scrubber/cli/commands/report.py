"""scrubber report"""

from __future__ import annotations

from typing import Annotated

import typer

from scrubber.cli.console import answer, begin, stdout
from scrubber.cli.console import quiet as wants_quiet
from scrubber.cli.options import DocumentArgument, Json, Quiet, Trusted
from scrubber.errors import printable


def report(
    document: DocumentArgument,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="The file to write (default DIR/report.html, or PLAN.html beside a plan).",
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
    trust: Trusted = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Render a manifest or a plan as one self-contained HTML page.

    The page shows signatures, approvals and waivers; with --trust also their owners and the verdict
    of the gate. The command replaces an earlier report, but no other file.

    Example: scrubber report scrubbed
    """
    begin("report", as_json=as_json, quiet=quiet)
    from scrubber.api import Reported
    from scrubber.api import report as reported

    def render(written: Reported) -> None:
        if not wants_quiet():
            stdout().print(f"Report: {printable(written.path)}", soft_wrap=True)

    return answer(reported(document, out=out, against=against, trust=trust), render)
