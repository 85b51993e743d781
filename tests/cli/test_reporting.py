"""scrubber report and scrubber diff, from the command line's side: exit codes, files, JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scrubber.cli import main
from scrubber.manifest import seal
from tests.golden.manifest_facts import LARGE


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A run, and one that keeps what the first removes."""
    facts, ledger = LARGE
    kept = replace(facts.fields[1], action="keep", technique=None, reason="asked for")
    fields = (facts.fields[0], kept, *facts.fields[2:])
    made = {"old": facts, "new": replace(facts, fields=fields)}
    for name, one in made.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_bytes(seal(one, ledger).to_bytes())
    return tmp_path / "old", tmp_path / "new"


def scrubber(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int:
    monkeypatch.setattr(sys, "argv", ["scrubber", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_diff_exits_with_3_if_anything_is_weaker(
    folders: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    old, new = folders
    assert scrubber(monkeypatch, "diff", old, new) == 3
    told = capfd.readouterr().out.splitlines()
    assert told[0].startswith("weaker    field name: treatment: removed -> kept: asked for")
    assert told[-1] == "1 weaker, 0 stronger, 0 neutral"
    assert scrubber(monkeypatch, "diff", new, old) == 0
    assert "0 weaker, 1 stronger" in capfd.readouterr().out
    assert scrubber(monkeypatch, "diff", old, old / "manifest.json") == 0
    assert capfd.readouterr().out == "no relevant change\n"


def test_diff_as_json(
    folders: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert scrubber(monkeypatch, "diff", *folders, "--json") == 3
    said = json.loads(capfd.readouterr().out)
    assert said["exit_code"] == 3
    assert said["data"]["changes"] == [
        {
            "section": "field",
            "subject": "name",
            "aspect": "treatment",
            "before": "removed",
            "after": "kept: asked for",
            "effect": "weaker",
        }
    ]


def test_report_is_written_beside_the_manifest_or_where_it_is_asked_for(
    folders: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    old, new = folders
    assert scrubber(monkeypatch, "report", new) == 0
    assert capfd.readouterr().out == f"Report: {new / 'report.html'}\n"
    assert "Weaker" not in (new / "report.html").read_text("utf-8")
    other = tmp_path / "other.html"
    assert scrubber(monkeypatch, "report", new, "--against", old, "--out", other, "--json") == 0
    assert json.loads(capfd.readouterr().out)["data"] == {"report": str(other)}
    assert "Weaker (1)" in other.read_text("utf-8")


def test_without_a_manifest_nothing_is_written(
    folders: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert scrubber(monkeypatch, "report", tmp_path) == 5
    assert scrubber(monkeypatch, "diff", folders[0], tmp_path) == 5
    assert not (tmp_path / "report.html").exists()


def test_schemas_describe_what_is_written(
    folders: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    from jsonschema import Draft202012Validator

    for document in ("manifest", "plan"):
        assert scrubber(monkeypatch, "schema", document) == 0
        schema = json.loads(capfd.readouterr().out)
        Draft202012Validator.check_schema(schema)
        manifest = json.loads((folders[0] / "manifest.json").read_bytes())
        assert Draft202012Validator(schema).is_valid(manifest) == (document == "manifest")
