"""The detector: lookers over texts, then context words, then refinement."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scrubber.detect.lookers import Looker
from scrubber.detect.ner import zone
from scrubber.detect.quiet import hushed
from scrubber.detect.reading import Reader, Window, Words, window_of, windows
from scrubber.detect.refine import Refiner, with_context, without_duplicates
from scrubber.model.finding import Span

# At most so many texts, and so many code points, are in memory in their analysed form at once.
_CHUNK_TEXTS = 256
_CHUNK_LENGTH = 1_000_000

_SURROGATES = re.compile("[\ud800-\udfff]")

_Piece = tuple[int, Window]  # the index of a text, and a window of it


@dataclass(frozen=True)
class Language:
    """All that looks in one language."""

    reader: Reader
    lookers: tuple[Looker, ...]


@dataclass(frozen=True)
class PresidioDetector:
    """A Detector over Presidio's recognizers; made by :func:`scrubber.detect.build_detector`.

    Each text is analysed in every language; the answers are united and duplicates removed. A lone
    surrogate (which is no character) is looked at as U+FFFD. Not for several threads at once.
    """

    identities: tuple[tuple[str, str], ...]
    languages: tuple[Language, ...] = field(repr=False)
    refiner: Refiner = field(repr=False)

    def detect(self, texts: Sequence[str]) -> list[tuple[Span, ...]]:
        """One tuple of spans per text; see :class:`scrubber.detect.base.Detector`."""
        found: list[tuple[Span, ...]] = []
        with hushed():
            for chunk in _chunks([_SURROGATES.sub("\ufffd", text) for text in texts]):
                found.extend(self._detect(chunk))
        return found

    def _detect(self, texts: Sequence[str]) -> Iterator[tuple[Span, ...]]:
        united: list[list[Span]] = [[] for _ in texts]
        pipelines = [p for lang in self.languages for p in _pipelines(lang.reader)]
        with zone(pipelines):
            for language in self.languages:
                for spans, more in zip(united, self._analyze(language, texts), strict=True):
                    spans.extend(more)
        return (tuple(without_duplicates(spans)) for spans in united)

    def _analyze(self, language: Language, texts: Sequence[str]) -> list[list[Span]]:
        parts = [windows(len(text)) for text in texts]
        read: dict[_Piece, Any] = {}
        if any(looker.reads for looker in language.lookers):
            _read(language.reader, texts, [(i, w) for i, ws in enumerate(parts) for w in ws], read)

        raw: list[list[tuple[Looker, Span]]] = [[] for _ in texts]
        for looker, indices in _pairs(language.lookers, texts):
            for index in indices:
                own = {w: read[index, w] for w in parts[index]} if looker.reads else {}
                raw[index].extend((looker, span) for span in looker.look(texts[index], own))

        words = _Context(language.reader, texts, parts, read)
        words.prepare((i, span) for i, pairs in enumerate(raw) for k, span in pairs if k.context)
        return [
            self.refiner.refine(
                texts[index],
                (
                    (
                        with_context(span, looker.context, words.around(index, span))
                        if looker.context
                        else span,
                        looker.thresholds,
                    )
                    for looker, span in pairs
                ),
            )
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

    def prepare(self, findings: Iterator[tuple[int, Span]]) -> None:
        """Reads, in one batch, the windows that these findings (index of text, span) stand in."""
        pieces = {self._piece(index, span) for index, span in findings}
        _read(self._reader, self._texts, sorted(pieces - self._read.keys()), self._read)

    def around(self, index: int, span: Span) -> frozenset[str]:
        piece = self._piece(index, span)
        if piece not in self._words:
            self._words[piece] = Words.of(self._read[piece], piece[1].start)
        return self._words[piece].around(span.start)

    def _piece(self, index: int, span: Span) -> _Piece:
        return index, window_of(self._parts[index], span.start)


def _pairs(
    lookers: Sequence[Looker], texts: Sequence[str]
) -> Iterator[tuple[Looker, Sequence[int]]]:
    """Which recognizer looks at which text (by index): here a prefilter may narrow the choice."""
    indices = [index for index, text in enumerate(texts) if text]
    for looker in lookers:
        yield looker, indices


def _read(
    reader: Reader, texts: Sequence[str], pieces: Sequence[_Piece], into: dict[_Piece, Any]
) -> None:
    values = reader.read([texts[index][w.start : w.end] for index, w in pieces])
    into.update(zip(pieces, values, strict=True))


def _pipelines(reader: Reader) -> list[Any]:
    pipelines: Mapping[str, Any] = reader.engine.nlp or {}
    return list(pipelines.values())


def _chunks(texts: Sequence[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    length = 0
    for text in texts:
        if chunk and (len(chunk) == _CHUNK_TEXTS or length + len(text) > _CHUNK_LENGTH):
            yield chunk
            chunk, length = [], 0
        chunk.append(text)
        length += len(text)
    if chunk:
        yield chunk
