"""The differences between the rules of two manifests, except for treatments of fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scrubber.manifest import HIDDEN
from scrubber.manifest.view import printable_text
from scrubber.policy.directions import ON_ERROR, ON_UNLISTED, PARTS
from scrubber.review.ordering import (
    NOTHING,
    Change,
    Effect,
    by_rank,
    differs,
    effect_of,
    named,
    parameters,
)
from scrubber.review.records import is_condition, record_changes, restricted

Data = Mapping[str, Any]

_SHORT = 16  # hexadecimal digits of a digest


def rule_changes(a: Data, b: Data) -> Iterator[Change]:
    """The changes of the policy: row rules, detection, gates, privacy, unlisted fields, failed
    values, and keys."""
    old, new = a["policy"], b["policy"]
    digests = [str(policy["digest"])[:_SHORT] for policy in (old, new)]
    yield from differs("policy", "digest of the rules", digests[0], digests[1])
    for name, label, direction in (
        ("on_unlisted", "unlisted fields", ON_UNLISTED),
        ("on_error", "failed values", ON_ERROR),
    ):
        effect = effect_of(direction.compare(old[name], new[name]))
        yield from differs("policy", label, old[name], new[name], effect)
    rows = [_conditions(policy["rules"]) for policy in (old, new)]
    yield from named(
        "policy", "records dropped by rule", rows[0], rows[1], Effect.STRONGER, Effect.WEAKER
    )
    yield from record_changes(*(policy["rules"] for policy in (old, new)))
    for part, directions in PARTS.items():
        stated = [_parameters(policy["rules"], part) for policy in (old, new)]
        if part == "detect" and None in stated:
            continue  # one run scrubbed no text, so the fields differ
        label = {"gates": "gate ", "as_of": ""}.get(part, f"{part} ")
        yield from parameters("policy", "", directions, stated[0] or {}, stated[1] or {}, label)
    keyless = None in (old["keyed_digest"], new["keyed_digest"])
    if keyless and all(map(_has_hidden, (a, b))) and a["run"]["id"] != b["run"]["id"]:
        aspect = "values withheld without a key"
        yield Change("policy", "", aspect, "not known", "not known", Effect.WEAKER)
    keys = [_keys(data) for data in (a, b)]
    effect = Effect.NEUTRAL if NOTHING in keys else Effect.WEAKER  # without keys, the fields differ
    yield from differs("policy", "keys", keys[0], keys[1], effect)
    for name, label in (("min_cell", "smallest count shown"), ("base", "counts rounded to")):
        values = [data["header"]["disclosure"][name] for data in (a, b)]
        yield from differs("policy", label, str(values[0]), str(values[1]), by_rank(*values))


def _parameters(rules: Iterable[Data], id_: str) -> dict[str, str] | None:
    """The parameters of the rule `id_`, or None without such a rule."""
    found = [rule for rule in rules if rule["id"] == id_]
    return {p["name"]: p["value"] for rule in found for p in rule["parameters"]} if found else None


def _conditions(rules: Iterable[Data]) -> dict[str, str]:
    """The conditions of row rules, with the number of rules for each."""
    times: Counter[str] = Counter()
    for rule in rules:
        if rule["id"].startswith("rows[") and is_condition(rule):
            stated = {p["name"]: p["value"] for p in rule["parameters"]}
            said = stated.get("condition") or rule["reason"] or rule["selector"]
            content = stated.get("content", HIDDEN)
            said += restricted(rule)
            times[said if content == HIDDEN else f"{said} #{content}"] += 1
    return {
        printable_text(said): "dropped" if number == 1 else f"dropped by {number} rules"
        for said, number in times.items()
    }


def _has_hidden(data: Data) -> bool:
    """True if a manifest withholds the value of a parameter."""
    stated = (
        row["value"]
        for one in (*data["policy"]["rules"], *data["fields"], *_operators(data))
        for row in one["parameters"]
    )
    return any(HIDDEN in value for value in stated)


def _operators(data: Data) -> Iterator[Data]:
    return (one for field in data["fields"] for one in field["operators"])


def _keys(data: Data) -> str:
    named_ = sorted({field["key_id"] for field in data["fields"] if field["key_id"]})
    return printable_text(", ".join(named_)) or NOTHING
