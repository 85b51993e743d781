"""An output made by any of the ready rule files and packs can be extended by new sources."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from scrubber.errors import OutputError
from scrubber.manifest import verify
from scrubber.policy import Rules, load_rules
from scrubber.policy.syntax.packs import pack_names
from scrubber.run.request import Request
from scrubber.run.run import run
from scrubber.transform.keys import RootKey
from tests.rules.test_files import FILES, RULES, TABLES

pytestmark = pytest.mark.slow

KEY = RootKey(bytes(range(32)))
FIXTURES = Path(__file__).parents[2] / "fixtures" / "support"
ROWS = 6

NOTE = """\
version: 1
key: {{env: SCRUBBER_KEY}}
include: ["{pack}"]
fields:
  - {{name: email, class: direct_identifier, transform: drop, linked_as: EMAIL_ADDRESS}}
  - {{name: note, class: text, entities: {{default: redact}}, linked: [email]}}
"""


def head(path: Path) -> str:
    """The first lines of a fixture; none of them holds a line break of its own."""
    return "".join(path.read_text("utf-8").splitlines(keepends=True)[: ROWS + 1])


def tables_of(file: str) -> Mapping[str, str]:
    """What a ready rule file scrubs, by the name of the source."""
    if file in TABLES:
        return {name: f"{header}\n" for name, header in TABLES[file].items()}
    customers = {"customers.csv": head(FIXTURES / "customers.csv")}
    if file == "churn.yaml":
        return customers
    return {**customers, "chats.jsonl": head(FIXTURES / "chats.jsonl")}


def extended(folder: Path, rules: Rules, tables: Mapping[str, str]) -> Sequence[str]:
    """The outputs of an increment to which every table comes once more, with other bytes."""
    place = folder / "in"
    for round_, blank in (("1", ""), ("2", "\n")):
        (place / round_).mkdir(parents=True)
        for name, text in tables.items():
            (place / round_ / name).write_text(text + blank, "utf-8")
        earlier = folder / "1" if round_ == "2" else None
        run(Request(rules, [str(place)], folder / round_, key=KEY, incremental=earlier))
    assert all(check.passed for check in verify(folder / "2"))
    made = (folder / "2" / "data").rglob("*")
    return sorted(
        p.relative_to(folder / "2" / "data").as_posix()
        for p in made
        if p.is_file() and p.name[0] != "."
    )


@pytest.mark.parametrize("file", [name for name in FILES if name != "churn.yaml"])
def test_a_ready_rule_file(tmp_path: Path, file: str) -> None:
    tables = tables_of(file)
    made = extended(tmp_path, load_rules(RULES / file), tables)
    assert made == sorted(f"2/{name}" for name in tables)


def test_a_ready_rule_file_that_asks_for_classes_says_why_not(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught:
        (tmp_path / "in").mkdir()
        text = (FIXTURES / "customers.csv").read_text("utf-8")
        (tmp_path / "in" / "customers.csv").write_text(text, "utf-8")
        for name, earlier in (("1", None), ("2", tmp_path / "1")):
            rules = load_rules(RULES / "churn.yaml")
            run(
                Request(
                    rules, [str(tmp_path / "in")], tmp_path / name, key=KEY, incremental=earlier
                )
            )
    assert caught.value.code == "increment-privacy"


@pytest.mark.parametrize("pack", pack_names())
def test_a_pack(tmp_path: Path, pack: str) -> None:
    (tmp_path / "rules.yaml").write_text(NOTE.format(pack=pack), "utf-8")
    row = json.dumps({"email": "ann@example.org", "note": "ann@example.org, 212-555-0152"})
    made = extended(tmp_path, load_rules(tmp_path / "rules.yaml"), {"a.jsonl": f"{row}\n"})
    assert made == ["2/a.jsonl"]
