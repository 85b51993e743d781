"""scrubber show"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scrubber.cli.console import answer, begin, stdout
from scrubber.cli.options import DocumentArgument, Json, Trusted
from scrubber.cli.render import show_screen

if TYPE_CHECKING:
    from scrubber.api import Shown


def show(document: DocumentArgument, trust: Trusted = None, as_json: Json = False) -> int:
    """Show a manifest or a plan on one screen, kept fields first, with its signatures.

    With --trust, the command names the owners of keys and the verdict of the gate.

    Example: scrubber show scrubbed
    """
    begin("show", as_json=as_json)
    from scrubber.api import show as shown

    return answer(shown(document), lambda found: _show(found, trust))


def _show(shown: Shown, trust: Path | None) -> None:
    show_screen(shown.screen)
    standing = shown.standing(trust)
    if standing is None:
        return
    stdout().print(f"\nSignatures: {standing.verdict}", style="bold", soft_wrap=True)
    for line in standing.lines():
        stdout().print(f"- {line}", soft_wrap=True)
    if trust is None and standing.statements:
        stdout().print("--trust shows the owners of the keys and the verdict of the gate")
