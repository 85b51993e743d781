"""``ner: onnx:...`` in a rule file: its forms, its faults and their places, and its direction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from scrubber.errors import RuleError
from scrubber.model.direction import compare
from scrubber.policy import rules_from_mapping
from scrubber.policy.directions import PARTS

LABELS = {"0": "O", "1": "B-PER", "2": "B-GPE", "3": "B-DRUG"}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """What `check` reads of a model."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"id2label": LABELS}))
    for name in ("tokenizer.json", "model.onnx"):
        (folder / name).write_text("{}")
    return folder


def rules(ner: Any, **detect: Any) -> Any:
    field = {"name": "note", "class": "text", "entities": {"default": "redact"}}
    return rules_from_mapping({"version": 1, "detect": {"ner": ner, **detect}, "fields": [field]})


@pytest.mark.parametrize(
    ("labels", "known"),
    [
        ({"DRUG": "MEDICATION"}, ["MEDICATION", "PERSON", "LOCATION"]),
        ({"DRUG": "none", "GPE": "TOWN"}, ["TOWN", "PERSON"]),
    ],
)
def test_labels_are_part_of_the_spec(
    model: Path, labels: Mapping[str, str], known: list[str]
) -> None:
    spec = rules({"onnx": str(model), "labels": labels}, entities=known).detect
    assert spec.ner == f"onnx:{model}"
    assert dict(spec.ner_labels) == labels


def test_without_labels_it_is_one_text(model: Path) -> None:
    (model / "config.json").write_text(json.dumps({"id2label": {"0": "O", "1": "PER"}}))
    short = rules(f"onnx:{model}", entities=["PERSON"]).detect
    assert short == rules({"onnx": str(model)}, entities=["PERSON"]).detect


@pytest.mark.parametrize(
    ("ner", "code"),
    [
        ("onnx:", "unknown-value"),
        ({"onnx": ""}, "wrong-type"),
        ({"onnx": 7}, "wrong-type"),
        ({"onnx": "m", "label": {}}, "unknown-key"),
        ({"onnx": "m", "labels": ["DRUG"]}, "wrong-type"),
        ({"onnx": "m", "labels": {"DRUG": 1}}, "wrong-type"),
        ({"onnx": "m", "labels": {"DRUG": "medication"}}, "bad-entity"),
        ("onnx:/no/such/folder", "onnx-model-missing"),
    ],
)
def test_a_fault_has_a_place_and_a_code(ner: Any, code: str) -> None:
    with pytest.raises(RuleError) as raised:
        rules(ner, entities=["PERSON"])
    assert f"[{code}]" in str(raised.value)


@pytest.mark.parametrize(
    ("labels", "code"),
    [({}, "onnx-label-unmapped"), ({"DRUG": "none", "ORG": "FIRM"}, "onnx-label-unknown")],
)
def test_a_label_without_a_meaning_stops_check(
    model: Path, labels: Mapping[str, str], code: str
) -> None:
    with pytest.raises(RuleError, match=code):
        rules({"onnx": str(model), "labels": labels}, entities=["PERSON"])


def test_an_entity_that_it_does_not_find_stops_check(model: Path) -> None:
    with pytest.raises(RuleError, match="no-detector"):
        rules({"onnx": str(model), "labels": {"DRUG": "none"}}, entities=["ORGANIZATION"])


@pytest.mark.parametrize(
    ("before", "after"),
    [("builtin", "onnx:tiny"), ("onnx:tiny", "builtin"), ("onnx:tiny", "onnx:other")],
)
def test_another_model_cannot_be_ordered(before: str, after: str) -> None:
    assert compare(PARTS["detect"], "ner", before, after) is None


def test_other_labels_cannot_be_ordered() -> None:
    assert compare(PARTS["detect"], "ner_labels.GPE", "LOCATION", "none") is None
