"""Relations between the fields of a draft: keys that join tables, and identifiers linked to
texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pyarrow as pa

from scrubber.detect.linked.search import ENTITIES as LINKED_ENTITIES
from scrubber.model.fieldclass import FieldClass
from scrubber.model.fieldpath import leaves
from scrubber.policy import WrittenRule
from scrubber.profiling.columns import words_of
from scrubber.profiling.examine import Examined
from scrubber.transform.base import Kind, kind_of

_SHARED, _SHARED_LENGTH = 3, 5
"""Minimum number and length (code points) of values that related keys share."""
_KEY_WORDS = frozenset({"id", "ids", "uuid", "guid", "key", "pk", "fk", "no", "number"})
_LINKED_KINDS = frozenset({Kind.TEXT, Kind.INTEGER, Kind.DATE, Kind.TIMESTAMP})
_NOT_LINKED = frozenset({"affix", "biometric"})


def domains_of(named: Mapping[str, Sequence[Examined]]) -> dict[str, str]:
    """The domain of each key. Keys with common values share it, so that tokens still join."""
    keys: dict[str, set[str]] = {}
    for name, fields in named.items():
        values = {v for one in fields if _is_key(one) for v in one.profile.counts}
        if values:
            keys[name] = {value for value in values if len(value) >= _SHARED_LENGTH}
    domains: dict[str, str] = {}
    holders: dict[str, list[str]] = {}
    for name, values in keys.items():
        shared = Counter(one for value in values for one in holders.setdefault(value, []))
        joined = {domains[one] for one, count in shared.items() if count >= _SHARED}
        domain = next(iter(joined)) if len(joined) == 1 else "id"
        if len(joined) > 1:
            domains |= {one: domain for one, known in domains.items() if known in joined}
        domains[name] = domain if joined else _domain(name, named[name][0])
        for value in values:
            holders[value].append(name)
    return domains


def _is_key(one: Examined) -> bool:
    return one.verdict.concept.id == "key"


def _domain(name: str, one: Examined) -> str:
    """A name for a domain: the header's words without those that only mark a key."""
    last = next((step for step in reversed(one.path.steps) if isinstance(step, str)), name)
    words = [word for word in words_of(last) if word.isascii() and word not in _KEY_WORDS]
    return "_".join(words)[:40] or "id"


def linked_rules(
    rules: Sequence[WrittenRule],
    named: Mapping[str, Sequence[Examined]],
    schemas: Mapping[str, pa.Schema],
) -> tuple[WrittenRule, ...]:
    """The rules with each text linked to the identifiers of its records."""
    entities = {
        rule.name: entity
        for rule in rules
        if "entities" not in rule.decision
        and (entity := _linked_entity(named[rule.name])) is not None
    }
    texts = {rule.name for rule in rules if "entities" in rule.decision}
    beside: dict[str, dict[str, None]] = {name: {} for name in texts}
    for schema in schemas.values():
        names = [str(path) for path, _ in leaves(schema)]
        identifiers = dict.fromkeys(name for name in names if name in entities)
        for name in texts.intersection(names):
            beside[name].update(identifiers)
    wanted: set[str] = set()
    made = []
    for rule in rules:
        linked = list(beside.get(rule.name, ()))
        if linked:
            wanted.update(linked)
            rule = replace(rule, decision={**rule.decision, "linked": linked})
        made.append(rule)
    return tuple(
        replace(rule, decision={**rule.decision, "linked_as": entities[rule.name]})
        if rule.name in wanted
        else rule
        for rule in made
    )


def _linked_entity(fields: Sequence[Examined]) -> str | None:
    """The entity of a field's values in text; None for a field that is not linked."""
    if not all(kind_of(one.type) in _LINKED_KINDS for one in fields):
        return None
    for one in fields:
        id_ = one.verdict.concept.id
        direct = one.verdict.field_class is FieldClass.DIRECT_IDENTIFIER
        if one.profile.counts and (direct or id_ == "birth_date") and id_ not in _NOT_LINKED:
            if id_ == "key" and one.profile.longest < _SHARED_LENGTH:
                continue
            entity = one.verdict.entity
            return entity if entity in LINKED_ENTITIES else "ID"
    return None
