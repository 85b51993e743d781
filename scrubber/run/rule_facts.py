"""The account of the rules: the part of each that a manifest may publish.

Literals of conditions, word lists, hierarchies and the author's recognizers may hold values of the
data. They are published as digests under the run's key, so that changes show and guesses cannot be
tested. Without a key they are :data:`HIDDEN`, and `diff` rates other rules as weaker.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import astuple
from pathlib import PurePath
from typing import Any, Final

from scrubber.anonymize.apply_levels import SUPPRESSED
from scrubber.anonymize.gates import GATES, gate_rule
from scrubber.detect import DetectSpec
from scrubber.manifest import HIDDEN, RuleFacts
from scrubber.manifest.view import CASE, DERIVED, WHERE
from scrubber.model.aggregates import Aggregate
from scrubber.pipeline.batch import DETECT
from scrubber.policy import Rules, public_parameters
from scrubber.policy.plan import (
    Apply,
    Case,
    Derived,
    Disposition,
    Drop,
    FieldPlan,
    Generalize,
    Keep,
    Levels,
    Plan,
    Realign,
    RowRule,
    ScrubText,
    Unmeasured,
)
from scrubber.policy.sql import RUN_DAY, masked
from scrubber.run.places import place_of
from scrubber.run.record_facts import of_condition, record_facts
from scrubber.run.risk_facts import suppression
from scrubber.transform.base import Transform
from scrubber.transform.keys import RootKey
from scrubber.transform.steps import Steps, numbered, title

AS_OF: Final = "as_of"
ON_ERROR: Final = "on_error"
_EACH: Final = 200  # list items published one by one
_DIGITS: Final = 16


def rule_facts(rules: Rules, plan: Plan, key: RootKey | None) -> Iterator[RuleFacts]:
    """All rules that applied, in the order of the rule file."""
    seen: dict[str, RuleFacts] = {}
    for table in plan.kinds:
        for derived in table.derived:
            seen.setdefault(derived.rule.id, _derive_rule(derived, key))
        for field in table.fields:
            disposition = field.disposition
            transform = disposition.transform if isinstance(disposition, Apply) else None
            seen.setdefault(
                field.rule.id,
                RuleFacts(
                    id=field.rule.id,
                    place=place_of(field.rule.mark),
                    selector=rules.selector_of(field.rule.id),
                    action=action_of(disposition),
                    parameters=stated_parameters(transform, key) if transform is not None else {},
                    reason=disposition.reason if isinstance(disposition, Keep) else None,
                ),
            )
            for case in field.cases:
                seen.setdefault(case.rule.id, _case_rule(case, rules, key))
        for row in table.row_rules:
            seen.setdefault(row.rule.id, _row_rule(row, key))
    for record in record_facts(rules, plan):
        seen[record.id] = record
    for one in plan.aggregates:
        seen[one.rule] = _aggregate_rule(one)
    if rules.as_of is not None:
        day = {} if plan.run_day is None else {"day": plan.run_day.isoformat()}
        stated = {"as_of": rules.as_of} | day
        seen[AS_OF] = RuleFacts(
            AS_OF, place_of(rules.tree.key_mark((AS_OF,))), RUN_DAY, AS_OF, stated
        )
    if plan.detect is not None:
        mark = rules.tree.key_mark((DETECT,))
        stated = dict(_detection(plan.detect, plan.unmeasured, key))
        seen[DETECT] = RuleFacts(DETECT, place_of(mark), "texts", "detect", stated)
    if plan.privacy is not None:
        mark = rules.tree.key_mark(("privacy",))
        seen[SUPPRESSED] = suppression(plan.privacy, place_of(mark))
    gates = gate_rule(plan.gates, place_of(rules.tree.key_mark((GATES,))))
    if gates is not None:
        seen[GATES] = gates
    yield from seen.values()


def action_of(disposition: Disposition) -> str:
    """The manifest's term for a disposition."""
    match disposition:
        case Keep():
            return "keep"
        case Drop():
            return "drop"
        case Apply(transform):
            return title(transform)
        case Generalize():
            return "generalize"
        case ScrubText():
            return "text"
        case Realign():
            return "realign"


def stated_parameters(transform: Transform, key: RootKey | None) -> dict[str, Any]:
    """The public parameters of `transform`, and a digest of the file that it reads."""
    if isinstance(transform, Steps):
        return {
            numbered(name, number): value
            for number, step in enumerate(transform.steps, start=1)
            for name, value in stated_parameters(step, key).items()
        }
    stated = public_parameters(transform)
    mapping = getattr(transform, "mapping", ())
    if mapping:
        stated["content"] = digest(json.dumps(mapping), key)
    return stated


def written_out(transform: Transform, key: RootKey | None) -> str:
    """`transform` with its parameters, on one line."""
    stated = stated_parameters(transform, key).items()
    return " ".join([title(transform), *(f"{name}={value}" for name, value in sorted(stated))])


def levels_text(levels: Levels, key: RootKey | None) -> str:
    """The origin of a quasi-identifier's levels, in words."""
    if levels.rows:
        return f"a file, {digest(json.dumps(levels.rows), key)}"
    return "; ".join(written_out(step, key) for step in levels.steps)


def digest(text: str, key: RootKey | None) -> str:
    """A keyed digest of `text`, which reveals nothing without `key`."""
    if key is None:
        return HIDDEN
    secret = key.derive("rule-digest", "")
    return hmac.new(secret, text.encode("utf-8", "surrogatepass"), "sha256").hexdigest()[:_DIGITS]


def _digests(items: Iterable[str], key: RootKey | None) -> str:
    """The digests of a list's items, or one digest of a long list. The order reveals nothing."""
    ordered = sorted(set(items))
    if key is None:
        return f"{len(ordered)} {HIDDEN}"
    if len(ordered) > _EACH:
        return f"{len(ordered)} with {digest(json.dumps(ordered), key)}"
    return ", ".join(sorted(digest(item, key) for item in ordered))


def case_parameters(field: FieldPlan, key: RootKey | None) -> Iterator[tuple[str, str]]:
    """The cases of a field, as parameters of a manifest's field."""
    for number, case in enumerate(field.cases, start=1):
        name = f"{CASE}{number}"
        yield (
            name,
            f"{action_of(case.disposition)}{WHERE}{masked(case.expression, public=case.public)}",
        )
        if case.on_error is not None:
            yield f"{name} {ON_ERROR}", case.on_error.value
        yield f"{name} content", digest(" ".join(case.expression.split()), key)
        if isinstance(case.disposition, Apply):
            stated = stated_parameters(case.disposition.transform, key).items()
            for parameter, value in sorted(stated):
                yield f"{name} {parameter}", str(value)
    if field.cases:
        names = [f"{CASE}{number}" for number in range(1, len(field.cases) + 1)]
        yield "case if unknown", [*names, "otherwise"][field.strictest]


def _case_rule(case: Case, rules: Rules, key: RootKey | None) -> RuleFacts:
    stated: dict[str, Any] = {
        "condition": masked(case.expression, public=case.public),
        "content": digest(" ".join(case.expression.split()), key),
    }
    if isinstance(case.disposition, Apply):
        stated |= stated_parameters(case.disposition.transform, key)
    return RuleFacts(
        id=case.rule.id,
        place=place_of(case.rule.mark),
        selector=rules.selector_of(case.rule.id),
        action=action_of(case.disposition),
        parameters=stated,
        reason=case.disposition.reason if isinstance(case.disposition, Keep) else None,
    )


def derived_parameters(derived: Derived, key: RootKey | None) -> dict[str, str]:
    """The derivation of a field, as parameters of a manifest."""
    if derived.kind == "sql":
        content = digest(" ".join(derived.expression.split()), key)
        return {DERIVED: f"sql: {masked(derived.expression)}", f"{DERIVED} content": content}
    read = "" if derived.format is None else f" ({derived.format})"
    return {DERIVED: f"{derived.kind}: {', '.join(derived.inputs)}{read}"}


def _derive_rule(derived: Derived, key: RootKey | None) -> RuleFacts:
    place, stated = place_of(derived.rule.mark), derived_parameters(derived, key)
    return RuleFacts(derived.rule.id, place, derived.name, "derive", stated)


def _aggregate_rule(asked: Aggregate) -> RuleFacts:
    stated: dict[str, Any] = {
        "by": list(asked.by),
        "metrics": list(asked.stated),
        "min_group": asked.min_group,
        "subject": asked.subject,
        "max_rows_per_subject": asked.max_rows,
    }
    if asked.private is not None:
        stated["epsilon"] = f"{asked.private.epsilon:g}"
        stated["delta"] = f"{asked.private.delta:g}"
        stated["max_groups_per_subject"] = asked.private.max_groups
    given = {name: value for name, value in stated.items() if value is not None}
    return RuleFacts(
        asked.rule, place_of(asked.mark), asked.of or "*", "aggregate", given, asked.name
    )


def _row_rule(row: RowRule, key: RootKey | None) -> RuleFacts:
    stated = {
        "condition": masked(row.expression, public=row.public),
        "content": digest(" ".join(row.expression.split()), key),
        **of_condition(row),
    }
    return RuleFacts(row.rule.id, place_of(row.rule.mark), "rows", "drop_row", stated, row.reason)


def _detection(
    spec: DetectSpec, unmeasured: Unmeasured, key: RootKey | None
) -> Iterator[tuple[str, str]]:
    yield "ner", _ner(spec.ner, key)
    for label, entity in spec.ner_labels:
        yield f"ner_labels.{label}", entity
    yield "languages", ", ".join(sorted(spec.languages))
    if unmeasured is not Unmeasured.STOP:
        yield "unmeasured", unmeasured.value
    yield "countries", "all" if spec.countries is None else ", ".join(spec.countries)
    yield "entities", "all" if spec.entities is None else ", ".join(sorted(spec.entities))
    if not spec.house:
        yield "house", "false"
    for entity, least in spec.score_thresholds:
        yield f"threshold.{entity}", repr(least)
    if spec.consistency:
        yield "consistency", ", ".join(sorted(spec.consistency))
    for entity, words in spec.deny_list:
        yield f"deny_list.{entity}", _digests(words, key)
    lists = {
        "allow_list": spec.allow_list,
        "recognizers": spec.recognizers,
        "hotwords": [json.dumps(astuple(one)) for one in spec.hotwords],
        "excludes": [json.dumps(astuple(one)) for one in spec.excludes],
    }
    for name, items in lists.items():
        if items:
            yield name, _digests(items, key)


def _ner(ner: str, key: RootKey | None) -> str:
    """The model without its path; for a configuration, its digest."""
    kind, colon, rest = ner.partition(":")
    if not colon:
        return kind
    return f"{kind}:{PurePath(rest).name if kind in ('spacy', 'onnx') else digest(rest, key)}"
