"""The verb `find`: spans of personal data in texts, which stay unchanged."""

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
    """Find personal data in texts, as spans with start, end (code points), label, score and
    recognizer.

    For a string, the result is one tuple of spans; for several texts, a list with a tuple for each.
    `detect` is the ``detect:`` part of a rule file; the default is Presidio's patterns and the
    built-in names model, in English. Each text is a document of its own: a name found once is found
    throughout it. The default threshold is a score of 0.35. A null or empty text has no findings.

    Raises: RuleError for an invalid `detect`; DetectionError for a text that could not be scanned;
    TypeError for anything but text.
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
