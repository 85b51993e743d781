"""CycloneDX 1.6 ML-BOM: the dataset as a data component, its sources, and the names models.

https://cyclonedx.org/docs/1.6/json/.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from scrubber.exports.reading import Data, classes, declared, title
from scrubber.exports.target import Target, as_json
from scrubber.manifest.view import treatment

_DATASET: Final = "dataset"


def cyclonedx(data: Data) -> dict[str, Any]:
    """The bill of materials; its serial number is derived from the manifest's id."""
    id_ = data["header"]["id"]
    parts = [*_sources(data), *_models(data), *_files(data)]
    origins = [part["bom-ref"] for part in parts if not part["bom-ref"].startswith("file:")]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, f'urn:scrubber:manifest:{id_}')}",
        "version": 1,
        "metadata": {
            "timestamp": data["run"]["created"],
            "tools": {
                "components": [
                    {
                        "type": "application",
                        "name": "scrubber",
                        "version": data["engine"]["program_version"],
                    }
                ]
            },
            "component": _dataset(data),
        },
        "components": parts,
        "dependencies": [
            {"ref": _DATASET, "dependsOn": origins},
            *({"ref": part["bom-ref"]} for part in parts),
        ],
    }


def _dataset(data: Data) -> dict[str, Any]:
    legal, dataset = data["legal"], data["dataset"]
    controller = declared(legal["controller"])
    content: dict[str, Any] = {
        "type": "dataset",
        "name": title(data),
        "classification": data["risk"]["claim"],
        "sensitiveData": list(_sensitive(data)),
        "description": "; ".join(classes(data)) or "no equivalence classes were asked for",
    }
    if controller is not None:
        content["governance"] = {"owners": [{"organization": {"name": controller}}]}
    component: dict[str, Any] = {
        "type": "data",
        "bom-ref": _DATASET,
        "name": title(data),
        "version": data["header"]["id"][:16],
        "data": [content],
        "properties": [
            {"name": "scrubber:manifest", "value": data["header"]["id"]},
            {"name": "scrubber:rules", "value": data["policy"]["digest"]},
        ],
    }
    if (description := declared(dataset["description"])) is not None:
        component["description"] = description
    if (licence := declared(dataset["licence"])) is not None:
        component["licenses"] = [{"license": {"name": licence}}]
    return component


def _sensitive(data: Data) -> Iterator[str]:
    """The treatment of fields that hold personal data."""
    for field in data["fields"]:
        if field["class"] in ("direct_identifier", "quasi_identifier", "sensitive", "text"):
            yield f"{field['name']}: {treatment(field)}"


def _sources(data: Data) -> Iterator[dict[str, Any]]:
    for source in data["sources"]:
        yield {
            "type": "data",
            "bom-ref": f"source:{quote(source['alias'], safe='')}",
            "name": source["alias"],
            "data": [{"type": "dataset", "name": source["alias"]}],
            "properties": [{"name": "scrubber:media-type", "value": source["media_type"]}],
        }


def _models(data: Data) -> Iterator[dict[str, Any]]:
    for row in data["engine"]["detectors"]:
        if row["model_digest"]:
            yield {
                "type": "machine-learning-model",
                "bom-ref": f"model:{quote(row['id'], safe='')}",
                "name": row["id"],
                "version": row["version"],
                "hashes": [{"alg": "SHA-256", "content": row["model_digest"]}],
            }


def _files(data: Data) -> Iterator[dict[str, Any]]:
    for file in data["outputs"]["files"]:
        part: dict[str, Any] = {
            "type": "file",
            "bom-ref": f"file:{quote(file['path'], safe='')}",
            "name": file["path"],
        }
        if file["sha256"] is not None:
            part["hashes"] = [{"alg": "SHA-256", "content": file["sha256"]}]
        else:
            salted = {"name": "scrubber:salted-sha256", "value": file["salted_sha256"]}
            part["properties"] = [salted]
        yield part


CYCLONEDX: Final = Target("cyclonedx", "CycloneDX 1.6 ML-BOM", "bom.cdx.json", as_json(cyclonedx))
