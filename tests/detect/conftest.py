"""Detectors and tiny spaCy pipelines, made once for all tests of detection."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from scrubber.detect import Detector, DetectSpec, build_detector


@pytest.fixture(scope="session")
def detector() -> Callable[[DetectSpec], Detector]:
    """Builds the detector for a spec, once per spec."""
    return cache(build_detector)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline on disk that knows three people, a city, a company and a number, by rule."""
    import spacy

    pipeline = spacy.blank("en")
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns(
        [
            {"label": "PERSON", "pattern": "Ann Poe"},
            {"label": "PERSON", "pattern": "Zoë Müller"},
            {"label": "PER", "pattern": "Ravi"},
            {"label": "GPE", "pattern": "Oslo"},
            {"label": "ORG", "pattern": "Initech"},
            {"label": "CARDINAL", "pattern": "seven"},
        ]
    )
    pipeline.meta["name"] = "tiny"
    pipeline.meta["version"] = "1.2.3"
    folder = tmp_path_factory.mktemp("models") / "tiny"
    pipeline.to_disk(folder)
    return folder
