"""Seal: facts and exact counts become a manifest. Disclosure control happens here, once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any, TypeGuard

from scrubber.errors import OutputError, Place, printable
from scrubber.manifest.canonical import canonical_bytes, manifest_id, plain_json
from scrubber.manifest.declared import declared_sections
from scrubber.manifest.deletion import deletion_section
from scrubber.manifest.document import Manifest
from scrubber.manifest.ledger import EVENTS, Ledger
from scrubber.manifest.merkle import outputs_root
from scrubber.manifest.risk import risk_section
from scrubber.manifest.salts import is_small, salted_digest
from scrubber.manifest.statement import (
    CLAIM,
    SCHEMA,
    CheckFacts,
    DetectorFacts,
    EngineFacts,
    Facts,
    FieldFacts,
    OperatorFacts,
    RuleFacts,
)
from scrubber.manifest.suppression.counts import count
from scrubber.manifest.suppression.disclosure import Key
from scrubber.manifest.unicity import unicity_section
from scrubber.model.counts import SMALLEST
from scrubber.model.entities import entity

Published = dict[Key, dict[str, Any]]


def seal(facts: Facts, ledger: Ledger, *, min_cell: int = SMALLEST, base: int = 1) -> Manifest:
    """Seal the manifest of a run.

    Counts from 1 to ``min_cell - 1`` are published as ``{"lt": min_cell}``. Counts that would
    reveal them are published as ``{"suppressed": true}``. All others are ``{"n": ...}``, rounded to
    a multiple of `base`. The id does not depend on the execution of the run (`run`).

    Raises: ConservationError for counts that contradict each other or the facts; OutputError
    ``output-name`` for a path outside of ``data/`` or a name in invalid Unicode, ``manifest-text``
    for a declared fact or parameter that canonical JSON cannot hold; ValueError for a `min_cell`
    below 3, a `base` below 1, or a small output without a salt.
    """
    if base < 1:
        raise ValueError("counts are rounded to a positive base")
    for output in facts.outputs:
        if not is_output_path(output.path):
            raise OutputError("output-name", "an output lies below data/", place=Place(output.path))
        if is_small(output) and output.salt is None:
            raise ValueError("the digest of a small file is salted")
    _check_unicode(facts)
    published = count(facts, ledger).publish(min_cell, base)
    if facts.rescan is not None and ledger.rescanned == ledger.rows_out:
        # The sample covered all records.
        facts = replace(facts, rescan=replace(facts.rescan, every=True))
    try:
        data: dict[str, Any] = plain_json(_sections(facts, published, min_cell, base))
    except ValueError as fault:
        # The text comes from canonical.py and quotes no value.
        text = f"a declared fact or parameter cannot stand in a manifest: {fault}"
        raise OutputError("manifest-text", text) from None
    data["header"]["id"] = manifest_id(data)
    return Manifest(data)


def work_id(facts: Facts) -> str:
    """The identity of a run's work, before there are counts: the SHA-256 (hex) of all `facts`
    except for the clock."""
    stated = asdict(facts)
    del stated["run"]
    return sha256(json.dumps(stated, sort_keys=True).encode()).hexdigest()


def _sections(facts: Facts, published: Published, min_cell: int, base: int) -> dict[str, Any]:
    """All sections of the manifest, without the id."""
    dataset, legal = declared_sections(facts.declared)
    files = _files(facts, published, base)
    unread = [asdict(one) for one in sorted(facts.unread, key=lambda one: one.alias)]
    return {
        "header": {
            "schema": SCHEMA,
            "id": "",
            "kind": "run",
            "previous": facts.previous,
            "disclosure": {"min_cell": min_cell, "base": base},
        },
        "run": asdict(facts.run),
        "dataset": dataset,
        "sources": [
            {**asdict(source), "records": published["source", source.alias]}
            for source in sorted(facts.sources, key=lambda s: s.alias)
        ],
        "quarantined_sources": unread,
        "legal": legal,
        "policy": {
            "digest": facts.policy.digest,
            "keyed_digest": facts.policy.keyed_digest,
            "reference": facts.policy.reference,
            "on_unlisted": facts.policy.on_unlisted,
            "on_error": facts.policy.on_error,
            "rules": [_rule(rule) for rule in facts.policy.rules],
        },
        "engine": engine_section(facts.engine),
        "fields": [_field(i, field, published) for i, field in enumerate(facts.fields)],
        "records": {
            "in": published["records", "in"],
            "out": published["records", "out"],
            "quarantined": _listed(published, "quarantined", ("reason",)),
            "dropped": _listed(published, "dropped", ("rule",)),
            "unmeasured": _listed(published, "language", ("language",)),
        },
        "findings": _listed(published, "finding", ("field", "entity", "recognizer", "action")),
        "risk": _risk(facts, published, min_cell, base),
        "deletion": deletion_section(facts.subjects) if facts.subjects else None,
        "outputs": {"files": files, "merkle_root": outputs_root(files)},
        "aggregates": [asdict(one) for one in facts.aggregates],
        "checks": [asdict(check) for check in _all_checks(facts)],
        "waivers": [],
    }


def _risk(facts: Facts, published: Published, min_cell: int, base: int) -> dict[str, Any]:
    section: dict[str, Any] = {
        "claim": CLAIM,
        "limitations": list(
            _limitations(facts, base, any(_is(key, "language") for key in published))
        ),
        "rescan": None,
        "planted": [asdict(one) for one in facts.planted],
        "unicity": [unicity_section(one, min_cell, base) for one in facts.unicity],
    }
    if facts.rescan is not None:
        section["rescan"] = {
            "records": "all" if facts.rescan.every else "sample",
            "entities": "all" if facts.rescan.all_entities else "rules",
            "looked_at": published[("rescanned",)],
            "left": _listed(published, "residual", ("field", "entity", "recognizer")),
        }
    if facts.risk is not None:
        section["privacy"] = risk_section(facts.risk, published, min_cell, base)
    return section


def engine_section(engine: EngineFacts) -> dict[str, Any]:
    """The program and its detectors as JSON, equal to that of a manifest read from a file."""
    section: dict[str, Any] = plain_json(
        {
            "program_version": engine.program_version,
            "lock_digest": engine.lock_digest,
            "detectors": [_detector(d) for d in sorted(engine.detectors, key=_by_id)],
            "leaks": None if engine.leaks is None else asdict(engine.leaks),
        }
    )
    return section


_CONSERVATION = CheckFacts(
    "conservation",
    True,
    "error",
    "records in = out + dropped + quarantined",
    "holds for every batch",
)
_UNREAD = CheckFacts(
    "sources-read",
    False,
    "error",
    "every source is read whole",
    "sources that could not be read were left out, on request",
)


def _all_checks(facts: Facts) -> Iterable[CheckFacts]:
    yield _CONSERVATION
    if facts.unread:
        yield _UNREAD
    yield from facts.checks


_NOISE = "Noise is drawn from the key: whoever holds it can undo the noise."
_EXACT = (
    "Counts are exact, so two manifests of almost the same records reveal facts about the few that "
    "differ. Set disclosure: {base: 5} in the rule file to round counts."
)
_FOREIGN = (
    "Some records are in languages or scripts whose leaks were not measured (records.unmeasured). "
    "Names were not searched for in them if the rules say patterns_only."
)
_BY_UNICITY = (
    "No quasi-identifiers form classes (privacy). Whoever knows the fields under risk.unicity "
    "finds the records that they single out."
)
_BY_QUASI = (
    "Classes protect against attackers who know the named quasi-identifiers and nothing else."
)


def is_output_path(path: str) -> bool:
    """True if `path` names a file below ``data/``: relative, POSIX, without ``..``."""
    parts = path.split("/")
    clean = all(part not in ("", ".", "..") for part in parts) and "\0" not in path
    return clean and len(parts) > 1 and parts[0] == "data" and PurePosixPath(path).parts[1:] != ()


def _check_unicode(facts: Facts) -> None:
    names = [(source.alias, None) for source in facts.sources]
    names += [(output.path, None) for output in facts.outputs]
    fields = [(None, field.name) for field in facts.fields]
    for file, name in [*names, *fields]:
        try:
            canonical_bytes([file, name])
        except ValueError:
            text = "the name is not valid Unicode, so no manifest can hold it"
            raise OutputError("output-name", text, place=Place(file, field=name)) from None


def _by_id(detector: DetectorFacts) -> tuple[str, str]:
    return detector.id, detector.version


def _detector(detector: DetectorFacts) -> dict[str, Any]:
    facts = asdict(detector)
    return {**facts, "measured": list(facts["measured"]) or None}


def _rule(rule: RuleFacts) -> dict[str, Any]:
    return {
        "id": rule.id,
        "place": rule.place,
        "selector": rule.selector,
        "action": rule.action,
        "parameters": _parameters(rule.parameters.items()),
        "reason": rule.reason,
    }


def _parameters(items: Iterable[tuple[str, Any]]) -> list[dict[str, str]]:
    """Parameters as texts: fractions have no canonical form, and readers need no types."""
    return [{"name": name, "value": _as_text(value)} for name, value in sorted(items)]


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, list | tuple):
        return ", ".join(_as_text(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_as_text(item)}" for key, item in sorted(value.items()))
    return canonical_bytes(value).decode()


def _field(i: int, field: FieldFacts, published: Published) -> dict[str, Any]:
    return {
        "name": field.name,
        "sources": sorted(field.sources),
        "type_in": field.type_in,
        "type_out": field.type_out,
        "class": field.field_class,
        "categories": [_category(field.entity)] if field.entity is not None else [],
        "action": field.action,
        "technique": field.technique,
        "parameters": _parameters(field.parameters.items()),
        "operators": [_operator(operator) for operator in field.operators],
        "key_id": field.key_id,
        "domain": field.domain,
        "reversible": field.reversible,
        "linkable": field.linkable,
        "rule": {"id": field.rule, "place": field.place},
        "reason": field.reason,
        "unsafe": field.unsafe,
        "counts": {event: published["field", i, event] for event in EVENTS},
    }


def _operator(operator: OperatorFacts) -> dict[str, Any]:
    return {
        "entity": operator.entity,
        "action": operator.action,
        "technique": operator.technique,
        "parameters": _parameters(operator.parameters.items()),
    }


def _category(name: str) -> dict[str, Any]:
    known = entity(name)
    return {"entity": name, "dpv": known.dpv, "hipaa": known.hipaa}


def _listed(published: Published, kind: str, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """The counts of the given `kind`, sorted by key."""
    keys = sorted(key for key in published if _is(key, kind))
    return [{**dict(zip(names, k[1:], strict=True)), "count": published[k]} for k in keys]


def _files(facts: Facts, published: Published, base: int) -> list[dict[str, Any]]:
    """The output files.

    The exact length of a file reveals its number of records or values to anyone who knows the
    length of one. So it is published only if the corresponding counts are exact.
    """
    withheld = _with_withheld_counts(facts, published)
    return [
        {
            "path": one.path,
            "sha256": None if one.salt is not None else one.sha256,
            "salted_sha256": None if one.salt is None else salted_digest(one.sha256, one.salt),
            "bytes": one.bytes
            if one.salt is None and base == 1 and one.source not in withheld
            else None,
            "rows": published["output", one.path],
            "source": one.source,
            "shard": one.shard,
        }
        for one in sorted(facts.outputs, key=lambda one: (one.shard, one.path))
    ]


def _with_withheld_counts(facts: Facts, published: Published) -> set[str]:
    """The sources with a withheld count that their output files would reveal."""
    found = {one.source for one in facts.outputs if "n" not in published["output", one.path]}
    fields = {key[1] for key, n in published.items() if _is(key, "finding") and "n" not in n}
    for i, field in enumerate(facts.fields):
        counts = (published["field", i, event] for event in EVENTS)
        if field.name in fields or any("n" not in count for count in counts):
            found.update(field.sources)
    return found


def _is(key: Key, kind: str) -> TypeGuard[tuple[Any, ...]]:
    return isinstance(key, tuple) and key[0] == kind


def _limitations(facts: Facts, base: int, foreign: bool) -> Iterable[dict[str, str]]:
    """The limits of the claim, most important first."""
    said = [
        (
            "not-anonymous",
            "The data is pseudonymised: a record can still relate to one person.",
        ),
        ("risk-by-quasi-identifiers", _BY_QUASI)
        if facts.risk is not None
        else ("risk-by-unicity", _BY_UNICITY),
    ]
    if base == 1:
        said.append(("exact-counts", _EXACT))
    if facts.rescan is None:
        said.append(("no-rescan", "The outputs were not scanned again for residuals."))
    elif not facts.rescan.every:
        said.append(("rescan-sampled", "Only a sample of the records was scanned again."))
    if facts.unread:
        text = "Unreadable sources were omitted; their content is unknown."
        said.append(("quarantined-sources", text))
    if any(field.unsafe for field in facts.fields):
        said.append(("unsafe-keep", "Fields without a rule were kept (on_unlisted: keep)."))
    if any(field.action == "text" for field in facts.fields):
        said.append(("detection", "Only findings of the detectors were removed from text."))
    if foreign:
        said.append(("unmeasured-languages", _FOREIGN))
    if any(field.linkable for field in facts.fields):
        said.append(("linkable", "Equal values stay equal in linkable fields."))
    if any(field.reversible for field in facts.fields):
        said.append(("reversible", "Whoever holds the key can restore reversible fields."))
    if any(field.unbiased for field in facts.fields):
        said.append(("noise", _NOISE))
    for formula in dict.fromkeys(field.unbiased for field in facts.fields if field.unbiased):
        names = ", ".join(printable(f.name) for f in facts.fields if f.unbiased == formula)
        said.append(("unbiased", f"Unbiased estimate for {names}: {formula}."))
    said += [("stated", text) for text in facts.limitations]
    return [{"id": id_, "text": text} for id_, text in said]
