"""The Detector protocol: text in, spans out; nothing is edited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from scrubber.model.finding import Span


class Detector(Protocol):
    """Finds personal data in texts.

    `detect` returns one tuple of spans per text, in order of (start, end, label); an empty text has
    none. The answer for a text depends on that text alone, never on its neighbours. A recognizer
    that fails or runs out of time raises :class:`~scrubber.errors.DetectionError` (codes
    ``detector-failed``, ``detector-timeout``) naming itself: silence would be a leak.
    """

    @property
    def identities(self) -> tuple[tuple[str, str], ...]:
        """(recognizer, version) of everything that looks, for the manifest."""
        ...

    def detect(self, texts: Sequence[str]) -> list[tuple[Span, ...]]: ...
