"""scrubber tradeoff"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scrubber.cli.console import answer, begin, stdout
from scrubber.cli.options import DrawnSeed, InputArgument, Json, RulesArgument, TargetOption
from scrubber.errors import printable

if TYPE_CHECKING:
    from scrubber.api import Point, Tradeoff


def tradeoff(
    rules: RulesArgument,
    inputs: InputArgument,
    target: TargetOption,
    vary: Annotated[
        str, typer.Option("--vary", help="A setting and its values, such as privacy.k=2,5,11.")
    ],
    out: Annotated[
        str | None,
        typer.Option("--out", "-o", metavar="FILE", help="Write an HTML page with the curve."),
    ] = None,
    seed: DrawnSeed = 0,
    as_json: Json = False,
) -> int:
    """Try values of a setting of RULES on INPUT, and measure accuracy and protection.

    Runs are made in memory, and nothing is published. A setting of a field's rule is named by the
    field: fields.age.transform.bin.width=5,10. The page replaces an earlier one, but no other file.

    Example: scrubber tradeoff rules/churn.yaml customers.csv --target churned --vary privacy.k=2,5
    """
    begin("tradeoff", as_json=as_json)
    from scrubber.api import tradeoff as tried

    name, _, values = vary.partition("=")
    given = [_value(text) for text in values.split(",") if text.strip()]
    return answer(tried(rules, inputs, target, name.strip(), given, seed=seed, out=out), _show)


def _value(text: str) -> Any:
    """A number, true or false; any other text is itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text.strip()


def _show(found: Tradeoff) -> None:
    from scrubber.api.measuring import cells_of

    raw = f", {found.raw} on the raw records" if found.raw is not None else ""
    head = f"{printable(found.target)} predicted, by {printable(found.varied)}{raw}"
    stdout().print(head, style="bold", soft_wrap=True)
    rows = [("", "records", "accuracy", "singled out", "found by quasi-identifiers")]
    rows += [(_label(one, found), *cells_of(one)) for one in found.points]
    widths = [max(len(row[at]) for row in rows) for at in range(5)]
    for row in rows:
        line = "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        stdout().print(line.rstrip(), soft_wrap=True)
    stdout().print("* no other setting is better in both", soft_wrap=True)
    if found.out is not None:
        stdout().print(f"Page: {printable(found.out)}", soft_wrap=True)


def _label(one: Point, found: Tradeoff) -> str:
    return f"{printable(one.setting)}{' *' if one in found.best else ''}"
