"""scrubber estimate"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scrubber.cli.console import answer, begin, stdout
from scrubber.cli.options import Json, OutputArgument
from scrubber.errors import printable

if TYPE_CHECKING:
    from scrubber.api import Estimated

FieldArgument = Annotated[
    str, typer.Argument(metavar="FIELD", help="A field with random noise.", show_default=False)
]


def estimate(out: OutputArgument, field: FieldArgument, as_json: Json = False) -> int:
    """Estimate the true shares or the true mean of a FIELD with noise.

    The parameters of the noise come from the manifest of DIR. Intervals are of 95 %.

    Example: scrubber estimate scrubbed drug_use
    """
    begin("estimate", as_json=as_json)
    from scrubber.api import estimate as estimated

    return answer(estimated(out, field), _show)


def _show(found: Estimated) -> None:
    head = f"{printable(found.field)}: {found.action}, {found.records:,} records"
    stdout().print(head, style="bold", soft_wrap=True, highlight=False)
    for value, share in found.shares.items():
        stdout().print(f"  {printable(value)}  {share:.1%}", soft_wrap=True)
    if found.mean is not None:
        stdout().print(f"  mean  {found.mean:,.6g}", soft_wrap=True)
