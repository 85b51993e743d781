"""The detector of the house: patterns and names, over each text and its views."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from threading import Lock

from scrubber.detect.base import PATIENCE, Seen
from scrubber.detect.detector import Patience, PresidioDetector, answer, stopping, whole
from scrubber.detect.house.judge import Judge
from scrubber.detect.ner.matcher import NameLooker
from scrubber.detect.refine import Refiner, without_duplicates
from scrubber.detect.silence import hushed
from scrubber.detect.views import View, plain, readable
from scrubber.errors import DetectionError
from scrubber.model.finding import Span

Answers = Mapping[int, Seen]

_CHUNK = 1_024
"""At most so many texts have views at once."""


@dataclass(frozen=True)
class HouseDetector:
    """A :class:`~scrubber.detect.base.Detector` of patterns and of names.

    Patterns search each text as it is and in its plain view; names are read in its readable view.
    Without `views`, both see the text as it is; without `judge`, no finding is dropped. Threads
    that use one detector wait for each other.
    """

    patterns: PresidioDetector
    refiner: Refiner = field(repr=False)
    names: NameLooker | None = None
    judge: Judge | None = None
    views: bool = True
    _free: Lock = field(default_factory=Lock, repr=False, compare=False)

    @property
    def identities(self) -> tuple[tuple[str, str], ...]:
        names = () if self.names is None else self.names.identities
        rules = () if self.judge is None else self.judge.identities
        return tuple(sorted({*self.patterns.identities, *names, *rules}))

    def detect(self, texts: Sequence[str]) -> list[tuple[Span, ...]]:
        """One tuple of spans per text; see :class:`scrubber.detect.base.Detector`."""
        found: list[tuple[Span, ...]] = []
        for index, seen in enumerate(self.attempt(texts, patience=1)):
            if isinstance(seen, DetectionError):
                raise stopping(seen, index) from None
            found.append(seen)
        return found

    def attempt(self, texts: Sequence[str], patience: int = PATIENCE) -> list[Seen]:
        """The same with the error in the place of a text that cannot be searched."""
        with self._free, hushed():
            left = Patience(patience)
            found: list[Seen] = []
            for start in range(0, len(texts), _CHUNK):
                try:
                    found += self._attempt(texts[start : start + _CHUNK], left)
                except DetectionError as error:
                    if error.index is None:
                        raise
                    raise stopping(error, start + error.index) from None
            return found

    def _attempt(self, texts: Sequence[str], left: Patience) -> list[Seen]:
        found = self._patterns(dict(enumerate(texts)), left)
        views = _Views.of(texts) if self.views else _Views()
        for index, seen in self._patterns(views.plain_texts(found), left).items():
            found[index] = _united(found[index], _of_text(views.plain[index], seen))
        if self.names is not None:
            for index, seen in self._names(self.names, texts, views.readable, found):
                found[index] = _united(found[index], left.after(seen, index))
        return [self._left(whole(text), found[index]) for index, text in enumerate(texts)]

    def _left(self, text: str, seen: Seen) -> Seen:
        """The findings that the judge and the allow list leave."""
        if isinstance(seen, DetectionError) or not seen:
            return seen
        judged = seen if self.judge is None else self.judge.judged(text, seen)
        return tuple(self.refiner.without_allowed(text, judged))

    def _patterns(self, texts: Mapping[int, str], left: Patience) -> dict[int, Seen]:
        """The answer for each of `texts`, by its number."""
        if not texts:
            return {}
        numbers = list(texts)
        try:
            seen = self.patterns.attempt(list(texts.values()), left.texts)
        except DetectionError as error:
            if error.index is None:
                raise
            raise stopping(error, numbers[error.index]) from None
        return {n: left.after(each, n) for n, each in zip(numbers, seen, strict=True)}

    def _names(
        self,
        names: NameLooker,
        texts: Sequence[str],
        views: Mapping[int, View],
        found: Answers,
    ) -> Iterator[tuple[int, Seen]]:
        """The names in each text, where there are any."""
        read = {i: views[i].text if i in views else text for i, text in enumerate(texts)}
        at = [
            i
            for i, text in read.items()
            if not isinstance(found[i], DetectionError) and names.can_find(text)
        ]
        wholes = [whole(read[i]) for i in at]
        for i, text, seen in zip(at, wholes, _named(names, wholes), strict=True):
            if isinstance(seen, DetectionError):
                yield i, seen
            elif seen:
                yield i, self._refined(text, views.get(i), seen)

    def _refined(self, read: str, view: View | None, named: Sequence[Span]) -> Seen:
        try:
            refined = tuple(self.refiner.refine(read, ((span, {}) for span in named)))
        except DetectionError as error:
            return answer(error)
        return refined if view is None else tuple(view.original(refined))


@dataclass(frozen=True)
class _Views:
    """The views of texts that differ from them, by the text's number."""

    readable: dict[int, View] = field(default_factory=dict, repr=False)
    plain: dict[int, View] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, texts: Sequence[str]) -> _Views:
        views = cls()
        for number, text in enumerate(texts):
            read = readable(text)
            if read is not None:
                views.readable[number] = read
            search = plain(text, read)
            if search is not None:
                views.plain[number] = search
        return views

    def plain_texts(self, found: Answers) -> dict[int, str]:
        """The plain views of those texts that could be searched."""
        return {
            number: view.text
            for number, view in self.plain.items()
            if not isinstance(found[number], DetectionError)
        }


def _united(found: Seen, more: Seen) -> Seen:
    if isinstance(found, DetectionError):
        return found
    if isinstance(more, DetectionError):
        return more
    return tuple(without_duplicates(chain(found, more)))


def _of_text(view: View, seen: Seen) -> Seen:
    """The findings of a view, as spans of its text."""
    return seen if isinstance(seen, DetectionError) else tuple(view.original(seen))


def _named(names: NameLooker, texts: Sequence[str]) -> Iterator[Sequence[Span] | DetectionError]:
    try:
        yield from names.look(texts)
    except DetectionError:
        for text in texts:  # which of them it is
            try:
                yield names.look([text])[0]
            except DetectionError as error:
                yield answer(error)
