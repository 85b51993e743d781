"""A plan as a document for approval: the actions of a run, written before it.

It has the sections of a manifest, as far as they are known in advance. It has no counts and no
outputs, but the shares expected from a sample.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any, Final

from scrubber.errors import InputError, Place, TamperedError, printable
from scrubber.manifest.canonical import canonical_bytes, parse_canonical
from scrubber.manifest.ledger import Ledger
from scrubber.manifest.schema import schema
from scrubber.manifest.seal import seal
from scrubber.manifest.statement import Facts, RunFacts
from scrubber.storage import LargeFile, Location, UnfitFile, read_small

SCHEMA: Final = "scrubber/plan/v1"
_FAMILY: Final = b"scrubber/plan/"  # the prefix of the schema of all versions
NO_RUN: Final = RunFacts("1970-01-01T00:00:00Z", "", 0, 1)
_MAX_BYTES: Final = 64 * 1024 * 1024
_SECTIONS: Final = ("dataset", "legal", "policy", "engine")
# Facts of a source or field that need a run, or its key. The id of the key is that of the rules.
_LATER: Final = frozenset({"counts", "records", "keyed_digest"})
# Locations in the rule file: comments move them, and they have no effect.
_PLACES: Final = frozenset({"rule", "reason", "sources", "name"})


@dataclass(frozen=True, slots=True)
class Share:
    """A share expected from a sample: of the values of `field` in `source` with the event `event`
    (``changed``, ``nulled``), or of its records (field None, ``dropped``). In milli-units, rounded
    enough to reveal no small count.
    """

    source: str
    field: str | None
    event: str
    milli: int


@dataclass(frozen=True)
class PlanDocument:
    """A written plan: immutable, equal by its content."""

    data: Mapping[str, Any]

    @classmethod
    def of(
        cls, facts: Facts, shares: tuple[Share, ...], *, min_cell: int, base: int
    ) -> PlanDocument:
        """The document of a run with these `facts` (apart from outputs and counts), whose counts
        are protected by `min_cell` and `base`.

        Raises: the errors of ``seal``.
        """
        known = seal(facts, Ledger(), min_cell=min_cell, base=base).to_json()
        disclosure = known["header"]["disclosure"]
        data: dict[str, Any] = {
            "header": {"schema": SCHEMA, "id": "", "kind": "plan", "disclosure": disclosure},
            **{name: known[name] for name in _SECTIONS},
            "sources": [_without(source, _LATER) for source in known["sources"]],
            "fields": [_without(field, _LATER) for field in known["fields"]],
            "expected": [
                {"source": s.source, "field": s.field, "event": s.event, "milli": s.milli}
                for s in shares
            ],
        }
        data["header"]["id"] = _id(data)
        return cls(data)

    @classmethod
    def from_bytes(cls, raw: bytes) -> PlanDocument:
        """The plan with exactly these bytes.

        Raises: TamperedError ``plan-form`` for anything but a plan of this version in canonical
        JSON, ``plan-id`` for a wrong id.
        """
        try:
            data: Any = parse_canonical(raw)
        except ValueError as fault:
            raise TamperedError("plan-form", f"the plan is {fault}") from None
        problem = next(_problems(data), None)
        if problem is not None:
            raise TamperedError("plan-form", f"this is not a plan of version {SCHEMA}: {problem}")
        if data["header"]["id"] != _id(data):
            raise TamperedError("plan-id", "the plan's id is not that of its content")
        return cls(data)

    def to_bytes(self) -> bytes:
        """The canonical bytes, as in the file."""
        return canonical_bytes(self.data)

    @property
    def id(self) -> str:
        """SHA-256 of the canonical bytes without the id."""
        return str(self.data["header"]["id"])

    @property
    def shares(self) -> tuple[Share, ...]:
        return tuple(Share(**row) for row in self.data["expected"])

    def __repr__(self) -> str:
        return f"PlanDocument(id={self.id[:16]})"

    def drift(self, now: PlanDocument) -> tuple[str, ...]:
        """The differences between the plan and `now`, as public texts; empty without drift.

        Shares are not compared here: they are measured after the run.
        """
        return tuple(_drift(_pins(self.data), _pins(now.data)))


def is_plan(raw: bytes) -> bool:
    """True if these canonical bytes are a plan rather than a manifest.

    Quotes within a string would be escaped, and no other section has a ``kind``.
    """
    return b'"kind":"plan"' in raw


def read_plan(path: Location) -> PlanDocument:
    """The plan in the file `path`.

    Raises: InputError ``no-plan``; the errors of :meth:`PlanDocument.from_bytes`.
    """
    return PlanDocument.from_bytes(read_plan_bytes(path))


def read_plan_bytes(path: Location) -> bytes:
    """The bytes of the plan in the file `path`.

    Raises: InputError ``no-plan``, TamperedError.
    """
    place = Place(file=path.name)
    try:
        raw = read_small(path, _MAX_BYTES).content
    except LargeFile:
        raise TamperedError("plan-form", "the plan is larger than 64 MiB") from None
    except UnfitFile as unfit:
        text = f"no readable plan: {unfit.reason}"
        raise InputError("no-plan", text, place=place) from None
    if _FAMILY not in raw:
        raise InputError("no-plan", "this file is not a plan of scrubber", place=place)
    return raw


def _id(data: Mapping[str, Any]) -> str:
    header = {key: value for key, value in data["header"].items() if key != "id"}
    return sha256(canonical_bytes({**data, "header": header})).hexdigest()


def _without(row: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in names}


def _problems(data: Any) -> Iterator[str]:
    for error in _validator().iter_errors(data):
        yield f"/{'/'.join(printable(str(step)) for step in error.absolute_path)}"


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(plan_schema())


def plan_schema() -> dict[str, Any]:
    """The JSON Schema of a plan: that of the manifest, reduced to a plan's sections."""
    whole = schema()
    sections = whole["properties"]
    share = {
        "source": {"type": "string"},
        "field": {"type": ["string", "null"]},
        "event": {"enum": ["changed", "nulled", "dropped"]},
        "milli": {"type": "integer", "minimum": 0, "maximum": 1000},
    }
    header = {
        "schema": {"const": SCHEMA},
        "id": sections["header"]["properties"]["id"],
        "kind": {"const": "plan"},
        "disclosure": sections["header"]["properties"]["disclosure"],
    }
    parts = {
        "header": _closed(header),
        **{name: sections[name] for name in _SECTIONS},
        "sources": {"type": "array", "items": _less(sections["sources"]["items"])},
        "fields": {"type": "array", "items": _less(sections["fields"]["items"])},
        "expected": {"type": "array", "items": _closed(share)},
    }
    return {
        "$schema": whole["$schema"],
        "$id": "urn:scrubber:plan:v1",
        "title": "scrubber plan, version 1",
        **_closed(parts),
        "$defs": whole["$defs"],
    }


def _closed(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": sorted(properties),
        "properties": dict(properties),
    }


def _less(row: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a row without facts that are known later."""
    properties = _without(row["properties"], _LATER)
    required = [name for name in row["required"] if name not in _LATER]
    return {**row, "properties": properties, "required": required}


Pins = dict[str, Any]


def _pins(data: Mapping[str, Any]) -> Pins:
    """All facts that an approval pins, by a readable name."""
    pins: Pins = {
        "the rules": data["policy"]["digest"],
        "the program": data["engine"]["program_version"],
        "the locked dependencies": data["engine"]["lock_digest"],
        "the counts of the manifest": data["header"]["disclosure"],
    }
    for one in data["engine"]["detectors"]:
        pins[f"detector {printable(one['id'])}"] = _without(one, frozenset({"id", "measured"}))
    for source in data["sources"]:
        pins[f"source {printable(source['alias'])}"] = source["media_type"]
    for field in data["fields"]:
        for alias in field["sources"]:
            name = f"field {printable(field['name'])} of {printable(alias)}"
            pins[name] = _without(field, _PLACES)
    return pins


def _drift(then: Pins, now: Pins) -> Iterator[str]:
    for name in sorted(then.keys() | now.keys()):
        if name not in now:
            yield f"{name}: gone"
        elif name not in then:
            yield f"{name}: new"
        elif then[name] != now[name]:
            yield f"{name}: {_difference(then[name], now[name])}"


def _difference(then: Any, now: Any) -> str:
    if not isinstance(then, Mapping):
        return "not the same"
    return ", ".join(
        f"{key.replace('_', ' ')} {_was(then[key], now[key])}"
        for key in sorted(then)
        if then[key] != now[key]
    )


def _was(then: Any, now: Any) -> str:
    """A changed word as before and after; for larger values, only the fact of a change."""
    if all(isinstance(value, str | int | None) for value in (then, now)):
        before, after = ("none" if v is None else printable(str(v)) for v in (then, now))
        return f"was {before}, is {after}"
    return "not the same"
