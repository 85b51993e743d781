"""Lists of tokens, read as one text each, so that names of several words are found; and the way
back, which keeps the number of tokens, so that tags beside them stay right."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from scrubber.model.opened import Leaf
from scrubber.transform.base import Outcome
from scrubber.transform.columns.distinct import readable_values
from scrubber.transform.rewrite import OffsetMap

_Bounds = tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Tokens:
    """The texts of lists of tokens, joined by a space, as a leaf; for each text the tokens by their
    number, start and end; and the tokens that are not valid UTF-8."""

    leaf: Leaf
    bounds: tuple[_Bounds, ...] = field(repr=False)
    broken: tuple[int, ...] = ()


def tokens_of(leaf: Leaf) -> Tokens:
    """The tokens of a leaf whose values are elements of lists. A null token is left out."""
    lists = leaf.elements(len(leaf.lists) - 1).tolist()
    values = readable_values(leaf.plain)
    texts: list[str] = []
    rows: list[int] = []
    bounds: list[_Bounds] = []
    first = 0
    while first < len(values):
        last = bisect_right(lists, lists[first], first)
        words = [(i, value) for i, value in enumerate(values[first:last], first)]
        readable = [(i, value) for i, value in words if isinstance(value, str)]
        texts.append(" ".join(value for _, value in readable))
        rows.append(int(leaf.rows[first]))
        bounds.append(tuple(_bounds(readable)))
        first = last
    joined = Leaf(leaf.path, pa.array(texts, pa.large_string()), np.array(rows, np.int64))
    broken = tuple(i for i, v in enumerate(values) if v is not None and not isinstance(v, str))
    return Tokens(joined, tuple(bounds), broken)


def spread(
    leaf: Leaf, tokens: Tokens, outcome: Outcome, offsets: Mapping[int, OffsetMap]
) -> Outcome:
    """The tokens of the rewritten texts. Those of a text that failed are failed."""
    made = readable_values(leaf.plain)
    texts = readable_values(outcome.array)
    failed = np.zeros(len(made), dtype=np.bool_)
    failed[list(tokens.broken)] = True
    for number, here in enumerate(tokens.bounds):
        if texts[number] is None:
            failed[[i for i, _, _ in here]] = True
        elif number in offsets:
            for i, token in _changed(here, str(texts[number]), offsets[number]):
                made[i] = token
    kept = [None if bad else token for token, bad in zip(made, failed.tolist(), strict=True)]
    array = pa.array(kept, leaf.plain.type)
    why = outcome.why or "a token is not valid UTF-8"
    return Outcome(array, pa.array(failed), why) if failed.any() else Outcome(array)


def _bounds(words: Sequence[tuple[int, str]]) -> Iterator[tuple[int, int, int]]:
    at = 0
    for i, word in words:
        yield i, at, at + len(word)
        at += len(word) + 1


def _changed(bounds: _Bounds, text: str, offsets: OffsetMap) -> Iterator[tuple[int, str]]:
    """The new tokens of a text that changed, each with its number.

    The words of a stand-in go to the tokens that it replaces, one by one. The last token gets all
    that are left over; if there are fewer words than tokens, the last word is repeated.
    """
    i = 0
    while i < len(bounds):
        _, start, end = bounds[i]
        if start == end or not offsets.touches(start, end):
            i += 1
            continue
        new_start, new_end = offsets.map(start, end)
        last = i + 1
        while last < len(bounds):
            _, start, end = bounds[last]
            if start < end:
                begins, ends = offsets.map(start, end)
                if begins >= new_end:
                    break
                new_end = max(new_end, ends)
            last += 1
        words = text[new_start:new_end].split() or [""]
        for k in range(i, last - 1):
            yield bounds[k][0], words[min(k - i, len(words) - 1)]
        yield bounds[last - 1][0], " ".join(words[last - 1 - i :]) or words[-1]
        i = last
