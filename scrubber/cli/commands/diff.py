"""scrubber diff"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scrubber.cli.console import answer, begin, stdout
from scrubber.cli.options import Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrubber.api import Change, Diff

_STYLES = {"weaker": "bold red", "stronger": "green", "neutral": "dim"}

ManifestArgument = Annotated[
    str,
    typer.Argument(metavar="DIR", help="An output folder or manifest.", show_default=False),
]


def diff(before: ManifestArgument, after: ManifestArgument, as_json: Json = False) -> int:
    """Compare two manifests and rate each change as weaker, neutral or stronger protection.

    The command exits with 3 if any change is weaker, such as a newly kept field, a milder
    transform, a higher threshold, an added purpose or a longer retention.

    Example: scrubber diff scrubbed scrubbed
    """
    begin("diff", as_json=as_json)
    from scrubber.api import diff as compared

    return answer(compared(before, after), _show)


def _show(diff: Diff) -> None:
    """The changes, weaker ones first, then their numbers."""
    for effect in _STYLES:
        _show_changes(effect, diff.by_effect(effect))
    style = "bold red" if diff.exit_code else "bold"
    stdout().print(_verdict(diff), style=style, soft_wrap=True)


def _show_changes(effect: str, changes: Sequence[Change]) -> None:
    if not changes:
        return
    if not stdout().is_terminal:
        for change in changes:
            stdout().print(f"{effect:<8}  {change}", soft_wrap=True)
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(title=effect.capitalize(), title_style=_STYLES[effect], title_justify="left")
    for column in ("what", "aspect", "before", "after"):
        table.add_column(column, overflow="fold")
    for change in changes:
        what = f"{change.section} {change.subject}".rstrip()
        table.add_row(*(Text(said) for said in (what, change.aspect, change.before, change.after)))
    stdout().print(table)


def _verdict(diff: Diff) -> str:
    if not diff.changes:
        return "no relevant change"
    return ", ".join(f"{len(diff.by_effect(effect))} {effect}" for effect in _STYLES)
