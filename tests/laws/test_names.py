"""The law of names: a value that stands where a name belongs stops a run, and is not shown."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.slow

VALUE = "ann.zqmiller@example.com"
RULES = 'version: 1\nfields: [{name: "**", class: insensitive, keep: "a test"}]\n'


def file(name: str, text: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)

    return make


def table(kind: pa.DataType) -> Callable[[Path], None]:
    return lambda folder: pq.write_table(pa.table({"x": pa.nulls(1, kind)}), folder / "a.parquet")


PLACES = {
    "a header": file("a.csv", f"id,{VALUE}\n1,2\n"),
    "a key": file("a.jsonl", json.dumps({"id": 1, VALUE: 2}) + "\n"),
    "a column in a struct": table(pa.struct([(VALUE, pa.int8())])),
    "a file": file(f"{VALUE}.csv", "id\n1\n"),
    "a folder": file(f"email={VALUE}/a.csv", "id\n1\n"),
    "a file of another kind": file(f"{VALUE}.pdf", "x"),
}


@pytest.mark.parametrize("place", PLACES)
def test_no_command_shows_it(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    Path("rules.yaml").write_text(RULES)
    PLACES[place](tmp_path / "in")
    for command in (
        ["run", "rules.yaml", "in", "--out", "out"],
        ["check", "rules.yaml", "in"],
        ["plan", "rules.yaml", "in", "--out", "plan.json"],
        ["audit", "in"],
        ["init", "in", "--out", "new.yaml"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "scrubber", *command],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == 2 or command[0] in ("audit", "init"), said
        assert "zqmiller" not in said
    written = [path for path in tmp_path.rglob("*") if path.is_file() and "in" not in path.parts]
    assert all(b"zqmiller" not in path.read_bytes() for path in written)
    assert not Path("out").exists()


def test_a_nested_key_is_a_value_that_no_command_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys of nested objects that are data are leaves, `{key}`, which the rules decide about."""
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    file("a.jsonl", json.dumps({"id": [{VALUE: 2}]}) + "\n")(tmp_path / "in")
    Path("rules.yaml").write_text("version: 1\nfields: [{name: 'id[].{value}', keep: a test}]\n")
    for command in (["run", "rules.yaml", "in", "--out", "out"], ["audit", "in"]):
        done = subprocess.run(
            [sys.executable, "-m", "scrubber", *command],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == 2 or command[0] == "audit", said
        assert "zqmiller" not in said
    assert not Path("out").exists()
