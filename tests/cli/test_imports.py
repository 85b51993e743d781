"""What a command does not load: the structure behind a quick start, without a clock."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

DETECTION = {"presidio_analyzer", "presidio_anonymizer", "spacy", "phonenumbers", "tldextract"}
DATA = {"pyarrow", "polars", "numpy", "pandas", "pydantic", "yaml", "cryptography", "hyperscan"}

_LOADED = """
import json, sys
from scrubber.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(json.dumps([name for name, module in sys.modules.items() if module is not None]))
"""

TEXT = """
version: 1
fields:
  - {name: id, transform: drop}
  - {name: note, class: text, entities: {default: redact, PERSON: {replace: {with: x}}}}
detect:
  recognizers:
    - name: ticket
      supported_entity: TICKET
      patterns: [{name: t, regex: "T-[0-9]{6}", score: 0.8}]
  deny_list: {CODENAME: [Bluebird]}
"""
TABLE = """
version: 1
fields:
  - {name: id, transform: drop}
  - {name: age, transform: {bin: {width: 10}}}
"""


def loaded(cache: Path, *arguments: str) -> set[str]:
    """The modules at the end of a command that succeeded."""
    done = subprocess.run(
        [sys.executable, "-c", _LOADED, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("arguments", [("--help",), ("run", "--help"), ("--version",)])
def test_help_loads_nothing_that_works_on_data(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    typer_takes = {"pydantic"}  # for the parameters of a command, where it is installed
    found = loaded(tmp_path, *arguments)
    assert found.isdisjoint(DETECTION | DATA - typer_takes)


@pytest.mark.slow
def test_a_check_of_text_fields_loads_presidio_once_and_never_again(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(TEXT)
    assert "presidio_analyzer" in loaded(tmp_path, "check", str(rules))
    assert loaded(tmp_path, "check", str(rules)).isdisjoint(DETECTION | {"pandas"})


def test_a_run_without_text_loads_no_detection(tmp_path: Path) -> None:
    """Polars is loaded, since every run measures unicity with it (decision 81)."""
    (tmp_path / "rules.yaml").write_text(TABLE)
    (tmp_path / "data.csv").write_text("id,age\n1,34\n")
    out = tmp_path / "out"
    found = loaded(
        tmp_path, "run", str(tmp_path / "rules.yaml"), str(tmp_path / "data.csv"), "--out", str(out)
    )
    assert (out / "data" / "data.csv").read_text() == 'age\n"[30, 40)"\n'
    assert found.isdisjoint(DETECTION | {"pandas"})
