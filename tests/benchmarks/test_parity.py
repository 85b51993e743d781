"""The comparison with Presidio counts what differs, and says so by its exit status."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks import parity
from benchmarks.parity import Answer, Tally, main
from scrubber.detect import Detector, DetectSpec
from scrubber.errors import DetectionError

TEXTS = {"1": "to ann@example.com", "2": "nothing", "3": "bob@example.org, eve@example.org"}
MAIL = ("EMAIL_ADDRESS", 3, 18, 1.0)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    lines = [json.dumps({"id": name, "text": text}) for name, text in TEXTS.items()]
    (tmp_path / "some.jsonl").write_text("\n".join(lines), "utf-8")
    monkeypatch.setattr(
        parity, "PASSES", {"mail": DetectSpec(entities=("EMAIL_ADDRESS",), house=False)}
    )
    return tmp_path


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    """What was printed; never a word of the texts."""
    out = capsys.readouterr().out
    assert not any(word in out for word in ("ann", "bob", "eve", "example"))
    return out


def test_the_same_answers_are_no_difference(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(folder)]) == 0
    out = printed(capsys)
    assert "| some | 3 | 3 | 0 | 0 | 0 |" in out
    assert "| all | 3 | 3 | 0 | 0 | 0 |" in out
    assert main([str(folder), "--limit", "1"]) == 0
    assert "| all | 1 | 1 | 0 | 0 | 0 |" in printed(capsys)


def test_planted_differences_are_counted_on_both_sides(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = parity.ours

    def planted(detector: Detector, texts: Sequence[str]) -> list[Answer]:
        """The first finding of a text lost, and one made up where there is none."""
        return [
            frozenset(sorted(found)[1:]) if found else frozenset({("PERSON", 0, 7, 0.5)})
            for found in real(detector, texts)
        ]

    monkeypatch.setattr(parity, "ours", planted)
    assert main([str(folder)]) == 1
    out = printed(capsys)
    assert "| all | 3 | 2 | 3 | 0 | 0 |" in out
    assert "some:1 only Presidio: EMAIL_ADDRESS 3-18 1.0" in out
    assert "some:2 only scrubber: PERSON 0-7 0.5" in out


def test_a_text_that_scrubber_alone_refuses_differs(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = parity.ours

    def refusing(detector: Detector, texts: Sequence[str]) -> list[Answer]:
        if TEXTS["2"] in texts:
            raise DetectionError("detector-failed", "recognizer x failed on a text")
        return real(detector, texts)

    monkeypatch.setattr(parity, "ours", refusing)
    assert main([str(folder)]) == 1
    out = printed(capsys)
    assert "| all | 3 | 3 | 1 | 0 | 0 |" in out
    assert "some:2 scrubber raises and Presidio does not" in out


def test_texts_that_are_not_compared_are_counted() -> None:
    tally = Tally()
    tally.add("a", 5, None, None)  # both raise
    tally.add("b", 5, frozenset({MAIL}), None)
    tally.add("c", parity.WINDOW + 1, frozenset({MAIL}), frozenset())
    assert tally.row("x") == "| x | 3 | 2 | 0 | 2 | 1 |"


def test_nothing_to_compare_is_no_success(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 2
