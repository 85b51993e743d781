"""One identifier and the ways in which a text may write it: a mailbox, a telephone number, a code,
a day, a phrase.

Each kind says cheaply whether a text may hold it (`possible`, over folded and squashed text) and
finds where. None is made for a value too short or too common to say anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as hidden_field
from typing import Protocol

from scrubber.detect.linked.dates import Day, days_of, month_names, written_days
from scrubber.detect.linked.folding import Folded, fold, occurrences, squash
from scrubber.detect.linked.wordlists import EVERYDAY_WORDS, FUNCTION_WORDS

_DIGITS = re.compile(r"[0-9]+")
_WORDS = re.compile(r"[^\W_]+")
_EXTENSION = re.compile(r"[\s,;]*(?:x|ext\.?|extension|#)\s*[0-9]{1,6}\s*\Z")
_SEPARATORS = re.compile(r"[ \t\-./_:#()+]{0,3}")
_BETWEEN_WORDS = re.compile(r"[\s,.;:#'/_&-]{1,4}")
_AT = r"(?:\s?@\s?|\s?[\[({<]\s?at\s?[\])}>]\s?|\s+at\s+)"
_DOT = r"(?:\s?\.\s?|\s?[\[({<]\s?dot\s?[\])}>]\s?|\s+dot\s+)"

_COUNTRY_CODE = re.compile(r"[1-9][0-9]{0,2}0?")
_DIALLED = re.compile(r"0|01|1|(?:00|011)[1-9][0-9]{0,2}0?|001")

_LEAST_CODE = 4
_LEAST_RUN = 6  # digits of a code that say enough without its letters
_LEAST_USER = 4
_LEAST_PHONE = 7
_LONGEST_PHONE = 20
_LONGEST = 1_000  # code points: a longer value is no identifier
_ROLES = frozenset(
    "info mail admin office support sales contact hello team help service billing user test "
    "email noreply root postmaster webmaster".split()
)

# Folded words of addresses that are written in several ways.
_ALIKE = [
    frozenset(group.split())
    for group in (
        "street st str", "avenue ave av", "road rd", "boulevard blvd", "drive dr", "lane ln",
        "court ct", "place pl", "square sq", "terrace ter", "highway hwy", "parkway pkwy",
        "circle cir", "apartment apt", "suite ste", "floor fl", "mount mt", "saint st",
        "north n", "south s", "east e", "west w", "northeast ne", "northwest nw",
        "southeast se", "southwest sw", "first 1st", "second 2nd", "third 3rd", "strasse str",
    )
]  # fmt: skip
_SUFFIXES = frozenset(word for group in _ALIKE[:13] for word in group)


@dataclass(frozen=True, slots=True)
class Place:
    """The place of an identifier in folded text; `whole` if all of it does."""

    start: int
    end: int
    whole: bool = True


class Identifier(Protocol):
    def possible(self, folded: str, squashed: str) -> bool:
        """False only where `search` finds nothing."""
        ...

    def search(self, text: Folded) -> Iterator[Place]: ...


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An e-mail address, also with "at" and "dot", or its user part alone."""

    user: str = hidden_field(repr=False)
    domain: str = hidden_field(repr=False)

    def possible(self, folded: str, squashed: str) -> bool:  # noqa: ARG002
        return self.user in folded

    def search(self, text: Folded) -> Iterator[Place]:
        folded = text.folded
        host = _DOT.join(map(re.escape, self.domain.split(".")))
        rest = re.compile(rf"{_AT}{host}(?![^\W_])")
        alone = len(self.user) >= _LEAST_USER and not (
            self.user in _ROLES or self.user in EVERYDAY_WORDS or self.user in FUNCTION_WORDS
        )
        for at in occurrences(self.user, folded):
            if not _apart(folded, at):
                continue
            end = at + len(self.user)
            whole = rest.match(folded, end)
            if whole is not None:
                yield Place(at, whole.end())
            elif alone and _apart(folded, end):
                yield Place(at, end, whole=False)


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number in any grouping, with or without country and area code."""

    digits: str = hidden_field(repr=False)
    national: int  # so many of the last digits are the number within its country

    @property
    def _tail(self) -> str:
        return self.digits[-_LEAST_PHONE:]

    def possible(self, folded: str, squashed: str) -> bool:  # noqa: ARG002
        return self._tail in squashed

    def search(self, text: Folded) -> Iterator[Place]:
        folded, (squashed, places) = text.folded, text.squashed
        for at in occurrences(self._tail, squashed):
            last = at + len(self._tail) - 1
            if not _compact(folded, places, at, last) or _digit_at(folded, places[last] + 1):
                continue
            starts = [at]
            for digit in reversed(self.digits[: -len(self._tail)]):
                before = starts[-1] - 1
                if (
                    before < 0
                    or squashed[before] != digit
                    or not _compact(folded, places, before, before + 1)
                ):
                    break
                starts.append(before)
            for start in reversed(starts):
                whole = last - start + 1 >= self.national
                first = self._dialled(folded, squashed, places, start) if whole else start
                if _begins_number(folded, squashed, places, first, whole):
                    left = places[first]
                    while left and folded[left - 1] in "+(":
                        left -= 1
                    yield Place(left, places[last] + 1, whole)
                    break

    def _dialled(self, folded: str, squashed: str, places: Sequence[int], start: int) -> int:
        """The start of a number with its dialling prefix: trunk, exit and country code."""
        first = best = start
        while first and squashed[first - 1].isdigit() and start - first < 6:
            if not _compact(folded, places, first - 1, first):
                break
            first -= 1
            plus = folded[: places[first]].endswith("+")
            if (plus and _COUNTRY_CODE.fullmatch(squashed, first, start)) or (
                _DIALLED.fullmatch(squashed, first, start)
                and not _digit_at(folded, places[first] - 1)
            ):
                best = first
        return best


def _begins_number(
    folded: str, squashed: str, places: Sequence[int], first: int, whole: bool
) -> bool:
    """True if the number does not go on to the left of `first`."""
    if not first or not squashed[first - 1].isdigit():
        return True
    between = folded[places[first - 1] + 1 : places[first]]
    return between != "" and (whole or between.strip("-./)") != "")


@dataclass(frozen=True, slots=True)
class Code:
    """Letters and digits, whatever separates them; `run` is a run of digits that says enough by
    itself, or nothing."""

    squashed: str = hidden_field(repr=False)
    run: str = hidden_field(repr=False)

    def possible(self, folded: str, squashed: str) -> bool:  # noqa: ARG002
        return self.squashed in squashed or (self.run != "" and self.run in squashed)

    def search(self, text: Folded) -> Iterator[Place]:
        squashed, places = text.squashed
        for needle, whole in ((self.squashed, True), (self.run, False)):
            for at in occurrences(needle, squashed) if needle else ():
                last = at + len(needle) - 1
                if not _compact(text.folded, places, at, last):
                    continue
                while at and squashed[at - 1] == "0" and places[at] - places[at - 1] == 1:
                    at -= 1
                start, end = places[at], places[last] + 1
                if not (_same_kind(text.folded, start) or _same_kind(text.folded, end)):
                    yield Place(start, end, whole)


@dataclass(frozen=True, slots=True)
class Date:
    """A day, in any common way of writing it; with the month in letters, without the year, too."""

    days: tuple[Day, ...] = hidden_field(repr=False)

    def possible(self, folded: str, squashed: str) -> bool:
        for day in self.days:
            if str(day.day) in squashed and (
                f"{day.year or 0:02d}"[-2:] in squashed
                or any(name in folded for name in month_names(day.month))
            ):
                return True
        return False

    def search(self, text: Folded) -> Iterator[Place]:
        for written in written_days(text.folded):
            if any(one.same(other) for one in self.days for other in written.days):
                whole = written.days[0].year is not None
                yield Place(written.start, written.end, whole)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in this order, with blanks and punctuation between; of an address, its street line and
    the ways to write its words. One word that is an everyday word needs a capital."""

    words: tuple[str, ...] = hidden_field(repr=False)
    anchor: str = hidden_field(repr=False)  # a word that stands in it however it is written
    whole: bool = True

    @classmethod
    def of(cls, words: tuple[str, ...], *, whole: bool = True) -> Phrase:
        fixed = [word for word in words if not _alike(word)]
        return cls(words, max(fixed, key=len, default=""), whole)

    def possible(self, folded: str, squashed: str) -> bool:  # noqa: ARG002
        return self.anchor in folded

    def search(self, text: Folded) -> Iterator[Place]:
        folded = text.folded
        for first in sorted(_alike(self.words[0]) or {self.words[0]}):
            for at in occurrences(first, folded):
                if not _apart(folded, at):
                    continue
                end = self._end(folded, at + len(first))
                if end is not None and self._is_said(text, at, end):
                    yield Place(at, end, self.whole)

    def _end(self, folded: str, at: int) -> int | None:
        if not _apart(folded, at):
            return None
        for number, word in enumerate(self.words[1:], start=2):
            gap = _BETWEEN_WORDS.match(folded, at)
            next_ = None
            if gap is not None:
                choices = _alike(word) or {word}
                fits = (gap.end() + len(c) for c in choices if folded.startswith(c, gap.end()))
                next_ = max((end for end in fits if _apart(folded, end)), default=None)
            if next_ is None:
                suffix = number == len(self.words) > 2 and word in _SUFFIXES
                return at if suffix and self.words[0].isdigit() else None
            at = next_
        return at

    def _is_said(self, text: Folded, start: int, end: int) -> bool:
        if len(self.words) > 1:
            return True
        word = self.words[0]
        written = text.original(start, end)
        if word in FUNCTION_WORDS:
            return False
        return word not in EVERYDAY_WORDS or written[:1] == written[:1].upper()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of identifier: `make` gives what to search for, `needle` what stands in every text
    that holds one of them (folded, or squashed where `squashed`): nothing where the value is none,
    None where it takes a closer look."""

    make: Callable[[str], list[Identifier]]
    needle: Callable[[str], str | None]
    squashed: bool = False


def _mailbox(value: str) -> list[Identifier]:
    user, at, domain = fold(value.strip()).rpartition("@")
    if not at or not user or not domain or len(value) > _LONGEST:
        return _code(value)
    return [Mailbox(user, domain)]


def _mailbox_needle(value: str) -> str | None:
    user, at, domain = fold(value).strip().partition("@")
    return user if at and user and domain else None if value else ""


def _phone(value: str) -> list[Identifier]:
    folded = fold(value)
    main = _EXTENSION.sub("", folded)
    digits = "".join(_DIGITS.findall(main)).lstrip("0")
    if not _LEAST_PHONE <= len(digits) <= _LONGEST_PHONE:
        return _code(value)
    written = main.lstrip(" (")
    country = 3 if written.startswith(("+", "00", "011")) else 0
    if len(digits) == 11 and digits[0] == "1":
        country = 1
    return [Phone(digits, max(len(digits) - country, _LEAST_PHONE))]


def _phone_needle(value: str) -> str | None:
    digits = squash(fold(value))
    plain = digits.isdigit() and "#" not in value
    if plain and _LEAST_PHONE <= len(digits.lstrip("0")) <= _LONGEST_PHONE:
        return digits[-_LEAST_PHONE:]
    return None if value else ""


def _code(value: str) -> list[Identifier]:
    folded = fold(value)
    squashed = squash(folded)
    letters = sum(char.isalnum() for char in folded)
    if len(folded) > _LONGEST or letters != len(squashed) or not _DIGITS.search(squashed):
        return _phrase(value)
    bare = squashed.lstrip("0") if squashed.isdigit() else squashed
    if len(bare) < _LEAST_CODE:
        return []
    runs = [run for run in _DIGITS.findall(folded) if len(run) >= _LEAST_RUN]
    alone = len(runs) == 1 and runs[0].lstrip("0") != bare
    return [Code(bare, runs[0] if alone else "")]


def _code_needle(value: str) -> str | None:
    own = squash(fold(value)).lstrip("0")
    if not own or own.isalpha() or not value.isascii():
        return None if value else ""
    run = max(_DIGITS.findall(value), key=len)
    return (run.lstrip("0") or None) if len(run) >= _LEAST_RUN else own


def _date(value: str) -> list[Identifier]:
    days = days_of(value)
    return [Date(days)] if days else _code(value)


def _phrase(value: str) -> list[Identifier]:
    """The whole value, and of an address its street line."""
    if len(value) > _LONGEST:
        return []
    folded = fold(value)
    words = tuple(_WORDS.findall(folded))
    line = tuple(_WORDS.findall(re.split(r"[,\n;]", folded, maxsplit=1)[0]))
    found: list[Identifier] = []
    if sum(map(len, words)) > 1 and not "".join(words).isdigit():
        found.append(Phrase.of(words))
    if line != words and len(line) > 1 and _DIGITS.search(line[0] + line[-1]):
        found.append(Phrase.of(line, whole=False))
    return found


def _phrase_needle(value: str) -> str | None:
    first = _WORDS.search(fold(value))
    if first is None:
        return None if value else ""
    return first[0] if first[0].isdigit() else None


def _no_needle(value: str) -> str | None:
    return None if value else ""


MAILBOX = Kind(_mailbox, _mailbox_needle)
PHONE = Kind(_phone, _phone_needle, squashed=True)
CODE = Kind(_code, _code_needle, squashed=True)
DATE = Kind(_date, _no_needle)
PHRASE = Kind(_phrase, _phrase_needle)


def _alike(word: str) -> frozenset[str]:
    return next((group for group in _ALIKE if word in group), frozenset())


def _apart(folded: str, at: int) -> bool:
    """True if no word or number goes on from before `at` to behind it."""
    return not (0 < at < len(folded) and folded[at - 1].isalnum() and folded[at].isalnum())


def _same_kind(folded: str, at: int) -> bool:
    """True if a run of letters, or of digits, goes on from before `at` to behind it."""
    if not 0 < at < len(folded):
        return False
    before, after = folded[at - 1], folded[at]
    return (before.isalpha() and after.isalpha()) or (before.isdigit() and after.isdigit())


def _digit_at(folded: str, at: int) -> bool:
    return at >= 0 and folded[at : at + 1].isdigit()


def _compact(folded: str, places: Sequence[int], first: int, last: int) -> bool:
    """True if nothing but separators stands between these letters and digits."""
    return all(
        _SEPARATORS.fullmatch(folded, one + 1, other)
        for one, other in zip(places[first:last], places[first + 1 : last + 1], strict=True)
    )
