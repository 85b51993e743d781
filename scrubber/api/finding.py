"""Finding: the spans of personal data in texts, without changing them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, overload

from scrubber.detect.linked.consistency import Consistency, spread
from scrubber.detect.shared import detector_for
from scrubber.model.finding import Span
from scrubber.policy import detect_spec


@overload
def find(  # type: ignore[overload-overlap]  # a string is an iterable of strings
    texts: str, detect: Mapping[str, Any] | None = None
) -> tuple[Span, ...]: ...


@overload
def find(
    texts: Iterable[str | None], detect: Mapping[str, Any] | None = None
) -> list[tuple[Span, ...]]: ...


def find(
    texts: str | Iterable[str | None], detect: Mapping[str, Any] | None = None
) -> tuple[Span, ...] | list[tuple[Span, ...]]:
    """The findings of each text: spans with start, end (code points), label, score, recognizer.

    A string is one text, and its findings come as one tuple; of several texts there is a list with
    a tuple for each.
    `detect` is the ``detect:`` part of a rule file as a mapping, or None for Presidio's default
    patterns and the built-in names model, in English. Each text is a document of its own, in which
    a name that was found once is found everywhere. A finding counts from a score of 0.35, unless
    `detect` sets other thresholds. A null or empty text has no findings. Raises:
    RuleError for a `detect` that is not valid, DetectionError where a text could not be looked at,
    TypeError for what is no text.
    """
    if isinstance(texts, str):
        return find([texts], detect)[0]
    given = ["" if text is None else text for text in texts]
    if not all(isinstance(text, str) for text in given):  # bytes are numbers
        raise TypeError("find takes a text or several texts")
    spec = detect_spec(detect)
    distinct = list(dict.fromkeys(given))
    seen = spread(Consistency(spec), distinct, detector_for(spec).detect(distinct))
    found = dict(zip(distinct, seen, strict=True))
    return [found[text] for text in given]
