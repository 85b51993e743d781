"""The entities of a token classifier's labels."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from scrubber.detect.ner.onnx.labels import DEFAULT, OUTSIDE, entities_of
from scrubber.errors import NotAvailable
from scrubber.model.entities import ENTITIES


@pytest.mark.parametrize(
    ("labels", "own", "entities"),
    [
        (("O", "B-PER", "I-PER"), {}, (OUTSIDE, "PERSON", "PERSON")),
        (("O", "S-LOC", "E-ORG"), {}, (OUTSIDE, "LOCATION", "ORGANIZATION")),
        (("O", "PERSON", "gpe"), {}, (OUTSIDE, "PERSON", "LOCATION")),
        (("O", "B-GIVEN_NAME", "B-SURNAME"), {}, (OUTSIDE, "PERSON", "PERSON")),
        (("O", "B-EMAIL", "B-MISC"), {}, (OUTSIDE, OUTSIDE, OUTSIDE)),
        (("O", "B-DRUG"), {"DRUG": "MEDICATION"}, (OUTSIDE, "MEDICATION")),
        (("O", "B-PER"), {"PER": OUTSIDE}, (OUTSIDE, OUTSIDE)),
        (("NONE", "B-PER"), {"NONE": OUTSIDE}, (OUTSIDE, "PERSON")),
    ],
)
def test_labels_stand_for_entities(
    labels: tuple[str, ...], own: Mapping[str, str], entities: tuple[str, ...]
) -> None:
    assert entities_of(labels, own) == entities


@pytest.mark.parametrize(
    ("labels", "own", "code"),
    [
        (("O", "B-DRUG", "I-DRUG"), {}, "onnx-label-unmapped"),
        (("LABEL_0", "LABEL_1"), {"LABEL_1": "PERSON"}, "onnx-label-unmapped"),
        (("O", "B-PER"), {"B-PER": "PERSON"}, "onnx-label-unknown"),
        (("O", "B-PER"), {"PERS": "PERSON"}, "onnx-label-unknown"),
    ],
)
def test_a_label_that_means_nothing_is_an_error(
    labels: tuple[str, ...], own: Mapping[str, str], code: str
) -> None:
    with pytest.raises(NotAvailable) as raised:
        entities_of(labels, own)
    assert raised.value.code == code
    assert raised.value.hint


def test_the_default_entities_are_known() -> None:
    assert set(DEFAULT.values()) - {OUTSIDE} <= ENTITIES.keys()
