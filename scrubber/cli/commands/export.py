"""scrubber export"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scrubber.cli.console import as_json, emit, stdout
from scrubber.errors import printable

if TYPE_CHECKING:
    from scrubber.storage import Location


def export_command(output: Location, target: str, out: Path | None, overwrite: bool) -> int:
    """Write the manifest in another form, on stdout or into a file."""
    from scrubber.exports import export
    from scrubber.manifest import read_manifest
    from scrubber.manifest.kept import unless_kept
    from scrubber.storage import write_whole

    text = export(read_manifest(output), target)
    if out is None:
        if as_json():
            return emit({"target": target, "text": text})
        stdout().file.write(text)
        return 0
    write_whole(
        out,
        text.encode(),
        hint="--overwrite replaces it",
        replace=unless_kept if overwrite else None,
    )
    if as_json():
        return emit({"target": target, "out": str(out)})
    stdout().print(f"written: {printable(str(out))}", style="green", soft_wrap=True)
    return 0
