"""scrubber audit and scrubber init"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scrubber.cli.console import as_json, emit, stdout
from scrubber.errors import printable
from scrubber.model.fieldclass import FieldClass

if TYPE_CHECKING:
    from scrubber.profiling.report import Audit, FieldAudit, TableAudit

_STYLES = {
    FieldClass.DIRECT_IDENTIFIER: "bold red",
    FieldClass.QUASI_IDENTIFIER: "yellow",
    FieldClass.SENSITIVE: "magenta",
    FieldClass.TEXT: "cyan",
    FieldClass.INSENSITIVE: "green",
}
_WIDE = 150  # below it the evidence would be a column of a few words


def audit_command(inputs: list[str], rows: int, seed: int) -> int:
    """Print what every field is; no value of the data. Exit code 1 if records were passed over."""
    from scrubber.profiling.report import audit

    found = audit(inputs, rows=rows, seed=seed)
    code = 0 if found.complete else 1
    if as_json():
        return emit(found.to_json(), code)
    show_audit(found)
    return code


def init_command(inputs: list[str], out: Path, rows: int, seed: int, force: bool) -> int:
    """Write a first rule file and say what was decided. Exit code 1 if records were passed over."""
    from rich.text import Text

    from scrubber.profiling.draft import draft, write_draft

    drafted = draft(inputs, rows=rows, seed=seed)
    write_draft(drafted, out, overwrite=force)
    code = 1 if drafted.passed_over else 0
    if as_json():
        decisions, passed_over = drafted.counts(), list(drafted.passed_over)
        return emit({"out": str(out), "decisions": decisions, "passed_over": passed_over}, code)
    for said in drafted.passed_over:
        stdout().print(Text(f"warning: {said}", style="bold red"), soft_wrap=True)
    stdout().print(f"{printable(str(out))}: {drafted.said()}", style="green", soft_wrap=True)
    stdout().print("Read it, edit it, then:", soft_wrap=True)
    if drafted.needs_key:
        stdout().print('  export SCRUBBER_KEY="$(scrubber keygen)"', soft_wrap=True)
    given = " ".join(printable(one) for one in inputs)
    stdout().print(f"  scrubber plan {printable(str(out))} {given}", soft_wrap=True)
    return code


def show_audit(found: Audit) -> None:
    """Each table: a heading, its fields in their order, then what the classes add up to."""
    for table in found.tables:
        _show_table(table)


def _show_table(table: TableAudit) -> None:
    from rich.text import Text

    from scrubber.profiling.report import passed_over_said

    shards = f" and {table.shards - 1:,} more files" if table.shards > 1 else ""
    of = f" of {table.records:,}" if table.records not in (None, table.sampled) else ""
    head = Text.assemble(
        ("\n" + printable(table.name) + shards, "bold"),
        (f"  {table.sampled:,}{of} records looked at", "dim"),
    )
    stdout().print(head, soft_wrap=True)
    if table.passed_over:
        said = passed_over_said(table.passed_over, table.refusal)
        stdout().print(Text(f"  warning: {said}", style="bold red"), soft_wrap=True)
    if stdout().is_terminal and stdout().width >= _WIDE:
        _show_wide(table)
    else:
        for field in table.fields:
            _show_lines(field)
    stdout().print(_summary(table), style="bold", soft_wrap=True)


def _show_wide(table: TableAudit) -> None:
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, padding=(0, 1, 0, 1), header_style="dim", pad_edge=True)
    grid.add_column("field", max_width=32, overflow="fold")
    grid.add_column("class", no_wrap=True)
    grid.add_column("sure", justify="right", no_wrap=True)
    grid.add_column("personal", justify="right", no_wrap=True)
    grid.add_column("missing", justify="right", no_wrap=True)
    grid.add_column("different", justify="right", no_wrap=True)
    grid.add_column("evidence", overflow="fold", ratio=1)
    for field in table.fields:
        style = _STYLES[field.field_class]
        grid.add_row(
            Text(printable(field.name), style=style),
            Text(_class(field), style=style),
            _sure(field),
            *_figures(field),
            Text(_evidence(field)),
        )
    stdout().print(grid)


def _show_lines(field: FieldAudit) -> None:
    from rich.padding import Padding
    from rich.text import Text

    style = _STYLES[field.field_class]
    personal, missing, distinct = _figures(field)
    head = Text(f"{printable(field.name)}  {_class(field)}  {_sure(field)}", style=style)
    figures = f"personal: {personal}, missing: {missing}, different: {distinct}"
    if not stdout().is_terminal:
        stdout().print(Text.assemble("  ", head, f"  {figures}"), soft_wrap=True)
        stdout().print(f"      {_evidence(field)}", soft_wrap=True)
        return
    stdout().print(Padding(head, (0, 0, 0, 2)))
    stdout().print(Padding(Text(f"{figures}; {_evidence(field)}", style="dim"), (0, 0, 0, 6)))


def _class(field: FieldAudit) -> str:
    entity = f" {field.entity}" if field.entity else ""
    return f"{field.field_class.value}{entity}"


def _sure(field: FieldAudit) -> str:
    return f"{field.confidence:.0%}" + ("?" if field.doubtful else "")


def _figures(field: FieldAudit) -> tuple[str, str, str]:
    from scrubber.profiling.report import share_said

    distinct = f"{field.distinct:,}" if field.exact else f"~{field.distinct:,}"
    return (
        share_said(field.personal, field.cells),
        share_said(field.missing, field.cells),
        distinct,
    )


def _evidence(field: FieldAudit) -> str:
    from scrubber.profiling.report import banded

    said = list(field.evidence)
    if field.findings:
        found = ", ".join(f"{entity} {banded(count)}" for entity, count in field.findings)
        said.append(f"in {banded(field.looked_at)} cells looked through: {found}")
    return "; ".join(said)


def _summary(table: TableAudit) -> str:
    parts = []
    for class_ in FieldClass:
        count = sum(field.field_class is class_ for field in table.fields)
        if count:
            parts.append(f"{count} {class_.value}")
    doubtful = sum(field.doubtful for field in table.fields)
    guessed = f"; {doubtful} of them a guess (?)" if doubtful else ""
    return f"  {len(table.fields)} fields: {', '.join(parts)}{guessed}"
