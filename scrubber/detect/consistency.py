"""Document consistency: a name that was found once is found everywhere in its document.

A model that sees "Henrik Hasslund" may miss the "hasslund" of the next line. So what was found as a
person's name is looked for in all texts of the document, its parts too, by the rules of
:mod:`scrubber.detect.names`; other entities, where the spec names them, as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from scrubber.detect.folding import Folded, fold, squash
from scrubber.detect.identifiers import phrase
from scrubber.detect.names import Names, WordIndex
from scrubber.detect.refine import Refiner
from scrubber.detect.spec import DetectSpec
from scrubber.model.finding import Span

RECOGNIZER = "consistency"
IDENTITY = (RECOGNIZER, "1")  # the version rises when its answers change
_PERSON = "PERSON"

Spans = tuple[Span, ...]


@dataclass(frozen=True)
class Consistency:
    """Finds again, in all texts of a document, what was found in one; as `spec` says."""

    spec: DetectSpec

    @cached_property
    def labels(self) -> frozenset[str]:
        """The entities that it spreads."""
        return frozenset(self.spec.consistency)

    @cached_property
    def _refiner(self) -> Refiner:
        return Refiner(self.spec)

    def more(self, texts: Sequence[str], found: Sequence[Sequence[Span]]) -> list[Spans]:
        """The further findings in each of the `texts` of one document, in order of their place.

        They score as what they were found from, and depend on the document alone. What the allow
        list or an exclusion names is no finding here either. Errors: DetectionError
        ``detector-timeout`` for an exclusion that runs out of time.
        """
        sources = self._sources(texts, found)
        if not sources:
            return [()] * len(texts)
        return [
            tuple(sorted(self._again(text, spans, sources)))
            for text, spans in zip(texts, found, strict=True)
        ]

    def _sources(
        self, texts: Sequence[str], found: Sequence[Sequence[Span]]
    ) -> Mapping[tuple[str, str], tuple[str, float]]:
        """What was found, by label and folded text: a writing of it and its best score."""
        sources: dict[tuple[str, str], tuple[str, float]] = {}
        for text, spans in zip(texts, found, strict=True):
            for span in spans:
                if span.label in self.labels:
                    written = text[span.start : span.end]
                    key = (span.label, fold(written))
                    best = max(span.score, sources.get(key, ("", 0.0))[1])
                    # of several writings the one with accents says most
                    sources[key] = (max(written, sources.get(key, ("", 0.0))[0]), best)
        return dict(sorted(sources.items()))

    def _again(
        self,
        text: str,
        spans: Sequence[Span],
        sources: Mapping[tuple[str, str], tuple[str, float]],
    ) -> Iterator[Span]:
        whole = Folded.of(text)
        index = WordIndex(whole.folded)
        known = _Ranges(spans)
        best: dict[tuple[int, int, str], Span] = {}
        for (label, _), (written, score) in sources.items():
            for start, end in _places(label, written, whole, index):
                span = Span(start, end, label, score, RECOGNIZER)
                key = (start, end, label)
                if not known.hold(span) and (key not in best or best[key].score < score):
                    best[key] = span
        for span in best.values():
            if not self._refiner.allows(span, text):
                yield span


def _places(label: str, written: str, text: Folded, index: WordIndex) -> Iterator[tuple[int, int]]:
    if label == _PERSON:
        for hit in Names([written]).search(text, index):
            yield hit.start, hit.end
        return
    squashed = squash(text.folded)
    for one in phrase(written):
        if one.possible(text.folded, squashed):
            for place in one.search(text):
                if place.whole:
                    yield text.span(place.start, place.end)


class _Ranges:
    """The ranges of spans by label, to ask whether one of them holds another span."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._by_label: dict[str, list[Span]] = {}
        for span in sorted(spans):
            self._by_label.setdefault(span.label, []).append(span)

    def hold(self, span: Span) -> bool:
        return any(
            one.start <= span.start and span.end <= one.end
            for one in self._by_label.get(span.label, ())
        )


def spread(consistency: Consistency, texts: Sequence[str], found: Sequence[Spans]) -> list[Spans]:
    """The findings of each text, each a document of its own, with what consistency adds."""
    out: list[Spans] = []
    for text, spans in zip(texts, found, strict=True):
        if any(span.label in consistency.labels for span in spans):
            (more,) = consistency.more([text], [spans])
            spans = tuple(sorted((*spans, *more), key=lambda s: (s.start, s.end, s.label)))
        out.append(spans)
    return out


__all__ = ["RECOGNIZER", "Consistency", "spread"]
