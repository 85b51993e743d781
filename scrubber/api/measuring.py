"""The use of an output, and what rules cost in accuracy: utility, tradeoff and minimize."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scrubber.api.arguments import AnyPath, PathsLike, RulesLike, as_rules
from scrubber.api.records import pairs_of
from scrubber.api.trials import Trial, table_of, trial
from scrubber.assess.figures import Estimate, Share, difference
from scrubber.assess.utility import Utility
from scrubber.assess.utility import utility as compared
from scrubber.errors import GateError, InputError, Place, printable
from scrubber.policy import Rules, varied
from scrubber.review.curve import CurvePoint, curve_page
from scrubber.review.writing import write_report
from scrubber.storage import locate

SEED = 0
_TOLERATED = 0.01  # loss of accuracy that an advice may cost


@dataclass(frozen=True, slots=True)
class Point:
    """The trial with a `setting`: records left, accuracy, records singled out by up to four fields,
    and persons found by the quasi-identifiers. `refused` is the code of the error of rules that
    cannot be met; then there are no figures."""

    setting: str
    records: int = 0
    accuracy: Share | None = None
    singled: Share | None = None
    found: Share | None = None
    refused: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "setting": self.setting,
            "refused": self.refused,
            "records": self.records,
            **{
                name: share.to_json() if share is not None else None
                for name, share in (
                    ("accuracy", self.accuracy),
                    ("singled_out", self.singled),
                    ("found", self.found),
                )
            },
        }


@dataclass(frozen=True, slots=True)
class Tradeoff:
    """The points of a grid over the setting `varied`, the accuracy on the raw records, and the
    written page, if any."""

    target: str
    varied: str
    raw: Share | None
    points: tuple[Point, ...]
    out: str | None = None

    @property
    def best(self) -> tuple[Point, ...]:
        """The points that no other beats in both accuracy and records singled out."""
        known = [one for one in self.points if one.refused is None]
        return tuple(one for one in known if not any(_beats(other, one) for other in known))

    @property
    def exit_code(self) -> int:
        """Always 0."""
        return 0

    def to_json(self) -> dict[str, Any]:
        """The figures as plain values."""
        return {
            "target": self.target,
            "varied": self.varied,
            "raw": self.raw.to_json() if self.raw is not None else None,
            "points": [one.to_json() for one in self.points],
            "best": [one.setting for one in self.best],
            "out": self.out,
        }


@dataclass(frozen=True, slots=True)
class Advice:
    """An `edit` of the rules: its change of accuracy, and the records singled out after it."""

    field: str
    edit: str
    change: Estimate
    singled: Share

    def to_json(self) -> dict[str, Any]:
        return {
            "field": self.field,
            "edit": self.edit,
            "accuracy_change": self.change.to_json(),
            "singled_out": self.singled.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Minimized:
    """Edits of rules by what they gain, the best first. `suggested` are those without a loss of
    accuracy, applied together: `accuracy` and `singled` are the figures with all of them. `diff` is
    their change of the rule file; nothing was changed."""

    target: str
    accuracy_before: Share
    singled_before: Share
    advice: tuple[Advice, ...]
    suggested: tuple[str, ...]
    accuracy: Share
    singled: Share
    diff: str = field(repr=False)

    @property
    def exit_code(self) -> int:
        """Always 0."""
        return 0

    def to_json(self) -> dict[str, Any]:
        """The figures as plain values."""
        return {
            "target": self.target,
            "before": {
                "accuracy": self.accuracy_before.to_json(),
                "singled_out": self.singled_before.to_json(),
            },
            "advice": [one.to_json() for one in self.advice],
            "suggested": list(self.suggested),
            "after": {
                "accuracy": self.accuracy.to_json(),
                "singled_out": self.singled.to_json(),
            },
            "diff": self.diff,
        }


def utility(source: PathsLike, out: AnyPath, target: str, *, seed: int = SEED) -> Utility:
    """Compare models that predict `target`, trained on `source` and on its output `out`.

    They are trained on the same records and tested on the same others, for the raw class. The kept
    share of each field, and the largest change of a correlation, are given too. Shares are in 0..1.

    Raises: InputError for unreadable sources, ``no-paths``, ``unknown-field``,
    ``nothing-in-common``, ``records-unaligned``, ``too-few-records``, ``target-constant``,
    ``no-fields``; NotAvailable ``extra-missing``.
    """
    pairs = pairs_of(source, out, [target])
    return compared(pairs.source, pairs.out, pairs.origin, pairs.makings, target, seed=seed)


def tradeoff(
    rules: RulesLike,
    data: PathsLike,
    target: str,
    vary: str,
    values: Sequence[Any],
    *,
    seed: int = SEED,
    out: AnyPath | None = None,
) -> Tradeoff:
    """Try values of one setting of `rules` on `data`, in memory: accuracy beside protection.

    `vary` is a path such as ``privacy.k``, or ``fields.age.transform.bin.width`` for the rule of a
    field. Rules that the data cannot meet are points without figures. With `out`, an HTML page with
    the curve is written; it replaces an earlier one, but no other file.

    Raises: RuleError, also ``unknown-path``; InputError as :func:`utility`, and ``values-missing``;
    NotAvailable ``extra-missing``; OutputError ``output-foreign``, ``output-write``.
    """
    parsed = as_rules(rules)
    if not values:
        raise InputError("values-missing", "no value to try is given")
    path = tuple(vary.split("."))
    settings = [varied(parsed, path, value) for value in values]
    table = table_of(data, target)
    points, raw = [], None
    for value, changed in zip(values, settings, strict=True):
        name = json.dumps(value) if not isinstance(value, str) else value
        try:
            tried = trial(changed, table, seed)
        except GateError as error:
            points.append(Point(name, refused=error.code))
            continue
        _need(tried, target)
        (models,) = tried.usefulness(target, seed).compared
        raw = models.raw
        points.append(
            Point(
                name,
                tried.out.num_rows,
                models.scrubbed,
                tried.singled(target),
                tried.found(seed),
            )
        )
    found = Tradeoff(target, vary, raw, tuple(points), str(out) if out is not None else None)
    if out is not None:
        write_report(_page(found), locate(out))
    return found


def minimize(rules: RulesLike, data: PathsLike, target: str, *, seed: int = SEED) -> Minimized:
    """Find fields of `rules` that predicting `target` does not need, by trial runs on `data`.

    For each field that is left, accuracy and the records singled out are measured without it, and
    with coarser bins, prefixes, roundings and dates. Edits that cost no accuracy are suggested, and
    measured together. Nothing is written or changed.

    Raises: RuleError; GateError for rules that the data cannot meet; InputError as
    :func:`utility`; NotAvailable ``extra-missing``.
    """
    parsed = as_rules(rules)
    table = table_of(data, target)
    base = trial(parsed, table, seed)
    _need(base, target)
    before, alone = _accuracy(base, target, seed), base.singled(target)
    fields = [name for name in base.shown if name not in (target, parsed.subject)]
    advice: list[Advice] = []
    for name in fields if len(fields) > 1 else ():
        change = difference(_accuracy(base, target, seed, [name]), before)
        advice.append(Advice(name, "drop", change, base.singled(target, [name])))
    for name, edit, changed in _coarser(parsed, fields):
        tried = trial(changed, table, seed)
        change = difference(_accuracy(tried, target, seed), before)
        advice.append(Advice(name, edit, change, tried.singled(target)))
    ranked = sorted(advice, key=lambda one: (_gain(one, alone), one.field), reverse=True)
    quasi = base.quasi if parsed.privacy is not None else ()
    dropped = _together(base, target, seed, before, ranked, [fields, quasi])
    return Minimized(
        target,
        before,
        alone,
        tuple(ranked),
        tuple(dropped),
        _accuracy(base, target, seed, dropped),
        base.singled(target, dropped),
        "".join(_diff(parsed, dropped)),
    )


COLUMNS = ("Records", "Accuracy", "Singled out", "Found by quasi-identifiers")


def cells_of(point: Point) -> tuple[str, str, str, str]:
    """The figures of a point in words, in the order of COLUMNS."""
    if point.refused is not None:
        return f"refused: {point.refused}", "", "", ""
    found = "no quasi-identifiers" if point.found is None else f"{point.found}"
    return f"{point.records:,}", f"{point.accuracy}", f"{point.singled}", found


def _page(found: Tradeoff) -> str:
    best = {one.setting for one in found.best}
    points = [
        CurvePoint(one.setting, one.accuracy.share, one.singled.share, cells_of(one))
        for one in found.points
        if one.accuracy is not None and one.singled is not None
    ]
    lead = f"Models that predict {printable(found.target)}, trained on outputs of each setting."
    return curve_page(found.varied, lead, (found.varied, *COLUMNS), points, best)


def _beats(one: Point, other: Point) -> bool:
    assert one.accuracy is not None
    assert other.accuracy is not None
    assert one.singled is not None
    assert other.singled is not None
    ours = one.accuracy.share, -one.singled.share
    theirs = other.accuracy.share, -other.singled.share
    return ours != theirs and all(a >= b for a, b in zip(ours, theirs, strict=True))


def _need(tried: Trial, target: str) -> None:
    if target not in tried.labels.columns:
        text = "the rules drop the target"
        raise InputError("nothing-in-common", text, place=Place(field=target))


def _accuracy(tried: Trial, target: str, seed: int, without: Sequence[str] = ()) -> Share:
    return tried.usefulness(target, seed, without).compared[0].scrubbed


def _gain(advice: Advice, alone: Share) -> float:
    """Records that are no longer singled out, less the accuracy that it costs."""
    return alone.share - advice.singled.share + min(0.0, advice.change.value)


def _together(
    base: Trial,
    target: str,
    seed: int,
    before: Share,
    ranked: Sequence[Advice],
    groups: Sequence[Sequence[str]],
) -> list[str]:
    """The fields to drop, one after the other, while accuracy holds; one of each group stays."""
    dropped: list[str] = []
    for one in ranked:
        if one.edit != "drop" or one.change.value < -_TOLERATED:
            continue
        if any(set(group) and set(group) <= {*dropped, one.field} for group in groups):
            continue
        tried = _accuracy(base, target, seed, [*dropped, one.field])
        if tried.share >= before.share - _TOLERATED:
            dropped.append(one.field)
    return dropped


_COARSER: dict[tuple[str, str], Any] = {
    ("bin", "width"): lambda width: 2 * width,
    ("prefix", "keep"): lambda keep: keep - 1 if keep > 1 else None,
    ("round", "to"): lambda to: 10 * to,
    ("truncate_date", "to"): {
        "hour": "day",
        "day": "week",
        "week": "month",
        "month": "quarter",
        "quarter": "year",
    }.get,
}
"""The next coarser value of a parameter; None where there is none."""


def _coarser(rules: Rules, fields: Sequence[str]) -> Iterator[tuple[str, str, Rules]]:
    for name in fields:
        number = next((i for i, one in enumerate(rules.fields) if name in one.names), None)
        for (transform, parameter), step in _COARSER.items():
            if number is None:
                continue
            path = ("fields", number, "transform", transform, parameter)
            value = rules.tree.at(path)
            coarser = step(value) if value is not None else None
            if coarser is not None:
                edit = f"{transform} {parameter}={coarser}"
                yield name, edit, varied(rules, path, coarser)


def _diff(rules: Rules, dropped: Sequence[str]) -> Iterator[str]:
    """The change of the rule file that drops these fields; nothing for rules from a program."""
    file = Path(rules.path)
    if not file.is_file() or not dropped:
        return iter(())
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    edited = list(lines)
    starts = [rules.tree.value_mark(("fields", i)) for i in range(len(rules.fields))]
    for number, rule in enumerate(rules.fields):
        gone = [name for name in rule.names if name in dropped]
        if not gone or starts[number].file != rules.path:
            continue
        at = starts[number].line - 1
        indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        kind = f"class: {rule.field_class.value}, " if rule.field_class is not None else ""
        named = ", ".join(map(json.dumps, gone))
        new = f"{indent}- {{name: [{named}], {kind}transform: drop}}\n"
        if len(gone) == len(rule.names):
            edited[at : _end(lines, at)] = [new, *[""] * (_end(lines, at) - at - 1)]
        else:
            edited[at] = new + edited[at]
    for part in ("hierarchies", "weights", "max_levels"):
        given = rules.tree.at(("privacy", part)) or {}
        gone = [name for name in dropped if name in given]
        paths = [("privacy", part, name) for name in gone]
        for path in [("privacy", part)] if len(gone) == len(given) else paths:
            mark = rules.tree.keys.get(path)
            if mark is not None and mark.file == rules.path:
                _without(edited, mark.line - 1, path[-1])
    changed = "".join(edited).splitlines(keepends=True)
    return difflib.unified_diff(lines, changed, rules.path, rules.path)


def _without(lines: list[str], at: int, name: str) -> None:
    """Remove the key `name` of a mapping, which is in line `at`."""
    if lines[at].lstrip().startswith((f"{name}:", f'"{name}":')):
        end = _end(lines, at)
        lines[at:end] = [""] * (end - at)
    else:
        key = rf'"?{re.escape(name)}"?\s*:\s*(?:\[[^\]]*\]|[^,}}\]]+)(?:,\s*)?'
        lines[at] = re.sub(key, "", lines[at], count=1)


def _end(lines: Sequence[str], at: int) -> int:
    """The line behind the rule that begins at `at`."""
    indent = len(lines[at]) - len(lines[at].lstrip())
    for line in range(at + 1, len(lines)):
        text = lines[line]
        if text.strip() and len(text) - len(text.lstrip()) <= indent:
            return line
    return len(lines)
