"""Arguments and options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Panel(StrEnum):
    """Headings of the commands in ``scrubber --help``, in their order."""

    SCRUB = "Scrub"
    EXPLORE = "Explore data"
    REVIEW = "Review results"
    SIGN = "Sign and approve"
    KEYS = "Keys and schemas"


RulesArgument = Annotated[
    Path, typer.Argument(metavar="RULES", help="The rule file (YAML).", show_default=False)
]
InputArgument = Annotated[
    list[str],
    typer.Argument(metavar="INPUT", help="Files, folders, globs or URLs.", show_default=False),
]
OptionalInput = Annotated[
    list[str] | None,
    typer.Argument(metavar="INPUT", help="Files, folders, globs or URLs.", show_default=False),
]
OutputArgument = Annotated[
    str,
    typer.Argument(metavar="DIR", help="The output folder of a run.", show_default=False),
]
DocumentArgument = Annotated[
    str,
    typer.Argument(
        metavar="DOCUMENT",
        help="The output folder of a run, or a plan.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON envelope on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print no progress and no summary.")]
Trusted = Annotated[
    Path | None,
    typer.Option("--trust", metavar="FILE", help="The trust file, which lists accepted keys."),
]
TrustOption = Annotated[
    Path,
    typer.Option(
        "--trust", metavar="FILE", help="The trust file, which lists people, keys and roles."
    ),
]
SigningKeyOption = Annotated[
    str,
    typer.Option(
        "--key", help="The signing key's location: env:NAME, file:PATH, keyring: or exec:."
    ),
]
RoleOption = Annotated[str, typer.Option("--role", help="Your role, as named in the trust file.")]
ExpiresOption = Annotated[
    str, typer.Option("--expires", help="The last day of validity, such as 2099-12-31.")
]
Rows = Annotated[
    int, typer.Option("--rows", "-n", min=1, help="Number of records sampled from each table.")
]
Seed = Annotated[int, typer.Option("--seed", help="Seed of the sample.")]
DEFAULT_SIGNING_KEY = "env:SCRUBBER_SIGNING_KEY"
