"""The editors' schema and the reference are made from the models, and are current."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from scrubber.policy import json_schema, rules_reference
from scrubber.transform import TRANSFORMS

ROOT = Path(__file__).parents[2]
EXAMPLE = """
version: 1
include: [base.yaml]
dataset:
  name: support_tickets
  sources: [{name: crm-export, method: exported, period: 2026-01/2026-06, geography: [EU]}]
  purpose: [a, b]
  consent: {reference: DPIA-17, status: granted}
  commitments: [{id: C1, text: "No direct identifiers leave the EU"}]
  retention: {delete_by: "2027-06-30"}
key: {env: SCRUBBER_KEY}
on_unlisted: error
subject: customer_id
detect:
  languages: [en]
  ner: builtin
  entities: [PERSON]
  score_thresholds: {default: 0.4, PERSON: 0.5}
  deny_list: {PROJECT_CODE: [Bluebird, Osprey]}
  recognizers:
    - {name: t, supported_entity: T, patterns: [{name: t, regex: 'x', score: 0.8}]}
  rules:
    - {hotword: 'ssn', window_before: 30, entity: US_SSN, score: 0.95}
    - {exclude: {entity: EMAIL_ADDRESS, regex: '@example'}}
fields:
  - {name: customer_id, class: direct_identifier, transform: {token: {domain: customer}}}
  - {name: [first_name, last_name], transform: drop, linked_as: PERSON}
  - {name: age, class: quasi_identifier, transform: {bin: {width: 10, top: 90}}}
  - {name: diagnosis, class: sensitive, keep: "the label"}
  - {name: c, transform: {mask: {masking_char: "#"}}}
  - name: "messages[].content"
    class: text
    entities: {default: redact, PERSON: surrogate, LOCATION: {replace: {new_value: "x"}}, URL: {keep: public}}
    linked: [first_name]
rows: [{drop: "consent = false", reason: "no consent"}]
privacy: {k: 11, suppression_limit: 0.05, hierarchies: {zip: zip.csv}, l: 2, t: 0.3}
gates: {max_residual_rate: 0.001, min_k: 11}
tests: [{given: {a: null}, expect: {a: "x"}}]
"""  # noqa: E501


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_the_schema_accepts_the_whole_language(validator: Draft202012Validator) -> None:
    assert not list(validator.iter_errors(yaml.safe_load(EXAMPLE)))


TYPOS: list[tuple[str, Any]] = [
    ("version", 2),
    ("feilds", []),
    ("on_error", "skip"),
    ("subject", None),
    ("key", {"env": "A", "file": "b"}),
    ("key", {"enf": "A"}),
    ("detect", {"entitys": []}),
    ("detect", {"ner": "nonne"}),
    ("detect", {"score_thresholds": {"default": 2}}),
    ("fields", [{"transform": "drop"}]),
    ("fields", [{"name": "a", "transform": "tokn"}]),
    ("fields", [{"name": "a", "transform": {"token": {"domian": "x"}}}]),
    ("fields", [{"name": "a", "transform": {"token": {}, "mask": {}}}]),
    ("fields", [{"name": "a", "transform": {"prefix": {}}}]),
    ("fields", [{"name": "a", "class": "quasi"}]),
    ("fields", [{"name": "a", "entities": {"default": "drop"}}]),
    ("fields", [{"name": "a", "entities": {"default": {"date_shift": {"max_days": 1}}}}]),
    ("rows", [{"drop": "a = 1"}]),
    ("privacy", {"kk": 3}),
]


@pytest.mark.parametrize(("key", "value"), TYPOS)
def test_the_schema_refuses_a_typo(validator: Draft202012Validator, key: str, value: Any) -> None:
    assert list(validator.iter_errors({"version": 1, key: value}))


def test_every_transform_is_in_the_schema_and_in_the_reference() -> None:
    reference = rules_reference()
    definitions = json_schema()["$defs"]
    for name in TRANSFORMS:
        assert f"### {name}\n" in reference
        assert name in definitions["Transform"]["anyOf"][1]["properties"]


def test_the_reference_is_current() -> None:
    written = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert written == rules_reference(), "write rules_reference() to docs/rules.md"


def test_editors_are_offered_packs_and_entities_and_accept_any_other() -> None:
    schema = json_schema()
    offered = schema["properties"]["include"]["items"]["anyOf"][0]["enum"]
    assert "pack:secrets" in offered
    rule = schema["$defs"]["FieldRule"]["properties"]
    assert {"default", "EMAIL_ADDRESS", "PERSON"} <= rule["entities"]["properties"].keys()
    written = {
        "version": 1,
        "include": ["pack:secrets", "own.yaml"],
        "as_of": "run",
        "detect": {"entities": ["PERSON", "TICKET"]},
        "fields": [{"name": "a", "entities": {"PERSON": "redact", "TICKET": "redact"}}],
    }
    Draft202012Validator(schema).validate(written)
