"""A person's name in a text, however it is written: whole, a part, by initials, reversed.

What counts as a name is decided on folded text (:mod:`scrubber.detect.folding`), word by word:

- a part of three letters or more that is no everyday word: anywhere, in any case;
- an everyday word or one of two letters: written with a capital;
- a function word ("Will", "An"): with one capital, and not where a sentence begins;
- any of them, in any case: beside another part, an initial of the name, or a title;
- a single letter: only beside a part, or with full stops beside another initial ("N.G.").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as hidden_field
from enum import IntEnum
from functools import cached_property
from itertools import permutations

from scrubber.detect.everyday import (
    EVERYDAY_WORDS,
    FUNCTION_WORDS,
    PARTICLES,
    SUFFIXES,
    TITLES,
)
from scrubber.detect.folding import Folded, fold, occurrences

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_LETTERS = re.compile(r"[^\W\d_]+")
_POSSESSIVE = re.compile(r"'s\s*\Z")
_TRANSCRIBED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_UMLAUTED = re.compile("ae|oe|ue")

# Folded: what may stand between two parts of one name.
_GAP = re.compile(r"(?:[ \t.,'_-]|\r?\n(?!\s*\n))*(?:([^\W\d_]+)[ \t.'_-]{1,2})*")
_MIDDLE = re.compile(r"[ \t]+(?:[^\W\d_]+[ \t-]+){1,2}")
_LONGEST_GAP = 32
_INITIALS_BEFORE = re.compile(r"(?<![^\W_])(?:[^\W\d_](?:\.[ -]?| ))+\Z")
_INITIALS_AFTER = re.compile(r"(?:, ?|[ _.-])[^\W\d_](?:\.(?:[ -]?[^\W\d_]\.)*|(?![^\W_]))")
_WORD_BEFORE = re.compile(r"([^\W\d_]+)\.?[ \t,]{1,2}\Z")
_SENTENCE_END = ".!?…\n"
_SKIPPED = " \t\"'([*>-•"

_MOST_WORDS = 12
_LONGEST_VALUE = 200
_WINDOW = 32  # code points looked at before and after a name


class Guard(IntEnum):
    """What a part must bring to be a name when it stands alone."""

    NONE = 0
    CAPITAL = 1
    INSIDE_SENTENCE = 2
    NEVER_ALONE = 3


@dataclass(frozen=True, slots=True)
class Part:
    """A word of a name, folded. `accented`: only where the text has it with an accent."""

    text: str = hidden_field(repr=False)
    guard: Guard
    word: int
    accented: bool = False


@dataclass(frozen=True, slots=True)
class NameHit:
    """A name in a text: its code points, and its words in the order in which they stand there."""

    start: int
    end: int
    words: tuple[str, ...] = hidden_field(repr=False)


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    part: Part


def name_words(value: str) -> tuple[str, ...]:
    """The words of a name, folded, without titles and suffixes.

    >>> name_words("Dr. Mary-Ann O'Brien, MD")
    ('mary', 'ann', "o'brien")
    """
    if len(value) > _LONGEST_VALUE:
        return ()
    words = _WORD.findall(_POSSESSIVE.sub("", fold(value)))
    while len(words) > 1 and words[0] in TITLES:
        words = words[1:]
    while len(words) > 1 and words[-1] in SUFFIXES:
        words = words[:-1]
    return tuple(words[:_MOST_WORDS])


class Names:
    """The names of one person, to be looked for."""

    __slots__ = ("__dict__", "_values", "words")

    def __init__(self, values: Iterable[str]) -> None:
        self._values = tuple(dict.fromkeys(values))
        self.words = tuple(
            dict.fromkeys(word for value in self._values for word in name_words(value))
        )

    @cached_property
    def _parts(self) -> tuple[Part, ...]:
        parts: dict[str, Part] = {}
        alone = {words[0] for value in self._values if len(words := name_words(value)) == 1}
        for number, word in enumerate(self.words):
            if len(word) == 1 and not _is_unspaced(word):
                continue  # an initial
            for text, accented in self._spellings(word):
                guard = _guard(text)
                if word in PARTICLES:
                    guard = Guard.CAPITAL if word in alone else Guard.NEVER_ALONE
                parts.setdefault(text, Part(text, guard, number, accented))
        full = [w for w in self.words if len(w) > 1 and w not in PARTICLES][:4]
        for one, other in permutations(full, 2):
            joined = [one + other]
            if len(other) > 3 and not _is_unspaced(one[0]):
                joined += [one[0] + other, other + one[0]]
            for text in joined:
                text = text.replace("'", "")
                parts.setdefault(text, Part(text, Guard.NONE, -1))
        return tuple(parts.values())

    def _spellings(self, word: str) -> Iterator[tuple[str, bool]]:
        yield word, False
        if "'" in word:
            yield word.replace("'", ""), False
            yield word.replace("'", " "), False
        if word.isascii():
            plain = _UMLAUTED.sub(lambda m: m[0][0], word)
            if plain != word and len(plain) > 2:
                yield plain, True
        for value in self._values:
            if not value.isascii():
                for written in _LETTERS.findall(unicodedata.normalize("NFC", value).casefold()):
                    longer = fold(written.translate(_TRANSCRIBED))
                    if fold(written) == word and longer != word:
                        yield longer, False

    @cached_property
    def _initials(self) -> frozenset[str]:
        return frozenset(word[0] for word in self.words)

    @cached_property
    def _dotted(self) -> tuple[str, ...]:
        """Two initials with full stops: "n.g", "n. g"."""
        pairs = permutations([w[0] for w in self.words if w not in PARTICLES][:4], 2)
        return tuple(dict.fromkeys(f"{a}.{gap}{b}" for a, b in pairs for gap in ("", " ")))

    @cached_property
    def anchors(self) -> tuple[str, ...]:
        """Folded texts of which at least one stands in every folded text that holds a name."""
        own = [p.text for p in self._parts if p.word >= 0 and p.guard < Guard.NEVER_ALONE]
        lone = [p.text for p in self._parts if p.guard == Guard.NEVER_ALONE]
        return (*(own or lone), *self._dotted)

    def search(self, text: Folded, index: WordIndex | None = None) -> list[NameHit]:
        """Every place where the person is named in `text`, in order and apart from one another."""
        hits = sorted(self._hits(text, index), key=lambda hit: (hit.start, -hit.end))
        return [_named(text, start, end) for start, end in self._chains(text, hits)]

    def _hits(self, text: Folded, index: WordIndex | None) -> Iterator[_Hit]:
        folded = text.folded
        for part in self._parts:
            size = len(part.text)
            for at in _places(part.text, folded, index):
                end = _right_edge(folded, at + size, part)
                if end is None or not _is_edge(folded, at):
                    continue
                if part.accented and text.original(at, end).isascii():
                    continue
                yield _Hit(at, end, part)
        for needle in self._dotted:
            if needle in folded:
                for at in occurrences(needle, folded):
                    end = at + len(needle)
                    written = text.original(at, end)
                    if (
                        _is_edge(folded, at)
                        and _is_edge(folded, end)
                        and written == written.upper()
                    ):
                        end += folded[end : end + 1] == "."
                        yield _Hit(at, end, Part(needle, Guard.NONE, -1))

    def _chains(self, text: Folded, hits: Sequence[_Hit]) -> Iterator[tuple[int, int]]:
        chain: list[_Hit] = []
        for hit in hits:
            if chain and hit.end <= chain[-1].end:
                continue
            if chain and not _joined(text, chain[-1].end, hit.start):
                yield from self._accepted(text, chain)
                chain = []
            chain.append(hit)
        if chain:
            yield from self._accepted(text, chain)

    def _accepted(self, text: Folded, chain: list[_Hit]) -> Iterator[tuple[int, int]]:
        chain = _trimmed(text, chain)
        start, end = chain[0].start, chain[-1].end
        wider = self._with_initials(text, start, end)
        guard = min(hit.part.guard for hit in chain)
        words = {hit.part.word for hit in chain if hit.part.text not in PARTICLES}
        beside = wider != (start, end) or len(words) > 1
        if guard == Guard.NONE or beside or _after_title(text.folded, start):
            yield wider
            return
        for hit in chain:
            if _stands_alone(text, hit):
                yield hit.start, hit.end

    def _with_initials(self, text: Folded, start: int, end: int) -> tuple[int, int]:
        folded = text.folded
        before = _INITIALS_BEFORE.search(folded, max(0, start - _WINDOW), start)
        if before and self._are_initials(text, before.start(), start, start):
            start = before.start()
        after = _INITIALS_AFTER.match(folded, end, end + _WINDOW)
        if after and self._are_initials(text, end, after.end(), start):
            end = after.end()
        return start, end

    def _are_initials(self, text: Folded, start: int, end: int, name: int) -> bool:
        """Whether one of the letters is ours, and they are written as initials: with full stops,
        or in capitals beside a `name` (where it begins) with a capital."""
        if not any(char in self._initials for char in text.folded[start:end] if char.isalpha()):
            return False
        written = text.original(start, end)
        return "." in written or (written == written.upper() and _is_capital(text, name))


def _joined(text: Folded, end: int, start: int) -> bool:
    """Whether what stands between two parts joins them: blanks and punctuation, initials, particles
    or one or two middle names."""
    if start <= end:
        return True
    folded = text.folded
    if start - end > _LONGEST_GAP:
        return False
    if _GAP.fullmatch(folded, end, start) and all(
        len(word) == 1 or word in PARTICLES for word in _LETTERS.findall(folded, end, start)
    ):
        return True
    return _MIDDLE.fullmatch(folded, end, start) is not None and all(
        _is_capital(text, match.start()) for match in _LETTERS.finditer(folded, end, start)
    )


def _trimmed(text: Folded, chain: list[_Hit]) -> list[_Hit]:
    """Without everyday words in small letters at the ends of a name that has capitals."""
    if not any(_is_capital(text, hit.start) for hit in chain):
        return chain

    def belongs(hit: _Hit) -> bool:
        return hit.part.guard in (Guard.NONE, Guard.NEVER_ALONE) or _is_capital(text, hit.start)

    kept = [i for i, hit in enumerate(chain) if belongs(hit)]
    return chain[kept[0] : kept[-1] + 1] if kept else chain


def _is_capital(text: Folded, at: int) -> bool:
    """Whether the letter is written as a capital, or is of a script without them."""
    written = text.original(at, at + 1)
    return written == written.upper()


def _named(text: Folded, start: int, end: int) -> NameHit:
    return NameHit(*text.span(start, end), tuple(_WORD.findall(text.folded, start, end)))


class WordIndex:
    """Where each word of a folded text stands: for many names in one text, in one pass over it."""

    def __init__(self, folded: str) -> None:
        self._places: dict[str, list[int]] = {}
        for match in _LETTERS.finditer(folded):
            self._places.setdefault(match[0], []).append(match.start())

    def places(self, word: str) -> Iterator[int]:
        yield from self._places.get(word, ())
        yield from self._places.get(word + "s", ())


def _places(needle: str, folded: str, index: WordIndex | None) -> Iterator[int]:
    if index is not None and needle.isalpha() and not _is_unspaced(needle[0]):
        return index.places(needle)
    return occurrences(needle, folded)


def _guard(word: str) -> Guard:
    if _length(word) == 1:
        return Guard.NEVER_ALONE
    if word in FUNCTION_WORDS:
        return Guard.INSIDE_SENTENCE
    if word in EVERYDAY_WORDS or word in TITLES:
        return Guard.CAPITAL
    return Guard.CAPITAL if len(word) == 2 and not _is_unspaced(word[0]) else Guard.NONE


def _length(word: str) -> int:
    """Letters; a syllable of Hangul, which folding takes apart, is one."""
    return sum(not "\u1160" <= char <= "\u11ff" for char in word)


def _stands_alone(text: Folded, hit: _Hit) -> bool:
    written = text.original(hit.start, hit.end)
    match hit.part.guard:
        case Guard.NONE:
            return True
        case Guard.CAPITAL:
            return _is_capital(text, hit.start)
        case Guard.INSIDE_SENTENCE:
            one_capital = written == written[:1].upper() + written[1:].lower()
            return one_capital and not _begins_sentence(text, hit.start)
        case Guard.NEVER_ALONE:
            return False


def _begins_sentence(text: Folded, start: int) -> bool:
    at = text.span(start, start + 1)[0] - 1
    while at >= 0 and text.text[at] in _SKIPPED:
        at -= 1
    return at < 0 or text.text[at] in _SENTENCE_END


def _after_title(folded: str, start: int) -> bool:
    match = _WORD_BEFORE.search(folded, max(0, start - _WINDOW), start)
    return match is not None and match[1] in TITLES


def _right_edge(folded: str, end: int, part: Part) -> int | None:
    """Where the word ends: at `end`, or behind an s of the plural or genitive; None: it goes on."""
    if _is_edge(folded, end):
        return end
    plural = folded[end] == "s" and part.guard <= Guard.CAPITAL and _is_edge(folded, end + 1)
    return end + 1 if plural else None


def _is_edge(folded: str, at: int) -> bool:
    """Whether no word goes on from before `at` to behind it."""
    if not 0 < at < len(folded):
        return True
    before, after = folded[at - 1], folded[at]
    if not (_in_word(before) and _in_word(after)):
        return True
    return _is_unspaced(before) or _is_unspaced(after)


def _in_word(char: str) -> bool:
    return char.isalpha() or (not char.isascii() and unicodedata.category(char)[0] == "M")


def _is_unspaced(char: str) -> bool:
    """Whether it is of a script that writes no spaces between words, or sticks endings to them."""
    code = ord(char)
    return code >= 0x0E00 and (
        code <= 0x0EFF  # Thai, Lao
        or 0x1000 <= code <= 0x109F  # Burmese
        or 0x1780 <= code <= 0x17FF  # Khmer
        or 0x1100 <= code <= 0x11FF  # Hangul, taken apart by folding
        or 0x3040 <= code <= 0x9FFF  # kana, ideographs
        or 0xAC00 <= code <= 0xD7AF  # Hangul
        or 0x20000 <= code <= 0x3FFFF  # more ideographs
    )
