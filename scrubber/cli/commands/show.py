"""scrubber show"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrubber.cli.console import as_json, emit, stdout
from scrubber.cli.render import show_screen

if TYPE_CHECKING:
    from scrubber.attest.attested import Attested
    from scrubber.storage import Location


def show_command(path: Location) -> int:
    """Tell a manifest or a plan on one screen, and what was signed about it."""
    from scrubber.attest.attested import attested_plan, attested_run
    from scrubber.manifest import read_manifest
    from scrubber.manifest.document import read_bytes
    from scrubber.manifest.planned import is_plan, read_plan
    from scrubber.manifest.planview import plan_screen
    from scrubber.manifest.view import screen

    if is_plan(read_bytes(path)):
        plan = read_plan(path)
        if as_json():
            return emit(plan.data)
        show_screen(plan_screen(plan))
        return _signed(attested_plan(path))
    manifest = read_manifest(path)
    if as_json():
        return emit(manifest.to_json())
    show_screen(screen(manifest))
    return _signed(attested_run(path)) if path.is_dir() else 0


def _signed(document: Attested) -> int:
    from scrubber.attest.telling import said_about

    lines = list(said_about(document))
    if lines:
        stdout().print("\nSigned (whose keys these are, --trust tells)", style="bold")
    for line in lines:
        stdout().print(f"- {line}", soft_wrap=True)
    return 0
