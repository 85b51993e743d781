"""scrubber audit"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrubber.cli.console import answer, begin, stdout
from scrubber.cli.options import InputArgument, Json, Rows, Seed
from scrubber.errors import printable

if TYPE_CHECKING:
    from scrubber.api import Audit, FieldAudit, TableAudit

_STYLES = {
    "direct_identifier": "bold red",
    "quasi_identifier": "yellow",
    "sensitive": "magenta",
    "text": "cyan",
    "insensitive": "green",
}
_WIDE = 150  # on narrower terminals the evidence would be a column of a few words


def audit(inputs: InputArgument, rows: Rows = 10_000, seed: Seed = 0, as_json: Json = False) -> int:
    """Classify every field of INPUT (identifier, quasi-identifier, text, ...) and give reasons.

    The command reads a seeded sample. It prints claims, masked shapes and rounded counts, never a
    value. It counts malformed records, gives the place of the first, and then exits with 1.

    Example: scrubber audit fixtures/support
    """
    begin("audit", as_json=as_json)
    from scrubber.api import audit as audited

    return answer(audited(inputs, rows=rows, seed=seed), _show)


def _show(audit: Audit) -> None:
    """Each table: a heading, its fields in order, then a summary of the classes."""
    for table in audit.tables:
        _show_table(table)


def _show_table(table: TableAudit) -> None:
    from rich.text import Text

    shards = f" and {table.shards - 1:,} more files" if table.shards > 1 else ""
    of = f" of {table.records:,}" if table.records not in (None, table.sampled) else ""
    head = Text.assemble(
        ("\n" + printable(table.name) + shards, "bold"),
        (f"  {table.sampled:,}{of} records sampled", "dim"),
    )
    stdout().print(head, soft_wrap=True)
    if table.warning is not None:
        stdout().print(Text(f"  warning: {table.warning}", style="bold red"), soft_wrap=True)
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
    grid.add_column("distinct", justify="right", no_wrap=True)
    grid.add_column("evidence", overflow="fold", ratio=1)
    for field in table.fields:
        style = _STYLES[field.field_class.value]
        grid.add_row(
            Text(printable(field.name), style=style),
            Text(_class(field), style=style),
            _sure(field),
            *_figures(field),
            Text(field.evidence_said),
        )
    stdout().print(grid)


def _show_lines(field: FieldAudit) -> None:
    from rich.padding import Padding
    from rich.text import Text

    style = _STYLES[field.field_class.value]
    personal, missing, distinct = _figures(field)
    head = Text(f"{printable(field.name)}  {_class(field)}  {_sure(field)}", style=style)
    figures = f"personal: {personal}, missing: {missing}, distinct: {distinct}"
    if not stdout().is_terminal:
        stdout().print(Text.assemble("  ", head, f"  {figures}"), soft_wrap=True)
        stdout().print(f"      {field.evidence_said}", soft_wrap=True)
        return
    stdout().print(Padding(head, (0, 0, 0, 2)))
    stdout().print(Padding(Text(f"{figures}; {field.evidence_said}", style="dim"), (0, 0, 0, 6)))


def _class(field: FieldAudit) -> str:
    entity = f" {field.entity}" if field.entity else ""
    return f"{field.field_class.value}{entity}"


def _sure(field: FieldAudit) -> str:
    return f"{field.confidence:.0%}" + ("?" if field.doubtful else "")


def _figures(field: FieldAudit) -> tuple[str, str, str]:
    distinct = f"{field.distinct:,}" if field.exact else f"~{field.distinct:,}"
    return field.personal_said, field.missing_said, distinct


def _summary(table: TableAudit) -> str:
    parts = []
    for class_ in _STYLES:
        count = sum(field.field_class.value == class_ for field in table.fields)
        if count:
            parts.append(f"{count} {class_}")
    doubtful = sum(field.doubtful for field in table.fields)
    guessed = f"; {doubtful} of them a guess (?)" if doubtful else ""
    return f"  {len(table.fields)} fields: {', '.join(parts)}{guessed}"
