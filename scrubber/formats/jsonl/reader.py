"""Reading JSONL: one object per line, UTF-8, in chunks that have the schema that was inferred."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa

from scrubber.formats import sampling
from scrubber.formats.base import CHUNK_BYTES, Chunk, Source
from scrubber.formats.io.side_by_side import abreast
from scrubber.formats.io.stream import Block
from scrubber.formats.jsonl.array import BOM, JSON, opened
from scrubber.formats.jsonl.lines import (
    blocks,
    error_of,
    filled,
    held_blocks,
    may_be_long,
    parse,
    texts,
)
from scrubber.formats.jsonl.shape import BadValue, Shape, fitter
from scrubber.formats.jsonl.tree import holds_kinds, table_of
from scrubber.model.arrow_errors import ARROW_ERRORS
from scrubber.model.fieldpath import FieldPath, leaves

_CHUNK_CELLS = 2**22
"""A key takes its place in each record of a chunk, also where the record lacks it."""
_NEGATIVE_ZERO = re.compile(rb"-0(?<=[:,\[\s]-0)(?![.0-9eE])")
_NEGATIVE_ZERO_BITS = np.int64(-(2**63))


def read(
    source: Source,
    schema: pa.Schema,
    *,
    drop_bad_rows: bool,
    unasked: frozenset[str] = frozenset(),
) -> Iterator[Chunk]:
    """The records, in chunks that have exactly `schema`, the one that was inferred.

    Raises InputError as `infer` does (see jsonl_schema.py), and `source-changed` for a record that
    does not fit `schema`; with `drop_bad_rows` such records are rejected. `unasked` has no effect:
    a line is parsed as a whole.
    """
    del unasked
    fits = fitter(pa.struct(list(schema)))
    quick = not drop_bad_rows and not any(holds_kinds(field.type) for field in schema)
    with opened(source) as stream:
        line = row = 1
        most = max(1, _CHUNK_CELLS // len(leaves(schema)))
        for (block, consumed), whole in abreast(
            ((block, stream.consumed) for block in held_blocks(stream, source, most)),
            lambda item: item[0],
            lambda item: partial(_at_once, item[0], schema) if quick else _nothing,
        ):
            if whole is not None:
                if whole.num_rows:
                    yield Chunk(whole, row, 0, consumed)
                row += whole.num_rows
                line += block.lines
                continue
            careful = may_be_long(block.data)
            records, count = [], 0
            for number, text in texts(block, line):
                try:
                    record = parse(text, careful)
                    if not fits(record):
                        raise BadValue("source-changed", "it has a value that was not there before")
                    records.append(record)
                except BadValue as bad:
                    if not drop_bad_rows:
                        raise error_of(bad, source, number, row + count) from None
                count += 1
            if count:
                table = table_of(records, schema)
                yield Chunk(table, row, count - len(records), consumed)
            row += count
            line += block.lines


def _nothing() -> None:
    """The result for a block that may hold malformed records, or values of several kinds."""


def _at_once(block: Block, schema: pa.Schema) -> pa.Table | None:
    """The records of lines that `infer` has found to be well-formed, by Arrow's parser.

    None where Arrow does not take them, or might take them otherwise: they are read one by one. It
    refuses keys and types that `schema` does not have, and a key that stands twice; it knows the
    integer -0 as a float -0.0, no structs without fields, and in what is nested nothing but nulls
    only where there is one.
    """
    from pyarrow import json as arrow_json

    if any(_is_bare(path, kind) for path, kind in leaves(schema)):
        return None
    try:
        table = arrow_json.read_json(
            pa.BufferReader(block.view),
            read_options=arrow_json.ReadOptions(use_threads=False, block_size=block.size + 1),
            parse_options=arrow_json.ParseOptions(
                explicit_schema=schema, unexpected_field_behavior="error"
            ),
        ).cast(schema)
    except ARROW_ERRORS:  # their text quotes values
        return None
    if any(map(_has_negative_zero, table.columns)) and _NEGATIVE_ZERO.search(block.view):
        return None
    # Each line that is not empty is one record: infer has seen to it.
    return table if table.num_rows == block.lines or table.num_rows == filled(block) else None


def _has_negative_zero(array: pa.Array | pa.ChunkedArray) -> bool:
    if isinstance(array, pa.ChunkedArray):
        return any(map(_has_negative_zero, array.chunks))
    if pa.types.is_struct(array.type):
        return any(map(_has_negative_zero, array.flatten()))
    if pa.types.is_list(array.type):
        return _has_negative_zero(array.flatten())
    if not pa.types.is_float64(array.type) or not len(array):
        return False
    return bool((np.frombuffer(array.buffers()[1], np.int64) == _NEGATIVE_ZERO_BITS).any())


def _is_bare(path: FieldPath, kind: pa.DataType) -> bool:
    return bool(pa.types.is_struct(kind) or (pa.types.is_null(kind) and len(path.steps) > 1))


def sample(
    source: Source, shape: Shape, chance: Random
) -> tuple[list[dict[str, Any]], int | None, int]:
    """Some records, added to `shape`, how many there are in all where the file is read whole, and
    how many were passed over.

    Lines that cannot be read, or do not go with those before them, are passed over. Raises
    InputError `input-unreadable`, `compressed-unreadable`.
    """
    records: list[dict[str, Any]] = []
    passed_over = 0
    whole = not source.compression and sampling.is_small(source)
    for text in _some_lines(source, whole, chance):
        try:
            record = parse(text, careful=True)
            shape.check(record)
        except BadValue:
            passed_over += 1
            continue
        shape.add(record)
        records.append(record)
    return records, len(records) if whole else None, passed_over


def _some_lines(source: Source, whole: bool, chance: Random) -> Iterator[bytes]:
    if not whole and not source.compression and source.format != JSON:
        for data, aligned in sampling.blocks(source, 0, chance):
            lines = data.removeprefix(BOM).split(b"\n")
            yield from (text for text in lines[not aligned : -1] if text and not text.isspace())
        return
    with opened(source) as stream:
        for block in blocks(stream, source):
            yield from (text for _, text in texts(block, 1))
            if not whole and stream.consumed >= CHUNK_BYTES:
                return
