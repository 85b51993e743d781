"""An ONNX model on record: its digest and runtime in the manifest, and never its path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import scrubber
from scrubber.detect import DetectSpec, pinned
from tests.detect.ner.onnx.tiny import write_model

pytest.importorskip("onnxruntime")
pytest.importorskip("tokenizers")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """It takes every word that it does not know for a person's, also those of planted names."""
    return write_model(tmp_path_factory.mktemp("record") / "tiny", unknown="B-PER")


@pytest.fixture(scope="module")
def rules(model: Path) -> dict[str, Any]:
    return {
        "version": 1,
        "detect": {
            "ner": {"onnx": str(model), "labels": {"PASSPORT": "none"}},
            "entities": ["PERSON", "LOCATION"],
            "consistency": [],
        },
        "fields": [{"name": "note", "class": "text", "entities": {"default": "redact"}}],
    }


@pytest.fixture(scope="module")
def result(rules: dict[str, Any]) -> scrubber.Scrubbed[pa.Table]:
    table = pa.table({"note": ["hello Ann Poe is here and X77"]})
    return scrubber.scrub(table, rules)


def test_the_names_are_gone_and_what_is_none_stays(result: scrubber.Scrubbed[pa.Table]) -> None:
    (text,) = result.data["note"].to_pylist()
    assert not {"Ann", "Poe"} & set(text.split())
    assert "X77" in text


def test_the_manifest_states_the_digest_of_the_files_and_no_path(
    result: scrubber.Scrubbed[pa.Table], model: Path
) -> None:
    (row,) = [d for d in result.manifest.data["engine"]["detectors"] if d["id"] == "onnx:tiny"]
    assert row["model_digest"] == pinned(DetectSpec(ner=f"onnx:{model}")).model
    assert row["version"].startswith("onnxruntime ")
    assert str(model.parent) not in str(result.manifest.data)
