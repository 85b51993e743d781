"""Every recognizer proves that it finds texts made from its own patterns.

What is known of patterns comes from files in the user's cache. One that somebody put there, or that
is damaged behind its digest, would let a recognizer pass over what it is for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import phonenumbers

from scrubber.detect.detector import Language
from scrubber.detect.matchers.base import Looker, PatternLooker, Searched
from scrubber.detect.prefilter.positives import positives
from scrubber.detect.prefilter.scanner import Hit, Prefilter
from scrubber.detect.timeout import TimeLimit

_FORMATS = (
    phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    phonenumbers.PhoneNumberFormat.NATIONAL,
)


@dataclass(frozen=True, slots=True)
class _Probe:
    """A text in which a recognizer finds something by the trigger `number`, and its regex."""

    recognizer: str
    number: int
    text: str
    regex: Searched | None

    def is_found(self, hit: Hit | None, timeout: float) -> bool:
        if hit is None or self.number not in hit.ends:
            return False
        if self.regex is None:
            return True
        limit, ends = TimeLimit(timeout, len(self.text)), hit.ends[self.number]
        try:
            found = self.regex.matches(self.text, limit, hit.data, ends, alone=True)
            return any(match.end() > match.start() for match in found)
        except TimeoutError:
            return False


def unproved(languages: Sequence[Language], prefilter: Prefilter, timeout: float) -> list[str]:
    """The names of the recognizers that pass over a text of their own."""
    probes = list(_probes(languages))
    there = {hit.index: hit for hit in prefilter.hits([probe.text for probe in probes])}
    missed = (
        probe.recognizer
        for index, probe in enumerate(probes)
        if not probe.is_found(there.get(index), timeout)
    )
    return sorted(set(missed))


def _probes(languages: Sequence[Language]) -> Iterator[_Probe]:
    number = 0
    for language in languages:
        for looker in language.lookers:
            for part in range(len(looker.triggers)):
                yield from _probes_of(looker, part, number)
                number += 1


def _probes_of(looker: Looker, part: int, number: int) -> Iterator[_Probe]:
    if isinstance(looker, PatternLooker):
        searched = looker.patterns[part]
        if not searched.trigger.private:
            for text in positives(searched.pattern, searched.flags):
                yield _Probe(looker.name, number, text, searched)
        return
    own = getattr(looker, "recognizer", None)
    for region in getattr(own, "supported_regions", ()) if looker.triggers[part].sources else ():
        example = phonenumbers.example_number(region)
        if example is not None:
            for form in _FORMATS:
                text = phonenumbers.format_number(example, form)
                yield _Probe(looker.name, number, text, None)
