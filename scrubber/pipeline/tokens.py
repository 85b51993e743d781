"""Lists of tokens, read as one text each, so that names of several words are found; and the way
back, which keeps the number of tokens, so that tags beside them stay right."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
import pyarrow as pa

from scrubber.model.opened import Leaf
from scrubber.transform.base import Outcome
from scrubber.transform.columns.distinct import readable_values
from scrubber.transform.rewrite import OffsetMap

_Bounds = tuple[tuple[int, int, int], ...]
_WORD = r"[^\s@]{1,64}"
_CASE = "(?:[a-z0-9.-]{1,64}|[A-Z0-9.-]{1,64})"
_HOST = rf"(?:{_CASE}(?: [.-] {_CASE}){{1,6}}|[^\s@]{{1,64}}[.][^\s@]{{1,64}})"
_SPLIT_SHAPES = re.compile(
    rf"(?<!\S){_WORD}(?: [._+-] {_WORD}){{0,4}} ?@ ?{_HOST}(?!\S)"
    r"|(?<!\S)\d+(?: [-/:] \d+)+(?!\S)"
    r"|(?<!\S)\d{1,3}(?: [.] \d{1,3}){3}(?!\S)"
)
"""Addresses and numbers that a tokenizer splits, with a space between their tokens:
``jane . doe @ example . com``, ``536 - 22 - 1234``, ``192 . 168 . 1 . 77``."""


@dataclass(frozen=True)
class Tokens:
    """The texts of lists of tokens as a leaf; for each text the tokens by their number, start and
    end; and the tokens that are not valid UTF-8.

    Tokens are joined by a space, those of an address or a number that was split by nothing."""

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
        text, where = _joined(readable)
        texts.append(text)
        rows.append(int(leaf.rows[first]))
        bounds.append(where)
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


def _joined(words: Sequence[tuple[int, str]]) -> tuple[str, _Bounds]:
    spaced = " ".join(word for _, word in words)
    ends = list(accumulate(len(word) + 1 for _, word in words))
    spaces = {end - 1 for end in ends[:-1]}
    glued = {
        match.start() + k
        for match in _SPLIT_SHAPES.finditer(spaced)
        for k, letter in enumerate(match[0])
        if letter == " " and match.start() + k in spaces
    }
    bounds: list[tuple[int, int, int]] = []
    at = 0
    for (i, word), end in zip(words, ends, strict=True):
        bounds.append((i, at, at + len(word)))
        at += len(word) + (end - 1 not in glued)
    text = "".join(letter for k, letter in enumerate(spaced) if k not in glued) if glued else spaced
    return text, tuple(bounds)


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
