"""scrubber export"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scrubber.cli.console import answer, begin, stdout
from scrubber.cli.options import Json, OutputsArgument, StandardOption
from scrubber.errors import printable

if TYPE_CHECKING:
    from scrubber.api import Exported


def export(
    outputs: OutputsArgument,
    to: StandardOption,
    profile: Annotated[
        str | None,
        typer.Option(
            "--profile", help="Demands of a venue: neurips, for the croissant of a submission."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file to write (default stdout).")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the file, unless scrubber needs it.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Convert the manifest of DIR to the format of another tool.

    The export contains nothing that the manifest withholds. Existing files are replaced only with
    --overwrite; manifests, outputs, signatures, plans, rule files and keys are never replaced.
    Several folders go into one eu-training-summary.

    Example: scrubber export scrubbed --to croissant --out scrubbed/croissant.json
    """
    begin("export", as_json=as_json)
    from scrubber.api import export as exported

    return answer(exported(outputs, to, profile=profile, out=out, overwrite=overwrite), _show)


def _show(exported: Exported) -> None:
    if exported.out is None:
        stdout().file.write(exported.text)
    else:
        stdout().print(f"written: {printable(exported.out)}", style="green", soft_wrap=True)
