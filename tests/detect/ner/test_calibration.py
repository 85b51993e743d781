"""The calibrated scores of the built-in model."""

from __future__ import annotations

import numpy as np
import pytest

from scrubber.detect.ner.builtin import COMPONENT, FOLDER, STEPS, WEIGHTS, _table, builtin
from scrubber.detect.ner.decode import LABELS
from scrubber.policy.detection import LEAST_SCORE

RISING = np.tile(np.linspace(0, 1, STEPS), (len(LABELS), 1))


@pytest.fixture(scope="module")
def shipped() -> list[list[float]]:
    with np.load(FOLDER / COMPONENT / WEIGHTS, allow_pickle=False) as file:
        return _table(file["calibration"])


def test_scores_keep_their_order_and_are_shares(shipped: list[list[float]]) -> None:
    assert len(shipped) == len(LABELS)
    for row in shipped:
        assert row == sorted(row)
        assert 0 <= row[0] <= row[-1] <= 1


def test_whatever_the_model_finds_counts_by_default(shipped: list[list[float]]) -> None:
    assert min(min(row) for row in shipped) >= LEAST_SCORE


def test_a_sure_name_scores_more_than_a_doubtful_one() -> None:
    sure, doubtful = builtin().find(["Dear Mr. John Smith,", "grant was there"])
    assert sure[0].score > 0.85
    assert all(name.score < sure[0].score for name in doubtful)


@pytest.mark.parametrize(
    "table",
    [RISING[:2], RISING[:, :50], RISING[:, ::-1], RISING * 2, RISING - 0.5, RISING * np.nan],
    ids=["a label less", "a step less", "falling", "over 1", "under 0", "no number"],
)
def test_what_is_no_calibration_is_refused(table: np.ndarray) -> None:
    with pytest.raises(ValueError, match="calibration"):
        _table(table)
