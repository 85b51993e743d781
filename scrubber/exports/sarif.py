"""SARIF 2.1.0: points for reviewers of the rules, located in the rule file.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/. Locations are lines of the rules, never of the
data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote

from scrubber.errors import printable
from scrubber.exports.reading import Data, place, title
from scrubber.exports.target import Target, as_json
from scrubber.manifest.assessment import left_in
from scrubber.manifest.view import group_of, printable_text

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final = {"error": "error", "warning": "warning", "info": "note"}


@dataclass(frozen=True, slots=True)
class _Kind:
    """A rule in the sense of SARIF: a kind of result."""

    id: str
    level: str
    text: str


_UNSAFE = _Kind("unsafe-keep", "error", "A field that no rule lists was let through unchanged")
_IDENTIFIER = _Kind("identifier-kept", "error", "A direct identifier is kept")
_SENSITIVE = _Kind("sensitive-kept", "warning", "A sensitive field is kept")
_QUASI = _Kind("quasi-identifier-kept", "note", "A quasi-identifier is kept as it is")
_LEFT = _Kind("finding-left", "note", "Findings of an entity are left in the text")
_RESIDUAL = _Kind("residual", "warning", "Something is left in the output")
_CHECK = _Kind("check-failed", "error", "A check failed")
_UNKNOWN = _Kind("not-declared", "note", "A fact about the dataset is not declared")
_KINDS: Final = (_UNSAFE, _IDENTIFIER, _SENSITIVE, _QUASI, _LEFT, _RESIDUAL, _CHECK, _UNKNOWN)
_KEPT: Final = {
    "direct_identifier": _IDENTIFIER,
    "sensitive": _SENSITIVE,
    "quasi_identifier": _QUASI,
}


@dataclass(frozen=True, slots=True)
class _Found:
    kind: _Kind
    text: str
    file: str
    line: int
    level: str


def sarif(data: Data) -> dict[str, Any]:
    """One run of one tool, with a result for each point to review."""
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "scrubber",
                        "version": data["engine"]["program_version"],
                        "rules": [
                            {
                                "id": kind.id,
                                "shortDescription": {"text": kind.text},
                                "defaultConfiguration": {"level": kind.level},
                            }
                            for kind in _KINDS
                        ],
                    }
                },
                "automationDetails": {"id": f"scrubber/{quote(title(data), safe='')}/"},
                "columnKind": "unicodeCodePoints",
                "results": [_result(found) for found in _all(data)],
                "properties": {
                    "manifest": data["header"]["id"],
                    "policy": data["policy"]["digest"],
                },
            }
        ],
    }


def _result(found: _Found) -> dict[str, Any]:
    # The same finding in the next run is the same alert, even on another line.
    same = sha256(f"{found.kind.id}\0{found.file}\0{found.text}".encode()).hexdigest()
    return {
        "ruleId": found.kind.id,
        "ruleIndex": _KINDS.index(found.kind),
        "level": found.level,
        "message": {"text": found.text},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(found.file)},
                    "region": {"startLine": found.line},
                }
            }
        ],
        "partialFingerprints": {"scrubberFinding/v1": same[:32]},
    }


def _all(data: Data) -> Iterator[_Found]:
    for field in data["fields"]:
        yield from _of_field(field)
    yield from _residual(data)
    file = _rule_file(data)
    for check in data["checks"]:
        if not check["passed"]:
            text = f"{printable(check['id'])}: {printable_text(check['expected'])}"
            yield _Found(_CHECK, text, file, 1, _LEVELS[check["severity"]])
    for section in ("dataset", "legal"):
        for name, fact in data[section].items():
            if name != "other" and fact["status"] == "unknown":
                said = f"{section}: {name.replace('_', ' ')} is not declared"
                yield _Found(_UNKNOWN, said, file, 1, _UNKNOWN.level)


def _of_field(field: Data) -> Iterator[_Found]:
    file, line = place(field["rule"]["place"])
    name, sources = printable(field["name"]), ", ".join(map(printable, field["sources"]))
    where = f"{name} of {sources}"
    if group_of(field) == "keep":
        kind = _UNSAFE if field["unsafe"] else _KEPT.get(field["class"])
        if kind is not None:
            reason = f" ({printable_text(field['reason'])})" if field["reason"] else ""
            yield _Found(kind, f"{kind.text}: {where}{reason}", file, line, kind.level)
    for operator in field["operators"]:
        if operator["action"] == "keep":
            entity = printable(operator["entity"] or "other entities")
            text = f"{_LEFT.text}: {entity} in {where}"
            yield _Found(_LEFT, text, file, line, _LEFT.level)


def _residual(data: Data) -> Iterator[_Found]:
    """Residuals, located at the rules of their fields."""
    for one in left_in(data["risk"]):
        places = {f["rule"]["place"]: None for f in data["fields"] if f["name"] == one.field}
        for text in places:
            yield _Found(_RESIDUAL, f"{_RESIDUAL.text}: {one}", *place(text), _RESIDUAL.level)


def _rule_file(data: Data) -> str:
    """The file of the first rule."""
    places = [rule["place"] for rule in data["policy"]["rules"]]
    places += [field["rule"]["place"] for field in data["fields"]]
    return place(places[0])[0] if places else "rules.yaml"


SARIF: Final = Target("sarif", "SARIF 2.1.0 for code scanning", "scrubber.sarif", as_json(sarif))
