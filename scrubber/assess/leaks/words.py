"""Words of texts in their normal form, and the windows of consecutive words.

The normal form of a value is its letters and digits, folded, without anything between them:
``Doe, Jane`` is ``doejane`` and ``+1 (555) 010-2234`` is ``15550102234``. A character of a script
without spaces is a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from scrubber.detect.linked.folding import fold
from scrubber.detect.views import plain, readable

Bytes = np.ndarray[tuple[int], np.dtype[np.uint8]]
Ints = np.ndarray[tuple[int], np.dtype[np.int64]]
Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]

MOST_WORDS: Final = 8
MOST_PLAIN_WORDS: Final = 4
MOST_BYTES: Final = 128
LEAST_BYTES: Final = 5
LEAST_DIGITS: Final = 7
_UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_APART: Final = re.compile(f"([{_UNSPACED}])")
_SIGN: Final = re.compile(r"[^\w\x00-\x7f]")
_NEWLINE: Final = ord("\n")


def _bytes(characters: str) -> Flags:
    return np.isin(np.arange(256), np.frombuffer(characters.encode(), np.uint8))


_DIGITS: Final = _bytes("0123456789")
_MARKS: Final = _bytes("0123456789@/:")
_IN_WORD: Final = _bytes("0123456789abcdefghijklmnopqrstuvwxyz") | (np.arange(256) >= 0x80)


@dataclass(frozen=True, eq=False)
class Slices:
    """Pieces ``data[starts[i]:ends[i]]`` of UTF-8, which may overlap; neither starts nor ends
    fall."""

    data: Bytes = field(repr=False)
    starts: Ints = field(repr=False)
    ends: Ints = field(repr=False)

    @property
    def sizes(self) -> Ints:
        return self.ends - self.starts

    def only(self, chosen: Flags | Ints) -> Slices:
        """The chosen slices."""
        return Slices(self.data, self.starts[chosen], self.ends[chosen])


@dataclass(frozen=True, eq=False)
class Words:
    """The words of texts, one behind the other in `data` (UTF-8): word i is
    ``data[starts[i]:starts[i + 1]]`` and lies in the text ``texts[i]``.

    `before` counts the digits and signs ``@/:`` of all texts up to the start of each word, and
    `after` those up to its end.
    """

    data: Bytes = field(repr=False)
    starts: Ints = field(repr=False)
    texts: Ints = field(repr=False)
    before: Ints = field(repr=False)
    after: Ints = field(repr=False)

    @classmethod
    def of(cls, texts: Sequence[str]) -> Words:
        """The words of `texts`.

        >>> words = Words.of(["O'Brien, José", "x"])
        >>> words.data.tobytes(), words.texts.tolist()
        (b'obrienjosex', [0, 0, 0, 1])
        """
        whole = fold("\n".join(text.replace("\n", " ") for text in texts))
        if not whole.isascii():
            whole = _APART.sub(r" \1 ", _SIGN.sub(_vowel_or_space, whole))
        raw = np.frombuffer(whole.encode("utf-8", "replace"), np.uint8)
        inside = _IN_WORD[raw]
        edges = np.diff(inside.astype(np.int8), prepend=0, append=0)
        first, last = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
        breaks = np.flatnonzero(raw == _NEWLINE)
        marks = _sums(_MARKS[raw])
        return cls(
            raw[inside],
            _sums(last - first),
            np.searchsorted(breaks, first).astype(np.int64),
            marks[first],
            marks[last],
        )

    def __len__(self) -> int:
        return len(self.texts)

    def candidates(self) -> Iterator[tuple[Ints, int, Slices]]:
        """The windows that may be a value: their first words, number of words, and normal forms.

        A window lies in one text. It has up to four words, or up to eight with a digit or one of
        ``@/:``.
        """
        for size in range(1, MOST_WORDS + 1):
            first, slices = self.windows(size)
            fits = (slices.sizes <= MOST_BYTES) & (slices.sizes >= LEAST_BYTES)
            if size > MOST_PLAIN_WORDS:
                fits &= self.after[first + size - 1] > self.before[first]
            yield first[fits], size, slices.only(fits)

    def windows(self, size: int) -> tuple[Ints, Slices]:
        """All windows of `size` words of one text: their first words, and normal forms."""
        behind = self.texts[size - 1 :]
        first = np.flatnonzero(behind == self.texts[: len(behind)]).astype(np.int64)
        return first, Slices(self.data, self.starts[first], self.starts[first + size])


def seen_text(text: str) -> str | None:
    """The text as detectors see it, without escapes, markup and words for signs; None where it is
    the text itself.

    >>> seen_text("jane&#46;doe [at] example.com")
    'jane.doe@example.com'
    """
    view = plain(text, readable(text))
    return None if view is None else view.text


def normal_forms(values: Sequence[str]) -> Slices:
    """The normal forms of the `values` that are long enough.

    A value has up to four words, or up to eight with a digit or one of ``@/:``; 5 to 128 bytes; and
    seven digits if it is nothing else. Others are left out.
    """
    words = Words.of(values)
    ends = np.searchsorted(words.texts, np.arange(len(values)), side="right")
    begins = np.concatenate([ends[:0], [0], ends[:-1]]).astype(np.int64)[: len(values)]
    some = ends > begins
    begins, ends = begins[some], ends[some].astype(np.int64)
    whole = Slices(words.data, words.starts[begins], words.starts[ends])
    marked = words.after[ends - 1] > words.before[begins]
    digits = _sums(_DIGITS[words.data])
    least = np.where(
        digits[whole.ends] - digits[whole.starts] == whole.sizes, LEAST_DIGITS, LEAST_BYTES
    )
    fits = (whole.sizes >= least) & (whole.sizes <= MOST_BYTES)
    return whole.only(fits & (ends - begins <= np.where(marked, MOST_WORDS, MOST_PLAIN_WORDS)))


def _sums(numbers: Flags | Ints) -> Ints:
    """The sums of the first 0, 1, ... numbers."""
    sums = np.zeros(len(numbers) + 1, np.int64)
    np.cumsum(numbers, out=sums[1:])
    return sums


def _vowel_or_space(sign: re.Match[str]) -> str:
    """A vowel sign is part of its word; any other sign separates words."""
    return sign[0] if unicodedata.category(sign[0])[0] == "M" else " "
