"""What holds for every export: deterministic, inert, and nothing that the manifest withholds."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest
import yaml

from scrubber.exports import TARGETS, export
from tests.exports.worlds import MANIFESTS, golden

JSON_TARGETS = (
    "croissant",
    "openlineage",
    "sarif",
    "dta",
    "eu-training-summary",
    "spdx",
    "cyclonedx",
    "slsa",
)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", MANIFESTS)
def test_an_export_is_readable_and_the_same_each_time(target: str, name: str) -> None:
    text = export(MANIFESTS[name], target)
    assert text == export(MANIFESTS[name], target)
    assert text.endswith("\n")
    assert MANIFESTS[name].id in text or target in ("junit", "slsa")
    if target in JSON_TARGETS:
        assert json.loads(text)
    elif target == "junit":
        assert ElementTree.fromstring(text).tag == "testsuites"
    else:
        assert yaml.safe_load(text.split("---\n")[1])["tags"] == ["scrubber", "pseudonymised"]


@pytest.mark.parametrize("target", TARGETS)
def test_hostile_names_are_inert(target: str) -> None:
    text = export(MANIFESTS["hostile"], target)
    for raw in ("\x1b", "\u202e", "\ufffe"):
        assert raw not in text
    if target not in JSON_TARGETS:
        assert not re.search(r"(?<!\\)<script>", text)
    if target == "hf-card":
        assert not re.search(r"^- # x", text, re.MULTILINE)
        rows = [line for line in text.splitlines() if line.startswith("|")]
        assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {4}


def _numbers(value: object) -> set[int]:
    if isinstance(value, dict):
        return set().union(*(_numbers(item) for item in value.values()), set())
    if isinstance(value, list):
        return set().union(*(_numbers(item) for item in value), set())
    return {value} if isinstance(value, int) and not isinstance(value, bool) else set()


@pytest.mark.parametrize("name", ["small-cells", "tiny"])
def test_withheld_counts_stay_withheld(name: str) -> None:
    manifest = golden(name)
    event = json.loads(export(manifest, "openlineage"))
    shown = {f["path"]: f["rows"].get("n") for f in manifest.data["outputs"]["files"]}
    for output in event["outputs"]:
        statistics = output["outputFacets"]["outputStatistics"]
        assert statistics.get("rowCount") == shown[output["name"]]
    sizes = {f["bytes"] for f in manifest.data["outputs"]["files"]}
    counts = {number for number in shown.values() if number is not None}
    assert _numbers(event) <= sizes | counts
    assert not counts & set(range(1, 11))
    for target in ("croissant", "dta"):
        assert _numbers(json.loads(export(manifest, target))) == set()
    card = export(manifest, "hf-card")
    told = re.search(r"^Records: (.*) in, (.*) out\.$", card, re.MULTILINE)
    assert told is not None
    if name == "tiny":
        assert set(told.groups()) <= {"not shown", "fewer than 11"}


def test_exports_say_nothing_of_findings_and_sources() -> None:
    """What an export could tell beyond the manifest would have to come from somewhere."""
    manifest = golden("large")
    for target in set(TARGETS) - {"slsa"}:  # which names materials by their digests under the key
        text = export(manifest, target)
        for digest in {source["keyed_digest"] for source in manifest.data["sources"]}:
            assert digest not in text


@pytest.mark.parametrize("target", ["croissant", "hf-card", "dta"])
def test_classes_are_told_where_there_are_some(target: str) -> None:
    line = "classes of at least 5 records with equal values of 2 quasi-identifiers"
    assert line in export(golden("classes"), target)
    assert "classes of at least" not in export(golden("large"), target)
