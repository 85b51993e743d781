"""No command overwrites what it was not meant to: manifests, outputs, signatures, rules, keys."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.commands import call

RULES = """version: 1
fields:
  - {name: name, class: direct_identifier, transform: drop}
  - {name: topic, class: insensitive, keep: what the model learns}
"""
PLAN = ("plan", "rules.yaml", "in", "--rows", 0)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with data, rules, keys, a signed output and a signed plan."""
    folder = tmp_path_factory.mktemp("desk")
    before = Path.cwd()
    os.chdir(folder)
    try:
        Path("rules.yaml").write_text(RULES)
        Path("trust.yaml").write_text("version: 1\npeople: []\nrequire: {}\n")
        Path("in").mkdir()
        Path("in/t.csv").write_text("name,topic\n" + "Ann,login\n" * 20)
        assert call("keygen", "--out", "key") == 0
        assert call("keygen", "--signing", "--out", "pem") == 0
        assert call("run", "rules.yaml", "in", "-o", "out", "-q") == 0
        assert call("sign", "out", "--key", "file:pem") == 0
        assert call(*PLAN, "--out", "plan.json") == 0
        assert call("sign", "plan.json", "--key", "file:pem") == 0
        Path("out/access.jsonl").write_text("")
        Path("copy.txt").write_bytes(Path("out/manifest.json").read_bytes())
        Path("link").symlink_to("out/manifest.json")
    finally:
        os.chdir(before)
    return folder


WRITERS = {
    "export": ("export", "out", "--to", "sarif", "--overwrite", "--out"),
    "report": ("report", "out", "--out"),
    "plan": (*PLAN, "--force", "--out"),
    "init": ("init", "in", "--force", "--out"),
    "hierarchy": ("hierarchy", "in/t.csv", "--field", "topic", "--force", "--out"),
    "keygen": ("keygen", "--out"),
}
KEPT = [
    "out/manifest.json", "out/data/t.csv", "out/manifest.intoto.jsonl", "out/access.jsonl",
    "plan.intoto.jsonl", "plan.json", "rules.yaml", "trust.yaml", "key", "pem", "copy.txt", "link",
    "out", "in",
]  # fmt: skip
OWN = {("plan", "plan.json"), ("init", "rules.yaml")}


@pytest.mark.parametrize(
    ("writer", "kept"),
    [(writer, kept) for writer in WRITERS for kept in KEPT if (writer, kept) not in OWN],
)
def test_what_is_kept_is_not_replaced_even_when_asked(
    made: Path, monkeypatch: pytest.MonkeyPatch, writer: str, kept: str
) -> None:
    monkeypatch.chdir(made)
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    assert call(*WRITERS[writer], kept) == 2
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before
    assert Path("link").is_symlink()


@pytest.mark.parametrize("writer", WRITERS)
def test_nothing_is_replaced_unasked(
    made: Path, monkeypatch: pytest.MonkeyPatch, writer: str, tmp_path: Path
) -> None:
    monkeypatch.chdir(made)
    target = tmp_path / "t"
    args = [arg for arg in WRITERS[writer] if arg not in ("--force", "--overwrite")]
    target.write_text("mine")
    assert call(*args, target) == 2
    assert target.read_text() == "mine"
    target.unlink()
    assert call(*args, target) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["t"]


def test_a_plan_beside_the_signatures_of_a_run_is_refused(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(made)
    signed = Path("out/manifest.intoto.jsonl").read_bytes()
    assert call(*PLAN, "--force", "--out", "out/manifest.plan") == 2
    assert Path("out/manifest.intoto.jsonl").read_bytes() == signed


def test_its_own_kind_is_replaced_when_asked(
    made: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(made)
    for writer in set(WRITERS) - {"keygen"}:
        assert call(*WRITERS[writer], tmp_path / writer) == 0
        assert call(*WRITERS[writer], tmp_path / writer) == 0, writer
