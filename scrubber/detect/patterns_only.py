"""Patterns alone for texts in a language that was not measured: their names are left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scrubber.detect.base import PATIENCE, Detector, Seen
from scrubber.detect.language import unmeasured
from scrubber.detect.ner.files import ONNX
from scrubber.detect.ner.matcher import RECOGNIZER
from scrubber.errors import DetectionError
from scrubber.model.finding import Span

_MODELS: Final = frozenset(
    {RECOGNIZER, "SpacyRecognizer", "StanzaRecognizer", "TransformersRecognizer"}
)
"""The recognizers that report what a model labels."""


@dataclass(frozen=True)
class PatternsOnly:
    """A :class:`~scrubber.detect.base.Detector` without the findings of names models in texts in an
    unmeasured language or script."""

    detector: Detector

    @property
    def identities(self) -> tuple[tuple[str, str], ...]:
        return self.detector.identities

    def detect(self, texts: Sequence[str]) -> list[tuple[Span, ...]]:
        """The findings of each text; see :class:`scrubber.detect.base.Detector`."""
        found = self.detector.detect(texts)
        return [_left(text, spans) for text, spans in zip(texts, found, strict=True)]

    def attempt(self, texts: Sequence[str], patience: int = PATIENCE) -> list[Seen]:
        """The same with the error in the place of a text that cannot be searched."""
        found = self.detector.attempt(texts, patience)
        return [
            seen if isinstance(seen, DetectionError) else _left(text, seen)
            for text, seen in zip(texts, found, strict=True)
        ]


def _left(text: str, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    left = tuple(span for span in spans if not _named(span))
    return spans if len(left) == len(spans) or unmeasured(text) is None else left


def _named(span: Span) -> bool:
    return span.recognizer in _MODELS or span.recognizer.startswith(ONNX)
