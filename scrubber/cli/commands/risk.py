"""scrubber risk"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scrubber.cli.console import answer, begin, stdout
from scrubber.cli.options import InputArgument, Json
from scrubber.errors import printable

if TYPE_CHECKING:
    from scrubber.api import Measured, Risk, Singled

_WIDTH = 40
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def risk(
    inputs: InputArgument,
    qi: Annotated[
        str | None, typer.Option("--qi", help="The quasi-identifiers, such as age,sex,zip.")
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option(
            "--rules",
            metavar="RULES",
            help="A rule file, for its quasi-identifiers, its subject and the fields it drops.",
        ),
    ] = None,
    population: Annotated[
        list[str] | None,
        typer.Option(
            help="A file with the same fields for the whole population, for journalist risk."
        ),
    ] = None,
    population_size: Annotated[
        int | None, typer.Option(min=1, help="Size of the population, to estimate its uniques.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Find the fewest fields of INPUT that single out most records, and measure its risk.

    A record is singled out if no other has the same values. Risk is measured by the sizes of
    classes of equal quasi-identifiers, where --qi or --rules names some. INPUT may be raw or
    scrubbed. The figures are exact, so keep them with the data.

    Example: scrubber risk fixtures/support/customers.csv --qi age,city,plan
    """
    begin("risk", as_json=as_json)
    from scrubber.api import risk as measured

    names = None if qi is None else [name.strip() for name in qi.split(",") if name.strip()]
    found = measured(
        inputs, names, rules=rules, population=population or None, population_size=population_size
    )
    return answer(found, _show)


def _show(found: Measured) -> None:
    if found.risk is not None:
        _show_classes(found, found.risk)
    for number, table in enumerate(found.unicity):
        if number or found.risk is not None:
            stdout().print()
        _show_unicity(table)


def _show_unicity(table: Singled) -> None:
    found = table.unicity
    counted = table.counted if found.persons != 1 else table.counted.removesuffix("s")
    head = f"{printable(table.table)}: {found.persons:,} {counted}, {len(table.fields)} fields"
    stdout().print(head, style="bold", soft_wrap=True)
    itself = [f"{printable(one.fields[0])} {found.share(one.alone):.1%}" for one in found.by_itself]
    if itself:
        line = f"each singles out most {table.counted} by itself: {', '.join(itself)}"
        stdout().print(line, soft_wrap=True)
    if found.fewest is None:
        stdout().print("there is no other field to combine" if itself else "there are no fields")
        return
    stdout().print(f"{'other ' if itself else ''}fields that together single out the most")
    for one in found.best:
        names = ", ".join(map(printable, one.fields))
        line = f"  {len(one.fields)}  {found.share(one.alone):>6.1%}  {names}"
        style = "bold" if one == found.fewest else None
        stdout().print(line, style=style, soft_wrap=True)
    if len(found.fewest.fields) > 1:
        for name, alone in found.without:
            stdout().print(
                f"     {found.share(alone):>6.1%}  without {printable(name)}", soft_wrap=True
            )


def _show_classes(found: Measured, risk: Risk) -> None:
    noun = "class" if risk.classes == 1 else "classes"
    fields = ", ".join(map(printable, found.quasi))
    head = f"{risk.records:,} records in {risk.classes:,} {noun} of equal {fields}"
    stdout().print(head, style="bold", soft_wrap=True)
    stdout().print("\nrecords by the size of their class")
    most = max((records for *_, records in risk.histogram), default=0)
    for low, high, _, records in risk.histogram:
        size = f"{low}" if low == high else f"{low}+" if high is None else f"{low}-{high}"
        share = f"{records / risk.records:.1%}" if risk.records else ""
        bar = _bar(records / most if most else 0)
        stdout().print(f"  {size:>6}  {records:>12,}  {share:>6}  {bar}".rstrip(), soft_wrap=True)
    stdout().print(f"\nsmallest class         {risk.smallest:,}")
    stdout().print(f"average class          {risk.average_size:,.1f}")
    stdout().print(f"discernibility         {risk.discernibility:,}")
    stdout().print(f"alone in their class   {risk.unique:.2%} of the records")
    stdout().print(f"prosecutor risk        {risk.highest:.2%} at most, {risk.mean:.2%} on average")
    stdout().print(f"  above {risk.threshold:.0%}            {risk.at_risk:.2%} of the records")
    stdout().print(f"marketer risk          {risk.mean:.2%}")
    if found.journalist is not None:
        them = found.journalist
        stdout().print(
            f"journalist risk        {them.highest:.2%} at most, {them.mean:.2%} on average"
        )
        if them.absent:
            stdout().print(f"  not in the population  {them.absent:,} records")
    if found.population_unique is not None:
        stdout().print(f"unique in population   {found.population_unique:.2%} of it (estimate)")


def _bar(share: float) -> str:
    """A bar of up to 40 cells, with at least one for any share above zero."""
    eighths = max(round(share * _WIDTH * 8), 1) if share else 0
    full, rest = divmod(eighths, 8)
    return _EIGHTHS[8] * full + (_EIGHTHS[rest] if rest else "")
