"""The words around a finding, where a pipeline does no more than cut words.

spaCy's tokenizer cuts a text at its white space, and then each piece by itself. So the words around
a place follow from the few pieces around it, and pieces can be remembered: text repeats its words.
The answer is that of :meth:`scrubber.detect.context.nlp.Words.around` for the text as a whole, or
none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain, count, islice, pairwise
from typing import NamedTuple

# LemmaContextAwareEnhancer's defaults: five words before the finding's own, none after it.
_BACKWARD, _FORWARD = 6, 1

# How many pieces are remembered: short ones (of up to so many code points), and long ones.
_REMEMBERED, _SHORT, _REMEMBERED_LONG = 100_000, 40, 16

# Presidio leaves these out in this spelling alone, so that another spelling brings them back.
_LEFT_OUT = ("be", "-PRON-")

_PIECE = re.compile(r"\S+|\s+")

# Code points before a finding that are cut first; more where they hold too few keywords.
_REACH = 96

_SIGMA = "\u03a3"

# First characters of numbers and amounts.
_NEVER_PUNCTUATION = frozenset("0123456789$+")

_Wanted = Callable[[str], object]


class Word(NamedTuple):
    """A token: where it ends (code points from the start of its piece), itself in lower case, and
    whether it is a keyword by itself: no stop word, no punctuation."""

    end: int
    lower: str
    keyword: bool


# Stands for the keywords of a piece that was not cut.
_GUESSED = ""
_ONE_OR_MORE = Word(0, _GUESSED, keyword=True)


class Piece(NamedTuple):
    """The tokens of a stretch with no white space in it, or of white space alone.

    `special` says that they are there by one of the tokenizer's exceptions ("don't", ":)").
    """

    words: tuple[Word, ...]
    special: bool


class Cutter:
    """A tokenizer with a memory.

    `cut` gives the tokens of a text and `plain` those without exceptions, of which `exceptions` are
    the texts. `is_filler` tells `stop_words` and punctuation.
    """

    def __init__(
        self,
        cut: Callable[[str], Sequence[str]],
        plain: Callable[[str], Sequence[str]],
        exceptions: Collection[str],
        is_filler: Callable[[str], bool],
        stop_words: Collection[str],
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
        self._filler_starts = {word[:1] for word in (*stop_words, *_LEFT_OUT)}
        self.respelled = tuple(word.lower() for word in _LEFT_OUT if not is_filler(word))

    def opens_keyword(self, piece: str) -> bool:
        """True if the first token of `piece` must be a keyword: no stop word begins with its first
        character, and it is no punctuation."""
        first = piece[:1]
        return first in _NEVER_PUNCTUATION and first.lower() not in self._filler_starts

    def piece(self, text: str) -> Piece:
        """The tokens of `text`, which is as :class:`Piece` says."""
        return self._short(text) if len(text) <= _SHORT else self._long(text)

    def joins(self, left: str, right: str) -> bool:
        """True if an exception may be seen across the space between two pieces.

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
    # What was asked of the text as a whole: it is searched once, however many findings it has.
    _mentioned: dict[tuple[str, ...], bool] = field(default_factory=dict, repr=False)
    _by_colon: dict[str, bool] = field(default_factory=dict, repr=False)

    def mentions(self, context: tuple[str, ...]) -> bool:
        """True if some word of `context` is in the text at all, whatever its case."""
        known = self._mentioned.get(context)
        if known is None:
            # A sigma's place decides what it is in lower case.
            known = _SIGMA in self.text or any(word in self._lower for word in lowered(context))
            self._mentioned[context] = known
        return known

    def around(self, start: int, context: tuple[str, ...]) -> frozenset[str] | None:
        """Of the keywords around a finding that begins at `start`, its own token included, so many
        that a word of `context` is in one of them if it is in one of all.

        None where pieces may depend on each other.
        """
        if self._has_phrase:
            return None
        place, reach = start - self.offset, _REACH
        wanted = _any_of(lowered(context))
        try:
            while True:
                near = _Near(self.text, place, reach)
                try:
                    found = self._around(near, place, wanted, guess=True)
                    if _GUESSED in found and wanted(found[-1]):
                        found = self._around(near, place, wanted, guess=False)
                    return frozenset(found)
                except _TooNearError:
                    reach *= 8
        except _DependentError:
            return None

    def _around(self, near: _Near, place: int, wanted: _Wanted, *, guess: bool) -> list[str]:
        """The keywords of `around`, the last one with a wanted word if there is any; with a guess,
        pieces without a wanted word count for one keyword, where it may be more."""
        earlier = self._earlier(near, wanted if guess else None)
        if near.start == place and self._counts_whole(near.text(0), wanted):
            return self._keywords(earlier, _BACKWARD - 1, wanted)
        words = self._words(near, 0)
        cut = sum(near.start + word.end <= place for word in words)
        after = chain(words[cut:], self._later(near))
        own = tuple(islice(after, 1))
        found = self._keywords(chain(own, after), _FORWARD, wanted)
        if not (found and wanted(found[-1])):
            before = chain(own, reversed(words[:cut]), earlier)
            found += self._keywords(before, _BACKWARD, wanted)
        return found

    def _counts_whole(self, piece: str, wanted: _Wanted) -> bool:
        """True if the first token of `piece` is a keyword for its first character alone, and the
        piece has no wanted word in it."""
        return self.cutter.opens_keyword(piece) and ":" not in piece and not wanted(piece.lower())

    def _earlier(self, near: _Near, guess: _Wanted | None) -> Iterator[Word]:
        """The tokens before the own piece, backwards."""
        for number in count(-1, -1):
            text = near.text(number)
            if text == "":
                return
            if guess and self._counts_whole(text, guess):
                yield _ONE_OR_MORE
            else:
                yield from reversed(self._words(near, number))

    def _later(self, near: _Near) -> Iterator[Word]:
        """The tokens after the own piece."""
        for number in count(1):
            if near.text(number) == "":
                return
            yield from self._words(near, number)

    def _words(self, near: _Near, number: int) -> tuple[Word, ...]:
        text = near.text(number)
        piece = self.cutter.piece(text)
        if piece.special and (
            self.cutter.joins(near.text(number - 1), text)
            or self.cutter.joins(text, near.text(number + 1))
        ):
            raise _DependentError
        return piece.words

    def _keywords(self, words: Iterable[Word], limit: int, wanted: _Wanted) -> list[str]:
        """The first `limit` keywords, or those up to one with a wanted word."""
        found: list[str] = []
        for word in words:
            # Presidio asks whether a word is among the keywords of the whole text, and cuts those
            # at colons: what is no keyword here may be one by another place, and the reverse.
            if ":" not in word.lower and (word.keyword or self._is_elsewhere(word.lower)):
                found.append(word.lower)
                if len(found) == limit or wanted(word.lower):
                    break
        return found

    def _is_elsewhere(self, word: str) -> bool:
        """True if `word` is a keyword of the text by a colon or another spelling."""
        if not (self._respelled or self._beside_colon(word)):
            return False
        if self._elsewhere is None:
            raise _DependentError
        return word in self._elsewhere

    def _beside_colon(self, word: str) -> bool:
        known = self._by_colon.get(word)
        if known is None:
            lower = self._lower
            known = ":" in lower and (word + ":" in lower or ":" + word in lower)
            self._by_colon[word] = known
        return known

    @cached_property
    def _lower(self) -> str:
        return self.text.lower()

    @cached_property
    def _has_phrase(self) -> bool:
        """True if an exception with a space in it is in the text."""
        return any(phrase in self.text for phrase in self.cutter.phrases)

    @cached_property
    def _respelled(self) -> bool:
        """True if a word may be a keyword in another spelling, or in another place."""
        spelled = any(word in self._lower for word in self.cutter.respelled)
        return spelled or _SIGMA in self.text

    @cached_property
    def _elsewhere(self) -> frozenset[str] | None:
        """Keywords of the text by a colon or another spelling; None where pieces may depend on each
        other."""
        try:
            return self._found_elsewhere()
        except _DependentError:
            return None

    def _found_elsewhere(self) -> frozenset[str]:
        found: set[str] = set()
        near = _Near(self.text, 0, 2 * len(self.text))
        for number in count():
            text = near.text(number)
            if text == "":
                break
            if ":" in text or self._respelled:
                for word in self._words(near, number):
                    if word.keyword:
                        found.update(word.lower.split(":"))
        return frozenset(found)


class _Near:
    """The pieces of a text around a place; number 0 is the one that the place lies in, or behind.

    What the tokenizer cuts by itself is a piece; the space after a word is in none. `start` is
    where piece 0 begins.
    """

    __slots__ = ("_index", "_left", "_pieces", "_right", "start")

    def __init__(self, text: str, place: int, reach: int) -> None:
        """Cuts `reach` code points before `place`, and half as many after it."""
        low, high = max(place - reach, 0), min(place + reach // 2, len(text))
        stretch = text[low:high]
        self._pieces = stretch.split(" ")
        inner = self._pieces[1 if low else 0 : -1 if high < len(text) else None]
        if stretch.isprintable() and "" not in inner:  # single spaces, no other white space
            self._index = text.count(" ", low, place)
            self.start = max(text.rfind(" ", low, place) + 1, low)
        else:
            starts, self._pieces = _pieces(stretch)
            self._index = max(bisect_right(starts, place - low) - 1, 0)
            self.start = low + (starts[self._index] if starts else 0)
        # What an end of the stretch cuts is no piece.
        self._left = 1 if low else 0
        self._right = len(self._pieces) - (high < len(text))

    def text(self, number: int) -> str:
        """The text of a piece; empty where the whole text has no such piece."""
        index = self._index + number
        if self._left <= index < self._right:
            return self._pieces[index]
        if (index < 0 and not self._left) or (
            index >= len(self._pieces) and self._right == len(self._pieces)
        ):
            return ""
        raise _TooNearError


def _pieces(text: str) -> tuple[list[int], list[str]]:
    """The pieces of `text` and where they start."""
    starts: list[int] = []
    pieces: list[str] = []
    for match in _PIECE.finditer(text):
        start, end = match.span()
        if start and text[start] == " ":
            start += 1
        if start < end:
            starts.append(start)
            pieces.append(text[start:end])
    return starts, pieces


@lru_cache(1_000)
def lowered(words: tuple[str, ...]) -> tuple[str, ...]:
    """`words` in lower case."""
    return tuple(word.lower() for word in words)


@lru_cache(1_000)
def _any_of(words: tuple[str, ...]) -> _Wanted:
    """Tells whether one of `words` is in a text."""
    return re.compile("|".join(map(re.escape, words))).search


class _DependentError(Exception):
    """Two pieces cannot be cut each by itself."""


class _TooNearError(Exception):
    """More of the text must be cut."""
