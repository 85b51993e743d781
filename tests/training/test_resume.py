"""Going on from a shipped model: its floats say what its whole numbers say."""

from __future__ import annotations

import numpy as np
import pytest

from scrubber.detect.ner.builtin import FOLDER
from training.network import Sizes, fresh
from training.resume import resumed

WEIGHTS = FOLDER / "names" / "weights.npz"


@pytest.fixture(scope="module")
def shipped() -> dict[str, np.ndarray]:
    with np.load(WEIGHTS, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def test_every_product_of_the_network_stays(shipped: dict[str, np.ndarray]) -> None:
    vocabulary = shipped["vocabulary"][::50]
    start = fresh(Sizes(), len(vocabulary), 1)
    made = resumed(start, WEIGHTS, vocabulary)
    assert {n: w.shape for n, w in made.items()} == {n: w.shape for n, w in start.items()}
    sizes = Sizes()
    rows = slice(0, sizes.words)
    whole = shipped["words"][51].astype(float) @ shipped["in_w"][rows] * shipped["in_scale"]
    assert np.allclose(made["words"][2] @ made["in_w"][rows], whole, atol=1e-2)


def test_a_word_that_it_did_not_know_begins_as_an_unknown_one() -> None:
    vocabulary = np.array([1, 2, 3], np.uint32)
    made = resumed(fresh(Sizes(), 3, 1), WEIGHTS, vocabulary)
    assert (made["words"] == made["words"][0]).all()


def test_weights_of_another_network_are_refused() -> None:
    with pytest.raises(ValueError, match="another network"):
        resumed(fresh(Sizes(width=64), 3, 1), WEIGHTS, np.array([1, 2, 3], np.uint32))
