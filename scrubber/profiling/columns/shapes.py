"""Masked shapes: what values look like, without the values."""

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

# A shape is shown only where so many different values have it that it tells about none of them.
_LEAST_SHARE = 0.3


def shape_of(value: str) -> str:
    """`value` with every letter as A or a (x where there is no case) and every digit as 9.

    Signs that part words and numbers stay; any other sign becomes ``?``.

    >>> shape_of("Elm 42"), shape_of("7-Ä?€")
    ('Aaa 99', '9-A??')
    """
    return "".join(map(_masked, value))


def common_shape(values: Iterable[str]) -> str | None:
    """The shape that most of the distinct `values` have, exact or with lengths left out, or None.

    None where fewer than 11 values, or fewer than three in ten, share a shape, and where the shape
    holds no letter or digit (it could then be a value itself) or is long.
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
