"""The verb `plan`: the treatment of each field, before anything is scrubbed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from scrubber.api.arguments import AnyPath, PathsLike, RulesLike, as_paths, as_rules
from scrubber.attest.attested import attestations_of
from scrubber.errors import OutputError, Place, printable
from scrubber.manifest.kept import PLAN, unless_kept
from scrubber.policy import Override, Rules
from scrubber.policy.plan import DisclosureRules, GateRules, Plan, PrivacyRules, linked_of
from scrubber.policy.sql import without_literals
from scrubber.run.forecast import forecast
from scrubber.run.pinned_plan import plan_document
from scrubber.run.preview import (
    FieldPreview,
    key_or_throwaway,
    preview,
)
from scrubber.run.survey import Survey, survey
from scrubber.storage import write_whole

_MOST_ROWS = 100


@dataclass(frozen=True, slots=True)
class PlannedField:
    """The treatment of a field of `sources`.

    `type_in` and `type_out` are Arrow types; `type_out` is None for a removed field. ``privacy:``
    chooses from `levels`. `linked` lists the fields whose values are searched for in this text,
    with their entities. `samples` are values before and after, for a terminal only.
    """

    name: str
    sources: tuple[str, ...]
    field_class: str | None
    type_in: str
    type_out: str | None
    action: str
    levels: tuple[str, ...]
    linked: tuple[tuple[str, str], ...]
    rule: str
    place: str
    samples: tuple[tuple[Any, Any], ...] = field(default=(), repr=False)

    def to_json(self) -> dict[str, Any]:
        """The treatment as plain values, without samples."""
        return {
            "name": self.name,
            "sources": list(self.sources),
            "class": self.field_class,
            "type_in": self.type_in,
            "type_out": self.type_out,
            "action": self.action,
            "levels": list(self.levels),
            "linked": dict(self.linked),
            "rule": {"id": self.rule, "place": self.place},
        }


@dataclass(frozen=True, slots=True)
class PlannedFilter:
    """A rule that drops records for which `expression` is true or unknown. `shape` is the
    expression without its literals, since these may be values of people."""

    expression: str = field(repr=False)
    shape: str
    reason: str
    place: str


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan of given rules for given data, field by field.

    `privacy` and `gates` describe those parts of the rules in words. `throwaway_key` is true if the
    samples were made with a random key. `id` is the id of the written plan. `literals_held` is
    false if that plan does not cover the literals of the rules, for lack of the key. `unmeasured`
    names the languages and scripts in the first records whose leaks were not measured, and
    `on_unmeasured` their treatment.
    """

    digest: str
    on_error: str
    on_unlisted: str
    disclosure: DisclosureRules
    fields: tuple[PlannedField, ...]
    filters: tuple[PlannedFilter, ...]
    privacy: str | None
    gates: str | None
    languages: tuple[str, ...]
    ner: str | None
    overrides: tuple[Override, ...]
    throwaway_key: bool
    id: str | None = None
    literals_held: bool = True
    unmeasured: tuple[str, ...] = ()
    on_unmeasured: str = "stop"

    @property
    def exit_code(self) -> int:
        """Always 0."""
        return 0

    def to_json(self) -> dict[str, Any]:
        """The plan as plain values, without samples."""
        return {
            "digest": self.digest,
            "on_error": self.on_error,
            "on_unlisted": self.on_unlisted,
            "disclosure": {"min_cell": self.disclosure.min_cell, "base": self.disclosure.base},
            "fields": [decided.to_json() for decided in self.fields],
            "overrides": [
                {"what": one.what, "winner": str(one.winner), "loser": str(one.loser)}
                for one in self.overrides
            ],
            "unmeasured": {"languages": list(self.unmeasured), "treatment": self.on_unmeasured},
            "plan": self.id,
        }


def plan(
    rules: RulesLike,
    data: PathsLike,
    *,
    rows: int = 0,
    out: AnyPath | None = None,
    overwrite: bool = False,
) -> Planned:
    """Compile `rules` for the files of `data`, without scrubbing.

    Up to `rows` records (0 to 100) of each source are scrubbed as samples, which hold values of the
    data. With `out`, a plan is written, including expected shares of values, for :func:`approve`
    and ``scrub(plan=…)``. `overwrite` allows replacing a plan and removes its signatures.

    Raises: RuleError; InputError for unreadable sources and ``no-paths``; OutputError
    ``plan-exists``, ``output-kept``, ``output-write``; ValueError for `rows` out of range.
    """
    if not 0 <= rows <= _MOST_ROWS:
        raise ValueError(f"rows must be 0 to {_MOST_ROWS}")
    parsed = as_rules(rules)
    surveyed = survey(parsed, as_paths(data))
    written, held = None, True
    if out is not None:
        written, held = _write(parsed, surveyed, Path(out), overwrite)
    shown = preview(parsed, surveyed, rows)
    decided = surveyed.plan
    return Planned(
        digest=parsed.published,
        on_error=decided.on_error.value,
        on_unlisted=decided.on_unlisted,
        disclosure=decided.disclosure,
        fields=tuple(_field(one) for one in shown.fields),
        filters=tuple(_filters(decided)),
        privacy=_privacy(decided.privacy) if decided.privacy is not None else None,
        gates=_gates(decided.gates),
        languages=tuple(decided.detect.languages) if decided.detect is not None else (),
        ner=decided.detect.ner if decided.detect is not None else None,
        overrides=tuple(parsed.overrides),
        throwaway_key=shown.throwaway_key,
        id=written,
        literals_held=held,
        unmeasured=shown.unmeasured,
        on_unmeasured=decided.unmeasured.value,
    )


def _write(rules: Rules, surveyed: Survey, out: Path, overwrite: bool) -> tuple[str, bool]:
    """Write the plan with the shares expected from a sample. Return its id, and true if it covers
    the literals of the rules.

    A replaced plan loses its signatures and approvals.
    """
    attestations = attestations_of(out)
    hint = "--force replaces it, and removes what was signed"
    if attestations.exists() and not (overwrite and out.exists()):
        place = Place(file=str(out))
        raise OutputError("plan-exists", "the plan exists already", place=place, hint=hint)
    key, throwaway = key_or_throwaway(surveyed.plan)
    own = None if throwaway else key
    document = plan_document(rules, surveyed, forecast(surveyed, key), own)
    write_whole(
        out,
        document.to_bytes(),
        exists="plan-exists",
        hint=hint,
        replace=partial(_only_a_plan, attestations) if overwrite else None,
    )
    return document.id, own is not None or not rules.literals


def _only_a_plan(attestations: Path, out: Path) -> None:
    """Remove the signatures of a plan that is to be replaced; refuse any other file."""
    unless_kept(out, own=PLAN)
    attestations.unlink(missing_ok=True)


def _field(shown: FieldPreview) -> PlannedField:
    decided = shown.plan
    return PlannedField(
        name=shown.name,
        sources=shown.sources,
        field_class=decided.field_class.value if decided.field_class else None,
        type_in=decided.type_in,
        type_out=decided.type_out,
        action=shown.action,
        levels=shown.levels,
        linked=tuple((str(one.path), one.entity) for one in linked_of(decided)),
        rule=decided.rule.id,
        place=str(decided.rule.mark),
        samples=shown.samples,
    )


def _filters(decided: Plan) -> Iterator[PlannedFilter]:
    rules = {rule.rule.id: rule for _, table in decided.tables for rule in table.row_rules}
    for rule in rules.values():
        shape = without_literals(rule.expression)
        yield PlannedFilter(rule.expression, shape, rule.reason, str(rule.rule.mark))


def _privacy(rules: PrivacyRules) -> str:
    said = f"privacy: classes of {rules.k} or more"
    said += f", at most {rules.suppression_limit:.3g} of the records suppressed"
    models = [
        f"{kind} {'in every sensitive field' if name is None else printable(name)}"
        for kind, name in [
            (f"{one.kind} {one.title} {one.value:g}", name) for name, one in rules.models
        ]
    ]
    return f"{', '.join([said, *models])}, by {rules.method}"


def _gates(rules: GateRules) -> str | None:
    said = []
    if rules.languages:
        said.append("every record in a measured language")
    if rules.max_residual_rate is not None:
        said.append(f"at most {rules.max_residual_rate:g} residuals per record")
    if rules.min_k is not None:
        said.append(f"at least {rules.min_k} records with equal quasi-identifiers")
    if not said:
        return None
    looked = "every record" if rules.every else "a sample of the records"
    return f"gates: {', '.join(said)}; {looked} is scanned again"
