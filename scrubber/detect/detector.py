"""The detector: lookers over texts, then context words, then refinement."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, count
from typing import Any

from scrubber.detect.base import PATIENCE, TIMEOUT, Seen
from scrubber.detect.context.batch import Context, Raw
from scrubber.detect.context.nlp import Reader
from scrubber.detect.matchers.base import Looker, Places
from scrubber.detect.ner import zone
from scrubber.detect.prefilter.scanner import Ends, Hit, Prefilter
from scrubber.detect.refine import Refiner, without_duplicates
from scrubber.detect.silence import hushed
from scrubber.detect.windows import Window
from scrubber.errors import DetectionError
from scrubber.model.finding import Span

# At most so many texts, and so many code points, are in memory in their analysed form at once.
_CHUNK_TEXTS = 256
_CHUNK_LENGTH = 1_000_000

_SURROGATES = re.compile("[\ud800-\udfff]")

_UNREAD: Mapping[Window, Any] = {}

_Owners = Mapping[int, tuple[int, int]]  # trigger -> (number of a looker, its part)


@dataclass(frozen=True)
class Language:
    """All that looks in one language."""

    reader: Reader
    lookers: tuple[Looker, ...]


@dataclass(frozen=True)
class PresidioDetector:
    """A Detector over Presidio's recognizers, for unmodified texts.

    `prefilter` has the triggers of all lookers, in order. Each text is analyzed in every language;
    the results are united and duplicates removed. A lone surrogate (not a character) is read as
    U+FFFD. Threads that share a detector wait for each other.
    """

    identities: tuple[tuple[str, str], ...]
    languages: tuple[Language, ...] = field(repr=False)
    refiner: Refiner = field(repr=False)
    prefilter: Prefilter = field(repr=False)

    def detect(self, texts: Sequence[str]) -> list[tuple[Span, ...]]:
        """One tuple of spans per text; see :class:`scrubber.detect.base.Detector`."""
        found: list[tuple[Span, ...]] = []
        for index, seen in enumerate(self.attempt(texts, patience=1)):
            if isinstance(seen, DetectionError):
                raise stopping(seen, index) from None
            found.append(seen)
        return found

    def attempt(self, texts: Sequence[str], patience: int = PATIENCE) -> list[Seen]:
        """Detect as :meth:`detect` does, but return an error in place of a text that cannot be
        scanned."""
        found: list[Seen] = [()] * len(texts)
        left = Patience(patience)
        with hushed():
            for chunk in _chunks(self.prefilter.hits(texts)):
                wholes = [whole(texts[hit.index]) for hit in chunk]
                with closing(self._detect(wholes, chunk)) as answers:
                    for hit, seen in zip(chunk, answers, strict=True):
                        found[hit.index] = left.after(seen, hit.index)
        return found

    def _detect(self, texts: Sequence[str], hits: Sequence[Hit]) -> Generator[Seen, None, None]:
        pipelines = [p for lang in self.languages for p in _pipelines(lang.reader)]
        with zone(pipelines):
            answers = [
                self._analyze(language, owners, texts, hits)
                for language, owners in zip(self.languages, self._owners, strict=True)
            ]
            if len(answers) == 1:
                yield from answers[0]
                return
            for each in zip(*answers, strict=True):
                error = next((one for one in each if isinstance(one, DetectionError)), None)
                yield error or tuple(without_duplicates(chain.from_iterable(each)))

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
    ) -> Iterator[Seen]:
        """The findings of each text in one language. After a text that cannot be scanned, the next
        one is scanned only on demand."""
        context = Context(language.reader, texts)
        if any(looker.reads for looker in language.lookers):
            context.prepare((i, w) for i, ws in enumerate(context.parts) for w in ws)
        raw = (
            (index, _looked(language, owners, context, index, hit))
            for index, hit in enumerate(hits)
        )
        for group in _groups(raw):
            context.prepare_around(group)
            for index, seen in group:
                yield self._refined(context, index, seen) if seen else ()

    def _refined(self, context: Context, index: int, raw: Raw) -> Seen:
        if isinstance(raw, DetectionError):
            return raw
        weighed = ((context.weighed(index, k, span), k.thresholds) for k, span in raw)
        try:
            return tuple(self.refiner.refine(context.texts[index], weighed))
        except DetectionError as error:
            return answer(error)


def _looked(language: Language, owners: _Owners, context: Context, index: int, hit: Hit) -> Raw:
    """The findings of the recognizers in a text, before context words."""
    seen: list[tuple[Looker, Span]] = []
    try:
        for number, ends in _looking(hit, owners):
            looker = language.lookers[number]
            read = context.whole(index) if looker.reads else _UNREAD
            spans = looker.look(context.texts[index], read, Places(hit.data, ends))
            seen.extend((looker, span) for span in spans)
    except DetectionError as error:
        return answer(error)
    return seen


def _groups(raw: Iterable[tuple[int, Raw]]) -> Iterator[list[tuple[int, Raw]]]:
    """Groups of texts, each up to a text that could not be scanned, whose error must not wait for
    others.

    The words around findings are read for a whole group. Running the same code for many texts in
    turn is a tenth faster than running all of it for each text.
    """
    group: list[tuple[int, Raw]] = []
    for one in raw:
        group.append(one)
        if isinstance(one[1], DetectionError):
            yield group
            group = []
    if group:
        yield group


class Patience:
    """A budget of texts on which recognizers may run out of time."""

    def __init__(self, texts: int) -> None:
        self.texts = texts

    def after(self, seen: Seen, index: int) -> Seen:
        """`seen`, the answer for the text with that index; raises it where it is one too many."""
        if isinstance(seen, DetectionError) and seen.code == TIMEOUT:
            self.texts -= 1
            if self.texts <= 0:
                raise stopping(seen, index) from None
        return seen


def answer(error: DetectionError) -> DetectionError:
    """`error` without what it came from, which would hold the text as long as the answer lives."""
    return DetectionError(error.code, error.text)


def stopping(error: DetectionError, index: int) -> DetectionError:
    return DetectionError(error.code, error.text, index=index)


def _looking(hit: Hit, owners: _Owners) -> Iterable[tuple[int, dict[int, Ends]]]:
    """The number of each looker that must scan a text, and the ends of its parts."""
    found: dict[int, dict[int, Ends]] = {}
    for trigger, ends in hit.ends.items():
        if trigger in owners:
            number, part = owners[trigger]
            found.setdefault(number, {})[part] = ends
    return found.items()


def whole(text: str) -> str:
    """`text` without lone surrogates."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


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
