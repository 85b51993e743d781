"""A model that learned its records by heart is caught; scores of chance are chance."""

from __future__ import annotations

import random

import numpy as np
import pytest

from scrubber.assess.figures import Share, ranking
from scrubber.assess.membership import likelihood_ratio, membership
from scrubber.assess.pairing import Table
from scrubber.errors import InputError

pytest.importorskip("sklearn")


def noise(records: int, seed: int, classes: int = 2) -> Table:
    """Records whose target nothing predicts: whoever predicts it has learned them by heart."""
    chance = random.Random(seed)
    fields = {f"f{n}": [f"{chance.gauss(0, 1):.4f}" for _ in range(records)] for n in range(6)}
    return Table({**fields, "y": [str(chance.randrange(classes)) for _ in range(records)]})


def flat(records: int, seed: int) -> Table:
    """Records that are all alike but for the target."""
    chance = random.Random(seed)
    return Table({"f": ["x"] * records, "y": [chance.choice("ab") for _ in range(records)]})


def test_a_model_that_learned_by_heart_is_caught() -> None:
    logistic, boosted = membership("raw", noise(400, 1), "y", shadows=4)
    assert (logistic.model, boosted.model) == ("logistic", "boosted")
    assert boosted.ranking.auc.low > 0.9
    assert boosted.ranking.auc.value > logistic.ranking.auc.value
    assert (boosted.members, boosted.others) == (200, 200)
    assert [one.caught for one in boosted.ranking.caught] == [None, None]


def test_records_that_are_all_alike_give_nobody_away() -> None:
    for one in membership("scrubbed", flat(400, 2), "y", shadows=4):
        assert one.ranking.auc.low <= 0.5 <= one.ranking.auc.high


def test_a_holdout_is_who_was_not_trained_on() -> None:
    both = noise(500, 3)
    ours, theirs = both.take(range(300)), both.take(range(300, 500))
    boosted = membership("scrubbed", ours, "y", holdout=theirs, shadows=4)[1]
    assert (boosted.members, boosted.others) == (300, 200)
    assert boosted.ranking.auc.low > 0.9


REFUSED = [
    (noise(99, 4), None, "too-few-records"),
    (noise(300, 4, classes=1), None, "target-constant"),
    (Table({"y": ["a", "b"] * 150}), None, "no-fields"),
    (noise(300, 4), noise(300, 4), "holdout-overlaps"),
]


@pytest.mark.parametrize(("table", "holdout", "code"), REFUSED, ids=[code for *_, code in REFUSED])
def test_what_says_nothing_is_refused(table: Table, holdout: Table | None, code: str) -> None:
    with pytest.raises(InputError, match=code):
        membership("scrubbed", table, "y", holdout=holdout, shadows=2)


def test_a_rate_with_fewer_than_ten_false_positives_is_refused() -> None:
    scores = np.arange(2_000.0)
    found = ranking(scores + 1_000, scores, (0.01, 0.005, 0.004, 0.001))
    assert [one.caught is not None for one in found.caught] == [True, True, False, False]
    assert found.caught[0].caught == Share(1020, 2_000)


def test_the_likelihood_ratio_finds_who_moves_the_models() -> None:
    chance = np.random.default_rng(0)
    inside = chance.random((20, 300)) < 0.5
    shadow = chance.normal(size=(20, 300)) + 3 * inside
    members = chance.random(300) < 0.5
    scores = likelihood_ratio(chance.normal(size=300) + 3 * members, shadow, inside)
    assert ranking(scores[members], scores[~members], ()).auc.value > 0.95


def test_the_interval_of_scores_by_chance_covers_chance() -> None:
    covered = 0
    for seed in range(200):
        chance = np.random.default_rng(seed)
        inside = np.tile(chance.random((1, 120)) < 0.5, (2, 1))
        inside = np.concatenate([inside, ~inside])
        members = np.arange(120) < 60
        scores = likelihood_ratio(chance.normal(size=120), chance.normal(size=(4, 120)), inside)
        auc = ranking(scores[members], scores[~members], ()).auc
        covered += auc.low <= 0.5 <= auc.high
    assert covered >= 183
