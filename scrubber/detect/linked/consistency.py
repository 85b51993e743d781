"""Document consistency: a name that was found once is found everywhere in its document.

A model that sees "Henrik Hasslund" may miss the "hasslund" of the next line. So what was found as a
person's name is looked for in all texts of the document, its parts too, by the rules of
:mod:`scrubber.detect.linked.person`; other entities, where the spec names them, as a whole. What
the names model is not sure of is not looked for: a word taken for a name once would be one
everywhere. Nor is every place where a word of a name stands one of the name; see :class:`_Doubts`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from scrubber.detect.code import Code
from scrubber.detect.linked.folding import Folded, fold, squash
from scrubber.detect.linked.identifiers import PHRASE
from scrubber.detect.linked.person import Person, may_name, name_words
from scrubber.detect.linked.person_search import NameSearch, WordIndex
from scrubber.detect.ner.matcher import RECOGNIZER as NAMES_MODEL
from scrubber.detect.ner.prescreen.lists import common_words
from scrubber.detect.refine import Refiner
from scrubber.detect.spec import DetectSpec
from scrubber.model.finding import Span

RECOGNIZER = "consistency"
IDENTITY = (RECOGNIZER, "3")  # the version rises when its answers change
_PERSON, _ADDRESS = "PERSON", "EMAIL_ADDRESS"
_NO_PERSON = ("LOCATION", "ORGANIZATION")
_SURE = 0.7  # a name of which the names model is less sure is no reason to find it elsewhere
_SHORT = 20_000  # code points; in a longer text a look-up of words is quicker than many searches

Spans = tuple[Span, ...]
_Sources = Mapping[tuple[str, str], tuple[str, float]]  # see Consistency._sources


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
        list or an exclusion names is no finding here either. Raises: DetectionError
        ``detector-timeout`` for an exclusion that runs out of time.
        """
        sources = self._sources(texts, found)
        if not sources:
            return [()] * len(texts)
        doubts = _Doubts(texts, found)
        return [
            tuple(sorted(self._again(text, spans, sources, doubts)))
            for text, spans in zip(texts, found, strict=True)
        ]

    def _sources(self, texts: Sequence[str], found: Sequence[Sequence[Span]]) -> _Sources:
        """The findings, by label and folded text: a writing of it and its best score."""
        sources: dict[tuple[str, str], tuple[str, float]] = {}
        for text, spans in zip(texts, found, strict=True):
            for span in spans:
                if span.label in self.labels and not (
                    span.recognizer == NAMES_MODEL and span.score < _SURE
                ):
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
        sources: _Sources,
        doubts: _Doubts,
    ) -> Iterator[Span]:
        rest = fold(_without(text, [span for span in spans if span.label == _PERSON]))
        if len(text) <= _SHORT and not any(
            label != _PERSON or may_name([written], rest)
            for (label, _), (written, _) in sources.items()
        ):
            return  # the common case: the one mention is all there is
        whole = Folded.of(text)
        known = _Ranges(spans)
        code = Code(text if self.spec.house else "")
        for span in (*_people(whole, sources), *_others(whole, sources)):
            held = known.hold(span, span.label) or known.hold(span, _ADDRESS)
            doubtful = span.label == _PERSON and doubts.about(
                text[span.start : span.end], span, known
            )
            written = span.label != _PERSON or code.may_name(span.start, span.end)
            if written and not held and not doubtful and not self._refiner.allows(span, text):
                yield span


def _people(text: Folded, sources: _Sources) -> Iterator[Span]:
    """The people among the sources, by any part of their names; a name scores as the best source
    that has one of its words."""
    people = [written for (label, _), (written, _) in sources.items() if label == _PERSON]
    scores: dict[str, float] = {}
    for (label, folded), (_, score) in sources.items():
        for word in name_words(folded) if label == _PERSON else ():
            scores[word] = max(score, scores.get(word, 0.0))
    search = NameSearch(Person([written]) for written in people)
    lowest = min(
        (score for (label, _), (_, score) in sources.items() if label == _PERSON), default=0
    )
    for hit in search.search(text, WordIndex(text.folded)) if people else ():
        score = max((scores[word] for word in hit.words if word in scores), default=lowest)
        yield Span(hit.start, hit.end, _PERSON, score, RECOGNIZER)


def _others(text: Folded, sources: _Sources) -> Iterator[Span]:
    """Findings other than persons, as a whole; a place found from two sources scores as the better
    one."""
    squashed = squash(text.folded)
    best: dict[tuple[int, int, str], float] = {}
    for (label, _), (written, score) in sources.items():
        for one in PHRASE.make(written) if label != _PERSON else ():
            if one.possible(text.folded, squashed):
                for place in one.search(text):
                    if place.whole:
                        key = (*text.span(place.start, place.end), label)
                        best[key] = max(score, best.get(key, 0.0))
    for (start, end, label), score in best.items():
        yield Span(start, end, label, score, RECOGNIZER)


class _Doubts:
    """Places where words of a found name are not that name.

    Two cases, both from counting what such repeats were in labelled text: common words in small
    letters ("Bishop Garrigan" makes no name of "the bishop"), unless a name of several words was
    found that writes it so; and a word that was found as a name by itself alone, where it lies in
    what the model took for a place or an organization, and more often so than for a person in this
    document ("Geneva").
    """

    def __init__(self, texts: Sequence[str], found: Sequence[Sequence[Span]]) -> None:
        self._small: set[str] = set()
        self._parts: set[str] = set()
        self._taken: dict[str, Counter[str]] = {}
        for text, spans in zip(texts, found, strict=True):
            for span in spans:
                if span.label == _PERSON or span.label in _NO_PERSON:
                    written = text[span.start : span.end]
                    words = name_words(written)
                    for word in words:
                        self._taken.setdefault(word, Counter())[span.label] += 1
                    if span.label == _PERSON and len(words) > 1:
                        self._parts.update(words)
                        if written.islower():
                            self._small.update(words)

    def about(self, written: str, span: Span, known: _Ranges) -> bool:
        """True if `span`, whose words are `written`, is no name; `known` has all that was found in
        its text."""
        words = name_words(written)
        if written.islower() and all(map(self._is_common, words)):
            return True
        if len(words) != 1 or words[0] in self._parts:
            return False
        taken = self._taken.get(words[0], Counter())
        return any(taken[o] > taken[_PERSON] and known.hold(span, o) for o in _NO_PERSON)

    def _is_common(self, word: str) -> bool:
        common = common_words()
        return word not in self._small and (word in common or word.removesuffix("s") in common)


def _without(text: str, spans: Sequence[Span]) -> str:
    out, at = "", 0
    for span in sorted(spans):
        if span.end > at:
            out += text[at : max(span.start, at)] + " "
            at = span.end
    return out + text[at:]


class _Ranges:
    """The ranges of spans by label, to ask whether one of them holds another span."""

    def __init__(self, spans: Sequence[Span]) -> None:
        # by label: where spans start, in order, and how far those up to there reach
        self._by_label: dict[str, tuple[list[int], list[int]]] = {}
        for span in sorted(spans):
            starts, reach = self._by_label.setdefault(span.label, ([], []))
            starts.append(span.start)
            reach.append(max(span.end, reach[-1] if reach else 0))

    def hold(self, span: Span, label: str) -> bool:
        """True if a span with `label` reaches over `span`."""
        starts, reach = self._by_label.get(label, ([], []))
        before = bisect_right(starts, span.start)
        return before > 0 and reach[before - 1] >= span.end


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
