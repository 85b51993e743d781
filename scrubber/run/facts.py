"""The account of a run: plan, sources and outputs in the terms of the manifest."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from scrubber._version import __version__
from scrubber.anonymize.levels import Chosen
from scrubber.anonymize.recheck import Rechecked
from scrubber.assess.leaks.prints import Prints
from scrubber.assess.wilson import bounds
from scrubber.detect import RULE_FILE, DetectSpec
from scrubber.detect.linked import consistency
from scrubber.detect.linked import search as linked
from scrubber.detect.measured import LanguageMeasure, measure
from scrubber.detect.ner import builtin as names
from scrubber.detect.ner import matcher as namelooker
from scrubber.detect.shared import detector_for
from scrubber.errors import Mark
from scrubber.manifest import (
    AggregateFacts,
    CheckFacts,
    DeclaredFacts,
    DetectorFacts,
    EngineFacts,
    Facts,
    FieldFacts,
    LanguageLeakFacts,
    LeakFacts,
    MeasuredFacts,
    OperatorFacts,
    OutputFacts,
    PlantedFacts,
    PolicyFacts,
    RescanFacts,
    RuleFacts,
    RunFacts,
    SourceFacts,
    SubjectFacts,
    UnicityFacts,
    UnreadFacts,
)
from scrubber.manifest.leak_index import INDEX
from scrubber.model.fieldpath import FieldPath, holder
from scrubber.outputs.checkpoints import Unread
from scrubber.policy import Rules
from scrubber.policy.plan import (
    LOCAL,
    Apply,
    Derived,
    Disposition,
    Drop,
    FieldPlan,
    Generalize,
    Keep,
    Levels,
    Plan,
    Realign,
    ScrubText,
    linked_of,
    transforms_in,
    transforms_of,
    treatments,
)
from scrubber.run.index_facts import index_rule
from scrubber.run.places import place_of
from scrubber.run.risk_facts import checked, limitations, risk_of_run
from scrubber.run.rule_facts import (
    ON_ERROR,
    action_of,
    case_parameters,
    derived_parameters,
    levels_text,
    rule_facts,
    stated_parameters,
    written_out,
)
from scrubber.transform.base import Transform
from scrubber.transform.keys import RootKey

_SUPPRESSION = "suppression"
_GENERALIZATION = "generalization"


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A source that was read, and its digest under the run's key, if any."""

    alias: str
    media_type: str
    keyed_digest: str | None


@dataclass(frozen=True)
class Account:
    """Everything known about a run after its last record, except for the counts."""

    rules: Rules
    plan: Plan
    key: RootKey | None
    sources: tuple[SourceRecord, ...]
    outputs: tuple[OutputFacts, ...]
    chosen: Chosen | None = None
    rechecked: Rechecked | None = None
    checks: tuple[CheckFacts, ...] = ()
    previous: str | None = None
    planted: tuple[PlantedFacts, ...] = ()
    unicity: tuple[UnicityFacts, ...] = ()
    lock_digest: str | None = None
    unread: tuple[Unread, ...] = ()
    aggregates: tuple[AggregateFacts, ...] = ()
    prints: Prints | None = None


def keyed_digest(rules: Rules, key: RootKey | None) -> str | None:
    """The digest of the rules with all their literals, under the key; None without a key."""
    if key is None:
        return None
    return hmac.new(key.derive("policy", ""), rules.digest.encode(), "sha256").hexdigest()


def facts_of(account: Account, run: RunFacts) -> Facts:
    """The facts that `seal` combines with the ledger's counts; they include no value of the
    data."""
    plan = account.plan
    fields = _fields(plan, account.key)
    risk = (
        (risk_of_run(plan, account.chosen, account.rechecked), account.rechecked)
        if account.chosen is not None and account.rechecked is not None
        else None
    )
    index = _index(account)
    return Facts(
        run=run,
        declared=DeclaredFacts(plan.declared.facts, place_of(Mark(account.rules.path))),
        sources=tuple(
            SourceFacts(source.alias, source.media_type, source.keyed_digest)
            for source in account.sources
        ),
        policy=PolicyFacts(
            digest=account.rules.published,
            keyed_digest=keyed_digest(account.rules, account.key),
            reference=_reference(account.rules),
            on_unlisted=plan.on_unlisted,
            on_error=plan.on_error.value,
            rules=(*rule_facts(account.rules, plan, account.key), *index),
        ),
        engine=replace(engine_of(plan), lock_digest=account.lock_digest),
        fields=fields,
        outputs=account.outputs,
        subjects=tuple(_subjects(plan, fields)),
        previous=account.previous,
        unread=tuple(UnreadFacts(one.source, one.reason) for one in account.unread),
        aggregates=account.aggregates,
        checks=(*account.checks, *((checked(*risk),) if risk is not None else ())),
        risk=risk[0] if risk is not None else None,
        rescan=_rescan(plan),
        planted=account.planted,
        unicity=account.unicity,
        limitations=(
            *_limitations(plan, fields),
            *(limitations(*risk) if risk is not None else ()),
        ),
    )


def _index(account: Account) -> tuple[RuleFacts, ...]:
    """The rule of the leak index, if there is one."""
    plan, asked = account.plan, account.plan.leak_index
    if asked is None:
        return ()
    mark = place_of(account.rules.tree.key_mark((INDEX,)))
    return (index_rule(mark, asked, account.key, account.prints, plan.disclosure.min_cell),)


def _reference(rules: Rules) -> str | None:
    """The git blob id of the rule file, committed or not: equal in every clone and commit with
    these bytes. None if it would confirm a guessed literal."""
    known = rules.tree.blob is not None and not rules.literals
    return f"git blob {rules.tree.blob}" if known else None


def _subjects(plan: Plan, fields: Iterable[FieldFacts]) -> Iterator[SubjectFacts]:
    """The fields that identify the subject of a record."""
    names = {alias: str(table.subject) for alias, table in plan.tables if table.subject is not None}
    for field in fields:
        sources = tuple(alias for alias in field.sources if names.get(alias) == field.name)
        if sources:
            found = (field.key_id, field.domain) if field.linkable else (None, None)
            yield SubjectFacts(field.name, sources, field.action, *found)


def engine_of(plan: Plan) -> EngineFacts:
    """The program and detectors of `plan`."""
    return EngineFacts(program_version=__version__, detectors=_detectors(plan), leaks=_leaks(plan))


def _leaks(plan: Plan) -> LeakFacts | None:
    """The leak measure, which holds for the built-in names model."""
    if plan.detect is None or plan.detect.ner != "builtin":
        return None
    taken = measure()
    languages = tuple(_language_leaks(one) for one in taken.languages if one.mentions)
    current = taken.model == names.digest().removeprefix("sha256:")
    return LeakFacts(taken.date, taken.model, current, languages)


def _language_leaks(one: LanguageMeasure) -> LanguageLeakFacts:
    return LanguageLeakFacts(
        language=one.language,
        sets=one.sets,
        learned=one.learned,
        documents=one.documents,
        documents_left=one.documents_left,
        documents_bound=round(1000 * bounds(one.documents_left, one.documents)[1]),
        mentions=one.mentions,
        mentions_left=one.mentions_left,
        mentions_bound=round(1000 * bounds(one.mentions_left, one.mentions)[1]),
        letters_taken=round(1000 * one.letters_taken / one.letters) if one.letters else None,
    )


def _fields(plan: Plan, key: RootKey | None) -> tuple[FieldFacts, ...]:
    """One entry per treatment, with all sources that share it."""
    decided: dict[tuple[FieldPlan, Derived | None], tuple[str, ...]] = {}
    for table, sources in plan.kinds.items():
        new = {FieldPath((derived.name,)): derived for derived in table.derived}
        for field in table.fields:
            treated = field, new.get(field.path)
            decided[treated] = decided.get(treated, ()) + sources
    stated = plan.key.id if plan.key is not None else None
    return tuple(_field(*treated, sources, key, stated) for treated, sources in decided.items())


def _field(
    field: FieldPlan,
    derived: Derived | None,
    sources: tuple[str, ...],
    key: RootKey | None,
    stated: str | None,
) -> FieldFacts:
    """The facts of a field; without a `key`, as in a plan, its id is the one that the rules have
    `stated`."""
    key_id = key.id if key is not None else stated
    disposition = field.disposition
    transforms = transforms_in(field)
    steps = transforms_of(disposition) if isinstance(disposition, Apply) else ()
    keyed = any(t.traits.needs_key for t in transforms)
    return FieldFacts(
        name=str(field.path),
        sources=sources,
        type_in=field.type_in,
        type_out=field.type_out,
        field_class=field.field_class.value if field.field_class is not None else None,
        action=action_of(disposition),
        rule=field.rule.id,
        place=place_of(field.rule.mark),
        technique=", ".join(dict.fromkeys(filter(None, map(_technique, treatments(field)))))
        or None,
        entity=next(filter(None, (getattr(step, "entity", None) for step in steps)), None),
        key_id=key_id if keyed else None,
        domain=_domain(transforms if field.cases else steps, field),
        reversible=any(t.traits.reversible for t in transforms),
        linkable=any(map(_linkable, treatments(field))),
        unbiased=next((t.traits.unbiased for t in transforms if t.traits.unbiased), None),
        reason=disposition.reason if isinstance(disposition, Keep) else None,
        unsafe=isinstance(disposition, Keep) and disposition.unsafe,
        per_row=not field.path.repeated,
        inside=holder(field.path),
        parameters=_parameters(field, key)
        | dict(case_parameters(field, key))
        | ({} if field.on_error is None else {ON_ERROR: field.on_error.value})
        | (derived_parameters(derived, key) if derived is not None else {}),
        operators=_operators(disposition, key),
    )


def _parameters(field: FieldPlan, key: RootKey | None) -> dict[str, Any]:
    match field.disposition:
        case Apply(transform):
            return stated_parameters(transform, key)
        case ScrubText(linked=linked, format=form):
            said = {"linked": sorted(f"{one.path} ({one.entity})" for one in linked)}
            return (said if linked else {}) | ({"format": form.value} if form else {})
        case Realign(text, positions):
            ends = "inclusive" if positions.inclusive else "exclusive"
            unit, role = positions.unit.value, positions.role(field.path)
            return {"text": str(text), "part": role, "unit": unit, "ends": ends}
        case Generalize(first, levels, level=level, height=height):
            chosen = level if level != LOCAL else "local"
            before = {"after": written_out(first, key)} if first is not None else {}
            made = {"hierarchy": levels_text(levels, key)} if levels != Levels() else {}
            return {"level": chosen, "levels": height, **before, **made}
        case _:
            return {}


def _technique(disposition: Disposition) -> str | None:
    match disposition:
        case Drop():
            return _SUPPRESSION
        case Apply(transform):
            return transform.traits.technique
        case Generalize(level=level):
            return _GENERALIZATION if level else None
        case _:
            return None


def _linkable(disposition: Disposition) -> bool:
    """True if equal values have equal pseudonyms in all records. Surrogates in text default to the
    scope of their document."""
    linkable = [t for t in transforms_of(disposition) if t.traits.linkable]
    if isinstance(disposition, ScrubText):
        return any(getattr(t, "scope", "dataset") == "dataset" for t in linkable)
    return bool(linkable)


def _domain(steps: Iterable[Transform], field: FieldPlan) -> str | None:
    """The domain of equal pseudonyms; a token's default domain is its own field."""
    for step in steps:
        if hasattr(step, "domain") and (step.domain or not step.traits.realistic):
            return step.domain or str(field.path)
    return None


def _operators(disposition: Disposition, key: RootKey | None) -> tuple[OperatorFacts, ...]:
    if not isinstance(disposition, ScrubText):
        return ()
    pairs: list[tuple[str | None, Transform | Keep]] = [
        *disposition.operators,
        (None, disposition.default),
    ]
    return tuple(
        OperatorFacts(entity, "keep", None, {})
        if isinstance(operator, Keep)
        else OperatorFacts(
            entity, operator.name, operator.traits.technique, stated_parameters(operator, key)
        )
        for entity, operator in pairs
    )


def _detectors(plan: Plan) -> tuple[DetectorFacts, ...]:
    if plan.detect is None:
        return ()
    spec = plan.detect
    chosen = dict(spec.score_thresholds).get("default")
    default = spec.least_score if chosen is None else chosen
    own = [linked.IDENTITY] if _links(plan) else []
    if spec.consistency:
        own.append(consistency.IDENTITY)
    return (
        *(
            DetectorFacts(
                name,
                version,
                None if chosen is None and version == RULE_FILE else round(default * 1000),
                spec.languages,
                *(_built_in() if name == namelooker.RECOGNIZER else _model_of(name, spec)),
            )
            for name, version in detector_for(spec).identities
        ),
        *(DetectorFacts(name, version) for name, version in own),
    )


def _model_of(name: str, spec: DetectSpec) -> tuple[str | None, ...]:
    """The digest of the model, with the pipeline loaded from it."""
    return (spec.model,) if name.startswith(("spacy", "onnx:")) else ()


def _built_in() -> tuple[str, tuple[MeasuredFacts, ...]]:
    """The digest of the built-in model, and its accuracy from meta.json."""
    measured = tuple(
        MeasuredFacts(one.corpus, one.label, one.recall, one.precision) for one in names.measured()
    )
    return names.digest().removeprefix("sha256:"), measured


def _rescan(plan: Plan) -> RescanFacts | None:
    """The facts of the rescan."""
    if plan.rescan is None:
        return None
    return RescanFacts(plan.gates.every, all_entities=plan.rescan.entities is None)


def _links(plan: Plan) -> bool:
    return any(linked_of(field) for table in plan.kinds for field in table.fields)


def _limitations(plan: Plan, fields: tuple[FieldFacts, ...]) -> Iterator[str]:
    """The limitations for reviewers."""
    text = any(field.action == "text" for field in fields)
    if text and plan.detect is not None and plan.detect.ner == "none":
        yield (
            "Free text was searched by patterns only: names that no pattern knows, and no linked "
            "field of the row holds, stay."
        )
    if text and plan.detect is not None and (plan.detect.allow_list or plan.detect.excludes):
        yield "Findings that the rules allow or exclude stay in the text and are not counted."
    if any(field.unsafe for field in fields):
        yield "Fields without a rule were kept unchanged (on_unlisted: keep)."
