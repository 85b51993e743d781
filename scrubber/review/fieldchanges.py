"""The differences between the fields of two manifests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from scrubber.errors import printable
from scrubber.manifest.view import CASE, DERIVED, told
from scrubber.model.direction import each
from scrubber.review.ordering import NOTHING, Change, Effect, by_rank, parameters
from scrubber.review.strength import (
    ABSENT,
    action_strength,
    class_strength,
    directions_of,
    strength,
)
from scrubber.transform.steps import THEN, common_steps, numbered

Field = Mapping[str, Any]
Shared = tuple[tuple[str, int], tuple[str, int]]  # a step, and its number before and after

_CASE = re.compile(rf"{CASE}\d+")


def field_changes(before: Iterable[Field], after: Iterable[Field]) -> Iterator[Change]:
    """Changes of fields by name.

    If sources treat a field differently, each source is compared with itself in the other manifest.
    The remaining sources are compared by their weakest treatment.
    """
    old, new = _by_name(before), _by_name(after)
    spread = _spread(old), _spread(new)
    for name in old.keys() | new.keys():
        for one, other in _pairs(old.get(name, ()), new.get(name, ())):
            yield from _compared(printable(name), one, other, spread)


def _by_name(fields: Iterable[Field]) -> dict[str, list[Field]]:
    found: dict[str, list[Field]] = {}
    for field in fields:
        found.setdefault(field["name"], []).append(field)
    return found


def _spread(fields: Mapping[str, list[Field]]) -> dict[str, int]:
    """The number of field names in each domain. Equal values stay equal within a domain."""
    found: dict[str, set[str]] = {}
    for name, ones in fields.items():
        for one in ones:
            found.setdefault(one["domain"] or "", set()).add(name)
    return {domain: len(names) for domain, names in found.items()}


def _pairs(old: Iterable[Field], new: Iterable[Field]) -> Iterator[tuple[Field, Field]]:
    """The pairs of treatments of one field to compare; an empty one means none."""
    before = {source: field for field in old for source in field["sources"]}
    after = {source: field for field in new for source in field["sources"]}
    pairs = [(before[source], after[source]) for source in before.keys() & after.keys()]
    gone = [before[source] for source in before.keys() - after.keys()]
    come = [after[source] for source in after.keys() - before.keys()]
    if gone or come:
        pairs.append((_weakest(gone or before.values()), _weakest(come or after.values())))
    seen: set[tuple[int, int]] = set()
    for one, other in pairs:
        if (id(one), id(other)) not in seen:
            seen.add((id(one), id(other)))
            yield one, other


def _weakest(fields: Iterable[Field]) -> Field:
    def order(field: Field) -> tuple[int, bool, bool, str]:
        told_by = _done(field) + repr(_parameters(field))
        return strength(field), not field["reversible"], not field["linkable"], told_by

    return min(fields, key=order, default={})


def _compared(
    name: str, old: Field, new: Field, spread: tuple[Mapping[str, int], Mapping[str, int]]
) -> Iterator[Change]:
    def change(aspect: str, before: str, after: str, effect: Effect) -> Iterator[Change]:
        if before != after:
            yield Change("field", name, aspect, before, after, effect)

    if not old or not new:  # an absent field counts as dropped
        ranks = [strength(field) if field else ABSENT for field in (old, new)]
        said = [_done(field) if field else "absent" for field in (old, new)]
        yield from change("treatment", said[0], said[1], by_rank(*ranks))
        return
    before, after = strength(old), strength(new)
    shared = common_steps(old["action"], new["action"])
    yield from change("treatment", _done(old), _done(new), _effect(old, new, shared))
    yield from parameters("field", name, each(), _stated_cases(old), _stated_cases(new))
    classes = [_class(field) for field in (old, new)]
    ranks = [class_strength(field["class"]) for field in (old, new)]
    gone = ABSENT in (before, after)  # the class is irrelevant if one output lacks the field
    effect = Effect.NEUTRAL if gone else by_rank(*ranks)
    yield from change("class", classes[0], classes[1], effect)
    yield from change("output type", _type(old), _type(new), Effect.NEUTRAL)
    # Equal strengths and equal wordings are compared in detail below.
    if before != after and _done(old) != _done(new):
        return
    for mark in ("linkable", "reversible"):
        said = ["yes" if field[mark] else "no" for field in (old, new)]
        yield from change(mark, said[0], said[1], by_rank(not old[mark], not new[mark]))
    shown = [printable(field["domain"] or "") or NOTHING for field in (old, new)]
    yield from change("domain", shown[0], shown[1], _domain_effect(new, spread[1]))
    for (step, number), (_, other) in shared:
        rows = (_of_step(old, number), _of_step(new, other))
        label = f"step {other}: " if THEN in new["action"] else ""
        yield from parameters("field", name, directions_of(step), *rows, label)
    if old["action"] == new["action"]:
        yield from _operator_changes(name, old, new)


def _effect(old: Field, new: Field, shared: Sequence[Shared]) -> Effect:
    """The effect of another treatment: by its strength, and of equal ones by their steps."""
    before, after = strength(old), strength(new)
    if _stated_cases(old) != _stated_cases(new):
        return Effect.WEAKER  # other conditions, which nobody can order
    counts = [len(field["action"].split(THEN)) for field in (old, new)]
    if before != after or counts == [1, 1]:
        return by_rank(before, after)
    if counts[0] == len(shared) or counts[1] == len(shared):
        return by_rank(*counts)
    return Effect.WEAKER  # other steps, which nobody can order


def _stated_cases(field: Field) -> dict[str, str]:
    """The cases of a field, its derivation, and its treatment of failed values."""
    stated = _parameters(field).items()
    return {name: value for name, value in stated if name.startswith((CASE, DERIVED, "on_error"))}


def _of_step(field: Field, number: int) -> dict[str, str]:
    """The parameters of a step, without the domain of its pseudonyms, which is a fact of the
    field."""
    cases = _stated_cases(field)
    rows = {name: value for name, value in _parameters(field).items() if name not in cases}
    if THEN in field["action"]:
        rows = {name: rows[numbered(name, number)] for name in _names(rows, number)}
    return {name: value for name, value in rows.items() if name != "domain"}


def _names(rows: Mapping[str, str], number: int) -> Iterator[str]:
    """The names of the parameters of a step, without its number."""
    end = numbered("", number)
    return (name.removesuffix(end) for name in rows if name.endswith(end))


def _domain_effect(new: Field, spread: Mapping[str, int]) -> Effect:
    """Stronger for a domain of this field only; any other domain may join data that was
    separate."""
    if new["domain"] is None or (new["domain"] == new["name"] and spread[new["domain"]] == 1):
        return Effect.STRONGER
    return Effect.WEAKER


def _done(field: Field) -> str:
    """The treatment in words, without its parameters, which are compared one by one; texts are
    compared by entity."""
    if field["action"] == "text":
        return "findings in text"
    rows = field["parameters"]
    if field["action"] != "generalize":
        rows = [row for row in rows if _CASE.fullmatch(row["name"])]
    return told({**field, "parameters": rows}).done


def _class(field: Field) -> str:
    return (field["class"] or "unclassified").replace("quasi_", "quasi-").replace("_", " ")


def _type(field: Field) -> str:
    return printable(field["type_out"] or NOTHING)


def _parameters(field: Field) -> dict[str, str]:
    return {row["name"]: row["value"] for row in field["parameters"]}


def _operator_changes(name: str, old: Field, new: Field) -> Iterator[Change]:
    """Changes of text operators by entity; entities without an operator have the default."""
    before, after = ({one["entity"]: one for one in f["operators"]} for f in (old, new))
    for entity in before.keys() | after.keys():
        ones = [found.get(entity) or found.get(None) or _KEPT for found in (before, after)]
        label = f"findings of {printable(entity)}" if entity else "other findings"
        actions = [one["action"] for one in ones]
        if actions[0] != actions[1]:
            said = [printable(action) for action in actions]
            ranks = [action_strength(action) for action in actions]
            yield Change("field", name, label, said[0], said[1], by_rank(*ranks))
        else:
            rows = [_parameters(one) for one in ones]
            directions = directions_of(actions[0])
            yield from parameters("field", name, directions, rows[0], rows[1], f"{label}: ")


_KEPT: Field = {"action": "keep", "parameters": ()}
