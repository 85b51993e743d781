"""The words around a finding, where a pipeline does no more than cut words.

spaCy's tokenizer cuts a text at its white space, and then each piece by itself. So the words around
a place follow from the few pieces around it, and pieces can be remembered: text repeats its words.
The answer is that of :meth:`scrubber.detect.reading.Words.around` for the text as a whole, or none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain, islice, pairwise
from typing import NamedTuple

# LemmaContextAwareEnhancer's defaults: five words before the finding's own, none after it.
_BACKWARD, _FORWARD = 6, 1

# How many pieces are remembered: short ones (of up to so many code points), and long ones.
_REMEMBERED, _SHORT, _REMEMBERED_LONG = 100_000, 40, 16

# Presidio leaves these out in this spelling alone, so that another spelling brings them back.
_LEFT_OUT = ("be", "-PRON-")

_PIECE = re.compile(r"\S+|\s+")


class Word(NamedTuple):
    """A token: where it ends (code points from the start of its piece), itself in lower case, and
    whether it is a keyword by itself: no stop word, no punctuation."""

    end: int
    lower: str
    keyword: bool


class Piece(NamedTuple):
    """The tokens of a stretch with no white space in it, or of white space alone.

    `special` says that they are there by one of the tokenizer's exceptions ("don't", ":)").
    """

    words: tuple[Word, ...]
    special: bool


class Cutter:
    """A tokenizer with a memory.

    `cut` gives the tokens of a text and `plain` those without exceptions, of which `exceptions` are
    the texts. `is_filler` tells stop words and punctuation.
    """

    def __init__(
        self,
        cut: Callable[[str], Sequence[str]],
        plain: Callable[[str], Sequence[str]],
        exceptions: Collection[str],
        is_filler: Callable[[str], bool],
    ) -> None:
        def piece(text: str) -> Piece:
            made: list[Word] = []
            end = 0
            tokens = cut(text)
            for token in tokens:
                end += len(token)
                counts = token not in _LEFT_OUT and not is_filler(token)
                made.append(Word(end, token.lower(), counts))
            return Piece(tuple(made), tokens != plain(text))

        self._short = lru_cache(_REMEMBERED)(piece)
        self._long = lru_cache(_REMEMBERED_LONG)(piece)
        self._seams: dict[tuple[str, str], set[tuple[str, str]]] = {}
        for left, right in {seam for text in exceptions for seam in pairwise(plain(text))}:
            self._seams.setdefault((left[-1], right[0]), set()).add((left, right))
        self.phrases = tuple(text for text in exceptions if len(text.split()) > 1)
        self.respelled = tuple(word.lower() for word in _LEFT_OUT if not is_filler(word))

    def piece(self, text: str) -> Piece:
        """The tokens of `text`, which is as :class:`Piece` says."""
        return self._short(text) if len(text) <= _SHORT else self._long(text)

    def joins(self, left: str, right: str) -> bool:
        """Whether an exception may be seen across the space between two pieces.

        The tokenizer looks for exceptions in its tokens, whatever stands between; what it finds
        across a space is dropped, but hides an exception that it overlaps.
        """
        seams = self._seams.get((left[-1:], right[:1]), ())
        return any(left.endswith(a) and right.startswith(b) for a, b in seams)


@dataclass(frozen=True)
class Surroundings:
    """A text that is cut only where it is asked about; it begins at `offset` of another one."""

    cutter: Cutter = field(repr=False)
    text: str = field(repr=False)
    offset: int = 0

    def around(self, start: int) -> frozenset[str] | None:
        """The keywords around a finding that begins at `start`, its own token included.

        None where pieces may depend on each other.
        """
        if any(phrase in self.text for phrase in self.cutter.phrases):
            return None
        place = start - self.offset
        index = max(bisect_right(self._pieces, (place, len(self.text))) - 1, 0)
        try:
            after = self._from(index, place)
            own = tuple(islice(after, 1))
            found = self._keywords(chain(own, self._before(index, place)), _BACKWARD)
            return found | self._keywords(chain(own, after), _FORWARD)
        except _DependentError:
            return None

    def _keywords(self, words: Iterable[Word], count: int) -> frozenset[str]:
        return frozenset(islice((word.lower for word in words if self._counts(word)), count))

    def _counts(self, word: Word) -> bool:
        # Presidio asks whether a word is among the keywords of the whole text, and cuts those at
        # colons: what is no keyword here may be one by another place.
        if ":" in word.lower:
            return False
        return word.keyword or word.lower in self._elsewhere

    def _from(self, index: int, place: int) -> Iterator[Word]:
        """The tokens that end behind `place`, which lies in or after the piece `index`."""
        for number in range(index, len(self._pieces)):
            start = self._pieces[number][0]
            for word in self._words(number):
                if start + word.end > place:
                    yield word

    def _before(self, index: int, place: int) -> Iterator[Word]:
        """The tokens that end at `place` or before, backwards."""
        for number in range(min(index, len(self._pieces) - 1), -1, -1):
            start = self._pieces[number][0]
            for word in reversed(self._words(number)):
                if start + word.end <= place:
                    yield word

    def _words(self, number: int) -> tuple[Word, ...]:
        text = self._text(number)
        piece = self.cutter.piece(text)
        if piece.special and (
            self.cutter.joins(self._text(number - 1), text)
            or self.cutter.joins(text, self._text(number + 1))
        ):
            raise _DependentError
        return piece.words

    def _text(self, number: int) -> str:
        if not 0 <= number < len(self._pieces):
            return ""
        start, end = self._pieces[number]
        return self.text[start:end]

    @cached_property
    def _pieces(self) -> list[tuple[int, int]]:
        """(start, end) of what the tokenizer cuts by itself; the space after a word is in none."""
        pieces: list[tuple[int, int]] = []
        for match in _PIECE.finditer(self.text):
            start, end = match.span()
            if start and self.text[start] == " ":
                start += 1
            if start < end:
                pieces.append((start, end))
        return pieces

    @cached_property
    def _elsewhere(self) -> frozenset[str]:
        """Words that are keywords of the text by a colon or another spelling."""
        found: set[str] = set()
        place = self.text.find(":")
        while place >= 0:
            number = bisect_right(self._pieces, (place, len(self.text))) - 1
            for word in self._words(number):
                if word.keyword:
                    found.update(word.lower.split(":"))
            place = self.text.find(":", self._pieces[number][1])
        if self.cutter.respelled and any(w in self.text.lower() for w in self.cutter.respelled):
            for number in range(len(self._pieces)):
                found.update(word.lower for word in self._words(number) if word.keyword)
        return frozenset(found)


class _DependentError(Exception):
    """Two pieces cannot be cut each by itself."""
