"""scrubber plan"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scrubber.cli.console import answer, begin, stderr, stdout, watched
from scrubber.cli.options import InputArgument, Json, RulesArgument
from scrubber.errors import printable

if TYPE_CHECKING:
    from scrubber.api import Planned, PlannedField

_CELL = 60


def plan(
    rules: RulesArgument,
    inputs: InputArgument,
    rows: Annotated[
        int,
        typer.Option(
            "--rows", "-n", min=0, max=100, help="Number of records to show before and after."
        ),
    ] = 3,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Write the plan to a file, for approve and run --plan."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace an existing plan and remove its signatures.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Show the treatment of each field without scrubbing.

    A sample before and after is shown on a terminal only. It never goes to a pipe or into JSON,
    so that no value ends up in a file. A written plan records the rules, fields, types,
    detectors and the shares of values expected from a sample.

    Example: scrubber plan rules/support.yaml fixtures/support --out plan.json
    """
    begin("plan", as_json=as_json)
    from scrubber.api import plan as planned

    sampled = rows if watched() and not as_json else 0
    found = planned(rules, inputs, rows=sampled, out=out, overwrite=force)
    if not found.literals_held:
        stderr().print(
            "The key is not at hand, so the plan does not hold the literals of the rules (words of "
            "lists, regexes): run --plan will refuse it.",
            style="yellow",
            soft_wrap=True,
        )
    return answer(found, lambda result: _show(result, sampled, out))


def _show(planned: Planned, sampled: int, out: Path | None) -> None:
    """The fields by source, then facts about all of them."""
    for number, field in enumerate(planned.fields):
        if number == 0 or field.sources != planned.fields[number - 1].sources:
            names = ", ".join(printable(source) for source in field.sources)
            stdout().print(f"\n{names}", style="bold", soft_wrap=True)
        _show_field(field)
    _show_rest(planned)
    if planned.throwaway_key and sampled:
        stderr().print("The key is not available: the sample was made with a random one.")
    if planned.id is not None:
        stdout().print(f"\nplan {planned.id}: {printable(str(out))}", style="bold", soft_wrap=True)


def _show_field(field: PlannedField) -> None:
    from rich.text import Text

    from scrubber.manifest.view import printable_text

    kept = field.action.startswith("keep")
    style = "yellow" if kept else "green"
    line = Text.assemble(
        "  ",
        (printable(field.name), f"bold {style}"),
        (f"  [{field.field_class or 'unclassified'}]  ", "dim"),
        (printable_text(field.action), style),
        (f"  {field.place}", "dim"),
    )
    stdout().print(line, soft_wrap=True)
    for before, after in field.samples:
        gone = field.type_out is None
        right = "(gone)" if gone else "(unchanged)" if before == after else _cell(after)
        stdout().print(f"      {_cell(before)}  ->  {right}", style="dim", soft_wrap=True)


def _cell(value: Any) -> str:
    if value is None:
        return "null"
    text = str(value)
    return printable(text[:_CELL]) + ("…" if len(text) > _CELL else "")


def _show_rest(planned: Planned) -> None:
    from scrubber.manifest.planview import disclosure_said

    if planned.filters:
        stdout().print("\nrecords are dropped if", style="bold")
        for filter_ in planned.filters:
            said = filter_.expression if watched() else filter_.shape
            stdout().print(f"  {said}  ({filter_.reason})  {filter_.place}", soft_wrap=True)
    for asked in (planned.privacy, planned.gates):
        if asked is not None:
            stdout().print(f"\n{asked}", soft_wrap=True)
    if planned.ner is not None:
        languages = ", ".join(planned.languages)
        stdout().print(f"\nlanguages of text: {languages}, names model: {planned.ner}")
    if planned.unmeasured:
        names = ", ".join(map(printable, planned.unmeasured))
        said = f"unmeasured languages and scripts in the first records: {names}"
        stdout().print(f"{said} (unmeasured: {planned.on_unmeasured})", soft_wrap=True)
    if planned.overrides:
        stdout().print("\noverridden", style="bold")
        for one in planned.overrides:
            stdout().print(
                f"  {printable(one.what)}: {one.winner} over {one.loser}", soft_wrap=True
            )
    stdout().print(f"on_error: {planned.on_error}, on_unlisted: {planned.on_unlisted}")
    said = disclosure_said(planned.disclosure.min_cell, planned.disclosure.base)
    stdout().print(f"disclosure: in the manifest, {said}", soft_wrap=True)
