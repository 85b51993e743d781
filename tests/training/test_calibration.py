"""Scores become shares of right findings, in the order that they had."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from scrubber.detect.ner.builtin import STEPS, Name
from training.calibration import LOWEST, fitted, unchanged
from training.tagging import Labelled

TEXT = "ab"


class Scripted:
    """Finds one name per text: the score is the text's, and so is what the truth is."""

    def __init__(self, scores: Sequence[float]) -> None:
        self.scores = scores

    def find(self, texts: Sequence[str]) -> list[list[Name]]:
        return [[Name(0, 2, "PERSON", score)] for score, _ in zip(self.scores, texts, strict=True)]


def made(*cases: tuple[float, float], count: int = 400) -> np.ndarray:
    """The table for findings of these scores that are right at these rates."""
    scores, documents = [], []
    for score, rate in cases:
        for number in range(count):
            right = number < rate * count
            spans = ((0, 2, "PERSON"),) if right else ()
            scores.append(score)
            documents.append(Labelled(TEXT, spans))
    return fitted(Scripted(scores), [documents])  # type: ignore[arg-type]


@pytest.mark.parametrize(("score", "rate"), [(0.8, 0.5), (0.9, 0.75), (0.6, 0.9), (0.5, 0.6)])
def test_a_score_becomes_the_share_that_was_right(score: float, rate: float) -> None:
    assert made((score, rate))[0][round(score * (STEPS - 1))] == pytest.approx(rate, abs=0.03)


def test_a_higher_score_is_never_less_sure() -> None:
    table = made((0.5, 0.9), (0.7, 0.4), (0.9, 0.8))
    assert (np.diff(table, axis=1) >= 0).all()
    assert table[0][50] == table[0][70]


def test_no_finding_of_the_model_falls_under_the_default_threshold() -> None:
    assert made((0.4, 0.0))[0][40] == pytest.approx(LOWEST)


def test_a_name_of_another_label_is_wrong_and_an_unknown_one_is_neither() -> None:
    other = [Labelled(TEXT, ((0, 2, "LOCATION"),))] * 400
    unknown = [Labelled(TEXT, ((0, 2, "?"),))] * 400
    find = Scripted([0.9] * 400)
    assert fitted(find, [other])[0][90] < 0.4  # type: ignore[arg-type]
    assert fitted(find, [unknown])[0][90] == pytest.approx(0.9)  # type: ignore[arg-type]


def test_the_unchanged_table_changes_nothing() -> None:
    assert np.allclose(unchanged(), np.arange(STEPS) / 100)
