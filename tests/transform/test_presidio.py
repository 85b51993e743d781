"""Presidio's operators by their names and parameters, and ours inside a real AnonymizerEngine."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from presidio_anonymizer import AnonymizerEngine
from presidio_anonymizer.entities import InvalidParamError, OperatorConfig, RecognizerResult

from scrubber.errors import KeyFault, TransformError
from scrubber.transform import TRANSFORMS
from scrubber.transform.keys import RootKey
from scrubber.transform.presidio import operators, translate

KEY = bytes(range(32))


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (("replace", {"new_value": "[x]"}), ("replace", {"with": "[x]"})),
        (("replace", {}), ("redact", {})),
        (("replace", {"with": "[x]"}), ("replace", {"with": "[x]"})),
        (("redact", {}), ("redact", {})),
        (
            ("mask", {"masking_char": "#", "chars_to_mask": 4, "from_end": False}),
            ("mask", {"char": "#", "chars_to_mask": 4, "from_end": False}),
        ),
        (("mask", {"keep_last": 4}), ("mask", {"keep_last": 4})),
        (("hash", {}), ("token", {})),
        (("hash", {"hash_type": "sha256"}), ("token", {})),
        (("hash", {"hash_type": "sha512"}), ("token", {})),
        (("hash", {"domain": "person"}), ("token", {"domain": "person"})),
        (("encrypt", {"domain": "d"}), ("encrypt", {"domain": "d"})),
        (("keep", {}), ("keep", {})),
        # not Presidio's: for the caller to judge
        (("token", {"domain": "d"}), ("token", {"domain": "d"})),
        (("mask", {"masking_chr": "#"}), ("mask", {"masking_chr": "#"})),
        (("maks", {}), ("maks", {})),
    ],
)
def test_translate(theirs: tuple[str, dict[str, Any]], ours: tuple[str, dict[str, Any]]) -> None:
    before = dict(theirs[1])
    assert translate(*theirs) == ours
    assert theirs[1] == before


@pytest.mark.parametrize(
    ("name", "params", "text"),
    [
        ("hash", {"salt": "0123456789abcdef"}, "salt"),
        ("hash", {"hash_type": "md5"}, "hash_type"),
        ("hash", {"hash_type": ["sha256"]}, "hash_type"),
        ("encrypt", {"key": "WmZq4t7w!z%C&F)J"}, "key"),
        ("custom", {"lambda": "x"}, "function"),
        ("decrypt", {"key": "x"}, "reveal"),
        ("deanonymize_keep", {}, "DeanonymizeEngine"),
        ("surrogate_ahds", {}, "network"),
        ("replace", {"new_value": "a", "with": "b"}, "same parameter"),
        ("mask", {"masking_char": "a", "char": "b"}, "same parameter"),
    ],
)
def test_what_a_rule_file_must_not_hold(name: str, params: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text) as caught:
        translate(name, params)
    for value in params.values():
        assert str(value) not in str(caught.value) or len(str(value)) < 2


def test_every_built_in_operator_of_presidio_is_decided() -> None:
    decided = {"replace", "redact", "mask", "hash", "encrypt", "keep", "custom"}
    assert set(AnonymizerEngine().get_anonymizers()) - {"surrogate_ahds"} == decided


def test_translate_does_not_import_presidio() -> None:
    code = (
        "import sys; from scrubber.transform.presidio import translate; translate('hash', {});"
        "sys.exit(any(name.startswith('presidio') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


TEXT = "Ann met Ann in Oslo on 2024-05-03"


def anonymize(
    config: OperatorConfig,
    start: int = 8,
    end: int = 11,
    entity: str = "PERSON",
    key: RootKey | bytes | str | None = KEY,
    text: str = TEXT,
) -> str:
    engine = AnonymizerEngine()
    for operator in operators(key=key):
        engine.add_anonymizer(operator)
    found = [RecognizerResult(entity_type=entity, start=start, end=end, score=0.9)]
    result: str = engine.anonymize(text, found, operators={entity: config}).text
    return result


@pytest.mark.parametrize(
    ("name", "params", "expected"),
    [
        ("scrubber_redact", {}, "Ann met {PERSON} in Oslo on 2024-05-03"),
        ("scrubber_redact", {"with": "…"}, "Ann met … in Oslo on 2024-05-03"),
        ("scrubber_replace", {"with": "[x]"}, "Ann met [x] in Oslo on 2024-05-03"),
        ("scrubber_mask", {"keep_last": 1}, "Ann met **n in Oslo on 2024-05-03"),
        ("scrubber_prefix", {"keep": 1, "fill": "."}, "Ann met A.. in Oslo on 2024-05-03"),
    ],
)
def test_the_span_is_replaced_not_the_first_text_like_it(
    name: str, params: dict[str, Any], expected: str
) -> None:
    assert anonymize(OperatorConfig(name, params)) == expected


def test_dates_and_numbers() -> None:
    month = OperatorConfig("scrubber_truncate_date", {"to": "month"})
    assert anonymize(month, 23, 33, "DATE_TIME").endswith("on 2024-05")
    shift = OperatorConfig("scrubber_date_shift", {"max_days": 30, "subject": "p1"})
    shifted = anonymize(shift, 23, 33, "DATE_TIME")
    assert shifted == anonymize(shift, 23, 33, "DATE_TIME") != TEXT
    edges = OperatorConfig("scrubber_bin", {"edges": [0, 18, 65]})
    assert anonymize(edges, 4, 6, "AGE", text="age 34") == "age [18, 65)"


def test_tokens_are_those_of_a_run_with_the_same_key() -> None:
    config = OperatorConfig("scrubber_token", {"domain": "customer"})
    first = anonymize(config)
    assert first == anonymize(config, key=KEY.hex()) == anonymize(config, key=RootKey(KEY))
    assert first != anonymize(config, key=bytes(range(1, 33)))
    assert first.startswith("Ann met ")
    assert "Ann" not in first[8:]


def test_surrogates_of_a_document() -> None:
    config = OperatorConfig("scrubber_surrogate", {"entity": "PERSON", "document": "d1"})
    other = OperatorConfig("scrubber_surrogate", {"entity": "PERSON", "document": "d2"})
    out = anonymize(config, text="Hi Henrik Hasslund", start=3, end=18)
    assert out == anonymize(config, text="Hi Henrik Hasslund", start=3, end=18)
    assert out != anonymize(other, text="Hi Henrik Hasslund", start=3, end=18)
    assert "Hasslund" not in out


@pytest.mark.parametrize(
    ("name", "params", "text"),
    [
        ("scrubber_mask", {"keep_lst": 1}, "no parameter keep_lst"),
        ("scrubber_mask", {"keep_last": "4"}, "wrong type"),
        ("scrubber_mask", {"char": "ab"}, "char must be one"),
        ("scrubber_replace", {}, "missing"),
        ("scrubber_bin", {}, "either width or edges"),
    ],
)
def test_bad_parameters_are_presidio_errors(name: str, params: dict[str, Any], text: str) -> None:
    with pytest.raises(InvalidParamError, match=text):
        anonymize(OperatorConfig(name, params))


def test_no_key_no_token() -> None:
    with pytest.raises(KeyFault) as caught:
        anonymize(OperatorConfig("scrubber_token", {}), key=None)
    assert caught.value.code == "key-missing"
    with pytest.raises(KeyFault):
        operators(key="short")


@pytest.mark.parametrize("text", [TEXT, "Ann met A\ud800n"])
def test_what_cannot_be_handled_is_an_error_without_the_value(text: str) -> None:
    with pytest.raises(TransformError) as caught:
        anonymize(OperatorConfig("scrubber_ip"), text=text)
    assert caught.value.code == "transform-failed"
    assert "Ann" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_every_transform_of_one_value_is_an_operator() -> None:
    names = {kind().operator_name() for kind in operators(KEY)}
    left_out = ("hierarchy", "map", "clip", "empty", "rare")
    assert names == {f"scrubber_{name}" for name in TRANSFORMS if name not in left_out}


def test_the_registry_knows_each_transform_by_its_own_name() -> None:
    for name, kind in TRANSFORMS.items():
        assert kind.name == name
        assert kind.__doc__
        assert kind.__doc__.splitlines()[0].endswith(".")
