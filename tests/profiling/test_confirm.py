"""Parts of a draft that a person confirms, and rules added to a file that a person edited."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import scrubber
from scrubber.errors import RuleError
from scrubber.profiling.draft import draft, update
from tests.profiling.test_draft import PATTERNS, SUPPORT


def confirmed(text: str) -> str:
    """The draft with all that is to be confirmed, confirmed."""
    before, _, after = text.partition("# To confirm")
    lines = after.splitlines()[1:]
    return before + "\n".join(line.removeprefix("# ") for line in lines) + "\n"


@pytest.mark.parametrize(
    ("data", "condition"),
    [
        (SUPPORT, "CAST(\\\"training_consent\\\" AS VARCHAR) = 'false'"),
        (SUPPORT / "customers.csv", "\\\"training_consent\\\" IN ('false')"),
    ],
)
def test_what_is_confirmed_is_a_rule_file_that_plans(
    tmp_path: Path, data: Path, condition: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCRUBBER_KEY", "ab" * 32)
    made = draft([str(data)], detect=PATTERNS)
    assert made.text.startswith("# yaml-language-server: $schema=")
    path = tmp_path / "rules.yaml"
    text = confirmed(made.text)
    assert "\nsubject: customer_id\n" in text
    assert condition in text
    assert "min_k: 5" in text  # a town is kept, so privacy: cannot choose its level
    for written in (made.text, text):
        path.write_text(written)
        scrubber.check(path)
    if data.is_file():  # of several tables, a person chooses the one that has classes
        assert scrubber.plan(path, data).gates is not None


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([True, False] * 30, 'consent\\" = false'),
        (["No", "Yes"] * 30, "consent\\\" IN ('No')"),
        (["Ann Miller", "yes"] * 30, None),
        ([0, 1] * 30, None),
    ],
)
def test_a_consent_column_becomes_a_row_rule_only_by_known_words(
    tmp_path: Path, values: list[object], said: str | None
) -> None:
    pq.write_table(pa.table({"consent": values, "plan": ["a", "b"] * 30}), tmp_path / "t.parquet")
    made = draft([str(tmp_path / "t.parquet")], detect=PATTERNS)
    confirm = "\n".join(made.confirm)
    assert (said in confirm) if said else "drop:" not in confirm
    assert "Ann" not in made.text


EDITED = """# mine
version: 1
fields:
  # the plan, as marketing wants it
  - {name: plan, class: insensitive, keep: "agreed with marketing"}   # ticket 7

  - name: "m_*"
    transform: drop
on_error: "null"   # after the fields
"""


def test_an_update_adds_what_is_new_and_keeps_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(EDITED)
    columns = {"plan": ["a", "b"] * 30, "m_1": [1.5] * 60, "status": ["open", "shut"] * 30}
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    made = update(draft([str(tmp_path / "t.parquet")], detect=PATTERNS), path)
    assert [rule.name for rule in made.rules] == ["status"]
    lines = path.read_text().splitlines()
    kept = [line for line in lines if line in EDITED.splitlines()]
    assert kept == EDITED.splitlines()
    assert lines.index('on_error: "null"   # after the fields') == len(lines) - 1
    assert scrubber.scrub(tmp_path / "t.parquet", path, out=tmp_path / "out").manifest
    text = path.read_text()
    assert not update(draft([str(tmp_path / "t.parquet")], detect=PATTERNS), path).rules
    assert path.read_text() == text


def test_a_file_of_another_shape_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text("version: 1\nfields: [{name: plan, transform: drop}]\n")
    pq.write_table(pa.table({"plan": ["a"] * 9, "status": ["b"] * 9}), tmp_path / "t.parquet")
    before = path.read_bytes()
    with pytest.raises(RuleError, match="update-shape"):
        update(draft([str(tmp_path / "t.parquet")], detect=PATTERNS), path)
    assert path.read_bytes() == before
