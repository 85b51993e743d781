"""scrubber hierarchy"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scrubber.cli.console import answer, begin, stdout
from scrubber.cli.options import InputArgument, Json
from scrubber.errors import printable

if TYPE_CHECKING:
    from scrubber.api import HierarchyDraft


def hierarchy(
    inputs: InputArgument,
    field: Annotated[str, typer.Option("--field", help="The field to build a hierarchy for.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The CSV file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    as_json: Json = False,
) -> int:
    """Draft a generalization hierarchy of a field, for `privacy:` in a rule file.

    Numbers get ranges, dates get months and years, and codes of one length get prefixes. Group
    other values yourself. The file contains values of the data and has mode 0600.

    Example: scrubber hierarchy fixtures/support/customers.csv --field age --out age.csv
    """
    begin("hierarchy", as_json=as_json)
    from scrubber.api import hierarchy as drafted

    made = drafted(inputs, field, out=out, overwrite=force)
    return answer(made, lambda result: _show(result, field, str(out)))


def _show(draft: HierarchyDraft, field: str, out: str) -> None:
    """The levels, and the line of a rule file that names the hierarchy."""
    said = " > ".join(["the value", *draft.levels])
    where = printable(out)
    stdout().print(f"{where}: {len(draft.rows):,} leaves; {said}", style="green", soft_wrap=True)
    if len(draft.levels) == 1:
        text = "Their form suggests no groups: put columns of them between the value and *."
        stdout().print(text, soft_wrap=True)
    named = printable(field)
    stdout().print(f"  privacy: {{hierarchies: {{{named}: {where}}}}}", soft_wrap=True)
