"""scrubber plan"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrubber.cli.console import as_json, emit, stderr, stdout, watched
from scrubber.errors import OutputError, Place, printable

if TYPE_CHECKING:
    from scrubber.policy import Rules
    from scrubber.policy.plan import GateRules, Plan, PrivacyRules
    from scrubber.run.preview import FieldPreview, Preview
    from scrubber.run.survey import Survey

_CELL = 60


def plan_command(rules: Path, inputs: list[str], rows: int, out: Path | None, force: bool) -> int:
    """Show the plan, a sample of values on a terminal only; with `out` write it down as well."""
    from scrubber.policy import load_rules
    from scrubber.run.preview import preview
    from scrubber.run.survey import survey

    parsed = load_rules(rules)
    surveyed = survey(parsed, inputs)
    written = _write(parsed, surveyed, out, force) if out is not None else None
    seen = watched() and not as_json()
    shown = preview(parsed, surveyed, rows if seen else 0)
    if as_json():
        return emit({**_as_data(parsed, surveyed.plan, shown), "plan": written})
    for number, field in enumerate(shown.fields):
        if number == 0 or field.sources != shown.fields[number - 1].sources:
            names = ", ".join(printable(source) for source in field.sources)
            stdout().print(f"\n{names}", style="bold", soft_wrap=True)
        _print_field(field)
    _print_rest(parsed, surveyed.plan)
    if shown.throwaway_key and seen and rows:
        stderr().print("The key is not at hand: the sample was made with a random one.")
    if written is not None:
        stdout().print(f"\nplan {written}: {printable(str(out))}", style="bold", soft_wrap=True)
    return 0


def _write(rules: Rules, surveyed: Survey, out: Path, force: bool) -> str:
    """Write the plan, with the shares that a sample lets expect, to a new file; its id.

    A plan that is replaced loses the signatures and approvals beside it: they were of another one.
    """
    from scrubber.attest.attested import attestations_of
    from scrubber.run.forecast import forecast
    from scrubber.run.pinned_plan import plan_document
    from scrubber.run.preview import key_or_throwaway
    from scrubber.storage import write_whole

    attestations = attestations_of(out)
    hint = "--force replaces it, and removes what was signed"
    if attestations.exists() and not (force and out.exists()):
        place = Place(file=str(out))
        raise OutputError("plan-exists", "there is a plan already", place=place, hint=hint)
    key, throwaway = key_or_throwaway(surveyed.plan)
    own = None if throwaway else key
    document = plan_document(rules, surveyed, forecast(surveyed, key), own)
    if rules.literals and own is None:
        stderr().print(
            "The key is not at hand, so the plan does not hold the literals of the rules (words of "
            "lists, regexes): run --plan will refuse it.",
            style="yellow",
            soft_wrap=True,
        )
    write_whole(
        out,
        document.to_bytes(),
        exists="plan-exists",
        hint=hint,
        replace=partial(_only_a_plan, attestations) if force else None,
    )
    return document.id


def _only_a_plan(attestations: Path, out: Path) -> None:
    """Let a plan be replaced, without what was signed about it."""
    from scrubber.manifest.kept import PLAN, unless_kept

    unless_kept(out, own=PLAN)
    attestations.unlink(missing_ok=True)


def _print_field(field: FieldPreview) -> None:
    from rich.text import Text

    from scrubber.manifest.view import printable_text

    class_ = field.plan.field_class.value if field.plan.field_class else "unclassified"
    kept = field.action.startswith("keep")
    style = "yellow" if kept else "green"
    line = Text.assemble(
        "  ",
        (printable(field.name), f"bold {style}"),
        (f"  [{class_}]  ", "dim"),
        (printable_text(field.action), style),
        (f"  {field.plan.rule.mark}", "dim"),
    )
    stdout().print(line, soft_wrap=True)
    for before, after in field.samples:
        gone = field.plan.type_out is None
        right = "(gone)" if gone else "(unchanged)" if before == after else _cell(after)
        stdout().print(f"      {_cell(before)}  ->  {right}", style="dim", soft_wrap=True)


def _cell(value: Any) -> str:
    if value is None:
        return "null"
    text = str(value)
    return printable(text[:_CELL]) + ("…" if len(text) > _CELL else "")


def _print_rest(rules: Rules, plan: Plan) -> None:
    from scrubber.manifest.planview import disclosure_said
    from scrubber.policy.sql import without_literals

    row_rules = {rule.rule.id: rule for _, table in plan.tables for rule in table.row_rules}
    if row_rules:
        stdout().print("\nrecords are dropped where", style="bold")
        for rule in row_rules.values():
            said = rule.expression if watched() else without_literals(rule.expression)
            stdout().print(f"  {said}  ({rule.reason})  {rule.rule.mark}", soft_wrap=True)
    if plan.privacy is not None:
        stdout().print(f"\n{_privacy(plan.privacy)}", soft_wrap=True)
    gates = _gates(plan.gates)
    if gates:
        stdout().print(f"\n{gates}", soft_wrap=True)
    if plan.detect is not None:
        languages = ", ".join(plan.detect.languages)
        stdout().print(f"\ntext is searched in {languages}, named entities: {plan.detect.ner}")
    if rules.overrides:
        stdout().print("\noverridden", style="bold")
        for one in rules.overrides:
            stdout().print(
                f"  {printable(one.what)}: {one.winner} over {one.loser}", soft_wrap=True
            )
    stdout().print(f"on_error: {plan.on_error.value}, on_unlisted: {plan.on_unlisted}")
    shown = plan.disclosure
    said = disclosure_said(shown.min_cell, shown.base)
    stdout().print(f"disclosure: in the manifest, {said}", soft_wrap=True)


def _privacy(rules: PrivacyRules) -> str:
    said = f"privacy: classes of {rules.k} or more"
    said += f", at most {rules.suppression_limit:.3g} of the records left out"
    models = [
        f"{kind} {'in every sensitive field' if name is None else printable(name)}"
        for kind, name in [
            *((f"{one.kind} l-diversity {one.l:g}", name) for name, one in rules.diversity),
            *((f"{one.kind} t-closeness {one.t:g}", name) for name, one in rules.closeness),
        ]
    ]
    return f"{', '.join([said, *models])}, by {rules.method}"


def _gates(rules: GateRules) -> str:
    said = []
    if rules.max_residual_rate is not None:
        said.append(f"at most {rules.max_residual_rate:g} findings left per record")
    if rules.min_k is not None:
        said.append(f"at least {rules.min_k} records alike in the quasi-identifiers")
    if not said:
        return ""
    looked = "every record" if rules.every else "a sample of the records"
    return f"gates: {', '.join(said)}; {looked} is looked at again"


def _as_data(rules: Rules, plan: Plan, shown: Preview) -> dict[str, Any]:
    from scrubber.policy.plan import linked_of

    return {
        "digest": rules.published,
        "on_error": plan.on_error.value,
        "on_unlisted": plan.on_unlisted,
        "disclosure": {"min_cell": plan.disclosure.min_cell, "base": plan.disclosure.base},
        "fields": [
            {
                "name": field.name,
                "sources": list(field.sources),
                "class": field.plan.field_class.value if field.plan.field_class else None,
                "type_in": field.plan.type_in,
                "type_out": field.plan.type_out,
                "action": field.action,
                "levels": list(field.levels),
                "linked": {str(one.path): one.entity for one in linked_of(field.plan)},
                "rule": {"id": field.plan.rule.id, "place": str(field.plan.rule.mark)},
            }
            for field in shown.fields
        ],
        "overrides": [
            {"what": one.what, "winner": str(one.winner), "loser": str(one.loser)}
            for one in rules.overrides
        ],
    }
