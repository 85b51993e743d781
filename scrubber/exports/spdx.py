"""SPDX 3.0.1 with its Dataset profile, as JSON-LD.

https://spdx.github.io/spdx-spec/v3.0.1/. Identifiers are derived from the manifest's id.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from scrubber.exports.reading import Data, classes, declared, other, title
from scrubber.exports.target import Target, as_json

_CONTEXT: Final = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
_CREATION: Final = "_:creation"
_TYPES: Final = {
    "audio": "audio",
    "image": "image",
    "numeric": "numeric",
    "sensor": "sensor",
    "tabular": "structured",
    "text": "text",
    "video": "video",
}
_PERSONAL: Final = ("direct_identifier", "quasi_identifier", "sensitive", "text")


def spdx(data: Data) -> dict[str, Any]:
    """The document as a graph: dataset, files, agents and relationships."""
    base = f"urn:scrubber:manifest:{data['header']['id']}"
    files = list(_files(data, base))
    sources = list(_sources(data, base))
    relations = [
        _relation(f"{base}#contains", f"{base}#dataset", "contains", files),
        _relation(f"{base}#ancestor", f"{base}#dataset", "descendantOf", sources),
    ]
    agents = list(_agents(data, base))
    elements = [*agents, _dataset(data, base, agents), *files, *sources, *filter(None, relations)]
    return {
        "@context": _CONTEXT,
        "@graph": [
            {
                "type": "CreationInfo",
                "@id": _CREATION,
                "specVersion": "3.0.1",
                "created": data["run"]["created"],
                "createdBy": [agents[0]["spdxId"]],
            },
            {
                "type": "SpdxDocument",
                "spdxId": f"{base}#document",
                "creationInfo": _CREATION,
                "name": title(data),
                "profileConformance": ["core", "software", "dataset"],
                "rootElement": [f"{base}#dataset"],
                "element": [one["spdxId"] for one in elements],
            },
            *elements,
        ],
    }


def _agents(data: Data, base: str) -> Iterator[dict[str, Any]]:
    """The program, then the controller, if it is declared."""
    yield {
        "type": "SoftwareAgent",
        "spdxId": f"{base}#program",
        "creationInfo": _CREATION,
        "name": f"scrubber {data['engine']['program_version']}",
    }
    controller = declared(data["legal"]["controller"])
    if controller is not None:
        yield {
            "type": "Organization",
            "spdxId": f"{base}#controller",
            "creationInfo": _CREATION,
            "name": controller,
        }


def _dataset(data: Data, base: str, agents: list[dict[str, Any]]) -> dict[str, Any]:
    personal = [field for field in data["fields"] if field["class"] in _PERSONAL]
    left = any(field["type_out"] is not None for field in personal)
    modalities = other(data, "modality")
    types = sorted({_TYPES.get(one.lower(), "other") for one in modalities}) or ["noAssertion"]
    techniques = sorted({field["technique"] for field in data["fields"] if field["technique"]})
    dataset: dict[str, Any] = {
        "type": "dataset_DatasetPackage",
        "spdxId": f"{base}#dataset",
        "creationInfo": _CREATION,
        "name": title(data),
        "description": declared(data["dataset"]["description"]),
        "builtTime": data["run"]["created"],
        "releaseTime": data["run"]["created"],
        "originatedBy": [agents[-1]["spdxId"]],
        "software_primaryPurpose": "data",
        "software_packageVersion": data["header"]["id"][:16],
        "software_downloadLocation": f"{base}#data",
        "dataset_datasetType": types,
        "dataset_anonymizationMethodUsed": [*techniques, *classes(data)],
        "dataset_hasSensitivePersonalInformation": "yes" if left else "noAssertion",
        "dataset_dataPreprocessing": [
            f"scrubber {data['engine']['program_version']}, rules {data['policy']['digest']}"
        ],
        "dataset_dataCollectionProcess": "; ".join(other(data, "collection")) or None,
        "dataset_intendedUse": "; ".join(declared(data["legal"]["purposes"]) or ()) or None,
        "dataset_knownBias": list(other(data, "biases")),
    }
    return {key: value for key, value in dataset.items() if value not in (None, [])}


def _files(data: Data, base: str) -> Iterator[dict[str, Any]]:
    for number, file in enumerate(data["outputs"]["files"]):
        part: dict[str, Any] = {
            "type": "software_File",
            "spdxId": f"{base}#file-{number}",
            "creationInfo": _CREATION,
            "name": file["path"],
            "software_primaryPurpose": "data",
        }
        if file["sha256"] is not None:
            digest = {"type": "Hash", "algorithm": "sha256", "hashValue": file["sha256"]}
            part["verifiedUsing"] = [digest]
        else:
            part["comment"] = f"SHA-256 over salt and SHA-256: {file['salted_sha256']}"
        yield part


def _sources(data: Data, base: str) -> Iterator[dict[str, Any]]:
    for number, source in enumerate(data["sources"]):
        yield {
            "type": "dataset_DatasetPackage",
            "spdxId": f"{base}#source-{number}",
            "creationInfo": _CREATION,
            "name": source["alias"],
            "software_primaryPurpose": "data",
            "dataset_datasetType": ["noAssertion"],
        }


def _relation(id_: str, of: str, kind: str, to: list[dict[str, Any]]) -> dict[str, Any] | None:
    if not to:
        return None
    return {
        "type": "Relationship",
        "spdxId": id_,
        "creationInfo": _CREATION,
        "from": of,
        "relationshipType": kind,
        "to": [one["spdxId"] for one in to],
    }


SPDX: Final = Target("spdx", "SPDX 3.0.1 with the Dataset profile", "spdx.json", as_json(spdx))
