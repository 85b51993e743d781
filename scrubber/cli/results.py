"""Commands that show, compare and verify the output of a run."""

from __future__ import annotations

from typing import Annotated

import typer

from scrubber.cli.console import begin
from scrubber.cli.options import DocumentArgument, Json, OutputArgument, Panel, Quiet, Trusted
from scrubber.storage import Location, locate

app = typer.Typer()


@app.command(rich_help_panel=Panel.REVIEW)
def show(document: DocumentArgument, as_json: Json = False) -> int:
    """Show a manifest or a plan on one screen, kept fields first, with its signatures.

    Example: scrubber show scrubbed
    """
    begin("show", as_json=as_json)
    from scrubber.cli.commands.show import show_command

    return show_command(document)


@app.command(rich_help_panel=Panel.REVIEW)
def report(
    output: OutputArgument,
    out: Annotated[
        Location | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            parser=locate,
            help="The file to write (default DIR/report.html).",
        ),
    ] = None,
    against: Annotated[
        Location | None,
        typer.Option(
            "--against",
            metavar="DIR",
            parser=locate,
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
    from scrubber.cli.commands.report import report_command

    return report_command(output, out, against)


ManifestArgument = Annotated[
    Location,
    typer.Argument(
        metavar="DIR", parser=locate, help="An output folder or manifest.", show_default=False
    ),
]


@app.command(rich_help_panel=Panel.REVIEW)
def diff(before: ManifestArgument, after: ManifestArgument, as_json: Json = False) -> int:
    """Compare two manifests and rate each change as weaker, neutral or stronger protection.

    The command exits with 3 if any change is weaker, such as a newly kept field, a milder
    transform, a higher threshold, an added purpose or a longer retention.

    Example: scrubber diff scrubbed scrubbed
    """
    begin("diff", as_json=as_json)
    from scrubber.cli.commands.diff import diff_command

    return diff_command(before, after)


@app.command(rich_help_panel=Panel.REVIEW)
def verify(
    document: DocumentArgument,
    trust: Trusted = None,
    upstream: Annotated[
        list[Location] | None,
        typer.Option(
            "--upstream",
            metavar="DIR",
            parser=locate,
            help="An output folder that served as input of this one.",
        ),
    ] = None,
    as_json: Json = False,
) -> int:
    """Verify signatures, manifest, conservation of records and the hashes of the outputs.

    The command also reports files that are not part of the output. For a plan, it verifies
    signatures and schema. It exits with 4 after tampering and with 3 if --trust requires a missing
    signature. It exits with 5 without a manifest, or if small files lack data/.salts.json.

    Example: scrubber verify scrubbed
    """
    begin("verify", as_json=as_json)
    from scrubber.cli.commands.sign import verify_command

    return verify_command(document, trust, upstream or [])
