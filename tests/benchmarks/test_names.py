"""The benchmark of names: its texts, the turns that systems take, the pipeline beside the model."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from benchmarks import names
from benchmarks.names import PARTS, Timed, invented_prose, measure, small_pipeline
from scrubber.detect.ner.builtin import builtin


def test_invented_prose_is_the_same_each_time_and_holds_names() -> None:
    texts = invented_prose(20)
    assert texts == invented_prose(20)
    assert 20_000 <= sum(map(len, texts)) < 21_000
    assert any(builtin().find(texts))


def test_every_system_sees_every_text_once_after_the_warm_up() -> None:
    seen: dict[str, list[str]] = {"a": [], "b": []}

    def looking(name: str) -> Callable[[Sequence[str]], object]:
        return lambda texts: seen[name].extend(texts)

    texts = [str(i) for i in range(2 * PARTS + 1)]
    systems = [Timed(name, looking(name)) for name in seen]
    measure(texts, systems)
    assert all(sorted(own[1:]) == sorted(texts) for own in seen.values())
    assert all(system.seconds >= 0 for system in systems)


def test_the_pipeline_has_the_components_of_en_core_web_sm() -> None:
    nlp = small_pipeline()
    assert nlp.pipe_names == ["tok2vec", "tagger", "parser", "attribute_ruler", "ner"]
    doc = nlp("Ann met Bob in Oslo. They left.")
    assert all(doc.has_annotation(name) for name in ("TAG", "DEP", "ENT_IOB"))


def test_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = json.dumps({"text": "Ann met Bob in Oslo.", "spans": []})
    (tmp_path / "some.jsonl").write_text(line + "\n")
    monkeypatch.setattr("sys.argv", ["names", str(tmp_path)])
    made = [Timed("x", len, 1.0), Timed("spaCy, as en_core_web_sm", len, 4.0)]
    monkeypatch.setattr(names, "systems", lambda: made)
    names.main()
    out = capsys.readouterr().out
    assert out.startswith("1 texts, 0.00 MB: some\n")
    assert "| x | 0 | 4.00 |" in out
