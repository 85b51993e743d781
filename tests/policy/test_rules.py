"""Rule files: one bad file for every code, each problem at its place, and all at once."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.detect.spec import Exclude, Hotword
from scrubber.errors import RuleError
from scrubber.policy import detect_spec, load_rules, public_parameters, rules_from_mapping
from scrubber.policy.plan import Apply, Drop, Keep, KeyRef, KeySource, OnError, ScrubText
from scrubber.policy.rules import Rules
from scrubber.transform import TRANSFORMS
from scrubber.transform.erase import Mask, Redact, Replace
from scrubber.transform.generalize import Bin, Hierarchy
from scrubber.transform.pseudonymize import Token
from tests.examples import examples

HEAD = "version: 1\nkey: {env: K}\n"
GOOD = r"""version: 1
dataset:
  name: support_tickets
  sources: [{name: crm-export, method: exported, period: 2026-01/2026-06, geography: [EU]}]
  purpose: train a ticket classifier
  legal_basis: legitimate-interest
  consent: {reference: DPIA-17, status: granted}
  commitments: [{id: C1, text: "No direct identifiers leave the EU"}]
  retention: {delete_by: 2027-06-30}
key: {env: SCRUBBER_KEY}
on_unlisted: error
on_error: drop_row
subject: customer_id
detect:
  languages: [en]
  ner: none
  entities: [EMAIL_ADDRESS, PHONE_NUMBER, US_SSN]
  score_thresholds: {default: 0.4, US_SSN: 0.5}
  allow_list: [Acme]
  deny_list: {PROJECT_CODE: [Bluebird, Osprey]}
  recognizers:
    - {name: ticket, supported_entity: TICKET_ID, patterns: [{name: t, regex: 'TCK-\d{6}', score: 0.8}], context: [ticket]}
  rules:
    - {hotword: 'ssn', window_before: 30, entity: US_SSN, score: 0.95}
    - {exclude: {entity: EMAIL_ADDRESS, regex: '@example\.com$'}}
fields:
  - {name: customer_id, class: direct_identifier, transform: {token: {domain: customer}}}
  - {name: [first_name, last_name], class: direct_identifier, transform: drop}
  - {name: email, class: direct_identifier, transform: {surrogate: {entity: EMAIL_ADDRESS}}}
  - {name: age, class: quasi_identifier, transform: {bin: {width: 10, top: 90}}}
  - {name: zip, class: quasi_identifier, transform: {prefix: {keep: 3}}}
  - {name: opened_at, transform: {date_shift: {max_days: 30}}}
  - {name: diagnosis, class: sensitive, keep: "the label that the model learns"}
  - name: "messages[].content"
    class: text
    entities: {default: redact, EMAIL_ADDRESS: surrogate, PROJECT_CODE: {replace: {with: "[p]"}}}
rows:
  - {drop: "consent = false", reason: "no consent"}
tests:
  - given: {customer_id: "7", age: 34, "messages[].content": "I am Ann Poe"}
    expect: {age: "[30, 40)", "messages[].content": "I am Ann Poe"}
"""  # noqa: E501


def load(tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> Rules:
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(text, encoding="utf-8")
    return load_rules("r.yaml")


def field(rule: str) -> str:
    return f"{HEAD}fields:\n  - {rule}\n"


def text_field(rule: str) -> str:
    return f"{HEAD}detect: {{ner: none}}\nfields:\n  - {rule}\n"


def detect(part: str) -> str:
    return f"version: 1\ndetect: {part}\n"


BAD: list[tuple[str, str]] = [
    # the shape
    ("version: 1\nfeilds: []\n", "2:1 [unknown-key]"),
    (field("{name: a, transfrom: drop}"), "4:15 [unknown-key]"),
    ("version: 1\non_error: fail\non_error: 'null'\n", "3:1 [duplicate-key]"),
    ("version: 1\non_unlisted: NO\n", "2:14 [yaml-boolean]"),
    ("fields: []\n", "1:1 [missing-key]"),
    ("version: 2\n", "1:10 [unknown-version]"),
    ("version: 1\nsubject:\n", "2:9 [no-value]"),
    ("version: 1\nsubject: 7\n", "2:10 [wrong-type]"),
    ("version: 1\nfields: {name: a}\n", "2:9 [wrong-type]"),
    ("version: 1\non_error: skip\n", "2:11 [unknown-value]"),
    (field("{name: [], transform: drop}"), "4:12 [wrong-type]"),
    (field("{transform: drop}"), "4:5 [missing-key]"),
    (field("{name: a, class: quasi_identifer, transform: drop}"), "4:22 [unknown-class]"),
    ("version: 1\ndataset: {sources: [{nmae: a}]}\n", "2:21 [missing-key] 2:22 [unknown-key]"),
    # the key
    ("version: 1\nkey: {env: A, file: b}\n", "2:1 [one-of]"),
    ("version: 1\nkey: {}\n", "2:1 [one-of]"),
    ("version: 1\nkey: {env: my key}\n", "2:12 [bad-value]"),
    (f"version: 1\nkey: {{file: {'0123456789abcdef' * 4}}}\n", "2:13 [key-in-rules]"),
    ("version: 1\nkey: {env: " + "QUJD" * 10 + "QUI=}\n", "2:12 [key-in-rules]"),
    ("version: 1\nfields:\n  - {name: a, transform: token}\n", "3:5 [key-missing-in-rules]"),
    # transforms
    (field("{name: a, transform: tokn}"), "4:15 [unknown-transform]"),
    (field("{name: a, transform: {token: {}, mask: {}}}"), "4:26 [wrong-type]"),
    (field("{name: a, transform: {token: {domian: x}}}"), "4:35 [unknown-key]"),
    (field("{name: a, transform: {token: {bits: many}}}"), "4:41 [wrong-type]"),
    (field("{name: a, transform: {token: {bits: 8}}}"), "4:34 [bad-parameter]"),
    (field("{name: a, transform: {token: {bits: 256}}}"), "4:34 [bad-parameter]"),
    (field("{name: a, transform: {token: {scope: datset}}}"), "4:42 [unknown-value]"),
    (field("{name: a, transform: prefix}"), "4:26 [missing-key]"),
    (field("{name: a, transform: {prefix: 3}}"), "4:35 [wrong-type]"),
    (field("{name: a, transform: {bin: {edges: [1, x]}}}"), "4:44 [wrong-type]"),
    (field("{name: a, transform: {drop: {x: 1}}}"), "4:33 [unknown-key]"),
    (field("{name: a, transform: {hash: {salt: x}}}"), "4:27 [bad-parameter]"),
    (field("{name: a, transform: {custom: {lambda: x}}}"), "4:27 [bad-parameter]"),
    (field("{name: a, transform: {encrypt: {key: x}}}"), "4:27 [bad-parameter]"),
    (
        field("{name: a, transform: {laplace: {epsilon: 0, lower: 0, upper: 1}}}"),
        "4:36 [bad-parameter]",
    ),
    (field("{name: a, transform: {randomized_response: {p: 0.7}}}"), "4:48 [missing-key]"),
    (field("{name: a, transform: surrogate}"), "4:15 [missing-key]"),
    (
        field("{name: a, transform: {hierarchy: {file: none.csv, level: 1}}}"),
        "4:45 [hierarchy-missing]",
    ),
    (field("{name: a, transform: {mask: {keep_last: 4}}}"), "4:26 [mask-keeps]"),
    (field("{name: a, transform: {mask: {chars_to_mask: 4}}}"), "4:26 [mask-keeps]"),
    (field("{name: a, transform: {date_part: {to: mont}}}"), "4:43 [unknown-value]"),
    (field("{name: a, transform: {date_part: {to: [year, month, day]}}}"), "4:38 [bad-parameter]"),
    (field("{name: a, transform: {url: {keep: [query]}}}"), "4:40 [unknown-value]"),
    (field("{name: a, transform: url}"), "4:26 [missing-key]"),
    (field("{name: a, transform: {clip: {to: null}}}"), "4:33 [bad-parameter]"),
    (field("{name: a, transform: {clip: {upper: null}}}"), "4:41 [no-value]"),
    (field("{name: a, transform: {map: {values: {a: [1]}}}}"), "4:41 [bad-parameter]"),
    (field("{name: a, transform: {map: {values: no.csv}}}"), "4:41 [hierarchy-missing]"),
    (
        field("{name: a, class: direct_identifier, transform: {clip: {upper: 1}}}"),
        "4:41 [direct-identifier-kept]",
    ),
    # steps
    (field("{name: a, transform: []}"), "4:26 [wrong-type]"),
    (field("{name: a, transform: [{email: {}}, drop]}"), "4:40 [not-a-step]"),
    (
        field("{name: a, transform: [{date_part: {to: year}}, {clip: {to: bound}}]}"),
        "4:59 [bad-parameter]",
    ),
    (
        field("{name: a, transform: [{date_shift: {max_days: 3}}, {date_shift: {max_days: 3}}]}"),
        "4:56 [not-a-step]",
    ),
    (
        field("{name: a, class: direct_identifier, transform: [{clip: {upper: 1}}]}"),
        "4:41 [direct-identifier-kept]",
    ),
    # decisions
    (field("{name: a}"), "4:5 [undecided-field]"),
    (field("{name: a, class: quasi_identifier}"), "4:5 [undecided-field]"),
    (field("{name: a, class: text}"), "4:5 [text-without-entities]"),
    (field("{name: a, transform: keep}"), "4:15 [keep-without-reason]"),
    (field("{name: a, keep: ''}"), "4:21 [keep-without-reason]"),
    (field("{name: a, keep: ' '}"), "4:15 [keep-without-reason]"),
    (field("{name: a, keep: true}"), "4:21 [wrong-type]"),
    (
        field("{name: a, class: direct_identifier, keep: 'x'}"),
        "4:41 [direct-identifier-kept]",
    ),
    (field("{name: a, class: text, keep: 'x'}"), "4:28 [text-without-entities]"),
    (field("{name: a, transform: drop, keep: x}"), "4:32 [one-of]"),
    # text
    (
        text_field("{name: a, class: direct_identifier, entities: {default: redact}}"),
        "5:41 [direct-identifier-kept]",
    ),
    (text_field("{name: a, entities: {}}"), "5:25 [text-without-entities]"),
    (
        text_field("{name: a, entities: {default: {keep: x}}}"),
        "5:25 [text-without-entities]",
    ),
    (text_field("{name: a, entities: {default: drop}}"), "5:26 [not-for-text]"),
    (
        text_field("{name: a, entities: {default: {date_shift: {max_days: 3}}}}"),
        "5:36 [not-for-text]",
    ),
    (text_field("{name: a, entities: {default: {clip: {upper: 3}}}}"), "5:36 [not-for-text]"),
    (text_field("{name: a, entities: {URL: keep}}"), "5:26 [keep-without-reason]"),
    (text_field("{name: a, entities: {EMAIL_ADRESS: redact}}"), "5:40 [unknown-entity]"),
    (text_field("{name: a, entities: {PERSON: redact}}"), "5:34 [no-detector]"),
    (
        text_field("{name: a, entities: {US_SSN: redact}}").replace(
            "ner: none", "ner: none, entities: [URL]"
        ),
        "5:26 [not-looked-for]",
    ),
    # detect
    (detect("{ner: nonne}"), "2:15 [unknown-value]"),
    (detect("{ner: none, languages: []}"), "2:32 [wrong-type]"),
    (detect("{ner: none, entities: []}"), "2:31 [wrong-type]"),
    (detect("{ner: none, entities: [EMAIL_ADRESS]}"), "2:32 [unknown-entity]"),
    (detect("{ner: none, entities: [PERSON]}"), "2:32 [no-detector]"),
    (detect("{ner: none, score_thresholds: {default: 2}}"), "2:49 [out-of-range]"),
    (detect("{ner: none, score_thresholds: {USSSN: 0.5}}"), "2:47 [unknown-entity]"),
    (detect("{ner: none, rules: [{exclude: {regex: '('}}]}"), "2:47 [bad-regex]"),
    (detect("{ner: none, rules: [{hotword: a, exclude: {regex: a}}]}"), "2:29 [one-of]"),
    (detect("{ner: none, rules: [{hotword: a, entity: URL}]}"), "2:29 [missing-key]"),
    (detect("{ner: none, recognizers: [{patterns: []}]}"), "2:35 [missing-key]"),
    (
        detect(
            "{ner: none, recognizers: [{name: t, supported_entity: T,"
            " patterns: [{name: t, regex: '[', score: 1}]}]}"
        ),
        "2:94 [bad-regex]",
    ),
    # later issues: refused, and looked at
    (f"{HEAD}gates: {{min_k: 1}}\n", "3:16 [out-of-range]"),
    (f"{HEAD}gates: {{max_residual_rate: 2}}\n", "3:28 [out-of-range]"),
    (f"{HEAD}gates: {{rescan: some}}\n", "3:17 [unknown-value]"),
    (f"{HEAD}privacy: {{k: 5}}\ngates: {{min_k: 11}}\n", "4:16 [k-below-gate]"),
    # privacy
    (f"{HEAD}privacy: {{kk: 11}}\n", "3:10 [missing-key] 3:11 [unknown-key]"),
    (f"{HEAD}privacy: {{k: 1}}\n", "3:14 [out-of-range]"),
    (f"{HEAD}privacy: {{k: 2, suppression_limit: 2}}\n", "3:36 [out-of-range]"),
    (f"{HEAD}privacy: {{k: 2, method: flash}}\n", "3:25 [unknown-value]"),
    (f"{HEAD}privacy: {{k: 2, metric: loose}}\n", "3:25 [unknown-value]"),
    (f"{HEAD}privacy: {{k: 2, weights: {{a: 0}}}}\n", "3:30 [out-of-range]"),
    (f"{HEAD}privacy: {{k: 2, l: 1}}\n", "3:20 [out-of-range]"),
    (f"{HEAD}privacy: {{k: 2, l: {{a: {{l: 2, kind: some}}}}}}\n", "3:37 [unknown-value]"),
    (f"{HEAD}privacy: {{k: 2, t: {{a: {{}}}}}}\n", "3:24 [missing-key]"),
    (f"{HEAD}privacy: {{k: 2, time_limit: 0}}\n", "3:29 [out-of-range]"),
    (f"{HEAD}privacy: {{k: 2, hierarchies: {{a: 3}}}}\n", "3:34 [wrong-type]"),
    (f"{HEAD}privacy: {{k: 2, hierarchies: {{a: ''}}}}\n", "3:34 [wrong-type]"),
    (f"{HEAD}privacy: {{k: 2, hierarchies: {{a: no.csv}}}}\n", "3:34 [hierarchy-missing]"),
    (f"{HEAD}privacy: {{k: 2, hierarchies: {{a: [redact]}}}}\n", "3:35 [not-a-level]"),
    (f"{HEAD}privacy: {{k: 2, hierarchies: {{a: [{{prefix: {{}}}}]}}}}\n", "3:44 [missing-key]"),
    (
        "version: 1\nprivacy: {k: 2}\nfields:\n  - {name: a, class: quasi_identifier, keep: 'x'}\n",
        "4:40 [quasi-identifier-kept]",
    ),
    # linked values
    (field("{name: a, transform: drop, linked: [b]}"), "4:32 [linked-without-text]"),
    (field("{name: a, transform: drop, linked_as: PERSN}"), "4:43 [unknown-entity]"),
    (field("{name: a, transform: drop, linked_as: [PERSON]}"), "4:43 [wrong-type]"),
    (
        text_field("{name: a, entities: {default: redact, PERSON: surrogate}, linked: [b]}"),
        "5:51 [no-detector]",
    ),
    # rows, tests, includes
    (f"{HEAD}rows: [{{drop: 'a = (', reason: x}}]\n", "3:15 [row-syntax]"),
    (f"{HEAD}rows: [{{drop: 'a > avg(a)', reason: x}}]\n", "3:15 [row-not-separable]"),
    (f"{HEAD}rows: [{{drop: 'a = 1'}}]\n", "3:8 [missing-key]"),
    (f"{HEAD}tests: [{{given: {{'a..b': 1}}, expect: {{a: 1}}}}]\n", "3:18 [bad-path]"),
    (f"{HEAD}tests: [{{given: {{}}, expect: {{a: 1}}}}]\n", "3:17 [bad-example]"),
    (f"{HEAD}tests: [{{given: {{a: 1, a.b: 1}}, expect: {{a: 1}}}}]\n", "3:17 [bad-example]"),
    ("version: 1\ninclude: base.yaml\n", "2:10 [wrong-type]"),
    ("version: 1\ninclude: [nope.yaml]\n", "2:11 [include-missing]"),
    ("version: 1\ninclude: [r.yaml]\n", "2:11 [include-cycle]"),
]


@pytest.mark.parametrize(("text", "expected"), BAD, ids=[expected for _, expected in BAD])
def test_a_bad_rule_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, expected: str
) -> None:
    with pytest.raises(RuleError) as caught:
        load(tmp_path, text, monkeypatch)
    lines = str(caught.value).splitlines()
    assert all(line.startswith("r.yaml:") for line in lines)
    found = [f"{p.mark.line}:{p.mark.column} [{p.code}]" for p in caught.value.problems]
    assert " ".join(sorted(found)) == " ".join(sorted(expected.replace("] ", "]|").split("|")))


HINTS = [
    ("version: 1\nfeilds: []\n", "did you mean fields?"),
    (field("{name: a, transform: tokn}"), "did you mean token?"),
    (field("{name: a, transform: {token: {domian: x}}}"), "did you mean domain?"),
    (field("{name: a, class: sensetive, keep: x}"), "did you mean sensitive?"),
    (detect("{ner: none, entities: [EMAIL_ADRESS]}"), "did you mean EMAIL_ADDRESS?"),
    (text_field("{name: a, entities: {PERSON: redact}}"), "ner: builtin"),
    ("version: 1\non_unlisted: NO\n", '"NO"'),
]


@pytest.mark.parametrize(("text", "hint"), HINTS)
def test_a_problem_says_what_was_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, hint: str
) -> None:
    with pytest.raises(RuleError) as caught:
        load(tmp_path, text, monkeypatch)
    assert hint in caught.value.problems[0].hint


def test_all_problems_come_at_once_and_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        "version: 1\nkey: {env: K}\non_unlisted: NO\nsubjct: id\nfields:\n"
        "  - {name: a, transform: tokn}\n  - {name: b, class: text}\n"
        "rows: [{drop: 'x = (', reason: r}]\nprivacy: {k: 1}\n"
    )
    with pytest.raises(RuleError) as caught:
        load(tmp_path, text, monkeypatch)
    assert [p.code for p in caught.value.problems] == [
        "yaml-boolean", "unknown-key", "unknown-transform", "text-without-entities",
        "row-syntax", "out-of-range",
    ]  # fmt: skip


LEFT_OUT: list[tuple[str, str]] = [
    # what is at fault is reported, and nothing follows from its absence
    (field("{name: a, transform: 7}"), "4:26 [wrong-type]"),
    (field("{name: a, entities: 7, linked: [b]}"), "4:25 [wrong-type]"),
    ("version: 1\nkey: {env: 7}\n", "2:12 [wrong-type]"),
    ("version: 1\nkey: {evn: K}\n", "2:7 [unknown-key]"),
    (detect("{ner: none, rules: [{hotwrod: a, entity: URL, score: 1}]}"), "2:30 [unknown-key]"),
    (detect("{ner: none, rules: [{hotword: a, entity: URL, score: 2}]}"), "2:62 [out-of-range]"),
    (detect("{ner: none, languages: [7]}"), "2:33 [wrong-type]"),
    (
        text_field("{name: a, entities: {OWN: redact}}").replace(
            "ner: none", "ner: none, deny_list: {OWN: [x, 7]}"
        ),
        "3:42 [wrong-type]",
    ),
    (
        "version: 1\nfields: [{name: a, class: quasi_identifier}]\nprivacy: {k: many}\n",
        "3:14 [wrong-type]",
    ),
    (field("{name: a, transform: {bin: {width: }}}"), "4:40 [no-value]"),
    # and what stands beside it is read
    (
        field("{name: a, class: direct_identifier, keep: x, reason: 7}"),
        "4:41 [direct-identifier-kept]|4:58 [wrong-type]",
    ),
    (
        "fields:\n  - {name: a, transform: tokn}\n  - 7\n  - {name: b, class: text}\n",
        "1:1 [missing-key]|2:15 [unknown-transform]|3:5 [wrong-type]|4:5 [text-without-entities]",
    ),
    (
        f"{HEAD}tests: [7, {{given: {{}}, expect: {{a: 1}}}}]\n",
        "3:9 [wrong-type]|3:20 [bad-example]",
    ),
]


@pytest.mark.parametrize(("text", "expected"), LEFT_OUT)
def test_what_is_at_fault_is_left_out_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, expected: str
) -> None:
    with pytest.raises(RuleError) as caught:
        load(tmp_path, text, monkeypatch)
    found = [f"{p.mark.line}:{p.mark.column} [{p.code}]" for p in caught.value.problems]
    assert "|".join(found) == expected


def test_settings_are_kept_as_they_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = load(
        tmp_path,
        f"{HEAD}fields: [{{name: a, class: quasi_identifier, transform: {{bin: {{width: 10}}}}}}]\n"
        "privacy: {k: 2, weights: {a: 3, b: 0.5}, l: {c: {l: 2}}, t: 1}\n"
        "dataset: {name: d, purpose: one, sources: [{name: s, geography: [EU]}]}\n",
        monkeypatch,
    )
    assert repr(rules.fields[0].disposition) == repr(Apply(Bin(width=10)))
    assert rules.privacy is not None
    assert repr(rules.privacy.weights) == "(('a', 3), ('b', 0.5))"
    assert [repr(model.value) for _, model in rules.privacy.models] == ["2", "1"]
    assert rules.declared["purpose"] == "one"
    assert "licence" not in rules.declared


def test_a_key_in_the_rules_is_not_repeated() -> None:
    secret = "0123456789abcdef" * 4
    with pytest.raises(RuleError) as caught:
        rules_from_mapping({"version": 1, "key": {"env": secret}})
    assert secret not in repr(caught.value) + str(caught.value)


def test_the_example_of_the_design(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = load(tmp_path, GOOD, monkeypatch)
    assert rules.path == "r.yaml"
    assert rules.key == KeyRef(KeySource.ENV, "SCRUBBER_KEY")
    assert rules.on_error is OnError.DROP_ROW
    assert rules.subject == "customer_id"
    assert rules.declared["retention"] == {"delete_by": "2027-06-30"}
    assert [rule.ref.id for rule in rules.fields] == [f"fields[{i}]" for i in range(8)]
    assert str(rules.fields[1].ref.mark) == "r.yaml:28:5"
    assert rules.selector_of("fields[1]") == "first_name, last_name"
    assert rules.selector_of("on_unlisted") == "*"
    dispositions = [rule.disposition for rule in rules.fields]
    assert dispositions[0] == Apply(Token(domain="customer"))
    assert dispositions[1] == Drop()
    assert dispositions[3] == Apply(Bin(width=10, top=90))
    assert dispositions[6] == Keep("the label that the model learns")
    text = dispositions[7]
    assert isinstance(text, ScrubText)
    assert text.default == Redact()
    assert text.operator("PROJECT_CODE") == Replace("[p]")
    spec = rules.detect
    assert spec.ner == "none"
    assert spec.entities == ("EMAIL_ADDRESS", "PHONE_NUMBER", "US_SSN")
    assert spec.score_thresholds == (("default", 0.4), ("US_SSN", 0.5))
    assert spec.deny_list == (("PROJECT_CODE", ("Bluebird", "Osprey")),)
    assert spec.hotwords == (Hotword("ssn", "US_SSN", 0.95, window_before=30),)
    assert spec.excludes == (Exclude(r"@example\.com$", "EMAIL_ADDRESS"),)
    assert spec.recognizers[0].startswith('{"context":["ticket"],"name":"ticket"')
    assert rules.rows[0].expression == "consent = false"
    assert rules.tests[0].expect["age"] == "[30, 40)"


def test_the_digest_follows_the_content_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = load(tmp_path, GOOD, monkeypatch).digest
    assert load(tmp_path, "# a comment\n" + GOOD, monkeypatch).digest == one
    assert load(tmp_path, GOOD.replace("keep: 3", "keep: 2"), monkeypatch).digest != one


PRESIDIO: list[tuple[Any, Any]] = [
    ({"replace": {"new_value": "x"}}, Replace("x")),
    ({"replace": {}}, Redact()),
    ("redact", Redact()),
    ({"mask": {"masking_char": "#"}}, Mask(char="#")),
    ({"hash": {"hash_type": "sha256"}}, Token()),
]


@pytest.mark.parametrize(("setting", "transform"), PRESIDIO)
def test_presidios_operators_by_name_and_parameters(setting: Any, transform: Any) -> None:
    tree = {
        "version": 1,
        "detect": {"ner": "none"},
        "fields": [{"name": "a", "entities": {"default": setting}}],
    }
    (rule,) = rules_from_mapping(tree).fields
    assert rule.disposition == ScrubText(transform)


def test_a_kept_entity_has_a_reason() -> None:
    fields = [{"name": "a", "entities": {"default": "redact", "URL": {"keep": "public"}}}]
    rules = rules_from_mapping({"version": 1, "detect": {"ner": "none"}, "fields": fields})
    disposition = rules.fields[0].disposition
    assert isinstance(disposition, ScrubText)
    assert disposition.operator("URL") == Keep("public")


def test_a_mask_that_keeps_much_is_a_quasi_identifier() -> None:
    rule = {"name": "a", "class": "quasi_identifier", "transform": {"mask": {"keep_last": 4}}}
    assert rules_from_mapping({"version": 1, "fields": [rule]}).fields


def test_a_program_may_give_the_key_itself() -> None:
    tree = {"version": 1, "fields": [{"name": "a", "transform": "token"}]}
    assert rules_from_mapping(tree).key is None


def test_problems_of_a_mapping_say_where_by_path() -> None:
    with pytest.raises(RuleError) as caught:
        rules_from_mapping({"version": 1, "fields": [{"name": "a", "transform": "tokn"}]})
    assert str(caught.value) == (
        "<rules>:1:1 [unknown-transform] fields[0].transform: unknown transform tokn,"
        " did you mean token?"
    )


# include


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text("version: 1\n" + text, encoding="utf-8")


def test_the_including_file_comes_first_and_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "packs").mkdir()
    write(
        tmp_path / "packs",
        one="key: {env: ONE}\nfields: [{name: a, transform: drop}, {name: b, transform: drop}]\n"
        "dataset: {name: one, licence: X}\ntests: [{given: {a: 1}, expect: {a: 1}}]\n",
        two="on_error: drop_row\ndataset: {name: two}\nfields: [{name: c, transform: drop}]\n"
        "rows: [{drop: 'c = 1', reason: r}]\ninclude: [one.yaml]\n",
    )
    write(
        tmp_path,
        main="include: [packs/one.yaml, packs/two.yaml]\nkey: {file: k}\non_error: fail\n"
        "fields: [{name: b, keep: why}]\nrows: [{drop: 'a = 1', reason: r}]\n",
    )
    rules = load_rules("main.yaml")
    assert rules.key == KeyRef(KeySource.FILE, "k")
    assert rules.on_error is OnError.FAIL
    assert rules.declared == {"name": "two", "licence": "X"}
    assert [rule.names for rule in rules.fields] == [("b",), ("c",), ("a",), ("b",)]
    assert [str(rule.ref.mark) for rule in rules.fields] == [
        "main.yaml:5:10", "packs/two.yaml:4:10", "packs/one.yaml:3:10", "packs/one.yaml:3:38",
    ]  # fmt: skip
    assert [rule.tolerant for rule in rules.fields] == [False, True, True, True]
    assert [rule.expression for rule in rules.rows] == ["a = 1", "c = 1"]
    assert rules.tests == ()
    assert [(o.what, str(o.winner), str(o.loser)) for o in rules.overrides] == [
        ("on_error", "main.yaml:4:1", "packs/two.yaml:2:1"),
        ("key", "main.yaml:3:1", "packs/one.yaml:2:1"),
        ("dataset.name", "packs/two.yaml:3:11", "packs/one.yaml:4:11"),
        ("b", "main.yaml:5:10", "packs/one.yaml:3:38"),
    ]


def test_problems_of_an_included_file_carry_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, base="fields: [{name: a, transform: tokn}]\nfeilds: []\n")
    write(tmp_path, main="include: [base.yaml]\n")
    with pytest.raises(RuleError) as caught:
        load_rules("main.yaml")
    assert [str(p.mark) for p in caught.value.problems] == ["base.yaml:2:20", "base.yaml:3:1"]


def test_a_circle_of_includes_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, a="include: [b.yaml]\n", b="include: [a.yaml]\n")
    with pytest.raises(RuleError) as caught:
        load_rules("a.yaml")
    assert [str(p)[:28] for p in caught.value.problems] == ["b.yaml:2:11 [include-cycle] "]


# hierarchy files

RAGGED = [
    ("10115;1011*;*\n20095;2009*;*\n", 1, None),
    ("leaf,level\n", 1, None),
    ("\ufeff10115;1011*\r\n\r\n20095;2009*\r\n", 1, None),
    ("a;b;*\nc;*\n", 1, "line 2"),
    ("a;b\n", 2, "level 2"),
    ("a;b\na;c\n", 1, "line 2"),
    ("", 1, "empty"),
    ('a;"b\n', 1, "CSV"),
]


@pytest.mark.parametrize(("content", "level", "reason"), RAGGED)
def test_a_hierarchy_is_read_with_the_rules(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: str,
    level: int,
    reason: str | None,
) -> None:
    (tmp_path / "h.csv").write_text(content, encoding="utf-8", newline="")
    text = field(f"{{name: a, transform: {{hierarchy: {{file: h.csv, level: {level}}}}}}}")
    if reason is None:
        rules = load(tmp_path, text, monkeypatch)
        disposition = rules.fields[0].disposition
        assert isinstance(disposition, Apply)
        assert isinstance(disposition.transform, Hierarchy)
        first = content.lstrip("\ufeff").splitlines()[0].replace(",", ";").split(";")
        assert disposition.transform.mapping[0] == (first[0], first[1])
    else:
        with pytest.raises(RuleError) as caught:
            load(tmp_path, text, monkeypatch)
        (problem,) = caught.value.problems
        assert problem.code == "hierarchy-bad"
        assert reason in problem.text


def test_a_hierarchy_file_counts_in_the_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = field("{name: a, transform: {hierarchy: {file: h.csv, level: 1}}}")
    digests = set()
    for content in ("a;b\n", "a;c\n"):
        (tmp_path / "h.csv").write_text(content)
        digests.add(load(tmp_path, text, monkeypatch).digest)
    assert len(digests) == 2


# the detect part alone


def test_the_detect_part_alone() -> None:
    assert detect_spec(None).ner == "builtin"
    assert detect_spec({"ner": "builtin"}).ner == "builtin"
    assert detect_spec({"entities": ["PERSON"]}).entities == ("PERSON",)
    assert detect_spec({"entities": ["URL"]}).entities == ("URL",)
    spacy = detect_spec({"ner": {"nlp_engine_name": "spacy", "models": []}})
    assert spacy.ner == 'presidio:{"models":[],"nlp_engine_name":"spacy"}'
    for bad, code in [
        ({"entitys": ["URL"]}, "unknown-key"),
        ({"entities": ["PERSON"], "ner": "none"}, "no-detector"),
    ]:
        with pytest.raises(RuleError) as caught:
            detect_spec(bad)
        assert [p.code for p in caught.value.problems] == [code]


def test_public_parameters_hold_no_words_and_no_folders() -> None:
    assert public_parameters(Token(domain="customer")) == {"domain": "customer"}
    assert public_parameters(Bin(edges=(0, 18, 65))) == {"edges": [0, 18, 65]}
    assert public_parameters(Replace("Ann Poe")) == {}
    assert public_parameters(Hierarchy("/home/ann/h.csv", 1, mapping=(("a", "b"),))) == {
        "file": "h.csv",
        "level": 1,
    }


# laws

KEYS = [
    "version",
    "fields",
    "name",
    "transform",
    "keep",
    "class",
    "entities",
    "detect",
    "rows",
    "x",
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["a", "text", "drop", "[", ""])
    | st.sampled_from(sorted(TRANSFORMS)),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@examples(100)
@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5))
def test_no_mapping_raises_anything_but_a_rule_error(tree: dict[str, Any]) -> None:
    try:
        rules = rules_from_mapping({"version": 1, **tree})
    except RuleError:
        return
    assert all(rule.disposition is not None for rule in rules.fields)


@examples(100)
@given(st.data())
def test_no_damaged_file_raises_anything_but_a_rule_error(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(GOOD)))
    length = data.draw(st.integers(0, 40))
    patch = data.draw(st.text(max_size=10))
    path = tmp_path_factory.mktemp("damaged") / "r.yaml"
    path.write_text(
        GOOD[:start] + patch + GOOD[start + length :], encoding="utf-8", errors="surrogatepass"
    )
    with suppress(RuleError):
        load_rules(path)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("null", OnError.NULL),
        ("~", OnError.NULL),
        ("'null'", OnError.NULL),
        ("fail", OnError.FAIL),
        ("drop_row", OnError.DROP_ROW),
    ],
)
def test_on_error_null_is_a_word_although_yaml_reads_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, meant: OnError
) -> None:
    text = f"version: 1\non_error: {written}\nfields: [{{name: a, transform: drop}}]\n"
    assert load(tmp_path, text, monkeypatch).on_error is meant
