"""Reading JSONL: one object per line, UTF-8, parsed by orjson (RFC 8259, strict).

Empty lines are no records but count as lines. NaN, infinities, lone surrogates, and integers beyond
64 bits make a bad line. Of a key that an object has twice the last one counts (the earlier value
is read by no one and written nowhere).
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from copy import deepcopy
from random import Random
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from scrubber.errors import InputError, Place
from scrubber.formats import sampling
from scrubber.formats.base import CHUNK_BYTES, CHUNK_ROWS, HELD_BYTES, MORE_MEMORY, Chunk, Source
from scrubber.formats.json_types import BadValue, Shape, fitter
from scrubber.formats.jsonl_outline import outlined
from scrubber.formats.stream import Block, ByteStream, Offsets, count_of, middle_line, record_blocks
from scrubber.model.arrow_errors import ARROW_ERRORS
from scrubber.model.fieldpath import leaves

_BOM = b"\xef\xbb\xbf"
_OBJECT_BYTES = 2**28
_CHUNK_CELLS = 2**22
"""A key takes its place in each record of a chunk, also where the record lacks it."""
_BLANK = re.compile(rb"\n\s")
_DIGITS_AND_POINTS = bytes(
    b if b == ord(".") else ord("0") if chr(b).isdecimal() and b < 128 else ord(" ")
    for b in range(256)
)
_LONG_INTEGER = b" " + b"0" * 19
_NEGATIVE_ZERO = re.compile(rb"-0(?<=[:,\[\s]-0)(?![.0-9eE])")


def infer(source: Source, shape: Shape, *, drop_bad_rows: bool) -> None:
    """Add every record of `source` to `shape`, or every one that can be read and goes with it.

    Raises InputError `json-line`, `encoding`, `json-mixed-types`, `json-big-integer`, `json-key`,
    `json-depth`, `json-fields`, unless `drop_bad_rows`.
    """
    with ByteStream(source) as stream:
        line = row = 1
        for block, seen in _outlined(_blocks(stream, source)):
            with suppress(BadValue):  # which record does not go with the others is looked for below
                if seen is not None:
                    shape.merge(seen)
                    row += seen.objects
                    line += block.lines
                    continue
            careful = _may_be_long(block.data)
            for number, text in _lines(block, line):
                try:
                    record = _parse(text, careful)
                    if drop_bad_rows:
                        shape.check(record)
                    shape.add_record(record)
                except BadValue as bad:
                    if not drop_bad_rows:
                        raise _error(bad, source, number, row) from None
                row += 1
            line += block.lines


def _outlined(blocks: Iterator[Block]) -> Iterator[tuple[Block, Shape | None]]:
    """The blocks and their outlines, which are made side by side where there are cores for it; that
    of a block with a large record is made alone."""
    threads = pa.cpu_count()
    if threads == 1:
        yield from ((block, outlined(block.data)) for block in blocks)
        return
    under_way: deque[tuple[Block, Future[Shape | None]]] = deque()

    def done(left: int) -> Iterator[tuple[Block, Shape | None]]:
        while len(under_way) > left:
            block, outline = under_way.popleft()
            yield block, outline.result()

    with ThreadPoolExecutor(threads, "outline") as pool:
        for block in blocks:
            large = len(block.data) > 2 * CHUNK_BYTES
            if large:
                yield from done(0)
            under_way.append((block, pool.submit(outlined, block.data)))
            yield from done(0 if large else threads)
        yield from done(0)


def joined(source: Source, shape: Shape, own: Shape, *, drop_bad_rows: bool) -> Shape:
    """`shape` with `own`, what was inferred from `source` alone; the same as to infer into it.

    Raises as :func:`infer`; `shape` is as before then.
    """
    try:
        shape.merge(own)
    except BadValue:  # which of its records does not go with the others only reading tells
        shape = deepcopy(shape)
        infer(source, shape, drop_bad_rows=drop_bad_rows)
    return shape


def read(source: Source, schema: pa.Schema, *, drop_bad_rows: bool) -> Iterator[Chunk]:
    """The records, in chunks that have exactly `schema`, the one that was inferred.

    Raises InputError as :func:`infer` does, and `source-changed` for a record that does not fit
    `schema`; with `drop_bad_rows` such records are rejected.
    """
    fits = fitter(pa.struct(list(schema)))
    with ByteStream(source) as stream:
        line = row = 1
        for block in _blocks(stream, source, max(1, _CHUNK_CELLS // len(leaves(schema)))):
            whole = _at_once(block, schema) if not drop_bad_rows else None
            if whole is not None:
                if whole.num_rows:
                    yield Chunk(whole, row, 0, stream.consumed)
                row += whole.num_rows
                line += block.lines
                continue
            careful = _may_be_long(block.data)
            records, count = [], 0
            for number, text in _lines(block, line):
                try:
                    record = _parse(text, careful)
                    if not fits(record):
                        raise BadValue("source-changed", "it has a value that was not there before")
                    records.append(record)
                except BadValue as bad:
                    if not drop_bad_rows:
                        raise _error(bad, source, number, row + count) from None
                count += 1
            if count:
                table = pa.Table.from_pylist(records, schema=schema)
                yield Chunk(table, row, count - len(records), stream.consumed)
            row += count
            line += block.lines


def _at_once(block: Block, schema: pa.Schema) -> pa.Table | None:
    """The records of lines that :func:`infer` has found to be well-formed, by Arrow's parser.

    None where Arrow does not take them, or might take them otherwise: they are read one by one. It
    refuses keys and types that `schema` does not have, and a key that stands twice; it knows the
    integer -0 as a float -0.0, and no structs without fields.
    """
    from pyarrow import json as arrow_json

    if any(_is_bare(kind) for _, kind in leaves(schema)) or _NEGATIVE_ZERO.search(block.data):
        return None
    try:
        table = arrow_json.read_json(
            pa.BufferReader(block.data),
            read_options=arrow_json.ReadOptions(use_threads=False, block_size=len(block.data) + 1),
            parse_options=arrow_json.ParseOptions(
                explicit_schema=schema, unexpected_field_behavior="error"
            ),
        ).cast(schema)
    except ARROW_ERRORS:  # their text quotes values
        return None
    # Each line that is not empty is one record: infer has seen to it.
    return table if table.num_rows == block.lines or table.num_rows == _filled(block) else None


def _is_bare(kind: pa.DataType) -> bool:
    return bool(pa.types.is_null(kind) or pa.types.is_struct(kind))


def _may_be_long(data: bytes) -> bool:
    """Whether there may be an integer of 19 digits or more."""
    return _LONG_INTEGER in data.translate(_DIGITS_AND_POINTS)


def _blocks(stream: ByteStream, source: Source, lines: int = CHUNK_ROWS) -> Iterator[Block]:
    """Blocks of at most `lines` lines, whose records can be held as Python objects."""

    def place(line: int) -> Place:
        return Place(file=source.alias, line=line)

    start = stream.read(len(_BOM)).removeprefix(_BOM)
    line = 1
    for block in record_blocks(stream, place, _line_ends, start, lines):
        for part in _parts(block):
            if part.lines < 2 and _objects(part.data) > max(HELD_BYTES, _OBJECT_BYTES):
                raise InputError(
                    "record-too-large",
                    "a record has too many values",
                    place=place(line),
                    hint=f"split it, or {MORE_MEMORY}",
                )
            yield part
            line += part.lines


def _parts(block: Block) -> Iterator[Block]:
    """The block, cut between lines into parts of at most _OBJECT_BYTES each, if that can be."""
    cut = middle_line(block.data)
    if not cut or _objects(block.data) <= _OBJECT_BYTES:
        yield block
        return
    lines = block.data.count(b"\n", 0, cut)
    yield from _parts(Block(block.data[:cut], lines, block.open))
    yield from _parts(Block(block.data[cut:], block.lines - lines, block.open))


def _objects(data: bytes) -> int:
    """The bytes that the values of these lines take as Python objects, about and at most."""
    return 72 * count_of(data, b"[{") + 64 * count_of(data, b",")


def _line_ends(data: bytes) -> tuple[Offsets, bool]:
    return np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n")) + 1, False


def _lines(block: Block, first: int) -> Iterator[tuple[int, bytes]]:
    for number, text in enumerate(block.data.split(b"\n"), first):
        if text and not text.isspace():
            yield number, text


def _filled(block: Block) -> int:
    """How many lines of the block are not empty."""
    if not _BLANK.search(block.data) and not block.data[:1].isspace():
        return block.data.count(b"\n") + (not block.data.endswith(b"\n"))
    return sum(1 for _ in _lines(block, 1))


def _parse(text: bytes, careful: bool) -> dict[str, Any]:
    try:
        record = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise _bad_line(text) from None
    if type(record) is not dict:
        raise BadValue("json-line", "this is not a JSON object")
    if careful and _may_be_long(text):
        _check_integers(text)
    return record


def _bad_line(text: bytes) -> BadValue:
    try:
        text.decode()
    except UnicodeDecodeError:
        return BadValue("encoding", "this is not UTF-8 text")
    return BadValue("json-line", "this is not valid JSON")


def _check_integers(text: bytes) -> None:
    """orjson reads an integer beyond 64 bits as a float, and so as another number: refuse it."""

    def integer(digits: str) -> int:
        value = int(digits) if len(digits) <= 20 else 2**64
        if not -(2**63) <= value < 2**64:
            raise BadValue("json-big-integer", "it has an integer beyond 64 bits")
        return value

    try:
        json.loads(text, parse_int=integer)
    except RecursionError:
        raise BadValue("json-depth", "values are nested too deep") from None


def _error(bad: BadValue, source: Source, line: int, row: int) -> InputError:
    field = str(bad.path) if bad.path is not None else None
    place = Place(file=source.alias, line=line, row=row, field=field)
    hint = "convert the file to UTF-8" if bad.code == "encoding" else ""
    return InputError(bad.code, bad.text, place=place, hint=hint)


def sample(source: Source, shape: Shape, chance: Random) -> tuple[list[dict[str, Any]], int | None]:
    """Some records, added to `shape`, and how many there are in all where the file is read whole.

    Lines that cannot be read, or do not go with those before them, are passed over. Raises
    InputError `input-unreadable`, `compressed-unreadable`.
    """
    records: list[dict[str, Any]] = []
    whole = not source.compression and sampling.is_small(source)
    for text in _some_lines(source, whole, chance):
        try:
            record = _parse(text, careful=True)
            shape.check(record)
        except BadValue:
            continue
        shape.add(record)
        records.append(record)
    return records, len(records) if whole else None


def _some_lines(source: Source, whole: bool, chance: Random) -> Iterator[bytes]:
    if not whole and not source.compression:
        for data, aligned in sampling.blocks(source, 0, chance):
            lines = data.removeprefix(_BOM).split(b"\n")
            yield from (text for text in lines[not aligned : -1] if text and not text.isspace())
        return
    with ByteStream(source) as stream:
        for block in _blocks(stream, source):
            yield from (text for _, text in _lines(block, 1))
            if not whole and stream.consumed >= CHUNK_BYTES:
                return
