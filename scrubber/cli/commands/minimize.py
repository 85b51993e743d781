"""scrubber minimize"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrubber.cli.console import answer, begin, stdout
from scrubber.cli.options import DrawnSeed, InputArgument, Json, RulesArgument, TargetOption
from scrubber.errors import printable

if TYPE_CHECKING:
    from scrubber.api import Minimized


def minimize(
    rules: RulesArgument,
    inputs: InputArgument,
    target: TargetOption,
    seed: DrawnSeed = 0,
    as_json: Json = False,
) -> int:
    """Suggest edits of RULES that remove what predicting a field does not need.

    Each field that is left is tried without, and coarser where its rule allows it. Suggested edits
    are measured together and printed as a diff of the rule file. Nothing is changed.

    Example: scrubber minimize rules/churn.yaml fixtures/support/customers.csv --target churned
    """
    begin("minimize", as_json=as_json)
    from scrubber.api import minimize as minimized

    return answer(minimized(rules, inputs, target, seed=seed), _show)


def _show(found: Minimized) -> None:
    head = f"{printable(found.target)} predicted by the output of these rules"
    stdout().print(head, style="bold", soft_wrap=True)
    stdout().print(f"accuracy     {found.accuracy_before}", soft_wrap=True)
    stdout().print(f"singled out  {found.singled_before}", soft_wrap=True)
    rows = [("edit", "accuracy", "singled out after it")]
    rows += [
        (
            f"{printable(one.field)}: {one.edit}",
            f"{one.change.value:+.1%} ({one.change.low:+.1%} to {one.change.high:+.1%})",
            f"{one.singled.share:.1%}",
        )
        for one in found.advice
    ]
    widths = [max(len(row[at]) for row in rows) for at in range(3)]
    for row in rows:
        line = "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        stdout().print(f"  {line}".rstrip(), soft_wrap=True)
    if not found.suggested:
        stdout().print("no field can go without a loss of accuracy")
        return
    names = ", ".join(map(printable, found.suggested))
    stdout().print(f"suggested: drop {names}", style="bold", soft_wrap=True)
    stdout().print(f"accuracy     {found.accuracy}", soft_wrap=True)
    stdout().print(f"singled out  {found.singled}", soft_wrap=True)
    stdout().print(found.diff, end="", soft_wrap=True)
