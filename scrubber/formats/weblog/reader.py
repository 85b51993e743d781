"""Reading access logs: a record for each line, all fields are text, and a dash is null."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.errors import InputError, Place
from scrubber.formats import sampling
from scrubber.formats.base import Chunk, Source
from scrubber.formats.io.stream import (
    Block,
    ByteStream,
    Offsets,
    is_utf8,
    line_ends,
    record_blocks,
)
from scrubber.formats.weblog.lines import COLUMNS, pattern, unescaped


def schema(source: Source) -> pa.Schema:
    """The fields of the source's format, all of type string."""
    return pa.schema([(one.name, pa.string()) for one in COLUMNS[source.format]])


def read(
    source: Source,
    schema: pa.Schema,
    *,
    drop_bad_rows: bool,
    unasked: frozenset[str] = frozenset(),
) -> Iterator[Chunk]:
    """The records, in chunks with exactly `schema`; empty lines are none.

    Raises: InputError ``log-line`` for a line of another form (unless rejected), ``encoding``,
    ``record-too-large``.
    """
    del unasked
    row = line = 1

    def place(number: int) -> Place:
        return Place(file=source.alias, line=number)

    with ByteStream(source) as stream:
        for block in record_blocks(stream, place, _ends):
            table, rejected = _parsed(block, schema, source, line, drop_bad_rows)
            if table.num_rows or rejected:
                yield Chunk(table, row, rejected, stream.consumed)
            row += table.num_rows + rejected
            line += block.lines


def sample(source: Source, schema: pa.Schema, rows: int, chance: Random) -> sampling.Drawn:
    """About `rows` of the first records, and their total number if all are read.

    Raises: the errors of :func:`read`.
    """
    limit = None if sampling.is_small(source) else sampling.GROUP_ROWS
    whole = sampling.from_chunks(read(source, schema, drop_bad_rows=True), schema, limit)
    return whole._replace(table=sampling.drawn(whole.table, rows, chance))


def _ends(data: memoryview) -> tuple[Offsets, bool]:
    return line_ends(data), False


def _parsed(
    block: Block, schema: pa.Schema, source: Source, line: int, drop_bad_rows: bool
) -> tuple[pa.Table, int]:
    """The records of the block, and the number of rejected lines."""
    if not is_utf8(block.view):
        lines = block.data.split(b"\n")
        at = next(i for i, one in enumerate(lines) if not is_utf8(one))
        raise InputError(
            "encoding",
            "this is not UTF-8 text",
            place=Place(file=source.alias, line=line + at),
            hint="convert the file to UTF-8",
        )
    texts = block.data.decode().split("\n")
    lines = pa.array([text.removesuffix("\r") for text in texts[: block.lines]], pa.string())
    filled = pc.not_equal(pc.utf8_trim_whitespace(lines), "")
    found = pc.extract_regex(lines, pattern(source.format))
    bad = pc.and_(filled, found.is_null())
    rejected = pc.sum(bad).as_py() or 0
    if rejected and not drop_bad_rows:
        at = int(np.flatnonzero(bad.to_numpy(zero_copy_only=False))[0])
        raise InputError(
            "log-line",
            f"the line is not one of the format {source.format}",
            place=Place(file=source.alias, line=line + at),
            hint="read: [{files: …, format: apache_common, apache_combined or nginx_main}], or "
            "txt with records: line for other logs",
        )
    found = found.filter(found.is_valid())
    columns = [_column(found.field(one.name), one.quoted) for one in COLUMNS[source.format]]
    return pa.Table.from_arrays(columns, schema=schema), rejected


def _column(texts: pa.Array, quoted: bool) -> pa.Array:
    texts = pc.if_else(pc.equal(texts, "-"), pa.scalar(None, pa.string()), texts)
    if quoted and pc.any(pc.match_substring(texts, "\\")).as_py():
        plain = [text if text is None else unescaped(text) for text in texts.to_pylist()]
        return pa.array(plain, pa.string())
    return texts
