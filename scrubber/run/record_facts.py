"""The account of the rules about records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scrubber.manifest import RuleFacts
from scrubber.manifest.view import RECORDS
from scrubber.policy import Rules
from scrubber.policy.plan import Plan, RowRule
from scrubber.policy.record_rules import (
    MISSING,
    Expected,
    Follow,
    Limit,
    RecordRule,
    Repeats,
    Sample,
    Shuffle,
)
from scrubber.run.places import place_of


def record_facts(rules: Rules, plan: Plan) -> Iterator[RuleFacts]:
    """The rules about records that apply to a table of the plan, except for conditions."""
    applied = {
        rule.rule.id
        for table in plan.kinds
        for rule in (
            *(drawn.rule for drawn in table.records.samples),
            *(plan.selection.rules[here.number] for here in table.records.selecting),
            *((table.records.shuffle,) if table.records.shuffle is not None else ()),
        )
    }
    for written in rules.records:
        rule = written.rule
        if rule.rule.id not in applied:
            continue
        place = place_of(rule.rule.mark)
        if isinstance(rule, Follow):
            if not rule.keep_missing:
                silent = "no record of the subject answers the rule"
                yield RuleFacts(rule.rule.id + MISSING, place, "rows", "drop_row", {}, silent)
            continue
        action, stated, said = _stated(rule)
        stated = {**stated, **restrictions(written.tables, written.expected), RECORDS: said}
        reason = None if isinstance(rule, Shuffle) else rule.reason
        yield RuleFacts(rule.rule.id, place, "rows", action, stated, reason or said)


def _stated(rule: RecordRule) -> tuple[str, dict[str, Any], str]:
    """The action of a rule, its parameters, and a sentence."""
    match rule:
        case Sample(share=share, by=by):
            of = f"values of {by}" if by is not None else "records"
            said = f"only a keyed draw of {100 * share:g} % of the {of} stays"
            return "sample", {"share": repr(share), "by": by or "record"}, said
        case Limit(per=per, n=n):
            said = f"at most {n} records of each value of {per} stay, a keyed draw"
            return "limit", {"per": per, "n": n}, said
        case Repeats(of=of, near=near, keep=keep):
            named = ", ".join(of)
            equal = "equal" if near is None else f"similar (Jaccard at least {near:g})"
            said = f"of records that are {equal} in {named}, {keep} stay"
            stated: dict[str, Any] = {"of": named, "keep": keep}
            return "repeats", stated if near is None else {**stated, "near": repr(near)}, said
        case _:
            return "shuffle", {}, "the records of each file are in a keyed random order"


def of_condition(row: RowRule) -> Mapping[str, Any]:
    """The parameters of a rule with a condition, apart from its words."""
    follow = {} if row.follow is None else {"follow": row.follow}
    return {**follow, **restrictions(row.tables, row.expected)}


def restrictions(tables: tuple[str, ...], expected: Expected | None) -> dict[str, str]:
    stated = {"in": ", ".join(tables)} if tables else {}
    if expected is not None:
        stated["expect"] = f"{expected.min_share:g} to {expected.max_share:g}"
    return stated
