"""Schema inference for JSONL files. Every line is examined, most of them cheaply.

After the first records, lines like them are only counted (jsonl_alike.py). The remaining lines of a
block are read record by record if they are few, and otherwise at once (jsonl_outline.py), if that
suffices. The result always equals that of reading records one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from functools import partial
from itertools import islice
from typing import Final, TypeAlias

import numpy as np

from scrubber.formats.base import Source
from scrubber.formats.io.side_by_side import abreast
from scrubber.formats.io.stream import Block
from scrubber.formats.jsonl.array import opened
from scrubber.formats.jsonl.infer_arrow import outlined
from scrubber.formats.jsonl.infer_regex import Lines, likeness, unlike
from scrubber.formats.jsonl.lines import blocks, error_of, may_be_long, parse
from scrubber.formats.jsonl.shape import BadValue, Shape

_FIRST: Final = 2**16
"""In so many bytes is seen what records are like."""

Look: TypeAlias = "Shape | Lines | None"
"""The result for a block: the shape of its records, or the lines that may add something; None if it
is unknown."""


def infer(source: Source, shape: Shape, *, drop_bad_rows: bool) -> None:
    """Add every record of `source` to `shape`, or every one that can be read and goes with it.

     Raises InputError `json-line`, `encoding`, `json-duplicate-key`, `json-big-integer`,
    , `json-key`, `json-depth`, `json-fields`, unless `drop_bad_rows`.
    """
    learner = _Learner(source, shape, drop_bad_rows)
    with opened(source) as stream:
        parts = _first_apart(blocks(stream, source))
        for block in islice(parts, 1):
            learner.take(block, _look(block, None))
        for block, look in abreast(
            parts, lambda block: block, lambda block: partial(_look, block, likeness(shape))
        ):
            learner.take(block, look)


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


def _first_apart(parts: Iterator[Block]) -> Iterator[Block]:
    """The blocks, the first one cut in two: what the first lines tell is known for all others."""
    for block in islice(parts, 1):
        lines = int(np.searchsorted(block.bounds[1:], block.bounds[0] + _FIRST)) + 1
        yield from block.cut(lines) if lines < block.lines else (block,)
    yield from parts


def _look(block: Block, alike: str | None) -> Look:
    others = unlike(block, alike) if alike is not None else None
    return others if others is not None else outlined(block.data)


class _Learner:
    """Adds the records of a source to a shape, block by block."""

    def __init__(self, source: Source, shape: Shape, drop_bad_rows: bool) -> None:
        self._source = source
        self._shape = shape
        self._drop_bad_rows = drop_bad_rows
        self._line = self._row = 1

    def take(self, block: Block, look: Look) -> None:
        if isinstance(look, Shape):
            try:
                self._shape.merge(look)
                self._row += look.objects
            except BadValue:  # which record does not go with the others is looked for
                look = None
        if look is None:
            careful = may_be_long(block.data)
            whole = block.data.removesuffix(b"\n").split(b"\n")
            self._row += block.lines - self._add(enumerate(whole), careful)
        elif not isinstance(look, Shape):
            self._row += block.lines - self._add(iter(look), careful=True)
            self._shape.count(block.lines - len(look))
        self._line += block.lines

    def _add(self, lines: Iterator[tuple[int, bytes]], careful: bool) -> int:
        """Add these lines of the block; returns how many of them are empty."""
        empty = 0
        for number, text in lines:
            if not text or text.isspace():
                empty += 1
                continue
            try:
                record = parse(text, careful)
                if self._drop_bad_rows:
                    self._shape.check(record)
                self._shape.add_record(record)
            except BadValue as bad:
                if not self._drop_bad_rows:
                    line, row = self._line + number, self._row + number - empty
                    raise error_of(bad, self._source, line, row) from None
        return empty
