"""Phone numbers: Presidio's PhoneRecognizer, whose walk over the text per region becomes one.

The answers are those of ``phonenumbers.PhoneNumberMatcher`` for every region. What is saved is
parsing: candidates are cut out of the text once for all regions, and only where the prefilter says
that a number may be. Digits that no plan of a region holds are not parsed for it, nor are those of
a tidy candidate that one of the plans surely holds. Where a whole candidate is a number of one
region, nothing inside it could add to the answer. The candidate pattern and the step from a
candidate to a number are the library's own, though not public; without them its matcher runs as it
is, only slower.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import phonenumbers
from phonenumbers import phonenumbermatcher

from scrubber.detect.matchers.base import Places, Read, failing_as
from scrubber.detect.matchers.phone_plans import known_plans, plans
from scrubber.detect.matchers.phone_prefilter import any_digit, trigger
from scrubber.detect.prefilter.cache import CacheFolder
from scrubber.detect.prefilter.narrowing import Narrowing
from scrubber.detect.prefilter.scanner import Trigger
from scrubber.detect.refine import without_duplicates
from scrubber.model.finding import Span

_CANDIDATE: re.Pattern[str] | None = getattr(phonenumbermatcher, "_PATTERN", None)
_SECOND: re.Pattern[str] | None = getattr(phonenumbermatcher, "_SECOND_NUMBER_START_PATTERN", None)
_INNER: tuple[re.Pattern[str], ...] | None = getattr(phonenumbermatcher, "_INNER_MATCHES", None)
_TIMES: re.Pattern[str] | None = getattr(phonenumbermatcher, "_TIME_STAMPS", None)
_EXTRACT = "_extract_match"
_KNOWN = bool(
    _CANDIDATE
    and _SECOND
    and _INNER
    and _TIMES
    and hasattr(phonenumbers.PhoneNumberMatcher, _EXTRACT)
)

# Candidates of such characters alone are judged by their digits.
_PLAIN = re.compile(r"\+?[0-9 ()./\[\]-]+")
_NO_DIGITS = re.compile(r"[^0-9]+")

# Of those, the candidates that the library divides.
_DIVIDED = re.compile(r"[/(.\s]")

# Candidates that the library takes for no date, page or unclosed bracket, ...
_TIDY = re.compile(r"(?:\+?[0-9]+|(?:\+[0-9]+[ -])?\([0-9]+\))(?:[ .-]?[0-9]+)*")

# ... and characters beside one that it takes for no part of a word or amount.
_APART = frozenset(" \t\r\n.,;:!?\"'")

# Digits; the library's pattern takes 20 in a group, and 21 groups. A candidate with fewer in all
# ended where the text did not go on as a number.
_PATIENCE = 20

# Strings of digits whose regions are remembered.
_REMEMBERED = 50_000

_Regions = tuple[str, ...]


@dataclass(frozen=True)
class PhoneLooker:
    """Presidio's PhoneRecognizer, with no limit on the number of candidates it tries."""

    recognizer: Any = field(repr=False)
    name: str
    context: tuple[str, ...]
    thresholds: Mapping[str, float]
    triggers: tuple[Trigger, ...] = field(repr=False)
    able: Callable[[str], _Regions] | None = field(repr=False)
    certain: Callable[[str, _Regions], bool] | None = field(repr=False)
    narrowing: Narrowing | None = field(repr=False)
    reads: bool = False

    @classmethod
    def of(cls, recognizer: Any, cache: CacheFolder | None = None) -> PhoneLooker:
        regions = tuple(recognizer.supported_regions)
        return cls(
            recognizer=recognizer,
            name=recognizer.name,
            context=tuple(recognizer.context or ()),
            thresholds=recognizer.score_thresholds,
            triggers=(trigger(regions, recognizer.leniency, cache),),
            able=_able(regions, recognizer.leniency),
            certain=_certain(regions, recognizer.leniency),
            narrowing=_narrowing(),
        )

    def look(self, text: str, read: Read, places: Places | None = None) -> list[Span]:  # noqa: ARG002
        own = self.recognizer
        label = own.supported_entities[0]
        with failing_as(self.name):
            found = set(self._found(text, places))
            return without_duplicates(
                Span(start, end, label, own.SCORE, self.name) for start, end in found
            )

    def _found(self, text: str, places: Places | None) -> Iterator[tuple[int, int]]:
        """(start, end) of what the matchers of all regions find, but for some that lie within
        another one."""
        ends = places.ends[0] if places else None
        if not _KNOWN:
            for region in self.recognizer.supported_regions:
                for match in self._matcher(text, region):
                    yield match.start, match.end
        elif places is None or ends is None or self.narrowing is None:
            yield from self._walk(text, 0, len(text))
        else:
            for start, end in self.narrowing.stretches(places.data, ends):
                yield from self._walk(text, start, end)

    def _walk(self, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The same for a stretch of `text`, before and after which no number can go on."""
        assert _CANDIDATE is not None
        matchers: dict[str, Any] = {}
        # Where the matchers of which regions go on.
        waiting: dict[int, _Regions] = {start: tuple(self.recognizer.supported_regions)}
        while waiting:
            place = min(waiting)
            here = waiting.pop(place)
            cut = _CANDIDATE.search(text, place, end)
            if cut is None:
                continue
            candidate = _Candidate.of(cut)
            rest = list(here)
            if self.certain and candidate.tidy and self.certain(candidate.digits, here):
                yield candidate.ends
                able: Iterable[str] = ()  # whatever others find up to its end lies within
            else:
                able = self._able(candidate)
            for region in able:
                if region not in here:
                    continue
                if region not in matchers:
                    matchers[region] = self._matcher(text, region)
                match = getattr(matchers[region], _EXTRACT)(candidate.text, candidate.start)
                if match is None:
                    continue
                yield match.start, match.end
                if candidate.closed and (match.start, match.end) == candidate.ends:
                    break  # whatever the others find up to its end lies within
                rest.remove(region)
                waiting[match.end] = (*waiting.get(match.end, ()), region)
            if rest:
                after = candidate.ends[1]
                waiting[after] = (*waiting.get(after, ()), *rest)

    def _able(self, candidate: _Candidate) -> Iterable[str]:
        """The regions that may find a number in `candidate`, the likeliest first."""
        if self.able is None or not candidate.plain:
            return tuple(self.recognizer.supported_regions)
        found: dict[str, None] = {}
        for group in candidate.groups():
            found.update(dict.fromkeys(self.able(group)))
        return found

    def _matcher(self, text: str, region: str) -> Any:
        return phonenumbers.PhoneNumberMatcher(
            text, region, leniency=self.recognizer.leniency, max_tries=sys.maxsize
        )


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A candidate for a phone number.

    `plain` says that only its digits matter, `closed` that no number that begins inside it ends
    after it, `attached` that a letter stands right before or after it, and `tidy` that it is plain
    and closed, and a number if its `digits` (after a plus sign or not) are one.
    """

    text: str
    start: int
    digits: str
    plain: bool
    closed: bool
    attached: bool
    tidy: bool

    @classmethod
    def of(cls, cut: re.Match[str]) -> _Candidate:
        assert _SECOND is not None
        assert _TIMES is not None
        text, (start, end) = cut.group(), cut.span()
        if second := _SECOND.search(text):
            text = text[: second.start()]
            return cls(text, start, "", plain=False, closed=False, attached=False, tidy=False)
        digits = _digits(text)
        plain = _PLAIN.fullmatch(text) is not None
        closed = plain and len(digits) < _PATIENCE
        whole = cut.string
        before = whole[start - 1] if start and text[0] not in "(+" else " "
        after = whole[end] if end < len(whole) else " "
        return cls(
            text,
            start,
            digits,
            plain,
            closed,
            attached=_is_letter(after) or (text[0].isdigit() and _is_letter(before)),
            tidy=closed
            and before in _APART
            and after in _APART
            and _TIDY.fullmatch(text) is not None
            and not _TIMES.search(text),
        )

    @property
    def ends(self) -> tuple[int, int]:
        return self.start, self.start + len(self.text)

    def groups(self) -> Iterator[str]:
        """The parts that the library may parse, the whole first: digits, after a plus sign or
        not."""
        assert _INNER is not None
        if not self.attached:
            yield self.digits
        if not _DIVIDED.search(self.text):
            return
        for pattern in _INNER:
            inner = pattern.search(self.text)
            if inner:
                yield _digits(self.text[: inner.start()])
            while inner:
                yield _digits(inner.group(1))
                inner = pattern.search(self.text, inner.start() + 1)


def _narrowing() -> Narrowing | None:
    """That of the candidate pattern, which is one of the re module."""
    if _CANDIDATE is None:
        return None
    flags = _CANDIDATE.flags & ~re.UNICODE  # which goes without saying
    return Narrowing.of(_CANDIDATE.pattern, flags, more=any_digit())


def _digits(text: str) -> str:
    plus = "+" if text.startswith("+") else ""
    return plus + _NO_DIGITS.sub("", text)


def _is_letter(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _able(regions: _Regions, leniency: int) -> Callable[[str], _Regions] | None:
    """Says which of `regions` may hold a number of these digits; None where any may."""
    if leniency < phonenumbers.Leniency.VALID:
        return None

    @lru_cache(_REMEMBERED)
    def able(digits: str) -> _Regions:
        if digits.startswith("+"):
            return regions if _may_be_international(digits) else ()
        known = zip(regions, plans(regions), strict=True)
        return tuple(region for region, plan in known if plan is None or plan.may_hold(digits))

    return able


def _certain(regions: _Regions, leniency: int) -> Callable[[str, _Regions], bool] | None:
    """Says whether one of some regions surely finds digits to be a number; None: not known."""
    if leniency != phonenumbers.Leniency.VALID:
        return None

    def certain(digits: str, among: _Regions) -> bool:
        known = known_plans(regions)
        if digits.startswith("+"):
            number = digits[1:]
            return any(plan.holds_international(number) for plan in known.values())
        return any(region in known and known[region].holds(digits) for region in among)

    return certain


def _may_be_international(digits: str) -> bool:
    """True if some region may find digits after a plus sign to be valid.

    With a country code that exists, the answer is the same for all regions.
    """
    try:
        number = phonenumbers.parse(digits, None)
    except phonenumbers.NumberParseException as why:
        return bool(why.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE)
    return bool(phonenumbers.is_valid_number(number))
