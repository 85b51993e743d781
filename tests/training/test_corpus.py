"""Labelled text written otherwise: every span still holds the same name."""

from __future__ import annotations

from random import Random

import pytest

from training.corpus import recased
from training.tagging import Labelled

TEXT = "Then Straße met Ann Poe in Oslo, İzmir."
SPANS = ((5, 11, "PERSON"), (16, 23, "PERSON"), (27, 31, "LOCATION"), (33, 38, "LOCATION"))


@pytest.mark.parametrize(
    "expected",
    [
        TEXT,
        "then straße met ann poe in oslo, İzmir.",
        "THEN STRAßE MET ANN POE IN OSLO, İZMIR.",
        "Then straße met ann poe in oslo, İzmir.",
        "Then STRAßE met ANN POE in OSLO, İZMIR.",
    ],
)
def test_every_casing_occurs_and_no_character_moves(expected: str) -> None:
    rng = Random(1)
    made = [recased(Labelled(TEXT, SPANS), rng) for _ in range(400)]
    assert expected in {one.text for one in made}
    assert all(one.spans == SPANS and len(one.text) == len(TEXT) for one in made)
