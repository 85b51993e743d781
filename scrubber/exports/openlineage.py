"""OpenLineage 2-0-2 run event: the lineage of files and columns.

https://openlineage.io/spec/2-0-2/OpenLineage.json. Dropped columns are listed in a custom facet,
since column lineage covers existing columns only.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from scrubber.exports.reading import Data, dropped, kept_or_changed, published, title
from scrubber.exports.target import Target, as_json
from scrubber.manifest.view import treatment

_SPEC: Final = "https://openlineage.io/spec"
_PRODUCER: Final = "urn:scrubber"
_NAMESPACE: Final = "scrubber"


def openlineage(data: Data) -> dict[str, Any]:
    """The run as a COMPLETE event; its run id is derived from the manifest's id."""
    run = f"urn:scrubber:run:{data['header']['id']}:{data['run']['id']}"
    return {
        "eventType": "COMPLETE",
        "eventTime": data["run"]["created"],
        "producer": _PRODUCER,
        "schemaURL": f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {
            "runId": str(uuid5(NAMESPACE_URL, run)),
            "facets": {
                "processing_engine": _facet(
                    "ProcessingEngineRunFacet",
                    "1-1-1",
                    version=data["engine"]["program_version"],
                    name="scrubber",
                ),
                "scrubber_manifest": _own("manifest", id=data["header"]["id"]),
            },
        },
        "job": {"namespace": _NAMESPACE, "name": title(data)},
        "inputs": [_input(data, source) for source in data["sources"]],
        "outputs": [_output(data, file) for file in data["outputs"]["files"]],
    }


def _facet(facet: str, edition: str, /, **content: Any) -> dict[str, Any]:
    url = f"{_SPEC}/facets/{edition}/{facet}.json#/$defs/{facet}"
    return {"_producer": _PRODUCER, "_schemaURL": url, **content}


def _own(facet: str, /, **content: Any) -> dict[str, Any]:
    """A custom facet."""
    return {"_producer": _PRODUCER, "_schemaURL": f"urn:scrubber:openlineage:{facet}:v1", **content}


def _input(data: Data, source: Data) -> dict[str, Any]:
    alias = source["alias"]
    fields = [field for field in data["fields"] if alias in field["sources"]]
    return {
        "namespace": _NAMESPACE,
        "name": alias,
        "facets": {"schema": _schema((field["name"], field["type_in"]) for field in fields)},
    }


def _schema(fields: Any) -> dict[str, Any]:
    rows = [{"name": name, "type": kind} for name, kind in fields]
    return _facet("SchemaDatasetFacet", "1-2-0", fields=rows)


def _output(data: Data, file: Data) -> dict[str, Any]:
    alias = file["source"]
    fields = list(kept_or_changed(data, alias))
    known = {"size": file["bytes"], "rowCount": published(file["rows"])}
    statistics = {name: number for name, number in known.items() if number is not None}
    digests = {name: file[name] for name in ("sha256", "salted_sha256") if file[name] is not None}
    gone = [
        {"name": field["name"], "type": field["type_in"], "rule": field["rule"]["place"]}
        for field in dropped(data, alias)
    ]
    lineage = {field["name"]: {"inputFields": [_origin(alias, field)]} for field in fields}
    return {
        "namespace": _NAMESPACE,
        "name": file["path"],
        "facets": {
            "schema": _schema((field["name"], field["type_out"]) for field in fields),
            "columnLineage": _facet("ColumnLineageDatasetFacet", "1-2-0", fields=lineage),
            "scrubber_droppedColumns": _own("droppedColumns", columns=gone),
            "scrubber_digest": _own("digest", **digests),
        },
        "outputFacets": {
            "outputStatistics": _facet("OutputStatisticsOutputDatasetFacet", "1-0-2", **statistics)
        },
    }


def _origin(alias: str, field: Data) -> dict[str, Any]:
    kept = field["action"] == "keep"
    return {
        "namespace": _NAMESPACE,
        "name": alias,
        "field": field["name"],
        "transformations": [
            {
                "type": "DIRECT",
                "subtype": "IDENTITY" if kept else "TRANSFORMATION",
                "description": treatment(field),
                "masking": not kept,
            }
        ],
    }


OPENLINEAGE: Final = Target(
    "openlineage",
    "OpenLineage run event",
    "openlineage.json",
    as_json(openlineage),
)
