"""A run over JSON whose paths hold several kinds, and whose keys are data, from file to file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import scrubber
from scrubber.errors import RuleError

KEY = bytes(range(32))
MAIL, GONE = "write to ann@example.com", "write to {EMAIL_ADDRESS}"
TEXT = {"class": "text", "entities": {"default": "redact"}}
TOKEN = {"class": "direct_identifier", "transform": {"token": {"domain": "person"}}}
ID: dict[str, Any] = {"name": "id", "keep": "a number"}


def run(folder: Path, records: list[dict[str, Any]], *fields: dict[str, Any]) -> list[Any]:
    (folder / "a.jsonl").write_text("".join(json.dumps(one) + "\n" for one in records))
    detect = {"ner": "none", "entities": ["EMAIL_ADDRESS"]}
    rules = {"version": 1, "detect": detect, "fields": [*fields, ID]}
    scrubber.scrub(str(folder / "a.jsonl"), rules, out=str(folder / "out"), key=KEY)
    text = (folder / "out/data/a.jsonl").read_text()
    return [json.loads(line)["x"] for line in text.splitlines()]


Case = tuple[str, list[Any], list[dict[str, Any]], list[Any]]
CASES: list[Case] = [
    ("the name of the path covers the string, that below the list its parts",
     [MAIL, [{"text": MAIL, "n": 1}], None, []],
     [{"name": "x", **TEXT}, {"name": "x[].text", **TEXT}, {"name": "x[].n", "keep": "n"}],
     [GONE, [{"text": GONE, "n": 1}], None, []]),
    ("every text below, and numbers by another rule",
     [MAIL, [{"text": MAIL, "n": 1}], 7, {"y": {"z": [MAIL]}}],
     [{"name": "x.**", **TEXT}, {"name": "x.**", "keep": "numbers"}],
     [GONE, [{"text": GONE, "n": 1}], 7, {"y": {"z": [GONE]}}]),
    ("a kind is named by itself",
     [MAIL, 7, True],
     [{"name": "x.{text}", **TEXT}, {"name": "x.{number}", "transform": "redact"},
      {"name": "x", "keep": "a flag"}],
     [GONE, "{REDACTED}", True]),
    ("a kind that is dropped leaves null",
     [MAIL, 7],
     [{"name": "x.{text}", "transform": "drop"}, {"name": "x", "keep": "n"}],
     [None, 7]),
    ("keys that are data",
     [{"ann@example.com": MAIL}, {"bo@example.com": None}, {}],
     [{"name": "x.{key}", "transform": {"mask": {}}},
      {"name": "x.{value}", **TEXT}],
     [{"***************": GONE}, {"**************": None}, {}]),
    ("keys, as entries of a list", [{"ann@example.com": 1}],
     [{"name": "x[].key", "transform": {"mask": {}}}, {"name": "x[].value", "keep": "n"}],
     [{"***************": 1}]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "fields", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_each_kind_by_its_rule(
    tmp_path: Path, values: list[Any], fields: list[dict[str, Any]], expected: list[Any]
) -> None:
    records = [{"id": i, "x": value} for i, value in enumerate(values)]
    assert run(tmp_path, records, *fields) == expected


def test_one_customer_has_one_token_as_a_number_and_as_digits(tmp_path: Path) -> None:
    one, other, third = run(
        tmp_path, [{"id": 1, "x": x} for x in (7, "7", 8)], {"name": "x", **TOKEN}
    )
    assert one == other != third


def test_a_condition_does_not_compare_several_kinds(tmp_path: Path) -> None:
    """Polars compares all of them with a number, and finds that none is, or every one."""
    (tmp_path / "a.jsonl").write_text('{"id":1,"x":7}\n{"id":2,"x":"7"}\n')
    for condition in ("x = 7", "x <> 7", "x = '7'"):
        rows = [{"drop": condition, "reason": "a test"}]
        rules = {"version": 1, "rows": rows, "fields": [{"name": "**", "keep": "a test"}]}
        with pytest.raises(RuleError, match="row-type"):
            scrubber.scrub(str(tmp_path / "a.jsonl"), rules, out=str(tmp_path / "out"))


UNDECIDED = [
    ("parts", [[{"text": MAIL}], MAIL], {"name": "x", **TEXT}, "x[].text", "unlisted-field"),
    ("keys", [{"ann@example.com": 1}], {"name": "x.{value}", "keep": "n"}, "x.{key}", "unlisted"),
    ("numbers as text", [MAIL, 7], {"name": "x", **TEXT}, "x.{number}", "entities-not-text"),
]


@pytest.mark.parametrize(
    ("values", "field", "path", "code"), [c[1:] for c in UNDECIDED], ids=[c[0] for c in UNDECIDED]
)
def test_no_kind_is_passed_over(
    tmp_path: Path, values: list[Any], field: dict[str, Any], path: str, code: str
) -> None:
    with pytest.raises(RuleError) as caught:
        run(tmp_path, [{"id": 1, "x": value} for value in values], field)
    assert path in str(caught.value)
    assert code in str(caught.value)
    assert not (tmp_path / "out").exists()
