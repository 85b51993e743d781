"""SARIF and JUnit: what CI systems show."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator

from scrubber.exports import export
from tests.exports.worlds import EVIL, MANIFESTS, golden


def _object(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": sorted(required),
        "additionalProperties": False,
    }


def _array(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


TEXT = {"type": "string"}
ASCII = {"type": "string", "pattern": "^[!-~]+$"}
MESSAGE = _object({"text": {"type": "string", "minLength": 1}})
LEVEL = {"enum": ["none", "note", "warning", "error"]}
# The part of SARIF 2.1.0 (OASIS, 2020) that is used here, as its sections 3.13 to 3.54 have it.
SARIF = _object(
    {
        "version": {"const": "2.1.0"},
        "runs": _array(
            _object(
                {
                    "tool": _object(
                        {
                            "driver": _object(
                                {"name": TEXT},
                                version=TEXT,
                                rules=_array(
                                    _object(
                                        {"id": TEXT},
                                        shortDescription=MESSAGE,
                                        defaultConfiguration=_object({}, level=LEVEL),
                                    )
                                ),
                            )
                        }
                    ),
                    "results": _array(
                        _object(
                            {"message": MESSAGE},
                            ruleId=TEXT,
                            ruleIndex={"type": "integer", "minimum": 0},
                            level=LEVEL,
                            locations=_array(
                                _object(
                                    {
                                        "physicalLocation": _object(
                                            {
                                                "artifactLocation": _object(
                                                    {
                                                        "uri": {
                                                            "type": "string",
                                                            "pattern": "^[!-~]+$",
                                                        }
                                                    }
                                                )
                                            },
                                            region=_object(
                                                {"startLine": {"type": "integer", "minimum": 1}}
                                            ),
                                        )
                                    }
                                )
                            ),
                            partialFingerprints={"type": "object", "additionalProperties": TEXT},
                        )
                    ),
                },
                automationDetails=_object({"id": TEXT}),
                columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                properties={"type": "object"},
            )
        ),
    },
    **{"$schema": {"type": "string", "format": "uri"}},
)


def _sarif(name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(export(MANIFESTS[name], "sarif"))
    return body


@pytest.mark.parametrize("name", MANIFESTS)
def test_sarif_has_the_form_of_the_standard(name: str) -> None:
    Draft202012Validator.check_schema(SARIF)
    Draft202012Validator(SARIF).validate(_sarif(name))


@pytest.mark.parametrize("name", MANIFESTS)
def test_sarif_is_read_by_a_model_of_the_standard(name: str) -> None:
    model = pytest.importorskip("sarif_pydantic", reason="sarif-pydantic is not installed")
    log = model.Sarif.model_validate(_sarif(name))
    assert len(log.runs[0].results or []) == len(_sarif(name)["runs"][0]["results"])


def test_sarif_points_at_the_rules() -> None:
    (run,) = _sarif("hostile")["runs"]
    found = {result["ruleId"]: result for result in run["results"]}
    assert {"unsafe-keep", "check-failed", "not-declared"} <= set(found)
    place = found["unsafe-keep"]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "rules/crm.yaml"
    assert place["region"] == {"startLine": 23}
    assert "\\x1b" in found["unsafe-keep"]["message"]["text"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert len({r["partialFingerprints"]["scrubberFinding/v1"] for r in run["results"]}) == len(
        run["results"]
    )
    assert unquote(run["automationDetails"]["id"]) == f"scrubber/{EVIL}/"


def test_sarif_points_at_fields_in_which_something_is_left() -> None:
    results = json.loads(export(golden("assessed"), "sarif"))["runs"][0]["results"]
    left = [r for r in results if r["ruleId"] == "residual"]
    assert [r["message"]["text"] for r in left] == [
        "Something is left in the output: OWN_IDENTIFIER in messages[].content",
        "Something is left in the output: URL in messages[].content",
        "Something is left in the output: EMAIL_ADDRESS in plan",
    ]
    lines = [r["locations"][0]["physicalLocation"]["region"]["startLine"] for r in left]
    assert lines == [24, 24, 23]


def test_sarif_of_a_careful_run_has_no_error() -> None:
    assert {r["level"] for r in _sarif("large")["runs"][0]["results"]} <= {"note"}


def test_junit_fails_where_a_check_fails() -> None:
    root = ElementTree.fromstring(export(MANIFESTS["hostile"], "junit"))
    suites = {suite.get("name"): suite for suite in root}
    assert {name: suite.get("failures") for name, suite in suites.items()} == {
        "checks": "1",
        "fields": "1",
    }
    for suite in suites.values():
        assert suite.get("tests") == str(len(suite.findall("testcase")))


def test_junit_of_a_careful_run_passes() -> None:
    root = ElementTree.fromstring(export(golden("large"), "junit"))
    assert root.findall(".//failure") == []
    assert len(root.findall(".//testcase")) == 4 + 2


@pytest.mark.parametrize("name", MANIFESTS)
def test_junitparser_reads_it(name: str) -> None:
    parser = pytest.importorskip("junitparser", reason="junitparser is not installed")
    text = export(MANIFESTS[name], "junit")
    suites = parser.JUnitXml.fromstring(text.encode())
    before = [(s.name, s.tests, s.failures, s.errors, s.skipped) for s in suites]
    for suite in suites:
        suite.update_statistics()
    assert [(s.name, s.tests, s.failures, s.errors, s.skipped) for s in suites] == before
