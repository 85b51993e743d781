"""Access logs of Apache and nginx, as formats of files."""

from __future__ import annotations

from scrubber.formats.format import Format
from scrubber.formats.weblog import reader, writer
from scrubber.formats.weblog.lines import COLUMNS


def _log(name: str, *endings: str) -> Format:
    return Format(
        name,
        endings,
        lambda _: "text/plain",
        reader.read,
        writer.open_encoder,
        reader.schema,
        reader.sample,
        compressible=True,
    )


LOGS = tuple(_log(name, *((".log",) if name == "apache_combined" else ())) for name in COLUMNS)
