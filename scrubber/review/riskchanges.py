"""The differences between the risks of two manifests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scrubber.errors import printable
from scrubber.manifest.assessment import caught, left_in
from scrubber.manifest.risk import title_of
from scrubber.manifest.unicity import highest, min_share
from scrubber.manifest.view import printable_text
from scrubber.model.direction import compare, each
from scrubber.privacy.models import MODELS
from scrubber.review.ordering import NOTHING, Change, Effect, by_rank, differs, effect_of, named

Data = Mapping[str, Any]

_LOOKS = {"records": ("none", "sample", "all"), "entities": ("none", "rules", "all")}


def risk_changes(a: Data, b: Data) -> Iterator[Change]:
    said = [  # other limitations follow from facts that are compared themselves
        {
            printable_text(row["text"]): "stated"
            for row in risk["limitations"]
            if row["id"] == "stated"
        }
        for risk in (a, b)
    ]
    yield from named("risk", "limitation", said[0], said[1], Effect.WEAKER)
    yield from _second_look(a, b)
    yield from _unicity(a["unicity"], b["unicity"])
    old, new = a.get("privacy"), b.get("privacy")
    if old is None and new is None:
        return
    ks = [section["k"] if section else 1 for section in (old, new)]
    yield from differs("risk", "smallest class (k)", str(ks[0]), str(ks[1]), by_rank(*ks))
    quasi = [
        {
            printable(one["name"]): "considered"
            for one in (section or {}).get("quasi_identifiers", ())
        }
        for section in (old, new)
    ]
    yield from named("risk", "quasi-identifier", quasi[0], quasi[1], Effect.STRONGER)
    yield from _models((old or {}).get("models", ()), (new or {}).get("models", ()))
    if old is None or new is None:
        return
    counted = [section["counted"] for section in (old, new)]
    ranks = [one == "subjects" for one in counted]
    yield from differs("risk", "unit of classes", counted[0], counted[1], by_rank(*ranks))
    for name, label in (("highest_risk_at_most", "highest risk after"), ("mean_risk", "mean risk")):
        risks = [section["after"][name] for section in (old, new)]
        shown = ["not shown" if risk is None else f"{risk / 1000:.1%}" for risk in risks]
        below = [None if risk is None else -risk for risk in risks]
        yield from differs("risk", label, shown[0], shown[1], by_rank(*below))


def _unicity(a: Iterable[Data], b: Iterable[Data]) -> Iterator[Change]:
    """Compare the shares of records singled out in tables common to both manifests, and the fields
    that nobody declared."""
    before, after = ({one["sources"][0]: one for one in sections} for sections in (a, b))
    for table in before.keys() & after.keys():
        old, new = before[table], after[table]
        lowest, most = ([min_share(one) for one in (old, new)], [highest(old), highest(new)])
        apart = lowest[0] >= most[1] or lowest[1] >= most[0]  # otherwise it may be rounding
        if apart and most[0] != most[1]:
            said = [f"at most {share / 10:g} %" for share in most]
            effect = by_rank(-most[0], -most[1])
            yield Change("risk", printable(table), "records singled out", said[0], said[1], effect)
        fields = [
            {printable(name): "undeclared" for name in one["undeclared"]} for one in (old, new)
        ]
        aspect = f"fields of {printable(table)} that single out"
        yield from named("risk", aspect, fields[0], fields[1], Effect.WEAKER)


def _second_look(a: Data, b: Data) -> Iterator[Change]:
    """Compare rescans: fewer scanned records, more residuals and lower planted recall are
    weaker."""
    looks = [risk["rescan"] or {"records": "none", "entities": "none"} for risk in (a, b)]
    for part, order in _LOOKS.items():
        said = [look[part] for look in looks]
        effect = by_rank(*(order.index(one) for one in said))
        yield from differs("risk", f"rescan: {part}", said[0], said[1], effect)
    if a["rescan"] is not None and b["rescan"] is not None:
        left = [{str(one): "left" for one in left_in(risk)} for risk in (a, b)]
        yield from named("risk", "residuals", left[0], left[1], Effect.WEAKER)
    planted = [{(one["entity"], one["writing"]): one for one in risk["planted"]} for risk in (a, b)]
    for kind in planted[0].keys() & planted[1].keys():
        old, new = (one[kind] for one in planted)
        if old["high"] < new["low"] or new["high"] < old["low"]:  # otherwise it may be random
            aspect = f"planted {' in '.join(map(printable, kind))} caught"
            effect = by_rank(old["recall"], new["recall"])
            yield from differs("risk", aspect, caught(old), caught(new), effect)


def _models(a: Iterable[Data], b: Iterable[Data]) -> Iterator[Change]:
    """Compare privacy models by the directions of their parameters."""
    before, after = (
        {(m["model"], m["field"] or "", m["kind"]): (m["value"], m["c"]) for m in models}
        for models in (a, b)
    )
    for key in before.keys() | after.keys():
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        if old is None or new is None:
            effect = by_rank(old is not None, new is not None)
        else:
            effect = effect_of(_sign(key[0], old, new))
        said = [
            NOTHING
            if one is None
            else f"{one[0] / 1000:g}" + ("" if one[1] is None else f", c {one[1] / 1000:g}")
            for one in (old, new)
        ]
        name = f"{key[2]} {title_of(key[0])}"
        of = f"of {printable(key[1])}" if key[1] else "of every sensitive field"
        yield Change("risk", of, printable(name), said[0], said[1], effect)


def _sign(key: str, old: tuple[int, int | None], new: tuple[int, int | None]) -> int | None:
    """The direction of a change of a model's parameters.

    None if two parameters contradict each other, or if this version does not know the model.
    """
    directions = MODELS[key].directions if key in MODELS else each()
    signs = {
        compare(directions, name, *(None if one is None else str(one) for one in pair))
        for name, *pair in zip(("value", "c"), old, new, strict=True)
    }
    signs.discard(0)
    return signs.pop() if len(signs) == 1 else None
