"""Batches of somebody else's pipeline: what a record becomes is what scrub makes of it."""

from __future__ import annotations

import pickle
from typing import Any

import pyarrow as pa
import pytest

import scrubber
from scrubber.errors import GateError, InputError, KeyFault, NotAvailable, RuleError, TransformError

KEY = bytes(range(32)).hex()
RULES: dict[str, Any] = {
    "version": 1,
    "key": {"env": "SCRUBBER_TEST_KEY"},
    "detect": {"ner": "none", "entities": ["EMAIL_ADDRESS"]},
    "rows": [{"drop": "age > 90", "reason": "too old"}],
    "fields": [
        {"name": "id", "class": "direct_identifier", "transform": {"token": {"domain": "d"}}},
        {"name": "age", "class": "quasi_identifier", "transform": {"bin": {"width": 10}}},
        {"name": "text", "class": "text", "entities": {"default": "redact"}},
    ],
}
TABLE = pa.table(
    {
        "id": [f"u{i % 7}" for i in range(40)],
        "age": [i * 3 for i in range(40)],
        "text": [None, "", "mail ann@example.com", "ünï 👩‍👩‍👧"] * 10,
    }
)


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRUBBER_TEST_KEY", KEY)


def test_batches_give_what_the_whole_gives() -> None:
    scrubs = scrubber.ScrubBatches(RULES)
    pieces = [scrubs(TABLE.slice(start, 7)) for start in range(0, 42, 7)]
    assert pa.concat_tables(pieces).equals(scrubber.scrub(TABLE, RULES).data)
    assert scrubs(TABLE.slice(0, 0)).schema.equals(pieces[0].schema)


def test_it_is_pickled_without_the_key() -> None:
    scrubs = scrubber.ScrubBatches(RULES)
    before = scrubs(TABLE)
    raw = pickle.dumps(scrubs)
    assert bytes.fromhex(KEY) not in raw
    assert KEY.encode() not in raw
    assert pickle.loads(raw)(TABLE).equals(before)


@pytest.mark.parametrize(
    "more",
    [
        {"privacy": {"k": 2, "hierarchies": {"age": [{"bin": {"width": 10}}]}}},
        {"gates": {"max_residual_rate": 0.5}},
    ],
)
def test_what_only_the_whole_table_tells_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(NotAvailable) as caught:
        scrubber.ScrubBatches({**RULES, **more})
    assert caught.value.code == "whole-table"


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        (pa.table({"id": ["a"], "age": [1], "text": ["x"], "new": ["y"]}), RuleError),
        (pa.table({"id": ["a"], "age": ["zqxsecret"], "text": ["x"]}), TransformError),
        (pa.table([["a"], ["b"]], names=["id", "id"]), InputError),
    ],
)
def test_errors_are_those_of_scrub(table: pa.Table, kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught:
        scrubber.ScrubBatches({**RULES, "rows": []})(table)
    assert "zqxsecret" not in repr(caught.value)


def test_a_key_that_no_one_names() -> None:
    rules = {name: part for name, part in RULES.items() if name != "key"}
    with pytest.raises(KeyFault) as caught:
        scrubber.ScrubBatches(rules)(TABLE)
    assert caught.value.code == "key-missing"


def test_a_batch_in_an_unmeasured_language_is_refused_unless_the_rules_decide() -> None:
    detect = {"ner": "builtin", "entities": ["PERSON"]}
    field = {"name": "text", "class": "text", "entities": {"default": "redact"}}
    greek = pa.table({"text": ["we met Martin Miller there", "Καλημέρα, πώς είστε"]})
    with pytest.raises(GateError, match="language-unmeasured"):
        scrubber.ScrubBatches({"version": 1, "detect": detect, "fields": [field]})(greek)
    detect["languages"] = {"unmeasured": "drop"}  # type: ignore[assignment]
    scrubs = scrubber.ScrubBatches({"version": 1, "detect": detect, "fields": [field]})
    assert scrubs(greek)["text"].to_pylist() == ["we met {PERSON} there"]
