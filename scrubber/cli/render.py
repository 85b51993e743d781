"""Documents and their checks on a terminal, or as plain lines in a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrubber.cli.console import stdout
from scrubber.errors import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrubber.api import Verdict, Vouched
    from scrubber.manifest import Check
    from scrubber.manifest.view import FieldLine, Row, Screen


def show_screen(view: Screen) -> None:
    """Print one screen: the verdict, then kept fields, since they carry the risk."""
    from scrubber.manifest.view import Row, lines

    console = stdout()
    if not console.is_terminal:
        for line in lines(view):
            console.print(line, soft_wrap=True)
        return
    from rich.rule import Rule
    from rich.text import Text

    title = Text.assemble((view.title, "bold"), f"  {view.id[:16]}")
    console.print(Rule(title, align="left"))
    console.print(view.verdict, style="bold")
    _fields("Kept (the risk)", view.kept, "yellow")
    _fields("Transformed", view.transformed, "green")
    _fields("Removed", view.removed, "blue")
    _texts("Who can reverse it", view.reversal)
    _rows("Records", view.rows)
    _rows("Findings", view.findings)
    _texts("Risk", view.risk)
    _texts("Rescan and planted recall", view.second_look)
    outputs = [Row(f"{o.path} ({_size(o.bytes)})", o.rows) for o in view.outputs]
    _rows("Outputs", outputs)
    _texts("Commitments", view.commitments)
    _texts("Checks", view.checks)
    _texts("Deletion", view.deletion)
    _texts("Limitations", view.limitations)
    if view.unknown:
        console.print(f"\nNot declared: {', '.join(view.unknown)}", style="dim")


def _fields(title: str, fields: Sequence[FieldLine], style: str) -> None:
    if not fields:
        return
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, max_width=32, overflow="ellipsis")
    table.add_column(overflow="fold")
    for field in fields:
        table.add_row(Text(field.name, style=style), Text(field.sentence))
    stdout().print(f"\n{title}", style=f"bold {style}")
    stdout().print(table)


def _rows(title: str, rows: Sequence[Row]) -> None:
    if not rows:
        return
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    table.add_column(overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    for row in rows:
        table.add_row(Text(row.label), Text(row.count))
    stdout().print(f"\n{title}", style="bold")
    stdout().print(table)


def _texts(title: str, texts: Sequence[str]) -> None:
    if texts:
        stdout().print(f"\n{title}", style="bold")
        for text in texts:
            stdout().print(f"- {text}")


def _size(count: int | None) -> str:
    if count is None:
        from scrubber.manifest.view import size_text

        return size_text(count)
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def show_checks(checks: Sequence[Check]) -> None:
    """One line per check, with the expected result of failed ones."""
    for check in checks:
        if check.waived:
            stdout().print(f"WAIVED  {check.id}, {check.waived}", style="bold red", soft_wrap=True)
            stdout().print(f"      expected {check.expected}", soft_wrap=True)
            stdout().print(f"      actual   {check.actual}", soft_wrap=True)
        elif check.passed:
            stdout().print(f"pass  {check.id}", style="green", soft_wrap=True)
        else:
            stdout().print(f"FAIL  {check.id}", style="bold red", soft_wrap=True)
            stdout().print(f"      expected {check.expected}", soft_wrap=True)
            stdout().print(f"      actual   {check.actual}", soft_wrap=True)


def show_verdict(verdict: Verdict) -> None:
    """The checks of a gate, then the verdict."""
    from scrubber.manifest.standing import VERDICTS

    show_checks(verdict.checks)
    waived = f", with {len(verdict.waived)} failed and waived" if verdict.waived else ""
    stdout().print(VERDICTS[verdict.exit_code] + waived, style="bold")


def show_vouched(statement: Vouched, done: str) -> None:
    """One line: the action `done`, the role and the expiry date."""
    role, expires = printable(statement.says["role"]), statement.says["expires"]
    said = f"{done} as {role} until {expires} by {statement.signer}"
    stdout().print(said, style="green", soft_wrap=True)
