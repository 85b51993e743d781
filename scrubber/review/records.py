"""The changes of rules about records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from scrubber.manifest.view import printable_text
from scrubber.model.direction import (
    Along,
    Directions,
    Incomparable,
    Indifferent,
    Less,
    each,
)
from scrubber.review.ordering import Change, Effect, named, parameters

_ANY: Final = each(in_=Incomparable(), expect=Incomparable(), records=Indifferent())
ACTIONS: Final[Mapping[str, Directions]] = MappingProxyType(
    {
        "sample": {**_ANY, "share": Less(), "by": Incomparable()},
        "limit": {**_ANY, "per": Incomparable(), "n": Less()},
        "repeats": {**_ANY, "of": Incomparable(), "near": Less(1.0), "keep": Less()},
        "shuffle": _ANY,
        "drop_row": {**_ANY, "follow": Along(("record", "subject"), "record")},
    }
)
"""The directions of the parameters of rules about records, by action."""
_MISSING: Final = " missing"
_IDENTITY: Final = {"sample": "by", "limit": "per", "repeats": "of"}
"""The parameter that identifies a rule of an action; other changes are changes of this rule."""


def record_changes(a: Iterable[Any], b: Iterable[Any]) -> Iterator[Change]:
    """The changes of samples, limits, duplicates and order, and of what follows a condition."""
    old, new = _by_name(a), _by_name(b)
    said = [dict.fromkeys(one, "applied") for one in (old, new)]
    yield from named("policy", "records", said[0], said[1], Effect.STRONGER, Effect.WEAKER)
    for name in sorted(old.keys() & new.keys()):
        (action, before), (_, after) = old[name], new[name]
        yield from parameters("policy", name, ACTIONS.get(action, _ANY), before, after)


def is_condition(rule: Mapping[str, Any]) -> bool:
    """True for a rule about records that has a condition."""
    return rule["action"] == "drop_row" and not rule["id"].endswith(_MISSING)


def restricted(rule: Mapping[str, Any]) -> str:
    """The tables and the expectation of a rule, as part of its name in a comparison."""
    stated = {p["name"]: p["value"] for p in rule["parameters"]}
    parts = [f"{name} {stated[name]}" for name in ("in", "expect") if name in stated]
    return "".join(f" ({part})" for part in parts)


def _by_name(rules: Iterable[Any]) -> dict[str, tuple[str, dict[str, str]]]:
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for rule in rules:
        action = rule["action"]
        if not rule["id"].startswith("rows["):
            continue
        stated = {p["name"]: p["value"] for p in rule["parameters"]}
        if action == "drop_row":
            missing = not is_condition(rule)
            if not missing and "follow" not in stated:
                continue
            name = "unknown subjects" if missing else f"follow {stated.get('content', '')}"
            found[name] = (action, {k: v for k, v in stated.items() if k == "follow"})
            continue
        name = action
        if action in _IDENTITY:
            name = f"{action} {printable_text(stated.get(_IDENTITY[action], ''))}"
        while name in found:
            name += " again"
        found[name] = (action, stated)
    return found
