"""Texts that are scanned together, and the results of an NLP engine for them: only the requested
ones, in batches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from contextlib import suppress
from typing import Any

from scrubber.detect.context.nlp import Reader, Words
from scrubber.detect.context.tokens import Surroundings
from scrubber.detect.matchers.base import Looker
from scrubber.detect.refine import with_context
from scrubber.detect.windows import Window, window_of, windows
from scrubber.errors import DetectionError
from scrubber.model.finding import Span

Piece = tuple[int, Window]
"""The index of a text, and a window of it."""
Raw = list[tuple[Looker, Span]] | DetectionError
"""The results of lookers for a text, before context words."""


class Context:
    """Texts, what an NLP engine reads in them, and the words around findings; reads no more of them
    than is asked for."""

    def __init__(self, reader: Reader, texts: Sequence[str]) -> None:
        self.texts = texts
        self.parts = [windows(len(text)) for text in texts]
        self._reader = reader
        self._read: dict[Piece, Any] = {}
        self._words: dict[Piece, Words] = {}
        self._surroundings: dict[Piece, Surroundings] = {}

    def prepare(self, pieces: Iterable[Piece]) -> None:
        """Reads these in one batch. Where one of them cannot be read, each is read, or fails, when
        it is asked for."""
        with suppress(DetectionError):
            self._read_pieces(set(pieces))

    def prepare_around(self, looked: Sequence[tuple[int, Raw]]) -> None:
        """Reads, in one batch, the windows that the findings stand in, by the index of a text."""
        if self._reader.cutter is None:
            self.prepare(
                self._piece(index, span)
                for index, raw in looked
                if not isinstance(raw, DetectionError)
                for looker, span in raw
                if looker.context
            )

    def whole(self, index: int) -> Mapping[Window, Any]:
        """All of a text."""
        self._read_pieces({(index, window) for window in self.parts[index]})
        return {window: self._read[index, window] for window in self.parts[index]}

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
                text = self.texts[index][window.start : window.end]
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

    def _read_pieces(self, pieces: Set[Piece]) -> None:
        wanted = sorted(pieces - self._read.keys())
        texts = [self.texts[index][w.start : w.end] for index, w in wanted]
        self._read.update(zip(wanted, self._reader.read(texts), strict=True))

    def _piece(self, index: int, span: Span) -> Piece:
        parts = self.parts[index]
        return index, parts[0] if len(parts) == 1 else window_of(parts, span.start)
