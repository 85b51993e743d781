"""The pack for labelled text, on records of the shapes of public sets."""

from __future__ import annotations

import json
from importlib import util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import scrubber

ROOT = Path(__file__).parents[2]
KEY = bytes(range(32))


def made() -> ModuleType:
    spec = util.spec_from_file_location("labelled", ROOT / "fixtures" / "labelled.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LABELLED = made()


@pytest.fixture(scope="module")
def scrubbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Any, Any]]]:
    """The records of each shape, before and after."""
    folder = tmp_path_factory.mktemp("labelled")
    LABELLED.write(folder, 40)
    out = folder / "out"
    scrubber.scrub(str(folder / "labelled"), "pack:labelled-text", out=out, key=KEY)
    found = {}
    for path in sorted((folder / "labelled").iterdir()):
        texts = [one.read_text("utf-8").splitlines() for one in (path, out / "data" / path.name)]
        found[path.stem] = [tuple(map(json.loads, pair)) for pair in zip(*texts, strict=True)]
    return found


def test_the_fixtures_are_current(tmp_path: Path) -> None:
    LABELLED.write(tmp_path)
    for path in (tmp_path / "labelled").iterdir():
        assert path.read_bytes() == (ROOT / "fixtures/labelled" / path.name).read_bytes()


def parts(record: dict[str, Any]) -> list[str]:
    """The words that a record labels, by its positions alone."""
    text = record.get("text", record.get("context", ""))
    spans = [(s["start"], s["end"]) for s in record.get("spans", ())]
    spans += [(start, end) for start, end, _ in record.get("label", ())]
    answers = record.get("answers", {"text": (), "answer_start": ()})
    pairs = zip(answers["answer_start"], answers["text"], strict=True)
    spans += [(start, start + len(words)) for start, words in pairs]
    return [text[start:end] for start, end in spans]


def copies(record: dict[str, Any]) -> list[str]:
    return [s["text"] for s in record.get("spans", ())] + record.get("answers", {"text": []})[
        "text"
    ]


@pytest.mark.parametrize("shape", ["ner", "pairs", "squad"])
def test_positions_cut_out_what_is_there(shape: str, scrubbed: dict[str, Any]) -> None:
    for before, after in scrubbed[shape]:
        old, new = parts(before), parts(after)
        assert len(new) == len(old) > 0
        for was, became in zip(old, new, strict=True):
            assert became
            assert became == became.strip()
            assert was != became  # all that is labelled here is about somebody
        assert copies(after) == (new if copies(before) else [])


def test_labels_stay(scrubbed: dict[str, Any]) -> None:
    for before, after in scrubbed["ner"]:
        assert [s["label"] for s in after["spans"]] == [s["label"] for s in before["spans"]]
    for before, after in scrubbed["bio"]:
        assert after["ner_tags"] == before["ner_tags"]
        assert len(after["tokens"]) == len(after["ner_tags"])


def test_no_name_is_left(scrubbed: dict[str, Any]) -> None:
    names = list(LABELLED.LAST)
    for pairs in scrubbed.values():
        for _, after in pairs:
            assert [name for name in names if name in json.dumps(after, ensure_ascii=False)] == []
