"""From what recognizers see to what is reported: context, hotwords, thresholds, duplicates, lists.

The order is Presidio's (context words, thresholds, duplicates, allow list), with hotwords before
the thresholds, so that they can lift a weak finding over them, and exclusions before duplicates are
removed, so that an excluded finding hides no other. The allow list comes last, when the findings of
all languages and of the names model are known: what lies within an allowed one goes with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import Any

import regex

from scrubber.detect.base import TIMEOUT
from scrubber.detect.spec import DetectSpec, Exclude, Hotword
from scrubber.detect.timeout import TimeLimit
from scrubber.errors import DetectionError
from scrubber.model.finding import Span

# LemmaContextAwareEnhancer's defaults.
_CONTEXT_RAISE = 0.35
_CONTEXT_LEAST = 0.4

_DEFAULT = "default"


def with_context(span: Span, context: Sequence[str], around: frozenset[str]) -> Span:
    """`span` with the score that Presidio gives it where a context word stands around it.

    A context word counts as a part of a word too ("card" in "cards"), whatever its case.
    """
    if not _supported(context, around):
        return span
    score = min(max(span.score + _CONTEXT_RAISE, _CONTEXT_LEAST), 1.0)
    return replace(span, score=score)


def _supported(context: Sequence[str], around: frozenset[str]) -> bool:
    # Presidio stops at the first context word that matches, and an empty one is no support.
    return next((c for c in context if any(c.lower() in word for word in around)), "") != ""


def without_duplicates(spans: Iterable[Span]) -> list[Span]:
    """Presidio's removal of duplicates: a span goes where another of its label contains it and
    scores at least as high, and where its score is 0."""
    spans = [span for span in spans if span.score != 0]
    if len(spans) < 2:
        return spans
    if len({span.label for span in spans}) == len(spans):
        return sorted(spans, key=_by_place)
    kept: list[Span] = []
    for _, group in groupby(sorted(set(spans), key=_by_label), key=lambda span: span.label):
        active: list[Span] = []
        for span in group:
            active = [other for other in active if other.end >= span.start]
            if any(_contains(other, span) and span.score <= other.score for other in active):
                continue
            kept.append(span)
            active.append(span)
    return sorted(kept, key=_by_place)


def _contains(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _by_label(span: Span) -> tuple[str, int, int, float, str]:
    return span.label, span.start, -span.end, -span.score, span.recognizer


def _by_place(span: Span) -> tuple[int, int, str, float, str]:
    return span.start, span.end, span.label, -span.score, span.recognizer


@dataclass(frozen=True)
class Refiner:
    """The parts of a DetectSpec that decide about findings; makes raw spans an answer.

    `own` are the names of the rule file's own recognizers and deny lists.
    """

    spec: DetectSpec
    own: frozenset[str] = frozenset()

    def refine(self, text: str, found: Iterable[tuple[Span, Mapping[str, float]]]) -> list[Span]:
        """`found` are spans (context already counted), each with its recognizer's own thresholds.

        Raises DetectionError ``detector-timeout`` where a hotword or exclusion runs out of time.
        """
        limit = TimeLimit(self.spec.timeout, len(text))
        if self._hotwords:
            found = ((self._hot(span, text, limit), own) for span, own in found)
        left = [span for span, own in found if span.score >= self._threshold(span, own)]
        if self._excludes:
            left = [span for span in left if not self._excluded(span, text, limit)]
        return without_duplicates(left)

    def without_allowed(self, text: str, spans: Sequence[Span]) -> Sequence[Span]:
        """All findings in `text` but those that the allow list names, and what lies within them:
        the domain in an address that is allowed is no URL to take away."""
        if not self._allowed:
            return spans
        allowed = [span for span in spans if text[span.start : span.end] in self._allowed]
        return [span for span in spans if not any(_contains(outer, span) for outer in allowed)]

    def allows(self, span: Span, text: str) -> bool:
        """True if the allow list or an exclusion says that `span` is no finding."""
        limit = TimeLimit(self.spec.timeout, len(text))
        return text[span.start : span.end] in self._allowed or self._excluded(span, text, limit)

    def _threshold(self, span: Span, own: Mapping[str, float]) -> float:
        """The rule file's threshold for the entity, else the recognizer's, else the default's."""
        rules, label = self._thresholds, span.label
        if rules or own:
            for known in (rules.get(label), own.get(label), own.get(_DEFAULT), rules.get(_DEFAULT)):
                if known is not None:
                    return known
        return 0.0 if span.recognizer in self.own else self.spec.least_score

    def _hot(self, span: Span, text: str, limit: TimeLimit) -> Span:
        for index, (rule, pattern) in enumerate(self._hotwords):
            if rule.entity == span.label and rule.score > span.score:
                before = (max(0, span.start - rule.window_before), span.start)
                after = (span.end, span.end + rule.window_after)
                if any(
                    self._search(f"hotword {index + 1}", pattern, text, *at, limit)
                    for at in (before, after)
                ):
                    span = replace(span, score=rule.score)
        return span

    def _excluded(self, span: Span, text: str, limit: TimeLimit) -> bool:
        value = text[span.start : span.end]
        return any(
            rule.entity in (None, span.label)
            and self._search(f"exclusion {index + 1}", pattern, value, 0, len(value), limit)
            for index, (rule, pattern) in enumerate(self._excludes)
        )

    def _search(
        self, name: str, pattern: Any, text: str, start: int, end: int, limit: TimeLimit
    ) -> bool:
        if start >= end:
            return False
        try:
            return pattern.search(text, start, end, timeout=limit.left()) is not None
        except TimeoutError:
            raise DetectionError(
                TIMEOUT, f"the regex of {name} ran out of time on a text"
            ) from None

    @cached_property
    def _thresholds(self) -> dict[str, float]:
        return dict(self.spec.score_thresholds)

    @cached_property
    def _allowed(self) -> frozenset[str]:
        return frozenset(self.spec.allow_list)

    @cached_property
    def _hotwords(self) -> tuple[tuple[Hotword, Any], ...]:
        # Case is ignored: a hotword that is missed is a finding that is missed.
        return tuple(
            (rule, _compiled(f"hotword {index + 1}", rule.hotword, regex.IGNORECASE))
            for index, rule in enumerate(self.spec.hotwords)
        )

    @cached_property
    def _excludes(self) -> tuple[tuple[Exclude, Any], ...]:
        # Case counts and ^ and $ mean the finding's ends: what is excluded is no longer protected.
        return tuple(
            (rule, _compiled(f"exclusion {index + 1}", rule.regex, 0))
            for index, rule in enumerate(self.spec.excludes)
        )

    def check(self) -> None:
        """Raises DetectionError ``regex-invalid`` for a hotword or exclusion that is no regex."""
        _ = (self._hotwords, self._excludes)


def _compiled(name: str, pattern: str, flags: int) -> Any:
    try:
        return regex.compile(pattern, flags)
    except regex.error:
        raise DetectionError("regex-invalid", f"the regex of {name} is not valid") from None
