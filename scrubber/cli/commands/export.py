"""scrubber export"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scrubber.cli.console import as_json, emit, stdout
from scrubber.errors import OutputError, Place, printable

if TYPE_CHECKING:
    from scrubber.storage import Location


def export_command(output: Location, target: str, out: Path | None) -> int:
    """Write the manifest in another form, on stdout or into a new or earlier file."""
    from scrubber.exports import export
    from scrubber.manifest import read_manifest

    text = export(read_manifest(output), target)
    if out is None:
        if as_json():
            return emit({"target": target, "text": text})
        stdout().file.write(text)
        return 0
    try:
        out.write_text(text, encoding="utf-8", newline="\n")
    except OSError:
        place = Place(file=str(out))
        raise OutputError("export-write", "the file cannot be written", place=place) from None
    if as_json():
        return emit({"target": target, "out": str(out)})
    stdout().print(f"written: {printable(str(out))}", style="green", soft_wrap=True)
    return 0
