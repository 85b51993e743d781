"""Fields that point into a text, recognized from the data: positions that cut out the copy beside
them, or whole words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.fieldpath import EACH, KEY, VALUE, FieldPath
from scrubber.model.opened import Leaf, Opened
from scrubber.policy.plan import Positions, Realign
from scrubber.transform.columns.distinct import readable_values

_REPEATED = frozenset({EACH, KEY, VALUE})
_LOOKED = 256
"""So many values of a field are compared with its text."""
_MANY = 12
"""So many different pairs that cut out whole words are no coincidence, whatever their names."""
_FEW = 3
_START = re.compile(r"(?i)start|begin|from|offset|pos(?:ition)?\b|^s$")
_END = re.compile(r"(?i)end|stop|\bto\b|until|^e$")
_SURE = re.compile(r"(?i)offset|char|span|begin|answer_?start")

Fields = Sequence[tuple[FieldPath, pa.DataType]]


def pointing(
    opened: Opened, texts: Iterable[FieldPath], fields: Fields
) -> Iterator[tuple[FieldPath, Realign]]:
    """The integer fields among `fields` that are positions in one of `texts`, each with the text
    and the fields beside it.

    They cut out the copy that stands beside them, in each record; or they always cut out whole
    words, and either are called so or are many. Positions count code points here; the data
    say whether ends are inclusive.
    """
    integers = [path for path, kind in fields if pa.types.is_integer(kind)]
    words = [path for path, kind in fields if _is_text(kind)]
    if not integers:
        return
    known: dict[FieldPath, _Column] = {}

    def column(path: FieldPath) -> _Column:
        if path not in known:
            known[path] = _Column(opened.leaf(path))
        return known[path]

    told: set[FieldPath] = set()
    for text in texts:
        depth = _depth(text)
        near = [one for one in integers if one not in told and _shares(one, text)]
        for start in near:
            if start in told or not column(start).may_start:
                continue
            found = _of_pairs(column, text, start, depth) or _of_start(
                column, text, start, near, words, depth
            )
            if found is None:
                continue
            parts = (found.start, found.end, found.pair)
            for path in parts:
                if path is not None:
                    told.add(path)
                    yield path, Realign(text, found)
            if found.copy is not None:
                yield found.copy, Realign(text, found)


class _Column:
    """Some values of a field, read once."""

    def __init__(self, leaf: Leaf) -> None:
        self.leaf = leaf
        self.values = readable_values(leaf.plain.slice(0, _LOOKED))

    @property
    def may_start(self) -> bool:
        """True if the values are no negative numbers, but for the -1 of what has no place."""
        array = self.leaf.plain
        if array.null_count == len(array):
            return False
        return bool(pc.min(array).as_py() >= -1) and bool(pc.max(array).as_py() >= 0)

    def texts(self, text: Leaf, depth: int) -> list[object]:
        """The text of each value."""
        places = self.leaf.elements(depth)[:_LOOKED]
        return readable_values(text.plain.take(pa.array(places)))


_Columns = Callable[[FieldPath], _Column]


def _of_pairs(column: _Columns, text: FieldPath, start: FieldPath, depth: int) -> Positions | None:
    """Lists that begin with a start and an end."""
    one: _Column = column(start)
    if start.steps[-1] is EACH or not isinstance(start.steps[-1], str):
        levels = len(one.leaf.lists)
        if levels <= depth + 1:
            return None
        own = one.leaf.elements(levels - 1)
        ordinal = (np.arange(len(own)) - np.searchsorted(own, own))[:_LOOKED]
        texts = one.texts(column(text).leaf, depth)
        pairs = [
            (texts[i], one.values[i], one.values[i + 1])
            for i in range(len(one.values) - 1)
            if ordinal[i] == 0 and ordinal[i + 1] == 1
        ]
        labelled = not isinstance(start.steps[-1], str) and start.steps[-1] is not EACH
        least = 1 if labelled or _SURE.search(str(start)) else _FEW
        for inclusive in (False, True):
            if _cut_words(pairs, inclusive=inclusive, least=least):
                return Positions(pair=start, inclusive=inclusive)
    return None


def _of_start(
    column: _Columns,
    text: FieldPath,
    start: FieldPath,
    integers: Sequence[FieldPath],
    words: Sequence[FieldPath],
    depth: int,
) -> Positions | None:
    one: _Column = column(start)
    texts = one.texts(column(text).leaf, depth)
    beside = [p for p in integers if p != start and _parallel(column, p, start)]
    for copy in (p for p in words if p != text and _parallel(column, p, start)):
        copies = column(copy).values
        if not _copies(texts, one.values, copies):
            continue
        made = Positions(start=start, copy=copy)
        for end in beside:
            for inclusive in (False, True):
                if _ends(one.values, column(end).values, copies, inclusive=inclusive):
                    return replace(made, end=end, inclusive=inclusive)
        return made
    for end in beside:
        pairs = list(zip(texts, one.values, column(end).values, strict=True))
        few = 1 if _depth(start) > depth or _SURE.search(_name(start)) else _FEW
        named = _START.search(_name(start)) and _END.search(_name(end))
        for inclusive in (False, True):
            if _cut_words(pairs, inclusive=inclusive, least=few if named else _MANY):
                return Positions(start=start, end=end, inclusive=inclusive)
    return None


def _copies(texts: Sequence[object], starts: Sequence[object], copies: Sequence[object]) -> bool:
    """True if each position cuts out its copy. That all copies begin their text is a coincidence,
    unless they are several."""
    distinct = set()
    for text, start, copy in zip(texts, starts, copies, strict=True):
        if start is None or not copy or start == -1:
            continue
        if not isinstance(text, str) or not isinstance(copy, str) or not isinstance(start, int):
            return False
        if text[start : start + len(copy)] != copy:
            return False
        distinct.add((start, copy))
    long = any(start > 0 and len(copy) > 1 for start, copy in distinct)
    return long or len(distinct) >= _FEW


def _ends(
    starts: Sequence[object], ends: Sequence[object], copies: Sequence[object], *, inclusive: bool
) -> bool:
    rows = [
        (start, end, copy)
        for start, end, copy in zip(starts, ends, copies, strict=True)
        if isinstance(start, int) and isinstance(copy, str) and start >= 0 and copy
    ]
    last = 1 if inclusive else 0
    return bool(rows) and all(
        isinstance(end, int) and end + last == start + len(copy) for start, end, copy in rows
    )


def _cut_words(
    pairs: Sequence[tuple[object, object, object]], *, inclusive: bool, least: int
) -> bool:
    """True if each pair cuts out whole words, and `least` different ones do."""
    distinct = set()
    for text, start, end in pairs:
        if start is None and end is None:
            continue
        if start == -1 or start == end == 0:
            continue
        if not (isinstance(text, str) and isinstance(start, int) and isinstance(end, int)):
            return False
        behind = end + 1 if inclusive else end
        if not 0 <= start < behind <= len(text):
            return False
        if not (_is_edge(text, start) and _is_edge(text, behind)):
            return False
        if text[start].isspace() or text[behind - 1].isspace():
            return False
        distinct.add((start, end))
    return len(distinct) >= least


def _is_edge(text: str, at: int) -> bool:
    """True if no word goes on across a place."""
    return at in (0, len(text)) or not (text[at - 1].isalnum() and text[at].isalnum())


def _parallel(column: _Columns, other: FieldPath, start: FieldPath) -> bool:
    """True if two fields have a value each in the same elements."""
    one, two = column(start).leaf, column(other).leaf
    return len(one.lists) == len(two.lists) and all(
        np.array_equal(a, b) for a, b in zip(one.lists, two.lists, strict=True)
    )


def _shares(path: FieldPath, text: FieldPath) -> bool:
    """True if a field lies in the element that holds the text."""
    held = max((i + 1 for i, step in enumerate(text.steps) if step in _REPEATED), default=0)
    return path.steps[:held] == text.steps[:held]


def _depth(path: FieldPath) -> int:
    return sum(step in _REPEATED for step in path.steps)


def _name(path: FieldPath) -> str:
    """The last name of a path."""
    return next(step for step in reversed(path.steps) if isinstance(step, str))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
