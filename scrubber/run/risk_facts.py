"""The account of ``privacy:`` in a run: requirements, choice and recheck."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from scrubber.anonymize.apply_levels import SUPPRESSED
from scrubber.anonymize.levels import Chosen
from scrubber.anonymize.recheck import Rechecked
from scrubber.manifest import CheckFacts, ClassFacts, ModelFacts, QuasiFacts, RiskFacts, RuleFacts
from scrubber.policy.plan import LOCAL, FieldPlan, Generalize, Plan, PrivacyRules
from scrubber.privacy.risk import Risk, risk_of


def risk_of_run(plan: Plan, chosen: Chosen, rechecked: Rechecked) -> RiskFacts:
    """The facts of the manifest's risk section, for rules with ``privacy:``."""
    assert plan.privacy is not None
    rules = plan.privacy
    scope = [(alias, table) for alias, table in plan.tables if table.quasi]
    subject = any(table.subject is not None for _, table in scope)
    quasi = {str(f.path): f for _, table in scope for f in table.quasi}
    return RiskFacts(
        sources=tuple(alias for alias, _ in scope),
        quasi=tuple(
            _quasi(name, one, (chosen.parts or {}).get(name)) for name, one in sorted(quasi.items())
        ),
        k=rules.k,
        counted="subjects" if subject else "records",
        suppression_limit=round(rules.suppression_limit * 1000),
        method=rules.method,
        models=tuple(_models(rules)),
        before=_classes(chosen.before, by_person=subject),
        after=_classes(risk_of(rechecked.sizes), by_person=subject),
        suppressed=chosen.suppressed,
        loss=chosen.loss,
        bound=chosen.bound,
        optimal=chosen.optimal,
    )


def checked(risk: RiskFacts, rechecked: Rechecked) -> CheckFacts:
    """The check that the reread output has the required classes. It is only made if it passed."""
    what = "subjects" if rechecked.by_subject else "records"
    return CheckFacts(
        "privacy-recheck",
        True,
        "error",
        f"every class of the output has at least {risk.k} {what}"
        + (", and the required diversity and closeness" if risk.models else ""),
        "holds in the written output",
    )


def limitations(risk: RiskFacts, rechecked: Rechecked) -> Iterator[str]:
    """The limitations of the classes for reviewers."""
    if risk.counted == "subjects" and not rechecked.by_subject:
        yield "Subjects are not distinguishable in the output, so the recheck counted records."
    if any(model.model == "t" for model in risk.models):
        yield "t refers to all counted records, including suppressed ones."
    if risk.method == "mondrian":
        yield "Local recoding (mondrian) is open to attackers who know how its cuts are made."


def suppression(rules: PrivacyRules, place: str) -> RuleFacts:
    """The rule that drops records in classes that ``privacy:`` does not permit."""
    models = " and ".join(dict.fromkeys(one.key for _, one in rules.models))
    reason = f"classes smaller than {rules.k}" + (
        f", or in violation of {models}" if models else ""
    )
    stated: dict[str, object] = {"k": rules.k, "suppression_limit": rules.suppression_limit}
    if rules.method != "lattice":
        stated["method"] = rules.method
    stated |= {f"max_levels.{name}": most for name, most in rules.max_levels}
    stated |= {f"weights.{name}": weight for name, weight in rules.weights}
    return RuleFacts(SUPPRESSED, place, "equivalence classes", "suppress", stated, reason)


def _quasi(name: str, one: FieldPlan, part: float | None) -> QuasiFacts:
    disposition = one.disposition
    assert isinstance(disposition, Generalize)
    levels = disposition.levels
    made: Literal["file", "transforms", "none"] = (
        "file" if levels.rows else "transforms" if levels.steps else "none"
    )
    level = None if disposition.level == LOCAL else disposition.level
    return QuasiFacts(name, level, disposition.height, made, part)


def _models(rules: PrivacyRules) -> list[ModelFacts]:
    return [
        ModelFacts(
            one.key,
            field,
            one.kind,
            round(one.value * 1000),
            None if one.factor is None else round(one.factor * 1000),
        )
        for field, one in rules.models
    ]


def _classes(risk: Risk, *, by_person: bool) -> ClassFacts:
    bands = tuple((low, high, records) for low, high, _, records in risk.histogram)
    return ClassFacts(
        smallest=risk.smallest or None,
        classes=risk.classes,
        bands=None if by_person else bands,
    )
