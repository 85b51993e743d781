"""The Data Provenance Standards 1.0.0 of the Data & Trust Alliance: a crosswalk of its 22 fields.

https://dataandtrustalliance.org. Undeclared facts are recorded as unknown; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from scrubber.exports.reading import Data, classes, declared, title
from scrubber.exports.target import Target, as_json

_UNKNOWN: Final = "unknown"


def dta(data: Data) -> dict[str, Any]:
    """The fields in their three groups, by the names of the standard."""
    dataset, legal = data["dataset"], data["legal"]
    return {
        "Standards version used": "1.0.0",
        "Source": {
            "Dataset title/name": title(data),
            "Unique metadata identifier": f"urn:scrubber:manifest:{data['header']['id']}",
            "Metadata location": "manifest.json",
            "Dataset issuer": _fact(legal["controller"]),
            "Description of the dataset": _fact(dataset["description"]),
        },
        "Provenance": {
            "Source metadata for dataset": _previous(data),
            "Source (if different from issuer)": _of_sources(data, "name"),
            "Data origin geography": _of_sources(data, "geography"),
            "Dataset issue date": data["run"]["created"][:10],
            "Date of previously issued version": _UNKNOWN,
            "Range of dates for data generation": _of_sources(data, "period"),
            "Method": _of_sources(data, "method"),
            "Data format": sorted({source["media_type"] for source in data["sources"]}),
        },
        "Use": {
            "Confidentiality classification": _classes(data),
            "Consent documentation location": [
                consent["reference"] or _UNKNOWN for consent in declared(legal["consents"]) or ()
            ]
            or _fact(legal["consents"]),
            "Privacy enhancing technologies (PETs) or tools applied": list(_technologies(data)),
            "Data processing geography": _UNKNOWN,
            "Data storage geography": _UNKNOWN,
            "License to use": _fact(dataset["licence"]),
            "Intended data use": list(declared(legal["purposes"]) or ())
            or _fact(legal["purposes"]),
            "Proprietary data": _UNKNOWN,
        },
    }


def _fact(fact: Data) -> str:
    value = declared(fact)
    return value if isinstance(value, str) else fact["status"]


def _of_sources(data: Data, name: str) -> list[str] | str:
    """The distinct declarations of the sources under `name`."""
    found: list[str] = []
    for source in declared(data["dataset"]["sources"]) or ():
        value = source[name]
        found += [value] if isinstance(value, str) else value or ()
    return list(dict.fromkeys(found)) or _UNKNOWN


def _previous(data: Data) -> list[str] | str:
    """The upstream manifests of the dataset, as far as they are declared."""
    previous = data["header"]["previous"]
    own = [f"urn:scrubber:manifest:{previous}"] if previous else []
    upstream = _of_sources(data, "upstream")
    return [*own, *(upstream if isinstance(upstream, list) else ())] or _UNKNOWN


def _classes(data: Data) -> list[str]:
    """The kinds of personal data in the input fields, and the claim about the output."""
    classes = {field["class"] for field in data["fields"] if field["class"]}
    return [f"claim: {data['risk']['claim']}", *sorted(f"held {name}" for name in classes)]


def _technologies(data: Data) -> Iterator[str]:
    version = data["engine"]["program_version"]
    yield f"scrubber {version}, rules {data['policy']['digest']}"
    yield from classes(data)
    yield from sorted({f["technique"] for f in data["fields"] if f["technique"]})
    yield from sorted(
        {o["technique"] for f in data["fields"] for o in f["operators"] if o["technique"]}
        - {f["technique"] for f in data["fields"]}
    )


DTA: Final = Target("dta", "Data & Trust Alliance provenance metadata", "dta.json", as_json(dta))
