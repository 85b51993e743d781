"""scrubber utility"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrubber.cli.console import answer, begin, stdout
from scrubber.cli.options import DrawnSeed, Json, RawArgument, ReleasedArgument, TargetOption
from scrubber.errors import printable

if TYPE_CHECKING:
    from scrubber.api import Utility


def utility(
    source: RawArgument,
    out: ReleasedArgument,
    target: TargetOption,
    seed: DrawnSeed = 0,
    as_json: Json = False,
) -> int:
    """Compare models trained on SOURCE and on OUT.

    Both are trained on the same records and tested on the same others. The share of each field's
    information that is left is shown, too.

    Example: scrubber utility fixtures/support/customers.csv churn --target churned
    """
    begin("utility", as_json=as_json)
    from scrubber.api import utility as measured

    return answer(measured(source, out, target, seed=seed), _show)


def _show(found: Utility) -> None:
    head = f"{printable(found.target)} predicted for {found.compared[0].raw.cases:,} records"
    stdout().print(f"{head}, most frequent {found.baseline:.1%}", style="bold", soft_wrap=True)
    for one in found.compared:
        change = one.change
        stdout().print(f"{one.model}", soft_wrap=True)
        stdout().print(f"  raw       {one.raw}", soft_wrap=True)
        stdout().print(f"  scrubbed  {one.scrubbed}", soft_wrap=True)
        stdout().print(
            f"  change    {change.value:+.1%} ({change.low:+.1%} to {change.high:+.1%})",
            soft_wrap=True,
        )
    kept = [f"{printable(name)} {share:.0%}" for name, share in found.kept if share]
    gone = [printable(name) for name, share in found.kept if not share]
    stdout().print(f"information kept: {', '.join(kept) or 'none'}", soft_wrap=True)
    if gone:
        stdout().print(f"nothing kept of: {', '.join(gone)}", soft_wrap=True)
    if found.correlations is not None:
        text = f"correlations of two fields change by {found.correlations:.2f} at most"
        stdout().print(text, soft_wrap=True)
