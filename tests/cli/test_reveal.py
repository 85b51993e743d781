"""`scrubber reveal`: values reach a terminal or a file of one's own, and nothing else."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from scrubber.cli.app import app
from tests.commands import call

RULES = """version: 1
key: {env: SCRUBBER_KEY}
fields:
  - {name: name, class: direct_identifier, transform: {encrypt: {domain: who}}}
  - {name: topic, class: insensitive, keep: what the model learns}
"""
NAMES = ["Zebulon Quux", "Ottoline\x1b[31m Brzk"]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCRUBBER_KEY", bytes(range(32)).hex())
    Path("rules.yaml").write_text(RULES)
    Path("t.csv").write_text("name,topic\n" + "".join(f"{name},x\n" for name in NAMES))
    assert call("run", "rules.yaml", "t.csv", "-o", "out", "-q") == 0
    return tmp_path


def first() -> str:
    return Path("out/data/t.csv").read_text().splitlines()[1].split(",")[0]


def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scrubber.cli.commands.reveal.watched", lambda: True)


REVEAL = ("reveal", "out", "--field", "name")
WHY = ("--reason", "case 17")


def test_into_a_pipe_nothing_is_shown_or_logged(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert call(*REVEAL, *WHY) == 2
    assert call(*REVEAL, *WHY, "--json") == 2
    said = capsys.readouterr()
    assert "Zebulon" not in said.out + said.err
    assert not (desk / "out/access.jsonl").exists()


def test_a_reason_is_asked_for(desk: Path) -> None:
    with pytest.raises(Exception, match="reason"):
        app([*REVEAL], prog_name="scrubber", standalone_mode=False)
    assert not (desk / "out/access.jsonl").exists()


def test_on_a_terminal(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    on_a_terminal(monkeypatch)
    assert call(*REVEAL, *WHY) == 0
    said = capsys.readouterr().out
    assert "Zebulon Quux" in said
    assert "\x1b[31m" not in said
    assert (desk / "out/access.jsonl").is_file()
    assert call("verify", "out") == 0
    assert call(*REVEAL, *WHY, "--json") == 2, "an envelope is for programs"


def test_single_values_and_standard_input(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    on_a_terminal(monkeypatch)
    assert call(*REVEAL, *WHY, "--value", first()) == 0
    assert "Zebulon Quux" in capsys.readouterr().out
    assert not (desk / "names.jsonl").exists()
    monkeypatch.setattr("sys.stdin", io.StringIO(f"\n{first()}\n{first()}\n"))
    assert call(*REVEAL, *WHY, "--value", "-") == 0
    assert capsys.readouterr().out.count("Zebulon Quux") == 2
    assert call(*REVEAL, *WHY, "--value", first(), "--file", "t.csv") == 2


def test_into_a_file_of_ones_own(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(*REVEAL, *WHY, "--out", "names.jsonl") == 0
    assert (desk / "names.jsonl").stat().st_mode & 0o777 == 0o600
    rows = [json.loads(line) for line in (desk / "names.jsonl").read_text().splitlines()]
    assert [row["value"] for row in rows] == NAMES
    assert "Zebulon" not in capsys.readouterr().out
    logged = Path("out/access.jsonl").read_bytes()
    for target in ("names.jsonl", "out/manifest.json", "rules.yaml", "out", "out/x", "out/data/x"):
        assert call(*REVEAL, *WHY, "--out", target) == 2
    assert Path("out/access.jsonl").read_bytes() == logged


@pytest.mark.parametrize(
    ("change", "code", "text"),
    [
        ("key", 2, "key-other"),
        ("field", 2, "not-encrypted"),
        ("data", 4, "not-authentic"),
    ],
)
def test_errors_name_no_value(
    desk: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    change: str,
    code: int,
    text: str,
) -> None:
    on_a_terminal(monkeypatch)
    if change == "key":
        monkeypatch.setenv("SCRUBBER_KEY", bytes(range(1, 33)).hex())
    if change == "data":
        path = desk / "out/data/t.csv"
        path.write_text(path.read_text().replace(first(), first()[:-9] + "AAAAAAAAA"))
    field = "topic" if change == "field" else "name"
    assert call("reveal", "out", "--field", field, *WHY) == code
    said = capsys.readouterr()
    assert text in said.out + said.err
    assert "Zebulon" not in said.out + said.err
    assert "siv1" not in said.out + said.err
    assert not (desk / "out/access.jsonl").exists()
