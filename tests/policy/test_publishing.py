"""What is published of a rule file confirms no guess: literals are behind the key."""

from __future__ import annotations

from copy import deepcopy
from hashlib import sha1
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import scrubber
from scrubber.errors import GateError
from scrubber.policy import load_rules, rules_from_mapping
from scrubber.policy.publishing import has_literals, published
from scrubber.run.pinned_plan import plan_document
from scrubber.run.request import Request
from scrubber.run.run import run
from scrubber.run.survey import survey
from scrubber.run.work_ids import work_ids
from scrubber.transform.keys import RootKey

KEY, OTHER = RootKey(bytes(range(32))), RootKey(bytes(range(32, 64)))
BASE: dict[str, Any] = {
    "version": 1,
    "detect": {"ner": "none", "deny_list": {"PROJECT": ["Bluebird"]}, "allow_list": ["Acme"]},
    "fields": [{"name": "a", "entities": {"default": "redact"}}, {"name": "b", "keep": "why"}],
}


def with_(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    rules = deepcopy(BASE)
    node = rules
    for step in path[:-1]:
        node = node.setdefault(step, {}) if isinstance(node, dict) else node[step]
    node[path[-1]] = value
    return rules


def recognizer(**parts: Any) -> dict[str, Any]:
    return {"name": "t", "supported_entity": "T", **parts}


def pattern(regex: str) -> dict[str, Any]:
    return recognizer(patterns=[{"name": "p", "regex": regex, "score": 0.8}])


FIELD = ("fields", 0)
LITERALS = [
    (("detect", "deny_list"), {"PROJECT": ["Ann Poe"]}, {"PROJECT": ["Bob Roe"]}),
    (("detect", "deny_list"), {"PROJECT": ["Ann"]}, {"PROJECT": ["Bob", "Eve", "Zoe"]}),
    (("detect", "allow_list"), ["Ann Poe"], ["Bob Roe"]),
    (("detect", "recognizers"), [pattern("Ann Poe")], [pattern("Bob Roe")]),
    (("detect", "recognizers"), [recognizer(deny_list=["Ann"])], [recognizer(deny_list=["Bob"])]),
    (
        ("detect", "rules"),
        [{"exclude": {"regex": "Ann", "entity": "URL"}}],
        [{"exclude": {"regex": "Bob", "entity": "URL"}}],
    ),
    (
        ("detect", "rules"),
        [{"hotword": "Ann", "entity": "URL", "score": 1}],
        [{"hotword": "Bob", "entity": "URL", "score": 1}],
    ),
    (("rows",), [{"drop": "b = 'Ann'", "reason": "r"}], [{"drop": "b = 'Bob'", "reason": "r"}]),
    (
        ("rows",),
        [{"drop": "length(b) > 78051120", "reason": "r"}],
        [{"drop": "length(b) > 1", "reason": "r"}],
    ),
    (
        ("fields",),
        [{"name": "b", "when": "a = 'Ann'", "transform": "drop"}, {"name": "*", "keep": "why"}],
        [{"name": "b", "when": "a = 'Bob'", "transform": "drop"}, {"name": "*", "keep": "why"}],
    ),
    (FIELD, {"name": "a", "transform": {"replace": {"with": "Ann"}}},
            {"name": "a", "transform": {"replace": {"with": "Bob"}}}),
    (FIELD, {"name": "a", "transform": {"map": {"values": {"Ann": "x"}}}},
            {"name": "a", "transform": {"map": {"values": {"Bob": "y", "Eve": "z"}}}}),
    (FIELD, {"name": "a", "transform": {"map": {"values": ["Ann"], "other": "Poe"}}},
            {"name": "a", "transform": {"map": {"values": ["Bob"], "other": "Roe"}}}),
    (FIELD, {"name": "a", "entities": {"PROJECT": {"replace": {"with": "Ann"}}}},
            {"name": "a", "entities": {"PROJECT": {"replace": {"with": "Bob"}}}}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "one", "other"), LITERALS)
def test_literals_are_told_apart_under_the_key_alone(
    path: tuple[Any, ...], one: Any, other: Any
) -> None:
    a, b = (rules_from_mapping(with_(path, value)) for value in (one, other))
    assert a.literals
    assert b.literals
    assert a.published == b.published
    assert a.digest != b.digest
    # the work of one is never taken for that of the other, without a key too
    table = {"t": pa.schema([("a", pa.string()), ("b", pa.string())])}
    from scrubber.policy import compile_plan

    assert work_ids(a, compile_plan(a, table), None) != work_ids(b, compile_plan(b, table), None)


CHANGES = [
    (("on_error",), "drop_row"),
    (("on_unlisted",), "drop"),
    (("detect", "entities"), ["URL"]),
    (("detect", "score_thresholds"), {"default": 0.5}),
    (("detect", "deny_list"), {"CLIENT": ["Bluebird"]}),
    (("detect", "allow_list"), []),
    (("detect", "consistency"), []),
    (("fields", 0, "entities"), {"default": "mask"}),
    (("fields", 0, "entities"), {"default": "redact", "PROJECT": {"keep": "why"}}),
    (("fields", 1), {"name": "b", "keep": "another reason"}),
    (("fields", 1), {"name": "c", "keep": "why"}),
    (("fields", 1), {"name": "b", "transform": {"mask": {"keep_last": 2}}}),
    (("fields", 1), {"name": "b", "transform": {"email": {"keep": "tld"}}}),
    (("fields", 1), {"name": "b", "transform": {"url": {"keep": ["host"]}}}),
    (("fields", 1), {"name": "b", "transform": {"clip": {"upper": 7}}}),
    (("rows",), [{"drop": "b is null", "reason": "r"}]),
    (("key",), {"env": "K"}),
    (("gates",), {"max_residual_rate": 0.1}),
]


@pytest.mark.parametrize(("path", "value"), CHANGES)
def test_what_is_no_literal_changes_what_is_published(path: tuple[Any, ...], value: Any) -> None:
    changed = rules_from_mapping(with_(path, value))
    assert changed.published != rules_from_mapping(BASE).published


def test_conditions_keep_their_shape() -> None:
    rows = [{"drop": "b = 'Ann' OR length(b) > 7", "reason": "r"}]
    (shown,) = published(with_(("rows",), rows))["rows"]
    assert shown == {"drop": "b = '…' OR length(b) > …", "reason": "r"}


WORDS: list[dict[str, Any]] = [
    {"token": {"domain": "d", "normalize": "casefold"}},
    {"email": {"keep": "tld", "rest": "token"}},
    {"url": {"keep": ["host", "path"]}},
    {"clip": {"upper": 7, "to": "null"}},
    {"map": {"values": "file.csv", "unlisted": "keep"}},
]


@pytest.mark.parametrize("transform", WORDS)
def test_a_file_without_literals_says_so(transform: dict[str, Any]) -> None:
    plain = {"version": 1, "fields": [{"name": "a", "transform": transform}]}
    assert not has_literals(plain)
    assert has_literals(BASE)


def _written(folder: Path, name: str) -> Path:
    path = folder / "r.yaml"
    path.write_text(
        "version: 1\ndetect: {ner: none, deny_list: {PROJECT: [" + name + "]}}\n"
        "key: {env: SCRUBBER_KEY}\nfields: [{name: a, entities: {default: redact}}]\n"
    )
    return path


@pytest.mark.parametrize("key", [KEY, None])
def test_no_guess_at_a_deny_list_can_be_confirmed_by_a_manifest(
    tmp_path: Path, key: RootKey | None
) -> None:
    """Whoever has everything but the name tries it against all that the manifest holds."""
    path = _written(tmp_path, "Hasslund")
    rules = load_rules(path)
    mapping = {**rules.tree.data}
    if key is None:
        del mapping["key"]
    table = pa.table({"a": ["x"]})
    shown = scrubber.scrub(table, rules if key else mapping, key=key).manifest.to_bytes().decode()
    raw = path.read_bytes()
    blob = sha1(f"blob {len(raw)}\0".encode() + raw, usedforsecurity=False).hexdigest()
    for digest in (rules.digest, rules_from_mapping(mapping).digest, blob):
        assert digest not in shown
    if key is not None:
        other = scrubber.scrub(table, load_rules(_written(tmp_path, "Birnbaum")), key=OTHER)
        policy = other.manifest.to_json()["policy"]
        assert policy["digest"] in shown
        assert policy["keyed_digest"] not in shown
        assert policy["reference"] is None


def test_a_run_is_held_to_the_literals_of_its_plan(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a\nHasslund\n")
    inputs = [str(tmp_path / "t.csv")]
    rules = load_rules(_written(tmp_path, "Hasslund"))
    surveyed = survey(rules, inputs)
    pinned, blind = (plan_document(rules, surveyed, (), key) for key in (KEY, None))
    run(Request(rules, inputs, tmp_path / "out", key=KEY, pinned=pinned))
    other = load_rules(_written(tmp_path, "Birnbaum"))
    for given, key, document, why in (
        (other, KEY, pinned, "not the same"),
        (rules, OTHER, pinned, "not the same"),
        (rules, KEY, blind, "not held"),
    ):
        with pytest.raises(GateError, match=f"plan-drift.*literals of the rules: {why}"):
            run(Request(given, inputs, tmp_path / "none", key=key, pinned=document))
        assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("public", [False, True])
def test_the_words_of_a_condition_are_published_only_where_the_rule_says_so(public: bool) -> None:
    when = {"name": "b", "when": "c = 'Ann'", "public": public, "transform": "redact"}
    fields = [when, {"name": "b", "transform": "redact"}, {"name": "c", "transform": "drop"}]
    drop = {"drop": "c = 'no''t' AND b <> 'x'", "reason": "r", "public": public}
    rules = {"version": 1, "fields": fields, "rows": [drop]}
    assert has_literals(rules) is not public
    manifest = scrubber.scrub(pa.table({"b": ["1"], "c": ["2"]}), rules).manifest
    text = manifest.to_bytes().decode()
    assert ("'no''t'" in text, "'Ann'" in text) == (public, public)
    stated = {
        rule["id"]: {one["name"]: one["value"] for one in rule["parameters"]}
        for rule in manifest.data["policy"]["rules"]
    }
    words = "c = 'no''t' AND b <> 'x'" if public else "c = ? AND b <> ?"
    assert stated["rows[0]"]["condition"] == words
