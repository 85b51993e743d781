"""scrubber reveal"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scrubber.cli.console import begin, emit, stdout, watched
from scrubber.cli.options import Json, OutputArgument
from scrubber.errors import InputError, OutputError, printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrubber.api import Revealed

_MOST = 64 << 20  # characters of standard input


def reveal(
    output: OutputArgument,
    reason: Annotated[
        str, typer.Option("--reason", help="The reason for the access, which is recorded.")
    ],
    field: Annotated[
        str | None,
        typer.Option("--field", help="Reveal only this field (default all encrypted fields)."),
    ] = None,
    file: Annotated[
        str | None, typer.Option("--file", help="Read only this output file (default all of them).")
    ] = None,
    value: Annotated[
        list[str] | None,
        typer.Option(
            "--value", help="Reveal only this pseudonym of the field; - reads them from stdin."
        ),
    ] = None,
    key: Annotated[
        str,
        typer.Option("--key", help="The key's location: env:NAME, file:PATH, keyring: or exec:."),
    ] = "env:SCRUBBER_KEY",
    domain: Annotated[
        str | None,
        typer.Option("--domain", help="The domain of a text operator, if it has its own."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Write JSON lines to a new file with mode 0600."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Decrypt values of DIR that the transform `encrypt` made.

    Values go to a terminal or into a new file with mode 0600, never into a pipe. The reason and
    the user are first recorded in DIR/access.jsonl. If one value is not authentic, none is shown,
    and the command exits with 4.

    Example: scrubber reveal scrubbed --field email --reason "case 17" --out emails.jsonl
    """
    begin("reveal", as_json=as_json)
    from scrubber.api import reveal as revealed

    if out is None and (as_json or not watched()):
        text = "values are shown on a terminal only"
        raise OutputError("not-a-terminal", text, hint="--out FILE writes a file with mode 0600")
    found = revealed(
        output,
        _given(value) if value is not None else None,
        field=field,
        file=file,
        reason=reason,
        key=key,
        domain=domain,
        out=out,
    )
    if out is None:
        _show(found)
    elif as_json:
        return emit({"out": str(out), "values": len(found)})
    else:
        said = f"{printable(str(out))}: {len(found):,} values; only you can read the file"
        stdout().print(said, style="green", soft_wrap=True)
    return 0


def _given(values: list[str]) -> list[str]:
    """The pseudonyms of the command line; `-` is replaced by those of standard input, one per
    line."""
    given: list[str] = []
    for value in values:
        if value == "-":
            text = sys.stdin.read(_MOST + 1)
            if len(text) > _MOST:
                raise InputError("too-large", "standard input has more than 64 MiB")
            given += [line.strip() for line in text.splitlines() if line.strip()]
        else:
            given.append(value)
    return given


def _show(found: Iterable[Revealed]) -> None:
    from rich.text import Text

    from scrubber.manifest.view import printable_text

    for one in found:
        where = f"{printable(one.file)} record {one.record}" if one.file else f"{one.record}"
        line = Text.assemble(
            (f"{where}  {printable(one.field)}  ", "dim"), printable_text(one.value)
        )
        stdout().print(line, soft_wrap=True)
