"""OpenLineage, the dataset card and the crosswalk of the Data & Trust Alliance."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from scrubber.exports import export
from tests.exports.worlds import MANIFESTS, golden

TEXT = {"type": "string"}
FACETS = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "required": ["_producer", "_schemaURL"],
        "properties": {"_producer": {"pattern": r"^\w+:"}, "_schemaURL": {"pattern": r"^\w+:"}},
    },
}
DATASET = {
    "type": "object",
    "required": ["namespace", "name"],
    "properties": {
        "namespace": TEXT,
        "name": TEXT,
        "facets": FACETS,
        "inputFacets": FACETS,
        "outputFacets": FACETS,
    },
    "additionalProperties": False,
}
# What OpenLineage's own schema demands of a RunEvent; other keys are errors here.
EVENT = {
    "type": "object",
    "required": ["run", "job", "eventTime", "producer", "schemaURL"],
    "additionalProperties": False,
    "properties": {
        "eventType": {"enum": ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]},
        "eventTime": {"pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
        "producer": {"pattern": r"^\w+:"},
        "schemaURL": {"pattern": r"^https://openlineage\.io/spec/2-"},
        "run": {
            "type": "object",
            "required": ["runId"],
            "properties": {"runId": {"format": "uuid"}, "facets": FACETS},
        },
        "job": DATASET,
        "inputs": {"type": "array", "items": DATASET},
        "outputs": {"type": "array", "items": DATASET},
    },
}


def _event(name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(export(MANIFESTS[name], "openlineage"))
    return body


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_run_event_has_the_form_of_the_standard(name: str) -> None:
    Draft202012Validator(EVENT, format_checker=FormatChecker()).validate(_event(name))
    assert uuid.UUID(_event(name)["run"]["runId"]).version == 5


@pytest.mark.parametrize("name", MANIFESTS)
def test_openlineage_makes_the_same_facets(name: str) -> None:
    pytest.importorskip("openlineage.client", reason="openlineage-python is not installed")
    from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent
    from openlineage.client.generated import (
        column_lineage_dataset,
        output_statistics_output_dataset,
        processing_engine_run,
        schema_dataset,
    )
    from openlineage.client.run import RunState

    event = _event(name)
    RunEvent(
        eventTime=event["eventTime"],
        eventType=RunState.COMPLETE,
        producer=event["producer"],
        run=Run(event["run"]["runId"]),
        job=Job(event["job"]["namespace"], event["job"]["name"]),
        inputs=[InputDataset(d["namespace"], d["name"]) for d in event["inputs"]],
        outputs=[OutputDataset(d["namespace"], d["name"]) for d in event["outputs"]],
    )
    seen = []

    def same(theirs: Any, ours: dict[str, Any]) -> None:
        content = {k: v for k, v in ours.items() if not k.startswith("_")}
        made = theirs(**content)
        assert made._schemaURL == ours["_schemaURL"]
        seen.append(theirs)

    same(
        processing_engine_run.ProcessingEngineRunFacet, event["run"]["facets"]["processing_engine"]
    )
    for dataset in (*event["inputs"], *event["outputs"]):
        schema = dataset["facets"]["schema"]
        same(schema_dataset.SchemaDatasetFacet, schema)
        for row in schema["fields"]:
            schema_dataset.SchemaDatasetFacetFields(**row)
    for dataset in event["outputs"]:
        same(
            output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet,
            dataset["outputFacets"]["outputStatistics"],
        )
        lineage = dataset["facets"]["columnLineage"]
        same(column_lineage_dataset.ColumnLineageDatasetFacet, lineage)
        for column in lineage["fields"].values():
            for origin in column_lineage_dataset.Fields(**column).inputFields:
                field = column_lineage_dataset.InputField(**origin)  # type: ignore[arg-type]
                for change in field.transformations or []:
                    column_lineage_dataset.Transformation(**change)  # type: ignore[arg-type]
    assert len(set(seen)) == 4


def test_lineage_tells_kept_from_changed_and_names_what_is_gone() -> None:
    outputs = {output["name"]: output for output in _event("large")["outputs"]}
    facets = outputs["data/customers.csv"]["facets"]
    lineage = facets["columnLineage"]["fields"]
    assert set(lineage) == {"email", "plan"}
    (origin,) = lineage["plan"]["inputFields"]
    assert origin["field"] == "plan"
    assert origin["transformations"][0]["subtype"] == "IDENTITY"
    assert lineage["email"]["inputFields"][0]["transformations"][0]["masking"] is True
    assert facets["scrubber_droppedColumns"]["columns"] == [
        {"name": "name", "type": "string", "rule": "rules/crm.yaml:22"}
    ]
    assert outputs["data/customers.csv"]["outputFacets"]["outputStatistics"]["rowCount"] == 1950


def test_the_card_tells_what_was_done() -> None:
    card = export(golden("large"), "hf-card")
    assert "| email | customers.csv | direct identifier (HIPAA F) -\\> keyed pseudonym" in card
    assert "Records: 3,000 in, 2,850 out." in card
    assert "- Legal basis: legitimate-interest" in card
    assert "- Intended: train a ticket classifier" in card
    assert "- Delete by: 2027-06-30" in card


def test_the_card_is_read_by_the_hub() -> None:
    hub = pytest.importorskip("huggingface_hub", reason="huggingface_hub is not installed")
    card = hub.DatasetCard(export(golden("large"), "hf-card"))
    assert card.data.pretty_name == "support_tickets"


def test_the_crosswalk_has_all_fields_of_the_standard() -> None:
    body = json.loads(export(golden("large"), "dta"))
    groups = {name: list(part) for name, part in body.items() if isinstance(part, dict)}
    assert {name: len(keys) for name, keys in groups.items()} == {
        "Source": 5,
        "Provenance": 8,
        "Use": 8,
    }
    assert body["Use"]["Consent documentation location"] == ["DPIA-17"]
    assert body["Provenance"]["Data origin geography"] == ["EU"]
    assert body["Provenance"]["Range of dates for data generation"] == "unknown"
    assert body["Use"]["License to use"] == "unknown"
