"""scrubber reveal"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scrubber.cli.console import as_json, emit, stdout, watched
from scrubber.errors import InputError, OutputError, Place, printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrubber.run.reveal import Revealed
    from scrubber.storage import Location

_MOST = 64 << 20  # characters of standard input


def reveal_command(
    output: Location,
    reason: str,
    field: str | None,
    file: str | None,
    values: list[str] | None,
    key: str,
    domain: str | None,
    out: Path | None,
) -> int:
    """Reveal values on a terminal, or in a new file that its owner alone can read."""
    from scrubber.keystore import key_reference, resolve_key
    from scrubber.run.reveal import reveal
    from scrubber.storage import PRIVATE, write_whole

    if out is None and (as_json() or not watched()):
        text = "values are shown on a terminal only"
        raise OutputError("not-a-terminal", text, hint="--out FILE writes them for you alone")
    if out is not None and (out.exists() or out.is_symlink()):
        text = "there is a file already"
        raise OutputError("file-exists", text, place=Place(file=str(out)), hint="another file")
    if out is not None and isinstance(output, Path) and _lies_in(out, output):
        text = "values do not go into the output that they were taken out of"
        raise OutputError("out-in-output", text, place=Place(file=str(out)), hint="another folder")
    if values is not None and file is not None:
        raise InputError("values-or-file", "give --value or --file, not both")
    found = reveal(
        output,
        _given(values) if values is not None else None,
        field=field,
        file=file,
        reason=reason,
        key=resolve_key(key_reference(key)),
        domain=domain,
    )
    if out is None:
        _show(found)
        return 0
    write_whole(out, _lines(found), hint="another file", mode=PRIVATE)
    if as_json():
        return emit({"out": str(out), "values": len(found)})
    said = f"{printable(str(out))}: {len(found):,} values; only you can read the file"
    stdout().print(said, style="green", soft_wrap=True)
    return 0


def _lies_in(out: Path, output: Path) -> bool:
    return output.resolve() in out.resolve().parents


def _given(values: list[str]) -> list[str]:
    """The pseudonyms of the command line; those of standard input, one a line, in place of -."""
    given: list[str] = []
    for value in values:
        if value == "-":
            text = sys.stdin.read(_MOST + 1)
            if len(text) > _MOST:
                raise InputError("too-large", "standard input has more than 64 MiB")
            given += [line.strip() for line in text.splitlines() if line.strip()]
        else:
            given.append(value)
    return given


def _lines(found: Iterable[Revealed]) -> bytes:
    import json

    rows = (
        {"file": one.file, "record": one.record, "field": one.field, "value": one.value}
        for one in found
    )
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _show(found: Iterable[Revealed]) -> None:
    from rich.text import Text

    from scrubber.manifest.view import printable_text

    for one in found:
        where = f"{printable(one.file)} record {one.record}" if one.file else f"{one.record}"
        line = Text.assemble(
            (f"{where}  {printable(one.field)}  ", "dim"), printable_text(one.value)
        )
        stdout().print(line, soft_wrap=True)
