"""Lines of JSON like earlier ones, which add nothing to the schema.

The shape so far is written as a regular expression that matches exactly the lines that would only
add to its counts. RE2 matches several hundred MB/s and releases the interpreter lock. A line that
does not match may still be valid: it is parsed in full. Matching lines keep matching, since a shape
only grows.
"""

from __future__ import annotations

import json
import re
from typing import Final

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.formats.io.stream import Block, is_utf8
from scrubber.formats.jsonl.shape import (
    ARRAY,
    BOOL,
    FLOAT,
    INT,
    NEGATIVE,
    NULL,
    OBJECT,
    STRING,
    WIDE,
    Shape,
)
from scrubber.model.arrow_errors import ARROW_ERRORS

_LONGEST: Final = 2**15
"""The longest expression, in characters: RE2 keeps what it has worked out of one in a few MB."""
_FIRST: Final = 1_000
"""So many lines tell whether it is worth going on."""
_MOST: Final = 8
"""Maximum share of lines unlike the others; reading more of them one by one takes too long."""

_HEX = "[0-9a-fA-F]"
_UNIT = f"(?:[0-9a-cefA-CEF]{_HEX}{{3}}|[dD][0-7]{_HEX}{{2}})"
_PAIR = rf"[dD][89abAB]{_HEX}{{2}}\\u[dD][c-fC-F]{_HEX}{{2}}"
_TEXT = rf'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u(?:{_UNIT}|{_PAIR})))*"'
"""A string with no surrogate alone, in bytes; whether they are UTF-8 is for others to say."""
_FEW = "(?:0|[1-9][0-9]{0,14})"
"""A number that any float64 holds exactly."""
_MANY = "(?:0|[1-9][0-9]{0,17})"
"""A number of 64 bits."""
_FRACTION = rf"-?{_FEW}(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{{1,2}})?"
"""A number that is finite, and if it is whole, is held exactly."""


Lines = list[tuple[int, bytes]]
"""Lines of a block, with their numbers in it from 0."""


class _Unsure(Exception):
    """There is no such expression, or it would be too long."""


def likeness(shape: Shape) -> str | None:
    """The expression of lines that add nothing to `shape` but counts (see Shape.count); None where
    there is none."""
    shape.settle()
    if not shape.fields:
        return None
    try:
        return rf"\A{_object(shape)}\r?\n?\z"
    except _Unsure:
        return None


def unlike(block: Block, alike: str) -> Lines | None:
    """The lines that `alike`, a likeness, does not take; None where there are too many of them, or
    where the bytes are not UTF-8."""
    if not is_utf8(block.view):
        return None
    data, bounds = memoryview(block.memory), block.bounds
    texts = pa.Array.from_buffers(
        pa.large_binary(), block.lines, [None, pa.py_buffer(bounds), pa.py_buffer(data)]
    )
    try:
        for some in (texts[:_FIRST], texts):
            taken = pc.match_substring_regex(some, alike)
            if taken.false_count * _MOST > len(some):
                return None
    except ARROW_ERRORS:  # RE2 finds the expression too long
        return None
    others = np.flatnonzero(~taken.to_numpy(zero_copy_only=False)).tolist()
    lines = (bytes(data[bounds[one] : bounds[one + 1]]) for one in others)
    return [(one, line.removesuffix(b"\n")) for one, line in zip(others, lines, strict=True)]


def _object(shape: Shape) -> str:
    """An object with all keys that none lacked so far, and perhaps others, in the order of the
    shape's."""
    pairs = [f"{_key(name)}: ?{_value(inner)}" for name, inner in shape.fields.items()]
    needed = [inner.present == shape.objects for inner in shape.fields.values()]
    if True not in needed:
        return rf"\{{{_short(_some(pairs))}\}}"
    first = needed.index(True)
    before = [f"(?:{pair}, ?)?" for pair in pairs[:first]]
    rest = zip(pairs[first + 1 :], needed[first + 1 :], strict=True)
    after = [f", ?{pair}" if is_needed else f"(?:, ?{pair})?" for pair, is_needed in rest]
    return rf"\{{{_short(''.join([*before, pairs[first], *after]))}\}}"


def _some(pairs: list[str]) -> str:
    """Any of the pairs, or none: each as the first one, perhaps before those behind it."""
    ways, after = "", ""
    for pair in reversed(pairs):
        ways = _short(f"{pair}{after}|{ways}")
        after = f"(?:, ?{pair})?{after}"
    return f"(?:{ways})"


def _key(name: str) -> str:
    """The key as it is written by itself or in ASCII."""
    ways = {re.escape(orjson.dumps(name).decode()), re.escape(json.dumps(name))}
    return ways.pop() if len(ways) == 1 else f"(?:{'|'.join(sorted(ways))})"


def _value(shape: Shape) -> str:
    seen = shape.seen
    kinds: list[str] = []
    if seen & OBJECT:
        kinds.append(_object(shape))
    if seen & ARRAY:
        one = _value(shape.item) if shape.item is not None else None
        kinds.append(r"\[\]" if one is None else rf"\[(?:{one}(?:, ?{one})*)?\]")
    if seen & STRING:
        kinds.append(_TEXT)
    if seen & FLOAT:
        kinds.append(_FRACTION)
    elif seen & INT:
        kinds.append(("-?" if seen & NEGATIVE else "") + (_MANY if seen & WIDE else _FEW))
    if seen & BOOL:
        kinds += ["true", "false"]
    if seen & NULL:
        kinds.append("null")
    if not kinds:
        raise _Unsure
    return _short(f"(?:{'|'.join(kinds)})")


def _short(lines: str) -> str:
    if len(lines) > _LONGEST:
        raise _Unsure
    return lines
