"""DetectSpec: what to look for and how, as a frozen value that a worker can rebuild detectors from.

It is the ``detect:`` part of a rule file after policy has validated it.
"""

from __future__ import annotations

from dataclasses import dataclass

RULE_FILE = "rule file"
"""The version of an own recognizer among a detector's identities."""


@dataclass(frozen=True, slots=True)
class Hotword:
    """Raise findings of `entity` to `score` where the regex `hotword` (case ignored) matches within
    `window_before` code points before the finding (or `window_after` after it)."""

    hotword: str
    entity: str
    score: float
    window_before: int = 50
    window_after: int = 0


@dataclass(frozen=True, slots=True)
class Exclude:
    """Drop findings of `entity` (None: of any entity) whose text matches `regex` (searched;
    case counts, so that nothing is excluded by accident)."""

    regex: str
    entity: str | None = None


@dataclass(frozen=True, slots=True)
class DetectSpec:
    """The specification of a detector.

    `entities` None means every entity that the enabled recognizers know; own `recognizers` and
    `deny_list` always look, whatever it names. `score_thresholds` maps an entity (or ``default``,
    which yields to a recognizer's own threshold) to the least score that counts; `least_score` is
    that where no threshold is, for all but own recognizers and deny lists. `allow_list` holds
    exact texts that are no finding; `deny_list` maps an entity to words that always are.
    `recognizers` and, for `ner` starting with ``presidio:``, the engine configuration are canonical
    JSON text, so that the spec stays hashable. `ner` is ``builtin``, ``none``,
    ``spacy:<package or path>``, ``onnx:<folder>`` or ``presidio:<JSON>``; `ner_labels` maps labels
    of an ONNX model to entities, or to ``none``, where the default map does not. An entity of
    `consistency` that was found once in a document is found everywhere in it. `model` is the digest
    of all files of the model of `ner` (:func:`scrubber.detect.pinned`): no detector is built from
    others; None pins nothing.
    Without `house`, patterns are Presidio's alone and search texts as they are: the answers are
    those of its engine. `countries` (ISO 3166, two letters) are those whose national numbers are
    looked for; None means all.
    """

    languages: tuple[str, ...] = ("en",)
    ner: str = "none"
    entities: tuple[str, ...] | None = None
    score_thresholds: tuple[tuple[str, float], ...] = ()
    allow_list: tuple[str, ...] = ()
    deny_list: tuple[tuple[str, tuple[str, ...]], ...] = ()
    recognizers: tuple[str, ...] = ()
    hotwords: tuple[Hotword, ...] = ()
    excludes: tuple[Exclude, ...] = ()
    timeout: float = 10.0
    consistency: tuple[str, ...] = ("PERSON",)
    least_score: float = 0.0
    model: str | None = None
    house: bool = True
    countries: tuple[str, ...] | None = None
    ner_labels: tuple[tuple[str, str], ...] = ()
