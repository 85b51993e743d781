"""Hints about a plan: valid settings that may be unintended."""

from __future__ import annotations

from dataclasses import dataclass

from scrubber.errors import Mark, printable
from scrubber.model.fieldclass import FieldClass
from scrubber.policy.plan import FieldPlan, Plan, ScrubText, TablePlan

_SHOWN = 8
_SEARCHABLE = ("string", "large_string", "dictionary", "int", "uint", "date", "timestamp")


@dataclass(frozen=True, slots=True, order=True)
class Hint:
    """A hint: its place in the rule file, a stable code, and a text with names of fields only."""

    mark: Mark
    code: str
    text: str

    def __str__(self) -> str:
        return f"{self.mark} [{self.code}] {self.text}"


def hints(plan: Plan) -> tuple[Hint, ...]:
    """Hints at likely omissions, by place: text fields that are not linked to direct identifiers of
    their record (``not-linked``), and once the rules that decide where a condition is unknown
    (``unknown-condition``)."""
    found = {hint for table in plan.kinds for hint in _not_linked(table)}
    return tuple(sorted((*found, *_unknown(plan))))


def _unknown(plan: Plan) -> tuple[Hint, ...]:
    decided: dict[str, str] = {}
    marks = []
    for table in plan.kinds:
        for field in table.fields:
            if field.cases:
                marks.append(field.cases[0].rule.mark)
                at = field.strictest
                rule = field.rule if at < 0 else field.cases[at].rule
                decided[printable(str(field.path))] = f"line {rule.mark.line}"
    if not decided:
        return ()
    shown = [f"{name} ({place})" for name, place in list(decided.items())[:_SHOWN]]
    more = ["..."] if len(decided) > _SHOWN else []
    text = (
        "where a condition is unknown (null), the strictest rule of the field decides: "
        f"{', '.join(shown + more)}"
    )
    return (Hint(min(marks, key=lambda mark: (mark.file, mark.line)), "unknown-condition", text),)


def _not_linked(table: TablePlan) -> list[Hint]:
    direct = [field for field in table.fields if _is_direct(field)]
    found = []
    for field in table.fields:
        if not isinstance(field.disposition, ScrubText):
            continue
        linked = {one.path for one in field.disposition.linked}
        missing = [printable(str(one.path)) for one in direct if one.path not in linked]
        if missing:
            names = ", ".join(missing)
            text = (
                f"{printable(str(field.path))} stands beside direct identifiers of its row that "
                f"are not looked for in it: linked: [{names}]"
            )
            found.append(Hint(field.rule.mark, "not-linked", text))
    return found


def _is_direct(field: FieldPlan) -> bool:
    return field.field_class is FieldClass.DIRECT_IDENTIFIER and field.type_in.startswith(
        _SEARCHABLE
    )
