"""Lookers: one recognizer each, looking at one text, and never silent about a failure.

Presidio's own loop logs a regex that runs out of time and goes on; here it is an error. Recognizers
are handed in as they come from Presidio's registry: this module does not import Presidio.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import phonenumbers
import regex

from scrubber.detect.reading import Window, windows
from scrubber.detect.refine import without_duplicates
from scrubber.errors import DetectionError, printable
from scrubber.model.finding import Span

# `timeout` is for a text of up to this many code points; longer texts get more in proportion.
_TIMED_LENGTH = 1_000_000

# Recognizers that bring their own loop see a long text in pieces: phonenumbers, for one, gives up
# silently after 65,535 tries, which a piece of this length cannot reach.
_PIECE = 20_000
_PIECE_OVERLAP = 1_000

Read = Mapping[Window, Any]


class Looker(Protocol):
    """One recognizer. `context` holds its context words, `thresholds` its own score thresholds."""

    @property
    def name(self) -> str: ...
    @property
    def context(self) -> tuple[str, ...]: ...
    @property
    def thresholds(self) -> Mapping[str, float]: ...
    @property
    def reads(self) -> bool:
        """Whether it needs the NLP engine's artifacts to look at all."""
        ...

    def look(self, text: str, read: Read) -> list[Span]:
        """The spans in `text` with the recognizer's own scores, before context words.

        `read` maps the windows of the text to Presidio's NlpArtifacts; empty unless `reads`.
        """
        ...


@dataclass(frozen=True)
class PatternLooker:
    """A PatternRecognizer: its patterns, its validation, without its explanations.

    Gives what ``PatternRecognizer.analyze`` gives, but raises DetectionError ``detector-timeout``
    where that skips a pattern.
    """

    recognizer: Any = field(repr=False)
    timeout: float
    name: str
    context: tuple[str, ...]
    thresholds: Mapping[str, float]
    patterns: tuple[tuple[Any, float], ...] = field(repr=False)
    reads: bool = False

    @classmethod
    def of(cls, recognizer: Any, timeout: float) -> PatternLooker:
        flags = recognizer.global_regex_flags
        return cls(
            recognizer=recognizer,
            timeout=timeout,
            name=recognizer.name,
            context=tuple(recognizer.context or ()),
            thresholds=recognizer.score_thresholds,
            patterns=tuple((regex.compile(p.regex, flags), p.score) for p in recognizer.patterns),
        )

    def look(self, text: str, read: Read) -> list[Span]:  # noqa: ARG002
        with failing_as(self.name):
            return without_duplicates(self._spans(text))

    def _spans(self, text: str) -> Iterator[Span]:
        label = self.recognizer.supported_entities[0]
        limit = time_limit(self.timeout, text)
        for pattern, score in self.patterns:
            for match in pattern.finditer(text, timeout=limit):
                start, end = match.span()
                if start == end:
                    continue
                judged = self._judged(match.group(), score)
                if judged > 0:
                    yield Span(start, end, label, judged, self.name)

    def _judged(self, value: str, score: float) -> float:
        """The pattern's score, 1 where the value is proved (a checksum), 0 where it is refuted."""
        valid = self.recognizer.validate_result(value)
        if valid is not None:
            score = 1.0 if valid else 0.0
        return 0.0 if self.recognizer.invalidate_result(value) else score


@dataclass(frozen=True)
class PhoneLooker:
    """Presidio's PhoneRecognizer, with no limit on the number of candidates it tries."""

    recognizer: Any = field(repr=False)
    name: str
    context: tuple[str, ...]
    thresholds: Mapping[str, float]
    reads: bool = False

    @classmethod
    def of(cls, recognizer: Any) -> PhoneLooker:
        context = tuple(recognizer.context or ())
        return cls(recognizer, recognizer.name, context, recognizer.score_thresholds)

    def look(self, text: str, read: Read) -> list[Span]:  # noqa: ARG002
        with failing_as(self.name):
            return without_duplicates(self._spans(text))

    def _spans(self, text: str) -> Iterator[Span]:
        own = self.recognizer
        for region in own.supported_regions:
            for match in phonenumbers.PhoneNumberMatcher(
                text, region, leniency=own.leniency, max_tries=sys.maxsize
            ):
                label = own.supported_entities[0]
                yield Span(match.start, match.end, label, own.SCORE, self.name)


@dataclass(frozen=True)
class ForeignLooker:
    """Any other recognizer, through its own ``analyze``; long texts in pieces.

    Such a recognizer may itself skip a pattern that ran longer than `skips_after` seconds (of wall
    clock or of this process): a call that took as long counts as timed out.
    """

    recognizer: Any = field(repr=False)
    entities: tuple[str, ...]
    skips_after: float
    reads: bool
    name: str
    context: tuple[str, ...]
    thresholds: Mapping[str, float]

    @classmethod
    def of(
        cls, recognizer: Any, entities: Sequence[str], *, reads: bool, skips_after: float
    ) -> ForeignLooker:
        return cls(
            recognizer=recognizer,
            entities=tuple(entities),
            skips_after=skips_after,
            reads=reads,
            name=recognizer.name,
            context=tuple(recognizer.context or ()),
            thresholds=recognizer.score_thresholds,
        )

    def look(self, text: str, read: Read) -> list[Span]:
        parts = read if self.reads else windows(len(text), _PIECE, _PIECE_OVERLAP)
        with failing_as(self.name):
            return [
                Span(
                    part.start + result.start,
                    _within(part.start + result.end, part),
                    result.entity_type,
                    float(result.score),
                    self.name,
                )
                for part in parts
                for result in self._analyze(text[part.start : part.end], read.get(part))
            ]

    def _analyze(self, text: str, artifacts: Any) -> list[Any]:
        wall, cpu = time.perf_counter(), time.process_time()
        results = self.recognizer.analyze(
            text=text, entities=list(self.entities), nlp_artifacts=artifacts
        )
        if max(time.perf_counter() - wall, time.process_time() - cpu) >= self.skips_after:
            raise TimeoutError
        return list(results or ())


def time_limit(timeout: float, text: str) -> float:
    """Seconds of processor time that one regex may take on `text`."""
    return timeout * max(1.0, len(text) / _TIMED_LENGTH)


@contextmanager
def failing_as(name: str) -> Iterator[None]:
    """Turns whatever is raised into a DetectionError that names the recognizer, never the text."""
    try:
        yield
    except TimeoutError:
        raise DetectionError(
            "detector-timeout", f"recognizer {printable(name)} ran out of time on a text"
        ) from None
    except Exception:  # noqa: BLE001  a recognizer may raise anything; its text may quote the data
        raise DetectionError(
            "detector-failed", f"recognizer {printable(name)} failed on a text"
        ) from None


def _within(end: int, part: Window) -> int:
    if end > part.end:
        raise ValueError("a finding ends after the text")
    return end
