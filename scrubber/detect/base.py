"""The Detector protocol: text in, spans out; nothing is edited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from scrubber.errors import DetectionError
from scrubber.model.finding import Span

Seen = tuple[Span, ...] | DetectionError
"""The spans of a text, or the reason why it could not be scanned."""

TIMEOUT = "detector-timeout"
PATIENCE = 3
"""So many texts of a batch on which recognizers run out of time say that a regex is at fault, not
the texts: each of them may take the whole of a recognizer's time limit."""


class Detector(Protocol):
    """Finds personal data in texts.

    `detect` returns one tuple of spans per text, in order of (start, end, label); an empty text has
    none. The answer for a text depends on that text alone, never on its neighbours. A recognizer
    that fails or runs out of time raises :class:`~scrubber.errors.DetectionError` (codes
    ``detector-failed``, ``detector-timeout``) naming itself: silence would be a leak.

    `attempt` gives that error in the place of the text, and goes on. The `patience`-th text on
    which a recognizer runs out of time raises the error, with the text's `index`.
    """

    @property
    def identities(self) -> tuple[tuple[str, str], ...]:
        """(recognizer, version) of everything that looks, for the manifest."""
        ...

    def detect(self, texts: Sequence[str]) -> list[tuple[Span, ...]]: ...

    def attempt(self, texts: Sequence[str], patience: int = PATIENCE) -> list[Seen]: ...
