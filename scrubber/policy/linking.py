"""Linked fields: the columns whose values are searched for in a text, and their entities."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import pyarrow as pa

from scrubber.detect import DetectSpec, known_entities
from scrubber.detect.linked.search import ENTITIES as LINKED_ENTITIES
from scrubber.detect.linked.search import label_of
from scrubber.errors import DetectionError, NotAvailable, printable
from scrubber.model.fieldpath import FieldPath, Selector, spellings
from scrubber.policy.decisions import FieldRule
from scrubber.policy.plan import Apply, Linked, ScrubText
from scrubber.policy.syntax.report import Report, did_you_mean
from scrubber.transform.base import Kind, kind_of
from scrubber.transform.surrogate import ENTITIES as SURROGATE_ENTITIES

_KINDS = frozenset({Kind.TEXT, Kind.INTEGER, Kind.DATE, Kind.TIMESTAMP})
_KNOWN = LINKED_ENTITIES | frozenset(SURROGATE_ENTITIES)

Leaves = Sequence[tuple[FieldPath, pa.DataType]]
Decide = Callable[[FieldPath], FieldRule | None]


def entity_of(rule: FieldRule) -> str | None:
    """The entity of a rule's fields: declared, or implied by its transform."""
    if rule.linked_as is not None:
        return rule.linked_as
    disposition = rule.disposition
    return disposition.transform.traits.entity if isinstance(disposition, Apply) else None


def linked_labels(rules: Iterable[FieldRule]) -> frozenset[str]:
    """The entities of linked fields in text."""
    rules = tuple(rules)
    if not any(rule.linked for rule in rules):
        return frozenset()
    return frozenset(label_of(entity) for entity in map(entity_of, rules) if entity is not None)


def check_linked_as(report: Report, rules: Iterable[FieldRule], spec: DetectSpec) -> None:
    """Report a `linked_as` that is not a known entity."""
    said = [(rule, rule.linked_as) for rule in rules if rule.linked_as is not None]
    if all(entity in _KNOWN for _, entity in said):
        return
    try:
        names = _KNOWN | known_entities(spec)
    except (DetectionError, NotAvailable):
        return  # reported where the entities are checked
    for rule, entity in said:
        if entity not in names:
            hint = did_you_mean(entity, names) or "ID is a code of any kind"
            text = f"unknown entity {printable(entity)}"
            report.value((*rule.path, "linked_as"), "unknown-entity", text, hint)


class Linking:
    """Resolves the `linked` fields of text rules against schemas, and reports those that cannot be
    linked."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._met: dict[tuple[str, int], bool] = {}
        self._told: set[tuple[str, int, str]] = set()

    def resolve(
        self, rule: FieldRule, text: FieldPath, found: Leaves, decide: Decide
    ) -> tuple[Linked, ...]:
        """The fields among `found` that the text field `text` links to, in order."""
        entities: dict[FieldPath, str] = {}
        for number, name in enumerate(rule.linked):
            selector = Selector(name)
            self._met.setdefault((rule.ref.id, number), False)
            for path, kind in found:
                if any(selector.matches(form) for form in spellings(path)):
                    self._met[rule.ref.id, number] = True
                    entity = self._entity(rule, number, selector, text, path, kind, decide)
                    if entity is not None:
                        entities.setdefault(path, entity)
        return tuple(Linked(path, entities[path]) for path, _ in found if path in entities)

    def check_used(self, rules: Iterable[FieldRule], names: Iterable[str]) -> None:
        """Report names under `linked` that no table with the text field has."""
        for rule in rules:
            for number, name in enumerate(rule.linked):
                if self._met.get((rule.ref.id, number)) is False and not rule.tolerant:
                    text = f"no table with this text has a field {printable(name)}"
                    hint = did_you_mean(name, names)
                    self._report.value((*rule.path, "linked", number), "unknown-field", text, hint)

    def _entity(
        self,
        rule: FieldRule,
        number: int,
        selector: Selector,
        text: FieldPath,
        path: FieldPath,
        kind: pa.DataType,
        decide: Decide,
    ) -> str | None:
        """The entity of the values at `path`; None for values that cannot be searched for. That is
        a problem, unless the selector is a glob, which selects linkable fields only."""
        other, shown = decide(path), printable(str(path))
        entity = entity_of(other) if other is not None else None
        is_text = path == text or (other is not None and isinstance(other.disposition, ScrubText))
        if pa.types.is_null(kind):
            return None
        if selector.is_glob:
            return None if is_text or kind_of(kind) not in _KINDS else entity
        if is_text:
            what = "the text itself" if path == text else "free text itself"
            self._say(rule, number, "linked-text", f"{shown} is {what}", "")
            return None
        if kind_of(kind) not in _KINDS:
            kinds = ", ".join(sorted(_KINDS))
            said = f"linked fields are of {kinds}; {shown} is {kind_of(kind)} ({kind})"
            self._say(rule, number, "wrong-kind", said, "")
            return None
        if entity is None:
            said = f"the kind of values of {shown} is unknown"
            hint = "give its rule linked_as: PERSON, EMAIL_ADDRESS, ID, ..."
            self._say(rule, number, "linked-without-entity", said, hint)
        return entity

    def _say(self, rule: FieldRule, number: int, code: str, text: str, hint: str) -> None:
        if (rule.ref.id, number, text) not in self._told:
            self._told.add((rule.ref.id, number, text))
            self._report.value((*rule.path, "linked", number), code, text, hint)
