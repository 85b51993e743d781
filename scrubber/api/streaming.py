"""The verb `scrub_stream`: scrub one stream of bytes into another, with a manifest beside it."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import BinaryIO, Final

from scrubber.api.arguments import AnyPath, RulesLike
from scrubber.api.scrubbing import Scrubbed, scrub
from scrubber.errors import InputError, NotAvailable, OutputError, Place, printable
from scrubber.formats import FORMATS
from scrubber.manifest import DATA
from scrubber.run.survey import Progress
from scrubber.storage import write_whole
from scrubber.transform.keys import RootKey

STREAM: Final = "stdin"
"""The name of the source in rules and manifests, without its extension."""
_HEAD: Final = 2**16
_BINARY: Final = {b"PAR1": "parquet", b"ARROW1": "arrow", b"\xff\xff\xff\xff": "arrow"}
_PACKED: Final = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd")
_BLANK: Final = b" \t\r\n\xef\xbb\xbf"


@contextmanager
def spooled(stream: BinaryIO, format: str | None = None) -> Iterator[Path]:
    """`stream` as a file in a private folder, which is removed when the block ends.

    `format` is recognized from the bytes if not given: Parquet, Arrow, JSONL and JSON. Memory is
    constant.

    Raises: InputError ``input-empty``, ``input-unsupported`` for bytes of no recognized format;
    NotAvailable ``format-unknown``; OutputError ``output-write``.
    """
    if format is not None and format not in FORMATS:
        text = f"a format is one of {', '.join(FORMATS)}"
        raise NotAvailable("format-unknown", text)
    head = stream.read(_HEAD)
    if not head.strip(_BLANK):
        raise InputError("input-empty", "the stream is empty", place=Place(file=STREAM))
    kind = format or _recognized(head)
    folder = Path(tempfile.mkdtemp(prefix="scrubber-"))  # readable by its owner only
    try:
        path = folder / f"{STREAM}{(*FORMATS[kind].endings, '.log')[0]}"
        try:
            with path.open("wb") as file:
                file.write(head)
                shutil.copyfileobj(stream, file, 2**20)
            stored = True
        except OSError:
            stored = False
        if not stored:
            text = "the stream cannot be stored"
            raise OutputError("output-write", text, hint="TMPDIR names the folder for it")
        yield path
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _recognized(head: bytes) -> str:
    """The format of a stream that begins with `head`.

    >>> _recognized(b'{"a": 1}\\n{"a": 2}\\n'), _recognized(b'[{"a": 1}]'), _recognized(b"PAR1..")
    ('jsonl', 'json', 'parquet')
    """
    for magic, name in _BINARY.items():
        if head.startswith(magic):
            return name
    text = head.lstrip(_BLANK)
    if text.startswith(b"["):
        return "json"
    if text.startswith(b"{"):
        line, ended, _ = text.partition(b"\n")
        return "jsonl" if not ended or _is_json(line) else "json"
    packed = head.startswith(_PACKED)
    hint = "unpack it: gunzip | scrubber run" if packed else "--input-format csv, txt or another"
    raise InputError(
        "input-unsupported",
        "the format of the stream is not recognized",
        place=Place(file=STREAM),
        hint=hint,
    )


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def scrub_stream(
    source: BinaryIO | AnyPath,
    target: BinaryIO,
    rules: RulesLike,
    *,
    manifest: AnyPath,
    key: RootKey | bytes | str | None = None,
    input_format: str | None = None,
    format: str = "same",
    workers: int | None = None,
    plan: AnyPath | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Scrubbed[None]:
    """Scrub the records of `source`, a stream or the path of one file, into the stream `target`.

    The scrubbed records are stored privately and written only after all gates have passed. The
    manifest is written to the file `manifest` first; the salts of a small output lie beside it, in
    a file that adds ``.salts.json`` to the name. The source is called ``stdin`` with the extension
    of its format in rules and manifest. A null stays null. `input_format` states the format of a
    stream; the other arguments are those of :func:`scrubber.scrub`.

    Raises: InputError ``input-empty``, ``input-unsupported``, and ``one-stream`` for a path of
    several files; OutputError ``output-exists`` for an existing manifest; BrokenPipeError if nobody
    reads `target`, and then the manifest is removed; the errors of :func:`scrubber.scrub`.
    """
    record = Path(manifest)
    if record.exists():
        text = "the file of the manifest exists"
        place = Place(file=printable(str(record)))
        raise OutputError("output-exists", text, place=place, hint="name a new file")
    folder = Path(tempfile.mkdtemp(prefix="scrubber-"))
    try:
        out = folder / "out"
        with _opened(source, input_format) as path:
            done = scrub(
                str(path),
                rules,
                key=key,
                out=out,
                workers=workers,
                format=format,
                plan=plan,
                progress=progress,
            )
        _deliver(out, target, record)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Scrubbed(None, done.manifest)


@contextmanager
def _opened(source: BinaryIO | AnyPath, format: str | None) -> Iterator[Path]:
    if isinstance(source, str | PathLike):
        yield Path(source)
        return
    with spooled(source, format) as path:
        yield path


def _deliver(out: Path, target: BinaryIO, record: Path) -> None:
    """Write the manifest and its salts, then the data.

    Raises: those of :func:`scrub_stream`.
    """
    files = [path for path in (out / DATA).rglob("*") if path.is_file()]
    salts = [path for path in files if path.name.startswith(".")]
    data = [path for path in files if path not in salts]
    if len(data) != 1:
        text = f"a stream takes one file, and these are {len(data)}"
        raise InputError("one-stream", text, hint="--out DIR")
    beside = {record: (out / "manifest.json").read_bytes()}
    beside |= {record.with_name(f"{record.name}.salts.json"): one.read_bytes() for one in salts}
    for path, content in beside.items():
        write_whole(path, content, exists="output-exists", hint="name a new file")
    try:
        with data[0].open("rb") as file:
            shutil.copyfileobj(file, target, 2**20)
        target.flush()
    except BaseException:
        for path in beside:
            path.unlink(missing_ok=True)
        raise


__all__ = ["STREAM", "scrub_stream", "spooled"]
