"""Phone numbers: Presidio's PhoneRecognizer, whose walk over the text per region becomes one.

The answers are those of ``phonenumbers.PhoneNumberMatcher`` for every region. What is saved is
parsing: candidates are cut out of the text once for all regions, digits that no plan of a region
holds are not parsed for it, and where a whole candidate is a number of one region, nothing inside
it could add to the answer. The candidate pattern and the step from a candidate to a number are the
library's own, though not public; without them its matcher runs as it is, only slower.
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

from scrubber.detect.lookers import ALL_PARTS, Read, failing_as
from scrubber.detect.phoneplans import plans
from scrubber.detect.phonetrigger import trigger
from scrubber.detect.prefilter import Parts, Trigger
from scrubber.detect.refine import without_duplicates
from scrubber.model.finding import Span

_CANDIDATE: re.Pattern[str] | None = getattr(phonenumbermatcher, "_PATTERN", None)
_SECOND: re.Pattern[str] | None = getattr(phonenumbermatcher, "_SECOND_NUMBER_START_PATTERN", None)
_INNER: tuple[re.Pattern[str], ...] | None = getattr(phonenumbermatcher, "_INNER_MATCHES", None)
_EXTRACT = "_extract_match"
_KNOWN = bool(
    _CANDIDATE and _SECOND and _INNER and hasattr(phonenumbers.PhoneNumberMatcher, _EXTRACT)
)

# Candidates of such characters alone are judged by their digits.
_PLAIN = re.compile(r"\+?[0-9 ()./\[\]-]+")
_NO_DIGITS = re.compile(r"[^0-9]+")

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
    reads: bool = False

    @classmethod
    def of(cls, recognizer: Any) -> PhoneLooker:
        regions = tuple(recognizer.supported_regions)
        return cls(
            recognizer=recognizer,
            name=recognizer.name,
            context=tuple(recognizer.context or ()),
            thresholds=recognizer.score_thresholds,
            triggers=(trigger(regions, recognizer.leniency),),
            able=_able(regions, recognizer.leniency),
        )

    def look(self, text: str, read: Read, parts: Parts = ALL_PARTS) -> list[Span]:  # noqa: ARG002
        own = self.recognizer
        label = own.supported_entities[0]
        with failing_as(self.name):
            places = set(self._walk(text) if _KNOWN else self._walks(text))
            return without_duplicates(
                Span(start, end, label, own.SCORE, self.name) for start, end in places
            )

    def _walks(self, text: str) -> Iterator[tuple[int, int]]:
        """(start, end) of what the matchers of all regions find."""
        for region in self.recognizer.supported_regions:
            for match in self._matcher(text, region):
                yield match.start, match.end

    def _walk(self, text: str) -> Iterator[tuple[int, int]]:
        """The same, save for some numbers that lie within another one."""
        assert _CANDIDATE is not None
        matchers: dict[str, Any] = {}
        # Where the matchers of which regions go on.
        waiting: dict[int, _Regions] = {0: tuple(self.recognizer.supported_regions)}
        while waiting:
            place = min(waiting)
            here = waiting.pop(place)
            cut = _CANDIDATE.search(text, place)
            if cut is None:
                continue
            candidate = _Candidate.of(cut)
            rest = list(here)
            for region in self._able(candidate):
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
    """What may be a phone number, or hold one.

    `plain` says that only its digits matter, `closed` that no number that begins inside it ends
    after it, `attached` that a letter stands right before or after it.
    """

    text: str
    start: int
    plain: bool
    closed: bool
    attached: bool

    @classmethod
    def of(cls, cut: re.Match[str]) -> _Candidate:
        assert _SECOND is not None
        text = cut.group()
        if second := _SECOND.search(text):
            text = text[: second.start()]
            return cls(text, cut.start(), plain=False, closed=False, attached=False)
        plain = _PLAIN.fullmatch(text) is not None
        closed = plain and sum(map(str.isdigit, text)) < _PATIENCE
        whole, start, end = cut.string, cut.start(), cut.end()
        after = _is_letter(whole[end : end + 1])
        attached = after or (text[0].isdigit() and start > 0 and _is_letter(whole[start - 1]))
        return cls(text, cut.start(), plain, closed, attached)

    @property
    def ends(self) -> tuple[int, int]:
        return self.start, self.start + len(self.text)

    def groups(self) -> Iterator[str]:
        """What the library may parse of it, the whole first: digits, after a plus sign or not."""
        assert _INNER is not None
        if not self.attached:
            yield _digits(self.text)
        for pattern in _INNER:
            inner = pattern.search(self.text)
            if inner:
                yield _digits(self.text[: inner.start()])
            while inner:
                yield _digits(inner.group(1))
                inner = pattern.search(self.text, inner.start() + 1)


def _digits(text: str) -> str:
    plus = "+" if text.startswith("+") else ""
    return plus + _NO_DIGITS.sub("", text)


def _is_letter(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _able(regions: _Regions, leniency: int) -> Callable[[str], _Regions] | None:
    """Says which of `regions` may hold a number of these digits; None where any may."""
    if leniency < phonenumbers.Leniency.VALID:
        return None
    known = tuple(zip(regions, plans(regions), strict=True))

    @lru_cache(_REMEMBERED)
    def able(digits: str) -> _Regions:
        if digits.startswith("+"):
            return regions if _may_be_international(digits) else ()
        return tuple(region for region, plan in known if plan is None or plan.may_hold(digits))

    return able


def _may_be_international(digits: str) -> bool:
    """Whether some region may find digits after a plus sign to be valid.

    With a country code that exists, the answer is the same for all regions.
    """
    try:
        number = phonenumbers.parse(digits, None)
    except phonenumbers.NumberParseException as why:
        return bool(why.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE)
    return bool(phonenumbers.is_valid_number(number))
