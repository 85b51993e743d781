"""Utility: what a model loses if it learns from the output instead of the source.

The same models are trained on the same records of both and tested on the same other records. For
the output's model, these are described as they were published; the class to predict is the raw one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from scrubber.assess.clues import Label, Making
from scrubber.assess.figures import Estimate, Share
from scrubber.assess.learning import (
    MODELS,
    Classing,
    Features,
    chances,
    need_sklearn,
    number_of,
    trained,
)
from scrubber.assess.pairing import UNKNOWN, Origins, Table
from scrubber.errors import InputError

RECORDS: Final = 20_000
"""Records used, at most."""
LEAST: Final = 100
_NUMBERS: Final = 0.9
_NORMAL: Final = 1.959964

Right = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Compared:
    """The accuracy of a model trained on the `raw` records and on the `scrubbed` ones; `change` is
    scrubbed - raw, for the same tested records."""

    model: str
    raw: Share
    scrubbed: Share
    change: Estimate

    def to_json(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "raw": self.raw.to_json(),
            "scrubbed": self.scrubbed.to_json(),
            "change": self.change.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Utility:
    """The use that is left in an output for predicting `target`.

    `baseline` is the accuracy of always the most frequent class. `kept` says for each field of the
    source the share of its information that is left: the squared correlation for numbers, else
    mutual information by entropy; 0 for a removed field. `correlations` is the largest change of
    a correlation between two numeric fields, None with fewer than two.
    """

    target: str
    records: int
    baseline: float
    compared: tuple[Compared, ...]
    kept: tuple[tuple[str, float], ...]
    correlations: float | None

    @property
    def exit_code(self) -> int:
        """Always 0."""
        return 0

    def to_json(self) -> dict[str, Any]:
        """The figures as plain values."""
        return {
            "target": self.target,
            "records": self.records,
            "baseline": self.baseline,
            "models": [one.to_json() for one in self.compared],
            "kept": [{"field": name, "share": share} for name, share in self.kept],
            "correlations": self.correlations,
        }


def utility(
    source: Table,
    out: Table,
    origin: Origins,
    makings: Mapping[str, Making],
    target: str,
    *,
    models: Sequence[str] = tuple(MODELS),
    seed: int = 0,
) -> Utility:
    """Compare models that learn `target` from `source` and from `out`.

    Two thirds of up to 20,000 records with a clear origin are trained on, the others tested. Fields
    of surrogates and hidden values are left out, since models cannot use them on other data. The
    same `seed` uses the same records.

    Raises: InputError ``too-few-records``, ``target-constant``, ``no-fields``; NotAvailable
    ``extra-missing``.
    """
    need_sklearn()
    chance = np.random.default_rng(seed)
    rows = chance.permutation(np.flatnonzero(origin != UNKNOWN))[:RECORDS]
    if len(rows) < LEAST:
        text = f"utility needs {LEAST} records with a clear origin"
        raise InputError("too-few-records", text)
    raw, scrubbed = source.take(origin[rows].tolist()), out.take(rows.tolist())
    cut = len(rows) * 2 // 3
    classing = Classing.of(raw.columns[target])
    truth = classing(raw.columns[target])
    if len(np.unique(truth[:cut])) < 2:
        raise InputError("target-constant", "the target has one value, which nothing predicts")
    learned = classing(scrubbed.columns[target])
    used = [
        name
        for name in scrubbed.columns
        if name != target and not (name in makings and makings[name].kind == "hidden")
    ]
    if not used:
        raise InputError("no-fields", "there is no field to predict the target from")
    before = [name for name in raw.columns if name != target]
    compared = []
    for model in models:
        ours = _right(model, raw, before, truth, truth, cut, classing.number, seed)
        theirs = _right(model, scrubbed, used, learned, truth, cut, classing.number, seed)
        compared.append(_compared(model, ours, theirs))
    frequent = Counter(truth[:cut].tolist()).most_common(1)[0][0]
    return Utility(
        target,
        len(rows),
        float((truth[cut:] == frequent).mean()),
        tuple(compared),
        tuple(
            (
                name,
                _kept(raw.columns[name], scrubbed.columns[name])
                if name in scrubbed.columns
                else 0.0,
            )
            for name in raw.columns
        ),
        _correlations(raw, scrubbed),
    )


def _right(
    model: str,
    table: Table,
    fields: Sequence[str],
    learned: NDArray[np.int64],
    truth: NDArray[np.int64],
    cut: int,
    classes: int,
    seed: int,
) -> Right:
    """For each tested record, true if it is predicted right."""
    features = Features.of(table.take(range(cut)), fields)(table)
    if len(np.unique(learned[:cut])) < 2:
        guesses = np.full(len(truth) - cut, learned[0])
    else:
        fitted = trained(model, features[:cut], learned[:cut], seed)
        guesses = chances(fitted, features[cut:], classes).argmax(axis=1)
    right: Right = guesses == truth[cut:]
    return right


def _compared(model: str, raw: Right, scrubbed: Right) -> Compared:
    """The interval of the change is that of a paired difference (McNemar's variance)."""
    gained, lost, n = int((scrubbed & ~raw).sum()), int((raw & ~scrubbed).sum()), len(raw)
    change = (gained - lost) / n
    wide = _NORMAL * math.sqrt(gained + lost - (gained - lost) ** 2 / n) / n
    return Compared(
        model,
        Share(int(raw.sum()), n),
        Share(int(scrubbed.sum()), n),
        Estimate(change, max(-1.0, change - wide), min(1.0, change + wide)),
    )


def _numbers(labels: Sequence[Label]) -> NDArray[np.float64] | None:
    """The numbers of a numeric field, NaN elsewhere; None for another field."""
    found = [number_of(label) for label in labels]
    known = sum(number is not None for number in found)
    if not known or known < _NUMBERS * sum(label is not None for label in labels):
        return None
    return np.array([np.nan if number is None else number for number in found])


def _kept(values: Sequence[Label], labels: Sequence[Label]) -> float:
    ours, theirs = _numbers(values), _numbers(labels)
    if ours is not None and theirs is not None:
        r = _correlation(ours, theirs)
        return 0.0 if r is None else r * r
    whole = _entropy(values)
    if not whole:
        return 1.0
    shared = whole + _entropy(labels) - _entropy(list(zip(values, labels, strict=True)))
    return max(0.0, min(1.0, shared / whole))


def _entropy(values: Sequence[Any]) -> float:
    counts = np.array(list(Counter(values).values())) / len(values)
    return float(-(counts * np.log(counts)).sum())


def _correlation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float | None:
    known = ~(np.isnan(one) | np.isnan(other))
    if known.sum() < 3 or not np.ptp(one[known]) or not np.ptp(other[known]):
        return None
    return float(np.corrcoef(one[known], other[known])[0, 1])


def _correlations(raw: Table, scrubbed: Table) -> float | None:
    both = {
        name: (ours, theirs)
        for name in raw.columns
        if name in scrubbed.columns
        and (ours := _numbers(raw.columns[name])) is not None
        and (theirs := _numbers(scrubbed.columns[name])) is not None
    }
    names, changes = list(both), []
    for at, one in enumerate(names):
        for other in names[:at]:
            before = _correlation(both[one][0], both[other][0])
            after = _correlation(both[one][1], both[other][1])
            if before is not None and after is not None:
                changes.append(abs(after - before))
    return max(changes, default=None)
