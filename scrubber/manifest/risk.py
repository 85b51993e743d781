"""Equivalence classes in a manifest: requirements, chosen levels and remaining risk.

Numbers of records by class size are under disclosure control like all other counts. Figures from
which a withheld count could be computed (loss, mean risk) are withheld too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from scrubber.errors import printable
from scrubber.model.counts import rounded
from scrubber.privacy.models import MODELS

Band = tuple[int, int | None, int]


@dataclass(frozen=True, slots=True)
class QuasiFacts:
    """A quasi-identifier: the chosen `level` of `levels` (0 is the value itself; None if levels
    differ between classes), the origin of the levels, and the field's part of the loss, from 0 to 1
    (None for local recoding).
    """

    name: str
    level: int | None
    levels: int
    hierarchy: Literal["file", "transforms", "none"]
    part_of_loss: float | None


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A privacy model, by its key, for a sensitive `field` (None for all). `value` (such as l or t)
    and `c` (for recursive diversity) are in milli-units."""

    model: str
    field: str | None
    kind: str
    value: int
    c: int | None = None


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """Equivalence classes: size of the smallest (None without records), number, and (from, to,
    records) per band of sizes (None for sizes in persons)."""

    smallest: int | None
    classes: int
    bands: tuple[Band, ...] | None


@dataclass(frozen=True)
class RiskFacts:
    """The requirements of ``privacy:`` for the `sources`, and the result.

    `before` describes the counted records, `after` the output as read again. `loss` and `bound`
    range from 0 to 1 and are None for local recoding. `suppressed` counts records.
    """

    sources: tuple[str, ...]
    quasi: tuple[QuasiFacts, ...]
    k: int
    counted: Literal["records", "subjects"]
    suppression_limit: int
    method: str
    models: tuple[ModelFacts, ...]
    before: ClassFacts
    after: ClassFacts
    suppressed: int
    loss: float | None
    bound: float | None
    optimal: bool | None


def risk_section(
    facts: RiskFacts, published: Mapping[Any, Mapping[str, Any]], min_cell: int, base: int
) -> dict[str, Any]:
    """The section ``risk.privacy``; loss and risks are in milli-units."""
    suppressed = published.get(("dropped", "privacy"), {"n": 0})
    told = "n" in suppressed and base == 1
    return {
        "k": facts.k,
        "counted": facts.counted,
        "suppression_limit": facts.suppression_limit,
        "method": facts.method,
        "models": [asdict(model) for model in facts.models],
        "quasi_identifiers": [
            # Whole percent: more digits would reveal the number of records of rare leaves.
            {**asdict(one), "part_of_loss": _percent(one.part_of_loss) if told else None}
            for one in facts.quasi
        ],
        "optimal": facts.optimal,
        "loss": _milli(facts.loss) if told else None,
        "loss_at_least": _milli(facts.bound) if told else None,
        "suppressed": dict(suppressed),
        "before": _classes("before", facts.before, 1, published, min_cell, base),
        "after": _classes("after", facts.after, facts.k, published, min_cell, base),
    }


def _classes(
    when: str,
    facts: ClassFacts,
    promised: int,
    published: Mapping[Any, Mapping[str, Any]],
    min_cell: int,
    base: int,
) -> dict[str, Any]:
    shown = [(low, high, published["risk", when, low]) for low, high, _ in facts.bands or ()]
    smallest = _smallest(when, facts, published, min_cell, base)
    known = promised
    if smallest is not None and "n" in smallest:
        known = max(promised, min_cell, smallest["n"] - base // 2)
    # Counts of one band may reveal another (a class of 2 has 2 records), so publish all or none.
    open_ = bool(shown) and all("n" in count for _, _, count in shown)
    records = sum(number for _, _, number in facts.bands or ())
    mean = facts.classes / records if open_ and base == 1 and records else None
    return {
        "smallest_class": smallest,
        "highest_risk_at_most": -(-1000 // known),
        "mean_risk": _milli(mean),
        "class_sizes": [
            {"from": low, "to": high, "records": dict(count)} for low, high, count in shown
        ]
        if open_
        else None,
    }


def _smallest(
    when: str,
    facts: ClassFacts,
    published: Mapping[Any, Mapping[str, Any]],
    min_cell: int,
    base: int,
) -> dict[str, Any] | None:
    """The size of the smallest class; None without records."""
    if facts.smallest is None:
        return None
    if ("smallest", when) in published:
        return dict(published["smallest", when])
    if facts.smallest < min_cell:  # persons, who occur in no sum with records
        return {"lt": min_cell}
    return {"n": rounded(facts.smallest, min_cell, base)}


def title_of(model: str) -> str:
    """A privacy model in words, by its key; the key itself if unknown to this version."""
    return MODELS[model].title if model in MODELS else printable(model)


def risk_lines(section: Mapping[str, Any]) -> Iterator[str]:
    """``risk.privacy`` in words, for one screen."""
    count, k = len(section["quasi_identifiers"]), section["k"]
    noun = "quasi-identifier" if count == 1 else "quasi-identifiers"
    yield f"classes of at least {k} {section['counted']} with equal values of {count} {noun}"
    for model in section["models"]:
        of = "each sensitive field" if model["field"] is None else printable(model["field"])
        yield f"{model['kind']} {title_of(model['model'])} of {of}: {model['value'] / 1000:g}"
    if section["loss"] is not None:
        proven = "the minimum" if section["optimal"] else "the lowest found in time"
        least = section["loss_at_least"] / 1000
        gap = "" if section["optimal"] else f", at least {least:.1%} for any levels"
        yield f"information loss {section['loss'] / 1000:.1%}, {proven}{gap}"
        yield from _most_of_loss(section["quasi_identifiers"])
    for when in ("before", "after"):
        classes = section[when]
        mean = classes["mean_risk"]
        average = "" if mean is None else f", {_share(mean)} on average"
        yield f"risk {when}: at most {_share(classes['highest_risk_at_most'])}{average}"


def _most_of_loss(quasi: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    parts = sorted((-(one["part_of_loss"] or 0), printable(one["name"])) for one in quasi)
    said = [f"{name} {_share(-part)}" for part, name in parts[:3] if part]
    if said:
        yield f"shares of the loss: {', '.join(said)}"


def _share(milli: int) -> str:
    """Milli-units in percent.

    >>> _share(1000), _share(143), _share(4)
    ('100%', '14.3%', '0.4%')
    """
    return f"{milli / 10:g}%"


def _milli(share: float | None) -> int | None:
    return None if share is None else round(share * 1000)


def _percent(share: float | None) -> int | None:
    return None if share is None else 10 * round(share * 100)
