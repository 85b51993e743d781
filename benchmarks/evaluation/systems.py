"""What is measured: scrubber as a user gets it, the bare model, spaCy models, stock Presidio."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import spacy

from benchmarks.evaluation.labels import NAMES, entity_of
from benchmarks.evaluation.sets import Label
from scrubber.detect import DetectSpec, build_detector, known_entities
from scrubber.detect.linked.consistency import Consistency, spread
from scrubber.detect.ner import installed, load, zone
from scrubber.detect.silence import hushed
from scrubber.errors import NotAvailable
from scrubber.policy import detect_spec

Find = Callable[[Sequence[str]], list[list[Label]]]

# What DEFAULT stands for, in this order; spaCy models that are installed come in between.
_OURS = ("scrubber", "builtin")
_PRESIDIO = "presidio"


@dataclass(frozen=True)
class System:
    """Something that finds entities: `find` gives each text's findings with labels of its own."""

    name: str
    about: str
    entities: frozenset[str]
    find: Find = field(repr=False)

    def looks_for(self, entity: str) -> bool:
        """Whether some label of the system means `entity`."""
        return any(entity_of(label, self.entities) == entity for label in self.entities)


def default_names() -> list[str]:
    """scrubber, its bare model, every installed spaCy model, stock Presidio."""
    models = [f"spacy:{model}" for model in sorted(spacy.util.get_installed_models())]
    return [*_OURS, *models, _PRESIDIO]


def make(name: str) -> System:
    """The system `name`: ``scrubber`` (what ``scrubber.find`` gives), ``scrubber:<ner>`` (with that
    ``ner:``), ``builtin`` (the model alone), ``none`` (patterns alone), ``spacy:<model>``,
    ``presidio``. Raises: NotAvailable, DetectionError."""
    if name == "scrubber":
        return _scrubber(name, "scrubber.find, as a user gets it", "builtin", None)
    if name.startswith("scrubber:"):
        ner = name.removeprefix("scrubber:")
        return _scrubber(name, f"scrubber.find with ner: {ner}", ner, None)
    if name == "none":
        return _scrubber(name, "scrubber's patterns alone", "none", None)
    if name == "builtin":
        return _scrubber(name, "the built-in model alone", "builtin", NAMES)
    if name.startswith("spacy:"):
        return _spacy(name)
    if name == _PRESIDIO:
        return _presidio()
    raise NotAvailable(
        "system-unknown",
        "there is no such system to measure",
        hint="scrubber, scrubber:<ner>, builtin, none, spacy:<model> or presidio",
    )


def _scrubber(name: str, about: str, ner: str, entities: tuple[str, ...] | None) -> System:
    spec = detect_spec({"ner": ner})
    known = known_entities(spec)
    if entities is not None:
        chosen = tuple(entity for entity in entities if entity in known)
        spec = DetectSpec(ner=ner, entities=chosen, consistency=())
        known = frozenset(chosen)
    detector, consistency = build_detector(spec), Consistency(spec)

    def find(texts: Sequence[str]) -> list[list[Label]]:
        spans = spread(consistency, texts, detector.detect(texts))
        return [[Label(s.start, s.end, s.label) for s in found] for found in spans]

    return System(name, about, known, find)


def _spacy(name: str) -> System:
    pipeline = load(name.removeprefix("spacy:"), ["en"])["en"]

    def find(texts: Sequence[str]) -> list[list[Label]]:
        with zone([pipeline]):
            return [
                [Label(e.start_char, e.end_char, e.label_) for e in document.ents]
                for document in pipeline.pipe(texts, batch_size=16)
            ]

    version = pipeline.meta.get("version", "")
    labels = frozenset(pipeline.pipe_labels.get("ner", ()))
    return System(name, f"the spaCy model alone, version {version}", labels, find)


def _presidio() -> System:
    """AnalyzerEngine as it comes, with its default model or else the first installed one."""
    import tldextract
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    # Presidio would fetch the public-suffix list; here it is the one that tldextract ships.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    default = "en_core_web_lg"
    others = [m for m in sorted(spacy.util.get_installed_models()) if m.startswith("en_")]
    model = default if installed(default) else next(iter(others), None)
    engine: Any
    if model is None:
        from scrubber.detect.presidio.engines import nlp_engine

        engine, about = (
            nlp_engine(DetectSpec(ner="none")),
            "patterns only: no spaCy model is installed",
        )
    else:
        models = [{"lang_code": "en", "model_name": model}]
        configuration = {"nlp_engine_name": "spacy", "models": models}
        engine = NlpEngineProvider(nlp_configuration=configuration).create_engine()
        about = f"with {model}"
    with hushed():
        analyzer = AnalyzerEngine(nlp_engine=engine)

    def find(texts: Sequence[str]) -> list[list[Label]]:
        with hushed():
            return [
                [Label(r.start, r.end, r.entity_type) for r in analyzer.analyze(text, "en")]
                for text in texts
            ]

    entities = frozenset(analyzer.get_supported_entities("en"))
    if model is None:
        entities -= {*NAMES, "NRP"}
    return System(_PRESIDIO, f"stock AnalyzerEngine, {about}", entities, find)
