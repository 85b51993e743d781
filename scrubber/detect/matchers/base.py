"""Lookers: one recognizer each, looking at one text, and never silent about a failure.

Presidio's own loop logs a regex that runs out of time and goes on; here it is an error. Recognizers
are handed in as they come from Presidio's registry: this module does not import Presidio.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any, Protocol

import regex

from scrubber.detect.base import TIMEOUT
from scrubber.detect.prefilter.compiled import regexes
from scrubber.detect.prefilter.narrowing import Narrowing
from scrubber.detect.prefilter.notes import Notes
from scrubber.detect.prefilter.positives import positives
from scrubber.detect.prefilter.scanner import Ends, Trigger
from scrubber.detect.refine import without_duplicates
from scrubber.detect.timeout import TimeLimit
from scrubber.detect.windows import Window, windows
from scrubber.errors import DetectionError, printable
from scrubber.model.finding import Span

# Recognizers that bring their own loop see a long text in pieces: phonenumbers, for one, gives up
# silently after 65,535 tries, which a piece of this length cannot reach.
_PIECE = 20_000
_PIECE_OVERLAP = 1_000

Read = Mapping[Window, Any]


@dataclass(frozen=True, slots=True)
class Places:
    """Candidate places for the parts of a recognizer in a text, whose image is `data`: `ends` says
    by the number of each such part where the matches of its trigger end."""

    data: bytes
    ends: Mapping[int, Ends]


class Looker(Protocol):
    """One recognizer. `context` holds its context words, `thresholds` its own score thresholds.

    It finds nothing by its part i in a text that ``triggers[i]`` is not in.
    """

    @property
    def name(self) -> str: ...
    @property
    def context(self) -> tuple[str, ...]: ...
    @property
    def thresholds(self) -> Mapping[str, float]: ...
    @property
    def triggers(self) -> tuple[Trigger, ...]: ...
    @property
    def reads(self) -> bool:
        """True if it needs the NLP engine's artifacts."""
        ...

    def look(self, text: str, read: Read, places: Places | None = None) -> list[Span]:
        """The spans in `text` with the recognizer's own scores, before context words.

        Only `places` need to be scanned (None: everywhere). `read` maps the windows of the text to
        Presidio's NlpArtifacts; empty unless `reads`.
        """
        ...


@dataclass(frozen=True)
class Searched:
    """A regex, the score of its matches, and where it needs to be searched for."""

    pattern: str
    flags: int
    score: float
    trigger: Trigger
    narrowing: Narrowing | None

    @classmethod
    def of(cls, pattern: str, flags: int, score: float, notes: Notes, *, private: bool) -> Searched:
        """`private` patterns come from a rule file. Those without positives are as private: what a
        cache says of them could not be proved."""
        private = private or not positives(pattern, flags)
        note = notes.of(pattern, flags, private=private)
        if not private:
            regexes().compile(pattern, flags)
        return cls(pattern, flags, score, Trigger(note.superset, private), note.narrowing)

    @cached_property
    def regex(self) -> Any:
        """Compiled when it is first searched for: most patterns are in no text."""
        compile_ = regex.compile if self.trigger.private else regexes().compile
        return compile_(self.pattern, self.flags)

    def matches(
        self, text: str, limit: TimeLimit, data: bytes, ends: Ends, *, alone: bool
    ) -> Iterable[Any]:
        """The matches of ``finditer`` within the `limit` (TimeoutError), which is for this regex
        `alone` or for others too."""
        search = self.regex.finditer
        if ends is None or self.narrowing is None:
            return search(text, timeout=limit.left(alone=alone))  # type: ignore[no-any-return]
        stretches = self.narrowing.stretches(data, ends)
        if len(stretches) == 1:
            ((start, end),) = stretches
            time = limit.left(alone=alone)
            return search(text, start, end + 1, timeout=time)  # type: ignore[no-any-return]
        return chain.from_iterable(
            search(text, start, end + 1, timeout=limit.left()) for start, end in stretches
        )


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
    patterns: tuple[Searched, ...] = field(repr=False)
    reads: bool = False

    @classmethod
    def of(cls, recognizer: Any, timeout: float, notes: Notes, *, private: bool) -> PatternLooker:
        flags = recognizer.global_regex_flags
        return cls(
            recognizer=recognizer,
            timeout=timeout,
            name=recognizer.name,
            context=tuple(recognizer.context or ()),
            thresholds=recognizer.score_thresholds,
            patterns=tuple(
                Searched.of(p.regex, flags, p.score, notes, private=private)
                for p in recognizer.patterns
            ),
        )

    @property
    def triggers(self) -> tuple[Trigger, ...]:
        return tuple(pattern.trigger for pattern in self.patterns)

    def look(self, text: str, read: Read, places: Places | None = None) -> list[Span]:  # noqa: ARG002
        with failing_as(self.name):
            return without_duplicates(self._spans(text, places or self._everywhere))

    @cached_property
    def _everywhere(self) -> Places:
        return Places(b"", dict.fromkeys(range(len(self.patterns))))

    def _spans(self, text: str, places: Places) -> Iterator[Span]:
        label = self.recognizer.supported_entities[0]
        limit, alone = TimeLimit(self.timeout, len(text)), len(places.ends) == 1
        for part, ends in places.ends.items():
            pattern = self.patterns[part]
            for match in pattern.matches(text, limit, places.data, ends, alone=alone):
                start, end = match.span()
                if start == end:
                    continue
                judged = self._judged(match.group(), pattern.score)
                if judged > 0:
                    yield Span(start, end, label, judged, self.name)

    def _judged(self, value: str, score: float) -> float:
        """The pattern's score, 1 where the value is proved (a checksum), 0 where it is refuted."""
        valid = self.recognizer.validate_result(value)
        if valid is not None:
            score = 1.0 if valid else 0.0
        return 0.0 if self.recognizer.invalidate_result(value) else score


@dataclass(frozen=True)
class IbanLooker(PatternLooker):
    """Presidio's IbanRecognizer: of a match, the longest beginning that is an IBAN.

    Its pattern takes too much where a word follows the number; its groups say where to cut.
    """

    def _spans(self, text: str, places: Places) -> Iterator[Span]:
        label = self.recognizer.supported_entities[0]
        limit, alone = TimeLimit(self.timeout, len(text)), len(places.ends) == 1
        for part, ends in places.ends.items():
            pattern = self.patterns[part]
            for match in pattern.matches(text, limit, places.data, ends, alone=alone):
                start = match.start()
                for number in range(len(match.groups()), 0, -1):
                    end = match.end(number) if match.end(number) > 0 else match.end()
                    valid = start < end and self.recognizer.validate_result(text[start:end])
                    judged = pattern.score if valid is None else float(bool(valid))
                    if judged > 0:
                        yield Span(start, end, label, judged, self.name)
                        break


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
    triggers: tuple[Trigger, ...] = field(repr=False)
    name: str
    context: tuple[str, ...]
    thresholds: Mapping[str, float]

    @classmethod
    def of(
        cls,
        recognizer: Any,
        entities: Sequence[str],
        *,
        reads: bool,
        skips_after: float,
        triggers: tuple[Trigger, ...] = (Trigger(),),
    ) -> ForeignLooker:
        """`triggers`, any of which is enough, are of what its ``analyze`` is known to look for."""
        return cls(
            recognizer=recognizer,
            entities=tuple(entities),
            skips_after=skips_after,
            reads=reads,
            triggers=triggers,
            name=recognizer.name,
            context=tuple(recognizer.context or ()),
            thresholds=recognizer.score_thresholds,
        )

    def look(self, text: str, read: Read, places: Places | None = None) -> list[Span]:  # noqa: ARG002
        pieces = read if self.reads else windows(len(text), _PIECE, _PIECE_OVERLAP)
        with failing_as(self.name):
            return [
                Span(
                    piece.start + result.start,
                    _within(piece.start + result.end, piece),
                    result.entity_type,
                    float(result.score),
                    self.name,
                )
                for piece in pieces
                for result in self._analyze(text[piece.start : piece.end], read.get(piece))
            ]

    def _analyze(self, text: str, artifacts: Any) -> list[Any]:
        wall, cpu = time.perf_counter(), time.process_time()
        results = self.recognizer.analyze(
            text=text, entities=list(self.entities), nlp_artifacts=artifacts
        )
        if max(time.perf_counter() - wall, time.process_time() - cpu) >= self.skips_after:
            raise TimeoutError
        return list(results or ())


class failing_as:  # noqa: N801  reads as a verb
    """Turns whatever is raised into a DetectionError that names the recognizer, never the text."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: object
    ) -> None:
        # A recognizer may raise anything, and the text of it may quote the data.
        if isinstance(raised, TimeoutError):
            raise DetectionError(
                TIMEOUT, f"recognizer {printable(self._name)} ran out of time on a text"
            ) from None
        if isinstance(raised, Exception) and not isinstance(raised, MemoryError):
            raise DetectionError(
                "detector-failed", f"recognizer {printable(self._name)} failed on a text"
            ) from None


def _within(end: int, piece: Window) -> int:
    if end > piece.end:
        raise ValueError("a finding ends after the text")
    return end
