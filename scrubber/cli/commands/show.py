"""scrubber show"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrubber.cli.console import answer, begin, stdout
from scrubber.cli.options import DocumentArgument, Json
from scrubber.cli.render import show_screen

if TYPE_CHECKING:
    from scrubber.api import Shown


def show(document: DocumentArgument, as_json: Json = False) -> int:
    """Show a manifest or a plan on one screen, kept fields first, with its signatures.

    Example: scrubber show scrubbed
    """
    begin("show", as_json=as_json)
    from scrubber.api import show as shown

    return answer(shown(document), _show)


def _show(shown: Shown) -> None:
    show_screen(shown.screen)
    lines = shown.signed()
    if lines:
        stdout().print("\nSignatures (--trust shows the owners of the keys)", style="bold")
    for line in lines:
        stdout().print(f"- {line}", soft_wrap=True)
