"""The ``privacy:`` part of a rule file: what every class must fulfil, and the hierarchies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from scrubber.policy.hierarchies import read_hierarchy_file
from scrubber.policy.operators import read_operator
from scrubber.policy.plan import Levels, PrivacyRules
from scrubber.policy.syntax.report import Report
from scrubber.policy.syntax.source import Path_
from scrubber.privacy.models import MODELS, PrivacyModel
from scrubber.transform.base import FromFile, Strictness, Transform

PART = "privacy"


def read_privacy(report: Report) -> tuple[PrivacyRules | None, dict[str, str]]:
    """The part, None where there is none or its shape is wrong, and the digests of its files."""
    given = report.tree.data.get(PART)
    if not isinstance(given, dict) or not _is_count(given.get("k")):
        return None, {}
    digests: dict[str, str] = {}
    hierarchies = []
    settings = given.get("hierarchies")
    for name, setting in settings.items() if isinstance(settings, dict) else ():
        levels = _levels(report, (PART, "hierarchies", name), setting, digests)
        if levels is not None:
            hierarchies.append((name, levels))
    return (
        PrivacyRules(
            k=given["k"],
            suppression_limit=_number(given.get("suppression_limit"), 0.0),
            hierarchies=tuple(hierarchies),
            weights=tuple(_numbers(given.get("weights"))),
            max_levels=tuple((n, int(v)) for n, v in _numbers(given.get("max_levels"))),
            models=tuple(
                one for kind in MODELS.values() for one in _models(kind, given.get(kind.key))
            ),
            method="mondrian" if given.get("method") == "mondrian" else "lattice",
            time_limit=_number(given.get("time_limit"), 60.0),
        ),
        digests,
    )


def _levels(report: Report, path: Path_, setting: Any, digests: dict[str, str]) -> Levels | None:
    if isinstance(setting, str) and setting:
        read = read_hierarchy_file(report, path, setting, report.tree.folder_of(path))
        if read is None:
            return None
        digests[setting] = read.digest
        return Levels(rows=read.rows)
    if not isinstance(setting, list):
        return None
    steps = []
    for i, item in enumerate(setting):
        if not isinstance(item, str | dict) or not item:
            return None
        step = read_operator(report, (*path, i), item, in_text=False)
        if not isinstance(step, Transform):
            return None
        if step.strictness is not Strictness.GENERALIZE or isinstance(step, FromFile):
            text = f"{step.name} makes no level of a hierarchy"
            hint = "bin, round, prefix, truncate_date, ip; or name one CSV file for all levels"
            report.value((*path, i), "not-a-level", text, hint)
            return None
        steps.append(step)
    return Levels(steps=tuple(steps))


def _models(kind: type[PrivacyModel], given: Any) -> Iterator[tuple[str | None, PrivacyModel]]:
    """The models under a key: of every sensitive field, or by field."""
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]  # a dataclass
    if _is_number(given):
        yield None, kind(**{names[0]: given})
    for name, setting in given.items() if isinstance(given, dict) else ():
        if isinstance(setting, dict) and _is_number(setting.get(names[0])):
            yield name, kind(**{key: setting[key] for key in names if key in setting})


def _numbers(given: Any) -> Iterator[tuple[str, float]]:
    if isinstance(given, Mapping):
        yield from ((name, value) for name, value in given.items() if _is_number(value))


def _number(value: Any, default: float) -> float:
    return float(value) if _is_number(value) else default


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
