"""scrubber diff"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from scrubber.cli.console import as_json, emit, stdout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrubber.review import Change
    from scrubber.storage import Location

_NEEDS_REVIEW = 3
_STYLES = {"weaker": "bold red", "stronger": "green", "neutral": "dim"}


def diff_command(before: Location, after: Location) -> int:
    """Print the changes, weaker ones first; exit code 3 if there is one."""
    from scrubber.manifest import read_manifest
    from scrubber.review import Effect, compare

    old, new = read_manifest(before), read_manifest(after)
    changes = compare(old, new)
    code = _NEEDS_REVIEW if any(c.effect is Effect.WEAKER for c in changes) else 0
    if as_json():
        found = {"before": old.id, "after": new.id, "changes": [asdict(c) for c in changes]}
        return emit(found, code)
    for effect in (Effect.WEAKER, Effect.STRONGER, Effect.NEUTRAL):
        _print(effect, [change for change in changes if change.effect is effect])
    stdout().print(_verdict(changes), style="bold red" if code else "bold", soft_wrap=True)
    return code


def _print(effect: str, changes: Sequence[Change]) -> None:
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


def _verdict(changes: Sequence[Change]) -> str:
    if not changes:
        return "nothing that matters changed"
    numbers = ((e, sum(c.effect == e for c in changes)) for e in ("weaker", "stronger", "neutral"))
    return ", ".join(f"{number} {effect}" for effect, number in numbers)
