"""The records of a JSONL file: blocks of lines, lines, and what a line says (by orjson, strict).

Empty lines are no records but count as lines. NaN, infinities, lone surrogates, integers beyond 64
bits, and a key that an object has twice make a bad line: readers differ in which of its values
counts, and the other one would pass unseen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson

from scrubber.errors import InputError, Place
from scrubber.formats.base import CHUNK_ROWS, HELD_BYTES, MORE_MEMORY, Source
from scrubber.formats.field_names import looks_like_data
from scrubber.formats.io.stream import (
    Block,
    ByteStream,
    Offsets,
    count_of,
    line_ends,
    record_blocks,
)
from scrubber.formats.jsonl.array import BOM, JSON
from scrubber.formats.jsonl.shape import BadValue
from scrubber.model.fieldpath import EACH, FieldPath

_OBJECT_BYTES = 2**28
_VALUE_BYTES = 72
"""Maximum bytes of a Python object per byte of JSON: an empty list or object has this size."""
_BLANK = re.compile(rb"\n\s")
_DIGITS_AND_POINTS = bytes(
    b if b == ord(".") else ord("0") if chr(b).isdecimal() and b < 128 else ord(" ")
    for b in range(256)
)
_LONG_INTEGER = b" " + b"0" * 19


def may_be_long(data: bytes) -> bool:
    """True if there may be an integer of 19 digits or more."""
    return _LONG_INTEGER in data.translate(_DIGITS_AND_POINTS)


def blocks(stream: ByteStream, source: Source, lines: int = CHUNK_ROWS) -> Iterator[Block]:
    """Blocks of at most `lines` lines, each of which can be held as Python objects by itself.

    Raises InputError `record-too-large`.
    """

    def place(line: int) -> Place:
        return Place(file=source.alias, line=_line(source, line))

    start = stream.read(len(BOM)).removeprefix(BOM)
    line = 1
    for block in record_blocks(stream, place, _ends, start, lines):
        fitting = _fitting(block)
        if fitting == block.lines:
            yield block
        elif fitting:
            yield block.cut(fitting)[0]
        line += fitting
        if fitting < block.lines:
            raise InputError(
                "record-too-large",
                "a record has too many values",
                place=place(line),
                hint=f"split it, or {MORE_MEMORY}",
            )


def held_blocks(stream: ByteStream, source: Source, lines: int = CHUNK_ROWS) -> Iterator[Block]:
    """The same, cut to where all records of a block can be held together, if that can be."""
    for block in blocks(stream, source, lines):
        yield from _parts(block)


def _fitting(block: Block) -> int:
    """The number of lines of the block before the first one that has too many values."""
    most = max(HELD_BYTES, _OBJECT_BYTES)
    for line in np.flatnonzero(np.diff(block.bounds) > most // _VALUE_BYTES).tolist():
        if _objects(block.cut(line)[1].cut(1)[0].view) > most:
            return int(line)
    return block.lines


def _parts(block: Block) -> Iterator[Block]:
    """The block, cut between lines into parts of at most _OBJECT_BYTES each, if that can be."""
    middle = int(np.searchsorted(block.bounds[1:], block.bounds[0] + block.size // 2, "right"))
    first = min(middle + 1, block.lines - 1)
    if not first or _objects(block.view) <= _OBJECT_BYTES:
        yield block
        return
    for part in block.cut(first):
        yield from _parts(part)


def _objects(data: memoryview) -> int:
    """The bytes that the values of these lines take as Python objects, about and at most."""
    return _VALUE_BYTES * count_of(data, b"[{") + 64 * count_of(data, b",")


def _ends(data: memoryview) -> tuple[Offsets, bool]:
    return line_ends(data), False


def texts(block: Block, first: int) -> Iterator[tuple[int, bytes]]:
    """The lines that are not empty, with their numbers; that of the block's first is `first`."""
    for number, text in enumerate(block.data.split(b"\n"), first):
        if text and not text.isspace():
            yield number, text


def filled(block: Block) -> int:
    """The number of non-empty lines of the block."""
    if not _BLANK.search(block.data) and not block.data[:1].isspace():
        return block.data.count(b"\n") + (not block.data.endswith(b"\n"))
    return sum(1 for _ in texts(block, 1))


def parse(text: bytes, careful: bool) -> dict[str, Any]:
    """The record that a line is; `careful` where it may have a long integer. Raises BadValue."""
    try:
        record = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise _bad_line(text) from None
    if type(record) is not dict:
        raise BadValue("json-line", "this is not a JSON object")
    if text.count(b":") != _keys_and_colons(record) or b"\\u003" in text:
        _check_keys(text)
    if careful and may_be_long(text):
        _check_integers(text)
    return record


def _bad_line(text: bytes) -> BadValue:
    try:
        text.decode()
    except UnicodeDecodeError:
        return BadValue("encoding", "this is not UTF-8 text")
    return BadValue("json-line", "this is not valid JSON")


def _keys_and_colons(record: dict[str, Any]) -> int:
    """The number of keys in a record, nested ones included, and of colons in its texts: as many as
    there are colons in its line, if no key is repeated and no colon is escaped (as ``\u003a``).."""
    count = 0
    rest: list[Any] = [record]
    while rest:
        inner = rest.pop()
        if type(inner) is dict:
            count += len(inner) + sum(key.count(":") for key in inner)
            inner = inner.values()
        for value in inner:
            kind = type(value)
            if kind is str:
                count += value.count(":")
            elif kind is dict or kind is list:
                rest.append(value)
    return count


class _Pairs(list[tuple[str, Any]]):
    """The pairs of an object, repeated keys among them."""


def _check_keys(text: bytes) -> None:
    """Raise BadValue for a key that an object in `text`, one JSON object, has twice."""
    try:
        record = json.loads(text, object_pairs_hook=_Pairs, parse_int=str)
    except RecursionError:
        raise _too_deep() from None
    rest: list[tuple[Any, FieldPath | None]] = [(record, None)]
    while rest:
        value, path = rest.pop()
        if isinstance(value, _Pairs):
            seen: set[str] = set()
            for key, inner in value:
                under = _under(path, key)
                if key in seen:
                    said = "an object repeats a key"
                    raise BadValue("json-duplicate-key", said, under)
                seen.add(key)
                rest.append((inner, under))
        elif type(value) is list:
            each = path.child(EACH) if path is not None else None
            rest += [(inner, each) for inner in value]


def _under(path: FieldPath | None, key: str) -> FieldPath | None:
    """The path of a key, or of what holds it where the key itself looks like data."""
    if looks_like_data(key):
        return path
    return FieldPath((key,)) if path is None else path.child(key)


def _too_deep() -> BadValue:
    return BadValue("json-depth", "values are nested too deeply")


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
        raise _too_deep() from None


def _line(source: Source, line: int) -> int | None:
    """The number of a line in the file; an element of an array has none."""
    return None if source.format == JSON else line


def error_of(bad: BadValue, source: Source, line: int, row: int) -> InputError:
    """The fault of a record, with its place."""
    field = str(bad.path) if bad.path is not None else None
    place = Place(file=source.alias, line=_line(source, line), row=row, field=field)
    hint = "convert the file to UTF-8" if bad.code == "encoding" else ""
    return InputError(bad.code, bad.text, place=place, hint=hint)
