"""Croissant 1.1 with its RAI vocabulary (https://docs.mlcommons.org/croissant/docs/).

The file belongs beside the manifest: content URLs are relative to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from glob import escape
from itertools import groupby
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

from scrubber.errors import InputError
from scrubber.exports.reading import (
    Data,
    classes,
    declared,
    kept_or_changed,
    other,
    steps,
    title,
)
from scrubber.exports.target import Target, as_json
from scrubber.manifest.view import treatment
from scrubber.model.fieldpath import Inner

_CONTEXT: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "@language": "en",
        "@vocab": "https://schema.org/",
        "arrayShape": "cr:arrayShape",
        "citeAs": "cr:citeAs",
        "column": "cr:column",
        "conformsTo": "dct:conformsTo",
        "containedIn": "cr:containedIn",
        "cr": "http://mlcommons.org/croissant/",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "dct": "http://purl.org/dc/terms/",
        "description": {"@container": "@language"},
        "equivalentProperty": "cr:equivalentProperty",
        "examples": {"@id": "cr:examples", "@type": "@json"},
        "extract": "cr:extract",
        "field": "cr:field",
        "fileObject": "cr:fileObject",
        "fileProperty": "cr:fileProperty",
        "fileSet": "cr:fileSet",
        "format": "cr:format",
        "includes": "cr:includes",
        "isArray": "cr:isArray",
        "isLiveDataset": "cr:isLiveDataset",
        "jsonPath": "cr:jsonPath",
        "key": "cr:key",
        "md5": "cr:md5",
        "name": {"@container": "@language"},
        "parentField": "cr:parentField",
        "path": "cr:path",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "recordSet": "cr:recordSet",
        "references": "cr:references",
        "regex": "cr:regex",
        "repeated": "cr:repeated",
        "replace": "cr:replace",
        "samplingRate": "cr:samplingRate",
        "sc": "https://schema.org/",
        "separator": "cr:separator",
        "source": "cr:source",
        "subField": "cr:subField",
        "transform": "cr:transform",
    }
)
# Media types known to readers of Croissant, by suffix. They also read compressed CSV and JSONL.
_MEDIA: Final = (
    (re.compile(r"\.csv(\.gz)?$"), "text/csv"),
    (re.compile(r"\.tsv(\.gz)?$"), "text/tab-separated-values"),
    (re.compile(r"\.(jsonl|ndjson)(\.gz)?$"), "application/jsonlines"),
    (re.compile(r"\.parquet$"), "application/x-parquet"),
)
_INNER: Final = frozenset(step.value for step in Inner) - {Inner.EACH.value}
_OTHER: Final = "application/octet-stream"
_TYPES: Final = (
    (re.compile(r"u?int\d+"), "sc:Integer"),
    (re.compile(r"halffloat|float|double|decimal"), "sc:Float"),
    (re.compile(r"bool"), "sc:Boolean"),
    (re.compile(r"date|timestamp"), "sc:Date"),
)


def croissant(data: Data) -> dict[str, Any]:
    """The dataset as JSON-LD."""
    files = data["outputs"]["files"]
    body: dict[str, Any] = {
        "@context": dict(_CONTEXT),
        "@type": "sc:Dataset",
        "name": title(data),
        "conformsTo": [
            "http://mlcommons.org/croissant/1.1",
            "http://mlcommons.org/croissant/RAI/1.0",
        ],
        "description": declared(data["dataset"]["description"]),
        "license": declared(data["dataset"]["licence"]),
        "identifier": f"urn:scrubber:manifest:{data['header']['id']}",
        "datePublished": data["run"]["created"][:10],
        "distribution": [_file(file) for file in files if file["sha256"] is not None],
        "recordSet": [],
        **_responsible(data),
    }
    for fields, group in groupby(files, key=lambda file: _columns(data, file)):
        record_set, file_set = _record_set(list(group), fields)
        body["recordSet"] += record_set
        body["distribution"] += file_set
    return {key: value for key, value in body.items() if value not in (None, [])}


def _media(path: str) -> str:
    return next((media for ending, media in _MEDIA if ending.search(path)), _OTHER)


def _id(path: str) -> str:
    """Escape a path or name for use in an IRI."""
    return quote(path, safe="/")


def _file(file: Data) -> dict[str, Any]:
    known = {} if file["bytes"] is None else {"contentSize": f"{file['bytes']} B"}
    return {
        "@type": "cr:FileObject",
        "@id": _id(file["path"]),
        "name": file["path"],
        "contentUrl": file["path"],
        **known,
        "encodingFormat": _media(file["path"]),
        "sha256": file["sha256"],
    }


@dataclass(frozen=True, slots=True)
class _Column:
    """A field of a file: name, Croissant type, treatment, and the location of its values: the
    column, the JSON path within it, and True for many values per record."""

    name: str
    kind: str
    said: str
    column: str
    path: str | None
    repeated: bool


def _columns(data: Data, file: Data) -> tuple[_Column, ...]:
    media = _media(file["path"])
    if media == _OTHER:
        return ()
    plain = media in ("text/csv", "text/tab-separated-values")
    found = (_column(field, plain) for field in kept_or_changed(data, file["source"]))
    return tuple(one for one in found if one is not None)


def _column(field: Data, plain: bool) -> _Column | None:
    """The column of a field, or None for fields that Croissant cannot express: nested lists, maps,
    one of several kinds, and names with quotes."""
    top, *below = steps(field["name"])
    repeated = below[:1] == ["[]"]
    below = below[1:] if repeated else below
    if "[]" in below or not _INNER.isdisjoint(below):
        return None
    if any('"' in step or "\\" in step for step in below):
        return None
    path = ".".join(f'"{step}"' for step in below) or None
    kind = "sc:Text" if plain else _type(field)
    return _Column(field["name"], kind, treatment(field), top, path, repeated)


def _type(field: Data) -> str:
    if field["action"] == "date_shift":  # also for dates in text
        return "sc:Date"
    return next((kind for known, kind in _TYPES if known.match(field["type_out"])), "sc:Text")


def _record_set(
    files: list[Data], columns: tuple[_Column, ...]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The records of files with equal columns, and a FileSet for several files or a small one."""
    if not columns:
        return [], []
    first = _id(files[0]["path"])
    records = f"records/{first.removeprefix('data/')}"
    shards: list[dict[str, Any]] = []
    source: dict[str, Any] = {"fileObject": {"@id": first}}
    # A FileObject needs a plain digest. Small files have none, so each is a FileSet of one file.
    if len(files) > 1 or files[0]["sha256"] is None:
        others = " and its other shards" if len(files) > 1 else ""
        shards = [
            {
                "@type": "cr:FileSet",
                "@id": f"{records}/files",
                "name": f"{files[0]['path']}{others}",
                "encodingFormat": _media(files[0]["path"]),
                "includes": [escape(file["path"]) for file in files],
            }
        ]
        source = {"fileSet": {"@id": f"{records}/files"}}
    fields = [_field(f"{records}/{quote(one.name, safe='')}", one, source) for one in columns]
    return [
        {"@type": "cr:RecordSet", "@id": records, "name": files[0]["path"], "field": fields}
    ], shards


def _field(id_: str, one: _Column, source: Data) -> dict[str, Any]:
    whence = {**source, "extract": {"column": one.column}}
    if one.path is not None:
        whence["transform"] = {"jsonPath": one.path}
    field = {
        "@type": "cr:Field",
        "@id": id_,
        "name": one.name,
        "description": one.said,
        "dataType": one.kind,
        "source": whence,
    }
    return {**field, "repeated": True} if one.repeated else field


def _responsible(data: Data) -> dict[str, Any]:
    """The RAI part: content of the data, treatment, and uses."""
    legal, sources = data["legal"], declared(data["dataset"]["sources"]) or ()
    retention = declared(legal["retention"]) or {}
    prohibited = [f"Prohibited: {use}" for use in declared(legal["prohibited_uses"]) or ()]
    collected = "; ".join(s["method"] for s in sources if s["method"])
    kept_until = retention.get("delete_by")
    return {
        "rai:personalSensitiveInformation": list(_personal(data)),
        "rai:dataManipulationProtocol": _treated(data),
        "rai:dataLimitations": [row["text"] for row in data["risk"]["limitations"]],
        "rai:dataUseCases": [*(declared(legal["purposes"]) or ()), *prohibited],
        "rai:dataCollection": "; ".join([*filter(None, [collected]), *other(data, "collection")])
        or None,
        "rai:dataBiases": list(other(data, "biases")) or None,
        "rai:dataSocialImpact": "; ".join(other(data, "social_impact")) or None,
        "rai:dataReleaseMaintenancePlan": f"Delete by {kept_until}." if kept_until else None,
    }


def _personal(data: Data) -> Iterator[str]:
    yield f"Claim: {data['risk']['claim']}. Manifest {data['header']['id']}."
    yield from classes(data)
    for field in data["fields"]:
        if field["class"] in ("direct_identifier", "quasi_identifier", "sensitive", "text"):
            kind = field["class"].replace("_", " ")
            yield f"{field['name']}: {kind}, {field['action']}"


def _treated(data: Data) -> str:
    policy, version = data["policy"], data["engine"]["program_version"]
    return (
        f"Scrubbed by scrubber {version} with the rules {policy['digest']}; "
        f"records come from {len(data['sources'])} files."
    )


_MANDATORY: Final = {
    "licence": "license",
    "description": "description",
    "purpose": "rai:dataUseCases",
    "biases": "rai:dataBiases",
    "social_impact": "rai:dataSocialImpact",
    "synthetic": "rai:hasSyntheticData",
}
"""Properties that the profile ``neurips`` requires, by the key of ``dataset:`` that declares it."""


def neurips(data: Data) -> dict[str, Any]:
    """The dataset with all RAI properties that NeurIPS requires of submissions.

    Raises: InputError ``export-incomplete`` with the keys of ``dataset:`` that are not declared.
    """
    body = croissant(data)
    body["@context"] = {**body["@context"], "prov": "http://www.w3.org/ns/prov#"}
    synthetic = other(data, "synthetic")
    body["rai:dataBiases"] = list(other(data, "biases"))
    body["rai:dataSocialImpact"] = "; ".join(other(data, "social_impact"))
    body["rai:hasSyntheticData"] = synthetic[0] == "true" if synthetic else None
    missing = [key for key, name in _MANDATORY.items() if body.get(name) in (None, "", [])]
    if missing:
        raise InputError(
            "export-incomplete",
            f"NeurIPS requires facts that nobody declared: {', '.join(missing)}",
            hint="declare them under dataset: in the rule file",
        )
    sources = declared(data["dataset"]["sources"]) or ()
    body["prov:wasDerivedFrom"] = [
        {"@id": f"urn:scrubber:source:{quote(one['name'], safe='')}", "prov:label": one["name"]}
        for one in sources
        if one["name"]
    ] or [{"@id": f"urn:scrubber:source:{quote(title(data), safe='')}"}]
    body["prov:wasGeneratedBy"] = [
        {
            "@type": "prov:Activity",
            "@id": f"urn:scrubber:run:{quote(data['run']['id'], safe='')}",
            "prov:label": "scrubbing",
            "description": _treated(data),
        }
    ]
    return body


CROISSANT: Final = Target(
    "croissant",
    "Croissant 1.1 with RAI, JSON-LD",
    "croissant.json",
    as_json(croissant),
    profiles=MappingProxyType({"neurips": as_json(neurips)}),
)
