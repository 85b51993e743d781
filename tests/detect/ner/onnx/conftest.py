"""Token classifiers of a few words, made once or for a test of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.detect.ner.onnx.tiny import write_model

Maker = Callable[..., Path]


@pytest.fixture
def made(tmp_path: Path) -> Maker:
    """Makes a model in a folder of its own."""

    def make(**changes: Any) -> Path:
        return write_model(tmp_path / "tiny", **changes)

    return make


@pytest.fixture(scope="session")
def tiny_onnx(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The usual model."""
    return write_model(tmp_path_factory.mktemp("onnx") / "tiny")
