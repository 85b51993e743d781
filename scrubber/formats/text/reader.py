"""Reading plain text: a record is the whole file, a line or a paragraph, in the field ``text``.

Lines end with ``\\n`` or ``\\r\\n``, and an empty line is an empty record. Paragraphs are separated
by blank lines. The encoding is UTF-8; a byte order mark at the beginning is no text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from random import Random

import numpy as np
import pyarrow as pa

from scrubber.errors import InputError, Place
from scrubber.formats import sampling
from scrubber.formats.base import Chunk, Source
from scrubber.formats.io.stream import Bytes, ByteStream, Offsets, line_ends, record_blocks

FIELD = "text"
SCHEMA = pa.schema([(FIELD, pa.string())])
_BOM = b"\xef\xbb\xbf"
_BLANK = re.compile(rb"(?:\A|(?<=\n))(?:[ \t\r]*\n)+")


def schema(source: Source) -> pa.Schema:
    """The one field ``text``."""
    del source
    return SCHEMA


def read(
    source: Source,
    schema: pa.Schema,
    *,
    drop_bad_rows: bool,
    unasked: frozenset[str] = frozenset(),
) -> Iterator[Chunk]:
    """The records, in chunks with exactly `schema`.

    A text that is not UTF-8 ends the reading, even with `drop_bad_rows`.

    Raises: InputError ``encoding``, ``record-too-large``.
    """
    del drop_bad_rows, unasked
    kind = source.form.records
    row = 1

    def place(number: int) -> Place:
        return Place(file=source.alias, row=number)

    with ByteStream(source) as stream:
        start = stream.read(len(_BOM)).removeprefix(_BOM)
        for block in record_blocks(stream, place, _ENDS[kind], start):
            data = block.data
            first = int(block.bounds[0])
            cuts = [int(bound) - first for bound in block.bounds]
            texts = [
                text
                for number, (a, b) in enumerate(pairwise(cuts), row)
                if (text := _text(data[a:b], kind, source, number)) is not None
            ]
            if texts:
                table = pa.table({FIELD: pa.array(texts, pa.string())}, schema=schema)
                yield Chunk(table, row, 0, stream.consumed)
            row += len(texts)


def sample(source: Source, schema: pa.Schema, rows: int, chance: Random) -> sampling.Drawn:
    """About `rows` of the first records, and their total number if all are read.

    Raises: the errors of :func:`read`.
    """
    limit = None if sampling.is_small(source) else sampling.GROUP_ROWS
    whole = sampling.from_chunks(read(source, schema, drop_bad_rows=True), schema, limit)
    return whole._replace(table=sampling.drawn(whole.table, rows, chance))


def _text(raw: bytes, kind: str, source: Source, number: int) -> str | None:
    """The text of a record without its end; None for blank lines between paragraphs."""
    if kind != "file":
        raw = raw.removesuffix(b"\n").removesuffix(b"\r")
    if kind == "paragraph":
        raw = raw.rstrip(b" \t\r\n")
        if not raw.strip():
            return None
        raw = _BLANK.sub(b"", raw) if raw[:1] in b" \t\r\n" else raw
    try:
        return raw.decode()
    except UnicodeDecodeError:
        place = Place(file=source.alias, row=number)
    hint = "convert the file to UTF-8"
    raise InputError("encoding", "this is not UTF-8 text", place=place, hint=hint)


def _whole(data: Bytes) -> tuple[Offsets, bool]:
    del data
    return np.empty(0, np.int64), False


def _lines(data: Bytes) -> tuple[Offsets, bool]:
    return line_ends(data), False


def _paragraphs(data: Bytes) -> tuple[Offsets, bool]:
    """The ends of the blank lines behind paragraphs. At the end of `data` more may follow, so that
    those count only before other text."""
    found = [match.end() for match in _BLANK.finditer(bytes(data)) if match.end() < len(data)]
    return np.array(found, np.int64), False


_ENDS: dict[str, Callable[[memoryview], tuple[Offsets, bool]]] = {
    "file": _whole,
    "line": _lines,
    "paragraph": _paragraphs,
}
