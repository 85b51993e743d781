"""scrubber forget"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from scrubber.cli.console import answer, begin, stdout
from scrubber.cli.options import Json
from scrubber.errors import printable

if TYPE_CHECKING:
    from scrubber.api import Forgotten


class BelowK(StrEnum):
    """The treatment of classes that become smaller than the promised k."""

    SUPPRESS = "suppress"
    STOP = "stop"


def forget(
    subjects: Annotated[
        str,
        typer.Argument(
            metavar="SUBJECTS",
            help="A file with one id per line, or with JSON objects; - reads them from stdin.",
            show_default=False,
        ),
    ],
    outputs: Annotated[
        list[str],
        typer.Option("--in", metavar="OUT", help="An output folder or URL; repeat for several."),
    ],
    reason: Annotated[
        str | None,
        typer.Option("--reason", metavar="REF", help="The reference of the request; no names."),
    ] = None,
    below_k: Annotated[
        BelowK,
        typer.Option("--below-k", help="Treatment of classes that become smaller than k."),
    ] = BelowK.SUPPRESS,
    index: Annotated[
        str | None,
        typer.Option(
            "--index",
            metavar="FILE",
            help="The leak index of the runs, to remove the identifiers of SUBJECTS from it.",
        ),
    ] = None,
    key: Annotated[
        str,
        typer.Option("--key", help="The key's location: env:NAME, file:PATH, keyring: or exec:."),
    ] = "env:SCRUBBER_KEY",
    as_json: Json = False,
) -> int:
    """Delete all records of people from published outputs.

    The pseudonyms of the SUBJECTS are made anew under the key. Only files with a record of theirs
    are rewritten, and the manifest records the deletion. An output is changed as a whole or not at
    all; a stopped command can be repeated. The command exits with 3 if a subject has no record.

    Example: scrubber forget requests.txt --in scrubbed --reason DSR-17
    """
    begin("forget", as_json=as_json)
    from scrubber.api import forget as forgotten

    done = forgotten(subjects, outputs, key=key, reason=reason, below_k=below_k.value, index=index)
    return answer(done, _show)


def _show(forgotten: Forgotten) -> None:
    for one in forgotten.outputs:
        name = printable(one.out)
        if not one.files:
            stdout().print(f"{name}: no record of these subjects; unchanged", soft_wrap=True)
        else:
            stdout().print(
                f"{name}: records removed {one.records:,}, subjects found {one.found:,}, "
                f"files rewritten {len(one.files):,} of {one.searched:,}",
                soft_wrap=True,
            )
        if one.suppressed:
            stdout().print(f"  suppressed {one.suppressed:,} records of classes below k")
        if one.unsearched:
            stdout().print(f"  {len(one.unsearched):,} files without a subject field: not searched")
        if one.aggregates:
            stdout().print(f"  {len(one.aggregates):,} aggregate tables still count these subjects")
        for stale in one.stale:
            stdout().print(f"  {stale} describes the earlier output: write it again")
    if forgotten.fingerprints is not None:
        stdout().print(f"fingerprints removed from the leak index: {forgotten.fingerprints:,}")
    if forgotten.unknown:
        text = f"subjects without a record: {forgotten.unknown:,} of {forgotten.subjects:,}"
        stdout().print(text, style="bold yellow")
