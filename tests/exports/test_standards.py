"""Exports held against the schemas of their standards: SPDX, CycloneDX, SLSA, Croissant's RAI
fields, and the headings of the AI Office's template."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from scrubber.errors import InputError
from scrubber.exports import TARGETS, export
from scrubber.manifest import DeclaredFacts, Manifest, seal
from tests.exports.worlds import MANIFESTS, golden
from tests.golden.manifest_facts import LARGE

FACTS: dict[str, Any] = {
    "name": "tickets",
    "description": "Support tickets",
    "licence": "CC-BY-4.0",
    "purpose": ["triage"],
    "controller": "Example Telecom",
    "modality": ["text", "tabular", "smell"],
    "languages": "en",
    "biases": ["customers of one country"],
    "social_impact": "faster answers",
    "synthetic": False,
    "opt_outs": "robots.txt and ai.txt",
    "collection": "all tickets of 2026",
    "sources": [
        {"name": "crm", "kind": "own", "period": "2026"},
        {"name": "crawl", "kind": "crawled"},
        {"name": "untold"},
    ],
}


def declared(**facts: Any) -> Manifest:
    made, ledger = LARGE
    text = json.dumps({**FACTS, **facts})
    return seal(replace(made, declared=DeclaredFacts(text, "rules.yaml")), ledger)


ALL = {**MANIFESTS, "declared": declared()}


@pytest.mark.parametrize("name", ALL)
def test_spdx_reads_every_document(name: str) -> None:
    model = pytest.importorskip("spdx_python_model").v3_0_1
    objects = model.SHACLObjectSet()
    text = export(ALL[name], "spdx")
    model.JSONLDDeserializer().deserialize_data(json.loads(text), objects)
    (document,) = objects.foreach_type("SpdxDocument")
    (root,) = document.rootElement
    assert isinstance(root, model.dataset_DatasetPackage)
    assert not [one for one in objects.missing_ids if "manifest" in one]
    files = {one.name for one in objects.foreach_type("software_File")}
    assert files == {file["path"] for file in ALL[name].data["outputs"]["files"]}
    graph = json.loads(text)["@graph"]
    listed = [one.get("spdxId", one.get("@id")) for one in graph]
    assert len(listed) == len(set(listed))


def test_spdx_says_what_was_declared() -> None:
    graph = json.loads(export(ALL["declared"], "spdx"))["@graph"]
    (dataset,) = [one for one in graph if one.get("spdxId", "").endswith("#dataset")]
    assert dataset["dataset_datasetType"] == ["other", "structured", "text"]
    assert dataset["dataset_knownBias"] == ["customers of one country"]
    assert dataset["dataset_intendedUse"] == "triage"
    assert [one["name"] for one in graph if one["type"] == "Organization"] == ["Example Telecom"]


@pytest.mark.parametrize("name", ALL)
def test_cyclonedx_passes_its_strict_schema(name: str) -> None:
    pytest.importorskip("cyclonedx")
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    text = export(ALL[name], "cyclonedx")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    bom = json.loads(text)
    refs = [part["bom-ref"] for part in bom["components"]]
    assert len(refs) == len(set(refs))
    assert set(bom["dependencies"][0]["dependsOn"]) <= set(refs)
    models = {
        part["hashes"][0]["content"] for part in bom["components"] if "learning" in part["type"]
    }
    detectors = ALL[name].data["engine"]["detectors"]
    assert models == {row["model_digest"] for row in detectors if row["model_digest"]}


@pytest.mark.parametrize("name", ALL)
def test_slsa_is_an_in_toto_statement(name: str) -> None:
    from google.protobuf.json_format import ParseDict
    from in_toto_attestation.predicates.provenance.v1.provenance_pb2 import Provenance
    from in_toto_attestation.v1.statement import Statement
    from in_toto_attestation.v1.statement_pb2 import Statement as Message

    statement = json.loads(export(ALL[name], "slsa"))
    message = ParseDict(statement, Message())
    Statement.copy_from_pb(message).validate()
    provenance = ParseDict(statement["predicate"], Provenance())
    assert provenance.build_definition.build_type == "urn:scrubber:scrub:v1"
    manifest, *files = statement["subject"]
    assert manifest["digest"]["sha256"] == sha256(ALL[name].to_bytes()).hexdigest()
    outputs = ALL[name].data["outputs"]["files"]
    assert [one["digest"]["sha256"] for one in files] == [
        file["sha256"] for file in outputs if file["sha256"] is not None
    ]
    inputs = statement["predicate"]["buildDefinition"]["resolvedDependencies"]
    assert {one["alias"] for one in ALL[name].data["sources"]} <= {one["name"] for one in inputs}


def test_croissant_for_neurips_has_what_the_venue_requires() -> None:
    mlcroissant = pytest.importorskip("mlcroissant")
    body = json.loads(export(ALL["declared"], "croissant", profile="neurips"))
    assert not mlcroissant.Dataset(jsonld=body).metadata.ctx.issues.errors
    for name in (
        "rai:dataLimitations",
        "rai:dataBiases",
        "rai:personalSensitiveInformation",
        "rai:dataUseCases",
        "rai:dataSocialImpact",
        "prov:wasDerivedFrom",
        "prov:wasGeneratedBy",
    ):
        assert body[name], name
    assert body["rai:hasSyntheticData"] is False


@pytest.mark.parametrize(
    ("gone", "key"),
    [("biases", "biases"), ("synthetic", "synthetic"), ("purpose", "purpose"), ("licence", "lic")],
)
def test_croissant_for_neurips_refuses_what_nobody_declared(gone: str, key: str) -> None:
    with pytest.raises(InputError, match="export-incomplete") as refused:
        export(declared(**{gone: None}), "croissant", profile="neurips")
    assert key in str(refused.value)


def test_one_training_summary_covers_several_datasets() -> None:
    manifests = [ALL["declared"], golden("tiny")]
    summary = json.loads(export(manifests, "eu-training-summary"))
    assert len(summary["manifests"]) == 2
    general, sources, processing = (
        summary[name]
        for name in (
            "1 General information",
            "2 List of data sources",
            "3 Data processing aspects",
        )
    )
    assert [name[:3] for name in general] == ["1.1", "1.2", "1.3"]
    assert [name.split()[0] for name in sources] == [
        "2.1", "2.2.1", "2.2.2", "2.3", "2.4", "2.5", "2.6", "Sources",
    ]  # fmt: skip
    assert [name[:3] for name in processing] == ["3.1", "3.2", "3.3"]
    assert [row["name"] for row in sources["2.6 Other sources of data"]] == ["crm"]
    assert sources["2.5 Synthetic data"] == "none declared"
    untold = sources["Sources whose kind is not declared"]
    assert "untold" in [row["name"] for row in untold]
    sizes = [row["size"] for row in general[list(general)[2]]]
    assert sizes == [["1,000 to 100,000 records"], ["not declared"]]


@pytest.mark.parametrize("target", sorted(set(TARGETS) - {"eu-training-summary"}))
def test_other_formats_describe_one_dataset(target: str) -> None:
    with pytest.raises(InputError, match="export-several"):
        export([golden("tiny"), golden("large")], target)
    with pytest.raises(InputError, match="export-profile"):
        export(golden("tiny"), target, profile="icml")
