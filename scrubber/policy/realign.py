"""The fields that point into a text: the text of each, and the fields that belong together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import pyarrow as pa

from scrubber.errors import printable
from scrubber.model.fieldclass import FieldClass
from scrubber.model.fieldpath import EACH, KEY, VALUE, FieldPath, Selector, spellings
from scrubber.policy.decisions import FieldRule, MovedRule
from scrubber.policy.plan import FieldPlan, Keep, Positions, Realign, ScrubText
from scrubber.policy.syntax.report import Report
from scrubber.transform.base import Kind, kind_of

Leaves = Sequence[tuple[FieldPath, pa.DataType]]
_REPEATED = frozenset({EACH, KEY, VALUE})
_UNRESOLVED = Realign(FieldPath(("?",)), Positions())


def _rule_of(text: FieldRule, moved: MovedRule) -> FieldRule:
    """The rule for the fields of `moved`, which the rule `text` names."""
    return replace(
        text,
        names=tuple(name for _, name in moved.names),
        field_class=FieldClass.INSENSITIVE,
        disposition=_UNRESOLVED,
        ref=moved.ref,
        path=moved.path,
        entities=(),
        scrubs_text=False,
        linked=(),
        linked_as=None,
        kinds=(),
        moved=(),
    )


def with_moved(rules: Iterable[FieldRule]) -> Iterator[tuple[FieldRule, MovedRule | None]]:
    """The rules, each followed by those for the fields that point into its text."""
    for rule in rules:
        yield rule, None
        for moved in rule.moved:
            yield _rule_of(rule, moved), moved


def is_of(moved: MovedRule, name: str, kind: Kind | None) -> bool:
    """True if `name` may stand for a field of this kind: of a pair, the numbers alone."""
    pair = any(role == "pair" and name == written for role, written in moved.names)
    return not pair or kind in (Kind.INTEGER, Kind.FLOAT)


def resolved(
    report: Report,
    moved: MovedRule,
    path: FieldPath,
    found: Leaves,
    texts: Iterable[FieldPath],
) -> Realign | None:
    """The text that `path` points into, one of `texts`, and the fields beside it; None if a problem
    was reported."""
    shown = printable(str(path))
    around = [text for text in texts if path.steps[: _held(text)] == text.steps[: _held(text)]]
    deepest = max((_depth(text) for text in around), default=0)
    nearest = [text for text in around if _depth(text) == deepest]
    if len(nearest) != 1:
        several = ", ".join(printable(str(text)) for text in nearest)
        text = f"{shown} lies beside no text of this rule"
        if nearest:
            text = f"{shown} may point into each of {several}"
        report.value(moved.path, "realign-text", text, "give each text a rule of its own")
        return None
    kinds = dict(found)
    parts: dict[str, FieldPath] = {}
    for role, name in moved.names:
        wanted = (Kind.TEXT,) if role == "copy" else (Kind.INTEGER,)
        selector = Selector(name)
        named = [one for one, _ in found if any(map(selector.matches, spellings(one)))]
        right = [one for one in named if kind_of(kinds[one]) in wanted]
        if path in named and path not in right and not pa.types.is_null(kinds[path]):
            said = "text" if role == "copy" else "integers"
            text = f"a {role} is {said}; {shown} is {kind_of(kinds[path])} ({kinds[path]})"
            report.value((*moved.path, role), "wrong-kind", text)
            return None
        if right:
            parts[role] = right[0]
    depths = {_depth(one) for one in parts.values()}
    if len(depths) > 1 or ("pair" in parts and depths.pop() <= deepest):
        text = "start, end and copy stand beside each other, and a pair is a list in a list"
        report.value(moved.path, "realign-parts", text)
        return None
    return Realign(nearest[0], Positions(**parts, unit=moved.unit, inclusive=moved.inclusive))


def class_of(realign: Realign, path: FieldPath) -> FieldClass:
    """The class of a field that moves along: a copy is text, a position insensitive."""
    return FieldClass.TEXT if realign.positions.copy == path else FieldClass.INSENSITIVE


def check_kept(
    report: Report,
    fields: Sequence[FieldPlan],
    conditional: Callable[[FieldPath], FieldRule | None],
) -> None:
    """Report texts with conditions, and positions that another rule keeps as they are."""
    decided = {one.path: one for one in fields}
    for one in fields:
        realign = one.disposition
        if not isinstance(realign, Realign):
            continue
        rule = conditional(realign.text)
        if rule is not None:
            text = "a text with conditions has no fields that point into it"
            report.key((*rule.path, "when"), "realign-with-when", text)
        positions = realign.positions
        for path in (positions.start, positions.end, positions.pair, positions.copy):
            other = decided.get(path) if path is not None else None
            if other is not None and isinstance(other.disposition, Keep | ScrubText):
                text = f"{printable(str(path))} has an earlier rule, and would not move along"
                report.key(
                    ("fields",), "realign-kept", text, f"remove the name from {other.rule.id}"
                )


def _depth(path: FieldPath) -> int:
    return sum(step in _REPEATED for step in path.steps)


def _held(path: FieldPath) -> int:
    """The number of steps to the element that holds a text."""
    return max((i + 1 for i, step in enumerate(path.steps) if step in _REPEATED), default=0)
