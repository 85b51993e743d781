"""scrubber init"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scrubber.cli.console import answer, begin, stdout
from scrubber.cli.options import InputArgument, Json, Rows, Seed
from scrubber.errors import printable

if TYPE_CHECKING:
    from scrubber.api import Draft


def init(
    inputs: InputArgument,
    out: Annotated[Path, typer.Option("--out", "-o", help="The rule file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    update: Annotated[
        bool,
        typer.Option(
            "--update", help="Add rules for new fields to an existing file; keep its text."
        ),
    ] = False,
    rows: Rows = 10_000,
    seed: Seed = 0,
    as_json: Json = False,
) -> int:
    """Draft a rule file for INPUT from an audit, with the evidence as comments.

    The draft runs as written and keeps little: fields in doubt are dropped, and a comment explains
    how to keep them. What a person must decide (subject, consent, classes, limits) follows as
    comments to confirm. With --update, rules for new fields are added and the rest stays. The
    command exits with 1 if it skipped malformed records.

    Example: scrubber init fixtures/support --out rules/mine.yaml
    """
    begin("init", as_json=as_json)
    from scrubber.api import draft

    drafted = draft(inputs, out=out, overwrite=force, update=update, rows=rows, seed=seed)
    return answer(drafted, lambda result: _show(result, str(out), inputs))


def _show(draft: Draft, out: str, inputs: list[str]) -> None:
    """The decisions, and the next commands."""
    from rich.text import Text

    for said in draft.passed_over:
        stdout().print(Text(f"warning: {said}", style="bold red"), soft_wrap=True)
    stdout().print(f"{printable(out)}: {draft.said()}", style="green", soft_wrap=True)
    stdout().print("Read it, edit it, then:", soft_wrap=True)
    if draft.needs_key:
        stdout().print('  export SCRUBBER_KEY="$(scrubber keygen)"', soft_wrap=True)
    given = " ".join(printable(path) for path in inputs)
    if draft.pack is not None:
        stdout().print(f"{draft.pack} has rules for data of this shape:", soft_wrap=True)
        stdout().print(f"  scrubber plan {draft.pack} {given}", soft_wrap=True)
    stdout().print(f"  scrubber plan {printable(out)} {given}", soft_wrap=True)
