"""Membership: was a person's record among those that a model was trained on?

The likelihood-ratio attack with shadow models (Carlini and others, "Membership Inference Attacks
From First Principles", 2022). Shadow models are trained on random halves of the records, so each
record is in some of them and out of others. The confidence of the attacked model in the record's
true class is compared with the two normal distributions that these shadow models give.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from scrubber.assess.figures import Ranking, ranking
from scrubber.assess.learning import (
    MODELS,
    Classes,
    Classing,
    Features,
    Matrix,
    chances,
    need_sklearn,
    trained,
)
from scrubber.assess.pairing import Table
from scrubber.errors import InputError

RECORDS: Final = 20_000
"""Records used, at most."""
LEAST: Final = 100
RATES: Final = (0.01, 0.001)
SHADOWS: Final = 16
_CLOSEST: Final = 1e-6  # to certainty


@dataclass(frozen=True, slots=True)
class Attacked:
    """The attack on a model of the kind `model`, trained on `data` (``scrubbed`` or ``raw``).

    The ranking's positives are the records that the model was trained on.
    """

    data: str
    model: str
    members: int
    others: int
    ranking: Ranking

    def to_json(self) -> dict[str, Any]:
        return {
            "data": self.data,
            "model": self.model,
            "members": self.members,
            "others": self.others,
            **self.ranking.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Membership:
    """The results for models that predict `target`."""

    target: str
    attacked: tuple[Attacked, ...]

    @property
    def exit_code(self) -> int:
        """Always 0."""
        return 0

    def to_json(self) -> dict[str, Any]:
        """The figures as plain values."""
        return {
            "attack": "membership",
            "target": self.target,
            "models": [one.to_json() for one in self.attacked],
        }


def membership(
    data: str,
    table: Table,
    target: str,
    *,
    holdout: Table | None = None,
    shadows: int = SHADOWS,
    seed: int = 0,
) -> list[Attacked]:
    """Attack models that are trained on half of `table` to predict `target`; the other half are
    no members. With `holdout`, the models are trained on all of `table`, and its records are none.

    Above 20,000 records, a sample is used. The same `seed` gives the same figures.

    Raises: InputError ``too-few-records``, ``target-constant``, ``holdout-overlaps``; NotAvailable
    ``extra-missing``.
    """
    need_sklearn()
    chance = np.random.default_rng(seed)
    pool, members = _pool(table, holdout, chance)
    if len(pool) < LEAST:
        text = f"a membership attack needs {LEAST} records"
        raise InputError("too-few-records", text)
    classes = Classing.of(pool.columns[target])(pool.columns[target])
    if len(np.unique(classes[members])) < 2:
        raise InputError("target-constant", "the target has one value, which nothing predicts")
    fields = [name for name in pool.columns if name != target]
    if not fields:
        raise InputError("no-fields", "there is no field to predict the target from")
    features = Features.of(pool, fields)(pool)
    found = []
    for model in MODELS:
        scores = _scores(model, features, classes, members, shadows, seed)
        rank = ranking(scores[members], scores[~members], RATES)
        counts = int(members.sum()), int((~members).sum())
        found.append(Attacked(data, model, *counts, rank))
    return found


def likelihood_ratio(
    observed: NDArray[np.float64], shadow: NDArray[np.float64], inside: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """The log-likelihood ratio of membership for each record.

    `observed` has the attacked model's confidence per record, `shadow` that of each shadow model
    (models x records), and `inside` says which records each shadow model was trained on. The
    deviations are those over all records, which is steadier for few shadow models.
    """
    means, deviations = [], []
    for which in (inside, ~inside):
        kept = np.where(which, shadow, np.nan)
        mean = np.nanmean(kept, axis=0)
        means.append(mean)
        deviations.append(float(np.sqrt(np.nanmean((kept - mean) ** 2))) + 1e-3)
    within, without = (
        -(((observed - mean) / deviation) ** 2) / 2 - np.log(deviation)
        for mean, deviation in zip(means, deviations, strict=True)
    )
    ratio: NDArray[np.float64] = within - without
    return ratio


def _pool(
    table: Table, holdout: Table | None, chance: np.random.Generator
) -> tuple[Table, NDArray[np.bool_]]:
    """The records, and which of them are members."""
    if holdout is None:
        rows = chance.permutation(len(table))[:RECORDS]
        return table.take(np.sort(rows).tolist()), _half(min(len(table), RECORDS), chance)
    shared = [name for name in table.columns if name in holdout.columns]
    ours, theirs = (Table({n: one.columns[n] for n in shared}) for one in (table, holdout))
    if _overlap(ours, theirs):
        text = "records of the holdout are in the output too, so they say nothing"
        raise InputError("holdout-overlaps", text)
    parts = [
        one.take(np.sort(chance.permutation(len(one))[: RECORDS // 2]).tolist())
        for one in (ours, theirs)
    ]
    members = np.arange(len(parts[0]) + len(parts[1])) < len(parts[0])
    return parts[0].joined(parts[1]), members


def _overlap(table: Table, holdout: Table) -> bool:
    """True if more than half of the holdout's distinct records are in `table`."""
    ours = set(zip(*table.columns.values(), strict=True))
    theirs = set(zip(*holdout.columns.values(), strict=True))
    return len(ours & theirs) * 2 > len(theirs)


def _half(records: int, chance: np.random.Generator) -> NDArray[np.bool_]:
    members = np.zeros(records, dtype=np.bool_)
    members[chance.permutation(records)[: records // 2]] = True
    return members


def _scores(
    model: str,
    features: Matrix,
    classes: Classes,
    members: NDArray[np.bool_],
    shadows: int,
    seed: int,
) -> NDArray[np.float64]:
    chance = np.random.default_rng([seed, 1])
    halves: list[NDArray[np.bool_]] = []
    while len(halves) < shadows:  # in pairs, so that every record is inside and outside of some
        half = _half(len(members), chance)
        halves += [half, ~half]
    observed = _confidence(model, features, classes, members, seed)
    shadow = [_confidence(model, features, classes, half, seed) for half in halves]
    return likelihood_ratio(observed, np.stack(shadow), np.stack(halves))


def _confidence(
    model: str, features: Matrix, classes: Classes, inside: NDArray[np.bool_], seed: int
) -> NDArray[np.float64]:
    """The logit of the probability of each record's class, by a model trained on those `inside`."""
    fitted = trained(model, features[inside], classes[inside], seed)
    every = chances(fitted, features, int(classes.max()) + 1)
    right = every[np.arange(len(classes)), classes].clip(_CLOSEST, 1 - _CLOSEST)
    logit: NDArray[np.float64] = np.log(right) - np.log1p(-right)
    return logit
