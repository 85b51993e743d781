"""scrubber probe"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scrubber.cli.console import answer, begin, stdout
from scrubber.cli.options import Json
from scrubber.errors import printable

if TYPE_CHECKING:
    from scrubber.api import Probed

_SHOWN = 20


def probe(
    outputs: Annotated[
        list[str],
        typer.Argument(
            metavar="OUTPUTS",
            help="A model's outputs: text, a record a line, or JSON Lines.",
            show_default=False,
        ),
    ],
    index: Annotated[
        str, typer.Option("--index", metavar="FILE", help="The leak index that a run has written.")
    ],
    key: Annotated[
        str,
        typer.Option(
            "--key",
            help="The location of the run's key, or of that of probes: env:NAME, file:PATH, "
            "keyring: or exec:.",
        ),
    ] = "env:SCRUBBER_KEY",
    as_json: Json = False,
) -> int:
    """Find removed identifiers, and runs of the training text, in a model's outputs.

    The rule file of the run has leak_index. The command prints the records with a removed value and
    its entity, but no value. It exits with 1 if it finds anything.

    Example: scrubber probe generations.jsonl --index leak.index
    """
    begin("probe", as_json=as_json)
    from scrubber.api import probe as probed

    return answer(probed(outputs, index, key), _show)


def _show(found: Probed) -> None:
    records = len({(hit.file, hit.record) for hit in found.hits})
    head = f"{found.records:,} records: {len(found.hits):,} removed values in {records:,} of them"
    stdout().print(head, style="bold red" if found.exit_code else "bold green", soft_wrap=True)
    distinct = dict(found.distinct)
    for kind, count in found.kinds.items():
        text = f"  {printable(kind)}  {count:,} ({distinct[kind]:,} different)"
        stdout().print(text, soft_wrap=True)
    for hit in found.hits[:_SHOWN]:
        stdout().print(
            f"{printable(hit.file)} record {hit.record:,}  {printable(hit.kind)}", soft_wrap=True
        )
    for run in found.runs[:_SHOWN]:
        text = f"{printable(run.file)} record {run.record:,}  {run.words:,} words of training text"
        stdout().print(text, soft_wrap=True)
    more = max(len(found.hits) - _SHOWN, 0) + max(len(found.runs) - _SHOWN, 0)
    if more:
        stdout().print(f"and {more:,} more; --json lists all", soft_wrap=True)
    stdout().print(
        f"{found.lookups:,} windows looked up among {found.fingerprints:,} fingerprints: "
        f"{found.expected_false:.0e} hits expected by chance",
        style="dim",
        soft_wrap=True,
    )
