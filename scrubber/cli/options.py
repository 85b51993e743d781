"""Arguments and options shared by several commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Panel(StrEnum):
    """Headings of the commands in ``scrubber --help``, in order."""

    SCRUB = "Scrub"
    EXPLORE = "Explore data"
    REVIEW = "Review results"
    EVIDENCE = "Measure protection and use"
    SIGN = "Sign and approve"
    DELETE = "Delete people"
    KEYS = "Keys and schemas"


class OneOf:
    """A parser of names in a registry. The registry is loaded when a name is parsed, not for
    help."""

    def __init__(self, names: Callable[[], Iterable[str]]) -> None:
        self.names = names
        self.__name__ = "NAME"  # shown by typer

    def __call__(self, value: str) -> str:
        known = tuple(self.names())
        if value not in known:
            raise typer.BadParameter(f"{value!r} is not one of {', '.join(map(repr, known))}.")
        return value


def _formats() -> Iterable[str]:
    from scrubber.api.scrubbing import FORMATS

    return ("same", *FORMATS)


def _standards() -> Iterable[str]:
    from scrubber.api.documents import TARGETS

    return TARGETS


CHOICES: Mapping[str, Callable[[], Iterable[str]]] = {"FORMAT": _formats, "STANDARD": _standards}
"""Choices of the placeholders in the help, from registries."""

FormatOption = Annotated[
    str,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        parser=OneOf(_formats),
        help="Output format, such as parquet. The default keeps the format of each input.",
    ),
]
StandardOption = Annotated[
    str,
    typer.Option(
        "--to",
        "-t",
        metavar="STANDARD",
        parser=OneOf(_standards),
        help="Target, such as croissant or sarif.",
    ),
]
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
OutputsArgument = Annotated[
    list[str],
    typer.Argument(metavar="DIR", help="The output folders of runs.", show_default=False),
]
RawArgument = Annotated[
    str,
    typer.Argument(metavar="SOURCE", help="The raw records: a file or folder.", show_default=False),
]
ReleasedArgument = Annotated[
    str,
    typer.Argument(metavar="OUT", help="The output folder of a run, or files.", show_default=False),
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
TargetOption = Annotated[str, typer.Option("--target", help="The field that the models predict.")]
DrawnSeed = Annotated[int, typer.Option("--seed", help="Seed of all that is drawn.")]
Seed = Annotated[int, typer.Option("--seed", help="Seed of the sample.")]
DEFAULT_SIGNING_KEY = "env:SCRUBBER_SIGNING_KEY"
