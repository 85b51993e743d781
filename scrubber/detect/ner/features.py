"""Features of the names model: of a word itself, and of its context.

Words are looked up by hashes: the model holds no list of words that could be read.
"""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

# The lists that a word can be on; bit i of `Words.lists` stands for LISTS[i].
LISTS = ("given", "given_common", "surname", "surname_common", "place", "place_part", "company")

SHAPES = 512
NGRAMS = 49_152

# Only the beginning and end of longer words are used.
_LONGEST = 32

# How a word is written: no letters, lower case, first letter large, all large, otherwise.
_NONE, _LOWER, _TITLE, _UPPER, _MIXED = range(5)
# What a token does to the text's order: nothing, ends a line, ends a sentence.
_PLAIN, _BREAK, _STOP = range(3)

# How many classes each of the features of a place has; see `places`.
PLACES = (6, 5, 14)
_REACH = 10
_LINE_LENGTHS = np.array([1, 2, 3, 6, 12, 30])


@dataclass(frozen=True, slots=True)
class Words:
    """Features of n words: vocabulary row (0: unknown), shape row, set of LISTS, `case` and `role`;
    the rows of word i's n-grams are ``ngrams[offsets[i] : offsets[i + 1]]`` (at least one)."""

    rows: Ints
    shapes: Ints
    lists: Ints
    cases: Ints
    roles: Ints
    ngrams: Ints
    offsets: Ints


def plain(word: str) -> str:
    """`word` in lower case, without accents, digits as 0; long ones cut in the middle."""
    if len(word) > _LONGEST:
        word = word[: _LONGEST // 2] + word[-_LONGEST // 2 :]
    if word.isascii():
        low = word.lower()
    else:
        apart = unicodedata.normalize("NFKD", word.casefold())
        low = "".join(c for c in apart if not unicodedata.combining(c)) or word
    return "".join("0" if c.isdigit() else c for c in low) if _has_digit(low) else low


def hashed(word: str) -> int:
    """A 32-bit hash of a plain word. Of 100,000 listed words, one in 40,000 others hits one."""
    return zlib.crc32(word.encode("utf-8", "surrogatepass"))


def words_of(words: Sequence[str], vocabulary: Any, lists: Sequence[Any]) -> Words:
    """The features of `words`. `vocabulary` holds sorted hashes (row i + 1 is that of its entry i),
    `lists` the sorted hashes of each of LISTS."""
    plains = [plain(word) for word in words]
    hashes = np.fromiter(map(hashed, plains), np.uint32, len(words))
    ngrams: list[int] = []
    offsets = [0]
    for low in plains:
        ngrams.extend(_ngrams(low))
        offsets.append(len(ngrams))
    bits = np.zeros(len(words), np.int64)
    for bit, entries in enumerate(lists):
        bits |= (_places_in(entries, hashes) > 0).astype(np.int64) << bit
    return Words(
        rows=_places_in(vocabulary, hashes),
        shapes=np.array([_shape(word) for word in words], np.int64),
        lists=bits,
        cases=np.array([_case(word) for word in words], np.int64),
        roles=np.array([_role(word) for word in words], np.int64),
        ngrams=np.array(ngrams, np.int64),
        offsets=np.array(offsets, np.int64),
    )


def places(cases: Ints, roles: Ints, joined: Any, lengths: Ints) -> tuple[Ints, Ints, Ints]:
    """For every token of texts that follow one another (`lengths` tokens each, none empty);
    `joined` tells whether it follows the token before it without white space:

    - how the letters around it are written (_REACH tokens to each side, within its text): none,
      all lower, all large, mostly large first letters, single words large, mixed;
    - what stands before it: white space, nothing, a line break, the end of a sentence, a token;
    - how long its line is, and whether the text has other lines.
    """
    ends = np.cumsum(lengths)
    texts = np.repeat(np.arange(len(lengths)), lengths)
    begin, end = (ends - lengths)[texts], ends[texts]
    here = np.arange(len(cases))
    low, high = np.maximum(here - _REACH, begin), np.minimum(here + _REACH + 1, end)

    def around(mask: npt.NDArray[np.bool_]) -> Ints:
        counts = np.concatenate(([0], np.cumsum(mask)))
        return np.asarray(counts[high] - counts[low])

    lower = around(cases == _LOWER)
    first = around((cases == _TITLE) | (cases == _MIXED))
    large = around(cases == _UPPER)
    total = lower + first + large
    casing = np.full(len(cases), 4)
    casing[(first + large) * 2 > total] = 5
    casing[first * 10 > total * 7] = 3
    casing[large * 10 > total * 7] = 2
    casing[(first == 0) & (large == 0)] = 1
    casing[total == 0] = 0

    starts = here == begin
    before = np.where(joined, 4, 0)
    before[1:][roles[:-1] == _STOP] = 3
    before[1:][roles[:-1] == _BREAK] = 2
    before[starts] = 1

    opens = starts.copy()
    opens[1:] |= roles[:-1] == _BREAK
    line = np.cumsum(opens) - 1
    line_lengths = np.bincount(line, minlength=1)
    lines = np.bincount(texts, weights=opens).astype(np.int64)
    bucket = np.searchsorted(_LINE_LENGTHS, line_lengths)[line]
    return casing, before, bucket * 2 + (lines[texts] > 1)


def _has_digit(word: str) -> bool:
    return not word.isalpha() and any(c.isdigit() for c in word)


def _ngrams(low: str) -> list[int]:
    data = f"<{low}>"
    return [
        zlib.crc32(data[i : i + n].encode("utf-8", "surrogatepass")) % NGRAMS
        for n in (2, 3, 4)
        for i in range(len(data) - n + 1)
    ]


def _case(word: str) -> int:
    if word.islower():
        return _LOWER
    if word.isupper():
        return _UPPER if len(word) > 1 else _TITLE
    if word[:1].isupper():
        return _TITLE if word[1:].islower() else _MIXED
    return _MIXED if any(c.isalpha() for c in word) else _NONE


def _role(word: str) -> int:
    return _BREAK if word == "\n" else _STOP if word in ".!?" else _PLAIN


def _shape(word: str) -> int:
    """A row for the word's shape: kinds of characters, runs cut to three, and the script."""
    kinds: list[str] = []
    for c in word[:_LONGEST]:
        kind = (
            "X"
            if c.isupper()
            else "x"
            if c.islower()
            else "d"
            if c.isdigit()
            else "o"
            if c.isalpha()
            else c
        )
        if kinds[-3:] != [kind] * 3:
            kinds.append(kind)
    if word and not word.isascii() and word[0].isalpha():
        kinds.append(unicodedata.name(word[0], "?").split()[0])
    return zlib.crc32("".join(kinds).encode("utf-8", "surrogatepass")) % SHAPES


def _places_in(entries: Any, hashes: Any) -> Ints:
    """The 1-based place of each hash in the sorted `entries`, 0 where it is not there."""
    if len(entries) == 0:
        return np.zeros(len(hashes), np.int64)
    at = np.searchsorted(entries, hashes)
    at[at == len(entries)] = 0
    return np.where(entries[at] == hashes, at + 1, 0).astype(np.int64)
