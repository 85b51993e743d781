"""The commands that tell, compare and check what a run wrote."""

from __future__ import annotations

from typing import Annotated

import typer

from scrubber.cli.console import begin
from scrubber.cli.options import DocumentArgument, Json, OutputArgument, Quiet, Trusted
from scrubber.storage import Location, locate

app = typer.Typer()


@app.command()
def show(document: DocumentArgument, as_json: Json = False) -> int:
    """Tell a manifest or a plan on one screen, kept fields first, and what was signed about it.

    Example: scrubber show scrubbed
    """
    begin("show", as_json=as_json)
    from scrubber.cli.commands.show import show_command

    return show_command(document)


@app.command()
def report(
    output: OutputArgument,
    out: Annotated[
        Location | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            parser=locate,
            help="The file to write, instead of DIR/report.html.",
        ),
    ] = None,
    against: Annotated[
        Location | None,
        typer.Option(
            "--against",
            metavar="DIR",
            parser=locate,
            help="Say also what changed since this manifest or folder.",
        ),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Tell the manifest of DIR as one HTML page that needs nothing else, to read, print and send.

    An earlier report is replaced, another file is not.

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


@app.command()
def diff(before: ManifestArgument, after: ManifestArgument, as_json: Json = False) -> int:
    """Say what changed from one manifest to another: weaker, stronger or neutral for the people.

    Exit code 3 if anything is weaker: a field comes out that did not, less is taken away, a
    threshold is higher, a purpose is added, data is kept longer.

    Example: scrubber diff scrubbed scrubbed
    """
    begin("diff", as_json=as_json)
    from scrubber.cli.commands.diff import diff_command

    return diff_command(before, after)


@app.command()
def verify(
    document: DocumentArgument,
    trust: Trusted = None,
    upstream: Annotated[
        list[Location] | None,
        typer.Option(
            "--upstream",
            metavar="DIR",
            parser=locate,
            help="An output folder that this one was made from.",
        ),
    ] = None,
    as_json: Json = False,
) -> int:
    """Check the signatures, the manifest's form, the conservation of records, the outputs' hashes.

    And that nothing else is there. Of a plan, its signatures and form. Exit code 4 if anything was
    tampered with, 3 if a signature is missing that --trust asks for, 5 if there is no manifest, or
    small files cannot be checked without data/.salts.json.

    Example: scrubber verify scrubbed
    """
    begin("verify", as_json=as_json)
    from scrubber.cli.commands.sign import verify_command

    return verify_command(document, trust, upstream or [])
