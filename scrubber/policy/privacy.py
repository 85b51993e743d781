"""The ``privacy:`` part of a rule file: requirements for classes, and hierarchies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields

from scrubber.policy.operators import read_operator
from scrubber.policy.plan import Levels, PrivacyRules
from scrubber.policy.schema import Privacy
from scrubber.policy.syntax.hierarchies import read_hierarchy_file
from scrubber.policy.syntax.report import Report
from scrubber.policy.syntax.settings import Part, Setting
from scrubber.policy.syntax.source import Path_
from scrubber.privacy.models import MODELS, PrivacyModel
from scrubber.transform.base import FromFile, Strictness, Transform

PART = "privacy"


def privacy_rules(
    report: Report, part: Privacy | None
) -> tuple[PrivacyRules | None, dict[str, str]]:
    """The part, or None, and the digests of its files."""
    if part is None:
        return None, {}
    digests: dict[str, str] = {}
    hierarchies = []
    for name, setting in part.hierarchies.items():
        levels = _levels(report, (PART, "hierarchies", name), setting, digests)
        if levels is not None:
            hierarchies.append((name, levels))
    return (
        PrivacyRules(
            k=part.k,
            suppression_limit=part.suppression_limit,
            hierarchies=tuple(hierarchies),
            weights=tuple(part.weights.items()),
            max_levels=tuple(part.max_levels.items()),
            models=tuple(
                one for kind in MODELS.values() for one in _models(kind, getattr(part, kind.key))
            ),
            method=part.method,
            time_limit=part.time_limit,
        ),
        digests,
    )


def _levels(
    report: Report, path: Path_, setting: str | tuple[Setting, ...], digests: dict[str, str]
) -> Levels | None:
    if isinstance(setting, str):
        read = read_hierarchy_file(report, path, setting, report.tree.folder_of(path))
        if read is None:
            return None
        digests[setting] = read.digest
        return Levels(rows=read.rows)
    steps = []
    for i, item in enumerate(setting):
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


def _models(
    kind: type[PrivacyModel], setting: float | Mapping[str, Part] | None
) -> Iterator[tuple[str | None, PrivacyModel]]:
    """The models under a key, for all sensitive fields or by field."""
    if isinstance(setting, Mapping):
        yield from ((name, kind(**dict(values))) for name, values in setting.items())
    elif setting is not None:
        first = fields(kind)[0]  # type: ignore[arg-type]  # a dataclass
        yield None, kind(**{first.name: setting})
