"""The detector: lookers over texts, then context words, then refinement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Any

from scrubber.detect.lookers import Looker, Places
from scrubber.detect.namelooker import NameLooker
from scrubber.detect.ner import zone
from scrubber.detect.prefilter import Ends, Hit, Prefilter
from scrubber.detect.quiet import hushed
from scrubber.detect.reading import Reader, Window, Words, window_of, windows
from scrubber.detect.refine import Refiner, with_context, without_duplicates
from scrubber.detect.words import Surroundings
from scrubber.model.finding import Span

# At most so many texts, and so many code points, are in memory in their analysed form at once.
_CHUNK_TEXTS = 256
_CHUNK_LENGTH = 1_000_000

_SURROGATES = re.compile("[\ud800-\udfff]")

_UNREAD: Mapping[Window, Any] = {}

_Piece = tuple[int, Window]  # the index of a text, and a window of it
_Owners = Mapping[int, tuple[int, int]]  # trigger -> (number of a looker, its part)


@dataclass(frozen=True)
class Language:
    """All that looks in one language."""

    reader: Reader
    lookers: tuple[Looker, ...]


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
            for chunk in _chunks(self.prefilter.hits(texts)):
                wholes = [_whole(texts[hit.index]) for hit in chunk]
                for hit, spans in zip(chunk, self._detect(wholes, chunk), strict=True):
                    found[hit.index] = spans
            return found if self.names is None else self._with_names(self.names, texts, found)

    def _with_names(
        self, names: NameLooker, texts: Sequence[str], found: list[tuple[Span, ...]]
    ) -> list[tuple[Span, ...]]:
        """`found` and what the names model finds, text by text."""
        at = [i for i, text in enumerate(texts) if names.can_find(text)]
        wholes = [_whole(texts[i]) for i in at]
        for i, whole, spans in zip(at, wholes, names.look(wholes), strict=True):
            if spans:
                named = self.refiner.refine(whole, ((span, {}) for span in spans))
                found[i] = tuple(without_duplicates([*found[i], *named]))
        return found

    def _detect(self, texts: Sequence[str], hits: Sequence[Hit]) -> Iterator[tuple[Span, ...]]:
        united: list[list[Span]] = [[] for _ in hits]
        pipelines = [p for lang in self.languages for p in _pipelines(lang.reader)]
        with zone(pipelines):
            for language, owners in zip(self.languages, self._owners, strict=True):
                answers = self._analyze(language, owners, texts, hits)
                for spans, more in zip(united, answers, strict=True):
                    spans.extend(more)
        if len(self.languages) == 1:
            return map(tuple, united)
        return (tuple(without_duplicates(spans)) for spans in united)

    @cached_property
    def _owners(self) -> tuple[_Owners, ...]:
        """Whose triggers those of the prefilter are, language by language."""
        numbers = count()
        return tuple(
            {
                next(numbers): (index, part)
                for index, looker in enumerate(language.lookers)
                for part in range(len(looker.triggers))
            }
            for language in self.languages
        )

    def _analyze(
        self, language: Language, owners: _Owners, texts: Sequence[str], hits: Sequence[Hit]
    ) -> list[list[Span]]:
        parts = [windows(len(text)) for text in texts]
        read: dict[_Piece, Any] = {}
        if any(looker.reads for looker in language.lookers):
            _read(language.reader, texts, [(i, w) for i, ws in enumerate(parts) for w in ws], read)

        raw: list[list[tuple[Looker, Span]]] = []
        for index, hit in enumerate(hits):
            seen: list[tuple[Looker, Span]] = []
            for number, ends in _looking(hit, owners):
                looker = language.lookers[number]
                own = {w: read[index, w] for w in parts[index]} if looker.reads else _UNREAD
                spans = looker.look(texts[index], own, Places(hit.data, ends))
                seen.extend((looker, span) for span in spans)
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

    def prepare(self, findings: Iterable[tuple[int, Span]]) -> None:
        """Reads, in one batch, the windows that these findings (index of text, span) stand in."""
        if self._reader.cutter is None:
            pieces = {self._piece(index, span) for index, span in findings}
            self._read_pieces(pieces)

    def weighed(self, index: int, looker: Looker, span: Span) -> Span:
        """`span` with the score that the words around it give."""
        context = looker.context
        if not context or span.score >= 1:
            return span
        around = self._around(index, span, context)
        return with_context(span, context, around) if around else span

    def _around(self, index: int, span: Span, context: tuple[str, ...]) -> frozenset[str]:
        piece = self._piece(index, span)
        if self._reader.cutter is not None:
            surroundings = self._surroundings.get(piece)
            if surroundings is None:
                window = piece[1]
                text = self._texts[index][window.start : window.end]
                surroundings = Surroundings(self._reader.cutter, text, window.start)
                self._surroundings[piece] = surroundings
            if not surroundings.mentions(context):
                return frozenset()  # a quick no before cutting it
            around = surroundings.around(span.start, context)
            if around is not None:
                return around
        if piece not in self._words:
            self._read_pieces({piece})
            self._words[piece] = Words.of(self._read[piece], piece[1].start)
        return self._words[piece].around(span.start)

    def _read_pieces(self, pieces: Set[_Piece]) -> None:
        _read(self._reader, self._texts, sorted(pieces - self._read.keys()), self._read)

    def _piece(self, index: int, span: Span) -> _Piece:
        parts = self._parts[index]
        return index, parts[0] if len(parts) == 1 else window_of(parts, span.start)


def _looking(hit: Hit, owners: _Owners) -> Iterable[tuple[int, dict[int, Ends]]]:
    """The number of each looker that must look at a text, and the ends of its parts."""
    found: dict[int, dict[int, Ends]] = {}
    for trigger, ends in hit.ends.items():
        if trigger in owners:
            number, part = owners[trigger]
            found.setdefault(number, {})[part] = ends
    return found.items()


def _whole(text: str) -> str:
    """`text` without lone surrogates."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def _read(
    reader: Reader, texts: Sequence[str], pieces: Sequence[_Piece], into: dict[_Piece, Any]
) -> None:
    values = reader.read([texts[index][w.start : w.end] for index, w in pieces])
    into.update(zip(pieces, values, strict=True))


def _pipelines(reader: Reader) -> list[Any]:
    pipelines: Mapping[str, Any] = reader.engine.nlp or {}
    return list(pipelines.values())


def _chunks(hits: Iterable[Hit]) -> Iterator[list[Hit]]:
    chunk: list[Hit] = []
    length = 0
    for hit in hits:
        if chunk and (len(chunk) == _CHUNK_TEXTS or length + len(hit.data) > _CHUNK_LENGTH):
            yield chunk
            chunk, length = [], 0
        chunk.append(hit)
        length += len(hit.data)
    if chunk:
        yield chunk
