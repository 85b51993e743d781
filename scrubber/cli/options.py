"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scrubber.storage import Location, locate

RulesArgument = Annotated[
    Path, typer.Argument(metavar="RULES", help="The rule file (YAML).", show_default=False)
]
InputArgument = Annotated[
    list[str],
    typer.Argument(metavar="INPUT", help="Files, folders or globs.", show_default=False),
]
OptionalInput = Annotated[
    list[str] | None,
    typer.Argument(metavar="INPUT", help="Files, folders or globs.", show_default=False),
]
OutputArgument = Annotated[
    Location,
    typer.Argument(
        metavar="DIR", parser=locate, help="The output folder of a run.", show_default=False
    ),
]
DocumentArgument = Annotated[
    Location,
    typer.Argument(
        metavar="DOCUMENT",
        parser=locate,
        help="The output folder of a run, or a plan.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON envelope on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary.")]
Trusted = Annotated[
    Path | None,
    typer.Option("--trust", metavar="FILE", help="The trust file: whose signatures count."),
]
TrustOption = Annotated[
    Path,
    typer.Option("--trust", metavar="FILE", help="The trust file: who counts, and in which roles."),
]
SigningKeyOption = Annotated[
    str,
    typer.Option("--key", help="Where the signing key is: env:NAME, file:PATH, keyring: or exec:."),
]
RoleOption = Annotated[str, typer.Option("--role", help="The role, as the trust file calls it.")]
ExpiresOption = Annotated[str, typer.Option("--expires", help="The last day that it counts.")]
