"""scrubber risk and scrubber hierarchy"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scrubber.cli.console import as_json, emit, stdout
from scrubber.errors import printable

if TYPE_CHECKING:
    from scrubber.anonymize.measure import Measured

_WIDTH = 40
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def risk_command(inputs: list[str], quasi: str, population: list[str], size: int | None) -> int:
    """Print what class sizes say of the records."""
    from scrubber.anonymize.measure import measure

    names = [name.strip() for name in quasi.split(",") if name.strip()]
    found = measure(inputs, names, population=population, population_size=size)
    if as_json():
        return emit(found.to_json())
    _show(found)
    return 0


def hierarchy_command(inputs: list[str], field: str, out: Path, force: bool) -> int:
    """Write a draft and say how its levels are made."""
    from scrubber.profiling.hierarchy import draft_hierarchy, write_hierarchy

    made = draft_hierarchy(inputs, field)
    write_hierarchy(made, out, overwrite=force)
    if as_json():
        return emit({"out": str(out), "leaves": len(made.rows), "levels": list(made.levels)})
    said = " > ".join(["the value", *made.levels])
    where = printable(str(out))
    stdout().print(f"{where}: {len(made.rows):,} leaves; {said}", style="green", soft_wrap=True)
    if len(made.levels) == 1:
        text = "Their form suggests no groups: put columns of them between the value and *."
        stdout().print(text, soft_wrap=True)
    named = printable(field)
    stdout().print(f"  privacy: {{hierarchies: {{{named}: {where}}}}}", soft_wrap=True)
    return 0


def _show(found: Measured) -> None:
    risk = found.risk
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
    """A bar of up to 40 cells; something for whatever is more than nothing."""
    eighths = max(round(share * _WIDTH * 8), 1) if share else 0
    full, rest = divmod(eighths, 8)
    return _EIGHTHS[8] * full + (_EIGHTHS[rest] if rest else "")
