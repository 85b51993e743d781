"""Finding personal data. Edits nothing; loads Presidio and spaCy only when asked to look."""

from __future__ import annotations

from dataclasses import replace

from scrubber.detect.base import Detector
from scrubber.detect.entity_cache import remembered
from scrubber.detect.spec import RULE_FILE, DetectSpec, Exclude, Hotword

__all__ = [
    "RULE_FILE",
    "DetectSpec",
    "Detector",
    "Exclude",
    "Hotword",
    "build_detector",
    "known_entities",
    "pinned",
    "presidio_recognizer",
]


def build_detector(spec: DetectSpec) -> Detector:
    """The detector for `spec`; takes seconds and memory, so make one per process.

    Raises NotAvailable for a model or engine that is not installed, and DetectionError (codes
    ``recognizer-invalid``, ``entity-unknown``, ``language-unknown``, ``country-unknown``,
    ``regex-invalid``) for a spec that cannot be carried out.
    """
    from scrubber.detect.prefilter.compiled import regexes

    with regexes().lent():
        from scrubber.detect.presidio import build

    return build(spec)


def pinned(spec: DetectSpec) -> DetectSpec:
    """`spec` with the digest of its model's files as they are now. Raises: NotAvailable
    ``model-unreadable``."""
    if not spec.ner.startswith(("spacy:", "presidio:", "onnx:")):
        return spec
    from scrubber.detect.ner.files import model_digest

    return replace(spec, model=model_digest(spec.ner))


def known_entities(spec: DetectSpec) -> frozenset[str]:
    """All entities that the recognizers, deny lists and model of `spec` can find.

    `spec.entities` is ignored, so that its names can be checked against the result. Loads no model,
    and Presidio only if the result is not cached.

    Raises: the errors of :func:`build_detector` for recognizers and engines.
    """
    return remembered(spec, _asked)


def presidio_recognizer(entity: str) -> str | None:
    """The name of the recognizer of Presidio that finds `entity`, if any does."""
    from scrubber.detect.presidio.registry import recognizer_of

    return recognizer_of(entity)


def _asked(spec: DetectSpec) -> frozenset[str]:
    from scrubber.detect.prefilter.compiled import regexes

    with regexes().lent():
        from scrubber.detect.presidio import entities

    return entities(spec)
