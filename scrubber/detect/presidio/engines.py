"""Presidio's NLP engines, none of which can download a model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from presidio_analyzer.nlp_engine import (
    NerModelConfiguration,
    NlpArtifacts,
    NlpEngine,
    NlpEngineProvider,
    NoOpNlpEngine,
    SlimSpacyNlpEngine,
    SpacyNlpEngine,
    StanzaNlpEngine,
    TransformersNlpEngine,
)

from scrubber.detect import ner
from scrubber.detect.context.tokens import Cutter
from scrubber.detect.ner.decode import LABELS
from scrubber.detect.ner.files import ONNX
from scrubber.detect.ner.onnx.folder import Folder
from scrubber.detect.ner.onnx.labels import OUTSIDE, entities_of
from scrubber.detect.spec import DetectSpec
from scrubber.errors import NotAvailable, ScrubberError, printable

_SPACY, _PRESIDIO = "spacy:", "presidio:"


class _NoDownload:
    """Mixed into Presidio's engines: a model that is missing is an error, not a download."""

    @staticmethod
    def _download_spacy_model_if_needed(model_name: str) -> None:
        if not ner.installed(model_name):
            raise ner.missing(model_name)


class _LoadedEngine(SpacyNlpEngine):  # type: ignore[misc]
    """Presidio's spaCy engine over pipelines that ner.py loaded.

    A pipeline with no lemmatizer leaves lemmas empty; the word itself then serves as context.
    """

    def __init__(self, pipelines: Mapping[str, Any], labels: NerModelConfiguration | None) -> None:
        super().__init__(ner_model_configuration=labels)
        self._finds = labels is not None
        self.nlp = dict(pipelines)

    def get_supported_entities(self) -> list[str]:
        return list(super().get_supported_entities()) if self._finds else []

    def _doc_to_nlp_artifact(self, doc: Any, language: str) -> NlpArtifacts:
        entities, scores = (), ()
        if self._finds:
            entities, scores = self._get_updated_entities(
                self._get_entities(doc), self._get_scores_for_entities(doc)
            )
        return NlpArtifacts(
            entities=entities,
            tokens=doc,
            tokens_indices=[token.idx for token in doc],
            lemmas=[token.lemma_ or token.text for token in doc],
            nlp_engine=self,
            language=language,
            scores=scores,
        )


class _Spacy(_NoDownload, SpacyNlpEngine):  # type: ignore[misc]
    pass


class _Slim(_NoDownload, SlimSpacyNlpEngine):  # type: ignore[misc]
    pass


class _Stanza(_NoDownload, StanzaNlpEngine):  # type: ignore[misc]
    def __init__(self, **options: Any) -> None:
        super().__init__(**options, download_if_missing=False)


class _Transformers(_NoDownload, TransformersNlpEngine):  # type: ignore[misc]
    """A Hugging Face model from a folder. Presidio skips a text that the model fails on, with a
    line in the log; here that is an error."""

    def load(self) -> None:
        for model in self.models:
            folder = model["model_name"]["transformers"]
            if not Path(folder).is_dir():
                raise NotAvailable(
                    "ner-model-missing",
                    f"there is no folder {printable(folder)} with a transformers model",
                    hint="download it first and name its folder; scrubber downloads nothing",
                )
        super().load()
        for pipeline in self.nlp.values():
            for _, pipe in pipeline.pipeline:
                if hasattr(pipe, "_predict_one"):
                    strict(pipe)


def strict(pipe: Any) -> None:
    """Makes Presidio's HuggingFaceTokenPipe raise where it would skip a text."""
    pipe._predict_one = lambda doc: pipe._validate_predictions(pipe.pipeline(doc.text))


_ENGINES = (_Spacy, _Slim, _Stanza, _Transformers, NoOpNlpEngine)


def nlp_engine(spec: DetectSpec) -> NlpEngine:
    """Presidio's NLP engine for `spec.ner`, loaded. Raises NotAvailable."""
    if spec.ner.startswith(_PRESIDIO):
        return _configured_engine(spec)
    if spec.ner.startswith(_SPACY):
        model = spec.ner.removeprefix(_SPACY)
        return _LoadedEngine(ner.load(model, spec.languages), _default_labels())
    if spec.ner in ("none", "builtin") or spec.ner.startswith(ONNX):
        return _LoadedEngine(ner.blank(spec.languages), None)
    raise NotAvailable(
        "ner-unknown",
        f"there is no ner: {printable(spec.ner)}",
        hint="one of builtin, none, spacy:<package or folder>, onnx:<folder>, "
        "presidio:<configuration>",
    )


def word_cutter(engine: NlpEngine, language: str) -> Cutter | None:
    """The tokenizer of `engine`, where it does no more than that."""
    return ner.cutter(engine.nlp[language]) if isinstance(engine, _LoadedEngine) else None


def _configured_engine(spec: DetectSpec) -> NlpEngine:
    configuration = _engine_configuration(spec)
    try:
        provider = NlpEngineProvider(nlp_engines=_ENGINES, nlp_configuration=configuration)
        engine = provider.create_engine()
    except (ScrubberError, MemoryError):
        raise
    except Exception:  # noqa: BLE001  Presidio, stanza and transformers each raise their own
        raise NotAvailable(
            "ner-engine-failed",
            "Presidio cannot make the NLP engine of the rule file",
            hint="check its models and their languages; nothing is downloaded",
        ) from None
    missing = sorted(set(spec.languages) - set(engine.nlp))
    if missing:
        raise NotAvailable(
            "ner-language-missing", f"the NLP engine has no model for {', '.join(missing)}"
        )
    return engine


def _engine_configuration(spec: DetectSpec) -> dict[str, Any]:
    try:
        configuration = json.loads(spec.ner.removeprefix(_PRESIDIO))
        name = str(configuration["nlp_engine_name"])
    except (ValueError, KeyError, TypeError):
        raise NotAvailable(
            "ner-engine-failed", "the NLP engine's configuration has no nlp_engine_name"
        ) from None
    known = {engine.engine_name: engine for engine in _ENGINES}
    if name not in known:
        names = ", ".join(sorted(known))
        raise NotAvailable(
            "ner-engine-unknown",
            f"Presidio has no NLP engine {printable(name)}",
            hint=f"one of {names}",
        )
    if not known[name].is_available:
        raise NotAvailable(
            "ner-engine-missing",
            f"the NLP engine {name} is not installed",
            hint=f"pip install 'presidio-analyzer[{name}]'",
        )
    return dict(configuration)


def engine_labels(spec: DetectSpec) -> frozenset[str]:
    """The entities that the NLP engine finds, from its configuration alone."""
    if spec.ner.startswith(_SPACY):
        return frozenset(_LoadedEngine({}, _default_labels()).get_supported_entities())
    if spec.ner == "builtin":
        return frozenset(LABELS)
    if spec.ner.startswith(ONNX):
        folder = Folder.read(Path(spec.ner.removeprefix(ONNX)))
        return frozenset(entities_of(folder.labels, dict(spec.ner_labels))) - {OUTSIDE}
    if not spec.ner.startswith(_PRESIDIO):
        return frozenset()
    configuration = _engine_configuration(spec)
    if configuration["nlp_engine_name"] in (_Slim.engine_name, NoOpNlpEngine.engine_name):
        return frozenset()
    labels = configuration.get("ner_model_configuration")
    try:
        made = NerModelConfiguration.from_dict(labels) if labels else NerModelConfiguration()
    except (TypeError, ValueError):
        raise NotAvailable(
            "ner-engine-failed", "Presidio does not accept the ner_model_configuration"
        ) from None
    return frozenset(_LoadedEngine({}, made).get_supported_entities())


def _default_labels() -> NerModelConfiguration:
    """Which labels of a model mean which entity: what AnalyzerEngine uses by default."""
    default = NlpEngineProvider().nlp_configuration["ner_model_configuration"]
    return NerModelConfiguration.from_dict(default)
