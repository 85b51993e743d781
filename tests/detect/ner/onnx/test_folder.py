"""The files of a token classifier: which are asked for, and what each fault is called."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scrubber.detect import DetectSpec, known_entities, pinned
from scrubber.detect.ner.onnx.folder import Folder
from scrubber.errors import NotAvailable

Maker = Callable[..., Path]


def rewrite(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    config = json.loads(path.read_text())
    change(config)
    path.write_text(json.dumps(config))


def moved(folder: Path) -> None:
    (folder / "onnx").mkdir()
    (folder / "model.onnx").rename(folder / "onnx" / "model_q4.onnx")


def another(folder: Path) -> None:
    (folder / "model_int8.onnx").write_bytes((folder / "model.onnx").read_bytes())


@pytest.mark.parametrize("layout", [lambda _: None, moved, another])
def test_the_model_is_found_where_exporters_put_it(
    made: Maker, layout: Callable[[Path], None]
) -> None:
    folder = made()
    layout(folder)
    assert Folder.read(folder).labels[1] == "B-PER"
    assert Folder.read(folder).length == 16


def test_positions_of_roberta_begin_behind_the_padding(made: Maker) -> None:
    config = {"model_type": "roberta", "max_position_embeddings": 514, "pad_token_id": 1}
    assert Folder.read(made(config=config)).length == 512


def unlabelled(folder: Path) -> None:
    rewrite(folder / "config.json", lambda config: config.pop("id2label"))


def gapped(folder: Path) -> None:
    rewrite(folder / "config.json", lambda config: config["id2label"].pop("2"))


def two_models(folder: Path) -> None:
    another(folder)
    (folder / "model.onnx").rename(folder / "model_q4.onnx")


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (lambda folder: (folder / "model.onnx").unlink(), "onnx-model-missing"),
        (lambda folder: (folder / "config.json").unlink(), "onnx-model-missing"),
        (lambda folder: (folder / "tokenizer.json").unlink(), "onnx-model-missing"),
        (lambda folder: folder.rename(folder.with_name("away")), "onnx-model-missing"),
        (two_models, "onnx-model-ambiguous"),
        (unlabelled, "onnx-model-broken"),
        (gapped, "onnx-model-broken"),
        (lambda folder: (folder / "config.json").write_text("[]"), "onnx-model-broken"),
        (lambda folder: (folder / "config.json").write_text("{"), "onnx-model-broken"),
    ],
)
def test_a_fault_has_a_code_before_anything_is_loaded(
    made: Maker, harm: Callable[[Path], None], code: str
) -> None:
    folder = made()
    harm(folder)
    with pytest.raises(NotAvailable) as raised:
        known_entities(DetectSpec(ner=f"onnx:{folder}"))
    assert raised.value.code == code


def test_its_entities_are_known_without_the_runtime(tiny_onnx: Path) -> None:
    found = known_entities(DetectSpec(ner=f"onnx:{tiny_onnx}", ner_labels=(("GPE", "TOWN"),)))
    assert {"PERSON", "TOWN", "ID"} <= found
    assert not {"LOCATION", "none"} & found


@pytest.mark.parametrize("file", ["model.onnx", "tokenizer.json", "config.json"])
def test_a_digest_covers_every_file(made: Maker, file: str) -> None:
    folder = made()
    before = pinned(DetectSpec(ner=f"onnx:{folder}")).model
    (folder / file).write_bytes((folder / file).read_bytes() + b"\n")
    after = pinned(DetectSpec(ner=f"onnx:{folder}")).model
    assert before is not None
    assert before != after
