"""The detector: lookers over texts, then context words, then refinement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from scrubber.detect.lookers import Looker
from scrubber.detect.namelooker import NameLooker
from scrubber.detect.ner import zone
from scrubber.detect.prefilter import Parts, Prefilter
from scrubber.detect.quiet import hushed
from scrubber.detect.reading import Reader, Window, Words, window_of, windows
from scrubber.detect.refine import Refiner, with_context, without_duplicates
from scrubber.detect.words import Surroundings
from scrubber.model.finding import Span

# At most so many texts, and so many code points, are in memory in their analysed form at once.
_CHUNK_TEXTS = 256
_CHUNK_LENGTH = 1_000_000

_SURROGATES = re.compile("[\ud800-\udfff]")

_Piece = tuple[int, Window]  # the index of a text, and a window of it
_Looking = Sequence[tuple[Looker, int, Parts]]


@dataclass(frozen=True)
class Language:
    """All that looks in one language."""

    reader: Reader
    lookers: tuple[Looker, ...]


@dataclass(frozen=True, slots=True)
class _Hit:
    """A text that something may be in: its index, itself, the parts that must look, and whether
    the names model must."""

    index: int
    text: str
    parts: Parts
    named: bool


@dataclass(frozen=True)
class PresidioDetector:
    """A Detector over Presidio's recognizers; made by :func:`scrubber.detect.build_detector`.

    `prefilter` has the triggers of all lookers, in their order. Each text is analysed in every
    language; the answers are united and duplicates removed. A lone surrogate (which is no
    character) is looked at as U+FFFD. Not for several threads at once.
    """

    identities: tuple[tuple[str, str], ...]
    languages: tuple[Language, ...] = field(repr=False)
    refiner: Refiner = field(repr=False)
    prefilter: Prefilter = field(repr=False)
    names: NameLooker | None = None

    def detect(self, texts: Sequence[str]) -> list[tuple[Span, ...]]:
        """One tuple of spans per text; see :class:`scrubber.detect.base.Detector`."""
        found: list[tuple[Span, ...]] = [()] * len(texts)
        with hushed():
            for chunk in _chunks(self._hits(texts)):
                for hit, spans in zip(chunk, self._detect(chunk), strict=True):
                    found[hit.index] = spans
        return found

    def _hits(self, texts: Sequence[str]) -> Iterator[_Hit]:
        possible, names = self.prefilter.possible, self.names
        for index, text in enumerate(texts):
            if text:
                whole = text if text.isascii() else _SURROGATES.sub("\ufffd", text)
                parts = possible(whole)
                named = names is not None and names.can_find(whole)
                if parts or named:
                    yield _Hit(index, whole, parts, named)

    def _detect(self, hits: Sequence[_Hit]) -> Iterator[tuple[Span, ...]]:
        united: list[list[Span]] = [[] for _ in hits]
        pipelines = [p for lang in self.languages for p in _pipelines(lang.reader)]
        with zone(pipelines):
            first = 0
            for language in self.languages:
                looking = tuple(_looking(language.lookers, first))
                first += sum(len(looker.triggers) for looker in language.lookers)
                for spans, more in zip(united, self._analyze(language, looking, hits), strict=True):
                    spans.extend(more)
        if self.names is not None:
            named = [i for i, hit in enumerate(hits) if hit.named]
            for i, spans in zip(named, self.names.look([hits[i].text for i in named]), strict=True):
                united[i].extend(self.refiner.refine(hits[i].text, ((s, {}) for s in spans)))
        return (tuple(without_duplicates(spans)) for spans in united)

    def _analyze(
        self, language: Language, looking: _Looking, hits: Sequence[_Hit]
    ) -> list[list[Span]]:
        texts = [hit.text for hit in hits]
        parts = [windows(len(text)) for text in texts]
        read: dict[_Piece, Any] = {}
        if any(looker.reads for looker in language.lookers):
            _read(language.reader, texts, [(i, w) for i, ws in enumerate(parts) for w in ws], read)

        raw: list[list[tuple[Looker, Span]]] = []
        for index, hit in enumerate(hits):
            seen: list[tuple[Looker, Span]] = []
            for looker, first, all_ in looking:
                if possible := hit.parts >> first & all_:
                    own = {w: read[index, w] for w in parts[index]} if looker.reads else {}
                    seen.extend((looker, span) for span in looker.look(hit.text, own, possible))
            raw.append(seen)

        context = _Context(language.reader, texts, parts, read)
        context.prepare((i, span) for i, pairs in enumerate(raw) for k, span in pairs if k.context)
        return [
            self.refiner.refine(
                texts[index],
                ((context.weighed(index, k, span), k.thresholds) for k, span in pairs),
            )
            if pairs
            else []
            for index, pairs in enumerate(raw)
        ]


class _Context:
    """The words around findings; reads no more of the texts than is asked for."""

    def __init__(
        self,
        reader: Reader,
        texts: Sequence[str],
        parts: Sequence[tuple[Window, ...]],
        read: dict[_Piece, Any],
    ) -> None:
        self._reader, self._texts, self._parts, self._read = reader, texts, parts, read
        self._words: dict[_Piece, Words] = {}
        self._surroundings: dict[_Piece, Surroundings] = {}
        self._lower: dict[int, str] = {}

    def prepare(self, findings: Iterable[tuple[int, Span]]) -> None:
        """Reads, in one batch, the windows that these findings (index of text, span) stand in."""
        if self._reader.cutter is None:
            pieces = {self._piece(index, span) for index, span in findings}
            self._read_pieces(pieces)

    def weighed(self, index: int, looker: Looker, span: Span) -> Span:
        """`span` with the score that the words around it give."""
        if not looker.context or span.score >= 1 or not self._possible(index, looker.context):
            return span
        return with_context(span, looker.context, self._around(index, span))

    def _possible(self, index: int, context: Sequence[str]) -> bool:
        """Whether some word of `context` is in the text at all: a quick no before cutting it."""
        text = self._texts[index]
        if self._reader.cutter is None or "\u03a3" in text:
            return True  # words are lemmas, or lower case depends on the place (sigma)
        lower = self._lower.get(index)
        if lower is None:
            lower = self._lower[index] = text.lower()
        return any(word.lower() in lower for word in context)

    def _around(self, index: int, span: Span) -> frozenset[str]:
        piece = self._piece(index, span)
        if self._reader.cutter is not None:
            if piece not in self._surroundings:
                window = piece[1]
                text = self._texts[index][window.start : window.end]
                self._surroundings[piece] = Surroundings(self._reader.cutter, text, window.start)
            around = self._surroundings[piece].around(span.start)
            if around is not None:
                return around
        if piece not in self._words:
            self._read_pieces({piece})
            self._words[piece] = Words.of(self._read[piece], piece[1].start)
        return self._words[piece].around(span.start)

    def _read_pieces(self, pieces: Set[_Piece]) -> None:
        _read(self._reader, self._texts, sorted(pieces - self._read.keys()), self._read)

    def _piece(self, index: int, span: Span) -> _Piece:
        return index, window_of(self._parts[index], span.start)


def _looking(lookers: Sequence[Looker], first: int) -> Iterator[tuple[Looker, int, Parts]]:
    """Each looker with the number of its first trigger and the set of all its parts."""
    for looker in lookers:
        yield looker, first, (1 << len(looker.triggers)) - 1
        first += len(looker.triggers)


def _read(
    reader: Reader, texts: Sequence[str], pieces: Sequence[_Piece], into: dict[_Piece, Any]
) -> None:
    values = reader.read([texts[index][w.start : w.end] for index, w in pieces])
    into.update(zip(pieces, values, strict=True))


def _pipelines(reader: Reader) -> list[Any]:
    pipelines: Mapping[str, Any] = reader.engine.nlp or {}
    return list(pipelines.values())


def _chunks(hits: Iterable[_Hit]) -> Iterator[list[_Hit]]:
    chunk: list[_Hit] = []
    length = 0
    for hit in hits:
        if chunk and (len(chunk) == _CHUNK_TEXTS or length + len(hit.text) > _CHUNK_LENGTH):
            yield chunk
            chunk, length = [], 0
        chunk.append(hit)
        length += len(hit.text)
    if chunk:
        yield chunk
