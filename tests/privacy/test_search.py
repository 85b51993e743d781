"""The search against its definition, record by record, on small random tables."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.errors import InputError
from scrubber.privacy.hierarchy import GeneralizationHierarchy
from scrubber.privacy.lattice import Lattice
from scrubber.privacy.mondrian import partition
from scrubber.privacy.requirement import Requirement
from scrubber.privacy.search import search
from scrubber.privacy.shortfall import shortfall
from scrubber.privacy.uniques import Uniques, classes_of
from tests.privacy.worlds import World, requirements, worlds


def lattice_of(world: World, requirement: Requirement) -> Lattice:
    ones = (1.0,) * len(world.hierarchies)
    return Lattice(world.hierarchies, world.uniques, requirement, ones)


@given(st.data())
def test_every_look_suppresses_what_the_definition_says(data: st.DataObject) -> None:
    world = data.draw(worlds())
    requirement = data.draw(requirements(world))
    lattice = lattice_of(world, requirement)
    for node in world.nodes():
        gone = world.suppressed(node, requirement)
        look = lattice.look(node)
        assert look.suppressed == len(gone)
        assert math.expm1(lattice.log_loss(look)) == pytest.approx(world.loss(node, gone))


@given(st.data())
def test_nothing_is_better_than_the_node_called_optimal(data: st.DataObject) -> None:
    world = data.draw(worlds())
    requirement = data.draw(requirements(world))
    allowed = data.draw(st.integers(0, len(world.records)))
    suppressed = {node: world.suppressed(node, requirement) for node in world.nodes()}
    feasible = {node: gone for node, gone in suppressed.items() if len(gone) <= allowed}
    choice = search(lattice_of(world, requirement), allowed, time_limit=60)
    if not feasible:
        assert choice is None
        return
    assert choice is not None
    assert choice.optimal
    assert choice.levels in feasible
    assert choice.loss == choice.bound
    best = min(world.loss(node, gone) for node, gone in feasible.items())
    assert choice.loss == pytest.approx(best)
    assert choice.look.suppressed == len(feasible[choice.levels])
    assert sum(choice.parts) == pytest.approx(1 if choice.loss else 0)
    kept = set(world.records) - set(feasible[choice.levels])
    for members in world.classes(choice.levels).values():
        if kept & set(members):
            assert not world.is_broken(members, requirement)


@given(st.data())
def test_a_search_that_was_cut_short_says_how_far_it_may_be_off(data: st.DataObject) -> None:
    world = data.draw(worlds())
    requirement = data.draw(requirements(world))
    allowed = data.draw(st.integers(0, len(world.records)))
    ticks = iter(range(10_000))
    limit = data.draw(st.integers(0, 4))
    best = search(lattice_of(world, requirement), allowed, 60)
    try:
        choice = search(lattice_of(world, requirement), allowed, limit, clock=lambda: next(ticks))
    except TimeoutError:  # there may be one, and none was found
        return
    if choice is None:
        assert best is None
        return
    assert best is not None
    assert choice.bound <= best.loss + 1e-9 <= choice.loss + 2e-9
    assert choice.optimal == (choice.bound == choice.loss)


@given(st.data())
def test_a_shortfall_says_which_field_and_which_k(data: st.DataObject) -> None:
    world = data.draw(worlds())
    requirement = data.draw(requirements(world))
    allowed = data.draw(st.integers(0, len(world.records)))
    top = tuple(h.height - 1 for h in world.hierarchies)
    gone = len(world.suppressed(top, requirement))
    if gone <= allowed:
        return
    found = shortfall(lattice_of(world, requirement), allowed)
    assert found.suppressed == gone
    flat = GeneralizationHierarchy("flat", (("*",),) * 6)
    without = [
        replace(world, hierarchies=(*world.hierarchies[:i], flat, *world.hierarchies[i + 1 :]))
        for i in range(len(top))
    ]
    zero = [(*top[:i], 0, *top[i + 1 :]) for i in range(len(top))]
    expected = [
        len(one.suppressed(node, requirement)) for one, node in zip(without, zero, strict=True)
    ]
    assert list(found.without) == expected
    if found.costliest is None:
        assert min(expected) >= gone
    else:
        assert expected[found.costliest] == min(expected) < gone
    enough = [
        k
        for k in range(2, len(world.records) + 1)
        if len(world.suppressed(top, replace(requirement, k=k))) <= allowed
    ]
    assert found.k == max(enough, default=None)


@given(st.data())
def test_the_order_of_the_entries_changes_nothing(data: st.DataObject) -> None:
    world = data.draw(worlds())
    requirement = data.draw(requirements(world))
    shuffled = World(
        world.hierarchies,
        tuple(data.draw(st.permutations(world.records))),
        world.values,
        world.with_subject,
    )
    one, other = (
        search(lattice_of(w, requirement), len(w.records) // 4, 60) for w in (world, shuffled)
    )
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert (one.levels, one.loss, one.looked_at) == (other.levels, other.loss, other.looked_at)


@given(st.data())
def test_mondrian_keeps_every_class_within_the_requirement(data: st.DataObject) -> None:
    world = data.draw(worlds())
    requirement = data.draw(requirements(world))
    uniques = world.uniques
    whole = classes_of([], [], len(uniques.records))
    made = partition(uniques, requirement)
    assert len(made.ids) == len(uniques.records)
    if requirement.broken(whole, uniques).any():
        assert made.bound == 1
    else:
        assert not requirement.broken(made, uniques).any()


def test_mondrian_halves_as_long_as_it_can() -> None:
    codes = np.arange(64, dtype=np.int32)
    uniques = Uniques((codes,), np.ones(64, dtype=np.int64))
    made = partition(uniques, Requirement(k=4))
    assert sorted(made.records(uniques)) == [4] * 16


def test_a_lattice_that_is_too_large_is_refused() -> None:
    rows = [tuple(f"{i >> level}" for level in range(8)) for i in range(64)]
    wide = GeneralizationHierarchy.of("wide", rows)
    codes = np.zeros(1, dtype=np.int32)
    uniques = Uniques((codes,) * 9, np.ones(1, dtype=np.int64))
    with pytest.raises(InputError) as caught:
        Lattice((wide,) * 9, uniques, Requirement(2), (1.0,) * 9)
    assert caught.value.code == "lattice-too-large"


def test_a_key_space_over_63_bits_is_refused() -> None:
    flat = GeneralizationHierarchy.of("flat", [(f"{i}", "*") for i in range(600)])
    uniques = Uniques((np.zeros(1, dtype=np.int32),) * 7, np.ones(1, dtype=np.int64))
    with pytest.raises(InputError) as caught:
        Lattice((flat,) * 7, uniques, Requirement(2), (1.0,) * 7)
    assert caught.value.code == "key-space"


def test_weights_say_which_field_is_spared() -> None:
    one, two = (
        GeneralizationHierarchy.of(name, [("a", "*"), ("b", "*")]) for name in ("one", "two")
    )
    grid = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.int32)
    uniques = Uniques((grid[:, 0], grid[:, 1]), np.array([1, 1, 1, 1]))
    for weights, levels in (((5.0, 1.0), (0, 1)), ((1.0, 5.0), (1, 0))):
        choice = search(Lattice((one, two), uniques, Requirement(2), weights), 0, 60)
        assert choice is not None
        assert choice.levels == levels
