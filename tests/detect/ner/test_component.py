"""NLP engines: none, a local spaCy pipeline, Presidio's own; and that nothing is ever fetched."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import spacy

from scrubber.detect import Detector, DetectSpec, known_entities
from scrubber.detect import ner as ner_module
from scrubber.detect import windows as long_texts
from scrubber.detect.presidio.engines import strict
from scrubber.errors import NotAvailable

Build = Callable[[DetectSpec], Detector]


@pytest.fixture(autouse=True)
def _no_download(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever would fetch a model fails the test instead."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a model was asked for from the network")

    monkeypatch.setattr(spacy.cli, "download", refuse)
    monkeypatch.setattr(subprocess, "Popen", refuse)


def presidio(engine: str, model: object, **more: object) -> str:
    config = {
        "nlp_engine_name": engine,
        "models": [{"lang_code": "en", "model_name": model}],
        **more,
    }
    return "presidio:" + json.dumps(config, sort_keys=True)


def seen(detector: Detector, text: str) -> list[tuple[str, str]]:
    (spans,) = detector.detect([text])
    return [(s.label, text[s.start : s.end]) for s in spans]


# ── spacy: ────────────────────────────────────────────────────────────────────────────────────


def test_a_local_pipelines_labels_become_presidios(detector: Build, tiny_model: Path) -> None:
    made = detector(DetectSpec(ner=f"spacy:{tiny_model}"))
    assert seen(made, "Ann Poe and Ravi of Initech, Oslo, number seven") == [
        ("PERSON", "Ann Poe"),
        ("PERSON", "Ravi"),
        ("LOCATION", "Oslo"),
    ]
    assert ("spacy:en_tiny", "1.2.3") in made.identities
    assert any(name == "SpacyRecognizer" for name, _ in made.identities)


def test_spans_of_entities_are_in_code_points(detector: Build, tiny_model: Path) -> None:
    made = detector(DetectSpec(ner=f"spacy:{tiny_model}", entities=("PERSON",)))
    ((span,),) = made.detect(["👩‍👩‍👧 e\u0301 Zoë Müller"])
    assert (span.start, span.end, span.score) == (9, 19, 0.85)


def test_entities_choose_among_a_models_labels(detector: Build, tiny_model: Path) -> None:
    made = detector(DetectSpec(ner=f"spacy:{tiny_model}", entities=("LOCATION",)))
    assert seen(made, "Ann Poe in Oslo") == [("LOCATION", "Oslo")]


def test_one_model_serves_every_language(detector: Build, tiny_model: Path) -> None:
    made = detector(DetectSpec(languages=("en", "de"), ner=f"spacy:{tiny_model}"))
    assert seen(made, "Ann Poe in Oslo") == [("PERSON", "Ann Poe"), ("LOCATION", "Oslo")]


@pytest.mark.parametrize(
    ("name", "hint"),
    [("en_core_web_of_nowhere", "pip install"), ("./no/such/folder", "no such folder")],
)
def test_a_missing_model_is_not_available(detector: Build, name: str, hint: str) -> None:
    with pytest.raises(NotAvailable) as caught:
        detector(DetectSpec(ner=f"spacy:{name}"))
    assert caught.value.code == "spacy-model-missing"
    assert hint in caught.value.hint


def test_a_broken_model_is_not_available(detector: Build, tmp_path: Path) -> None:
    with pytest.raises(NotAvailable, match="spacy-model-broken"):
        detector(DetectSpec(ner=f"spacy:{tmp_path}"))


def test_known_entities_load_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ner_module, "load", None)
    monkeypatch.setattr(ner_module, "blank", None)
    assert "PERSON" not in known_entities(DetectSpec())
    labels = known_entities(DetectSpec(ner="spacy:whatever")) - known_entities(DetectSpec())
    # Presidio's default configuration; ORGANIZATION is off in it.
    assert labels == {"PERSON", "LOCATION", "NRP"}


# ── long texts ────────────────────────────────────────────────────────────────────────────────


FILLER = ("x" * 99 + " ") * (long_texts.WINDOW // 100)


@pytest.mark.parametrize("offset", [-30, -8, -4, 0, 4, 30])
def test_a_long_text_is_read_in_windows_and_nothing_is_lost(
    detector: Build, tiny_model: Path, offset: int
) -> None:
    made = detector(DetectSpec(ner=f"spacy:{tiny_model}", entities=("PERSON",)))
    head = (FILLER * 2)[: long_texts.WINDOW + offset - 1] + " "
    text = head + "Ann Poe " + FILLER + "Ravi"
    assert seen(made, text) == [("PERSON", "Ann Poe"), ("PERSON", "Ravi")]


@pytest.mark.slow
def test_a_text_over_spacys_limit_is_no_error(detector: Build, tiny_model: Path) -> None:
    made = detector(DetectSpec(ner=f"spacy:{tiny_model}", entities=("PERSON",)))
    assert seen(made, FILLER * 12 + "Ravi") == [("PERSON", "Ravi")]


def test_words_are_forgotten_after_each_call(tiny_model: Path, detector: Build) -> None:
    made = detector(DetectSpec(ner=f"spacy:{tiny_model}"))
    (pipeline,) = {id(p): p for p in made.patterns.languages[0].reader.engine.nlp.values()}.values()  # type: ignore[attr-defined]
    made.detect(["warm up with Ann Poe 4111111111111111"])
    before = len(pipeline.vocab.strings)
    for number in range(20):
        made.detect([f"word{number} other{number} Ann Poe card 4111111111111111"])
    assert len(pipeline.vocab.strings) == before


# ── presidio: ─────────────────────────────────────────────────────────────────────────────────


def test_presidios_own_engine_with_its_own_mapping(detector: Build, tiny_model: Path) -> None:
    mapping = {"PERSON": "PERSON", "ORG": "ORGANIZATION"}
    config = {"model_to_presidio_entity_mapping": mapping, "labels_to_ignore": ["GPE", "CARDINAL"]}
    ner = presidio("spacy", str(tiny_model), ner_model_configuration=config)
    made = detector(DetectSpec(ner=ner))
    assert seen(made, "Ann Poe of Initech in Oslo") == [
        ("PERSON", "Ann Poe"),
        ("ORGANIZATION", "Initech"),
    ]
    assert known_entities(DetectSpec(ner=ner)) >= {"PERSON", "ORGANIZATION"}
    assert ("spacy:en_tiny", "1.2.3") in made.identities


def test_engines_without_entities_find_no_names(detector: Build, tiny_model: Path) -> None:
    for ner in (presidio("slim", str(tiny_model)), presidio("no_op", "")):
        made = detector(DetectSpec(ner=ner))
        assert "PERSON" not in known_entities(DetectSpec(ner=ner))
        assert ("CREDIT_CARD", "4111111111111111") in seen(made, "Ann Poe card 4111111111111111")
        assert not any(name == "SpacyRecognizer" for name, _ in made.identities)


@pytest.mark.parametrize(
    ("ner", "code"),
    [
        ("builtins", "ner-unknown"),
        ("presidio:{", "ner-engine-failed"),
        ("presidio:[]", "ner-engine-failed"),
        ("presidio:{}", "ner-engine-failed"),
        ('presidio:{"nlp_engine_name": [], "models": []}', "ner-engine-unknown"),
        (presidio("gliner", "x"), "ner-engine-unknown"),
        (presidio("spacy", "en_core_web_of_nowhere"), "spacy-model-missing"),
        (presidio("slim", "en_core_web_of_nowhere"), "spacy-model-missing"),
        (presidio("spacy", 7), "ner-engine-failed"),
        ('presidio:{"nlp_engine_name": "spacy", "models": []}', "ner-engine-failed"),
    ],
)
def test_engines_that_cannot_be_made(detector: Build, ner: str, code: str) -> None:
    with pytest.raises(NotAvailable) as caught:
        detector(DetectSpec(ner=ner))
    assert caught.value.code == code


def test_a_mapping_that_presidio_refuses() -> None:
    spec = DetectSpec(ner=presidio("spacy", "x", ner_model_configuration=["PERSON"]))
    with pytest.raises(NotAvailable, match="ner_model_configuration"):
        known_entities(spec)


@pytest.mark.parametrize("engine", ["stanza", "transformers"])
def test_an_engine_whose_package_is_not_installed(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scrubber.detect.presidio import engines

    kind = next(e for e in engines._ENGINES if e.engine_name == engine)
    monkeypatch.setattr(kind, "is_available", False)
    spec = DetectSpec(ner=presidio(engine, {"spacy": "x", "transformers": "y"}))
    with pytest.raises(NotAvailable, match="ner-engine-missing") as caught:
        known_entities(spec)
    assert engine in caught.value.hint


def test_a_transformers_model_must_be_a_folder(
    detector: Build, monkeypatch: pytest.MonkeyPatch, tiny_model: Path
) -> None:
    from scrubber.detect.presidio import engines

    monkeypatch.setattr(engines._Transformers, "is_available", True)
    model = {"spacy": str(tiny_model), "transformers": "somebody/some-model"}
    with pytest.raises(NotAvailable, match="ner-model-missing"):
        detector(DetectSpec(ner=presidio("transformers", model)))


def test_stanza_is_told_to_fetch_nothing() -> None:
    from scrubber.detect.presidio import engines

    assert (
        engines._Stanza(models=[{"lang_code": "en", "model_name": "en"}]).download_if_missing
        is False
    )


def test_a_language_without_a_model(detector: Build, tiny_model: Path) -> None:
    spec = DetectSpec(languages=("en", "de"), ner=presidio("spacy", str(tiny_model)))
    with pytest.raises(NotAvailable, match=r"ner-language-missing.*de"):
        detector(spec)


def test_a_hugging_face_model_that_fails_skips_no_text() -> None:
    from presidio_analyzer.nlp_engine.huggingface_token_pipe import HuggingFaceTokenPipe

    def failing(_text: Any) -> Any:
        raise RuntimeError("out of memory")

    pipe = HuggingFaceTokenPipe("ner", failing, "expand", "key")
    doc = SimpleNamespace(text="Ann Poe")
    assert pipe._predict_one(doc) == []  # what Presidio does
    strict(pipe)
    for look in (lambda: pipe._predict_one(doc), lambda: pipe._predict_batch([doc])):
        with pytest.raises(RuntimeError):
            look()
