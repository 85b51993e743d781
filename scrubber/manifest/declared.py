"""Declared facts: statements of the author about the dataset, each with a status.

``{value, status: declared | unknown | not_applicable, asserted_by}``: facts without a declaration
are unknown, and declared facts are kept apart from measured ones.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from scrubber.manifest.canonical import canonical_bytes
from scrubber.manifest.statement import DeclaredFacts

Shape = Callable[[Any], Any]


def declared_sections(declared: DeclaredFacts) -> tuple[dict[str, Any], dict[str, Any]]:
    """The ``dataset`` and ``legal`` sections.

    Keys outside of these sections are kept as text in ``dataset.other``.

    Raises: ValueError if the text is not a JSON object.
    """
    try:
        facts = json.loads(declared.text, parse_float=str)
    except (ValueError, RecursionError):
        raise ValueError("declared facts are a JSON object") from None
    if not isinstance(facts, dict):
        raise ValueError("declared facts are a JSON object")
    rest = dict(facts)

    def take(shape: Shape, *names: str) -> dict[str, Any]:
        present = [rest.pop(name) for name in names if name in rest]
        return _fact(present[0] if present else None, shape, declared.asserted_by)

    dataset: dict[str, Any] = {
        "name": take(_text, "name"),
        "description": take(_text, "description"),
        "licence": take(_text, "licence", "license"),
        "sources": take(_sources, "sources"),
    }
    legal = {
        "controller": take(_text, "controller"),
        "basis": take(_text, "legal_basis"),
        "purposes": take(_texts, "purpose", "purposes"),
        "consents": take(_rows("reference", "status"), "consent", "consents"),
        "commitments": take(_rows("id", "text"), "commitments"),
        "retention": take(_row("delete_by"), "retention"),
        "prohibited_uses": take(_texts, "prohibited_uses"),
    }
    dataset["other"] = [
        {"name": name, **_fact(value, _text, declared.asserted_by)}
        for name, value in sorted(rest.items())
    ]
    return dataset, legal


def retention_ended(data: Mapping[str, Any], on: date) -> str | None:
    """The declared last day of retention if it is before `on`, or if it is no day; else None."""
    said = (data["legal"]["retention"]["value"] or {}).get("delete_by")
    if said is None:
        return None
    try:
        ended = date.fromisoformat(said) < on
    except ValueError:
        return "a day that is none"
    return said if ended else None


def contradiction(manifest: Mapping[str, Any]) -> str | None:
    """The place of an inconsistent fact: declared without a value or author, or the reverse. None
    if there is none; :func:`declared_sections` makes none."""
    for section in ("dataset", "legal"):
        facts = manifest[section]
        named = [(name, fact) for name, fact in facts.items() if isinstance(fact, Mapping)]
        for name, fact in [*named, *(("other", fact) for fact in facts.get("other", ()))]:
            declared = fact["status"] == "declared"
            told = fact["value"] is not None
            if declared != told or (declared and fact["asserted_by"] is None):
                return f"/{section}/{name}"
    return None


def _fact(value: Any, shape: Shape, asserted_by: str) -> dict[str, Any]:
    if value is None or value in ("", "unknown"):
        return {"value": None, "status": "unknown", "asserted_by": None}
    if value == "not_applicable":
        return {"value": None, "status": "not_applicable", "asserted_by": asserted_by}
    return {"value": shape(value), "status": "declared", "asserted_by": asserted_by}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else canonical_bytes(value).decode()


def _texts(value: Any) -> list[str]:
    return [_text(item) for item in (value if isinstance(value, list) else [value])]


def _row(*names: str) -> Shape:
    """A mapping with the named keys as text, and all other keys under ``other``."""

    def shape(value: Any) -> dict[str, Any]:
        given = dict(value) if isinstance(value, Mapping) else {names[0]: value}
        row: dict[str, Any] = {
            name: _text(given.pop(name)) if given.get(name) is not None else None for name in names
        }
        given = {name: item for name, item in given.items() if name not in names}
        row["other"] = _text(given) if given else None
        return row

    return shape


def _rows(*names: str) -> Shape:
    one = _row(*names)

    def shape(value: Any) -> list[dict[str, Any]]:
        return [one(item) for item in (value if isinstance(value, list) else [value])]

    return shape


def _sources(value: Any) -> list[dict[str, Any]]:
    one = _row("name", "method", "period", "licence", "upstream")
    rows = []
    for item in value if isinstance(value, list) else [value]:
        given = dict(item) if isinstance(item, Mapping) else {"name": item}
        geography = given.pop("geography", [])
        rows.append({**one(given), "geography": _texts(geography)})
    return rows
