"""Looking for people in a text: the parts of their names, and what joins parts to a name.

All people are looked for in one pass, so that the time grows with the text and with what is found
in it, not with the one times the other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as hidden_field
from functools import cached_property

from scrubber.detect.linked.folding import LETTERS, Folded, occurrences
from scrubber.detect.linked.person import Guard, Person, is_unspaced
from scrubber.detect.linked.wordlists import PARTICLES, TITLES

_WORD = re.compile(rf"{LETTERS}(?:'{LETTERS})*")
_LETTERS = re.compile(LETTERS)

# Folded: what may stand between two parts of one name.
_GAP = re.compile(r"(?:[ \t.,'_-]|\r?\n(?!\s*\n))*(?:([^\W\d_]+)[ \t.'_-]{1,2})*")
_MIDDLE = re.compile(r"[ \t]+(?:[^\W\d_]+[ \t-]+){1,2}")
_LONGEST_GAP = 32
_INITIALS_BEFORE = re.compile(r"(?<![^\W_])(?:[^\W\d_](?:\.[ -]?| ))+\Z")
_INITIALS_AFTER = re.compile(r"(?:, ?|[ _.-])[^\W\d_](?:\.(?:[ -]?[^\W\d_]\.)*|(?![^\W_]))")
_WORD_BEFORE = re.compile(r"([^\W\d_]+)\.?[ \t,]{1,2}\Z")
_SENTENCE_END = ".!?…\n"
_SKIPPED = " \t\"'([*>-•"

_WINDOW = 32  # code points inspected before and after a name
_MANY = 32  # people that share a part
_CROWD = 256  # so many that it does not matter which of them are meant


@dataclass(frozen=True, slots=True)
class NameHit:
    """A name in a text: its code points, and its words in the order in which they stand there."""

    start: int
    end: int
    words: tuple[str, ...] = hidden_field(repr=False)


@dataclass(frozen=True, slots=True)
class _Sought:
    """A part that is looked for: whose it is, and which words of theirs it is."""

    text: str = hidden_field(repr=False)
    guard: Guard
    people: frozenset[int]
    words: frozenset[tuple[int, int]]
    accented: bool = False


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    part: _Sought


_ONLY = frozenset((0,))


@dataclass(slots=True)
class _Chain:
    """Parts of one name, and whose it may be."""

    hits: list[_Hit]
    people: frozenset[int]

    def takes(self, text: Folded, hit: _Hit) -> bool:
        """True if `hit` goes on with this name; a part that it has already begins another one."""
        return (
            not self.people.isdisjoint(hit.part.people)
            and not any(
                hit.part is one.part or hit.part.words <= one.part.words for one in self.hits
            )
            and _joined(text, self.hits[-1], hit)
        )

    def add(self, hit: _Hit) -> None:
        """Go on with `hit`. Of two crowds the smaller one is kept, not who is in both: names of
        thousands that share their parts take no longer than others."""
        self.hits.append(hit)
        others = hit.part.people
        if min(len(self.people), len(others)) > _CROWD:
            self.people = min(self.people, others, key=len)
        else:
            self.people &= others


class NameSearch:
    """Looks for people in texts."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._people = tuple(people)

    @cached_property
    def _parts(self) -> tuple[_Sought, ...]:
        if len(self._people) == 1:
            return tuple(
                _Sought(part.text, part.guard, _ONLY, frozenset(((0, part.word),)), part.accented)
                for part in self._people[0].parts()
            )
        found: dict[str, list[tuple[int, int, Guard, bool]]] = {}
        for number, person in enumerate(self._people):
            for part in person.parts():
                one = (number, part.word, part.guard, part.accented)
                found.setdefault(part.text, []).append(one)
        return tuple(
            _Sought(
                text,
                min(one[2] for one in ones),
                frozenset(one[0] for one in ones),
                frozenset((one[0], one[1]) for one in ones),
                all(one[3] for one in ones),
            )
            for text, ones in found.items()
        )

    @cached_property
    def _dotted(self) -> tuple[_Sought, ...]:
        found: dict[str, set[int]] = {}
        for number, person in enumerate(self._people):
            for needle in person.dotted():
                found.setdefault(needle, set()).add(number)
        return tuple(
            _Sought(text, Guard.NONE, frozenset(own), frozenset((one, -2) for one in own))
            for text, own in found.items()
        )

    @cached_property
    def _initials(self) -> frozenset[str]:
        return frozenset().union(*(person.initials for person in self._people))

    def search(self, text: Folded, index: WordIndex | None = None) -> list[NameHit]:
        """Every place where one of the people is named, in order and apart from one another.

        `index`, of the folded text, makes the search for many people quick.
        """
        hits = sorted(self._hits(text, index), key=lambda hit: (hit.start, -hit.end))
        return [_named(text, start, end) for start, end in self._names(text, hits)]

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
        for part in self._dotted:
            for at in _dotted_places(part.text, folded, index):
                end = at + len(part.text)
                written = text.original(at, end)
                apart = _is_edge(folded, at) and _is_edge(folded, end)
                if apart and written == written.upper():
                    yield _Hit(at, end + (folded[end : end + 1] == "."), part)

    def _names(self, text: Folded, hits: Sequence[_Hit]) -> Iterator[tuple[int, int]]:
        chain: _Chain | None = None
        for hit in hits:
            if chain is not None and hit.end <= chain.hits[-1].end:
                continue
            if chain is not None and chain.takes(text, hit):
                chain.add(hit)
                continue
            if chain is not None:
                yield from self._accepted(text, chain)
                if hit.start < chain.hits[-1].end:
                    hit = _Hit(chain.hits[-1].end, hit.end, hit.part)  # half of it is taken
            chain = _Chain([hit], hit.part.people)
        if chain is not None:
            yield from self._accepted(text, chain)

    def _accepted(self, text: Folded, chain: _Chain) -> Iterator[tuple[int, int]]:
        hits = _trimmed(text, chain.hits)
        start, end = hits[0].start, hits[-1].end
        wider = self._with_initials(text, start, end, chain.people)
        named = any(
            hit.part.guard < Guard.NEVER_ALONE or hit.part.text not in PARTICLES for hit in hits
        )
        beside = wider != (start, end) or (named and len(hits) > 1)
        if (
            beside
            or any(hit.part.guard == Guard.NONE for hit in hits)
            or _after_title(text.folded, start)
        ):
            yield wider
            return
        for hit in hits:
            if _stands_alone(text, hit):
                yield hit.start, hit.end

    def _with_initials(
        self, text: Folded, start: int, end: int, people: frozenset[int]
    ) -> tuple[int, int]:
        folded = text.folded
        before = _INITIALS_BEFORE.search(folded, max(0, start - _WINDOW), start)
        if before and self._are_initials(text, before.start(), start, start, people):
            start = before.start()
        after = _INITIALS_AFTER.match(folded, end, end + _WINDOW)
        if after and self._are_initials(text, end, after.end(), start, people):
            end = after.end()
        return start, end

    def _are_initials(
        self, text: Folded, start: int, end: int, name: int, people: frozenset[int]
    ) -> bool:
        """True if one of the letters is an initial of theirs, and they are written as initials:
        with full stops, or in capitals beside a `name` (where it begins) with a capital."""
        own = self._initials
        if len(people) <= _MANY:
            own = frozenset().union(*(self._people[person].initials for person in people))
        if not any(char in own for char in text.folded[start:end] if char.isalpha()):
            return False
        written = text.original(start, end)
        return "." in written or (written == written.upper() and _is_capital(text, name))


def _dotted_places(needle: str, folded: str, index: WordIndex | None) -> Iterator[int]:
    if index is None:
        return occurrences(needle, folded)
    return (at for at in index.places(needle[0]) if folded.startswith(needle, at))


def _joined(text: Folded, one: _Hit, other: _Hit) -> bool:
    """True if what stands between two parts joins them: blanks and punctuation, initials, particles
    or, where one of them is a name for sure, one or two middle names."""
    end, start = one.end, other.start
    if start <= end:
        return True
    folded = text.folded
    if start - end > _LONGEST_GAP:
        return False
    between = list(_LETTERS.finditer(folded, end, start))
    if _GAP.fullmatch(folded, end, start) and all(
        word[0] in PARTICLES or _is_initial(text, word.start(), word.end()) for word in between
    ):
        return True
    sure = Guard.NONE in (one.part.guard, other.part.guard)
    return (
        sure
        and _MIDDLE.fullmatch(folded, end, start) is not None
        and all(_is_capital(text, word.start()) for word in between)
    )


def _is_initial(text: Folded, start: int, end: int) -> bool:
    one = end - start == 1
    return one and (_is_capital(text, start) or text.folded[end : end + 1] == ".")


def _trimmed(text: Folded, chain: list[_Hit]) -> list[_Hit]:
    """Without everyday words in small letters at the ends of a name that has capitals."""
    if not any(_is_capital(text, hit.start) for hit in chain):
        return chain

    def belongs(hit: _Hit) -> bool:
        return hit.part.guard in (Guard.NONE, Guard.NEVER_ALONE) or _is_capital(text, hit.start)

    kept = [i for i, hit in enumerate(chain) if belongs(hit)]
    return chain[kept[0] : kept[-1] + 1] if kept else chain


def _is_capital(text: Folded, at: int) -> bool:
    """True if the letter is written as a capital, or is of a script without them."""
    written = text.original(at, at + 1)
    return written == written.upper()


def _named(text: Folded, start: int, end: int) -> NameHit:
    return NameHit(*text.span(start, end), tuple(_WORD.findall(text.folded, start, end)))


class WordIndex:
    """The positions of each word of a folded text: for many names in one text, in one pass over
    it."""

    def __init__(self, folded: str) -> None:
        self._places: dict[str, list[int]] = {}
        for match in _LETTERS.finditer(folded):
            self._places.setdefault(match[0], []).append(match.start())

    def places(self, word: str) -> Iterator[int]:
        yield from self._places.get(word, ())
        yield from self._places.get(word + "s", ())


def _places(needle: str, folded: str, index: WordIndex | None) -> Iterator[int]:
    if index is not None and needle.isalpha() and not is_unspaced(needle[0]):
        return index.places(needle)
    return occurrences(needle, folded)


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


def _right_edge(folded: str, end: int, part: _Sought) -> int | None:
    """The end of the word: at `end`, or behind an s of the plural or genitive; None: it goes on."""
    if _is_edge(folded, end):
        return end
    plural = folded[end] == "s" and part.guard <= Guard.CAPITAL and _is_edge(folded, end + 1)
    return end + 1 if plural else None


def _is_edge(folded: str, at: int) -> bool:
    """True if no word goes on from before `at` to behind it."""
    if not 0 < at < len(folded):
        return True
    before, after = folded[at - 1], folded[at]
    if not (_in_word(before) and _in_word(after)):
        return True
    return is_unspaced(before) or is_unspaced(after)


def _in_word(char: str) -> bool:
    return char.isalpha() or (not char.isascii() and unicodedata.category(char)[0] == "M")
