"""Trust files: every mistake is named with its place, and nothing is guessed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from scrubber.attest.trust import Quorum, read_trust
from scrubber.errors import RuleError
from tests.attest.worlds import ADA, GRACE, STRANGER

GOOD = f"""version: 1
people:
  - {{name: ada, keys: ["{ADA.public.id}"], roles: [author]}}
  - {{name: grace, keys: ["{GRACE.public.id}"], roles: [privacy_officer], until: 2027-12-31}}
require:
  signed_by: [author]
  approvals:
    - {{roles: [privacy_officer]}}
  waived_by: [privacy_officer]
  declared: [legal.basis]
  k: 5
  checks: [residual-rate, min-k]
"""


def _read(folder: Path, text: str) -> object:
    path = folder / "trust.yaml"
    path.write_text(text)
    return read_trust(path)


def test_a_whole_file(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(GOOD)
    trust = read_trust(tmp_path / "t.yaml")
    assert [person.name for person in trust.people] == ["ada", "grace"]
    assert trust.people[1].until == date(2027, 12, 31)
    assert trust.approvals == (Quorum(("privacy_officer",), 1),)
    assert (trust.signed_by, trust.waived_by) == (("author",), ("privacy_officer",))
    assert (trust.declared, trust.k) == (("legal.basis",), 5)
    assert trust.checks == ("residual-rate", "min-k")
    holder = trust.holder(GRACE.public)
    assert holder is not None
    assert holder.name == "grace"
    assert trust.holder(STRANGER.public) is None


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("version: 1", "version: 2", "bad-version", 1),
        ("signed_by:", "signed:", "unknown-key", 6),
        ("signed_by: [author]", "signed_by: [auther]", "unknown-role", 6),
        ("signed_by: [author]", "signed_by: []", "wrong-type", 6),
        ("signed_by: [author]", "signed_by: author", "wrong-type", 6),
        ("- {roles: [privacy_officer]}", "- {roles: [legal]}", "unknown-role", 8),
        ("- {roles: [privacy_officer]}", "- {roles: [author], count: 2}", "out-of-reach", 8),
        ("- {roles: [privacy_officer]}", "- {roles: [author], count: 0}", "wrong-type", 8),
        ("- {roles: [privacy_officer]}", "- {roles: [author], count: true}", "wrong-type", 8),
        ("- {roles: [privacy_officer]}", "- privacy_officer", "wrong-type", 8),
        ("2027-12-31", "next year", "wrong-type", 4),
        ("ed25519:", "", "key-format", 3),
        ("name: ada", "name: grace", "duplicate", 4),
        ("name: ada", 'name: " Grace"', "duplicate", 4),
        ("name: ada", 'name: "\uff27RACE"', "duplicate", 4),
        (GRACE.public.id, ADA.public.id, "duplicate", 4),
        ("name: ada, ", "", "wrong-type", 3),
        ("roles: [author]}", "roles: []}", "wrong-type", 3),
        ("legal.basis", "legal.bases", "unknown-fact", 10),
        ("people:", "persons:", "unknown-key", 2),
        ("k: 5", "k: 1", "wrong-type", 11),
        ("k: 5", "k: five", "wrong-type", 11),
        ("min-k]", "mink]", "unknown-check", 12),
        ("[residual-rate, min-k]", "min-k", "wrong-type", 12),
    ],
)
def test_mistakes(tmp_path: Path, old: str, new: str, code: str, line: int) -> None:
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    with pytest.raises(RuleError) as caught:
        _read(tmp_path, text)
    assert (code, line) in {(p.code, p.mark.line) for p in caught.value.problems}


@pytest.mark.parametrize("text", ["", "[]", "version: 1", "{", "version: 1\npeople: 3\nrequire: 4"])
def test_what_is_no_trust_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(RuleError):
        _read(tmp_path, text)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="no such trust file") as caught:
        read_trust(tmp_path / "none.yaml")
    assert caught.value.text == "1 problem in the trust file"
