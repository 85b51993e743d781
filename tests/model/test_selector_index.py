"""An index of selectors says what each selector says; those that name a path are looked up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.model.fieldpath import EACH, FieldPath, Selector, SelectorIndex
from tests.examples import examples

NAMES = st.sampled_from(["a", "A", "b", "Avg. Length", 'say "x"', "a.b", "a[]", "*", "a*", ""])
PATHS = st.lists(NAMES | st.just(EACH), min_size=1, max_size=3).filter(
    lambda steps: isinstance(steps[0], str)
)
TEXTS = NAMES | st.sampled_from(
    ["a.b", "a[].b", "**", "a.*", "?", '"Avg. Length"', "a[]", "*[]", '"a.b"', "a.a", '"*"']
)


@given(st.lists(st.tuples(TEXTS, st.booleans()), max_size=8), PATHS)
@examples(500)
def test_it_finds_what_each_selector_matches(texts, steps):
    selectors = [Selector(text, ignore_case=ignore_case) for text, ignore_case in texts]
    path = FieldPath(tuple(steps))
    expected = [i for i, selector in enumerate(selectors) if selector.matches(path)]
    assert SelectorIndex(selectors).matching(path) == expected


def test_names_to_the_letter_are_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten thousand rules for as many columns must not be asked a hundred million times."""
    index = SelectorIndex(Selector(name) for name in ("a", "b.c", "*x"))
    asked: list[str] = []
    real = Selector.matches
    monkeypatch.setattr(
        Selector, "matches", lambda self, path: asked.append(self.text) or real(self, path)
    )
    assert index.matching(FieldPath(("b", "c"))) == [1]
    assert index.matching(FieldPath(("ax",))) == [2]
    assert asked == ["*x", "*x"]
