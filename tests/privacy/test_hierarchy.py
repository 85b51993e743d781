"""Hierarchies: what is accepted, and what each level says."""

from __future__ import annotations

import numpy as np
import pytest

from scrubber.errors import InputError
from scrubber.privacy.hierarchy import GeneralizationHierarchy

GOOD = [
    ("a root is added", [("a", "x"), ("b", "y")], 3),
    ("a root is there", [("a", "x", "*"), ("b", "y", "*")], 3),
    ("one leaf", [("a",)], 1),
    ("null is a leaf", [("a", "*"), (None, "*")], 2),
    ("a null stays null until the root", [("a", "x"), (None, None)], 3),
    ("the same line twice", [("a", "*"), ("a", "*"), ("b", "*")], 2),
    ("combining marks are characters of their own", [("e\u0301", "*"), ("\u00e9", "*")], 2),
]
BAD = [
    ("no line", []),
    ("an empty line", [()]),
    ("ragged", [("a", "*"), ("b", "x", "*")]),
    ("two ancestors", [("a", "x", "*"), ("a", "y", "*")]),
    ("a divided group", [("a", "x", "m", "*"), ("b", "x", "n", "*")]),
]


@pytest.mark.parametrize(("rows", "height"), [c[1:] for c in GOOD], ids=[c[0] for c in GOOD])
def test_accepted(rows: list[tuple[str | None, ...]], height: int) -> None:
    made = GeneralizationHierarchy.of("f", rows)
    assert made.height == height
    assert len(set(made.groups[-1].tolist())) == 1
    assert [len(level) for level in made.groups] == [len(made.labels)] * height


@pytest.mark.parametrize("rows", [c[1] for c in BAD], ids=[c[0] for c in BAD])
def test_refused_without_a_value(rows: list[tuple[str, ...]]) -> None:
    with pytest.raises(InputError) as caught:
        GeneralizationHierarchy.of("f", rows)
    assert caught.value.code == "hierarchy-bad"
    assert "field f" in str(caught.value)


def test_the_order_of_the_lines_does_not_matter() -> None:
    rows = [("10", "x"), ("9", "x"), ("2.5", "y"), ("-1", "y")]
    one = GeneralizationHierarchy.of("f", rows)
    assert one == GeneralizationHierarchy.of("f", rows[::-1])
    assert [row[0] for row in one.labels] == ["-1", "2.5", "9", "10"]


def test_text_is_ordered_group_by_group() -> None:
    rows = [("cat", "pet"), ("lion", "wild"), ("dog", "pet"), ("ape", "wild")]
    made = GeneralizationHierarchy.of("f", rows)
    assert [row[0] for row in made.labels] == ["cat", "dog", "ape", "lion"]


def test_the_loss_of_a_leaf_is_0_and_of_everything_1() -> None:
    made = GeneralizationHierarchy.of("f", [("a", "x"), ("b", "x"), ("c", "y"), ("d", "y")])
    assert np.allclose(made.loss, [[0] * 4, [1 / 3] * 4, [1] * 4])
    assert np.array_equal(GeneralizationHierarchy.of("f", [("a",)]).loss, [[0.0]])


def test_no_value_in_a_repr() -> None:
    assert "secret" not in repr(GeneralizationHierarchy.of("f", [("secret", "*")]))
