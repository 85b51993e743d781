"""The public summary of training content, Article 53(1)(d) of Regulation (EU) 2024/1689.

The headings are those of the AI Office's template (24 July 2025, C(2025) 8311 of 5 December 2025),
which has no schema: the list is dated. One summary may cover several datasets. Facts about the
model belong to its provider and are listed as open; undeclared facts are, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from scrubber.exports.reading import Data, classes, declared, other, published, title
from scrubber.exports.target import Target, json_text

TEMPLATE: Final = "C(2025) 8311, 5 December 2025"
OPEN: Final = "to be stated by the provider of the model"
UNKNOWN: Final = "not declared"
KINDS: Final[Mapping[str, str]] = {
    "public": "2.1 Publicly available datasets",
    "licensed": "2.2.1 Datasets commercially licensed by rightsholders or their representatives",
    "third_party": "2.2.2 Private datasets obtained from other third parties",
    "crawled": "2.3 Data crawled and scraped from online sources",
    "user": "2.4 User data",
    "synthetic": "2.5 Synthetic data",
    "own": "2.6 Other sources of data",
}
"""The heading of a source, by its ``kind`` in the rule file."""
_BANDS: Final = (
    (1_000, "fewer than 1,000 records"),
    (100_000, "1,000 to 100,000 records"),
    (10_000_000, "100,000 to 10 million records"),
)
_MORE: Final = "more than 10 million records"


def eu_summary(documents: Sequence[Data]) -> dict[str, Any]:
    """The three sections of the template, filled from the manifests `documents`."""
    return {
        "template": TEMPLATE,
        "manifests": [f"urn:scrubber:manifest:{data['header']['id']}" for data in documents],
        "1 General information": {
            "1.1 Provider identification": _controllers(documents),
            "1.2 Model identification": OPEN,
            "1.3 Modalities, overall training data size and other characteristics": [
                {
                    "dataset": title(data),
                    "modalities": _or_unknown(other(data, "modality")),
                    "size": other(data, "size") or [_band(data)],
                    "languages": _or_unknown(other(data, "languages")),
                    "period of collection": _or_unknown(_of_sources(data, "period")),
                    "collection": _or_unknown(other(data, "collection")),
                }
                for data in documents
            ],
        },
        "2 List of data sources": _sources(documents),
        "3 Data processing aspects": {
            "3.1 Respect of reservation of rights from the text and data mining exception": [
                {"dataset": title(data), "measures": _or_unknown(other(data, "opt_outs"))}
                for data in documents
            ],
            "3.2 Removal of illegal content": OPEN,
            "3.3 Other information": [
                {"dataset": title(data), "processing": list(_processing(data))}
                for data in documents
            ],
        },
    }


def _controllers(documents: Iterable[Data]) -> list[dict[str, Any]]:
    return [
        {
            "dataset": title(data),
            "controller": declared(data["legal"]["controller"]) or UNKNOWN,
            "contact": _or_unknown(other(data, "contact")),
        }
        for data in documents
    ]


def _sources(documents: Sequence[Data]) -> dict[str, Any]:
    """The declared sources under the headings of their kinds; those of no kind come last."""
    listed: dict[str, list[dict[str, Any]]] = {heading: [] for heading in KINDS.values()}
    without = "Sources whose kind is not declared"
    for data in documents:
        for source in declared(data["dataset"]["sources"]) or ({"name": None},):
            heading = KINDS.get(_kind(source), without)
            listed.setdefault(heading, []).append(
                {
                    "dataset": title(data),
                    "name": source["name"] or UNKNOWN,
                    **{
                        key: source[key]
                        for key in ("method", "period", "licence", "geography")
                        if source.get(key)
                    },
                }
            )
    return {heading: rows or "none declared" for heading, rows in listed.items()}


def _kind(source: Data) -> str:
    from json import loads

    rest = loads(source["other"]) if source.get("other") else {}
    return str(rest.get("kind", ""))


def _of_sources(data: Data, name: str) -> list[str]:
    sources = declared(data["dataset"]["sources"]) or ()
    return [source[name] for source in sources if source[name]]


def _processing(data: Data) -> Iterator[str]:
    """Minimization and scrubbing in words, without counts of fields or findings."""
    version, rules = data["engine"]["program_version"], data["policy"]["digest"]
    yield f"personal data was removed or changed by scrubber {version}, rules {rules}"
    yield f"claim: {data['risk']['claim']}"
    yield from classes(data)
    yield from sorted({field["technique"] for field in data["fields"] if field["technique"]})
    special = other(data, "special_categories")
    if special:
        yield f"special categories of personal data: {', '.join(special)}"


def _band(data: Data) -> str:
    """The size in a broad band; counts that the manifest withholds are not banded."""
    number = published(data["records"]["out"])
    if number is None:
        return UNKNOWN
    return next((said for limit, said in _BANDS if number < limit), _MORE)


def _or_unknown(values: Sequence[str]) -> list[str] | str:
    return list(values) or UNKNOWN


EU_SUMMARY: Final = Target(
    "eu-training-summary",
    "Public summary of training content (EU AI Act, Article 53)",
    "training-summary.json",
    lambda data: json_text(eu_summary((data,))),
    several=lambda documents: json_text(eu_summary(documents)),
)
