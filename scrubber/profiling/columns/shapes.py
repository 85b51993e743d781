"""Masked shapes: the form of values without the values."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from scrubber.model.counts import SMALLEST

_KEPT = frozenset(" -/.:,@()+_#'")
_LONGEST = 40
_RUN = re.compile(r"(A+a*|a+|9+|x+)")
_COLLAPSED = {"A": "A+", "a": "a+", "9": "9+", "x": "x+"}

# Minimum share of distinct values with a shape, so that it describes no single one of them.
_LEAST_SHARE = 0.3


def shape_of(value: str) -> str:
    """`value` with letters masked as A, a or x (without case) and digits as 9.

    Separators of words and numbers are kept; other signs become ``?``.

    >>> shape_of("Elm 42"), shape_of("7-Ä?€")
    ('Aaa 99', '9-A??')
    """
    return "".join(map(_masked, value))


def common_shape(values: Iterable[str]) -> str | None:
    """The most common shape of the distinct `values`, exact or without lengths, or None.

    None if fewer than 11 values, or fewer than three in ten, share a shape. Also None for a long
    shape, or one without a letter or digit, since that could be a value itself.
    """
    exact = Counter(shape_of(value[: _LONGEST + 1]) for value in values)
    total = exact.total()
    loose: Counter[str] = Counter()
    for shape, count in exact.items():
        if len(shape) <= _LONGEST:
            loose[_RUN.sub(lambda run: _collapsed(run[0]), shape)] += count
    for shapes in (exact, loose):
        if not shapes:
            continue
        shape, count = min(shapes.items(), key=lambda item: (-item[1], item[0]))
        if count < SMALLEST or count < _LEAST_SHARE * total or len(shape) > _LONGEST:
            continue
        if _RUN.search(shape):
            return shape
    return None


def _collapsed(run: str) -> str:
    if run[0] == "A" and run[-1] == "a":
        return "Aa+"
    return _COLLAPSED[run[0]]


def _masked(ch: str) -> str:
    if ch in _KEPT:
        return ch
    category = unicodedata.category(ch)
    if category == "Lu":
        return "A"
    if category == "Ll":
        return "a"
    if category[0] in "LM":
        return "x"
    if category == "Nd":
        return "9"
    return " " if category == "Zs" else "?"
