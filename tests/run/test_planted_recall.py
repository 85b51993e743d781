"""A run whose detectors find nothing of what is planted is stopped, or says whose doing that is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from scrubber.assess import Planted
from scrubber.detect.detector import PresidioDetector
from scrubber.errors import GateError
from scrubber.manifest import Manifest, validate
from scrubber.model.finding import Span
from scrubber.policy import rules_from_mapping
from scrubber.run import planted_recall
from scrubber.run.request import Request
from scrubber.run.run import run

TEXT = "nothing of interest here, and then some more words"
CUE = {
    "name": "cue",
    "supported_entity": "PERSON",
    "patterns": [{"name": "cue", "regex": "my name is [A-Z][a-z]+", "score": 0.9}],
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "a.csv").write_text("note\n" + f'"{TEXT}"\n' * 20)
    return tmp_path


def scrub(place: Path, **detect: Any) -> Manifest:
    rules = {
        "version": 1,
        "detect": {"ner": "none", **detect},
        "fields": [{"name": "note", "class": "text", "entities": {"default": "redact"}}],
    }
    return run(
        Request(rules_from_mapping(rules), [str(place / "a.csv")], place / "out", overwrite=True)
    )


def failed(manifest: Manifest) -> list[tuple[str, str]]:
    assert validate(manifest.to_json()) == []
    return [(c["id"], c["severity"]) for c in manifest.data["checks"] if not c["passed"]]


@pytest.mark.usefixtures("planted_anew")
def test_detection_that_went_blind_stops_the_run(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The detector was made, and proved itself; then something happens to it."""
    entities = ["EMAIL_ADDRESS", "US_SSN"]
    assert failed(scrub(place, entities=entities)) == []
    before = (place / "out" / "manifest.json").read_bytes()

    def nothing(_: object, texts: Sequence[str], *__: object) -> list[tuple[()]]:
        return [()] * len(texts)

    for name in ("detect", "attempt"):
        monkeypatch.setattr(PresidioDetector, name, nothing)
    with pytest.raises(GateError) as caught:
        scrub(place, entities=entities)
    assert caught.value.code == "planted-recall"
    assert all(entity in caught.value.text for entity in entities)
    assert caught.value.exit_code == 1
    assert (place / "out" / "manifest.json").read_bytes() == before


SETTINGS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing special": ({}, []),
    "a threshold that is never reached": (
        {"score_thresholds": {"default": 1.0}},
        ["US_SSN", "IP_ADDRESS"],
    ),
    "everything is an exception": (
        {"rules": [{"exclude": {"regex": "@", "entity": "EMAIL_ADDRESS"}}]},
        ["EMAIL_ADDRESS"],
    ),
    "names by a cue alone": ({"recognizers": [CUE]}, []),
}  # fmt: skip


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_that_hide_an_entity_fail_a_check(place: Path, name: str) -> None:
    """Names are found by no pattern: without a model PERSON is not enabled."""
    settings, hidden = SETTINGS[name]
    assert failed(scrub(place, **settings)) == [(f"planted-{one}", "warning") for one in hidden]


@pytest.mark.parametrize(
    ("spans", "caught"),
    [
        ([(3, 14)], True),
        ([(3, 8), (10, 14)], True),  # the comma and the space between them name nobody
        ([(0, 8), (9, 20)], True),
        ([(3, 8)], False),
        ([(3, 7), (10, 14)], False),
        ([(4, 14)], False),
        ([], False),
    ],
)
def test_a_planted_value_is_found_if_no_letter_of_it_is_left(
    spans: list[tuple[int, int]], caught: bool
) -> None:
    one = Planted("by Stark, Abel here", 3, 14, "by here")
    found = [Span(start, end, "PERSON", 0.9, "r") for start, end in spans]
    assert planted_recall._caught(one, found) is caught
