"""The files of a model: other files are another model, of the same name and version."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from scrubber.detect import DetectSpec, build_detector, pinned
from scrubber.detect.ner.files import model_digest
from scrubber.detect.presidio import engines
from scrubber.errors import NotAvailable


@pytest.fixture
def model(tiny_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model, tmp_path / "tiny"))


def flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    facts = path.stat()
    path.write_bytes(raw)
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))  # as if nobody had been here


def patterns(model: Path) -> Path:
    return next(path for path in model.rglob("*") if path.name == "patterns.jsonl")


@pytest.mark.parametrize(
    "harm",
    [
        lambda model: flip(patterns(model)),
        lambda model: flip(model / "config.cfg"),
        lambda model: patterns(model).unlink(),
        lambda model: patterns(model).rename(model / "patterns.jsonl"),
        lambda model: (model / "more").write_bytes(b""),
    ],
    ids=["a byte", "the configuration", "a file less", "another place", "a file more"],
)
def test_another_file_is_another_model(model: Path, harm: Callable[[Path], None]) -> None:
    before = model_digest(f"spacy:{model}")
    assert before is not None
    assert before == model_digest(f"spacy:{model}")
    harm(model)
    assert model_digest(f"spacy:{model}") != before


def test_links_that_lead_in_a_circle_are_an_error(model: Path) -> None:
    (model / "deep").symlink_to(model, target_is_directory=True)
    with pytest.raises(NotAvailable, match="model-unreadable"):
        model_digest(f"spacy:{model}")


def test_the_same_files_elsewhere_are_the_same_model(model: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(model, tmp_path / "copy")
    (copy / "__pycache__").mkdir()
    (copy / "__pycache__/x.pyc").write_bytes(b"compiled")
    assert model_digest(f"spacy:{copy}") == model_digest(f"spacy:{model}")


def test_models_of_an_engine(model: Path) -> None:
    def presidio(name: object) -> str:
        config = {"nlp_engine_name": "x", "models": [{"lang_code": "en", "model_name": name}]}
        return "presidio:" + json.dumps(config)

    one = model_digest(presidio(str(model)))
    assert one == model_digest(f"spacy:{model}")
    assert one == model_digest(presidio({"transformers": str(model)}))
    for nothing in ("builtin", "none", "spacy:no_such_model", presidio(None), "presidio:{"):
        assert model_digest(nothing) is None


def test_no_detector_is_built_of_other_files(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = pinned(DetectSpec(ner=f"spacy:{model}"))
    assert spec.model is not None
    assert build_detector(spec).identities
    flip(model / "meta.json")
    with pytest.raises(NotAvailable, match="model-changed"):
        build_detector(spec)
    fresh, load = pinned(DetectSpec(ner=f"spacy:{model}")), engines.nlp_engine

    def replaced(spec: DetectSpec) -> object:
        made = load(spec)
        (model / "more").write_bytes(b"")
        return made

    monkeypatch.setattr("scrubber.detect.presidio.nlp_engine", replaced)
    flip(model / "meta.json")
    with pytest.raises(NotAvailable, match="model-changed"):
        build_detector(fresh)
