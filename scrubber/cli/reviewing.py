"""scrubber show"""

from __future__ import annotations

from pathlib import Path

from scrubber.cli.console import as_json, emit
from scrubber.cli.render import show_screen


def show_command(output: Path) -> int:
    """Tell the manifest on one screen."""
    from scrubber.manifest import read_manifest
    from scrubber.manifest.view import screen

    manifest = read_manifest(output)
    if as_json():
        return emit(manifest.to_json())
    show_screen(screen(manifest))
    return 0
